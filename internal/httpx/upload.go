package httpx

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// Incoming is a file on its way: it is read as it comes and kept nowhere, in memory or on
// disk. It ends when the request does.
type Incoming struct {
	io.Reader
	Name string // the base name the browser gave
}

// ReadUpload reads a form up to its file, which is the last of its fields and is called
// name. The Form returned beside a fault holds the values that stand before the file.
func ReadUpload(r *http.Request, name string) (*Form, Incoming, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return &Form{}, Incoming{}, fault.New(fault.Invalid, "not_a_form", "A form was expected here.")
	}
	values, n := url.Values{}, 0
	for {
		part, err := parts.NextPart()
		if err == io.EOF || err == nil && part.FormName() == name {
			f, bad := clean(values, nil, nil)
			file, none := incoming(part, name)
			if bad != nil {
				return f, file, bad
			}
			return f, file, none
		}
		if err != nil {
			return &Form{}, Incoming{}, badForm(err)
		}
		if n++; n > maxValues {
			return &Form{}, Incoming{}, fault.New(fault.Invalid, "not_a_form", "The form has too many fields.")
		}
		text, err := io.ReadAll(io.LimitReader(part, maxValue+1)) // one more, for clean to refuse
		if err != nil {
			return &Form{}, Incoming{}, badForm(err)
		}
		values.Add(part.FormName(), string(text))
	}
}

func incoming(part *multipart.Part, name string) (Incoming, error) {
	if part == nil || part.FileName() == "" {
		return Incoming{}, fault.Field(name, "Choose a file.")
	}
	base := path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
	if unfit("", base, 255) != "" {
		base = "file"
	}
	return Incoming{Reader: &steady{in: part, name: name}, Name: base}, nil
}

// steady says in words that a file was cut off on its way.
type steady struct {
	in   io.Reader
	name string
}

// Read implements io.Reader.
func (s *steady) Read(p []byte) (int, error) {
	n, err := s.in.Read(p)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.As(err, new(*http.MaxBytesError)):
		f := asFault(err)
		return n, f.On(s.name)
	}
	return n, fault.Field(s.name, "The upload was cut off. Upload the file again.").Because(err)
}

// Patience gives one request longer than the server gives all: for uploads over slow
// lines. A server that cannot do so keeps its own limits.
func Patience(w http.ResponseWriter, until time.Time) {
	c := http.NewResponseController(w)
	for _, set := range []func(time.Time) error{c.SetReadDeadline, c.SetWriteDeadline} {
		if set(until) != nil {
			return
		}
	}
}
