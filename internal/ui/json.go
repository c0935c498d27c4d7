package ui

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/a-h/templ"
)

// indent returns the document with line breaks, or s itself when it is none.
func indent(s string) string {
	var buf bytes.Buffer
	if err := json.Indent(&buf, []byte(s), "", "  "); err != nil {
		return s
	}
	return buf.String()
}

// piece is a run of a JSON text: k for keys, s for strings, n for numbers, w for
// true, false and null, "" for the rest.
type piece struct{ kind, text string }

// scanJSON cuts s into pieces that add up to s, whatever s is.
func scanJSON(s string) []piece {
	var out []piece
	add := func(kind string, n int) {
		if last := len(out) - 1; kind == "" && last >= 0 && out[last].kind == "" {
			out[last].text += s[:n]
		} else {
			out = append(out, piece{kind, s[:n]})
		}
		s = s[n:]
	}
	for s != "" {
		switch c := s[0]; {
		case c == '"':
			n := stringLength(s)
			kind := "s"
			if strings.HasPrefix(strings.TrimLeft(s[n:], " \n"), ":") {
				kind = "k"
			}
			add(kind, n)
		case c == '-' || c >= '0' && c <= '9':
			add("n", run(s, "+-.eE0123456789"))
		case c >= 'a' && c <= 'z':
			add("w", run(s, "abcdefghijklmnopqrstuvwxyz"))
		default:
			add("", 1)
		}
	}
	return out
}

// colouredJSON writes the pieces of s, escaped, without any space between them.
func colouredJSON(s string) templ.Component {
	var b strings.Builder
	for _, p := range scanJSON(s) {
		if p.kind == "" {
			b.WriteString(templ.EscapeString(p.text))
			continue
		}
		b.WriteString(`<span class="` + p.kind + `">` + templ.EscapeString(p.text) + `</span>`)
	}
	return templ.Raw(b.String())
}

// stringLength returns the length of the string literal s begins with, quotes included.
func stringLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

func run(s, set string) int {
	for i := range len(s) {
		if strings.IndexByte(set, s[i]) < 0 {
			return i
		}
	}
	return len(s)
}
