package money_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// F59 and F62: amounts as people type them.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		text  string
		asset money.Asset
		want  int64
		err   error
		says  string
	}{
		{"whole", "10", "SGD", 1000, nil, ""},
		{"point", "10.00", "SGD", 1000, nil, ""},
		{"comma", "10,50", "SGD", 1050, nil, ""},
		{"one decimal", "10,5", "SGD", 1050, nil, ""},
		{"German", "1.000,00", "SGD", 100000, nil, ""},
		{"English", "1,000.00", "SGD", 100000, nil, ""},
		{"spaces", "1 000.00", "SGD", 100000, nil, ""},
		{"no-break spaces", "1\u00a0000,00", "SGD", 100000, nil, ""},
		{"narrow spaces", "1\u202f000,00", "SGD", 100000, nil, ""},
		{"Swiss", "1’234’567.50", "CHF", 123456750, nil, ""},
		{"Indian", "12,34,567.50", "INR", 123456750, nil, ""},
		{"Indian without decimals", "12,34,567", "INR", 123456700, nil, ""},
		{"several groups need no decimals", "1,234,567", "SGD", 123456700, nil, ""},
		{"a space can only separate thousands", "1 000", "SGD", 100000, nil, ""},
		{"around it may be spaces", "\t 10.00\n", "SGD", 1000, nil, ""},
		{"no whole part", ".50", "SGD", 50, nil, ""},
		{"leading zeros", "007", "SGD", 700, nil, ""},
		{"zero", "0", "SGD", 0, nil, ""},
		{"Arabic digits and signs", "١٬٠٠٠٫٥٠", "SGD", 100050, nil, ""},
		{"fullwidth digits", "１０．５０", "JPY", 0, money.ErrDecimals, "JPY has no decimals."},
		{"Devanagari digits", "१२.५०", "INR", 1250, nil, ""},
		{"marks of direction are not seen", "\u200f10.50\u200f", "SGD", 1050, nil, ""},
		{"yen", "1000", "JPY", 1000, nil, ""},
		{"grouped yen can be read in one way", "1,000", "JPY", 1000, nil, ""},
		{"grouped yen with a point too", "1.000", "JPY", 1000, nil, ""},
		{"points", "1500", "unit:points", 1500, nil, ""},
		{"three decimals", "1.234", "KWD", 1234, nil, ""},
		{"three decimals behind zero", "0,500", "KWD", 500, nil, ""},
		{"four whole digits are not a group", "1234,500", "KWD", 1234500, nil, ""},
		{"four decimals", "1.2345", "CLF", 12345, nil, ""},
		{"the largest", "90071992547409.91", "SGD", money.MaxMinor, nil, ""},

		{"too many decimals", "10.005", "SGD", 0, money.ErrAmbiguous, "At most two decimals. For thousands write 10005."},
		{"four decimals in a cent currency", "10.0050", "SGD", 0, money.ErrDecimals, "At most two decimals."},
		{"grouped and too many decimals", "1,000.005", "SGD", 0, money.ErrDecimals, "At most two decimals."},
		{"a thousand, or one", "1,000", "SGD", 0, money.ErrAmbiguous, "At most two decimals. For thousands write 1000."},
		{"a dinar, or a thousand", "1,234", "KWD", 0, money.ErrAmbiguous, "This can be read in two ways: write 1234 or 1.234."},
		{"yen have no decimals", "10.0", "JPY", 0, money.ErrDecimals, "JPY has no decimals."},
		{"points have no decimals", "1.5", "unit:points", 0, money.ErrDecimals, "Whole numbers only."},
		{"an exponent", "1e3", "SGD", 0, money.ErrAmount, "Write the amount in digits, such as 10.00."},
		{"nothing", "", "SGD", 0, money.ErrAmount, ""},
		{"spaces only", "  ", "SGD", 0, money.ErrAmount, ""},
		{"letters", "abc", "SGD", 0, money.ErrAmount, ""},
		{"a point only", ".", "SGD", 0, money.ErrAmount, ""},
		{"a point without decimals", "10.", "SGD", 0, money.ErrAmount, ""},
		{"a currency", "SGD 10", "SGD", 0, money.ErrAmount, ""},
		{"a plus", "+10", "SGD", 0, money.ErrAmount, ""},
		{"minus", "-10", "SGD", 0, money.ErrNegative, "An amount cannot be negative."},
		{"the minus of typesetters", "−10", "SGD", 0, money.ErrNegative, ""},
		{"a range", "10-20", "SGD", 0, money.ErrAmount, ""},
		{"groups of another size", "1,0000,000", "SGD", 0, money.ErrAmount, ""},
		{"a broken last group", "1,234,56", "SGD", 0, money.ErrAmount, ""},
		{"groups of two kinds", "1.000 000,00", "SGD", 0, money.ErrAmount, ""},
		{"groups behind the decimals", "1,000.000,00", "SGD", 0, money.ErrAmount, ""},
		{"a space in the wrong place", "10 50", "SGD", 0, money.ErrAmount, ""},
		{"a NUL", "10\x00", "SGD", 0, money.ErrAmount, ""},
		{"broken UTF-8", "10\xff", "SGD", 0, money.ErrAmount, ""},
		{"one more than the largest", "90071992547409.92", "SGD", 0, money.ErrOverflow, "The amount is too large."},
		{"huge", strings.Repeat("9", 100), "SGD", 0, money.ErrOverflow, ""},
		{"endless", strings.Repeat("9", 5000), "SGD", 0, money.ErrAmount, ""},
		{"no currency", "10", "", 0, money.ErrAsset, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := money.Parse(c.text, c.asset)
			if !errors.Is(err, c.err) || got != c.want {
				t.Fatalf("Parse(%q, %s) = %d, %v; want %d, %v", c.text, c.asset, got, err, c.want, c.err)
			}
			if f := fault.Of(err); f != nil && (f.Kind != fault.Invalid || c.says != "" && f.Msg != c.says) {
				t.Errorf("Parse(%q, %s) says %q, want %q", c.text, c.asset, f.Msg, c.says)
			}
		})
	}
}

func TestParsePercent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want money.BasisPoints
		err  error
	}{
		{"10", 1000, nil}, {"12.5", 1250, nil}, {"12,5 %", 1250, nil}, {"12.34%", 1234, nil},
		{"100", 10_000, nil}, {"0", 0, nil}, {".5", 50, nil}, {" 7 ", 700, nil}, {"١٢٫٥ ٪", 1250, nil},
		{"101", 0, money.ErrPercent}, {"100.01", 0, money.ErrPercent}, {"99999999999999999999", 0, money.ErrPercent},
		{"-1", 0, money.ErrNegative}, {"12.345", 0, money.ErrDecimals}, {"12,500", 0, money.ErrDecimals},
		{"", 0, money.ErrAmount}, {"%", 0, money.ErrAmount}, {"ten", 0, money.ErrAmount}, {"1 0", 0, money.ErrAmount},
		{"1.2.3", 0, money.ErrAmount}, {"10.", 0, money.ErrAmount}, {"1e1", 0, money.ErrAmount},
	} {
		if got, err := money.ParsePercent(c.text); !errors.Is(err, c.err) || got != c.want {
			t.Errorf("ParsePercent(%q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestPercentReadsItsOwnText(t *testing.T) {
	t.Parallel()
	for b := range money.Whole + 1 {
		if got, err := money.ParsePercent(b.Format("fr")); err != nil || got != b {
			t.Fatalf("ParsePercent(%q) = %d, %v", b.Format("fr"), got, err)
		}
	}
}

// What any language shows is read back as the same amount or refused as
// ambiguous; the plain form is always read back.
func TestParseReadsWhatIsShown(t *testing.T) {
	t.Parallel()
	langs := []string{"en", "zh-Hans", "zh-Hant", "es", "fr", "de", "pt", "id", "ms", "ja", "ar"}
	rapid.Check(t, func(t *rapid.T) {
		asset := rapid.SampledFrom([]money.Asset{"SGD", "JPY", "KWD", "CLF", "unit:points"}).Draw(t, "asset")
		minor := rapid.OneOf(rapid.Int64Range(0, 20_000_000), rapid.Int64Range(0, money.MaxMinor)).Draw(t, "minor")
		amount := money.Amount{Minor: minor, Asset: asset}
		if got, err := money.Parse(amount.Plain(), asset); err != nil || got != minor {
			t.Fatalf("Parse(%q) = %d, %v; want %d", amount.Plain(), got, err, minor)
		}
		shown := amount.Number(rapid.SampledFrom(langs).Draw(t, "lang"))
		if got, err := money.Parse(shown, asset); got != minor && !errors.Is(err, money.ErrAmbiguous) {
			t.Fatalf("Parse(%q, %s) = %d, %v; want %d", shown, asset, got, err, minor)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"10", "1.000,00", "1,000", "1 000.00", "١٬٠٠٠٫٥٠", "1e3", "-1", "12,34,567.8"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, asset := range []money.Asset{"SGD", "JPY", "KWD"} {
			minor, err := money.Parse(text, asset)
			if err != nil {
				if fault.Of(err).Kind != fault.Invalid || minor != 0 {
					t.Fatalf("Parse(%q, %s) = %d, %v", text, asset, minor, err)
				}
				continue
			}
			plain := money.Amount{Minor: minor, Asset: asset}.Plain()
			again, err := money.Parse(plain, asset)
			if minor < 0 || minor > money.MaxMinor || err != nil || again != minor {
				t.Fatalf("Parse(%q, %s) = %d, and of %q = %d, %v", text, asset, minor, plain, again, err)
			}
		}
	})
}

func FuzzParsePercent(f *testing.F) {
	for _, text := range []string{"10", "12,5 %", "101", "%", "-1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rate, err := money.ParsePercent(text)
		if err == nil && (rate < 0 || rate > money.Whole) || err != nil && rate != 0 {
			t.Fatalf("ParsePercent(%q) = %d, %v", text, rate, err)
		}
	})
}

func TestDigit(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune]int{'0': 0, '9': 9, '٠': 0, '٩': 9, '७': 7, '５': 5, '𝟘': 0, '𝟡': 9, '𞥔': 4} {
		if got, ok := money.Digit(r); !ok || got != want {
			t.Errorf("Digit(%q) = %d, %v; want %d", r, got, ok, want)
		}
	}
	for _, r := range "a/: ½²一Ⅷ" {
		if got, ok := money.Digit(r); ok {
			t.Errorf("Digit(%q) = %d, want none", r, got)
		}
	}
}
