package coupon_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// F61, F62: an order is worked out in the minor units of its currency, whatever they are,
// and takes nothing of another.
func TestOrdersInOtherCurrencies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		currency money.Asset
		price    int64
		discount int64
		short    string
	}{
		{"JPY", 1395, 419, "Spend JPY 815 more: the minimum is 5,000."},
		{"SGD", 1395, 419, "Spend SGD 8.15 more: the minimum is 50.00."},
		{"KWD", 1395, 419, "Spend KWD 0.815 more: the minimum is 5.000."},
	} {
		d := newDesk(t)
		of := func(minor int64) *money.Amount { return &money.Amount{Minor: minor, Asset: c.currency} }
		o := coupon.Order{Currency: c.currency, Lines: []coupon.Line{{ID: "l1", Quantity: 3, UnitPrice: c.price}}}
		d.issue(d.campaign(coupon.KindDiscount, with(tenOff, func(doc *coupon.TermsDoc) { doc.Value.Max = of(1000) })), "TEN")
		d.issue(d.campaign(coupon.KindDiscount, with(tenOff, func(doc *coupon.TermsDoc) { doc.Conditions.MinSubtotal = of(5000) })), "FAR")
		wants(t, string(c.currency), must[coupon.Redeemed](d, buy(o, "TEN")).Order.Discount, c.discount)
		_, err := do[coupon.Redeemed](d, buy(o, "FAR"))
		wants(t, string(c.currency), fault.Of(err).Msg, c.short)
		o.Currency = "USD"
		d.refused("currency_mismatch", buy(o, "FAR"))
	}
}
