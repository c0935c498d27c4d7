package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// cart is an order of 50.00 with shipping of 5.00: three shirts of 10.00 and a hat of
// 20.00.
func cart() coupon.Order {
	return coupon.Order{Reference: "A-1", Currency: "SGD", Shipping: 500, Lines: []coupon.Line{
		{ID: "shirt", Product: "shirt", Quantity: 3, UnitPrice: 1000}, {ID: "hat", Product: "hat", Collections: []string{"hats"}, Quantity: 1, UnitPrice: 2000},
	}}
}

// buy is a redemption of some codes on an order: all or nothing.
func buy(o coupon.Order, codes ...string) coupon.Redeem {
	c := on(o, codes...)
	c.Possible = false
	return c
}

func by(c coupon.Redeem, who coupon.CustomerID) coupon.Redeem {
	c.Customer.ID = who
	return c
}

func off(minor int64) coupon.TermsDoc {
	return coupon.TermsDoc{Value: worth(sgd(minor)), Holder: coupon.Open, PerVoucher: 1}
}

func TestAnOrderUsesAllOfItsVouchersOrNone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a, b := d.issue(d.campaign(coupon.KindDiscount, tenOff), "A"), d.issue(d.campaign(coupon.KindDiscount, off(300)), "B")
	d.void(b)
	f := d.refused("not_active", buy(cart(), "A", "B", "NONE"))
	verdicts := f.Detail.(*coupon.Rejection).Vouchers
	wants(t, "reasons", []string{verdicts[0].Reason, verdicts[1].Reason, verdicts[2].Reason}, []string{"", "not_active", "not_found"})
	wants(t, "A is not used", d.now(a).Uses, 0)
	wants(t, "no checkout", len(d.Checkouts), 0)
	d.refused("not_found", buy(cart(), "NONE", "B"))

	out := must[coupon.Redeemed](d, on(cart(), "A", "B", "NONE"))
	wants(t, "as far as possible", []any{len(out.Redemptions), out.Order.Discount, out.Vouchers[1].Reason, out.Vouchers[2].Reason, len(out.Refused)}, []any{1, 500, "not_active", "not_found", 1})
	k := d.Checkouts[out.Checkout]
	wants(t, "checkout", []any{k.Reference, k.Subtotal, k.Discount, k.Paid, k.Open, k.Priced.Due}, []any{"A-1", 5000, 500, 0, 1, 5000})
	r := out.Redemptions[0]
	wants(t, "redemption", []any{r.Money, r.Reference, r.Transaction.Type, r.Checkout == out.Checkout}, []any{sgd(500), "A-1", "order", true})
}

func TestAVoucherIsNamedOnceInAnOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, uses(5)), "A")
	d.refused("invalid", buy(cart(), "A", "A"))
}

func TestAStoredValuePaysForAnOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
	d.issue(d.campaign(coupon.KindRefill, refill), "REFILL")
	d.issue(d.campaign(coupon.KindDiscount, tenOff), "TEN")
	mei := d.customer("acct-1")
	out := must[coupon.Redeemed](d, by(buy(cart(), "GIFT", "TEN"), mei))
	wants(t, "figures", []int64{out.Order.Discount, out.Order.Paid, out.Order.Due}, []int64{500, 1000, 4000})
	wants(t, "gift", d.now(v).State, "redeemed")
	d.refused("not_applicable", by(buy(cart(), "REFILL"), mei))
	part := buy(cart(), "GIFT")
	part.Items[0].Money = &money.Amount{Minor: 100, Asset: "USD"}
	d.refused("already_redeemed", by(part, mei))

	other := d.issue(d.campaign(coupon.KindGift, gift), "OTHER")
	part.Items[0].Fingerprints = []string{"OTHER"}
	d.refused("currency_mismatch", by(part, mei))
	part.Items[0].Money = &money.Amount{Minor: 1001, Asset: "SGD"}
	d.refused("insufficient_balance", by(part, mei))
	part.Items[0].Money = &money.Amount{Minor: 400, Asset: "SGD"}
	out = must[coupon.Redeemed](d, by(part, mei))
	wants(t, "a part", []int64{out.Order.Paid, d.now(other).Balance}, []int64{400, 600})
	d.books("issuer SGD -3000, " + outstanding(v) + " SGD 0, " + outstanding(other) + " SGD 600, " + outstanding(d.Voucher("REFILL")) + " SGD 1000, " + string(coupon.LocationAccount("")) + " SGD 1400")
}

func TestWhatIsUsedInFullPaysNoSmallerOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindGift, with(gift, func(doc *coupon.TermsDoc) { doc.Drawdown, doc.PerVoucher = false, 1 })), "GIFT")
	small := cart()
	small.Lines, small.Shipping = small.Lines[:1], 0
	small.Lines[0].Quantity, small.Lines[0].UnitPrice = 1, 999
	d.refused("minimum_not_met", by(buy(small, "GIFT"), d.customer("acct-1")))
	small.Lines[0].UnitPrice = 1000
	must[coupon.Redeemed](d, by(buy(small, "GIFT"), d.customer("acct-2")))
}

func TestABudgetCountsWhatWasGiven(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	budget := sgd(1200)
	c := d.campaign(coupon.KindDiscount, with(tenOff, func(doc *coupon.TermsDoc) { doc.PerVoucher = 0 }), coupon.Limits{Budget: &budget})
	d.issue(c, "A")
	d.refused("order_required", redeem("A"))
	first := must[coupon.Redeemed](d, buy(cart(), "A"))
	must[coupon.Redeemed](d, buy(cart(), "A"))
	d.refused("budget_reached", buy(cart(), "A"))
	must[coupon.UndoneCheckout](d, coupon.ReverseCheckout{Checkout: first.Checkout, Reason: "cancelled", By: staff})
	must[coupon.Redeemed](d, buy(cart(), "A"))
	wants(t, "spent", d.Counters[coupon.BudgetCounter(c.ID)].Used, 1000)
}

func TestAFirstOrderIsTheFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	welcome := with(tenOff, func(doc *coupon.TermsDoc) { doc.PerVoucher, doc.Conditions.FirstOrder = 0, true })
	d.issue(d.campaign(coupon.KindDiscount, welcome), "A")
	mei, tan := d.customer("acct-1"), d.customer("acct-2")
	d.refused("order_required", redeem("A", forCustomer(mei)))
	d.refused("customer_required", buy(cart(), "A"))
	first := must[coupon.Redeemed](d, by(buy(cart(), "A"), mei))
	d.refused("not_eligible", by(buy(cart(), "A"), mei))
	must[coupon.UndoneCheckout](d, coupon.ReverseCheckout{Checkout: first.Checkout, Reason: "cancelled", By: staff})
	must[coupon.Redeemed](d, by(buy(cart(), "A"), mei)) // the cancelled order was none
	no, yes := false, true
	known := cart()
	known.First = &no
	d.refused("not_eligible", by(buy(known, "A"), tan))
	known.First = &yes
	must[coupon.Redeemed](d, buy(known, "A"))
	must[coupon.Redeemed](d, by(buy(known, "A"), mei))
}

func TestAHoldKeepsTheDiscountOfItsOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	budget := sgd(700)
	c := d.campaign(coupon.KindDiscount, with(tenOff, func(doc *coupon.TermsDoc) {
		doc.PerVoucher, doc.Conditions.FirstOrder = 0, true
	}), coupon.Limits{Budget: &budget})
	v := d.issue(c, "A")
	mei := d.customer("acct-1")
	held := must[coupon.Held](d, coupon.TakeHold{Redeem: by(buy(cart(), "A"), mei), For: 10 * time.Minute})
	wants(t, "held", []any{held.Order.Discount, held.Vouchers[0].Discount}, []any{500, 500})
	d.refused("held", by(buy(cart(), "A"), d.customer("acct-2")))
	change(d.Vouchers, v.ID, func(v *coupon.Voucher) { v.ExpiresAt = noon.Add(time.Minute) })
	d.Pass(5 * time.Minute)
	out := must[coupon.Redeemed](d, coupon.Redeem{Hold: held.Hold.ID, By: till})
	wants(t, "redeemed as it was held", []any{out.Order.Discount, out.Redemptions[0].Customer, out.Redemptions[0].Reference, out.Redemptions[0].Hold}, []any{500, mei, "A-1", held.Hold.ID})
	d.refused("already_redeemed", coupon.Redeem{Hold: held.Hold.ID, By: till})
	wants(t, "spent", d.Counters[coupon.BudgetCounter(c.ID)].Used, 500)
}

func TestLinesThatComeBackGiveBackTheirShare(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.issue(d.campaign(coupon.KindDiscount, off(1000)), "A") // 6.00 to the shirts, 4.00 to the hat
	g := d.issue(d.campaign(coupon.KindGift, gift), "GIFT")       // 10.00 of the 45.00 that are due
	out := must[coupon.Redeemed](d, by(buy(cart(), "A", "GIFT"), d.customer("acct-1")))
	back := func(lines ...coupon.ReturnLine) coupon.ReverseCheckout {
		return coupon.ReverseCheckout{Checkout: out.Checkout, Lines: lines, Reason: "came back", By: staff}
	}
	d.refused("invalid", back(coupon.ReturnLine{ID: "coat", Quantity: 1}))
	d.refused("invalid", back(coupon.ReturnLine{ID: "hat", Quantity: 2}))
	d.refused("invalid", back(coupon.ReturnLine{ID: "hat", Quantity: 1}, coupon.ReturnLine{ID: "hat", Quantity: 1}))
	one := must[coupon.UndoneCheckout](d, back(coupon.ReturnLine{ID: "shirt", Quantity: 1}))
	wants(t, "a shirt", given2(one), []int64{200, 178}) // a third of 6.00, and of 5.33
	two := must[coupon.UndoneCheckout](d, back(coupon.ReturnLine{ID: "shirt", Quantity: 2}))
	wants(t, "the other two", given2(two), []int64{400, 355})
	d.refused("invalid", back(coupon.ReturnLine{ID: "shirt", Quantity: 1}))
	wants(t, "uses stay", []int64{d.now(a).Uses, d.now(g).Uses, d.now(g).Balance}, []int64{1, 1, 533})
	rest := must[coupon.UndoneCheckout](d, back())
	wants(t, "the rest", given2(rest), []int64{400, 467})
	wants(t, "all is back", []any{d.now(a).State, d.now(a).Uses, d.now(g).Uses, d.now(g).Balance, d.Checkouts[out.Checkout].Open}, []any{"active", 0, 0, 1000, 0})
	d.refused("already_reversed", back())
	d.books("issuer SGD -1000, " + outstanding(g) + " SGD 1000")
}

func given2(u coupon.UndoneCheckout) []int64 {
	var list []int64
	for _, r := range u.Reversals {
		list = append(list, r.Money.Minor)
	}
	return list
}

func TestOneVoucherOfAnOrderIsReversedWhole(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, tenOff), "A")
	out := must[coupon.Redeemed](d, buy(cart(), "A"))
	wants(t, "in part", d.refused("invalid", d.reverse(out.Redemptions[0], sgd(100))).Fields["money"] != "", true)
	must[coupon.Undone](d, d.reverse(out.Redemptions[0], sgd(500)))
	wants(t, "open", d.Checkouts[out.Checkout].Open, 0)
	d.refused("already_reversed", coupon.ReverseCheckout{Checkout: out.Checkout, Reason: "again", By: staff})
}

func TestACheckoutWithoutAnOrderIsReversedWhole(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, tenOff), "A")
	r := d.redeem("A")
	c := coupon.ReverseCheckout{Checkout: r.Checkout, Reason: "mistake", By: staff}
	c.Lines = []coupon.ReturnLine{{ID: "l1", Quantity: 1}}
	d.refused("invalid", c)
	c.Lines = nil
	must[coupon.UndoneCheckout](d, c)
	d.refused("already_reversed", c)
	c.Checkout = "chk_none"
	d.refused("not_found", c)
}

func TestConditionsOnAnOrder(t *testing.T) {
	t.Parallel()
	rule := func(r coupon.Rule) func(*coupon.TermsDoc) {
		return func(d *coupon.TermsDoc) { d.Conditions.Rule = &r }
	}
	for _, c := range []struct {
		name   string
		terms  func(d *coupon.TermsDoc)
		order  func(o *coupon.Order)
		reason string
	}{
		{"the minimum is met", func(d *coupon.TermsDoc) { m := sgd(5000); d.Conditions.MinSubtotal = &m }, nil, ""},
		{"shipping does not count", func(d *coupon.TermsDoc) { m := sgd(5001); d.Conditions.MinSubtotal = &m }, nil, "minimum_not_met"},
		{"a minimum in another currency", func(d *coupon.TermsDoc) { d.Conditions.MinSubtotal = &money.Amount{Minor: 1, Asset: "USD"} }, nil, "currency_mismatch"},
		{"enough units", func(d *coupon.TermsDoc) { d.Conditions.MinQuantity = 4 }, nil, ""},
		{"only matching units count", func(d *coupon.TermsDoc) { d.Conditions.MinQuantity = 4; d.Value.AppliesTo.Products = []string{"shirt"} }, nil, "minimum_not_met"},
		{"the channel", func(d *coupon.TermsDoc) { d.Conditions.Channels = []string{"web"} }, func(o *coupon.Order) { o.Channel = "web" }, ""},
		{"another channel", func(d *coupon.TermsDoc) { d.Conditions.Channels = []string{"web"} }, func(o *coupon.Order) { o.Channel = "app" }, "not_applicable"},
		{"no channel", func(d *coupon.TermsDoc) { d.Conditions.Channels = []string{"web"} }, nil, "not_applicable"},
		{"nothing matches", func(d *coupon.TermsDoc) { d.Value.AppliesTo.Collections = []string{"shoes"} }, nil, "not_applicable"},
		{"a product by its SKU", func(d *coupon.TermsDoc) { d.Value.AppliesTo.Products = []string{"hat-red"} }, func(o *coupon.Order) { o.Lines[1].SKU = "hat-red" }, ""},
		{"reduced lines are left out", func(d *coupon.TermsDoc) { d.Value.AppliesTo.SkipDiscounted = true }, func(o *coupon.Order) { o.Lines[0].Discounted, o.Lines[1].Discounted = true, true }, "not_applicable"},
		{"an order for nothing", nil, func(o *coupon.Order) { o.Lines[0].UnitPrice, o.Lines[1].UnitPrice, o.Shipping = 0, 0, 0 }, "not_applicable"},
		{"a rule holds", rule(coupon.Rule{Fact: "order.quantity", Op: "gte", Value: int64(4)}), nil, ""},
		{"a rule fails", rule(coupon.Rule{Fact: "order.quantity", Op: "gt", Value: int64(4)}), nil, "not_applicable"},
		{"a fact that is not known", rule(coupon.Rule{Fact: "metadata.tier", Op: "eq", Value: "gold"}), nil, "not_applicable"},
		{"not a fact that is not known", rule(coupon.Rule{Not: &coupon.Rule{Fact: "metadata.tier", Op: "eq", Value: "gold"}}), nil, ""},
		{"any of two", rule(coupon.Rule{Any: []coupon.Rule{{Fact: "order.channel", Op: "exists", Value: true}, {Fact: "metadata.tier", Op: "in", Value: []any{"gold", "silver"}}}}),
			func(o *coupon.Order) { o.Metadata = coupon.Facts{"tier": "silver"} }, ""},
		{"both of two", rule(coupon.Rule{All: []coupon.Rule{{Fact: "order.subtotal", Op: "lte", Value: int64(5000)}, {Fact: "metadata.tier", Op: "ne", Value: "gold"}}}),
			func(o *coupon.Order) { o.Metadata = coupon.Facts{"tier": "gold"} }, "not_applicable"},
		{"text is no number", rule(coupon.Rule{Fact: "metadata.points", Op: "gt", Value: int64(1)}), func(o *coupon.Order) { o.Metadata = coupon.Facts{"points": "9"} }, "not_applicable"},
		{"an expression holds", func(d *coupon.TermsDoc) { d.Conditions.Expert = "true" }, nil, ""},
		{"an expression fails", func(d *coupon.TermsDoc) { d.Conditions.Expert = "false" }, nil, "not_applicable"},
		{"an expression cannot be judged", func(d *coupon.TermsDoc) { d.Conditions.Expert = "what" }, nil, "not_applicable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.Expert = func(source string, _ map[string]any) (bool, error) {
				if source == "what" {
					return false, fault.New(fault.Invalid, "what", "no such key")
				}
				return source == "true", nil
			}
			doc := tenOff
			if c.terms != nil {
				c.terms(&doc)
			}
			if wrong := coupon.Valid(coupon.KindDiscount, doc, coupon.Limits{}); len(wrong) > 0 && c.reason != "currency_mismatch" {
				t.Fatal(wrong)
			}
			d.issue(d.campaign(coupon.KindDiscount, doc), "A")
			o := cart()
			if c.order != nil {
				c.order(&o)
			}
			if c.reason != "" {
				d.refused(c.reason, buy(o, "A"))
				return
			}
			must[coupon.Redeemed](d, buy(o, "A"))
		})
	}
}
