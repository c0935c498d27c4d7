package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// problem writes a fault as a page: inside the back office for who is known there.
func (v *visit) problem(f *fault.Error, known bool) error {
	p := ui.Problem{Title: problemTitle(f.Kind), Text: f.Msg}
	if f.Kind == fault.Internal {
		p.Text = "Something went wrong on our side. What you did may not have been saved: look before you repeat it."
		p.RequestID = httpx.RequestIDOf(v.ctx())
	}
	code := httpx.Status(f.Kind)
	if !known && f.Kind != fault.Forbidden && f.Kind != fault.Unauthenticated && v.r.Method == http.MethodGet {
		p.Actions = []templ.Component{ui.Action{Label: "Try again", Icon: "refresh", Look: ui.Main, Href: v.r.URL.RequestURI()}}
		return v.plain(code, ui.PlainShell{Title: p.Title}, p)
	}
	if !known {
		p.Actions = []templ.Component{ui.Action{Label: "Sign in", Icon: "log-in", Look: ui.Main, Href: signInPath}}
		return v.plain(code, ui.PlainShell{Title: p.Title}, p)
	}
	if f.Kind == fault.Forbidden {
		p.Text = f.Msg + " You are signed in as " + v.staff.Name + " (" + roleWord(v.staff.Role) + "). If you need this, ask an administrator."
	}
	p.Actions = []templ.Component{ui.Action{Label: "To the start", Icon: "home", Look: ui.Main, Href: home(v.by.Role)}}
	return v.page(code, p.Title, problemCard(p))
}

func problemTitle(k fault.Kind) string {
	switch k {
	case fault.Forbidden:
		return "Not for your role"
	case fault.NotFound:
		return "Nothing here"
	case fault.Invalid:
		return "This did not work"
	case fault.Conflict, fault.Refused:
		return "Not possible now"
	case fault.RateLimited:
		return "Too many tries"
	case fault.Unavailable:
		return "Try again in a moment"
	case fault.TooLarge:
		return "Too large"
	case fault.Unauthenticated:
		return "Sign in first"
	}
	return "Something went wrong"
}

// state is what a form shows again: its faults and the status it is sent with.
type state struct {
	Code   int
	Fields fault.Fields
	Text   string // about the form as a whole
}

// fresh is the state of a form that has not been sent.
var fresh = state{Code: http.StatusOK}

// again makes the state of a form out of what was wrong with it. Faults that no typing
// can mend go on as errors.
func again(err error) (state, error) {
	f := fault.Of(err)
	switch f.Kind {
	case fault.Internal, fault.Unauthenticated, fault.Forbidden, fault.TooLarge:
		return state{}, err
	}
	if f.Code == coupon.ErrIdempotencyMismatch.Code {
		f = f.Saying("This form was sent before, with other values. Look at what was saved then; if you still want this, send it again.")
	}
	s := state{Code: httpx.Status(f.Kind), Fields: f.Fields}
	if len(f.Fields) == 0 {
		s.Text = f.Msg
	}
	return s, nil
}

// note is what a form says above its fields about what was wrong.
func (s state) note(labels ...ui.Pair) templ.Component {
	switch {
	case s.Text != "":
		return ui.Notice{Tone: ui.Bad, Title: "Nothing was changed", Text: s.Text}
	case len(s.Fields) > 0:
		return ui.ErrorsOf(s.Fields, labels...)
	}
	return templ.NopComponent
}

// pair names a field for the summary of what is wrong, or a hidden field.
func pair(name, value string) ui.Pair { return ui.Pair{Name: name, Value: value} }

// hidden is one hidden field.
func hidden(name, value string) []ui.Pair { return []ui.Pair{pair(name, value)} }
