// Package id makes and checks the program's ids: a short prefix that names the
// noun, and a UUIDv7 (RFC 9562, section 5.7) in 26 lower-case base-32 digits, so that
// ids of one noun sort by the time they were made. An id is never a secret.
package id

import (
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"

	"github.com/google/uuid"
)

const alphabet = "0123456789abcdefghijklmnopqrstuv"

// digits is the extended-hex alphabet of RFC 4648 in lower case: it keeps byte order.
var digits = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// Size is the number of characters behind the prefix.
const Size = 26

// New returns a fresh id such as "vch_069g…"; prefix has no underscore.
// It panics when the system has no randomness.
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + digits.EncodeToString(u[:])
}

// at returns the id with another time, and after it a number by which ids of one
// microsecond sort. Of the number the last 14 bits count; the last 48 bits stay as they are.
// What is no id of this package is returned as it is.
func at(s string, t time.Time, n uint64) string {
	prefix, rest, ok := strings.Cut(s, "_")
	if !ok || len(rest) != Size {
		return s
	}
	var head [16]byte
	digits.Encode(head[:], binary.BigEndian.AppendUint16(timeOf(t), 0b10<<14|uint16(n)&(1<<14-1)))
	return prefix + "_" + string(head[:]) + rest[len(head):]
}

// Floor returns what every id of a time before t sorts before, and none made at t or later.
func Floor(prefix string, t time.Time) string {
	var head [16]byte
	digits.Encode(head[:], append(timeOf(t), 0, 0))
	return prefix + "_" + string(head[:])
}

// timeOf returns the first half of an id: milliseconds since 1970 in 48 bits, the version, and
// in 12 bits the quarters of microseconds (RFC 9562, section 6.2, method 3).
func timeOf(t time.Time) []byte {
	micros := uint64(max(0, t.UnixMicro()))
	return binary.BigEndian.AppendUint64(make([]byte, 0, 10), micros/1000<<16|7<<12|micros%1000<<2)
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

// uuidSize is the number of characters of a UUID as it is written (RFC 9562, section 4).
const uuidSize = 36

// TimeOf returns the time of a text that begins with a UUID of version 7, to the
// millisecond (RFC 9562, section 5.7), and whether it does.
func TimeOf(text string) (at time.Time, ok bool) {
	if len(text) < uuidSize {
		return time.Time{}, false
	}
	u, err := uuid.Parse(text[:uuidSize])
	if err != nil || u.Version() != 7 || u.Variant() != uuid.RFC4122 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(u[:8]) >> 16)).UTC(), true
}
