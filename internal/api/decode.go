package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	says "github.com/danielgtaylor/huma/v2/validation"

	"github.com/scriphq/scrip/internal/fault"
)

// decoder reads one value of a body into a field, and checks it against the schema of the
// document while it does. An error is a fault of the body as such and ends the reading;
// what does not fit the schema is a finding, and reading goes on.
type decoder interface {
	read(r *reader, v reflect.Value) error
}

// decoderOf makes the decoder of a type. What the schema asks for is looked up here once;
// one that asks for what no decoder knows is a mistake of ours, found at start.
func (in *input) decoderOf(t reflect.Type, s *huma.Schema) decoder {
	s = target(in.registry, s)
	if s.Pattern != "" || s.MultipleOf != nil || s.ExclusiveMinimum != nil || s.ExclusiveMaximum != nil || s.UniqueItems || len(s.DependentRequired) > 0 ||
		s.AllOf != nil || s.AnyOf != nil || s.Not != nil || s.ContentEncoding != "" {
		panic(fmt.Sprintf("api: %s: a schema that is not checked", t))
	}
	pointer := reflect.PointerTo(t)
	switch {
	case t.Kind() == reflect.Pointer:
		return pointerDecoder{in.decoderOf(t.Elem(), s)}
	case pointer.Implements(reflect.TypeFor[either]()):
		return in.eitherOf(t, s)
	case t == reflect.TypeFor[time.Time]():
		return timeDecoder{s.Nullable}
	case pointer.Implements(reflect.TypeFor[json.Unmarshaler]()):
		return selfDecoder{in, s}
	}
	switch t.Kind() {
	case reflect.Struct:
		return in.objectOf(t, s)
	case reflect.Map:
		more, _ := s.AdditionalProperties.(*huma.Schema)
		return mapDecoder{in.decoderOf(t.Elem(), more), s.Nullable, bounds{s.MinProperties, s.MaxProperties, says.MsgExpectedMinProperties, says.MsgExpectedMaxProperties}}
	case reflect.Slice:
		return listDecoder{in.decoderOf(t.Elem(), s.Items), s.Nullable, bounds{s.MinItems, s.MaxItems, says.MsgExpectedMinItems, says.MsgExpectedMaxItems}}
	case reflect.String:
		return textOf(s)
	case reflect.Bool:
		return boolDecoder{s.Nullable}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return intOf(s)
	}
	panic(fmt.Sprintf("api: %s: a type that is not read", t))
}

// unfit steps over a value of another kind than is wanted.
func (r *reader) unfit(nullable bool, msg string) error {
	null := r.next() == 'n'
	if _, err := r.value(); err != nil {
		return err
	}
	if !null || !nullable {
		r.finding(sentence(msg))
	}
	return nil
}

// bounds limit how long something is.
type bounds struct {
	least, most *int
	few, many   string // huma's words
}

func (b bounds) check(r *reader, n int) {
	if b.least != nil && n < *b.least {
		r.finding(sentence(fmt.Sprintf(b.few, *b.least)))
	}
	if b.most != nil && n > *b.most {
		r.finding(sentence(fmt.Sprintf(b.many, *b.most)))
	}
}

type pointerDecoder struct{ to decoder }

func (p pointerDecoder) read(r *reader, v reflect.Value) error {
	if r.next() == 'n' { // an object's members that are null do not come here
		return p.to.read(r, reflect.New(v.Type().Elem()).Elem())
	}
	v.Set(reflect.New(v.Type().Elem()))
	return p.to.read(r, v.Elem())
}

type textDecoder struct {
	nullable bool
	length   bounds
	enum     []string
	others   string // what is said of what is not in enum
}

func textOf(s *huma.Schema) textDecoder {
	d := textDecoder{nullable: s.Nullable, length: bounds{s.MinLength, s.MaxLength, says.MsgExpectedMinLength, says.MsgExpectedMaxLength}}
	for _, v := range s.Enum {
		d.enum = append(d.enum, v.(string))
	}
	d.others = sentence(fmt.Sprintf(says.MsgExpectedOneOf, strings.Join(d.enum, ", ")))
	return d
}

func (d textDecoder) read(r *reader, v reflect.Value) error {
	if r.next() != '"' {
		return r.unfit(d.nullable, says.MsgExpectedString)
	}
	chars, err := r.chars()
	if err != nil {
		return err
	}
	if d.length.least != nil || d.length.most != nil && len(chars) > *d.length.most {
		d.length.check(r, utf8.RuneCount(chars))
	}
	s := string(chars)
	if d.enum != nil && !slices.Contains(d.enum, s) {
		r.finding(d.others)
	}
	v.SetString(s)
	return nil
}

type boolDecoder struct{ nullable bool }

func (d boolDecoder) read(r *reader, v reflect.Value) error {
	if c := r.next(); c != 't' && c != 'f' {
		return r.unfit(d.nullable, says.MsgExpectedBoolean)
	}
	is, err := r.value()
	if err == nil {
		v.SetBool(is.(bool))
	}
	return err
}

type intDecoder struct {
	nullable    bool
	least, most *float64
}

func intOf(s *huma.Schema) intDecoder { return intDecoder{s.Nullable, s.Minimum, s.Maximum} }

func (d intDecoder) read(r *reader, v reflect.Value) error {
	if c := r.next(); c != '-' && (c < '0' || c > '9') {
		return r.unfit(d.nullable, says.MsgExpectedInteger)
	}
	n, err := r.number()
	if err != nil {
		return err
	}
	switch {
	case d.least != nil && float64(n) < *d.least:
		r.finding(sentence(fmt.Sprintf(says.MsgExpectedMinimumNumber, *d.least)))
	case d.most != nil && float64(n) > *d.most:
		r.finding(sentence(fmt.Sprintf(says.MsgExpectedMaximumNumber, *d.most)))
	case v.OverflowInt(n):
		r.finding("The number is too large.")
	}
	v.SetInt(n)
	return nil
}

type timeDecoder struct{ nullable bool }

func (d timeDecoder) read(r *reader, v reflect.Value) error {
	if r.next() != '"' {
		return r.unfit(d.nullable, says.MsgExpectedString)
	}
	chars, err := r.chars()
	if err != nil {
		return err
	}
	if v.Addr().Interface().(*time.Time).UnmarshalText(chars) != nil {
		r.finding(sentence(says.MsgExpectedRFC3339DateTime))
	}
	return nil
}

type listDecoder struct {
	of       decoder
	nullable bool
	length   bounds
}

func (d listDecoder) read(r *reader, v reflect.Value) error {
	if r.next() != '[' {
		return r.unfit(d.nullable, says.MsgExpectedArray)
	}
	n := 0
	err := r.elements(func(i int) error {
		if i == v.Cap() {
			v.Grow(max(4, i)) // twice as many each time
		}
		n = i + 1
		v.SetLen(n)
		return d.of.read(r, v.Index(i))
	})
	if n == 0 {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	d.length.check(r, n)
	return err
}

type mapDecoder struct {
	of       decoder
	nullable bool
	size     bounds
}

func (d mapDecoder) read(r *reader, v reflect.Value) error {
	if r.next() != '{' {
		return r.unfit(d.nullable, says.MsgExpectedObject)
	}
	v.Set(reflect.MakeMap(v.Type()))
	err := r.members(func(name []byte) error {
		key := reflect.ValueOf(string(name)).Convert(v.Type().Key())
		if err := r.enter(key.String(), v.MapIndex(key).IsValid()); err != nil {
			return err
		}
		one := reflect.New(v.Type().Elem()).Elem()
		if err := d.of.read(r, one); err != nil {
			return err
		}
		r.leave()
		v.SetMapIndex(key, one)
		return nil
	})
	d.size.check(r, v.Len())
	return err
}

// selfDecoder is of a type that reads itself, when the schema lets it.
type selfDecoder struct {
	in     *input
	schema *huma.Schema
}

func (d selfDecoder) read(r *reader, v reflect.Value) error {
	r.space()
	start := r.at
	tree, err := r.value()
	if err != nil {
		return err
	}
	at := fieldName(r.path)
	if err := d.in.check(at, d.schema, tree); err != nil {
		for name, msg := range fault.Of(err).Fields {
			r.find(name, msg)
		}
		return nil
	}
	if err := json.Unmarshal(r.data[start:r.at], v.Addr().Interface()); err != nil {
		r.finding("This does not fit the documented shape.")
	}
	return nil
}
