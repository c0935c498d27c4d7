package cli

import (
	"errors"
	"fmt"

	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/store"
)

type secretCommands struct {
	Rotate rotateCommand `cmd:"" help:"Make new keys and rewrite everything the old ones sealed or found. Stop the server first."`
}

type rotateCommand struct {
	config.Storage
	Which string `help:"Which key: the one that seals codes, the one that finds them, or both." enum:"seal,fingerprint,both" default:"both" env:"SCRIP_WHICH" placeholder:"KEY"`
}

// Run rotates. The old keys stay in the file until the last row is rewritten, so a
// rotation that was interrupted is simply run again.
func (c *rotateCommand) Run(e *env) (err error) {
	if c.Keys != "" {
		return fault.Field("keys-file", "Keys in SCRIP_KEYS cannot be rotated in place. Put them into a file and name it here.")
	}
	o, err := open(e, &c.Storage, logger(e.log, "text"), store.Options{Existing: true})
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
