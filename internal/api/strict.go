package api

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// maxDepth is how deep arrays and objects of a body may lie in one another.
const maxDepth = 32

// The faults of a body as such. They say where, never what stood there.
var (
	errMalformed = fault.New(fault.Invalid, "malformed", "The body is not valid JSON.")
	errTooDeep   = fault.New(fault.Invalid, "malformed", "The body is nested too deeply: at most 32 levels.")
)

const unstorable = "This holds a character that cannot be stored."

// reader reads a JSON body more strictly than encoding/json, which lets pass what
// two readers may understand in two ways: repeated names, broken UTF-8, half
// surrogates, and numbers that are no exact integers. It knows no fractions: every
// number of this API counts something.
type reader struct {
	data  []byte
	at    int
	depth int
	path  []step // to what is being read
}

// step is a name of an object, or an index of an array when the name is "".
type step struct {
	name  string
	index int
}

// parse returns a body as maps, slices, strings, int64s, booleans and nil.
func parse(data []byte) (any, error) {
	r := &reader{data: data}
	v, err := r.value()
	if err != nil {
		return nil, err
	}
	if r.space(); r.at < len(r.data) {
		return nil, errMalformed
	}
	return v, nil
}

// wrong returns a fault about the field that is being read.
func (r *reader) wrong(msg string) error {
	if name := fieldName(r.path); name != "" {
		return fault.Field(name, msg)
	}
	return fault.Field("body", msg)
}

func (r *reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// next skips space and returns the next byte without taking it, 0 at the end.
func (r *reader) next() byte {
	r.space()
	if r.at == len(r.data) {
		return 0
	}
	return r.data[r.at]
}

func (r *reader) value() (any, error) {
	switch c := r.next(); {
	case c == '{':
		return r.nested(r.object)
	case c == '[':
		return r.nested(r.array)
	case c == '"':
		return r.text()
	case c == '-' || '0' <= c && c <= '9':
		return r.number()
	}
	for _, literal := range literals {
		if bytes.HasPrefix(r.data[r.at:], literal.word) {
			r.at += len(literal.word)
			return literal.value, nil
		}
	}
	return nil, errMalformed
}

var literals = [...]struct {
	word  []byte
	value any
}{{[]byte("true"), true}, {[]byte("false"), false}, {[]byte("null"), nil}}

func (r *reader) nested(read func() (any, error)) (any, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, errTooDeep
	}
	r.at++
	v, err := read()
	r.depth--
	return v, err
}

func (r *reader) object() (any, error) {
	out := map[string]any{}
	if r.next() == '}' {
		r.at++
		return out, nil
	}
	for {
		if err := r.member(out); err != nil {
			return nil, err
		}
		c := r.next()
		r.at++
		switch c {
		case ',':
		case '}':
			return out, nil
		default:
			return nil, errMalformed
		}
	}
}

func (r *reader) member(out map[string]any) error {
	if r.next() != '"' {
		return errMalformed
	}
	name, err := r.text()
	if err != nil {
		return err
	}
	r.path = append(r.path, step{name: name})
	if _, twice := out[name]; twice {
		return r.wrong("This is given twice.")
	}
	if r.next() != ':' {
		return errMalformed
	}
	r.at++
	v, err := r.value()
	if err != nil {
		return err
	}
	r.path = r.path[:len(r.path)-1]
	out[name] = v
	return nil
}

func (r *reader) array() (any, error) {
	out := []any{}
	if r.next() == ']' {
		r.at++
		return out, nil
	}
	for {
		r.path = append(r.path, step{index: len(out)})
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		r.path = r.path[:len(r.path)-1]
		out = append(out, v)
		c := r.next()
		r.at++
		switch c {
		case ',':
		case ']':
			return out, nil
		default:
			return nil, errMalformed
		}
	}
}

// number reads an integer that every JSON reader keeps exact.
func (r *reader) number() (any, error) {
	start := r.at
	for r.at < len(r.data) && strings.IndexByte("+-.0123456789eE", r.data[r.at]) >= 0 {
		r.at++
	}
	text := string(r.data[start:r.at])
	digits := strings.TrimPrefix(text, "-")
	switch {
	case digits == "" || digits[0] < '0' || digits[0] > '9' || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E':
		return nil, errMalformed
	case strings.ContainsAny(digits, ".eE"):
		return nil, r.wrong("A whole number is needed here, written with digits only; amounts are in minor units.")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && strings.ContainsAny(digits, "+-") {
		return nil, errMalformed
	}
	if err != nil || n > money.MaxMinor || n < -money.MaxMinor {
		return nil, r.wrong("The number is too large.")
	}
	return n, nil
}

// text reads a string: UTF-8 without NUL, which no database takes.
func (r *reader) text() (string, error) {
	r.at++
	start, plain := r.at, true
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			raw := r.data[start:r.at]
			r.at++
			return r.unquote(raw, plain)
		case c == '\\':
			plain = false
			r.at++
		case c == 0:
			return "", r.wrong(unstorable)
		case c < ' ':
			return "", errMalformed
		}
	}
	return "", errMalformed
}

func (r *reader) unquote(raw []byte, plain bool) (string, error) {
	if !utf8.Valid(raw) {
		return "", r.wrong("This is not valid text (UTF-8).")
	}
	if plain {
		return string(raw), nil
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		i++
		if raw[i] == 'u' {
			c, n := escaped(raw[i-1:])
			switch {
			case n == 0:
				return "", errMalformed
			case c == utf8.RuneError && n < 0:
				return "", r.wrong("This is not valid text: half a surrogate pair.")
			case c == 0:
				return "", r.wrong(unstorable)
			}
			b.WriteRune(c)
			i += n - 2
			continue
		}
		at := strings.IndexByte(`"\/bfnrt`, raw[i])
		if at < 0 {
			return "", errMalformed
		}
		b.WriteByte("\"\\/\b\f\n\r\t"[at])
	}
	return b.String(), nil
}

// escaped reads a \uXXXX, or two that make a pair, at the beginning of raw. It
// returns the length; 0 means that it is none, below zero that it is half a pair.
func escaped(raw []byte) (rune, int) {
	hex := func(from int) rune {
		if len(raw) < from+6 || raw[from] != '\\' || raw[from+1] != 'u' {
			return -1
		}
		n, err := strconv.ParseUint(string(raw[from+2:from+6]), 16, 32)
		if err != nil {
			return -1
		}
		return rune(n)
	}
	first := hex(0)
	switch {
	case first < 0:
		return 0, 0
	case !utf16.IsSurrogate(first):
		return first, 6
	}
	if c := utf16.DecodeRune(first, hex(6)); c != utf8.RuneError {
		return c, 12
	}
	return utf8.RuneError, -1
}

// fieldName joins a path to a field's name like "codes[0].amount". It ends before a
// name that nobody of ours would choose: that might be anything.
func fieldName(path []step) string {
	var b strings.Builder
	for _, p := range path {
		if p.name == "" {
			b.WriteString("[" + strconv.Itoa(p.index) + "]")
			continue
		}
		if !ordinary(p.name) {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p.name)
	}
	return b.String()
}

// ordinary reports whether a name could be one of this API's.
func ordinary(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return name != "" && len(name) <= 40
}
