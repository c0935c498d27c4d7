package money_test

import (
	"math"
	"testing"

	"github.com/scriphq/scrip/internal/money"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	big := money.Amount{Minor: 123456789, Asset: "SGD"}
	for _, c := range []struct {
		name         string
		amount       money.Amount
		lang         string
		want, number string
	}{
		{"English", big, "en", "SGD 1,234,567.89", "1,234,567.89"},
		{"simplified Chinese", big, "zh-Hans", "SGD 1,234,567.89", "1,234,567.89"},
		{"traditional Chinese", big, "zh-Hant", "SGD 1,234,567.89", "1,234,567.89"},
		{"Spanish", big, "es", "1.234.567,89 SGD", "1.234.567,89"},
		{"French", big, "fr", "1\u202f234\u202f567,89 SGD", "1\u202f234\u202f567,89"},
		{"German", big, "de", "1.234.567,89 SGD", "1.234.567,89"},
		{"Portuguese", big, "pt", "SGD 1.234.567,89", "1.234.567,89"},
		{"Indonesian", big, "id", "SGD 1.234.567,89", "1.234.567,89"},
		{"Malay", big, "ms", "SGD 1,234,567.89", "1,234,567.89"},
		{"Japanese", big, "ja", "SGD 1,234,567.89", "1,234,567.89"},
		{"Arabic with western digits", big, "ar", "SGD 1,234,567.89", "1,234,567.89"},
		{"a region changes nothing", big, "de-AT", "1.234.567,89 SGD", "1.234.567,89"},
		{"an unknown language is written as English", big, "tlh", "SGD 1,234,567.89", "1,234,567.89"},
		{"Spanish does not group four digits", sgd(123450), "es", "1234,50 SGD", "1234,50"},
		{"English does", sgd(123450), "en", "SGD 1,234.50", "1,234.50"},
		{"three digits are not grouped", sgd(99999), "en", "SGD 999.99", "999.99"},
		{"cents have their zero", sgd(5), "en", "SGD 0.05", "0.05"},
		{"nothing", sgd(0), "de", "0,00 SGD", "0,00"},
		{"below zero", sgd(-123450), "en", "SGD -1,234.50", "-1,234.50"},
		{"the smallest number", sgd(math.MinInt64), "en", "SGD -92,233,720,368,547,758.08", "-92,233,720,368,547,758.08"},
		{"no decimals", money.Amount{Minor: 1000, Asset: "JPY"}, "ja", "JPY 1,000", "1,000"},
		{"three decimals", money.Amount{Minor: 1234, Asset: "KWD"}, "ar", "KWD 1.234", "1.234"},
		{"units", money.Amount{Minor: 1500, Asset: "unit:points"}, "en", "1,500 points", "1,500"},
		{"no asset", money.Amount{}, "en", "0", "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.amount.Format(c.lang); got != c.want {
				t.Errorf("Format = %q, want %q", got, c.want)
			}
			if got := c.amount.Number(c.lang); got != c.number {
				t.Errorf("Number = %q, want %q", got, c.number)
			}
		})
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		amount money.Amount
		want   string
	}{
		{"the code comes first", sgd(1000), "SGD 10.00"},
		{"nothing is grouped", sgd(123450), "SGD 1234.50"},
		{"units come last", money.Amount{Minor: 1500, Asset: "unit:points"}, "1500 points"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.amount.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestBasisPoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate money.BasisPoints
		lang string
		want string
	}{
		{1000, "en", "10 %"}, {1250, "en", "12.5 %"}, {1250, "de", "12,5 %"}, {1, "en", "0.01 %"},
		{10_000, "en", "100 %"}, {0, "en", "0 %"}, {-1205, "en", "-12.05 %"},
	} {
		if got := c.rate.Format(c.lang); got != c.want {
			t.Errorf("%d in %s: got %q, want %q", c.rate, c.lang, got, c.want)
		}
	}
}
