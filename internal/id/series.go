package id

import (
	"strings"
	"sync/atomic"
	"time"
)

// The number of an id is its last 18 bits: the last four digits, of which the last two bits
// are padding.
const (
	numberDigits  = 4
	numberPadding = 2
)

// Most is the largest number that an id has room for.
const Most = 1<<18 - 1

// Series makes ids that differ in their number alone, whatever their nouns: what is made
// together shares its UUID but for the number, and sorts by it. It is not for use by several
// at once.
type Series struct {
	base string
	last int64
}

// NewSeries returns a series that shares the UUID of s, an id of this package, but for its
// time. It sorts behind the series of the same microsecond that this process made before, of
// 16,384 at a time.
func NewSeries(s string, t time.Time) *Series { return &Series{base: at(s, t, series.Add(1))} }

var series atomic.Uint64

// Number returns the next number. It panics when there is none.
func (s *Series) Number() int64 {
	s.last++
	if s.last > Most {
		panic("id: a series has come to its end")
	}
	return s.last
}

// Next returns the id with the next number.
func (s *Series) Next(prefix string) string { return Nth(prefix, s.base, s.Number()) }

// First returns the id with the number 0, which Next never returns.
func (s *Series) First(prefix string) string { return Nth(prefix, s.base, 0) }

// Nth returns the id of the series of s that has the number n. What is no id of this package
// is returned as it is.
func Nth(prefix, s string, n int64) string {
	_, rest, ok := strings.Cut(s, "_")
	if !ok || len(rest) != Size {
		return s
	}
	return prefix + "_" + rest[:Size-numberDigits] + Digits(n)
}

// Digits returns how a number ends the ids that have it; what sorts before all of them, for
// one below 0.
func Digits(n int64) string {
	if n < 0 {
		return ""
	}
	var out [numberDigits]byte
	n <<= numberPadding
	for i := range out {
		out[len(out)-1-i] = alphabet[n&31]
		n >>= 5
	}
	return string(out[:])
}

// Number returns the number of an id, 0 of what is none.
func Number(s string) int64 {
	_, rest, ok := strings.Cut(s, "_")
	if !ok || len(rest) != Size {
		return 0
	}
	n := int64(0)
	for _, c := range []byte(rest[Size-numberDigits:]) {
		if c >= 'a' {
			c -= 'a' - 10 - '0'
		}
		n = n<<5 | int64(c-'0')
	}
	return n >> numberPadding
}
