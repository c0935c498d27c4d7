package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
)

// nameKey is what names are searched and sorted by.
func nameKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// prefixKey is the canonical form of a code's prefix: what guesses are counted under.
func prefixKey(prefix string) string {
	canonical, err := coupon.Canonical(prefix)
	if err != nil {
		return ""
	}
	return canonical
}

// mobileKey is a number backwards, so that its end can be searched by an index.
func mobileKey(mobile string) string {
	digits := []byte(strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, mobile))
	slices.Reverse(digits)
	return string(digits)
}

// calling is what the customer behind an alias is called in lists, as SQL; see calledInto.
func calling(alias string) string {
	return strings.ReplaceAll("COALESCE(NULLIF(h.name, ''), NULLIF(h.email, ''), NULLIF(h.mobile, ''), NULLIF(h.member_id, ''), h.source_id, '')", "h.", alias+".")
}

// calledInto keeps what a customer is called. Contacts stand in for a name masked: not
// everybody who sees a list may read them.
type calledInto struct{ name *string }

// Scan implements sql.Scanner.
func (d calledInto) Scan(src any) error {
	s, ok := src.(string)
	switch {
	case !ok:
		return fmt.Errorf("store: a name is stored as %T", src)
	case strings.Contains(s, "@"):
		s = coupon.MaskEmail(s)
	case strings.HasPrefix(s, "+"):
		s = coupon.MaskMobile(s)
	}
	*d.name = s
	return nil
}

// beginnings returns every beginning of s, from "" to s itself.
func beginnings(s string) []string {
	out := []string{""}
	for i := range s {
		if i > 0 {
			out = append(out, s[:i])
		}
	}
	if s != "" {
		out = append(out, s)
	}
	return out
}

// beyond returns the first text that sorts, by bytes, behind everything that
// begins with s. An index finds a beginning as a range; LIKE it finds only sometimes.
func beyond(s string) string { return s + string(utf8.MaxRune) }

// escaped quotes what LIKE would take for a wildcard; the pattern needs ESCAPE '!'.
var escaped = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
