package coupon

import (
	"fmt"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// Back is what of an order came back: units by line, and what was given back of each
// voucher's share of a line, minor units.
type Back struct {
	Units map[string]int64               `json:"units,omitempty"`
	Given map[VoucherID]map[string]int64 `json:"given,omitempty"`
}

// ReturnLine is some units of a line that came back.
type ReturnLine struct {
	ID       string `json:"id"`
	Quantity int64  `json:"quantity"`
}

// ReverseCheckout undoes the vouchers of one order, wholly or for lines that came back.
// What a voucher gave to a line comes back in proportion to its units, and by the last
// one exactly; what it gave to shipping, and its use, come back when all is reversed.
type ReverseCheckout struct {
	Checkout CheckoutID
	Lines    []ReturnLine // none: all that is left
	Reason   string
	By       Actor
}

// UndoneCheckout is the answer to a ReverseCheckout.
type UndoneCheckout struct {
	Checkout  CheckoutID
	Reversals []Reversal
	Balances  []Balance
}

// Resolve looks the redemptions up.
func (c ReverseCheckout) Resolve(q *Lookup) { q.Checkouts = append(q.Checkouts, c.Checkout) }

// Lock names what reversing each redemption names.
func (c ReverseCheckout) Lock(l *Links, k *Keys) {
	for _, r := range c.redemptions(l) {
		l.Redemptions[r].lock(r, k)
	}
}

// redemptions lists the redemptions of the checkout, oldest first: the first shares its
// id.
func (c ReverseCheckout) redemptions(l *Links) []RedemptionID {
	var list []RedemptionID
	for r, link := range l.Redemptions {
		if link.Checkout == c.Checkout {
			list = append(list, r)
		}
	}
	slices.Sort(list) // ids sort by the time they were made
	return list
}

// Decide reverses each redemption that has something left.
func (c ReverseCheckout) Decide(e *Effects, now time.Time) (any, error) {
	if err := needReason(c.Reason); err != nil {
		return nil, err
	}
	ids := c.redemptions(e.state.Links)
	if len(ids) == 0 {
		return nil, missing("checkout")
	}
	row := e.checkouts.edit(e.state.Checkouts, c.Checkout)
	lines, err := c.units(row)
	if err != nil {
		return nil, err
	}
	out := UndoneCheckout{Checkout: c.Checkout}
	open := false
	for _, id := range ids {
		r := e.redemptions.see(e.state.Redemptions, id)
		if r == nil {
			return nil, ErrMoved
		}
		if r.Returned {
			continue
		}
		open = true
		if err := c.one(e, row, lines, r, &out, now); err != nil {
			return nil, err
		}
	}
	if !open {
		return nil, ErrAlreadyReversed
	}
	c.tell(e, row, &out, now)
	return out, nil
}

// one reverses one redemption, as far as it gave to the lines that came back.
func (c ReverseCheckout) one(e *Effects, row *Checkout, lines map[string]int, r *Redemption, out *UndoneCheckout, now time.Time) error {
	if err := e.reversible(r, now); err != nil {
		return err
	}
	give := r.left()
	if len(c.Lines) > 0 {
		if give.Minor = row.give(r.Voucher, c.Lines, lines); give.Minor == 0 {
			return nil
		}
	}
	undone, err := e.reverse(r.ID, give, c.Reason, c.By, now)
	if err != nil {
		return err
	}
	out.Reversals, out.Balances = append(out.Reversals, undone.Reversal), append(out.Balances, undone.Balances...)
	return nil
}

// tell records the reversal of the order itself.
func (c ReverseCheckout) tell(e *Effects, row *Checkout, out *UndoneCheckout, now time.Time) {
	ev := Event{Type: EventCheckoutReversed, Subject: string(c.Checkout), By: c.By, At: now, Data: map[string]any{"reason": c.Reason, "reversals": len(out.Reversals)}}
	if row != nil {
		ev.Version, ev.Customer = row.Version, row.Customer
	}
	if len(c.Lines) > 0 {
		ev.Data["lines"] = c.Lines
	}
	e.event(ev)
}

// units counts the units that come back, and refuses more than were bought. It returns
// the place of each line.
func (c ReverseCheckout) units(row *Checkout) (map[string]int, error) {
	if len(c.Lines) == 0 {
		return nil, nil
	}
	if row == nil {
		return nil, fault.Field("lines", "This checkout had no order, and so no lines.")
	}
	row.Back, row.Version = row.Back.clone(), row.Version+1
	at := make(map[string]int, len(row.Order.Lines))
	for i, l := range row.Order.Lines {
		at[l.ID] = i
	}
	for i, l := range c.Lines {
		n, known := at[l.ID]
		if !known {
			return nil, fault.Field(fmt.Sprintf("lines[%d].id", i), "The order has no such line.")
		}
		bought, back := row.Order.Lines[n].Quantity, row.Back.Units[l.ID]
		if l.Quantity < 1 || l.Quantity > bought-back {
			return nil, fault.Field(fmt.Sprintf("lines[%d].quantity", i), fmt.Sprintf("%d units were bought and %d came back already.", bought, back))
		}
		row.Back.Units[l.ID] += l.Quantity
	}
	return at, nil
}

// clone returns a copy to change, its maps made.
func (b Back) clone() Back {
	out := Back{Units: map[string]int64{}, Given: map[VoucherID]map[string]int64{}}
	for l, n := range b.Units {
		out.Units[l] = n
	}
	for v, given := range b.Given {
		out.Given[v] = map[string]int64{}
		for l, n := range given {
			out.Given[v][l] = n
		}
	}
	return out
}

// give returns what a voucher gives back for the lines whose units were counted, and
// remembers it.
func (k *Checkout) give(v VoucherID, lines []ReturnLine, place map[string]int) int64 {
	if k.Back.Given[v] == nil {
		k.Back.Given[v] = map[string]int64{}
	}
	given, total := k.Back.Given[v], int64(0)
	for _, l := range lines {
		at := place[l.ID]
		owed := portion(k.Priced.Lines[at].of(v), k.Back.Units[l.ID], k.Order.Lines[at].Quantity)
		total += owed - given[l.ID]
		given[l.ID] = owed
	}
	return total
}

// of returns what a voucher gave to the line.
func (l *PricedLine) of(v VoucherID) int64 {
	for _, s := range l.By {
		if s.Voucher == v {
			return s.Discount + s.Paid
		}
	}
	return 0
}
