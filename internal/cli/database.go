package cli

import (
	"errors"
	"fmt"

	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/store"
)

type databaseCommand struct {
	Migrate migrateCommand `cmd:"" help:"Bring the schema up to this version's."`
	Backup  backupCommand  `cmd:"" help:"Write a copy of the embedded database to a file, while it is in use."`
	Copy    copyCommand    `cmd:"" help:"Move an installation from SQLite to an empty PostgreSQL database."`
}

type migrateCommand struct{ config.Storage }

// Run migrates.
func (c *migrateCommand) Run(e *env) (err error) {
	db, err := openDatabase(e, &c.Storage, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	before, after, err := db.Migrate(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "schema %d → %d\n", before, after)
	return err
}

type backupCommand struct {
	config.Storage
	To string `arg:"" help:"The file to write; it must not exist." type:"path"`
}

// Run backs up.
func (c *backupCommand) Run(e *env) (err error) {
	db, err := openDatabase(e, &c.Storage, beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Backup(e, c.To); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "Written to %s. Keep a copy of %s with it, in another place: without the keys no code can be read.\n", c.To, c.KeysPath())
	return err
}

type copyCommand struct {
	config.Storage
	To     string `help:"Address of the empty PostgreSQL database." env:"SCRIP_COPY_TO" placeholder:"URL"`
	ToFile string `help:"File that holds this address." env:"SCRIP_COPY_TO_FILE" placeholder:"FILE"`
}

// target returns the address to copy to.
func (c *copyCommand) target() (string, error) {
	url, err := config.Secret("to", c.To, c.ToFile)
	if err != nil {
		return "", err
	}
	return url, config.CheckPostgres("to", url)
}

// Validate refuses a copy to anything but PostgreSQL.
func (c *copyCommand) Validate() error {
	_, err := c.target()
	return err
}

// Run copies every table and compares the sums.
func (c *copyCommand) Run(e *env) (err error) {
	url, err := c.target()
	if err != nil {
		return err
	}
	from, err := openDatabase(e, &c.Storage, store.Options{Existing: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := openURL(e, "to", url, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if _, _, err := to.Migrate(e); err != nil {
		return err
	}
	if err := store.Copy(e, from, to, func(table string, done int64) { fmt.Fprintf(e.out, "%s: %d rows\n", table, done) }); err != nil {
		return err
	}
	list, err := to.Verify(e)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, "Copied. Serve with --database from now on, with the same keys.")
	return differences(e.out, list)
}
