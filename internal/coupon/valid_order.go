package coupon

import (
	"fmt"
	"slices"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// validAppliesTo checks to what part of an order a value applies.
func validAppliesTo(v Value, f fault.Fields) {
	to := v.AppliesTo
	if !slices.Contains([]string{"", ScopeOrder, ScopeLines, ScopeShipping, ScopeOrderAndShipping}, to.Scope) {
		f["value.applies_to.scope"] = "Known scopes: order, lines, shipping, order_and_shipping."
	}
	if !slices.Contains([]string{"", "all", PickCheapest, PickDearest}, to.Pick) {
		f["value.applies_to.pick"] = "Known picks: all, cheapest, dearest."
	}
	if !slices.Contains([]string{"", "order", PerUnit}, to.Per) {
		f["value.applies_to.per"] = "Per order or per unit."
	}
	picks := to.Pick == PickCheapest || to.Pick == PickDearest
	switch {
	case picks && (to.Quantity < 1 || to.Quantity > MaxQuantity):
		f["value.applies_to.quantity"] = "Say how many units, from 1 to 1,000,000."
	case !picks && to.Quantity != 0:
		f["value.applies_to.quantity"] = "A number of units goes with the cheapest or the dearest."
	}
	named := len(to.Products)+len(to.Collections) > 0
	switch shipping := to.Scope == ScopeShipping || v.Type == ValueFreeShipping; {
	case shipping && (picks || to.Per == PerUnit || to.SkipDiscounted || named):
		f["value.applies_to.scope"] = "Shipping has no products and no units."
	case v.Type == ValueItem && (picks || named):
		f["value.applies_to"] = "Which units are given and bought is said by get and buy."
	}
	if to.Scope != "" && to.Scope != ScopeShipping && v.Type == ValueFreeShipping {
		f["value.applies_to.scope"] = "Free shipping applies to shipping."
	}
	if to.Scope == ScopeShipping && (v.Type == ValueFixedPrice || v.Type == ValueItem) {
		f["value.applies_to.scope"] = "A price and items apply to lines."
	}
	validNames(f, "value.applies_to.products", to.Products)
	validNames(f, "value.applies_to.collections", to.Collections)
}

// validNames checks ids that the caller made.
func validNames(f fault.Fields, name string, list []string) {
	if len(list) > 1000 {
		f[name] = "At most 1000."
		return
	}
	for _, one := range list {
		wrongText(f, name, one, 200)
		if one == "" {
			f[name] = "An empty id fits nothing."
		}
	}
}

// validItems checks what an item value gives, and what has to be bought for it.
func validItems(v Value, f fault.Fields) {
	for name, set := range map[string]*ItemSet{"value.get": v.Get, "value.buy": v.Buy} {
		if set == nil {
			continue
		}
		if set.Quantity < 1 || set.Quantity > MaxQuantity {
			f[name] = "Say how many units of what."
		}
		if set.BasisPoints < 0 || set.BasisPoints > money.Whole {
			f[name+".basis_points"] = "Between 1 and 10000 basis points (0.01 % to 100 %)."
		}
		validMoney(set.Price, MaxValue, name+".price", f)
		validNames(f, name+".products", set.Products)
		validNames(f, name+".collections", set.Collections)
	}
	if v.Get != nil && v.Get.Price != nil && v.Get.BasisPoints > 0 {
		f["value.get.price"] = "Either a percentage off or a price."
	}
	if v.Buy != nil && (v.Buy.Price != nil || v.Buy.BasisPoints > 0) {
		f["value.buy"] = "What is bought has its own price."
	}
}

// oneCurrency refuses amounts of several currencies: no order could be right.
func oneCurrency(d TermsDoc, l Limits, f fault.Fields) {
	v := d.Value
	var is money.Asset
	amounts := []struct {
		name string
		m    *money.Amount
	}{{"value.money", v.Money}, {"value.max", v.Max}, {"value.price", v.Price}, {"conditions.min_subtotal", d.Conditions.MinSubtotal}, {"limits.budget", l.Budget}}
	if v.Get != nil {
		amounts = append(amounts, struct {
			name string
			m    *money.Amount
		}{"value.get.price", v.Get.Price})
	}
	for _, a := range amounts {
		switch {
		case a.m == nil:
		case is == "":
			is = a.m.Asset
		case a.m.Asset != is && f[a.name] == "":
			f[a.name] = fmt.Sprintf("Another amount is in %s.", is)
		}
	}
}

func validStacking(s Stacking, f fault.Fields) {
	known := func(c Class) bool { return slices.Contains(Classes(), c) }
	if s.Class != "" && !known(s.Class) {
		f["stacking.class"] = "Known classes: item, order, shipping."
	}
	if slices.ContainsFunc(s.CombinesWith, func(c Class) bool { return !known(c) }) {
		f["stacking.combines_with"] = "Known classes: item, order, shipping."
	}
	if s.Exclusive && len(s.CombinesWith) > 0 {
		f["stacking.combines_with"] = "What is exclusive combines with nothing."
	}
	if !slices.Contains([]string{"", "remaining", BasisOriginal}, s.Basis) {
		f["stacking.basis"] = "Remaining or original."
	}
	if s.Priority < -1_000_000 || s.Priority > 1_000_000 {
		f["stacking.priority"] = "Between -1,000,000 and 1,000,000."
	}
}
