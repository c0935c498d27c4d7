// Package ui is the page engine: layouts, components, static files and languages.
//
// A component is a struct; it renders itself, so a page writes @ui.Status{...} in a template
// or puts it into a list of cells in Go. Components that hold others have a method With, used
// with a body: @ui.Card{...}.With() { ... }. Layouts are functions. Pages carry no inline
// script or style, and work without JavaScript; the modules under static/js only improve them.
package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

//go:generate go test -run ^TestVersion$ . -update

// Tone is the colour of a state; a word always stands beside it.
type Tone string

// The tones. Plain is for what is over or neutral.
const (
	Plain Tone = ""
	OK    Tone = "ok"
	Info  Tone = "info"
	Warn  Tone = "warn"
	Bad   Tone = "bad"
)

// Look is how loud a button is; a page has one Main at most.
type Look string

// The looks. Ends is for what ends or spends something.
const (
	Usual Look = ""
	Main  Look = "main-action"
	Quiet Look = "quiet"
	Ends  Look = "ends"
)

// Pair is a name and a value: a hidden field, or a parameter.
type Pair struct{ Name, Value string }

// Text is a cell or body of plain text; the empty text shows a dash.
type Text string

// Render writes the text.
func (t Text) Render(ctx context.Context, w io.Writer) error {
	return textView(string(t), "").Render(ctx, w)
}

// Soft is secondary text.
type Soft string

// Render writes the text.
func (t Soft) Render(ctx context.Context, w io.Writer) error {
	return textView(string(t), "soft").Render(ctx, w)
}

// Amount is a formatted amount; a leading minus turns it red, a leading plus green.
type Amount string

// Render writes the amount.
func (a Amount) Render(ctx context.Context, w io.Writer) error {
	tone := ""
	switch {
	case strings.HasPrefix(string(a), "-"), strings.HasPrefix(string(a), "−"):
		tone = "neg"
	case strings.HasPrefix(string(a), "+"):
		tone = "pos"
	}
	return textView(string(a), tone).Render(ctx, w)
}

// Group puts components one after the other with a little space.
type Group []templ.Component

// Render writes the components.
func (g Group) Render(ctx context.Context, w io.Writer) error { return groupView(g).Render(ctx, w) }

// IconFor returns the icon that goes with a tone.
func IconFor(t Tone) string {
	switch t {
	case OK:
		return "check"
	case Warn, Bad:
		return "warning"
	default:
		return "info"
	}
}

func classes(list ...string) string {
	var out []string
	for _, c := range list {
		if c != "" {
			out = append(out, c)
		}
	}
	return strings.Join(out, " ")
}

func when(ok bool, s string) string {
	if ok {
		return s
	}
	return ""
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// initials returns at most two letters of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "·"
	}
	first := []rune(words[0])[:1]
	if len(words) > 1 {
		first = append(first, []rune(words[len(words)-1])[0])
	}
	return string(first)
}
