package api

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	says "github.com/danielgtaylor/huma/v2/validation"

	"github.com/scriphq/scrip/internal/fault"
)

const needed = "This is needed."

// maxBody is the largest body of a request, in bytes. Uploads and orders have limits of
// their own.
const maxBody = 1 << 20

// input is how the input struct of an endpoint is filled: fields with a path or query
// tag from the address, Body from the body.
type input struct {
	registry huma.Registry
	params   []param
	body     *huma.Schema // nil: the endpoint takes none
	decoder  decoder      // of body
	bodyAt   []int
	limit    int64             // of the body, in bytes
	required bool              // a body has to be sent
	file     *huma.RequestBody // a body that is a file
}

type param struct {
	in, name string
	at       []int
	schema   *huma.Schema
	doc      *huma.Param
}

// inputOf prepares an input struct once, at start.
func inputOf(r huma.Registry, t reflect.Type) *input {
	in := &input{registry: r, limit: maxBody}
	for _, f := range reflect.VisibleFields(t) {
		for _, where := range []string{"path", "query"} {
			if name := f.Tag.Get(where); name != "" {
				in.params = append(in.params, paramOf(r, where, name, f))
			}
		}
		if f.Name == "Body" && len(f.Index) == 1 {
			in.body, in.bodyAt = r.Schema(f.Type, true, ""), f.Index
			in.decoder, in.required = in.decoderOf(f.Type, in.body), len(target(r, in.body).Required) > 0
			if large, ok := reflect.Zero(f.Type).Interface().(interface{ MaxBody() int64 }); ok {
				in.limit = large.MaxBody()
			}
		}
	}
	return in
}

func paramOf(r huma.Registry, where, name string, f reflect.StructField) param {
	p := param{in: where, name: name, at: f.Index, schema: huma.SchemaFromField(r, f, "")}
	doc := *p.schema
	doc.Description, doc.Nullable = "", false
	p.doc = &huma.Param{Name: name, In: where, Required: where == "path", Description: p.schema.Description, Schema: &doc}
	return p
}

// target follows a schema's references.
func target(r huma.Registry, s *huma.Schema) *huma.Schema {
	for s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	return s
}

// fill reads a request into v, an input struct, and returns the body as it came.
func (in *input) fill(w http.ResponseWriter, r *http.Request, v reflect.Value) ([]byte, error) {
	if err := in.fillParams(r, v); err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet {
		return nil, nil
	}
	raw, err := in.rest(w, r)
	if err != nil {
		return nil, bodyFault(err)
	}
	if len(raw) == 0 && !in.required {
		return nil, nil
	}
	if err := mediaType(r, len(raw)); err != nil {
		return nil, err
	}
	return raw, in.fillBody(raw, v)
}

// maxGuess is how much of a body is believed to come before it has.
const maxGuess = 256 << 10

// rest reads the whole body, into room for as much as the client says that it sends.
func (in *input) rest(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	room := bytes.Buffer{}
	room.Grow(int(min(max(r.ContentLength, 0), maxGuess)) + bytes.MinRead)
	_, err := room.ReadFrom(http.MaxBytesReader(w, r.Body, in.limit))
	return room.Bytes(), err
}

// bodyFault leaves the size of a body to httpx, and is brief about a client who left.
func bodyFault(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	return errMalformed.Saying("The body could not be read to its end.").Because(err)
}

// mediaType refuses what says that it is something else than JSON.
func mediaType(r *http.Request, size int) error {
	sent := r.Header.Get("Content-Type")
	if sent == "" && size == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(sent)
	charset := strings.ToLower(params["charset"])
	if err != nil || kind != "application/json" || charset != "" && charset != "utf-8" {
		return errMediaType
	}
	return nil
}

// fillBody reads the body, and checks it against its schema.
func (in *input) fillBody(raw []byte, v reflect.Value) error {
	if len(raw) == 0 {
		return fault.Field("body", needed)
	}
	if in.body == nil {
		tree, err := parse(raw)
		if object, ok := tree.(map[string]any); err == nil && (!ok || len(object) > 0) {
			return fault.Field("body", "Nothing is to be sent here.")
		}
		return err
	}
	r := newReader(raw)
	if err := in.decoder.read(r, v.FieldByIndex(in.bodyAt)); err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	return fault.Check(r.found)
}

// check compares a value with its schema.
func (in *input) check(name string, s *huma.Schema, v any) error {
	res := huma.ValidateResult{}
	path := huma.NewPathBuffer(make([]byte, 0, 64), 0)
	path.Push(name)
	huma.Validate(in.registry, s, path, huma.ModeWriteToServer, v, &res)
	if len(res.Errors) == 0 {
		return nil
	}
	fields := fault.Fields{}
	for _, err := range res.Errors {
		d, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			continue
		}
		field, msg := located(d)
		if _, told := fields[field]; !told {
			fields[field] = msg
		}
	}
	return fault.Check(fields)
}

// located turns a finding of huma's into the name of a field and a sentence. The
// value that was sent is never part of either.
func located(d *huma.ErrorDetail) (string, string) {
	path := strings.TrimPrefix(strings.TrimPrefix(d.Location, "body"), ".")
	if missing, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		missing, _, _ = strings.Cut(missing, " ")
		return safe(strings.TrimPrefix(path+"."+missing, ".")), needed
	}
	return safe(path), sentence(d.Message)
}

// safe cuts a path before the first name that is not one of ours.
func safe(path string) string {
	var steps []step
	for name := range strings.SplitSeq(path, ".") {
		name, index, _ := strings.Cut(name, "[")
		if name != "" {
			steps = append(steps, named(name))
		}
		for part := range strings.SplitSeq(index, "[") {
			if n, err := strconv.Atoi(strings.TrimSuffix(part, "]")); err == nil {
				steps = append(steps, step{index: n})
			}
		}
	}
	if name := fieldName(steps); name != "" {
		return name
	}
	return "body"
}

// sentence says a finding of huma's in our words.
func sentence(msg string) string {
	switch msg {
	case says.MsgUnexpectedProperty:
		return "There is no such field."
	case says.MsgExpectedInteger:
		return "A whole number is needed here."
	case says.MsgExpectedString:
		return "Text is needed here."
	case says.MsgExpectedBoolean:
		return "Either true or false is needed here."
	case says.MsgExpectedObject:
		return "An object is needed here."
	case says.MsgExpectedArray:
		return "A list is needed here."
	case says.MsgExpectedMatchExactlyOneSchema, says.MsgExpectedMatchAtLeastOneSchema:
		return "This has none of the documented shapes."
	case says.MsgExpectedRFC3339DateTime:
		return "A time is needed here, such as 2026-12-31T15:59:59Z."
	}
	return strings.ToUpper(msg[:1]) + msg[1:] + "."
}

// fillParams reads the address. Unknown names in the query are refused: a filter
// with a typing error would otherwise find everything.
func (in *input) fillParams(r *http.Request, v reflect.Value) error {
	query := url.Values{}
	if r.URL.RawQuery != "" {
		var err error
		if query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			return fault.Field("query", "This cannot be read.")
		}
	}
	for i := range in.params {
		p := &in.params[i]
		text, given := r.PathValue(p.name), true
		if p.in == "query" {
			if _, given = query[p.name]; !given {
				continue
			}
			if len(query[p.name]) > 1 {
				return fault.Field(p.name, "This is given twice.")
			}
			text = query.Get(p.name)
			delete(query, p.name)
		}
		if err := p.set(in, text, v.FieldByIndex(p.at)); err != nil {
			return err
		}
	}
	for name := range query {
		if !ordinary(name) {
			name = "query"
		}
		return fault.Field(name, "There is no such parameter.")
	}
	return nil
}

// errNoSuchID answers what cannot be an id.
var errNoSuchID = fault.New(fault.NotFound, "not_found", "There is no such id.")

// set checks a text and puts it into its field.
func (p *param) set(in *input, text string, field reflect.Value) error {
	switch {
	case p.in == "path" && (len(text) > 100 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })):
		return errNoSuchID
	case !utf8.ValidString(text):
		return fault.Field(p.name, "This is not valid text (UTF-8).")
	case strings.IndexByte(text, 0) >= 0:
		return fault.Field(p.name, unstorable)
	case text == "":
		return nil
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	var v any
	var err error
	switch target := field.Addr().Interface().(type) {
	case *time.Time:
		var at time.Time
		at, err = time.Parse(time.RFC3339, text)
		*target, v = at.UTC(), text
	case *bool:
		*target, err = strconv.ParseBool(text)
		v = *target
	default:
		v, err = scalar(field, text)
	}
	if err != nil {
		return fault.Field(p.name, "This is not what is documented here.")
	}
	return in.check(p.name, p.schema, v)
}

// scalar puts a text or a whole number into a field of any such type.
func scalar(field reflect.Value, text string) (any, error) {
	if field.Kind() == reflect.String {
		field.SetString(text)
		return text, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		field.SetInt(n)
	}
	return n, err
}
