package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/coupon"
)

type verifyCommand struct{ config.Storage }

// Run compares every stored balance and counter with its rows. The last line says
// how many differences there are; any makes the exit status 1.
func (c *verifyCommand) Run(e *env) (err error) {
	db, err := openDatabase(e, &c.Storage, beside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.Fits(e); err != nil {
		return err
	}
	list, err := db.Verify(e)
	if err != nil {
		return err
	}
	return differences(e.out, list)
}

// differences prints what verify found, its number in the last line; any is an error.
func differences(w io.Writer, list []coupon.Difference) error {
	for _, d := range list {
		fmt.Fprintf(w, "%s: %s: expected %d, found %d\n", d.What, d.ID, d.Want, d.Have)
	}
	plural := "s"
	if len(list) == 1 {
		plural = ""
	}
	if _, err := fmt.Fprintf(w, "%d difference%s\n", len(list), plural); err != nil || len(list) == 0 {
		return err
	}
	return errStop
}
