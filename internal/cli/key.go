package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/config"
)

type keyCommands struct {
	Create keyCreate `cmd:"" help:"Make a key and print it, alone, on standard output."`
	List   keyList   `cmd:"" help:"List the keys."`
	Revoke keyRevoke `cmd:"" help:"End a key."`
}

type keyCreate struct {
	config.Storage
	Name   string   `help:"What the key is for." required:"" env:"SCRIP_KEY_NAME" placeholder:"NAME"`
	Scopes []string `help:"What it may do, with commas between; all is everything." required:"" env:"SCRIP_KEY_SCOPES" placeholder:"SCOPE"`
}

// closing closes an installation without losing the error there was.
func closing(err error, o *opened) error { return errors.Join(err, o.close()) }

// Run makes a key.
func (c *keyCreate) Run(e *env) (err error) {
	o, err := open(e, &c.Storage, logger(e.log, "text"), beside)
	if err != nil {
		return err
	}
	defer func() { err = closing(err, o) }()
	if _, err := o.app.Organisation(e); err != nil {
		return err
	}
	secret, _, err := o.app.CreateKey(e, app.Request{By: app.Program("command line")}, c.Name, c.Scopes)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, secret)
	return err
}

type keyList struct{ config.Storage }

// Run lists the keys.
func (c *keyList) Run(e *env) (err error) {
	o, err := open(e, &c.Storage, logger(e.log, "text"), beside)
	if err != nil {
		return err
	}
	defer func() { err = closing(err, o) }()
	list, err := o.app.APIKeys(e, app.Program("command line"))
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tENDS IN\tSCOPES\tMADE\tLAST USED\tSTATE")
	for _, k := range list {
		state, used := "active", "never"
		if !k.RevokedAt.IsZero() {
			state = "revoked"
		}
		if !k.LastUsedAt.IsZero() {
			used = k.LastUsedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Tail, strings.Join(k.Scopes, ","), k.CreatedAt.Format(time.RFC3339), used, state)
	}
	return w.Flush()
}

type keyRevoke struct {
	config.Storage
	ID string `arg:"" help:"The key's id, from key list."`
}

// Run ends a key.
func (c *keyRevoke) Run(e *env) (err error) {
	o, err := open(e, &c.Storage, logger(e.log, "text"), beside)
	if err != nil {
		return err
	}
	defer func() { err = closing(err, o) }()
	return o.app.RevokeKey(e, app.Request{By: app.Program("command line")}, c.ID)
}
