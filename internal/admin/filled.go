package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// filled is a form as typed, by field; fields of one name stand in the order of their rows.
type filled url.Values

// fields is what a form holds: as it was sent, or as it would be.
type fields interface {
	Text(name string) string
	Raw(name string) string
	List(name string) []string
	Has(name string) bool
}

// Text returns the first value of name without surrounding space, or "".
func (t filled) Text(name string) string { return strings.TrimSpace(url.Values(t).Get(name)) }

// Raw returns the first value of name as it was typed.
func (t filled) Raw(name string) string { return url.Values(t).Get(name) }

// List returns the values of name that are not blank, trimmed.
func (t filled) List(name string) []string {
	var out []string
	for _, s := range t[name] {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Has reports whether name was sent at all.
func (t filled) Has(name string) bool { return len(t[name]) > 0 }

// at returns the value of a row, trimmed; "" behind the last.
func (t filled) at(name string, i int) string {
	if i < 0 || i >= len(t[name]) {
		return ""
	}
	return strings.TrimSpace(t[name][i])
}

// marked reports whether a check box of a row is ticked; boxes send their row and what they
// mean: "2:mon".
func (t filled) marked(name string, i int, what string) bool {
	return slices.Contains(t[name], strconv.Itoa(i)+":"+what)
}

// set puts a value in; "" leaves the field out.
func (t filled) set(name, value string) {
	if value != "" {
		t[name] = []string{value}
	}
}

// row appends a row: names and values in turn.
func (t filled) row(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		t[pairs[i]] = append(t[pairs[i]], pairs[i+1])
	}
}

// drop takes row i out of the fields, and moves the boxes of the later rows up.
func (t filled) drop(i int, boxes string, names ...string) {
	for _, n := range names {
		if i >= 0 && i < len(t[n]) {
			t[n] = slices.Delete(slices.Clone(t[n]), i, i+1)
		}
	}
	if boxes == "" {
		return
	}
	var kept []string
	for _, s := range t[boxes] {
		row, what, _ := strings.Cut(s, ":")
		n, err := strconv.Atoi(row)
		switch {
		case err != nil || n == i:
		case n > i:
			kept = append(kept, strconv.Itoa(n-1)+":"+what)
		default:
			kept = append(kept, s)
		}
	}
	t[boxes] = kept
}

// names reads a list of ids: one a line, or with commas between them in one line.
func (t filled) names(name string) []string {
	text, between := t.Raw(name), ","
	if strings.Contains(text, "\n") {
		between = "\n"
	}
	var out []string
	for part := range strings.SplitSeq(text, between) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// listed writes a list as names reads it.
func listed(list []string) string {
	if slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, ",") }) {
		return strings.Join(list, "\n") + "\n"
	}
	return strings.Join(list, ", ")
}

// money reads an amount that may be left out.
func (t filled) money(bad fault.Fields, name string, asset money.Asset) *money.Amount {
	if t.Text(name) == "" {
		return nil
	}
	return moneyTyped(bad, name, t.Text(name), asset)
}

// pairs reads lines of "name = value".
func (t filled) pairs(bad fault.Fields, field string) map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(t.Raw(field), "\n") {
		name, value, ok := strings.Cut(line, "=")
		switch name = strings.TrimSpace(name); {
		case strings.TrimSpace(line) == "":
		case !ok || name == "":
			bad[field] = "Write each line like name = value."
		default:
			out[name] = strings.TrimSpace(value)
		}
	}
	return out
}
