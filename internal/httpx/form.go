package httpx

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/fault"
)

const (
	maxValue  = 4 << 10  // bytes of one ordinary value: names, codes, remarks
	maxLong   = 64 << 10 // bytes of a value named as long: message bodies, lists
	maxValues = 2_000    // values in one form: a page of check boxes and some fields
	maxMemory = 1 << 20  // bytes of an upload kept in memory; the rest waits in a file
)

// Form is what a browser sent: clean text by field name.
type Form struct {
	values url.Values
	upload *multipart.Form
}

// ReadForm reads a form's body; long names the fields that may hold up to 64 KiB instead of
// 4 KiB. A value with NUL, invalid UTF-8 or too many bytes is a fault of its field; the Form
// returned beside it holds the other values, so that the page can show them again.
func ReadForm(r *http.Request, long ...string) (*Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return &Form{}, badForm(err)
		}
		return clean(r.PostForm, nil, long)
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxMemory); err != nil {
			return &Form{}, badForm(err)
		}
		return clean(r.MultipartForm.Value, r.MultipartForm, long)
	}
	return &Form{}, fault.New(fault.Invalid, "not_a_form", "A form was expected here.")
}

// ReadQuery reads the query string with the same care.
func ReadQuery(r *http.Request) (*Form, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &Form{}, badForm(err)
	}
	return clean(values, nil, nil)
}

func badForm(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return asFault(err)
	}
	return fault.New(fault.Invalid, "not_a_form", "The form could not be read.").Because(err)
}

// clean drops the values that must not go further and says why, per field.
func clean(in url.Values, upload *multipart.Form, long []string) (*Form, error) {
	f, bad, n := &Form{values: url.Values{}, upload: upload}, fault.Fields{}, 0
	for _, name := range slices.Sorted(maps.Keys(in)) {
		limit := maxValue
		if slices.Contains(long, name) {
			limit = maxLong
		}
		for _, v := range in[name] {
			if n++; n > maxValues {
				return f, fault.New(fault.Invalid, "not_a_form", "The form has too many fields.")
			}
			if msg := unfit(name, v, limit); msg != "" {
				bad[fieldName(name)] = msg
				continue
			}
			f.values.Add(name, strings.ReplaceAll(v, "\r\n", "\n"))
		}
	}
	return f, fault.Check(bad)
}

func unfit(name, v string, limit int) string {
	switch {
	case !utf8.ValidString(v) || !utf8.ValidString(name):
		return "This is not readable text."
	case strings.ContainsRune(v, 0) || strings.ContainsRune(name, 0):
		return "This holds a character that cannot be stored."
	case len(v) > limit:
		return fmt.Sprintf("This is too long: at most %d bytes.", limit)
	}
	return ""
}

// fieldName keeps a hostile field name out of messages and logs.
func fieldName(s string) string {
	if len(s) > 64 || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "form"
	}
	return s
}

// Text returns the first value of name without surrounding space, or "".
func (f *Form) Text(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// Raw returns the first value of name as it was typed: for passwords and message bodies.
func (f *Form) Raw(name string) string { return f.values.Get(name) }

// List returns the values of name that are not blank, trimmed, in the order sent.
func (f *Form) List(name string) []string {
	var out []string
	for _, v := range f.values[name] {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// Has reports whether name was sent at all; a check box that is off is not.
func (f *Form) Has(name string) bool { return len(f.values[name]) > 0 }

// Values returns a copy of everything sent, for links that keep the other filters.
func (f *Form) Values() url.Values { return maps.Clone(f.values) }

// Upload is one uploaded file. Close it.
type Upload struct {
	io.ReadCloser
	Name string // the base name the browser gave; never a path on this machine
	Size int64  // bytes
}

// File returns the uploaded file of a field, or a fault of that field when none was chosen.
func (f *Form) File(name string) (Upload, error) {
	if f.upload == nil || len(f.upload.File[name]) == 0 || f.upload.File[name][0].Filename == "" {
		return Upload{}, fault.Field(name, "Choose a file.")
	}
	h := f.upload.File[name][0]
	file, err := h.Open()
	if err != nil {
		return Upload{}, fmt.Errorf("open upload: %w", err)
	}
	base := path.Base(strings.ReplaceAll(h.Filename, `\`, "/"))
	if unfit("", base, 255) != "" {
		base = "file"
	}
	return Upload{ReadCloser: file, Name: base, Size: h.Size}, nil
}

// Discard removes the temporary files of an upload; call it when the request is done.
func (f *Form) Discard() error {
	if f.upload == nil {
		return nil
	}
	return f.upload.RemoveAll()
}
