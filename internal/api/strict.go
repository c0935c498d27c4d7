package api

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
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
	path  []step       // to what is being read
	room  [8]step      // for a path
	found fault.Fields // what does not fit the schema, by field
}

func newReader(data []byte) *reader {
	r := &reader{data: data}
	r.path = r.room[:0]
	return r
}

// step is a name of an object or, when the index is not below zero, one of an array.
type step struct {
	name  string
	index int
}

func named(name string) step { return step{name, -1} }

// maxFindings bounds what one answer says of a body.
const maxFindings = 100

// finding notes what is wrong with the field that is being read: the first thing of each.
// Reading goes on, for what is no JSON at all is said before that.
func (r *reader) finding(msg string) { r.find(cmp.Or(fieldName(r.path), "body"), msg) }

func (r *reader) find(name, msg string) {
	if _, told := r.found[name]; told || len(r.found) == maxFindings {
		return
	}
	if r.found == nil {
		r.found = fault.Fields{}
	}
	r.found[name] = msg
}

// parse returns a body as maps, slices, strings, int64s, booleans and nil.
func parse(data []byte) (any, error) {
	r := newReader(data)
	v, err := r.value()
	if err != nil {
		return nil, err
	}
	return v, r.end()
}

// end refuses what stands behind the value.
func (r *reader) end() error {
	if r.space(); r.at < len(r.data) {
		return errMalformed
	}
	return nil
}

// wrong returns a fault about the field that is being read.
func (r *reader) wrong(msg string) error {
	return fault.Field(cmp.Or(fieldName(r.path), "body"), msg)
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
		out := map[string]any{}
		err := r.members(func(name []byte) error { return r.member(out, string(name)) })
		return out, err
	case c == '[':
		out := []any{}
		err := r.elements(func(int) error {
			v, err := r.value()
			out = append(out, v)
			return err
		})
		return out, err
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

// into goes down into an object or array.
func (r *reader) into() error {
	if r.depth++; r.depth > maxDepth {
		return errTooDeep
	}
	r.at++
	return nil
}

// more steps over the comma before the next member of what end closes. It reports whether
// there is one; first means that none has been read so far.
func (r *reader) more(end byte, first bool) (bool, error) {
	c := r.next()
	switch {
	case c == end:
		r.at++
		r.depth--
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, errMalformed
	}
	r.at++
	return true, nil
}

// members reads an object. member reads what stands behind a name; it has pushed what is
// being read onto the path, and takes it off again when all went well.
func (r *reader) members(member func(name []byte) error) error {
	if err := r.into(); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := r.more('}', first)
		if err != nil || !more {
			return err
		}
		name, err := r.name()
		if err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
}

// name reads the name of a member. It holds until the body does.
func (r *reader) name() ([]byte, error) {
	if r.next() != '"' {
		return nil, errMalformed
	}
	return r.chars()
}

// enter goes to what stands behind a name.
func (r *reader) enter(name string, twice bool) error {
	r.path = append(r.path, named(name))
	if twice {
		return r.wrong("This is given twice.")
	}
	if r.next() != ':' {
		return errMalformed
	}
	r.at++
	return nil
}

func (r *reader) leave() { r.path = r.path[:len(r.path)-1] }

func (r *reader) member(out map[string]any, name string) error {
	_, twice := out[name]
	if err := r.enter(name, twice); err != nil {
		return err
	}
	v, err := r.value()
	if err != nil {
		return err
	}
	r.leave()
	out[name] = v
	return nil
}

// elements reads an array.
func (r *reader) elements(element func(i int) error) error {
	if err := r.into(); err != nil {
		return err
	}
	for i := 0; ; i++ {
		more, err := r.more(']', i == 0)
		if err != nil || !more {
			return err
		}
		r.path = append(r.path, step{index: i})
		if err := element(i); err != nil {
			return err
		}
		r.leave()
	}
}

// fieldName joins a path to a field's name like "codes[0].amount". It ends before a
// name that nobody of ours would choose: that might be anything.
func fieldName(path []step) string {
	var b strings.Builder
	for _, p := range path {
		if p.index >= 0 {
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
