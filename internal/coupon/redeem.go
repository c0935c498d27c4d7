package coupon

import (
	"cmp"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Item names one voucher of a redemption by its code's fingerprints (current key
// first) or, on pages that already show it, by its id. Money is what to take of a
// stored value; nil takes what there is.
type Item struct {
	Fingerprints []string
	Voucher      VoucherID
	Money        *money.Amount
}

// Redeem uses vouchers: all of them or none.
type Redeem struct {
	Items       []Item
	Hold        HoldID // redeems what was held; Items stays empty
	Customer    CustomerRef
	Location    LocationID
	Reference   string
	Transaction Transaction
	Channel     Channel
	By          Actor
	Order       *Order // what the vouchers are applied to; nil without an order
	Possible    bool   // of an order: leave out what is refused, instead of refusing everything
	Explain     bool   // run every check, not only to the first that fails
}

// Redeemed is the answer to a Redeem.
type Redeemed struct {
	Checkout    CheckoutID
	Redemptions []Redemption
	Balances    []Balance // of the customer, in the assets that moved
	Left        []int64   // what remains of each voucher's stored value
	Order       *Priced   // what the order comes to; nil without one
	Vouchers    []Verdict // of an order, or with Explain: each voucher in the order in which they were named
	Refused     []*Refusal
}

// Resolve asks for the vouchers and the customer.
func (c Redeem) Resolve(q *Lookup) {
	resolveItems(c.Items, q)
	if c.Hold != "" {
		q.Holds = append(q.Holds, c.Hold)
	}
	if c.Customer.Key != "" {
		q.Customers = append(q.Customers, c.Customer.Key)
	}
}

func resolveItems(items []Item, q *Lookup) {
	for _, it := range items {
		if it.Voucher != "" {
			q.Vouchers = append(q.Vouchers, it.Voucher)
		}
		q.Fingerprints = append(q.Fingerprints, it.Fingerprints...)
	}
}

// Lock names each voucher with its campaign, batch, terms and counters.
func (c Redeem) Lock(l *Links, k *Keys) {
	if c.Hold != "" {
		k.Holds = append(k.Holds, c.Hold)
		k.ReservationsOf = append(k.ReservationsOf, c.Hold)
	}
	for _, it := range c.items(l) {
		if link, ok := it.link(l); ok {
			who := c.who(l, link)
			link.lock(k)
			lockCustomer(who, link, l.Day, k)
			if who != "" && c.credits(l, link) {
				k.Balances = append(k.Balances, who)
			}
			if c.ordered(l) { // what was a customer's first order is decided one at a time
				k.OwnCustomers, k.OrdersOf = append(k.OwnCustomers, who), append(k.OrdersOf, who)
			}
		}
	}
}

// credits reports whether what the voucher stores may go to the customer's balance; see
// destination. A discount would lock a balance for nothing.
func (c Redeem) credits(l *Links, link VoucherLink) bool {
	h := l.Holds[c.Hold]
	return link.Kind == KindRefill || c.Transaction.Type == TopUp || h != nil && h.Request.Transaction.Type == TopUp
}

// ordered reports whether it is about an order.
func (c Redeem) ordered(l *Links) bool {
	h := l.Holds[c.Hold]
	return c.Order != nil || h != nil && h.Request.Order != nil
}

// items returns what is to be redeemed: the given items, or those of the hold.
func (c Redeem) items(l *Links) []Item {
	h := l.Holds[c.Hold]
	if h == nil {
		return c.Items
	}
	items := make([]Item, 0, len(h.Request.Items))
	for _, it := range h.Request.Items {
		item := Item{Voucher: it.Voucher}
		if it.Money.Asset != "" {
			item.Money = &it.Money
		}
		items = append(items, item)
	}
	return items
}

func (it Item) link(l *Links) (VoucherLink, bool) {
	if it.Voucher != "" {
		link, ok := l.Vouchers[it.Voucher]
		return link, ok
	}
	return l.Code(it.Fingerprints)
}

func (v VoucherLink) lock(k *Keys) {
	k.Campaigns = append(k.Campaigns, v.Campaign)
	k.Batches = append(k.Batches, v.Batch)
	k.Vouchers = append(k.Vouchers, v.Voucher)
	k.Terms = append(k.Terms, v.Terms)
}

// who returns the customer a use counts for: the one named, else the hold's, else
// the holder where staff act at a counter.
func (c Redeem) who(l *Links, link VoucherLink) CustomerID {
	if h := l.Holds[c.Hold]; h != nil && c.Customer.None() {
		for _, it := range h.Request.Items {
			if it.Voucher == link.Voucher {
				return it.Customer
			}
		}
	}
	return customerOf(c.Customer, l, link, c.Channel, c.Location)
}

func customerOf(ref CustomerRef, l *Links, link VoucherLink, ch Channel, loc LocationID) CustomerID {
	switch {
	case ref.ID != "":
		return ref.ID
	case ref.Key != "":
		return l.Customers[ref.Key]
	case ch == BackOffice, ch == Outlet, loc != "":
		return link.Holder
	}
	return ""
}

// lockCustomer names the customer and the counters of a use.
func lockCustomer(who CustomerID, link VoucherLink, day string, k *Keys) {
	if who != "" {
		k.Customers = append(k.Customers, who)
	}
	k.Counters = append(k.Counters, countersOf(link.Campaign, link.Counted, who, day)...)
}

// countersOf lists the counters of uses that a campaign keeps.
func countersOf(c CampaignID, counted Counted, who CustomerID, day string) []CounterKey {
	if counted == 0 {
		return nil
	}
	var keys []CounterKey
	if counted&CountTotal != 0 {
		keys = append(keys, TotalCounter(c))
	}
	if counted&CountCustomer != 0 && who != "" {
		keys = append(keys, CustomerCounter(c, who))
	}
	if counted&CountDay != 0 {
		keys = append(keys, DayCounter(c, day))
	}
	if counted&CountBudget != 0 {
		keys = append(keys, BudgetCounter(c))
	}
	return keys
}

// Decide checks each voucher and uses it, or refuses them all.
func (c Redeem) Decide(e *Effects, now time.Time) (any, error) {
	l := e.state.Links
	hold, err := c.ownHold(e, now)
	if err != nil {
		return nil, err
	}
	c.fill(hold)
	if len(c.items(l)) == 0 {
		return nil, fault.Field("code", "Name a voucher.")
	}
	out := Redeemed{}
	if c.Order != nil {
		if out, err = c.checkout(e, hold, now); err != nil {
			return nil, err
		}
	} else {
		for _, it := range c.items(l) {
			t, err := c.try(e, it, hold, now)
			if err != nil {
				return nil, err
			}
			if err := t.judge(c.Explain); err != nil {
				return nil, err
			}
			if c.Explain {
				out.Vouchers = append(out.Vouchers, Verdict{Voucher: t.v.ID, Tail: t.v.Tail, Stored: t.stored, Checks: t.results})
			}
			out.add(t, t.use())
		}
	}
	if hold != nil {
		e.endHold(hold.ID, HoldConsumed, now)
	}
	return out, nil
}

// add puts the use of a voucher into the answer. All uses of one answer share the
// checkout of the first.
func (r *Redeemed) add(t *try, one *Redemption) {
	if r.Checkout == "" {
		r.Checkout = checkoutOf(one.ID)
	}
	one.Checkout = r.Checkout
	r.Redemptions, r.Left = append(r.Redemptions, *one), append(r.Left, t.e.voucher(one.Voucher).Balance)
	if one.To == CustomerAccount(t.who) {
		r.shows(*t.e.balance(BalanceKey{t.who, one.Money.Asset}))
	}
}

// shows puts a balance as it is now into the answer.
func (r *Redeemed) shows(b Balance) {
	i := slices.IndexFunc(r.Balances, func(was Balance) bool { return was.BalanceKey == b.BalanceKey })
	if i < 0 {
		r.Balances = append(r.Balances, b)
		return
	}
	r.Balances[i] = b
}

// fill says what was left out as the hold has it: it is redeemed as it was taken.
func (c *Redeem) fill(h *Hold) {
	if h == nil {
		return
	}
	was := h.Request
	c.Order = was.Order
	c.Location, c.Reference, c.Channel = cmp.Or(c.Location, was.Location), cmp.Or(c.Reference, was.Reference), cmp.Or(c.Channel, was.Channel)
	c.Transaction = cmp.Or(c.Transaction, was.Transaction)
}

// ownHold returns the live hold that is being redeemed.
func (c Redeem) ownHold(e *Effects, now time.Time) (*Hold, error) {
	if c.Hold == "" {
		return nil, nil
	}
	h := e.holds.see(e.state.Holds, c.Hold)
	switch {
	case h == nil:
		return nil, missing("hold")
	case h.State == HoldConsumed:
		return nil, ErrAlreadyRedeemed.Saying("This hold has already been redeemed.")
	case h.State == HoldReleased:
		return nil, ErrNotActive.Saying("This hold was released.")
	case !now.Before(h.ExpiresAt):
		return nil, ErrExpired.Saying("This hold has ended.")
	}
	return h, nil
}

// use takes the checked use: usage, balance, counters, posting, redemption, which is its
// own event.
func (t *try) use() *Redemption {
	e, now := t.e, t.now
	v := e.touch(t.v.ID, now)
	v.Uses++
	v.LastUsedAt, v.LastCustomer = now, t.who
	if v.FirstUsedAt.IsZero() {
		v.FirstUsedAt = now
	}
	binds := t.binds()
	if binds {
		v.Holder = t.who
	}
	if t.stored {
		v.Balance -= t.take.Minor
	}
	if t.stored && v.Balance == 0 || v.MaxUses > 0 && v.Uses >= v.MaxUses {
		v.State = VoucherRedeemed
	}
	t.count(1)
	r := t.redemption(v)
	r.Bound = binds
	if t.stored {
		e.post(t.postKind(), Outstanding(v.Batch), t.to, t.take, now, Entry{Posting: postingOf(r.ID), Voucher: v.ID, Redemption: r.ID, Customer: t.who})
		if t.to == CustomerAccount(t.who) {
			e.balance(BalanceKey{t.who, t.take.Asset}).Minor += t.take.Minor
		}
	}
	e.redemptions.add(r.ID, r)
	return r
}

// count moves every counter of the campaign by n uses and what they gave.
func (t *try) count(n int64) {
	for _, key := range countersOf(t.c.ID, t.c.Limits.Counted(), t.who, t.e.state.Links.Day) {
		counter := t.e.counter(key, t.c.ID)
		if key == BudgetCounter(t.c.ID) {
			counter.Used += n * t.take.Minor
		} else {
			counter.Used += n
		}
	}
}

func (t *try) redemption(v *Voucher) *Redemption {
	r := &Redemption{
		ID: RedemptionID(t.e.state.IDs.Next("red")), Voucher: v.ID, Campaign: v.Campaign, Batch: v.Batch, Customer: t.who,
		By: t.cmd.By, Channel: t.cmd.Channel, Location: t.cmd.Location, Reference: t.cmd.Reference, Transaction: t.cmd.Transaction,
		Money: t.take, Hold: t.own, Day: t.e.state.Links.Day, Serial: v.Serial, Prefix: v.Prefix, Tail: v.Tail, Version: 1, At: t.now,
		Uses: v.Uses, VoucherVersion: v.Version,
	}
	if t.stored {
		r.To = t.to
	}
	if r.Transaction.Type == "" && t.to == CustomerAccount(t.who) && t.stored {
		r.Transaction.Type = TopUp
	}
	return r
}

func (t *try) postKind() PostingKind {
	if t.to == CustomerAccount(t.who) {
		return PostTopUp
	}
	return PostSpend
}
