package coupon_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// definition is a campaign as a door hands it in.
type definition struct {
	kind   coupon.Kind
	doc    coupon.TermsDoc
	limits coupon.Limits
}

// validCases spoil one thing of a sound definition of a discount of 10 %.
var validCases = []struct {
	name  string
	spoil func(d *definition)
	field string
}{
	{"nothing", func(*definition) {}, ""},
	{"an unknown kind", func(d *definition) { d.kind = "ticket" }, "kind"},
	{"an unknown policy", func(d *definition) { d.doc.Holder = "mine" }, "holder_policy"},
	{"an unknown value", func(d *definition) { d.doc.Value.Type = "luck" }, "value.type"},
	// F60: percentages from 0.01 to 100.
	{"0 %", func(d *definition) { d.doc.Value.BasisPoints = 0 }, "value.basis_points"},
	{"100 %", func(d *definition) { d.doc.Value.BasisPoints = 10_000 }, ""},
	{"100.01 %", func(d *definition) { d.doc.Value.BasisPoints = 10_001 }, "value.basis_points"},
	{"-1 %", func(d *definition) { d.doc.Value.BasisPoints = -100 }, "value.basis_points"},
	{"an amount off of nothing said", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValueAmount} }, "value.money"},
	{"a refill coupon whose batches say the amount", func(d *definition) { d.kind, d.doc.Value = coupon.KindRefill, coupon.Value{Type: coupon.ValueAmount} }, ""},
	{"an amount of nothing", func(d *definition) { d.doc.Value = worth(sgd(0)) }, "value.money"},
	{"the largest amount", func(d *definition) { d.doc.Value = worth(sgd(coupon.MaxValue)) }, ""},
	{"an amount that is too large", func(d *definition) { d.doc.Value = worth(sgd(coupon.MaxValue + 1)) }, "value.money"},
	{"too many units", func(d *definition) {
		d.doc.Value = coupon.Value{Type: coupon.ValueUnits, Units: coupon.MaxValue + 1, Unit: "POINTS"}
	}, "value.units"},
	{"a budget is a sum", func(d *definition) { d.limits.Budget = new(sgd(money.MaxMinor)) }, ""},
	{"a budget that is too large", func(d *definition) { d.limits.Budget = new(sgd(money.MaxMinor + 1)) }, "limits.budget"},
	{"an amount in no currency", func(d *definition) { d.doc.Value = worth(money.Amount{Minor: 1, Asset: "XYZ1"}) }, "value.money"},
	{"a maximum below nothing", func(d *definition) { d.doc.Value.Max = new(sgd(-1)) }, "value.max"},
	{"no units", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValueUnits, Unit: "POINTS"} }, "value.units"},
	{"units of nothing", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValueUnits, Units: 1} }, "value.unit"},
	{"units", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValueUnits, Units: 1, Unit: "POINTS"} }, ""},
	{"no package", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValuePackage} }, "value.package"},
	{"no price", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValueFixedPrice} }, "value.price"},
	{"no item", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValueItem} }, "value.get"},
	{"an item", func(d *definition) {
		d.doc.Value = coupon.Value{Type: coupon.ValueItem, Get: &coupon.ItemSet{Quantity: 1}}
	}, ""},
	{"free shipping", func(d *definition) { d.doc.Value = coupon.Value{Type: coupon.ValueFreeShipping} }, ""},
	{"a percentage that is drawn down", func(d *definition) { d.doc.Drawdown = true }, "drawdown"},
	{"uses below none", func(d *definition) { d.doc.PerVoucher = -1 }, "limits.per_voucher"},
	{"a total below none", func(d *definition) { d.limits.Total = -1 }, "limits.total"},
	{"a limit per customer below none", func(d *definition) { d.limits.PerCustomer = -1 }, "limits.per_customer"},
	{"a limit per day below none", func(d *definition) { d.limits.PerDay = -1 }, "limits.per_day"},
	{"an allocation below none", func(d *definition) { d.limits.Allocation = -1 }, "limits.allocation"},
	{"a budget of nothing", func(d *definition) { d.limits.Budget = new(sgd(0)) }, "limits.budget"},
	{"a minimum of nothing", func(d *definition) { d.doc.Conditions.MinSubtotal = new(sgd(0)) }, "conditions.min_subtotal"},
	{"a start after the expiry", func(d *definition) {
		d.doc.Validity.StartsAt, d.doc.Validity.ExpiresAt = new(noon.Add(day)), new(noon)
	}, "validity.starts_at"},
	{"a start in minus one day", func(d *definition) { d.doc.Validity.StartsAfterDays = -1 }, "validity.starts_after_days"},
	{"an expiry in two hundred years", func(d *definition) { d.doc.Validity.ExpiresAfterDays = 73000 }, "validity.expires_after_days"},
	{"an eighth day", func(d *definition) { d.window(coupon.Window{Days: []string{"day"}}) }, "conditions.windows"},
	{"a 25th hour", func(d *definition) { d.window(coupon.Window{From: "25:00"}) }, "conditions.windows"},
	{"an hour of one digit, which would not compare", func(d *definition) { d.window(coupon.Window{From: "9:00"}) }, "conditions.windows"},
	{"the end of the day", func(d *definition) { d.window(coupon.Window{To: "24:00"}) }, ""},
	{"a zone nobody knows", func(d *definition) { d.window(coupon.Window{TimeZone: "Moon/Tycho"}) }, "conditions.windows"},
}

func (d *definition) window(w coupon.Window) { d.doc.Conditions.Windows = []coupon.Window{w} }

func TestValid(t *testing.T) {
	t.Parallel()
	for _, c := range validCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := definition{coupon.KindDiscount, tenOff, coupon.Limits{}}
			c.spoil(&d)
			f := coupon.Valid(d.kind, d.doc, d.limits)
			if c.field == "" && len(f) > 0 || c.field != "" && (len(f) != 1 || f[c.field] == "") {
				t.Errorf("got %v, want %q", f, c.field)
			}
		})
	}
}

func TestDefault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		kind      coupon.Kind
		per       *int64
		unlimited bool
		drawdown  *bool
		want      coupon.TermsDoc
	}{
		{"a coupon is single use and assigned", coupon.KindCoupon, nil, false, nil, coupon.TermsDoc{Holder: coupon.Assigned, PerVoucher: 1}},
		{"a gift voucher is drawn down by its bearer", coupon.KindGift, nil, false, nil, coupon.TermsDoc{Holder: coupon.Bearer, Drawdown: true}},
		{"its balance decides, not uses", coupon.KindGift, new(int64(3)), false, nil, coupon.TermsDoc{Holder: coupon.Bearer, Drawdown: true}},
		{"a gift voucher that is used in full", coupon.KindGift, nil, false, new(false), coupon.TermsDoc{Holder: coupon.Bearer, PerVoucher: 1}},
		{"a refill coupon", coupon.KindRefill, nil, false, nil, coupon.TermsDoc{Holder: coupon.Bearer, PerVoucher: 1}},
		{"an E-PIN that keeps a rest", coupon.KindEPin, nil, false, new(true), coupon.TermsDoc{Holder: coupon.Bearer, Drawdown: true}},
		{"a discount code is anybody's", coupon.KindDiscount, nil, false, nil, coupon.TermsDoc{Holder: coupon.Open, PerVoucher: 1}},
		{"five uses", coupon.KindDiscount, new(int64(5)), false, nil, coupon.TermsDoc{Holder: coupon.Open, PerVoucher: 5}},
		{"no limit of uses", coupon.KindDiscount, nil, true, nil, coupon.TermsDoc{Holder: coupon.Open}},
	} {
		var d coupon.TermsDoc
		d.Default(c.kind, c.per, c.unlimited, c.drawdown)
		wants(t, c.name, d, c.want)
	}
	kept := coupon.TermsDoc{Holder: coupon.Claimable}
	kept.Default(coupon.KindDiscount, nil, false, nil)
	wants(t, "what was said stays", kept.Holder, coupon.Claimable)
}

// A comparison that can never hold, or always does, is a mistake.
func TestARuleComparesWhatCanBeCompared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule coupon.Rule
		ok   bool
	}{
		{coupon.Rule{Fact: "metadata.tier", Op: "ne", Value: int64(5)}, true},
		{coupon.Rule{Fact: "metadata.tier", Op: "eq", Value: "gold"}, true},
		{coupon.Rule{Fact: "customer.metadata.tier", Op: "ne", Value: int64(5)}, false},
		{coupon.Rule{Fact: "customer.metadata.member", Op: "eq", Value: true}, false},
		{coupon.Rule{Fact: "customer.metadata.member", Op: "exists", Value: true}, true},
		{coupon.Rule{Fact: "customer.language", Op: "in", Value: []any{"en", "zh"}}, true},
		{coupon.Rule{Fact: "order.quantity", Op: "ne", Value: "many"}, false},
		{coupon.Rule{Fact: "order.quantity", Op: "gte", Value: int64(2)}, true},
		{coupon.Rule{Fact: "order.subtotal", Op: "in", Value: []any{"100"}}, false},
		{coupon.Rule{Fact: "order.currency", Op: "eq", Value: int64(1)}, false},
	} {
		doc := tenOff
		doc.Conditions.Rule = &c.rule
		if wrong := coupon.Valid(coupon.KindDiscount, doc, coupon.Limits{})["conditions.rule"]; (wrong == "") != c.ok {
			t.Errorf("%+v: %q", c.rule, wrong)
		}
	}
}

// What would be left unheeded is refused: a campaign gives no more than it says.
func TestAValueIsNarrowedWhereItCanBe(t *testing.T) {
	t.Parallel()
	shoes := coupon.AppliesTo{Collections: []string{"shoes"}}
	free := coupon.Value{Type: coupon.ValueFreeShipping}
	item := coupon.Value{Type: coupon.ValueItem, Get: &coupon.ItemSet{Quantity: 1}}
	for _, c := range []struct {
		kind  coupon.Kind
		value coupon.Value
		to    coupon.AppliesTo
		field string
	}{
		{coupon.KindDiscount, worth(sgd(100)), shoes, ""},
		{coupon.KindDiscount, free, coupon.AppliesTo{}, ""},
		{coupon.KindDiscount, free, shoes, "value.applies_to.scope"},
		{coupon.KindDiscount, free, coupon.AppliesTo{SkipDiscounted: true}, "value.applies_to.scope"},
		{coupon.KindDiscount, item, coupon.AppliesTo{Per: "unit", SkipDiscounted: true}, ""},
		{coupon.KindDiscount, item, shoes, "value.applies_to"},
		{coupon.KindDiscount, item, coupon.AppliesTo{Pick: "dearest", Quantity: 1}, "value.applies_to"},
		{coupon.KindGift, worth(sgd(100)), coupon.AppliesTo{Scope: "order"}, ""},
		{coupon.KindGift, worth(sgd(100)), shoes, "value.applies_to"},
	} {
		doc := coupon.TermsDoc{Value: c.value, Holder: coupon.Open}
		doc.Value.AppliesTo = c.to
		wrong := coupon.Valid(c.kind, doc, coupon.Limits{})
		if c.field == "" && len(wrong) > 0 || c.field != "" && wrong[c.field] == "" {
			t.Errorf("%s %s %+v: %v", c.kind, c.value.Type, c.to, wrong)
		}
	}
}
