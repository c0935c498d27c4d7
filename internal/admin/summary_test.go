package admin_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/admin"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

func sgd(minor int64) *money.Amount { return &money.Amount{Minor: minor, Asset: "SGD"} }

func TestSummaryOfValues(t *testing.T) {
	t.Parallel()
	org := coupon.Organisation{TimeZone: "Asia/Singapore", Currency: "SGD"}

	for want, v := range map[string]coupon.Value{
		"10 % off the order": {Type: coupon.ValuePercent, BasisPoints: 1000},
		"12.5 % off shoes, p1 and shipping, at most SGD 20.00":  {},
		"SGD 5.00 off the order":                                {Type: coupon.ValueAmount, Money: sgd(500)},
		"SGD 3.00 off each unit of bottle":                      {Type: coupon.ValueAmount, Money: sgd(300), AppliesTo: coupon.AppliesTo{Products: []string{"bottle"}, Per: coupon.PerUnit}},
		"SGD 3.00 off each of the cheapest 2 units":             {Type: coupon.ValueAmount, Money: sgd(300), AppliesTo: coupon.AppliesTo{Pick: coupon.PickCheapest, Quantity: 2, Per: coupon.PerUnit}},
		"50 % off the dearest unit of hats":                     {Type: coupon.ValuePercent, BasisPoints: 5000, AppliesTo: coupon.AppliesTo{Collections: []string{"hats"}, Pick: coupon.PickDearest, Quantity: 1}},
		"50 % off shipping":                                     {Type: coupon.ValuePercent, BasisPoints: 5000, AppliesTo: coupon.AppliesTo{Scope: coupon.ScopeShipping}},
		"10 % off every line, not what is reduced already":      {Type: coupon.ValuePercent, BasisPoints: 1000, AppliesTo: coupon.AppliesTo{Scope: coupon.ScopeLines, SkipDiscounted: true}},
		"Free shipping":                                         {Type: coupon.ValueFreeShipping},
		"Free shipping, at most SGD 4.00":                       {Type: coupon.ValueFreeShipping, Max: sgd(400)},
		"Mug for SGD 7.00 each":                                 {Type: coupon.ValueFixedPrice, Price: sgd(700), AppliesTo: coupon.AppliesTo{Products: []string{"mug"}}},
		"1 unit of cup free":                                    {Type: coupon.ValueItem, Get: &coupon.ItemSet{Quantity: 1, Products: []string{"cup"}}},
		"Buy 2 units, get 1 unit free as often as it fits":      {Type: coupon.ValueItem, Buy: &coupon.ItemSet{Quantity: 2}, Get: &coupon.ItemSet{Quantity: 1}, AppliesTo: coupon.AppliesTo{Per: coupon.PerUnit}},
		"Buy 1 unit of printer, get 2 units of ink at 50 % off": {Type: coupon.ValueItem, Buy: &coupon.ItemSet{Quantity: 1, Products: []string{"printer"}}, Get: &coupon.ItemSet{Quantity: 2, Collections: []string{"ink"}, BasisPoints: 5000}},
		"2 units of ink for SGD 1.00 each":                      {Type: coupon.ValueItem, Get: &coupon.ItemSet{Quantity: 2, Collections: []string{"ink"}, Price: sgd(100)}},
		"Package starter":                                       {Type: coupon.ValuePackage, Package: "starter"},
	} {
		if v.Type == "" {
			v = coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1250, Max: sgd(2000), AppliesTo: coupon.AppliesTo{Scope: coupon.ScopeOrderAndShipping, Collections: []string{"shoes"}, Products: []string{"p1"}}}
		}
		if got := admin.Summary(org, coupon.KindDiscount, coupon.TermsDoc{Value: v, Holder: coupon.Open}, coupon.Limits{}); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestSummaryOfRules(t *testing.T) {
	t.Parallel()
	org := coupon.Organisation{TimeZone: "Asia/Singapore", Currency: "SGD"}
	ends := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	noon := time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)
	ten := coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000, Max: sgd(2000), AppliesTo: coupon.AppliesTo{Collections: []string{"shoes"}}}
	for _, c := range []struct {
		want string
		doc  coupon.TermsDoc
		l    coupon.Limits
	}{
		{"once per customer, until 31 Dec 2026 23:59 Asia/Singapore", coupon.TermsDoc{Validity: coupon.Validity{ExpiresAt: &ends}}, coupon.Limits{PerCustomer: 1}},
		{"from 1 Dec 2026 12:00 until 31 Dec 2026 23:59 Asia/Singapore", coupon.TermsDoc{Validity: coupon.Validity{StartsAt: &noon, ExpiresAt: &ends}}, coupon.Limits{}},
		{"until 1 Dec 2026 12:00 Asia/Singapore", coupon.TermsDoc{Validity: coupon.Validity{ExpiresAt: &noon}}, coupon.Limits{}},
		{"from 1 day after issue until 30 days after issue", coupon.TermsDoc{Validity: coupon.Validity{StartsAfterDays: 1, ExpiresAfterDays: 30}}, coupon.Limits{}},
		{"each code once, 3 times a day, 100 times in all, until SGD 500.00 are given, 40 vouchers at most", coupon.TermsDoc{PerVoucher: 1}, coupon.Limits{PerDay: 3, Total: 100, Budget: sgd(50000), Allocation: 40}},
		{"on orders of SGD 50.00 or more, for 3 units or more, on a customer's first order, for VIP, for 2 customers by name, in the channel web, at 1 location", coupon.TermsDoc{Conditions: coupon.Conditions{
			MinSubtotal: sgd(5000), MinQuantity: 3, FirstOrder: true, CustomerGroups: []string{"VIP"}, Customers: []coupon.CustomerID{"cus_1", "cus_2"}, Channels: []string{"web"}, Locations: []coupon.LocationID{"loc_1"},
		}}, coupon.Limits{}},
		{"on Mon, Tue 09:00 to 24:00, daily 18:00 to 02:00 Asia/Tokyo", coupon.TermsDoc{Conditions: coupon.Conditions{Windows: []coupon.Window{{Days: []string{"mon", "tue"}, From: "09:00"}, {From: "18:00", To: "02:00", TimeZone: "Asia/Tokyo"}}}}, coupon.Limits{}},
		{"not with other discounts, only for the code's holder", coupon.TermsDoc{Stacking: coupon.Stacking{Exclusive: true}, Holder: coupon.Assigned}, coupon.Limits{}},
		{"only with item and shipping discounts, for whoever uses it first", coupon.TermsDoc{Stacking: coupon.Stacking{CombinesWith: []coupon.Class{coupon.ClassItem, coupon.ClassShipping}}, Holder: coupon.Bearer}, coupon.Limits{}},
		{"if subtotal is at least SGD 80.00 and (member is true or tier is one of gold, silver) and not (units is above 9), if an expert condition holds", coupon.TermsDoc{Conditions: coupon.Conditions{Expert: "true", Rule: &coupon.Rule{All: []coupon.Rule{
			{Fact: "order.subtotal", Op: coupon.OpAtLeast, Value: int64(8000)}, {Any: []coupon.Rule{{Fact: "metadata.member", Op: coupon.OpIs, Value: true}, {Fact: "customer.metadata.tier", Op: coupon.OpOneOf, Value: []any{"gold", "silver"}}}},
			{Not: &coupon.Rule{Fact: "order.quantity", Op: coupon.OpAbove, Value: int64(9)}},
		}}}}, coupon.Limits{}},
	} {
		c.doc.Value = ten
		if c.doc.Holder == "" {
			c.doc.Holder = coupon.Open
		}
		if got, want := admin.Summary(org, coupon.KindDiscount, c.doc, c.l), "10 % off shoes, at most SGD 20.00, "+c.want; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
