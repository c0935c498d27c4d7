package coupon

import (
	"sort"

	"github.com/scriphq/scrip/internal/money"
)

// What a value applies to.
const (
	ScopeOrder            = "order"
	ScopeLines            = "lines"
	ScopeShipping         = "shipping"
	ScopeOrderAndShipping = "order_and_shipping"

	PickCheapest = "cheapest"
	PickDearest  = "dearest"

	PerUnit = "unit"

	BasisOriginal = "original"
)

// discount returns what a voucher of this value takes off a basket. face is what an
// amount-off voucher is worth, minor units of the order's currency. docs/discounts.md
// states the rules with worked examples, which are tests.
func (b *basket) discount(v Value, face int64, original bool) Off {
	switch v.Type {
	case ValueFreeShipping:
		return b.capped(v, b.shipping, b.parts(AppliesTo{Scope: ScopeShipping}, original))
	case ValuePercent:
		parts := b.parts(v.AppliesTo, original)
		base, _ := sum(parts)
		return b.capped(v, share(base, v.BasisPoints), parts)
	case ValueAmount:
		parts := b.parts(v.AppliesTo, original)
		if v.AppliesTo.Per == PerUnit {
			return b.perUnit(v, parts, func(p part, _ int64) int64 { return times(face, p.units) })
		}
		return b.capped(v, face, parts)
	case ValueFixedPrice:
		return b.perUnit(v, b.parts(v.AppliesTo, original), above(v.Price.Minor))
	case ValueItem:
		return b.item(v, original)
	}
	return Off{}
}

// item gives units of a product away, or sells them at a percentage off or at a price.
func (b *basket) item(v Value, original bool) Off {
	parts := b.pick(b.gift(v), "", 0, original)
	if v.Get.Price != nil {
		return b.perUnit(v, parts, above(v.Get.Price.Minor))
	}
	rate := v.Get.BasisPoints
	if rate == 0 {
		rate = money.Whole
	}
	base, _ := sum(parts)
	return b.capped(v, share(base, rate), parts)
}

// capped gives wanted, but no more than the value's maximum and what there is.
func (b *basket) capped(v Value, wanted int64, parts []part) Off {
	left := int64(0)
	for _, p := range parts {
		if p.base > 0 {
			left += p.left
		}
	}
	given := min(wanted, left)
	if v.Max != nil {
		given = min(given, v.Max.Minor)
	}
	off := b.spread(given, parts)
	off.Wanted = wanted
	return off
}

// perUnit takes off each part what worth says of it, on its base and on what it has left.
func (b *basket) perUnit(v Value, parts []part, worth func(p part, of int64) int64) Off {
	wanted, given := int64(0), make([]part, 0, len(parts))
	for _, p := range parts {
		wanted = sumCapped(wanted, worth(p, p.base))
		n := min(worth(p, p.left), p.left)
		given = append(given, part{p.line, p.units, n, n})
	}
	off := b.capped(v, wanted, given)
	off.Wanted = wanted
	return off
}

// above returns what units cost more than price each.
func above(price int64) func(p part, of int64) int64 {
	return func(p part, of int64) int64 { return max(0, of-times(price, p.units)) }
}

// share is basis points of an amount, rounded half away from zero.
func share(of int64, rate money.BasisPoints) int64 {
	return portion(of, int64(rate), int64(money.Whole))
}

// gift returns the units that an item value gives: the cheapest of those that match, once
// or, per unit, as often as enough was bought. What counts as bought is not given away:
// first units that could not be given, then the dearest.
func (b *basket) gift(v Value) []pile {
	get := b.matching(nil, AppliesTo{Products: v.Get.Products, Collections: v.Get.Collections, SkipDiscounted: v.AppliesTo.SkipDiscounted})
	if v.Buy == nil && v.AppliesTo.Per != PerUnit {
		return b.first(get, v.Get.Quantity, false)
	}
	if v.Buy == nil {
		return get
	}
	buy := b.matching(nil, AppliesTo{Products: v.Buy.Products, Collections: v.Buy.Collections})
	both, only, free := overlap(buy, get)
	bought := only + unitsOf(both)
	// enough reports whether n times as much was bought as one gift takes, with a unit
	// left to give for the nth. It is so up to some n, and for none above.
	enough := func(n int64) bool {
		need := times(n, v.Buy.Quantity)
		return bought >= need && free+unitsOf(both)-max(0, need-only) > times(n-1, v.Get.Quantity)
	}
	n := int64(0)
	switch {
	case v.AppliesTo.Per == PerUnit:
		n = int64(sort.Search(int(bought), func(i int) bool { return !enough(int64(i) + 1) }))
	case enough(1):
		n = 1
	}
	return b.first(b.without(get, both, max(0, n*v.Buy.Quantity-only)), times(n, v.Get.Quantity), false)
}

// overlap returns the piles in both lists, and how many units are in one of them only.
// Both are in the order of the lines.
func overlap(buy, get []pile) (both []pile, onlyBuy, onlyGet int64) {
	inGet := make(map[int]bool, len(get))
	for _, p := range get {
		inGet[p.line] = true
	}
	for _, p := range buy {
		if inGet[p.line] {
			both = append(both, p)
		} else {
			onlyBuy += p.units
		}
	}
	return both, onlyBuy, unitsOf(get) - unitsOf(both)
}

// without takes the n dearest units of some piles out of a list.
func (b *basket) without(list, some []pile, n int64) []pile {
	bought := map[int]int64{}
	for _, p := range b.first(some, n, true) {
		bought[p.line] = p.units
	}
	out := make([]pile, 0, len(list))
	for _, p := range list {
		out = append(out, pile{p.line, p.units - bought[p.line]})
	}
	return out
}

func unitsOf(list []pile) int64 {
	n := int64(0)
	for _, p := range list {
		n += p.units
	}
	return n
}
