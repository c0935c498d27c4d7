// Package id makes and checks the program's ids: a short prefix that names the
// noun, and a UUIDv7 (RFC 9562, section 5.7) in 26 lower-case base-32 digits, so that
// ids of one noun sort by the time they were made. An id is never a secret.
package id

import (
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// digits is the extended-hex alphabet of RFC 4648 in lower case: it keeps byte order.
var digits = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// Size is the number of characters behind the prefix.
const Size = 26

// New returns a fresh id such as "vch_069g…"; prefix has no underscore.
// It panics when the system has no randomness.
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + digits.EncodeToString(u[:])
}

// Valid reports whether s is an id with this prefix.
func Valid(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != Size {
		return false
	}
	b, err := digits.DecodeString(rest)
	return err == nil && len(b) == 16
}

// Sibling returns the id of another noun that shares s's UUID: a checkout of one
// redemption carries the redemption's.
func Sibling(prefix, s string) string {
	_, rest, _ := strings.Cut(s, "_")
	return prefix + "_" + rest
}
