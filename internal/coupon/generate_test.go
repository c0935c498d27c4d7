package coupon_test

import (
	"bytes"
	crand "crypto/rand"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestCodePolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		policy coupon.CodePolicy
		field  string
		says   string
	}{
		{"nothing chosen", coupon.CodePolicy{}, "", ""},
		{"as documented", coupon.CodePolicy{Prefix: "SAVE", Length: 12, Alphabet: "safe32", Check: true}, "", ""},
		{"words with look-alikes", coupon.CodePolicy{Prefix: "WELCOME"}, "", ""},
		{"words with a U", coupon.CodePolicy{Prefix: "Summer-26"}, "", ""},
		{"digits", coupon.CodePolicy{Prefix: "12", Alphabet: "digits"}, "", ""},
		{"digits of another script", coupon.CodePolicy{Prefix: "١٢", Alphabet: "digits"}, "", ""},
		{"the alphabet's own characters", coupon.CodePolicy{Prefix: "ab", Alphabet: "ABC"}, "", ""},
		{"letters before digits", coupon.CodePolicy{Prefix: "A1", Alphabet: "digits"}, "code.prefix", "The prefix may hold digits only."},
		{"an O is no digit", coupon.CodePolicy{Prefix: "1O", Alphabet: "digits"}, "code.prefix", "The prefix may hold digits only."},
		{"an accent", coupon.CodePolicy{Prefix: "ÉTÉ"}, "code.prefix", "The prefix may hold letters and digits only."},
		{"a sign", coupon.CodePolicy{Prefix: "10%"}, "code.prefix", "The prefix may hold letters and digits only."},
		{"only a hyphen", coupon.CodePolicy{Prefix: "-"}, "code.prefix", "The prefix may hold letters and digits only."},
		{"not of the alphabet", coupon.CodePolicy{Prefix: "XY", Alphabet: "ABC"}, "code.prefix", "The prefix may hold characters of the alphabet only."},
		{"33 characters", coupon.CodePolicy{Prefix: strings.Repeat("A", 33)}, "code.prefix", "The prefix has at most 32 characters."},
		{"a length of one", coupon.CodePolicy{Length: 1}, "code.length", "The length is from 2 to 32 characters."},
		{"a length of 33", coupon.CodePolicy{Length: 33}, "code.length", "The length is from 2 to 32 characters."},
		{"a negative length", coupon.CodePolicy{Length: -1}, "code.length", "The length is from 2 to 32 characters."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := fault.Of(c.policy.Validate())
			if c.field == "" && f != nil || c.field != "" && (f == nil || f.Kind != fault.Invalid || f.Fields[c.field] != c.says) {
				t.Errorf("%+v: got %v, want %q on %s", c.policy, f, c.says, c.field)
			}
		})
	}
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		policy    coupon.CodePolicy
		canonical string
		want      string
	}{
		{"groups of four", coupon.CodePolicy{}, "7Q4K90TMXW3C", "7Q4K-90TM-XW3C"},
		{"behind the prefix", coupon.CodePolicy{Prefix: "save"}, "SAVE7Q4K90TMXW3C", "SAVE-7Q4K-90TM-XW3C"},
		{"a lone last one joins the group before", coupon.CodePolicy{Prefix: "SAVE", Length: 13}, "SAVE7Q4K90TMXW3C2", "SAVE-7Q4K-90TM-XW3C2"},
		{"two stand alone", coupon.CodePolicy{Length: 6}, "7Q4K90", "7Q4K-90"},
		{"the prefix keeps its letters", coupon.CodePolicy{Prefix: "Welcome", Length: 4}, "WE1C0ME7Q4K", "WELCOME-7Q4K"},
		{"digits stand together", coupon.CodePolicy{Prefix: "12", Length: 14, Alphabet: "digits"}, "1204809133772051", "1204809133772051"},
		{"an alphabet of one's own is shown as given", coupon.CodePolicy{Prefix: "o", Length: 4, Alphabet: "oix"}, "010X1", "o-ioxi"},
		{"a code of another policy stays as it is", coupon.CodePolicy{Prefix: "SAVE"}, "ABC", "ABC"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.policy.Display(c.canonical); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestResistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		policy             coupon.CodePolicy
		quantity, existing int64
		want               uint64
	}{
		{"the last four do not count", coupon.CodePolicy{Length: 6, Alphabet: "digits"}, 1, 0, 100},
		{"vouchers that exist count too", coupon.CodePolicy{Length: 6, Alphabet: "digits"}, 10, 15, 4},
		{"the check rule divides by its modulus", coupon.CodePolicy{Length: 7, Alphabet: "digits", Check: true}, 1, 0, 90},
		{"the default", coupon.CodePolicy{Check: true}, 1, 0, 1 << 40 / 37},
		{"the prefix adds nothing", coupon.CodePolicy{Prefix: "SAVE", Check: true}, 1, 0, 1 << 40 / 37},
		{"never below one", coupon.CodePolicy{Length: 4, Alphabet: "digits"}, 1_000_000, 0, 1},
		{"nothing to guess is not a division by zero", coupon.CodePolicy{Length: 5, Alphabet: "digits"}, 0, 0, 10},
		{"it saturates", coupon.CodePolicy{Length: 32}, 1, 0, math.MaxUint64},
		{"more than 64 bits are divided exactly", coupon.CodePolicy{Length: 24, Alphabet: "digits"}, 1_000_000, 0, 100_000_000_000_000},
		{"the largest quantities add up", coupon.CodePolicy{Length: 32}, math.MaxInt64, math.MaxInt64, math.MaxUint64},
		{"an invalid policy has none", coupon.CodePolicy{Length: 99}, 1, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := coupon.Resistance(c.policy, c.quantity, c.existing); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	digits := coupon.CodePolicy{Prefix: "12", Alphabet: "digits"}
	for _, c := range []struct {
		name               string
		policy             coupon.CodePolicy
		quantity, existing int64
		floor              uint64
		length             int
		oneIn              uint64
		err                error
		field, says        string
	}{
		{"the default does for a million discount codes", coupon.CodePolicy{}, 1_000_000, 0, coupon.FloorDiscount, 12, 1 << 40 / 1_000_000, nil, "", ""},
		{"a numeric code grows by itself", digits, 5, 0, coupon.FloorValue, 14, 2_000_000_000, nil, "", ""},
		{"even when a length was given", coupon.CodePolicy{Length: 8, Alphabet: "digits"}, 5, 0, coupon.FloorValue, 14, 2_000_000_000, nil, "", ""},
		{"and when the prefix fills", digits, 5, 1_000_000, coupon.FloorValue, 20, 9_999_950_000, nil, "", ""},
		{"a length left out grows too", coupon.CodePolicy{}, 5_000, 0, coupon.FloorValue, 13, 1 << 45 / 5_000, nil, "", ""},
		{"a length that is enough stays", coupon.CodePolicy{Length: 20}, 5, 0, coupon.FloorValue, 20, math.MaxUint64, nil, "", ""},
		{"without a floor nothing grows", coupon.CodePolicy{Length: 2, Alphabet: "digits"}, 5, 0, 0, 2, 1, nil, "", ""},
		{"a chosen length is refused with one that would do", coupon.CodePolicy{Length: 6}, 1, 0, coupon.FloorDiscount, 6, 1024,
			coupon.ErrCodeTooShort, "code.length", "The codes would be too easy to guess: take a length of 8."},
		{"a full prefix is refused with a length that would do", coupon.CodePolicy{Prefix: "SAVE", Length: 8}, 1, 9, coupon.FloorDiscount, 8, 104_857,
			coupon.ErrPrefixTooFull, "code.prefix", "There are too many codes with this prefix: take another, or a length of 9."},
		{"an alphabet can be too small at any length", coupon.CodePolicy{Alphabet: "AB"}, 1, 0, coupon.FloorValue, 32, 1 << 28,
			coupon.ErrCodeTooShort, "code.alphabet", "The codes would be too easy to guess, however long: take more characters in the alphabet."},
		{"a prefix can be full at any length", coupon.CodePolicy{Alphabet: "ABC"}, 1, math.MaxInt64, coupon.FloorValue, 32, 1,
			coupon.ErrPrefixTooFull, "code.prefix", "There are too many codes with this prefix: take another."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, oneIn, err := c.policy.Fit(c.quantity, c.existing, c.floor)
			if !errors.Is(err, c.err) || got.Length != c.length || oneIn != c.oneIn {
				t.Fatalf("got length %d, 1 in %d, %v; want %d, 1 in %d, %v", got.Length, oneIn, err, c.length, c.oneIn, c.err)
			}
			if f := fault.Of(err); f != nil && f.Fields[c.field] != c.says {
				t.Errorf("got %v, want %q on %s", f.Fields, c.says, c.field)
			}
		})
	}
	if _, _, err := (coupon.CodePolicy{Length: 99}).Fit(1, 0, 1); fault.Of(err) == nil || fault.Of(err).Fields["code.length"] == "" {
		t.Errorf("an invalid policy: got %v", err)
	}
}

func TestGeneratedCodesFollowTheirPolicy(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p.Check = rapid.Bool().Draw(t, "check")
		g, err := coupon.NewGenerator(p, seeded(t))
		if err != nil {
			t.Fatal(err)
		}
		prefix := ""
		if p.Prefix != "" {
			if prefix, err = coupon.Canonical(p.Prefix); err != nil {
				t.Fatal(err)
			}
		}
		for range 20 {
			code, canonical, err := g.Next()
			if err != nil {
				t.Fatal(err)
			}
			if again, err := coupon.Canonical(code); err != nil || again != canonical {
				t.Fatalf("%q was made as %q but reads as %q, %v", canonical, code, again, err)
			}
			if p.Display(canonical) != code || len(canonical) != len(prefix)+p.Length || !strings.HasPrefix(canonical, prefix) {
				t.Fatalf("%q (%q) does not follow %+v", code, canonical, p)
			}
			if coupon.Mistyped(canonical, p) {
				t.Fatalf("%q counts as mistyped", code)
			}
		}
	})
}

func TestMistyped(t *testing.T) {
	t.Parallel()
	p := coupon.CodePolicy{Alphabet: coupon.Digits, Length: 16, Check: true}
	for _, c := range []struct {
		name, canonical string
		policy          coupon.CodePolicy
		want            bool
	}{
		{"the wrong check character", "0000000218250098", p, true},
		{"the right one", "0000000218250097", p, false},
		{"another length", "00000002182500980", p, false},
		{"another alphabet", "000000021825009X", p, false},
		{"another prefix", "0000000218250098", coupon.CodePolicy{Prefix: "12", Alphabet: coupon.Digits, Length: 14, Check: true}, false},
		{"a policy without check characters", "0000000218250098", coupon.CodePolicy{Alphabet: coupon.Digits, Length: 16}, false},
		{"another script", strings.Repeat("优", 16), p, false},
		{"nothing", "", p, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := coupon.Mistyped(c.canonical, c.policy); got != c.want {
				t.Errorf("Mistyped(%q) = %v", c.canonical, got)
			}
		})
	}
}

// Chi-squared over the codes of a small space with 100 expected each; the limit
// is far beyond chance (five deviations), the bias of "byte mod 10" farther.
func TestGeneratorIsUnbiased(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		policy coupon.CodePolicy
		codes  int
	}{
		{"digits", coupon.CodePolicy{Alphabet: coupon.Digits, Length: 3}, 1000},
		{"digits with a check character", coupon.CodePolicy{Alphabet: coupon.Digits, Length: 4, Check: true}, 909},
		{"safe32 with a check character", coupon.CodePolicy{Length: 3, Check: true}, 889},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := coupon.NewGenerator(c.policy, crand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]int{}
			for range 100 * c.codes {
				_, canonical, err := g.Next()
				if err != nil {
					t.Fatal(err)
				}
				seen[canonical]++
			}
			if len(seen) != c.codes {
				t.Fatalf("%d different codes, want %d", len(seen), c.codes)
			}
			chi, n := 0, c.codes-1
			for _, k := range seen {
				chi += (k - 100) * (k - 100)
			}
			if limit := float64(n) + 5*math.Sqrt(2*float64(n)); float64(chi)/100 > limit {
				t.Errorf("chi² is %d/100, limit %f", chi, limit)
			}
		})
	}
}

func TestGeneratorTellsBadRandomness(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, c := range []struct {
		name   string
		random io.Reader
		want   error
	}{
		{"a reader that fails", iotest.ErrReader(broken), broken},
		{"a reader that ends", bytes.NewReader(make([]byte, 10)), io.ErrUnexpectedEOF},
		{"a reader that says 255 for ever", constant(255), coupon.ErrRandomness},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := coupon.NewGenerator(coupon.CodePolicy{Alphabet: coupon.Digits, Check: true}, c.random)
			if err != nil {
				t.Fatal(err)
			}
			if code, _, err := g.Next(); !errors.Is(err, c.want) || code != "" {
				t.Errorf("got %q, %v; want %v", code, err, c.want)
			}
		})
	}
	if _, err := coupon.NewGenerator(coupon.CodePolicy{Length: 1}, crand.Reader); fault.Of(err) == nil {
		t.Error("an invalid policy makes a generator")
	}
}

// constant is the worst source of randomness.
type constant byte

func (c constant) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

func FuzzCodePolicy(f *testing.F) {
	f.Add("SAVE", 12, "safe32", true, int64(1000), int64(0))
	f.Add("12", 0, "digits", true, int64(5), int64(1<<40))
	f.Add("ox", 5, "oix", false, int64(-1), int64(-1))
	f.Fuzz(func(t *testing.T, prefix string, length int, alphabet string, check bool, quantity, existing int64) {
		p := coupon.CodePolicy{Prefix: prefix, Length: length, Alphabet: alphabet, Check: check}
		fitted, oneIn, err := p.Fit(quantity, existing, coupon.FloorDiscount)
		if err != nil {
			if fault.Of(err).Kind != fault.Invalid || len(fault.Of(err).Fields) == 0 {
				t.Fatalf("%+v: %v", p, err)
			}
			return
		}
		if oneIn < coupon.FloorDiscount || fitted.Length < p.Length || fitted.Length > coupon.MaxCodeLength {
			t.Fatalf("%+v became %+v, 1 in %d", p, fitted, oneIn)
		}
		g, err := coupon.NewGenerator(fitted, crand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		code, canonical, err := g.Next()
		if again, err2 := coupon.Canonical(code); err != nil || err2 != nil || again != canonical || coupon.Mistyped(canonical, fitted) {
			t.Fatalf("%+v made %q (%q): %v, %v", fitted, code, canonical, err, err2)
		}
	})
}

func BenchmarkGenerator(b *testing.B) {
	for _, c := range []struct {
		name   string
		policy coupon.CodePolicy
	}{
		{"safe32", coupon.CodePolicy{Prefix: "SAVE", Check: true}},
		{"safe32_no_check", coupon.CodePolicy{Prefix: "SAVE"}},
		{"digits", coupon.CodePolicy{Prefix: "12", Alphabet: coupon.Digits, Length: 15, Check: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g, err := coupon.NewGenerator(c.policy, crand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := g.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMistyped(b *testing.B) {
	p := coupon.CodePolicy{Prefix: "SAVE", Check: true}
	b.ReportAllocs()
	for b.Loop() {
		coupon.Mistyped("SAVE7Q4K90TMXW3C", p)
	}
}
