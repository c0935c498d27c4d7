package coupon_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Whatever comes back, in whatever steps: never more than was given, and all of it once
// everything came back. What is left counts, and no more.
func TestWhatComesBackIsWhatWasGiven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := newDesk(t)
		o, budget := anyOrder(rt), sgd(1_000_000)
		var codes []string
		var list []coupon.Voucher
		for i := range rapid.IntRange(1, 3).Draw(rt, "vouchers") {
			codes = append(codes, fmt.Sprint("C", i))
			list = append(list, d.issue(d.campaign(coupon.KindDiscount, discount(d, anyValue(rt)), coupon.Limits{Budget: &budget, Total: 9}), codes[i]))
		}
		codes = append(codes, "GIFT")
		list = append(list, d.issue(d.campaign(coupon.KindGift, gift), "GIFT"))
		out, err := do[coupon.Redeemed](d, on(o, codes...))
		if err != nil {
			return
		}
		for range rapid.IntRange(0, 5).Draw(rt, "steps") {
			d.step(rt, &o, out, list[len(list)-1])
		}
		for _, r := range d.Redemptions {
			if r.Reversed < 0 || r.Reversed > r.Money.Minor {
				t.Fatalf("%d of %d reversed", r.Reversed, r.Money.Minor)
			}
		}
		_, err = do[coupon.UndoneCheckout](d, coupon.ReverseCheckout{Checkout: out.Checkout, Reason: "all", By: staff})
		if err != nil && reason(err) != "already_reversed" {
			t.Fatal(err)
		}
		for _, r := range d.Redemptions {
			wants(t, "reversed", []any{r.Reversed, r.Returned}, []any{r.Money.Minor, true})
		}
		for _, v := range list {
			wants(t, "uses", d.now(v).Uses, 0)
		}
		for key, c := range d.Counters {
			wants(t, string(key), c.Used, 0)
		}
		wants(t, "open", d.Checkouts[out.Checkout].Open, 0)
		wants(t, "location", d.Sums()[string(coupon.LocationAccount(""))+" SGD"], 0)
	})
}

// step is one thing that may happen to an order that was redeemed.
func (d *desk) step(rt *rapid.T, o *coupon.Order, out coupon.Redeemed, stored coupon.Voucher) {
	var err error
	switch rapid.IntRange(0, 5).Draw(rt, "what") {
	case 0:
		_, err = do[coupon.Undone](d, d.reverse(rapid.SampledFrom(out.Redemptions).Draw(rt, "redemption")))
	case 1:
		_, err = do[coupon.Voucher](d, coupon.End{Voucher: stored.ID, To: coupon.VoucherVoid, Reason: "lost", By: staff})
	default:
		line := rapid.SampledFrom(o.Lines).Draw(rt, "line")
		lines := []coupon.ReturnLine{{ID: line.ID, Quantity: rapid.Int64Range(1, line.Quantity).Draw(rt, "units")}}
		_, err = do[coupon.UndoneCheckout](d, coupon.ReverseCheckout{Checkout: out.Checkout, Lines: lines, Reason: "came back", By: staff})
	}
	if err != nil && !slices.Contains([]string{"already_reversed", "already_redeemed", "invalid", "conflict"}, reason(err)) {
		d.t.Fatal(err)
	}
}

func TestAPartOfADiscountCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, off(3000)), "A")
	part := buy(cart(), "A")
	part.Items[0].Money = &money.Amount{Minor: 700, Asset: "SGD"}
	d.refused("not_applicable", part)
}

// Whoever buys none of the products gets nothing off shipping either.
func TestShippingComesWithALine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	to := func(products ...string) coupon.Value {
		v := coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}
		v.AppliesTo = coupon.AppliesTo{Scope: coupon.ScopeOrderAndShipping, Products: products}
		return v
	}
	wants(t, "a hat", given(d, cart(), to("hat")), 250)
	wants(t, "a coat", given(d, cart(), to("coat")), 0)
	wants(t, "anything", given(d, cart(), to()), 550)
}
