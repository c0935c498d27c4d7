package ui

import (
	"context"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Filter is one chip of a FilterBar: a choice when it has Options, else a small form of Inputs.
type Filter struct {
	Name    string
	Label   string
	Options []Option
	Inputs  []Field // for text, dates and ranges; their names are query parameters
	Shown   string  // the value in words, when the options or the typed text do not say it
}

// FilterBar narrows a list through the address of the page: chips that are links and small
// GET forms, and a search field at the end.
type FilterBar struct {
	Path    string
	Query   url.Values // the page's present query
	Filters []Filter
	Search  string // the name of the search parameter; no search field when empty
	Hint    string // what can be searched for: the search field's placeholder
	Brief   string // the placeholder where the bar leaves no room for the hint
	Post    string // where the search is posted, with the query, for lists of codes, which belong into no address; GET when empty
	Actions []Action
	Columns Columns
}

// Chip is one choice among Chips.
type Chip struct {
	Label   string
	Icon    string
	Href    string
	Current bool
}

// Chips narrows a list to one of a few kinds, each with its icon.
type Chips struct {
	Label string // for listeners: what is chosen
	Items []Chip
}

// Render writes the choices.
func (c Chips) Render(ctx context.Context, w io.Writer) error { return c.view().Render(ctx, w) }

// Columns lets people choose which columns a list shows; it is sent as a form.
type Columns struct {
	Action  string
	Fields  []Pair
	Options []Option // all that can be left out; no menu when there are none
	Shown   []string // values of Options
}

// Render writes the bar.
func (b FilterBar) Render(ctx context.Context, w io.Writer) error { return b.view().Render(ctx, w) }

func (b FilterBar) method() string {
	if b.Post != "" {
		return "post"
	}
	return "get"
}

// names returns the query parameters of f.
func (f Filter) names() []string {
	if len(f.Options) > 0 {
		return []string{f.Name}
	}
	var out []string
	for _, in := range f.Inputs {
		out = append(out, in.Name)
	}
	return out
}

// value returns what f is set to, in words; "" when it is not set.
func (b FilterBar) value(f Filter) string {
	var set []string
	for _, name := range f.names() {
		if v := b.Query.Get(name); v != "" {
			set = append(set, optionLabel(f.Options, v))
		}
	}
	if len(set) > 0 && f.Shown != "" {
		return f.Shown
	}
	return strings.Join(set, " – ")
}

// Chosen lists what narrows the list, in words.
func (b FilterBar) Chosen() KeyValues {
	var out KeyValues
	for _, f := range b.Filters {
		if value := b.value(f); value != "" {
			out = append(out, KeyValue{Key: f.Label, Text: value})
		}
	}
	if b.Query.Get("q") != "" {
		out = append(out, KeyValue{Key: "Search", Text: b.Query.Get("q")})
	}
	return out
}

// without returns the page's query less the named parameters and less its place among the pages.
func (b FilterBar) without(names ...string) url.Values {
	q := maps.Clone(b.Query)
	for _, n := range append(names, "after", "before") {
		q.Del(n)
	}
	return q
}

// set returns the address with the parameter name set to value.
func (b FilterBar) set(name, value string) string {
	q := b.without(name)
	if q == nil {
		q = url.Values{}
	}
	q.Set(name, value)
	return withQuery(b.Path, q)
}

// clear returns the address without the parameters of f.
func (b FilterBar) clear(f Filter) string { return withQuery(b.Path, b.without(f.names()...)) }

// any reports whether something narrows the list.
func (b FilterBar) any() bool {
	return b.Search != "" && b.Query.Get(b.Search) != "" ||
		slices.ContainsFunc(b.Filters, func(f Filter) bool { return b.value(f) != "" })
}

func (b FilterBar) clearAll() string {
	names := []string{b.Search}
	for _, f := range b.Filters {
		names = append(names, f.names()...)
	}
	return withQuery(b.Path, b.without(names...))
}

// hidden returns q as hidden fields in a steady order.
func hidden(q url.Values) []Pair {
	var out []Pair
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, v := range q[name] {
			out = append(out, Pair{name, v})
		}
	}
	return out
}

// inFilter keeps the id of a filter's field apart from those of the page's forms.
func (f Field) inFilter() Field {
	if f.ID == "" {
		f.ID = "filter-" + f.Name
	}
	return f
}

func optionLabel(options []Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}
