package cli

import (
	"errors"
	"fmt"

	"github.com/scriphq/scrip/internal/config"
)

type verifyCommand struct{ config.Storage }

// Run compares every stored balance and counter with its rows. The last line says
// how many differences there are; any makes the exit status 1.
func (c *verifyCommand) Run(e *env) (err error) {
	db, err := openDatabase(e, &c.Storage, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	list, err := db.Verify(e)
	if err != nil {
		return err
	}
	for _, d := range list {
		fmt.Fprintf(e.out, "%s: %s: expected %d, found %d\n", d.What, d.ID, d.Want, d.Have)
	}
	plural := "s"
	if len(list) == 1 {
		plural = ""
	}
	fmt.Fprintf(e.out, "%d difference%s\n", len(list), plural)
	if len(list) > 0 {
		return errStop
	}
	return nil
}
