package ui

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/fault"
)

// Field is a labelled line of input. Value is what was typed, right or wrong.
type Field struct {
	Label string
	Name  string
	ID    string // Name when empty; set it where a page has two fields of one name
	Value string
	Hint  string
	Error string

	Type         string // "text" when empty; email, tel, password, date, datetime-local, number, file …
	Autocomplete string // "off" when empty
	InputMode    string // numeric, decimal, …
	Placeholder  string
	Before       string // inside the frame: a currency, a unit
	After        string
	Accept       string // for files
	Min, Max     string
	MaxLength    int
	Optional     bool // says so beside the label; all other fields are required
	Free         bool // neither required nor marked optional: filters, search fields
	Code         bool // the code face, no spelling help
	Big          bool // the till's field
	Focus        bool // takes the focus when the page or dialog opens
	ReadOnly     bool
	Suggest      []string // values to choose from or to overtype
	KeepFocus    bool     // takes the focus back: for hand scanners
}

// Render writes label, input, hint and error.
func (f Field) Render(ctx context.Context, w io.Writer) error { return f.view().Render(ctx, w) }

func (f Field) frame() frame {
	return frame{Label: f.Label, ID: or(f.ID, f.Name), Hint: f.Hint, Error: f.Error, Optional: f.Optional}
}

func (f Field) attrs() templ.Attributes {
	a := f.frame().attrs(f.Name)
	a["type"] = or(f.Type, "text")
	a["class"] = classes("in", when(f.Code, "code"), when(f.Big, "big"))
	a["autocomplete"] = or(f.Autocomplete, "off")
	for name, v := range map[string]string{
		"inputmode": f.InputMode, "placeholder": f.Placeholder, "accept": f.Accept, "min": f.Min, "max": f.Max,
	} {
		if v != "" {
			a[name] = v
		}
	}
	if f.Type != "password" && f.Type != "file" {
		a["value"] = f.Value
	}
	if f.MaxLength > 0 {
		a["maxlength"] = strconv.Itoa(f.MaxLength)
	}
	if !f.Optional && !f.Free && !f.ReadOnly {
		a["required"] = true
	}
	if f.Code {
		a["spellcheck"], a["autocapitalize"] = "false", "characters"
	}
	if f.Focus {
		a["autofocus"] = true
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	if f.KeepFocus {
		a["data-keep-focus"] = true
	}
	if len(f.Suggest) > 0 {
		a["list"] = or(f.ID, f.Name) + "-list"
	}
	return a
}

// Option is one choice.
type Option struct {
	Value    string
	Label    string
	Hint     string // for Choices
	Group    string // for Select: options of one group stand together
	Disabled bool
}

// Select is a labelled choice from a list.
type Select struct {
	Label, Name, ID, Value, Hint, Error string
	Options                             []Option
	Empty                               string // an empty first choice with this label, such as "Choose a location"
	Optional                            bool
	Free                                bool // neither required nor marked optional
}

// Render writes the list.
func (s Select) Render(ctx context.Context, w io.Writer) error { return s.view().Render(ctx, w) }

func (s Select) frame() frame {
	return frame{Label: s.Label, ID: or(s.ID, s.Name), Hint: s.Hint, Error: s.Error, Optional: s.Optional}
}

func (s Select) attrs() templ.Attributes {
	a := s.frame().attrs(s.Name)
	a["class"] = "in"
	if !s.Optional && !s.Free {
		a["required"] = true
	}
	return a
}

// group is a run of options under one heading.
type group struct {
	Title   string
	Options []Option
}

func (s Select) groups() []group {
	var out []group
	for _, o := range s.Options {
		if len(out) == 0 || out[len(out)-1].Title != o.Group {
			out = append(out, group{Title: o.Group})
		}
		last := &out[len(out)-1]
		last.Options = append(last.Options, o)
	}
	return out
}

// Textarea is a labelled field of several lines.
type Textarea struct {
	Label, Name, ID, Value, Hint, Error string
	Rows, MaxLength                     int
	Optional                            bool
	Free                                bool // neither required nor marked optional
	Count                               bool // shows how much has been written; with scripts
	Focus                               bool
	Code                                bool
}

// Render writes the field.
func (t Textarea) Render(ctx context.Context, w io.Writer) error { return t.view().Render(ctx, w) }

func (t Textarea) frame() frame {
	return frame{Label: t.Label, ID: or(t.ID, t.Name), Hint: t.Hint, Error: t.Error, Optional: t.Optional}
}

func (t Textarea) attrs() templ.Attributes {
	a := t.frame().attrs(t.Name)
	a["class"] = classes("in", when(t.Code, "code"))
	a["rows"] = strconv.Itoa(max(t.Rows, 3))
	if t.MaxLength > 0 {
		a["maxlength"] = strconv.Itoa(t.MaxLength)
	}
	if !t.Optional && !t.Free {
		a["required"] = true
	}
	if t.Focus {
		a["autofocus"] = true
	}
	if t.Count {
		a["data-counter"] = t.frame().ID + "-count"
	}
	return a
}

// Checkbox is one thing that is so or not; Value "1" when empty.
type Checkbox struct {
	Label, Name, ID, Value, Hint, Error string
	Checked                             bool
}

// Render writes the box.
func (c Checkbox) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Choices is one of a few, or several of a few with Many, all of them in sight.
type Choices struct {
	Legend, Name, Hint, Error string
	Values                    []string // the chosen ones
	Options                   []Option
	Many                      bool
	Row                       bool // side by side
}

// Render writes the choices.
func (c Choices) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

func (c Choices) kind() string {
	if c.Many {
		return "checkbox"
	}
	return "radio"
}

// frame is what stands around every input: its label, hint and error, tied to it by id.
type frame struct {
	Label, ID, Hint, Error string
	Optional               bool
}

func (f frame) attrs(name string) templ.Attributes {
	a := templ.Attributes{"id": f.ID, "name": name}
	described := classes(when(f.Hint != "", f.ID+"-hint"), when(f.Error != "", f.ID+"-error"))
	if described != "" {
		a["aria-describedby"] = described
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

// FieldError is one line of Errors; ID is the input's.
type FieldError struct{ ID, Label, Text string }

// Errors sums up what is wrong with a form, with links to the fields.
type Errors struct {
	Title string // "Nothing was saved. Some fields need another look."
	Items []FieldError
}

// Render writes the summary; nothing when nothing is wrong.
func (e Errors) Render(ctx context.Context, w io.Writer) error { return e.view().Render(ctx, w) }

// ErrorsOf lists the fields of a fault in the order of a form. Each label is the input's
// id and its label; fields without one come last, under the fault's own words.
func ErrorsOf(fields fault.Fields, labels ...Pair) Errors {
	e, known := Errors{}, map[string]bool{}
	for _, l := range labels {
		known[l.Name] = true
		if msg, ok := fields[l.Name]; ok {
			e.Items = append(e.Items, FieldError{ID: l.Name, Label: l.Value, Text: msg})
		}
	}
	for _, p := range sortedFields(fields) {
		if !known[p.Name] {
			e.Items = append(e.Items, FieldError{Text: p.Value})
		}
	}
	return e
}

func sortedFields(fields fault.Fields) []Pair {
	q := map[string][]string{}
	for name, msg := range fields {
		q[name] = []string{msg}
	}
	return hidden(q)
}
