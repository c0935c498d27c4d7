package cli

import (
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// rewriteChunk is how many rows a rotation rewrites in one transaction.
const rewriteChunk = 1000

// rotate adds fresh keys to the key file, rewrites what the old ones made, and only
// then drops those. A run that finds an unfinished rotation finishes it.
func rotate(e *env, o *opened, c *rotateCommand) (int64, error) {
	path := c.KeysPath()
	if o.app.Broken != nil {
		return 0, o.app.Broken
	}
	keys := o.keys
	if c.Which != "fingerprint" {
		keys = keys.RotateSeal()
	}
	if c.Which != "seal" {
		keys = keys.RotateFingerprint()
	}
	if err := keys.Save(path); err != nil {
		return 0, err
	}
	sealed, err := o.db.Reseal(e, rewriteChunk, func(old, row string) (string, error) {
		if !keys.Stale(old) {
			return old, nil
		}
		plain, err := keys.Open(old, row)
		if err != nil {
			return "", err
		}
		return keys.Seal(plain, row), nil
	}, nil)
	if err != nil {
		return sealed, err
	}
	found, err := o.db.Refingerprint(e, rewriteChunk, func(sealed, row string) ([]string, error) {
		plain, err := keys.Open(sealed, row)
		if err != nil {
			return nil, err
		}
		canonical, err := coupon.Canonical(plain)
		if err != nil {
			return nil, err
		}
		return keys.Fingerprints(canonical), nil
	}, nil)
	if err != nil {
		return sealed + found, err
	}
	if err := o.app.KeysRotated(e, app.Request{By: app.Program("secret rotate")}, keys.Check()); err != nil {
		return sealed + found, err
	}
	return sealed + found, keys.DropOldSeal().DropOldFingerprint().Save(path)
}
