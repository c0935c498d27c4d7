package api

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	says "github.com/danielgtaylor/huma/v2/validation"
)

// objectDecoder reads an object into a struct. Names are told apart exactly, and none may
// come that the struct does not have.
type objectDecoder struct {
	members  []memberDecoder // at most 64, in the order of the struct
	required uint64          // a bit for each member
	nullable bool
}

type memberDecoder struct {
	name string
	at   []int
	of   decoder
	need bool
}

func (in *input) objectOf(t reflect.Type, s *huma.Schema) *objectDecoder {
	d := &objectDecoder{nullable: s.Nullable}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[name]
		if p == nil || name == "" {
			continue
		}
		if slices.Contains(s.Required, name) {
			d.required |= 1 << len(d.members)
		}
		d.members = append(d.members, memberDecoder{name, f.Index, in.decoderOf(f.Type, p), slices.Contains(s.Required, name)})
	}
	if len(d.members) != len(s.Properties) || len(d.members) > 64 || s.AdditionalProperties != false || s.Type != huma.TypeObject {
		panic(fmt.Sprintf("api: %s: not every member is read", t))
	}
	return d
}

func (d *objectDecoder) read(r *reader, v reflect.Value) error {
	if r.next() != '{' {
		return r.unfit(d.nullable, says.MsgExpectedObject)
	}
	var strangers map[string]bool
	seen, expected := uint64(0), 0
	err := r.members(func(name []byte) error {
		i := d.find(name, expected)
		if i < 0 {
			if strangers == nil {
				strangers = map[string]bool{}
			}
			return r.stranger(string(name), strangers)
		}
		bit := uint64(1) << i
		m, twice := &d.members[i], seen&bit != 0
		seen, expected = seen|bit, i+1
		if err := r.enter(m.name, twice); err != nil {
			return err
		}
		if err := d.member(r, m, v); err != nil {
			return err
		}
		r.leave()
		return nil
	})
	if err == nil && d.required&^seen != 0 {
		d.missing(r, seen)
	}
	return err
}

// member reads what stands behind a name; null is the same as left out.
func (d *objectDecoder) member(r *reader, m *memberDecoder, v reflect.Value) error {
	if r.next() == 'n' && (!m.need || d.nullable) {
		_, err := r.value()
		return err
	}
	return m.of.read(r, v.FieldByIndex(m.at))
}

// find returns the index of a name, -1 when there is none such. Most bodies name their
// members in the order of the document: expected is looked at first.
func (d *objectDecoder) find(name []byte, expected int) int {
	for n := range d.members {
		i := (expected + n) % len(d.members)
		if d.members[i].name == string(name) {
			return i
		}
	}
	return -1
}

func (d *objectDecoder) missing(r *reader, seen uint64) {
	for i := range d.members {
		if d.members[i].need && seen>>i&1 == 0 {
			r.path = append(r.path, named(d.members[i].name))
			r.finding(needed)
			r.leave()
		}
	}
}

// stranger steps over a member that nobody knows.
func (r *reader) stranger(name string, seen map[string]bool) error {
	if err := r.enter(name, seen[name]); err != nil {
		return err
	}
	seen[name] = true
	if _, err := r.value(); err != nil {
		return err
	}
	r.finding(sentence(says.MsgUnexpectedProperty))
	r.leave()
	return nil
}

// either is what may be sent as text or as an object: forms returns where each goes.
type either interface{ forms() (text, object any) }

type eitherDecoder struct{ text, object decoder }

func (in *input) eitherOf(t reflect.Type, s *huma.Schema) eitherDecoder {
	text, object := reflect.New(t).Interface().(either).forms()
	if len(s.OneOf) != 2 || s.Nullable || s.Type != "" {
		panic(fmt.Sprintf("api: %s: neither text nor an object", t))
	}
	return eitherDecoder{in.decoderOf(reflect.TypeOf(text).Elem(), s.OneOf[0]), in.decoderOf(reflect.TypeOf(object).Elem(), s.OneOf[1])}
}

func (d eitherDecoder) read(r *reader, v reflect.Value) error {
	text, object := v.Addr().Interface().(either).forms()
	of, into := d.object, object
	if r.next() == '"' {
		of, into = d.text, text
	}
	before := r.found
	r.found = nil
	err := of.read(r, reflect.ValueOf(into).Elem())
	unfit := len(r.found) > 0
	if r.found = before; unfit && err == nil {
		r.finding(sentence(says.MsgExpectedMatchExactlyOneSchema))
	}
	return err
}
