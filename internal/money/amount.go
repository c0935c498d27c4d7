package money

import (
	"math/bits"

	"github.com/scriphq/scrip/internal/fault"
)

// MaxMinor is the largest amount accepted from outside, in minor units: 2^53-1,
// the largest integer that every JSON reader keeps exact (RFC 8259, section 6).
const MaxMinor = 1<<53 - 1

// The faults of arithmetic.
var (
	ErrMismatch = fault.New(fault.Refused, "currency_mismatch", "These are amounts in different currencies.")
	ErrOverflow = fault.New(fault.Invalid, "amount_too_large", "The amount is too large.")
	ErrPercent  = fault.New(fault.Invalid, "percent_range", "A percentage is from 0 to 100.")
)

// Amount is a number of minor units of an asset: {1000, "SGD"} is ten Singapore
// dollars. It may be negative; the zero Amount has no asset.
type Amount struct {
	Minor int64 `json:"amount"`
	Asset Asset `json:"currency"`
}

// Add returns a + b, or ErrMismatch or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Asset != b.Asset {
		return Amount{}, ErrMismatch
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) {
		return Amount{}, ErrOverflow
	}
	return Amount{sum, a.Asset}, nil
}

// Sub returns a − b, or ErrMismatch or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.Asset != b.Asset {
		return Amount{}, ErrMismatch
	}
	rest := a.Minor - b.Minor
	if (rest < a.Minor) != (b.Minor > 0) {
		return Amount{}, ErrOverflow
	}
	return Amount{rest, a.Asset}, nil
}

// Share returns rate × a, rounded half away from zero to whole minor units.
// A rate outside 0 to 100 % is ErrPercent. The product is kept in 128 bits, so
// no amount overflows.
func (a Amount) Share(rate BasisPoints) (Amount, error) {
	if rate < 0 || rate > Whole {
		return Amount{}, ErrPercent
	}
	hi, lo := bits.Mul64(magnitude(a.Minor), uint64(rate))
	lo, carry := bits.Add64(lo, uint64(Whole)/2, 0)
	share, _ := bits.Div64(hi+carry, lo, uint64(Whole))
	if a.Minor < 0 {
		return Amount{-int64(share), a.Asset}, nil
	}
	return Amount{int64(share), a.Asset}, nil
}

// magnitude returns |n|, which for the smallest int64 is 2^63.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
