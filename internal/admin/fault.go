package admin

import (
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func notFound(err error) bool { return err != nil && fault.Of(err).Kind == fault.NotFound }

func invalid(err error) bool { return err != nil && fault.Of(err).Kind == fault.Invalid }

// missed tells a typing error from an unknown code.
func missed(err error) string {
	if f := fault.Of(err); f != nil && f.Code == coupon.ErrMistyped.Code {
		return f.Code
	}
	return coupon.ErrNotFound.Code
}

// named puts a fault's sentence under the name of a field.
func named(err error, field string) error {
	f := fault.Of(err)
	if f.Kind != fault.Invalid || len(f.Fields) > 0 {
		return err
	}
	return f.On(field)
}
