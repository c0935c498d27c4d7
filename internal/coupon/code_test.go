package coupon_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, code, want string }{
		{"a canonical code stays", "SAVE7Q4K", "SAVE7Q4K"},
		{"lower case", "save7q4k", "SAVE7Q4K"},
		{"hyphens", "SAVE-7Q4K", "SAVE7Q4K"},
		{"spaces", "  1204 8091\t33\n", "1204809133"},
		{"look-alikes", "WELCOME-lOiL", "WE1C0ME1011"},
		{"signs stay", "10%_off!", "10%_0FF!"},
		{"no-break and ideographic spaces", "12\u00a034\u300056\u2028", "123456"},
		{"dashes of all kinds", "1‐2‑3‒4–5—6―7−8﹘9－0", "1234567890"},
		{"a soft hyphen", "AB\u00adCD", "ABCD"},
		{"invisible characters", "\ufeffAB\u200b\u200f\u2060CD\ufe0f", "ABCD"},
		{"fullwidth letters", "ＡＢｃ１２", "ABC12"},
		{"Arabic digits", "١٢٣٤", "1234"},
		{"Persian and Devanagari digits", "۱۲३४", "1234"},
		{"the Kelvin sign and the long s", "\u212a\u017f", "KS"},
		{"a dotless i is an I is a 1", "ı", "1"},
		{"accents compose", "e\u0301té", "ÉTÉ"},
		{"accents compose across a hyphen", "e-\u0301", "É"},
		{"Greek", "αβγ", "ΑΒΓ"},
		{"other scripts", "优惠2026", "优惠2026"},
		{"64 characters", strings.Repeat("a-", 64), strings.Repeat("A", 64)},
		{"64 characters of three bytes", strings.Repeat("优", 64), strings.Repeat("优", 64)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, err := coupon.Canonical(c.code); err != nil || got != c.want {
				t.Errorf("Canonical(%q) = %q, %v; want %q", c.code, got, err, c.want)
			}
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, code, says string }{
		{"nothing", "", "Type the code."},
		{"only separators", " - \t", "Type the code."},
		{"only separators of other kinds", "–\u00a0", "Type the code."},
		{"NUL", "AB\x00CD", "letters, digits and signs only"},
		{"NUL beside other scripts", "优\x00", "letters, digits and signs only"},
		{"an escape sequence", "AB\x1b[0m", "letters, digits and signs only"},
		{"delete", "AB\x7f", "letters, digits and signs only"},
		{"a C1 control", "AB\u009b", "letters, digits and signs only"},
		{"broken UTF-8", "AB\xff", "letters, digits and signs only"},
		{"a private character", "AB\ue000", "letters, digits and signs only"},
		{"65 characters", strings.Repeat("A", 65), "at most 64"},
		{"65 characters of three bytes", strings.Repeat("优", 65), "at most 64"},
		{"a ligature that becomes too long", strings.Repeat("\ufdfa", 10), "at most 64"},
		{"a flood of separators", strings.Repeat("-", 1000) + "A", "at most 64"},
		{"a flood beyond ASCII", strings.Repeat("–", 1000) + "A", "at most 64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := coupon.Canonical(c.code)
			f := fault.Of(err)
			if f == nil || f.Kind != fault.Invalid || !strings.Contains(f.Fields["code"], c.says) || got != "" {
				t.Errorf("Canonical(%q) = %q, %v; want a fault that says %q", c.code, got, err, c.says)
			}
		})
	}
}

func FuzzCanonical(f *testing.F) {
	for _, code := range []string{"SAVE-7q4k", "١٢٣٤", "e-\u0301", "\u212a", "優惠", "\u0345\u0390", "ß", "A\x00", "a\u00adb", "ǰ-\u030c", "İi̇"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		once, err := coupon.Canonical(code)
		if err != nil {
			if fault.Of(err).Fields["code"] == "" {
				t.Fatalf("Canonical(%q): %v names no field", code, err)
			}
			return
		}
		if n := utf8.RuneCountInString(once); n < 1 || n > coupon.MaxCode || !utf8.ValidString(once) {
			t.Fatalf("Canonical(%q) = %q", code, once)
		}
		for _, r := range once {
			if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("-OILoil", r) {
				t.Fatalf("Canonical(%q) = %q has %q", code, once, r)
			}
		}
		if again, err := coupon.Canonical(once); err != nil || again != once {
			t.Fatalf("Canonical(%q) = %q, then %q, %v", code, once, again, err)
		}
	})
}

// The quick way for ASCII and the way for all scripts agree: a character from
// elsewhere that folds away changes nothing but the way taken.
func TestCanonicalHasOneMeaning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringOfN(rapid.RuneFrom(nil, &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: 0x7f, Stride: 1}}}), 0, 80, -1).Draw(t, "code")
		quick, err1 := coupon.Canonical(code)
		slow, err2 := coupon.Canonical(code + "\u00a0")
		if quick != slow || (err1 == nil) != (err2 == nil) {
			t.Fatalf("%q: %q, %v but %q, %v", code, quick, err1, slow, err2)
		}
	})
}

func TestTailAndMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, canonical, tail, prefix, masked string }{
		{"prefix and last four are shown", "SAVE7Q4K90TMXW3C", "XW3C", "SAVE", "SAVE…XW3C"},
		{"an imported code has no prefix", "ABCDEFGH", "EFGH", "", "…EFGH"},
		{"never more than half is shown", "ABC123", "123", "", "…123"},
		{"one character is not shown", "A", "", "", "…"},
		{"characters are counted, not bytes", "优惠优惠优惠券码", "优惠券码", "", "…优惠券码"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tail, prefix := coupon.Tail(c.canonical), coupon.MaskedPrefix(c.canonical, coupon.CodePolicy{Prefix: "Save"})
			if tail != c.tail || prefix != c.prefix || coupon.Masked(prefix, tail) != c.masked {
				t.Errorf("%q is shown as %q, want %q", c.canonical, coupon.Masked(prefix, tail), c.masked)
			}
		})
	}
}

func BenchmarkCanonical(b *testing.B) {
	for _, c := range []struct{ name, code string }{
		{"as_made", "SAVE-7Q4K-90TM-XW3C"}, {"canonical", "1204809133772051"}, {"arabic", "١٢٠٤٨٠٩١٣٣٧٧٢٠٥١"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := coupon.Canonical(c.code); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
