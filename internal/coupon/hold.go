package coupon

import (
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// TakeHold reserves what a Redeem would use, for a time.
type TakeHold struct {
	Redeem Redeem
	For    time.Duration
}

// Held is the answer to a TakeHold.
type Held struct {
	Hold     Hold
	Items    []HeldItem
	Order    *Priced   // what the order comes to; nil without one
	Vouchers []Verdict // of an order: each voucher in the order in which they were named
	Refused  []*Refusal
}

// Resolve asks for what the redeem asks for.
func (c TakeHold) Resolve(q *Lookup) { c.Redeem.Resolve(q) }

// Lock names what the redeem names: a hold is exact only under the same locks.
func (c TakeHold) Lock(l *Links, k *Keys) { c.Redeem.Lock(l, k) }

// Decide runs the checks of redeeming and reserves instead of using.
func (c TakeHold) Decide(e *Effects, now time.Time) (any, error) {
	if c.For < time.Second || c.For > MaxHold {
		return nil, fault.Field("seconds", "A hold lasts between 1 and 900 seconds.")
	}
	h := &Hold{ID: HoldID(e.state.IDs.Next("hld")), State: HoldOpen, By: c.Redeem.By, CreatedAt: now, ExpiresAt: now.Add(c.For), Version: 1}
	h.Request = HoldRequest{Location: c.Redeem.Location, Reference: c.Redeem.Reference, Transaction: c.Redeem.Transaction, Channel: c.Redeem.Channel, Order: c.Redeem.Order}
	out := Held{}
	if c.Redeem.Order != nil {
		a, err := c.Redeem.apply(e, nil, now, func(t *try) { t.reserve(h) })
		if err != nil {
			return nil, err
		}
		priced := a.priced()
		out = Held{Order: &priced, Vouchers: a.verdicts, Refused: a.refused}
	} else if err := c.without(e, h, now); err != nil {
		return nil, err
	}
	e.holds.add(h.ID, h)
	out.Hold, out.Items = *h, h.Request.Items
	return out, nil
}

// without reserves the uses of a redeem that is about no order.
func (c TakeHold) without(e *Effects, h *Hold, now time.Time) error {
	for _, it := range c.Redeem.Items {
		t, err := c.Redeem.try(e, it, nil, now)
		if err != nil {
			return err
		}
		if err := t.judge(false); err != nil {
			return err
		}
		t.reserve(h)
	}
	return nil
}

// reserve takes the checked use for the hold.
func (t *try) reserve(h *Hold) {
	h.Customer = t.who
	item := HeldItem{Voucher: t.v.ID, Tail: t.v.Tail, Customer: t.who}
	minor := int64(0)
	if t.stored {
		item.Money, minor = t.take, t.take.Minor
	}
	h.Request.Items = append(h.Request.Items, item)
	put := func(subject string, minor int64) {
		t.e.reserved = append(t.e.reserved, Reservation{Subject: subject, Hold: h.ID, Uses: 1, Minor: minor, ExpiresAt: h.ExpiresAt})
	}
	put(string(t.v.ID), minor)
	for _, key := range countersOf(t.c.ID, t.c.Limits.Counted(), t.who, t.e.state.Links.Day) {
		put(string(key), t.take.Minor)
	}
	v := t.e.touch(t.v.ID, t.now)
	t.e.event(Event{Type: EventVoucherHeld, Subject: string(v.ID), Version: v.Version, Campaign: v.Campaign, Customer: t.who, By: t.cmd.By, At: t.now,
		Data: map[string]any{"hold": h.ID, "until": h.ExpiresAt}})
}

// isFor reports whether a hold has a voucher for this customer.
func (h *Hold) isFor(v VoucherID, who CustomerID) bool {
	return slices.ContainsFunc(h.Request.Items, func(it HeldItem) bool { return it.Voucher == v && it.Customer == who })
}

// ReleaseHold gives back what a hold reserved.
type ReleaseHold struct {
	ID HoldID
	By Actor
}

// Resolve looks the hold up.
func (c ReleaseHold) Resolve(q *Lookup) { q.Holds = append(q.Holds, c.ID) }

// Lock names the vouchers of the hold, then the hold.
func (c ReleaseHold) Lock(l *Links, k *Keys) {
	k.Holds = append(k.Holds, c.ID)
	k.ReservationsOf = append(k.ReservationsOf, c.ID)
	if h := l.Holds[c.ID]; h != nil {
		for _, it := range h.Request.Items {
			k.Vouchers = append(k.Vouchers, it.Voucher)
		}
	}
}

// Decide releases an open hold; one that was released or has ended stays as it is.
func (c ReleaseHold) Decide(e *Effects, now time.Time) (any, error) {
	h := e.holds.see(e.state.Holds, c.ID)
	if h == nil {
		return nil, missing("hold")
	}
	if h.State == HoldConsumed {
		return nil, ErrConflict.Saying("This hold has been redeemed.")
	}
	if h.State == HoldReleased || !now.Before(h.ExpiresAt) {
		return *h, nil
	}
	e.endHold(c.ID, HoldReleased, now)
	for _, it := range h.Request.Items {
		if e.voucher(it.Voucher) == nil {
			return nil, ErrMoved
		}
		v := e.touch(it.Voucher, now)
		e.event(Event{Type: EventVoucherReleased, Subject: string(v.ID), Version: v.Version, Campaign: v.Campaign, Customer: h.Customer, By: c.By, At: now, Data: map[string]any{"hold": h.ID}})
	}
	return *e.holds.see(e.state.Holds, c.ID), nil
}

// endHold closes a hold and frees everything it reserved.
func (e *Effects) endHold(id HoldID, to HoldState, _ time.Time) {
	h := e.holds.edit(e.state.Holds, id)
	h.State, h.Version = to, h.Version+1
	for _, list := range e.state.Reserved {
		for _, r := range list {
			if r.Hold == id {
				e.freed = append(e.freed, Reservation{Subject: r.Subject, Hold: id})
			}
		}
	}
}

// dropHolds ends every hold's claim on a voucher that is being ended: void, delete
// and their like beat holds.
func (e *Effects) dropHolds(v VoucherID) {
	for _, r := range e.state.Reserved[string(v)] {
		e.freed = append(e.freed, Reservation{Subject: r.Subject, Hold: r.Hold})
	}
}

// zero is no amount of the voucher's asset.
func (v *Voucher) zero() money.Amount { return money.Amount{Asset: v.Asset} }
