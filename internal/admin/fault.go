package admin

import (
	"strings"

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

// filed puts what a fault says of one field, or of those within it, under another name.
func filed(err error, from, to string) error {
	f := fault.Of(err)
	if f == nil {
		return nil
	}
	for name, msg := range f.Fields {
		if name == from || strings.HasPrefix(name, from+".") {
			return fault.Field(to, msg)
		}
	}
	return err
}

// named puts a fault's sentence under the name of a field.
func named(err error, field string) error {
	f := fault.Of(err)
	if f.Kind != fault.Invalid || len(f.Fields) > 0 {
		return err
	}
	return f.On(field)
}
