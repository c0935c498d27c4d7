package coupon

import (
	"cmp"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Checkout is the vouchers of one order that were redeemed together. Only orders leave
// such a row; uses without one share a checkout's id and no more.
type Checkout struct {
	ID        CheckoutID
	Customer  CustomerID
	Reference string
	Channel   Channel
	Location  LocationID
	Currency  money.Asset
	Subtotal  int64 // of the lines, before discounts
	Discount  int64 // of lines and shipping
	Paid      int64 // by stored values
	Order     Order
	Priced    Priced
	Back      Back
	Open      int64 // redemptions that were not wholly reversed
	By        Actor
	Version   int64
	At        time.Time
}

// Verdict is what became of one voucher that was named for an order: what it gives, or
// why not. Minor units of the order's currency.
type Verdict struct {
	Voucher  VoucherID // "" when the code is unknown
	Tail     string
	Reason   string // a code of faults.go; "" when it was accepted
	Text     string
	Stored   bool  // it pays, and is no discount
	Wanted   int64 // what it would give if nothing capped it
	Discount int64
	Paid     int64
	Checks   []CheckResult // as far as they were run
}

// Rejection is the detail of the fault by which a try was refused.
type Rejection struct {
	Refusals []*Refusal // to be kept
	Vouchers []Verdict  // of an order: each voucher in the order in which they were named
}

// RefusalsOf returns the refusals in a command's outcome: of its fault, or of vouchers
// that were left out.
func RefusalsOf(result any, err error) []*Refusal {
	if err != nil {
		if r, ok := RejectionOf(err); ok {
			return r.Refusals
		}
		return nil
	}
	switch r := result.(type) {
	case Redeemed:
		return r.Refused
	case Held:
		return r.Refused
	}
	return nil
}

// VerdictsOf returns what became of each voucher of an order, in a command's outcome; nil
// where it was about one voucher alone.
func VerdictsOf(result any, err error) []Verdict {
	if r, ok := RejectionOf(err); ok {
		return r.Vouchers
	}
	switch r := result.(type) {
	case Redeemed:
		return r.Vouchers
	case Held:
		return r.Vouchers
	}
	return nil
}

// RejectionOf returns what a fault says of a try that was refused.
func RejectionOf(err error) (*Rejection, bool) {
	if err == nil {
		return nil, false
	}
	r, ok := fault.Of(err).Detail.(*Rejection)
	return r, ok
}

// RefusedVoucher returns the voucher that a fault refused first, "" when it is about none.
func RefusedVoucher(err error) VoucherID {
	if r := RefusalsOf(nil, err); len(r) > 0 {
		return r[0].Voucher
	}
	return ""
}

// application is how the vouchers of one order are judged, one after the other.
type application struct {
	cmd      *Redeem
	basket   *basket
	verdicts []Verdict
	refused  []*Refusal
	accepted []*try
	first    error // of the voucher that was named first among the refused
	at       int   // its index
}

// checkout applies vouchers to an order and uses them.
func (c *Redeem) checkout(e *Effects, hold *Hold, now time.Time) (Redeemed, error) {
	out := Redeemed{}
	a, err := c.apply(e, hold, now, func(t *try) { out.add(t, t.use()) })
	if err != nil {
		return out, err
	}
	priced := a.priced()
	out.Order, out.Vouchers, out.Refused = &priced, a.verdicts, a.refused
	row := &Checkout{
		ID: out.Checkout, Customer: a.accepted[0].who, Reference: c.Reference, Channel: c.Channel, Location: c.Location, Currency: c.Order.Currency,
		Subtotal: priced.Subtotal, Discount: priced.Discount + priced.ShippingDiscount, Paid: priced.Paid, Order: *c.Order, Priced: priced,
		Open: int64(len(a.accepted)), By: c.By, Version: 1, At: now,
	}
	e.checkouts.add(row.ID, row)
	if row.Customer != "" {
		e.orders = append(e.orders, row.Customer)
	}
	return out, nil
}

// apply judges the vouchers in the order in which they apply and hands each that is
// accepted to accept. Without Possible, one refusal refuses them all.
func (c *Redeem) apply(e *Effects, hold *Hold, now time.Time, accept func(*try)) (*application, error) {
	items := c.items(e.state.Links)
	a := &application{cmd: c, basket: newBasket(c.Order), verdicts: make([]Verdict, len(items)), at: len(items)}
	c.Reference = cmp.Or(c.Reference, c.Order.Reference)
	c.Transaction.Type = cmp.Or(c.Transaction.Type, OrderPlaced)
	tries, err := a.tries(e, items, hold, now)
	if err != nil {
		return nil, err
	}
	for _, t := range tries {
		t.basket, t.company = a.basket, a.accepted
		t.price()
		if err := t.judge(c.Explain); err != nil {
			a.refuse(t, err)
			continue
		}
		a.accept(t)
		accept(t)
	}
	if a.first != nil && (!c.Possible || len(a.accepted) == 0) {
		f := *fault.Of(a.first)
		f.Detail = &Rejection{Refusals: a.refused, Vouchers: a.verdicts}
		return nil, &f
	}
	return a, nil
}

// tries gathers the vouchers in the order in which they apply. A code that is unknown is
// refused at once.
func (a *application) tries(e *Effects, items []Item, hold *Hold, now time.Time) ([]*try, error) {
	var tries []*try
	for i, it := range items {
		t, err := a.cmd.try(e, it, hold, now)
		switch {
		case err == ErrNotFound:
			a.verdicts[i] = Verdict{Reason: ErrNotFound.Code, Text: ErrNotFound.Msg}
			a.fails(i, err)
		case err != nil:
			return nil, err
		case slices.ContainsFunc(tries, func(other *try) bool { return other.v.ID == t.v.ID }):
			return nil, fault.Field("codes", "A voucher is named twice.")
		default:
			t.index = i
			tries = append(tries, t)
		}
	}
	if !oneCustomer(tries) {
		return nil, fault.Field("customer", "These vouchers have different holders: say whose order it is.")
	}
	slices.SortStableFunc(tries, func(x, y *try) int {
		return cmp.Or(cmp.Compare(x.turn(), y.turn()), cmp.Compare(y.t.Doc.Stacking.Priority, x.t.Doc.Stacking.Priority), cmp.Compare(x.class().rank(), y.class().rank()))
	})
	return tries, nil
}

// oneCustomer reports whether an order that names nobody is one holder's.
func oneCustomer(tries []*try) bool {
	var who CustomerID
	for _, t := range tries {
		if t.who != "" && who != "" && t.who != who {
			return false
		}
		who = cmp.Or(who, t.who)
	}
	return true
}

// turn is 0 for discounts and 1 for what pays.
func (t *try) turn() int {
	if t.stored {
		return 1
	}
	return 0
}

func (a *application) fails(i int, err error) {
	if i < a.at {
		a.at, a.first = i, err
	}
}

func (a *application) refuse(t *try, err error) {
	f := fault.Of(err)
	r := f.Detail.(*Rejection).Refusals[0]
	a.verdicts[t.index] = Verdict{Voucher: t.v.ID, Tail: t.v.Tail, Reason: f.Code, Text: f.Msg, Stored: t.stored, Wanted: t.off.Wanted, Checks: r.Checks}
	a.refused = append(a.refused, r)
	a.fails(t.index, err)
}

func (a *application) accept(t *try) {
	v := Verdict{Voucher: t.v.ID, Tail: t.v.Tail, Stored: t.stored, Wanted: t.off.Wanted, Discount: t.off.Given, Checks: t.results}
	if t.stored {
		v.Discount, v.Paid = 0, t.off.Given
	}
	a.verdicts[t.index] = v
	a.basket.take(t.off)
	a.accepted = append(a.accepted, t)
}

// price works out what the voucher would give in its turn. In another currency than the
// order's it gives nothing, and a check says so.
func (t *try) price() {
	t.take = money.Amount{Asset: t.basket.order.Currency}
	switch {
	case orderCurrency(t) != nil:
	case t.stored:
		t.off = t.pays()
	default:
		t.off = t.basket.discount(t.t.Doc.Value, t.v.Face, t.t.Doc.Stacking.Basis == BasisOriginal)
	}
	t.take.Minor = t.off.Given
}

// pays is what a stored value pays of the order: what was asked for, else what is free of
// it, and no more than is due.
func (t *try) pays() Off {
	wanted, due := t.v.Balance, t.basket.due()
	if t.asked != nil {
		wanted = t.asked.Minor
	} else if free := t.free(); free > 0 {
		wanted = free
	}
	off := t.basket.spread(min(wanted, due), t.basket.parts(AppliesTo{Scope: ScopeOrderAndShipping}, false))
	off.Wanted = wanted
	return off
}

// refused wraps why a try was refused with the facts a door may show.
func (t *try) refused(f *fault.Error) error {
	c := *f
	c.Detail = &Rejection{Refusals: []*Refusal{{
		ID: RefusalID(t.e.state.IDs.Next("rfs")), Reason: f.Code, Voucher: t.v.ID, Campaign: t.v.Campaign, Customer: t.who, Tail: t.v.Tail, By: t.cmd.By,
		Channel: t.cmd.Channel, Location: t.cmd.Location, Reference: t.cmd.Reference, Order: t.cmd.Order.kept(), Checks: t.results, At: t.now,
	}}}
	return &c
}
