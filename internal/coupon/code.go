package coupon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// MaxCode is the length of the longest code, in characters of its canonical form.
const MaxCode = 64

// maxTypedCode limits what is looked at at all, in bytes: a code of MaxCode
// characters of four bytes each, with as many separators.
const maxTypedCode = 512

// What foldASCII has beside a character.
const (
	skipped byte = 0x00
	refused byte = 0xff
)

// Canonical returns the one form in which codes are compared and fingerprinted:
// NFKC (UAX #15), digits of any script as ASCII, upper case, no white space,
// hyphens, dashes or invisible characters, O as 0, I and L as 1. It is idempotent.
// What is shown and sent is the code as made, never this form.
//
// Empty, longer than MaxCode, control characters, broken UTF-8 and code points
// without a shape are an Invalid fault on field "code".
func Canonical(code string) (string, error) {
	if len(code) > maxTypedCode {
		return "", codeTooLong()
	}
	var buf [MaxCode]byte
	n, same := 0, true
	for i := range len(code) {
		c := code[i]
		if c >= utf8.RuneSelf {
			return foldCode(code, true)
		}
		f := foldASCII[c]
		switch {
		case f == refused:
			return "", codeNotText()
		case f == skipped:
			same = false
			continue
		case n == MaxCode:
			return "", codeTooLong()
		}
		buf[n] = f
		n++
		same = same && f == c
	}
	switch {
	case n == 0:
		return "", codeMissing()
	case same:
		return code, nil
	}
	return string(buf[:n]), nil
}

// Tail returns the part of a canonical code that lists show: the last four
// characters, but never more than half of a short code.
func Tail(canonical string) string {
	n := utf8.RuneCountInString(canonical)
	start := n - min(4, n/2)
	for i := range canonical {
		if start == 0 {
			return canonical[i:]
		}
		start--
	}
	return ""
}

// MaskedPrefix returns the part of a canonical code that lists show before the
// mask: the policy's prefix as made, or nothing when the code, an imported one
// say, does not begin with it.
func MaskedPrefix(canonical string, p CodePolicy) string {
	l, err := p.layout()
	if err != nil || !strings.HasPrefix(canonical, l.prefix) {
		return ""
	}
	return l.shownPrefix
}

// Masked joins what lists show of a code, such as "SAVE…8K3Q".
func Masked(prefix, tail string) string { return prefix + "…" + tail }

// foldASCII is the canonical form of each ASCII character, or skipped or refused.
var foldASCII = func() (fold [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		fold[c] = c
		if c < ' ' || c == 0x7f {
			fold[c] = refused
		}
		if 'a' <= c && c <= 'z' {
			fold[c] = fold[c-'a'+'A']
		}
		switch c {
		case 'O':
			fold[c] = '0'
		case 'I', 'L':
			fold[c] = '1'
		case ' ', '-', '\t', '\n', '\v', '\f', '\r':
			fold[c] = skipped
		}
	}
	return fold
}()

// foldCode is Canonical for text beyond ASCII. Taking a separator out can bring
// a letter and a combining mark together, so it goes on until nothing changes.
// Without lookAlikes the letters O, I and L stay.
func foldCode(code string, lookAlikes bool) (string, error) {
	if len(code) > maxTypedCode {
		return "", codeTooLong()
	}
	if !utf8.ValidString(code) {
		return "", codeNotText()
	}
	for range 8 {
		next, err := foldOnce(code, lookAlikes)
		if err != nil {
			return "", err
		}
		switch {
		case next == "":
			return "", codeMissing()
		case next != code:
			code = next
			continue
		case utf8.RuneCountInString(code) > MaxCode:
			return "", codeTooLong()
		}
		return code, nil
	}
	return "", codeNotText()
}

func foldOnce(code string, lookAlikes bool) (string, error) {
	var b strings.Builder
	for _, r := range norm.NFKC.String(code) {
		if d, ok := money.Digit(r); ok {
			b.WriteByte(byte('0' + d))
			continue
		}
		if separates(r) {
			continue
		}
		if !unicode.IsGraphic(r) {
			return "", codeNotText()
		}
		r = unicode.ToUpper(r)
		if lookAlikes && r < utf8.RuneSelf {
			r = rune(foldASCII[r])
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

// separates reports what does not count in a code: white space, dashes of all
// kinds, and characters that cannot be seen.
func separates(r rune) bool {
	switch r {
	case '−', '⁃', '˗': // minus sign, hyphen bullet, modifier letter minus
		return true
	}
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf,
		unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

func codeMissing() error { return fault.Field("code", "Type the code.") }
func codeTooLong() error { return fault.Field("code", "A code has at most 64 characters.") }
func codeNotText() error {
	return fault.Field("code", "A code has letters, digits and signs only.")
}
