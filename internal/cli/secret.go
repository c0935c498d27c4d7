package cli

import (
	"errors"
	"fmt"

	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/fault"
)

type secretCommands struct {
	Rotate rotateCommand `cmd:"" help:"Make new keys and rewrite everything the old ones sealed or found. Stop the server first."`
}

type rotateCommand struct {
	config.Storage
	Which string `help:"Which key: the one that seals codes, the one that finds them, or both." enum:"seal,fingerprint,both" default:"both"`
}

// Run rotates. The old keys stay in the file until the last row is rewritten, so a
// rotation that was interrupted is simply run again.
func (c *rotateCommand) Run(e *env) (err error) {
	if c.Keys != "" {
		return fault.Field("keys", "Keys from the environment cannot be rotated in place. Put them into a file and use --keys-file.")
	}
	o, err := open(e, &c.Storage, logger(e.log, "text"), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	n, err := rotate(e, o, c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d rows rewritten. Keep a copy of %s in another place.\n", n, c.KeysPath())
	return err
}
