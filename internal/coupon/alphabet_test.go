package coupon_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestAlphabet(t *testing.T) {
	t.Parallel()
	const signs = "!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~"
	for _, c := range []struct{ name, alphabet, says string }{
		{"none is safe32", "", ""},
		{"safe32", "safe32", ""},
		{"digits", "digits", ""},
		{"two characters", "AB", ""},
		{"lower case", "abcdef", ""},
		{"look-alikes one at a time", "OIX", ""},
		{"all 64 that can be told apart", "0123456789ABCDEFGHJKMNPQRSTUVWXYZ" + signs[1:], ""},
		{"fullwidth digits are digits", "０１２", ""},
		{"one character", "A", "An alphabet has 2 to 64 characters."},
		{"a capital and its small letter", "ABCa", `"A" and "a" are the same character in a code.`},
		{"letter and digit that look alike", "0ABO", `"0" and "O" are the same character in a code.`},
		{"I and L", "IL", `"I" and "L" are the same character in a code.`},
		{"a space", "A B", "Leave out spaces, hyphens and control characters"},
		{"a hyphen", "A-B", "Leave out spaces, hyphens and control characters"},
		{"a NUL", "A\x00B", "Leave out spaces, hyphens and control characters"},
		{"broken UTF-8", "A\xffB", "letters A to Z, digits and signs only"},
		{"another script", "ABЖ", `"Ж" is none of them`},
		{"a ligature", "ABﬁ", `"ﬁ" is none of them`},
		{"a flood", strings.Repeat("A", 100_000), "2 to 64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := coupon.CodePolicy{Alphabet: c.alphabet}.Validate()
			if c.says == "" {
				if err != nil {
					t.Errorf("%q: %v", c.alphabet, err)
				}
				return
			}
			if f := fault.Of(err); f == nil || !strings.Contains(f.Fields["code.alphabet"], c.says) {
				t.Errorf("%q: got %v, want %q", c.alphabet, err, c.says)
			}
		})
	}
}

// The check characters of ISO/IEC 7064 MOD 11-2 as ORCID and ISNI publish them:
// 0000-0002-1825-0097, 0000-0001-5109-3700, 0000-0001-5000-0007, 0000-0003-1415-9269.
func TestCheckCharacterIsISO7064(t *testing.T) {
	t.Parallel()
	p := coupon.CodePolicy{Alphabet: coupon.Digits, Length: 16, Check: true}
	for _, right := range []string{"0000000218250097", "0000000151093700", "0000000150000007", "0000000314159269"} {
		if coupon.Mistyped(right, p) {
			t.Errorf("%s is right", right)
		}
		for d := byte('0'); d <= '9'; d++ {
			if other := right[:15] + string(d); other != right && !coupon.Mistyped(other, p) {
				t.Errorf("%s is wrong", other)
			}
		}
	}
}

// drawPolicy draws a valid policy with a check character.
func drawPolicy(t *rapid.T) coupon.CodePolicy {
	all := []rune("0123456789ABCDEFGHJKMNPQRSTUVWXYZ!#$%&()*+,./:;<=>?@[]^_{|}~")
	own := rapid.Custom(func(t *rapid.T) string {
		return string(rapid.Permutation(all).Draw(t, "characters")[:rapid.IntRange(2, len(all)).Draw(t, "size")])
	})
	p := coupon.CodePolicy{
		Alphabet: rapid.OneOf(rapid.SampledFrom([]string{"", coupon.Safe32, coupon.Digits}), own).Draw(t, "alphabet"),
		Length:   rapid.IntRange(2, coupon.MaxCodeLength).Draw(t, "length"),
		Check:    true,
	}
	switch p.Alphabet {
	case "", coupon.Safe32:
		p.Prefix = rapid.StringMatching(`[A-Za-z0-9]{0,32}`).Draw(t, "prefix")
	case coupon.Digits:
		p.Prefix = rapid.StringMatching(`[0-9]{0,32}`).Draw(t, "prefix")
	default:
		p.Prefix = string(rapid.SliceOfN(rapid.SampledFrom([]rune(p.Alphabet)), 0, 32).Draw(t, "prefix"))
	}
	return p
}

// seeded is randomness that can be repeated; never for real codes.
func seeded(t *rapid.T) *rand.ChaCha8 {
	var seed [32]byte
	copy(seed[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
	return rand.NewChaCha8(seed)
}

// Every wrong character and every swap of neighbours is noticed, for every size
// of alphabet from two on.
func TestCheckFindsSingleErrorsAndSwaps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		g, err := coupon.NewGenerator(p, seeded(t))
		if err != nil {
			t.Fatal(err)
		}
		_, canonical, err := g.Next()
		if err != nil {
			t.Fatal(err)
		}
		if coupon.Mistyped(canonical, p) {
			t.Fatalf("%q of %+v counts as mistyped", canonical, p)
		}
		start := len(canonical) - p.Length
		at := rapid.IntRange(start, len(canonical)-1).Draw(t, "at")
		other := canonical[rapid.IntRange(start, len(canonical)-1).Draw(t, "from")]
		wrong := canonical[:at] + string(other) + canonical[at+1:]
		if wrong != canonical && !coupon.Mistyped(wrong, p) {
			t.Fatalf("%q for %q was not noticed (%+v)", wrong, canonical, p)
		}
		if at+1 < len(canonical) {
			swapped := canonical[:at] + canonical[at+1:at+2] + canonical[at:at+1] + canonical[at+2:]
			if swapped != canonical && !coupon.Mistyped(swapped, p) {
				t.Fatalf("the swap %q of %q was not noticed (%+v)", swapped, canonical, p)
			}
		}
	})
}
