package coupon_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// anyOrder draws an order of a few lines, with prices that tie now and then.
func anyOrder(t *rapid.T) coupon.Order {
	o := coupon.Order{Currency: "SGD", Shipping: rapid.Int64Range(0, 2000).Draw(t, "shipping")}
	for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
		o.Lines = append(o.Lines, coupon.Line{
			ID: fmt.Sprint("l", i), Product: rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "product"), Collections: rapid.SliceOfN(rapid.SampledFrom([]string{"shoes", "hats"}), 0, 2).Draw(t, "collections"),
			Quantity: rapid.Int64Range(1, 5).Draw(t, "quantity"), UnitPrice: rapid.SampledFrom([]int64{0, 1, 3, 99, 100, 333, 1999, 1000}).Draw(t, "price"), Discounted: rapid.Bool().Draw(t, "discounted"),
		})
	}
	return o
}

func amount(t *rapid.T, what string) *money.Amount {
	m := sgd(rapid.Int64Range(1, 5000).Draw(t, what))
	return &m
}

// anyValue draws a discount of every kind.
func anyValue(t *rapid.T) coupon.Value {
	v := coupon.Value{Type: rapid.SampledFrom([]coupon.ValueType{coupon.ValueAmount, coupon.ValuePercent, coupon.ValueFreeShipping, coupon.ValueFixedPrice, coupon.ValueItem}).Draw(t, "type")}
	if rapid.Bool().Draw(t, "capped") {
		v.Max = amount(t, "max")
	}
	products := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"p1", "p2"}), 0, 2, rapid.ID)
	switch v.Type {
	case coupon.ValueAmount:
		v.Money = amount(t, "money")
	case coupon.ValuePercent:
		v.BasisPoints = money.BasisPoints(rapid.Int32Range(1, 10_000).Draw(t, "rate"))
	case coupon.ValueFixedPrice:
		v.Price = amount(t, "price")
	case coupon.ValueItem:
		v.Get = &coupon.ItemSet{Products: products.Draw(t, "get"), Quantity: rapid.Int64Range(1, 3).Draw(t, "get units")}
		if rapid.Bool().Draw(t, "buy") {
			v.Buy = &coupon.ItemSet{Products: products.Draw(t, "buy"), Quantity: rapid.Int64Range(1, 3).Draw(t, "buy units")}
		}
	}
	if v.Type != coupon.ValueFreeShipping {
		v.AppliesTo = coupon.AppliesTo{SkipDiscounted: rapid.Bool().Draw(t, "skip"), Per: rapid.SampledFrom([]string{"", "unit"}).Draw(t, "per")}
	}
	if v.Type != coupon.ValueFreeShipping && v.Type != coupon.ValueItem {
		v.AppliesTo.Products = products.Draw(t, "products")
		if pick := rapid.SampledFrom([]string{"", "cheapest", "dearest"}).Draw(t, "pick"); pick != "" {
			v.AppliesTo.Pick, v.AppliesTo.Quantity = pick, rapid.Int64Range(1, 6).Draw(t, "units")
		}
	}
	return v
}

func discount(d *desk, v coupon.Value) coupon.TermsDoc {
	doc := coupon.TermsDoc{Value: v, Holder: coupon.Open}
	if wrong := coupon.Valid(coupon.KindDiscount, doc, coupon.Limits{}); len(wrong) > 0 {
		d.t.Fatal(wrong)
	}
	return doc
}

// on is a redemption of some codes on an order, as far as possible.
func on(o coupon.Order, codes ...string) coupon.Redeem {
	c := coupon.Redeem{Order: &o, Possible: true, Channel: coupon.ViaAPI, By: till}
	for _, code := range codes {
		c.Items = append(c.Items, coupon.Item{Fingerprints: []string{code}})
	}
	return c
}

// Whatever vouchers are applied to whatever order: the parts add up to the whole, nothing
// falls below zero, and no cap is passed.
func TestDiscountsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := newDesk(t)
		o := anyOrder(rt)
		var codes []string
		for i := range rapid.IntRange(1, 4).Draw(rt, "vouchers") {
			doc := discount(d, anyValue(rt))
			doc.Stacking.Basis = rapid.SampledFrom([]string{"", "original"}).Draw(rt, "basis")
			doc.Stacking.Priority = rapid.IntRange(0, 2).Draw(rt, "priority")
			codes = append(codes, fmt.Sprint("C", i))
			d.issue(d.campaign(coupon.KindDiscount, doc), codes[i])
		}
		if rapid.Bool().Draw(rt, "gift") {
			codes = append(codes, "GIFT")
			d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
		}
		out, err := do[coupon.Redeemed](d, on(o, codes...))
		if err != nil {
			return
		}
		addsUp(t, &o, &out)
	})
}

func addsUp(t testing.TB, o *coupon.Order, out *coupon.Redeemed) {
	p := out.Order
	same := func(what string, got, want int64) {
		if got != want {
			t.Fatalf("%s: %d, want %d in %+v", what, got, want, *p)
		}
	}
	discount, paid, shipping := int64(0), int64(0), int64(0)
	for i, l := range p.Lines {
		by := int64(0)
		for _, s := range l.By {
			by, paid = by+s.Discount, paid+s.Paid
			if s.Discount < 0 || s.Paid < 0 {
				t.Fatalf("a share below zero: %+v", s)
			}
		}
		same("shares of "+l.ID, by, l.Discount)
		same("total of "+l.ID, l.Total, o.Lines[i].Subtotal()-by)
		if l.Total < 0 {
			t.Fatalf("line %s below zero", l.ID)
		}
		discount += by
	}
	for _, s := range p.ShippingBy {
		shipping, paid = shipping+s.Discount, paid+s.Paid
	}
	same("discount", p.Discount, discount)
	same("shipping discount", p.ShippingDiscount, shipping)
	same("paid", p.Paid, paid)
	same("total", p.Total, o.Subtotal()+o.Shipping-discount-shipping)
	same("due", p.Due, p.Total-paid)
	if p.Due < 0 || p.ShippingDiscount > o.Shipping {
		t.Fatalf("below zero: %+v", *p)
	}
	given := int64(0)
	for _, v := range out.Vouchers {
		given += v.Discount + v.Paid
		if v.Discount+v.Paid > v.Wanted || v.Reason == "" && v.Discount+v.Paid == 0 {
			t.Fatalf("a voucher gives %d of %d wanted (%q)", v.Discount+v.Paid, v.Wanted, v.Reason)
		}
	}
	same("what the vouchers give", given, discount+shipping+paid)
	for _, r := range out.Redemptions {
		given -= r.Money.Minor
	}
	same("what the redemptions say", given, 0)
}

// given is what a voucher of a value takes off an order.
func given(d *desk, o coupon.Order, v coupon.Value) int64 {
	code := d.NewID("code")
	d.issue(d.campaign(coupon.KindDiscount, discount(d, v)), code)
	out, err := do[coupon.Redeemed](d, on(o, code))
	if err != nil {
		return 0
	}
	return out.Vouchers[0].Discount
}

func TestAMoreGenerousVoucherNeverGivesLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d, o, less := newDesk(t), anyOrder(rt), anyValue(rt)
		more := less
		step := rapid.Int64Range(1, 500).Draw(rt, "step")
		switch less.Type {
		case coupon.ValueAmount:
			m := sgd(less.Money.Minor + step)
			more.Money = &m
		case coupon.ValuePercent:
			more.BasisPoints = min(money.Whole, less.BasisPoints+money.BasisPoints(step))
		case coupon.ValueFixedPrice:
			m := sgd(max(1, less.Price.Minor-step))
			more.Price = &m
		case coupon.ValueItem:
			if less.Buy != nil { // given as often as it fits, a larger gift may come less often, and be of cheaper units
				less.AppliesTo.Per = ""
			}
			more = less
			get := *less.Get
			get.Quantity++
			more.Get = &get
		}
		if less.Max != nil {
			m := sgd(less.Max.Minor + step)
			more.Max = &m
		}
		if a, b := given(d, o, less), given(d, o, more); b < a {
			rt.Fatalf("%+v gives %d, %+v only %d", less, a, more, b)
		}
	})
}

func TestTheOrderOfTheLinesDecidesOnlyTies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d, o, v := newDesk(t), anyOrder(rt), anyValue(rt)
		other := o
		other.Lines = rapid.Permutation(slices.Clone(o.Lines)).Draw(rt, "lines")
		if a, b := given(d, o, v), given(d, other, v); a != b {
			rt.Fatalf("%+v gives %d, or %d", v, a, b)
		}
	})
}

func TestOrdersThatAreRefused(t *testing.T) {
	t.Parallel()
	good := coupon.Line{ID: "l1", Quantity: 1, UnitPrice: 100}
	for _, c := range []struct {
		name, field string
		change      func(o *coupon.Order)
	}{
		{"no lines", "order.lines", func(o *coupon.Order) { o.Lines = nil }},
		{"a price below zero", "order.lines[1].unit_price", func(o *coupon.Order) { o.Lines[1].UnitPrice = -1 }},
		{"no units", "order.lines[1].quantity", func(o *coupon.Order) { o.Lines[1].Quantity = 0 }},
		{"too many units", "order.lines[1].quantity", func(o *coupon.Order) { o.Lines[1].Quantity = 1_000_001 }},
		{"more than can be counted", "order.lines[1].unit_price", func(o *coupon.Order) { o.Lines[1].Quantity, o.Lines[1].UnitPrice = 1_000_000, 1_000_000_000_000 }},
		{"an id twice", "order.lines[1].id", func(o *coupon.Order) { o.Lines[1].ID = "l1" }},
		{"no id", "order.lines[1].id", func(o *coupon.Order) { o.Lines[1].ID = "" }},
		{"no currency", "order.currency", func(o *coupon.Order) { o.Currency = "XYZ" }},
		{"points are no currency", "order.currency", func(o *coupon.Order) { o.Currency = "unit:points" }},
		{"shipping below zero", "order.shipping", func(o *coupon.Order) { o.Shipping = -1 }},
		{"a fraction among the metadata", "order.metadata.weight", func(o *coupon.Order) { o.Metadata = coupon.Facts{"weight": 1.5} }},
		{"a list among the metadata", "order.metadata.list", func(o *coupon.Order) { o.Metadata = coupon.Facts{"list": []any{}} }},
		{"10,001 lines", "order.lines[10000]", func(o *coupon.Order) {
			for i := range 10_001 {
				o.Lines = append(o.Lines[:i], coupon.Line{ID: fmt.Sprint(i), Quantity: 1, UnitPrice: 1})
			}
		}},
	} {
		o := coupon.Order{Currency: "SGD", Lines: []coupon.Line{good, {ID: "l2", Quantity: 1, UnitPrice: 100}}}
		wants(t, "as it was", len(o.Valid()), 0)
		c.change(&o)
		if f := o.Valid(); f[c.field] == "" {
			t.Errorf("%s: %v names no %s", c.name, f, c.field)
		}
	}
}

// An order of 1,000 lines with 30 codes is to be worked out in under 10 ms.
func BenchmarkALargeOrder(b *testing.B) {
	d := newDesk(b)
	o := coupon.Order{Currency: "SGD", Shipping: 500}
	for i := range 1000 {
		o.Lines = append(o.Lines, coupon.Line{ID: fmt.Sprint("l", i), Product: fmt.Sprint("p", i%50), Collections: []string{"shoes", "summer"}, Quantity: int64(1 + i%4), UnitPrice: int64(100 + i)})
	}
	var codes []string
	for i := range 30 {
		v := coupon.Value{Type: coupon.ValuePercent, BasisPoints: 100, AppliesTo: coupon.AppliesTo{Collections: []string{"summer"}}}
		codes = append(codes, fmt.Sprint("C", i))
		d.issue(d.campaign(coupon.KindDiscount, with(discount(d, v), func(doc *coupon.TermsDoc) { doc.PerVoucher = 0 })), codes[i])
	}
	b.ResetTimer()
	for range b.N {
		must[coupon.Redeemed](d, on(o, codes...))
	}
}

func TestALongListOfProductsMatchesLikeAShortOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	names := []string{"hats"}
	for i := range 20 {
		names = append(names, fmt.Sprint("other ", i))
	}
	for _, to := range []coupon.AppliesTo{{Collections: names[:1]}, {Collections: names}, {Products: append(names, "hat")}} {
		v := coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000, AppliesTo: to}
		wants(t, fmt.Sprint(len(to.Collections), len(to.Products)), given(d, cart(), v), 200)
	}
}
