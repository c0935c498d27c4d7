package admin

import (
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// discountInput turns the form into a campaign; before is the campaign until now, the zero
// value for a new one. What it cannot read it names in bad; the domain judges the rest.
func (v *visit) discountInput(bad fault.Fields, t filled, before coupon.CampaignView) app.CampaignInput {
	asset := v.assetOf(before)
	in := v.campaignRules(bad, readCampaign(t), before)
	in.Kind, in.Value = coupon.KindDiscount, discountValue(bad, t, asset, before.Doc.Value)
	v.readConditions(bad, t, asset, in.Conditions)
	in.Stacking = readStacking(bad, t)
	in.Drawdown = &before.Doc.Drawdown
	uses := wholeNumber(bad, "per_voucher", t.Text("per_voucher"))
	in.PerVoucher, in.Unlimited = &uses, uses == 0
	code := before.Code
	code.Prefix, code.Alphabet, code.Length = t.Text("prefix"), t.Text("alphabet"), int(wholeNumber(bad, "length", t.Text("length")))
	if !before.Code.Check && before.ID == "" {
		code.Check = true
	}
	in.Code, in.Metadata = &code, t.pairs(bad, "metadata")
	return in
}

// assetOf is the currency of a campaign's amounts: the organisation's for a new one.
func (v *visit) assetOf(c coupon.CampaignView) money.Asset {
	for _, m := range []*money.Amount{c.Doc.Value.Money, c.Doc.Value.Price, c.Doc.Value.Max, c.Doc.Conditions.MinSubtotal, c.Limits.Budget} {
		if m != nil {
			return m.Asset
		}
	}
	return v.currency()
}

func discountValue(bad fault.Fields, t filled, asset money.Asset, before coupon.Value) *coupon.Value {
	out := &coupon.Value{Type: coupon.ValueType(t.Text("value")), Max: t.money(bad, "max", asset)}
	to := coupon.AppliesTo{SkipDiscounted: t.Has("skip_discounted")}
	if t.Text("per") == coupon.PerUnit {
		to.Per = coupon.PerUnit
	}
	switch out.Type {
	case coupon.ValueAmount:
		out.Money, out.AppliesTo = t.money(bad, "amount", asset), readApplies(bad, t, to)
	case coupon.ValuePercent:
		to.Per = ""
		out.BasisPoints, out.AppliesTo = percentTyped(bad, t.Text("percent")), readApplies(bad, t, to)
	case coupon.ValueFixedPrice:
		to.Per = ""
		out.Price, out.AppliesTo = t.money(bad, "price", asset), readApplies(bad, t, to)
	case coupon.ValueItem:
		out.AppliesTo = to
		readItems(bad, t, asset, out)
	case coupon.ValueFreeShipping:
	default:
		if out.Type == before.Type { // made through the API, and kept
			return &before
		}
	}
	return out
}

func readApplies(bad fault.Fields, t filled, to coupon.AppliesTo) coupon.AppliesTo {
	to.Scope, to.Pick = t.Text("scope"), t.Text("pick")
	to.Products, to.Collections = t.names("products"), t.names("collections")
	if to.Pick != "" {
		to.Quantity = wholeNumber(bad, "pick_quantity", t.Text("pick_quantity"))
	}
	return to
}

func readItems(bad fault.Fields, t filled, asset money.Asset, out *coupon.Value) {
	set := func(side string) *coupon.ItemSet {
		return &coupon.ItemSet{Products: t.names(side + "_products"), Collections: t.names(side + "_collections"), Quantity: wholeNumber(bad, side+"_quantity", t.Text(side+"_quantity"))}
	}
	out.Get = set("get")
	switch t.Text("get_deal") {
	case "percent":
		rate, err := money.ParsePercent(t.Text("get_percent"))
		if err != nil {
			bad["get_percent"] = fault.Of(err).Msg
		}
		out.Get.BasisPoints = rate
	case "price":
		if out.Get.Price = t.money(bad, "get_price", asset); out.Get.Price == nil {
			bad["get_price"] = "Say the price."
		}
	}
	if t.Text("buy_quantity") != "" {
		out.Buy = set("buy")
	}
}

func (v *visit) readConditions(bad fault.Fields, t filled, asset money.Asset, c *coupon.Conditions) {
	c.MinSubtotal, c.MinQuantity = t.money(bad, "min_subtotal", asset), wholeNumber(bad, "min_quantity", t.Text("min_quantity"))
	c.FirstOrder, c.Channels, c.CustomerGroups = t.Has("first_order"), t.names("channels"), t.names("customer_groups")
	c.Expert = strings.TrimSpace(t.Raw("expert"))
	c.Customers = nil
	for _, typed := range t.names("customers") {
		found, err := v.oneCustomer("customers", typed)
		if err != nil {
			bad["customers"] = typed + ": " + fieldOr(err, "customers")
			continue
		}
		c.Customers = append(c.Customers, found.ID)
	}
	c.Windows = nil
	for i := range t["window_from"] {
		w := coupon.Window{From: t.at("window_from", i), To: t.at("window_to", i), TimeZone: t.at("window_zone", i)}
		for _, day := range weekdays() {
			if t.marked("window_days", i, day) {
				w.Days = append(w.Days, day)
			}
		}
		c.Windows = append(c.Windows, w)
	}
	c.Rule = t.readRule(bad, asset, c.Rule)
}

// fieldOr is what a fault says of a field, else what it says.
func fieldOr(err error, name string) string {
	f := fault.Of(err)
	if msg := f.Fields[name]; msg != "" {
		return msg
	}
	return f.Msg
}

func weekdays() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// How a discount goes with others.
const (
	withAll   = "all"
	withSome  = "some"
	withoutIt = "alone"
)

func readStacking(bad fault.Fields, t filled) *coupon.Stacking {
	out := &coupon.Stacking{Class: coupon.Class(t.Text("class")), Basis: t.Text("basis"), Exclusive: t.Text("combines") == withoutIt}
	if s := t.Text("priority"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			bad["priority"] = "A whole number; higher goes first."
		}
		out.Priority = n
	}
	if t.Text("combines") == withSome {
		out.CombinesWith = []coupon.Class{}
		for _, c := range t.List("combines_with") {
			out.CombinesWith = append(out.CombinesWith, coupon.Class(c))
		}
	}
	return out
}

// discountDoc is the terms that a form's input comes to.
func discountDoc(in app.CampaignInput) coupon.TermsDoc {
	d := coupon.TermsDoc{Value: *in.Value, Conditions: *in.Conditions, Validity: *in.Validity, Stacking: *in.Stacking, Holder: in.Holder}
	d.Default(in.Kind, in.PerVoucher, in.Unlimited, in.Drawdown)
	return d
}

// discountFields puts the faults of the domain under the names of the form's fields.
func discountFields(f fault.Fields) fault.Fields {
	names := map[string]string{
		"value.type": "value", "value.money": "amount", "value.basis_points": "percent", "value.max": "max", "value.price": "price", "value.applies_to.scope": "scope", "value.applies_to.pick": "pick",
		"value.applies_to.quantity": "pick_quantity", "value.applies_to.per": "per", "value.applies_to.products": "products", "value.applies_to.collections": "collections",
		"value.get": "get_quantity", "value.get.basis_points": "get_percent", "value.get.price": "get_price", "value.get.products": "get_products", "value.get.collections": "get_collections",
		"value.buy": "buy_quantity", "value.buy.products": "buy_products", "value.buy.collections": "buy_collections",
		"stacking.combines_with": "combines", "code.length": "length", "code.alphabet": "alphabet", "validity.expires_at": "expires_on",
	}
	out := fault.Fields{}
	for name, msg := range fault.Of(renamedFields(&fault.Error{Fields: f})).Fields {
		switch {
		case names[name] != "":
			name = names[name]
		case strings.HasPrefix(name, "metadata"):
			name = "metadata"
		default:
			name = strings.TrimPrefix(strings.TrimPrefix(name, "conditions."), "stacking.")
		}
		out[name] = msg
	}
	return out
}
