package coupon

import (
	"cmp"
	"slices"
	"time"
)

// Qualify says what each of some vouchers would give to an order, alone, best first. It
// changes nothing: a decision for Engine.Try.
type Qualify struct {
	Vouchers []VoucherID
	Customer CustomerRef
	Order    *Order
	By       Actor
}

func (c Qualify) redeem() *Redeem {
	r := &Redeem{Customer: c.Customer, Order: c.Order, Channel: ViaAPI, By: c.By}
	for _, v := range c.Vouchers {
		r.Items = append(r.Items, Item{Voucher: v})
	}
	return r
}

// Resolve asks for the vouchers and the customer.
func (c Qualify) Resolve(q *Lookup) { c.redeem().Resolve(q) }

// Lock names what redeeming would name.
func (c Qualify) Lock(l *Links, k *Keys) { c.redeem().Lock(l, k) }

// Decide judges each voucher on the whole order and returns a []Verdict: what gives most
// first, then what pays, then what is refused, nearest first to what it lacks.
func (c Qualify) Decide(e *Effects, now time.Time) (any, error) {
	cmd, list := c.redeem(), []Verdict{}
	for _, it := range cmd.Items {
		t, err := cmd.try(e, it, nil, now)
		if err == ErrNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		a := &application{cmd: cmd, basket: newBasket(c.Order), verdicts: make([]Verdict, 1)}
		t.basket = a.basket
		t.price()
		if err := t.judge(false); err != nil {
			a.refuse(t, err)
		} else {
			a.accept(t)
		}
		list = append(list, a.verdicts[0])
	}
	slices.SortStableFunc(list, func(x, y Verdict) int {
		return cmp.Or(cmp.Compare(x.place(), y.place()), cmp.Compare(y.Discount, x.Discount), cmp.Compare(y.Paid, x.Paid), cmp.Compare(x.lacks(), y.lacks()))
	})
	return list, nil
}

func (v *Verdict) place() int {
	switch {
	case v.Reason == "" && !v.Stored:
		return 0
	case v.Reason == "":
		return 1
	case v.Reason == ErrMinimum.Code:
		return 2
	}
	return 3
}

// lacks is how far an order is from a minimum.
func (v *Verdict) lacks() int64 {
	for _, c := range v.Checks {
		want, known := c.Want.(int64)
		have, also := c.Have.(int64)
		if c.Reason == ErrMinimum.Code && known && also {
			return want - have
		}
	}
	return 0
}

// Missing is what an order lacks for a voucher that was refused for a minimum: minor units
// or, of a minimum quantity, units.
func (v *Verdict) Missing() (amount, units int64) {
	for _, c := range v.Checks {
		want, known := c.Want.(int64)
		have, also := c.Have.(int64)
		switch {
		case c.Passed || !known || !also:
		case c.Check == "min_subtotal":
			amount = want - have
		case c.Check == "min_quantity":
			units = want - have
		}
	}
	return amount, units
}
