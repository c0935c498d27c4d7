package cli

import (
	"fmt"
	"maps"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/store"
)

type setupCommand struct {
	config.Storage
	Organisation string `help:"Name of the organisation." required:"" env:"SCRIP_ORGANISATION" placeholder:"NAME"`
	Currency     string `help:"Currency, ISO 4217." required:"" env:"SCRIP_CURRENCY" placeholder:"SGD"`
	TimeZone     string `help:"Time zone, IANA." required:"" env:"SCRIP_TIME_ZONE" placeholder:"Asia/Singapore"`
	Name         string `help:"Name of the first administrator; Administrator when empty." env:"SCRIP_NAME" placeholder:"NAME"`
	Email        string `help:"E-mail address of the first administrator." required:"" env:"SCRIP_EMAIL" placeholder:"ADDRESS"`
	PasswordFile string `help:"File whose first line is the administrator's password." required:"" env:"SCRIP_PASSWORD_FILE" placeholder:"FILE"`
}

// Run makes the organisation and its first administrator.
func (c *setupCommand) Run(e *env) (err error) {
	password, err := config.Secret("password", "", c.PasswordFile)
	if err != nil {
		return err
	}
	in := app.SetupInput{Organisation: c.Organisation, Currency: c.Currency, TimeZone: c.TimeZone, Name: c.Name, Email: c.Email, Password: password}
	if err := in.Check(); err != nil { // before there is a database
		return ofFile(err)
	}
	o, err := open(e, &c.Storage, logger(e.log, "text"), store.Options{Shared: true})
	if err != nil {
		return err
	}
	defer func() { err = closing(err, o) }()
	admin, err := o.app.SetUp(e, app.Request{By: app.Program("setup")}, in)
	if err != nil {
		return ofFile(err)
	}
	_, err = fmt.Fprintf(e.out, "%s is set up. %s can sign in.\n", c.Organisation, admin.Email)
	return err
}

// ofFile says of the file what is wrong with the password in it.
func ofFile(err error) error {
	e := fault.Of(err)
	text, ok := e.Fields["password"]
	if !ok {
		return err
	}
	named := *e
	named.Fields = maps.Clone(e.Fields)
	delete(named.Fields, "password")
	named.Fields["password-file"] = text
	return &named
}
