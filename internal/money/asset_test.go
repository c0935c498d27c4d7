package money_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/money"
)

func TestAsset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		asset    money.Asset
		valid    bool
		exponent int
	}{
		{"most currencies have two decimals", "SGD", true, 2},
		{"yen have none", "JPY", true, 0},
		{"dinars have three", "KWD", true, 3},
		{"the Chilean unit of account has four", "CLF", true, 4},
		{"the Caribbean guilder is known", "XCG", true, 2},
		{"the leone of 2022 is known", "SLE", true, 2},
		{"the digital bolívar is known", "VED", true, 2},
		{"Zimbabwe gold is known", "ZWG", true, 2},
		{"the guilder it replaced is gone", "ANG", false, 0},
		{"the lev is gone", "BGN", false, 0},
		{"gold is no currency here", "XAU", false, 0},
		{"lower case is refused", "sgd", false, 0},
		{"nothing is refused", "", false, 0},
		{"a unit has no decimals", "unit:points", true, 0},
		{"a unit may have 32 characters", money.Asset("unit:" + strings.Repeat("a", 32)), true, 0},
		{"a unit may not have 33", money.Asset("unit:" + strings.Repeat("a", 33)), false, 0},
		{"a unit has a name", "unit:", false, 0},
		{"a unit has no spaces", "unit:air miles", false, 0},
		{"a unit has no other colon", "unit:a:b", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.asset.Valid(); got != c.valid {
				t.Errorf("Valid(%q) = %v, want %v", c.asset, got, c.valid)
			}
			if got := c.asset.Exponent(); got != c.exponent {
				t.Errorf("Exponent(%q) = %d, want %d", c.asset, got, c.exponent)
			}
		})
	}
}

func TestCurrenciesAreSortedAndComplete(t *testing.T) {
	t.Parallel()
	all := money.Currencies()
	if len(all) != 165 {
		t.Errorf("%d currencies, want the 165 of ISO 4217 list one with a minor unit", len(all))
	}
	sorted := slices.IsSortedFunc(all, func(a, b money.Currency) int { return strings.Compare(a.Code, b.Code) })
	if !sorted {
		t.Error("the table is not sorted, so look-ups miss")
	}
	for _, c := range all {
		if a := money.Asset(c.Code); !a.Valid() || a.IsUnit() || a.Exponent() != c.Exponent || c.Name == "" {
			t.Errorf("bad entry %+v", c)
		}
	}
	all[0].Code = "changed"
	if money.Currencies()[0].Code != "AED" {
		t.Error("a caller can change the table")
	}
}
