package admin

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// newDiscount is the form of a campaign that nobody has begun.
func newDiscount() filled {
	t := filled{"value": {string(coupon.ValuePercent)}, "per_voucher": {"1"}, "get_quantity": {"1"}, "get_deal": {"free"}, "combines": {withAll}, "rule_join": {matchAll}}
	t.row(emptyLine()...)
	return t
}

// discountTyped is a campaign as its form shows it.
func (v *visit) discountTyped(c *coupon.CampaignView) filled {
	asset, old := v.assetOf(*c), v.campaignTypedOf(c)
	t := filled{"get_deal": {"free"}, "rule_join": {matchAll}, "locations": old.Locations}
	for name, value := range map[string]string{
		"name": c.Name, "description": c.Description, "instructions": c.Instructions, "terms": c.TermsText, "holder_policy": old.Holder, "value": old.Value, "amount": old.Amount, "percent": old.Percent,
		"per_voucher": old.Uses, "per_customer": old.PerCustomer, "total": old.Total, "per_day": old.PerDay, "allocation": old.Allocation, "budget": old.Budget,
		"starts_on": old.StartsOn, "starts_after": old.StartsAfter, "expires_on": old.ExpiresOn, "expires_after": old.ExpiresAfter,
		"prefix": c.Code.Prefix, "alphabet": c.Code.Alphabet, "length": orBlank(int64(c.Code.Length)),
	} {
		t.set(name, value)
	}
	t.writeValue(c.Doc.Value)
	t.writeConditions(c.Doc.Conditions)
	t.writeRule(c.Doc.Conditions.Rule, asset)
	t.writeStacking(c.Doc.Stacking)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(c.Metadata)) {
		lines = append(lines, name+" = "+c.Metadata[name])
	}
	t.set("metadata", strings.Join(lines, "\n"))
	t.row(emptyLine()...)
	return t
}

func (t filled) tick(name string, on bool) {
	if on {
		t[name] = []string{"1"}
	}
}

func (t filled) writeValue(v coupon.Value) {
	t.set("max", moneyWritten(v.Max))
	t.set("price", moneyWritten(v.Price))
	to := v.AppliesTo
	if to.Scope != coupon.ScopeOrder {
		t.set("scope", to.Scope)
	}
	if to.Pick != "all" {
		t.set("pick", to.Pick)
	}
	t.set("pick_quantity", orBlank(to.Quantity))
	t.set("per", to.Per)
	t.set("products", listed(to.Products))
	t.set("collections", listed(to.Collections))
	t.tick("skip_discounted", to.SkipDiscounted)
	for side, set := range map[string]*coupon.ItemSet{"get": v.Get, "buy": v.Buy} {
		if set != nil {
			t.set(side+"_quantity", orBlank(set.Quantity))
			t.set(side+"_products", listed(set.Products))
			t.set(side+"_collections", listed(set.Collections))
		}
	}
	switch {
	case v.Get == nil:
	case v.Get.Price != nil:
		t.set("get_deal", "price")
		t.set("get_price", moneyWritten(v.Get.Price))
	case v.Get.BasisPoints > 0:
		t.set("get_deal", "percent")
		t.set("get_percent", percentWritten(v.Get.BasisPoints))
	}
}

// percentWritten writes a rate for a field.
func percentWritten(rate money.BasisPoints) string {
	return strings.TrimRight(rate.Format("en"), " %\u00a0")
}

func (t filled) writeConditions(c coupon.Conditions) {
	t.set("min_subtotal", moneyWritten(c.MinSubtotal))
	t.set("min_quantity", orBlank(c.MinQuantity))
	t.tick("first_order", c.FirstOrder)
	t.set("channels", listed(c.Channels))
	t.set("customer_groups", listed(c.CustomerGroups))
	var customers []string
	for _, id := range c.Customers {
		customers = append(customers, string(id))
	}
	t.set("customers", listed(customers))
	t.set("expert", c.Expert)
	for i, w := range c.Windows {
		t.row("window_from", w.From, "window_to", w.To, "window_zone", w.TimeZone)
		for _, day := range w.Days {
			t.row("window_days", strconv.Itoa(i)+":"+day)
		}
	}
}

func (t filled) writeStacking(s coupon.Stacking) {
	t.set("class", string(s.Class))
	if s.Basis == coupon.BasisOriginal {
		t.set("basis", s.Basis)
	}
	if s.Priority != 0 {
		t.set("priority", strconv.Itoa(s.Priority))
	}
	combines := withAll
	switch {
	case s.Exclusive:
		combines = withoutIt
	case s.CombinesWith != nil:
		combines = withSome
	}
	t.set("combines", combines)
	for _, c := range s.CombinesWith {
		t.row("combines_with", string(c))
	}
}
