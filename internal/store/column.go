package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unsafe"

	"github.com/scriphq/scrip/internal/coupon"
)

// kind is how a column travels: as text, as a 64-bit number or as a flag.
type kind uint8

const (
	kindText kind = iota
	kindNumber
	kindFlag
)

// column ties a column to a field of R, both ways. What is written comes from the one of
// text, number and flag that its kind names.
type column[R any] struct {
	name   string
	kind   kind
	text   func(*R) string
	number func(*R) int64
	flag   func(*R) bool
	take   func(*R) any // where a scan puts what it read
}

// table is a noun's columns, its keys first. It is the one list that inserts,
// updates, scans and bulk loads are made from.
type table[R any] struct {
	name string
	keys int
	cols []column[R]
}

// text and number scan through a pointer to the underlying type: the drivers know
// *string and *int64 without reflection, and S and N have no other layout.
func text[R any, S ~string](name string, f func(*R) *S) column[R] {
	return column[R]{name: name, kind: kindText, text: func(r *R) string { return string(*f(r)) }, take: func(r *R) any { return (*string)(unsafe.Pointer(f(r))) }}
}

func number[R any, N ~int64](name string, f func(*R) *N) column[R] {
	return column[R]{name: name, kind: kindNumber, number: func(r *R) int64 { return int64(*f(r)) }, take: func(r *R) any { return (*int64)(unsafe.Pointer(f(r))) }}
}

func flag[R any](name string, f func(*R) *bool) column[R] {
	return column[R]{name: name, kind: kindFlag, flag: func(r *R) bool { return *f(r) }, take: func(r *R) any { return f(r) }}
}

// when stores a time as UTC microseconds; never is 0.
func when[R any](name string, f func(*R) *time.Time) column[R] {
	return column[R]{name: name, kind: kindNumber, number: func(r *R) int64 { return micros(*f(r)) }, take: func(r *R) any { return timeInto{f(r)} }}
}

// doc stores a value as JSON text that SQL never looks into.
func doc[R, D any](name string, f func(*R) *D) column[R] {
	return column[R]{name: name, kind: kindText, text: func(r *R) string { return encode(f(r)) }, take: func(r *R) any { return docInto{f(r)} }}
}

// maybe stores a value as JSON text, or as nothing where there is none.
func maybe[R, D any](name string, f func(*R) **D) column[R] {
	put := func(r *R) string {
		if *f(r) == nil {
			return ""
		}
		return encode(*f(r))
	}
	return column[R]{name: name, kind: kindText, text: put, take: func(r *R) any { return maybeInto[D]{f(r)} }}
}

// derivedText and derivedNumber are written and never read back.
func derivedText[R any](name string, f func(*R) string) column[R] {
	return column[R]{name: name, kind: kindText, text: f, take: func(*R) any { return new(any) }}
}

func derivedNumber[R any](name string, f func(*R) int64) column[R] {
	return column[R]{name: name, kind: kindNumber, number: f, take: func(*R) any { return new(any) }}
}

// value is what is written, as an argument of a statement.
func (c *column[R]) value(r *R) any {
	switch c.kind {
	case kindNumber:
		return c.number(r)
	case kindFlag:
		return c.flag(r)
	}
	return c.text(r)
}

// same reports whether two rows have the same in the column.
func (c *column[R]) same(a, b *R) bool {
	switch c.kind {
	case kindNumber:
		return c.number(a) == c.number(b)
	case kindFlag:
		return c.flag(a) == c.flag(b)
	}
	return c.text(a) == c.text(b)
}

// actor stores who acted in three columns.
func actor[R any](f func(*R) *coupon.Actor) []column[R] {
	return []column[R]{
		text("by_kind", func(r *R) *string { return &f(r).Kind }),
		text("by_id", func(r *R) *string { return &f(r).ID }),
		text("by_name", func(r *R) *string { return &f(r).Name }),
	}
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: a row cannot be encoded: " + err.Error()) // our own types always can
	}
	return string(b)
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

type timeInto struct{ t *time.Time }

// Scan implements sql.Scanner.
func (d timeInto) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("store: a time is stored as %T", src)
	}
	*d.t = fromMicros(n)
	return nil
}

type docInto struct{ v any }

// Scan implements sql.Scanner.
func (d docInto) Scan(src any) error {
	switch s := src.(type) {
	case string:
		return json.Unmarshal([]byte(s), d.v)
	case []byte:
		return json.Unmarshal(s, d.v)
	}
	return fmt.Errorf("store: a document is stored as %T", src)
}

type maybeInto[D any] struct{ v **D }

// Scan implements sql.Scanner.
func (d maybeInto[D]) Scan(src any) error {
	if *d.v = nil; src == "" {
		return nil
	}
	*d.v = new(D)
	return docInto{*d.v}.Scan(src)
}

// names lists the columns for a SELECT, each behind the alias when one is given.
func (t *table[R]) names(alias string) string {
	var b strings.Builder
	for i, c := range t.cols {
		if i > 0 {
			b.WriteString(", ")
		}
		if alias != "" {
			b.WriteString(alias + ".")
		}
		b.WriteString(c.name)
	}
	return b.String()
}

// into returns the scan destinations of a row.
func (t *table[R]) into(r *R) []any {
	dest := make([]any, len(t.cols))
	for i := range t.cols {
		dest[i] = t.cols[i].take(r)
	}
	return dest
}

// pick returns the named columns as a table of their own, for partial updates.
func (t *table[R]) pick(keys int, names ...string) *table[R] {
	out := &table[R]{name: t.name, keys: keys}
	for _, n := range names {
		for _, c := range t.cols {
			if c.name == n {
				out.cols = append(out.cols, c)
			}
		}
	}
	if len(out.cols) != len(names) {
		panic("store: " + t.name + " has not all of " + strings.Join(names, ", "))
	}
	return out
}
