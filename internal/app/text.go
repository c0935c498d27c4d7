package app

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// fields collects what is wrong with the inputs of a form or body.
type fields struct{ fault.Fields }

func (f *fields) wrong(name, msg string) {
	if f.Fields == nil {
		f.Fields = fault.Fields{}
	}
	if _, told := f.Fields[name]; !told {
		f.Fields[name] = msg
	}
}

// err returns the collected faults, nil when there are none.
func (f *fields) err() error { return fault.Check(f.Fields) }

// take keeps the field messages of an error, or the error's own sentence under name.
func (f *fields) take(name string, err error) {
	if err == nil {
		return
	}
	e := fault.Of(err)
	if len(e.Fields) == 0 {
		f.wrong(name, e.Msg)
	}
	for _, msg := range e.Fields {
		f.wrong(name, msg)
	}
}

// text checks a line or paragraph from outside: valid UTF-8 without control
// characters, at most limit characters.
func (f *fields) text(name, s string, limit int, needed bool) {
	switch {
	case needed && strings.TrimSpace(s) == "":
		f.wrong(name, "This is needed.")
	case !utf8.ValidString(s):
		f.wrong(name, "This is not valid text (UTF-8).")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }):
		f.wrong(name, "This holds control characters.")
	case utf8.RuneCountInString(s) > limit:
		f.wrong(name, "At most "+strconv.Itoa(limit)+" characters.")
	}
}

// money checks an amount that somebody gives, where one is given.
func (f *fields) money(m *money.Amount) {
	if m == nil {
		return
	}
	if wrong := coupon.WrongValue(*m); wrong != "" {
		f.wrong("money", wrong)
	}
}

// texts checks the keys and values of free-form metadata.
func (f *fields) texts(name string, m map[string]string) {
	if len(m) > 50 {
		f.wrong(name, "At most 50 entries.")
	}
	for k, v := range m {
		f.text(name, k, 100, true)
		f.text(name, v, 1000, false)
	}
}
