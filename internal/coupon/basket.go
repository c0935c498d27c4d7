package coupon

import (
	"slices"

	"github.com/scriphq/scrip/internal/money"
)

// basket is an order while vouchers are applied to it, one after the other: what is left
// to pay of each line and of shipping, in minor units.
type basket struct {
	order    *Order
	left     []int64
	shipping int64
	room     room
}

// room is where a basket works out one voucher after the other, used again for each.
type room struct {
	piles       []pile
	parts, open []part
	weights     []int64
}

func newBasket(o *Order) *basket {
	b := &basket{order: o, left: make([]int64, len(o.Lines)), shipping: o.Shipping}
	for i := range o.Lines {
		b.left[i] = o.Lines[i].Subtotal()
	}
	return b
}

// Off is what one voucher takes off an order: by discount, or by paying. Minor units.
type Off struct {
	Wanted   int64   // what it would give if nothing capped it, at most money.MaxMinor
	Given    int64   // Σ Lines + Shipping
	Lines    []int64 // by the index of the line; nil when no line gets any
	Shipping int64
}

// take makes the basket cheaper by what a voucher gives.
func (b *basket) take(o Off) {
	for i, n := range o.Lines {
		b.left[i] -= n
	}
	b.shipping -= o.Shipping
}

// due is what is left to pay.
func (b *basket) due() int64 {
	sum := b.shipping
	for _, n := range b.left {
		sum += n
	}
	return sum
}

// part is what a value applies to: units of one line, or shipping. Base is what they cost
// on the voucher's basis, left what there is to take off.
type part struct {
	line       int // shippingPart, or the index of the line
	units      int64
	base, left int64
}

const shippingPart = -1

// parts returns what a value applies to. original measures on the prices before any
// voucher. With a pick, the cheapest or dearest units are chosen, of one price in the
// order of the lines. Shipping comes with lines only where it comes with any. The list
// holds until the next voucher's.
func (b *basket) parts(to AppliesTo, original bool) []part {
	var list []part
	if to.Scope != ScopeShipping {
		b.room.piles = b.matching(b.room.piles[:0], to)
		list = b.pick(b.room.piles, to.Pick, to.Quantity, original)
	}
	if to.Scope == ScopeShipping || to.Scope == ScopeOrderAndShipping && len(list) > 0 {
		p := part{line: shippingPart, units: 1, base: b.shipping, left: b.shipping}
		if original {
			p.base = b.order.Shipping
		}
		list = append(list, p)
	}
	return list
}

// pile is some units of a line.
type pile struct {
	line  int
	units int64
}

// matching adds the lines that a value applies to, with all their units, to a list.
func (b *basket) matching(list []pile, to AppliesTo) []pile {
	among := among{namesOf(to.Products), namesOf(to.Collections)}
	for i := range b.order.Lines {
		l := &b.order.Lines[i]
		if among.has(l) && !(to.SkipDiscounted && l.Discounted) {
			list = append(list, pile{i, l.Quantity})
		}
	}
	return list
}

// among are the lines of one of the products (by product id or SKU) or in one of the
// collections; without any of both, every line.
type among struct{ products, collections names }

func (a *among) has(l *Line) bool {
	if len(a.products.list)+len(a.collections.list) == 0 {
		return true
	}
	if a.products.list != nil && (l.Product != "" && a.products.has(l.Product) || l.SKU != "" && a.products.has(l.SKU)) {
		return true
	}
	for _, c := range l.Collections {
		if a.collections.has(c) {
			return true
		}
	}
	return false
}

// names is a list that names are looked up in. It may be long: so may the order be.
type names struct {
	list []string
	set  map[string]bool // of a long one
}

func namesOf(list []string) names {
	n := names{list: list}
	if len(list) > 8 {
		n.set = make(map[string]bool, len(list))
		for _, s := range list {
			n.set[s] = true
		}
	}
	return n
}

func (n *names) has(s string) bool {
	if n.set != nil {
		return n.set[s]
	}
	for _, one := range n.list {
		if one == s {
			return true
		}
	}
	return false
}

// pick makes parts of the n cheapest or dearest units of some lines, or of all of them.
func (b *basket) pick(from []pile, which string, n int64, original bool) []part {
	dearest := which == PickDearest
	if which == PickCheapest || dearest {
		from = b.first(from, n, dearest)
	}
	list := slices.Grow(b.room.parts[:0], len(from)+1) // shipping may come with them
	for _, p := range from {
		l := &b.order.Lines[p.line]
		one := part{line: p.line, units: p.units, left: someOf(b.left[p.line], p.units, l.Quantity, dearest)}
		one.base = one.left
		if original {
			one.base = p.units * l.UnitPrice
		}
		list = append(list, one)
	}
	b.room.parts = list
	return list
}

// first keeps the n cheapest, or dearest, units, in the order of the lines.
func (b *basket) first(from []pile, n int64, dearest bool) []pile {
	from = slices.Clone(from)
	slices.SortFunc(from, func(x, y pile) int {
		if dearest && b.order.Lines[x.line].UnitPrice != b.order.Lines[y.line].UnitPrice {
			return b.order.byPrice(y.line, x.line)
		}
		return b.order.byPrice(x.line, y.line)
	})
	for i := range from {
		from[i].units = min(from[i].units, n)
		n -= from[i].units
	}
	from = slices.DeleteFunc(from, func(p pile) bool { return p.units == 0 })
	slices.SortFunc(from, func(x, y pile) int { return x.line - y.line })
	return from
}

// someOf is what some of a line's units have left: what the line has left is spread over
// its units as evenly as whole minor units allow; dearest takes from those with one more.
func someOf(left, units, all int64, dearest bool) int64 {
	each, more := left/all, left%all
	if dearest {
		return units*each + min(units, more)
	}
	return units*each + max(0, units-(all-more))
}

// sum adds what parts cost on the voucher's basis, and what they have left.
func sum(parts []part) (base, left int64) {
	for _, p := range parts {
		base, left = base+p.base, left+p.left
	}
	return base, left
}

// spread takes given off the parts in proportion to their base, none below what it has
// left: by largest remainder, the earlier line first. given is at most what is left of
// parts that have a base.
func (b *basket) spread(given int64, parts []part) Off {
	off := Off{Given: given}
	open := b.room.open[:0]
	for _, p := range parts {
		if p.base > 0 && p.left > 0 {
			open = append(open, p)
		}
	}
	b.room.open = open
	for given > 0 {
		weights := b.room.weights[:0]
		for _, p := range open {
			weights = append(weights, p.base)
		}
		b.room.weights = weights
		shares, err := money.Allocate(given, weights)
		if err != nil {
			panic("coupon: " + err.Error()) // more was given than there is to take from
		}
		full := false
		for i, p := range open {
			full = full || shares[i] > p.left
		}
		next := open[:0]
		for i, p := range open {
			switch {
			case !full:
				b.off(&off, p.line, shares[i])
				given -= shares[i]
			case shares[i] >= p.left:
				b.off(&off, p.line, p.left)
				given -= p.left
			default:
				next = append(next, p)
			}
		}
		open = next
	}
	return off
}

func (b *basket) off(o *Off, line int, n int64) {
	if line == shippingPart {
		o.Shipping += n
		return
	}
	if o.Lines == nil {
		o.Lines = make([]int64, len(b.left))
	}
	o.Lines[line] += n
}
