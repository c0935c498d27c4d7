package ui

import (
	"context"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
)

// Problem is the content of an error page, inside PlainLayout or Layout.
type Problem struct {
	Title     string
	Text      string
	Reference string // the word before RequestID; "Reference" when empty
	RequestID string // shown so that a person can quote it; for faults on our side
	Actions   []templ.Component
}

// Render writes the error page's content.
func (p Problem) Render(ctx context.Context, w io.Writer) error { return p.view().Render(ctx, w) }

// ProblemOf returns the error page of a fault for the back office. The request id is shown
// only for faults on our side.
func ProblemOf(f *fault.Error, requestID string) Problem {
	p := Problem{Title: problemTitle(f.Kind), Text: f.Msg}
	switch f.Kind {
	case fault.Internal:
		p.RequestID = requestID
		p.Text = "The fault is ours. Look whether your change was made before you try again."
	case fault.NotFound:
		p.Actions = []templ.Component{Action{Label: "To the dashboard", Href: "/admin/"}}
	}
	return p
}

// Problem returns the error page of a fault for customers.
func (l Language) Problem(f *fault.Error, requestID, home string) Problem {
	p := Problem{
		Title: l.Say("error.internal.title"), Text: l.Fault(f), Reference: l.Say("error.reference"),
		Actions: []templ.Component{Action{Label: l.Say("error.home"), Href: home}},
	}
	switch f.Kind {
	case fault.Internal:
		p.Text, p.RequestID = l.Say("error.internal.text"), requestID
	case fault.NotFound:
		p.Title, p.Text = l.Say("error.not_found.title"), l.Say("error.not_found.text")
	}
	return p
}

func problemTitle(k fault.Kind) string {
	switch k {
	case fault.Invalid:
		return "That does not fit"
	case fault.Unauthenticated:
		return "Sign in first"
	case fault.Forbidden:
		return "Not for your role"
	case fault.NotFound:
		return "There is nothing here"
	case fault.Conflict, fault.Refused:
		return "This is not possible now"
	case fault.RateLimited:
		return "Too many requests"
	case fault.Unavailable:
		return "Try again in a moment"
	case fault.TooLarge:
		return "This is too large"
	default:
		return "Something went wrong"
	}
}

// manifest is a web app manifest: what a phone needs to put the portal among its apps.
type manifest struct {
	Name       string         `json:"name"`
	ShortName  string         `json:"short_name"`
	StartURL   string         `json:"start_url"`
	Display    string         `json:"display"`
	Background string         `json:"background_color"`
	Theme      string         `json:"theme_color"`
	Icons      []manifestIcon `json:"icons"`
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// Manifest writes the web app manifest of the customer pages of org, which begin at start.
func Manifest(w http.ResponseWriter, org, start string) error {
	w.Header().Set("Cache-Control", "public, max-age=3600")
	return httpx.Reply(w, http.StatusOK, manifest{
		Name: org, ShortName: org, StartURL: start, Display: "standalone", Background: "#f5f6f4", Theme: "#0b6b4d",
		Icons: []manifestIcon{{Asset("logo.svg"), "any", "image/svg+xml", "any maskable"}},
	})
}
