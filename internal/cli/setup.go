package cli

import (
	"fmt"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/config"
)

type setupCommand struct {
	config.Storage
	Organisation string `help:"Name of the organisation." required:"" env:"SCRIP_ORGANISATION"`
	Currency     string `help:"Currency, ISO 4217." required:"" env:"SCRIP_CURRENCY" placeholder:"SGD"`
	TimeZone     string `help:"Time zone, IANA." required:"" env:"SCRIP_TIME_ZONE" placeholder:"Asia/Singapore"`
	Name         string `help:"Name of the first administrator." env:"SCRIP_NAME"`
	Email        string `help:"E-mail address of the first administrator." required:"" env:"SCRIP_EMAIL"`
	PasswordFile string `help:"File whose first line is the administrator's password." required:"" env:"SCRIP_PASSWORD_FILE" placeholder:"FILE"`
}

// Run makes the organisation and its first administrator.
func (c *setupCommand) Run(e *env) (err error) {
	password, err := readSecret(c.PasswordFile)
	if err != nil {
		return err
	}
	o, err := open(e, &c.Storage, logger(e.log, "text"), true)
	if err != nil {
		return err
	}
	defer func() { err = closing(err, o) }()
	in := app.SetupInput{Organisation: c.Organisation, Currency: c.Currency, TimeZone: c.TimeZone, Name: c.Name, Email: c.Email, Password: password}
	admin, err := o.app.SetUp(e, app.Request{By: app.Program("setup")}, in)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%s is set up. %s can sign in.\n", c.Organisation, admin.Email)
	return err
}
