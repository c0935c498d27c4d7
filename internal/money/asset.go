// Package money counts money and other units in whole minor units of an asset.
// There are no floats in it: an amount is an int64, a rate is in basis points,
// and what does not fit is an error.
package money

import "strings"

// Asset names what is counted: an ISO 4217 code such as "SGD", or "unit:NAME"
// for points and the like, NAME being 1 to 32 of A-Z, a-z, 0-9, "_" and "-".
type Asset string

const unitPrefix = "unit:"

// IsUnit reports whether a is a unit of one's own and not a currency.
func (a Asset) IsUnit() bool { return strings.HasPrefix(string(a), unitPrefix) }

// Name returns the name of a unit, or the code of a currency.
func (a Asset) Name() string { return strings.TrimPrefix(string(a), unitPrefix) }

// Exponent returns the number of decimals between major and minor unit: 2 for
// SGD, 0 for JPY, 3 for KWD, 0 for every unit and for what is no asset at all.
func (a Asset) Exponent() int {
	c, _ := currencyOf(string(a))
	return c.Exponent
}

// Valid reports whether a is a current currency or a well-formed unit.
func (a Asset) Valid() bool {
	if !a.IsUnit() {
		_, ok := currencyOf(string(a))
		return ok
	}
	name := a.Name()
	if name == "" || len(name) > 32 {
		return false
	}
	for i := range len(name) {
		if !unitByte(name[i]) {
			return false
		}
	}
	return true
}

func unitByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '-'
}
