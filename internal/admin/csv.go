package admin

import (
	"encoding/csv"
	"net/http"
	"strings"

	"github.com/scriphq/scrip/internal/app"
)

// sheet writes a CSV file that spreadsheets open as text: UTF-8 with its mark, and no
// cell that begins like a formula.
type sheet struct {
	w     http.ResponseWriter
	name  string
	out   *csv.Writer
	begun bool
}

// row writes one line. The reply begins with the first, so that a refusal before it is
// still a page.
func (s *sheet) row(cells ...string) error {
	if !s.begun {
		s.begin()
		if _, err := s.w.Write([]byte("\ufeff")); err != nil {
			return err
		}
		s.out = csv.NewWriter(s.w)
	}
	for i := range cells {
		cells[i] = app.GuardCell(cells[i])
	}
	return s.out.Write(cells)
}

func (s *sheet) begin() {
	s.begun = true
	attach(s.w.Header(), "text/csv; charset=utf-8", s.name+".csv")
}

// attach names the file that a reply is.
func attach(h http.Header, kind, name string) {
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "private, no-store")
}

// Write implements io.Writer for files that are written elsewhere, mark and guard included.
func (s *sheet) Write(p []byte) (int, error) {
	if !s.begun {
		s.begin()
	}
	return s.w.Write(p)
}

// end sends what is left.
func (s *sheet) end() error {
	if s.out == nil {
		return nil
	}
	s.out.Flush()
	return s.out.Error()
}

// fileName makes a name for a file out of words.
func fileName(words ...string) string {
	clean := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}
	name := strings.Trim(strings.Map(clean, strings.Join(words, "-")), "-")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	return name
}
