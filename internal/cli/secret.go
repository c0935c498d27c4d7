package cli

import (
	"errors"
	"fmt"
	"time"

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
	if err := unserved(e, o); err != nil {
		return err
	}
	n, err := rotate(e, o, c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d rows rewritten. Keep a copy of %s in another place.\n", n, c.KeysPath())
	return err
}

// errServed is why keys are not rotated under a server: it would go on with the old ones.
var errServed = fault.New(fault.Conflict, "in_use", "A Scrip server is working on this database. Stop every server first, then rotate.")

// lookAgain is how often a lease is looked at that may be a dead server's.
const lookAgain = 500 * time.Millisecond

// unserved returns errServed while a server works on the database. One that was killed
// has left its lease, which ends within half a minute; a living one renews it sooner.
func unserved(e *env, o *opened) error {
	first, err := o.db.HeldUntil(e, publishTask)
	if err == nil && first.After(time.Now()) {
		o.log.Info("a server works here, or was killed a moment ago: waiting to see which", "until", first)
	}
	for until := first; err == nil && until.After(time.Now()); until, err = o.db.HeldUntil(e, publishTask) {
		if until.After(first) {
			return errServed
		}
		select {
		case <-time.After(lookAgain):
		case <-e.Done():
			return e.Err()
		}
	}
	return err
}
