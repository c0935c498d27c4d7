package coupon

import (
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Reverse undoes a redemption, wholly or by an amount. A partial one gives back
// money; the use comes back only when all is reversed.
type Reverse struct {
	Redemption RedemptionID
	Money      *money.Amount // nil: all that is left
	Reason     string
	By         Actor
}

// Undone is the answer to a Reverse.
type Undone struct {
	Reversal   Reversal
	Redemption Redemption
	Voucher    Voucher
	Balances   []Balance
}

// Resolve looks the redemption up.
func (c Reverse) Resolve(q *Lookup) { q.Redemptions = append(q.Redemptions, c.Redemption) }

// Lock names the voucher, the counters of the original day, the balance and the redemption.
func (c Reverse) Lock(l *Links, k *Keys) {
	link, ok := l.Redemptions[c.Redemption]
	if !ok {
		return
	}
	link.lock(c.Redemption, k)
}

// lock names what reversing a redemption changes.
func (r RedemptionLink) lock(id RedemptionID, k *Keys) {
	r.VoucherLink.lock(k)
	lockCustomer(r.Customer, r.VoucherLink, r.Day, k)
	k.Balances = append(k.Balances, r.Customer)
	k.Redemptions, k.Checkouts = append(k.Redemptions, id), append(k.Checkouts, r.Checkout)
}

// Decide gives back what is asked for, to the cent and in mirror image.
func (c Reverse) Decide(e *Effects, now time.Time) (any, error) {
	if err := needReason(c.Reason); err != nil {
		return nil, err
	}
	r := e.redemptions.see(e.state.Redemptions, c.Redemption)
	if r == nil {
		return nil, missing("redemption")
	}
	if err := e.reversible(r, now); err != nil {
		return nil, err
	}
	give, err := c.amount(e, r)
	if err != nil {
		return nil, err
	}
	out, err := e.reverse(r.ID, give, c.Reason, c.By, now)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// reversible refuses what was reversed already, or too long ago.
func (e *Effects) reversible(r *Redemption, now time.Time) error {
	if r.Returned {
		return ErrAlreadyReversed
	}
	if window := e.state.Org.reversalWindow(); now.Sub(r.At) > window {
		return ErrConflict.Saying("The time to reverse this redemption is over.")
	}
	return nil
}

// amount returns what a reversal gives back, if there is as much.
func (c Reverse) amount(e *Effects, r *Redemption) (money.Amount, error) {
	left := r.left()
	if c.Money == nil {
		return left, nil
	}
	switch {
	case c.Money.Asset != left.Asset:
		return left, ErrCurrency.On("money")
	case c.Money.Minor <= 0:
		return left, fault.Field("money", "The amount must be above zero.")
	case c.Money.Minor > left.Minor:
		return left, ErrInsufficient.Saying("Only " + left.Number("en") + " can still be reversed.").On("money")
	case c.Money.Minor < left.Minor && e.checkouts.see(e.state.Checkouts, r.Checkout) != nil:
		return left, fault.Field("money", "This is part of an order: reverse it whole, or reverse the checkout by lines.")
	}
	return *c.Money, nil
}

// left is what can still be given back.
func (r *Redemption) left() money.Amount {
	return money.Amount{Minor: r.Money.Minor - r.Reversed, Asset: r.Money.Asset}
}

// reverse gives an amount of a redemption back, and the use when that is all of it.
func (e *Effects) reverse(id RedemptionID, give money.Amount, reason string, by Actor, now time.Time) (Undone, error) {
	r := e.redemptions.edit(e.state.Redemptions, id)
	cam, v := e.campaign(r.Campaign), e.voucher(r.Voucher)
	if cam == nil || v == nil || cam.Limits.Counted() != e.state.Links.Redemptions[id].Counted {
		return Undone{}, ErrMoved
	}
	r.Reversed, r.Version = r.Reversed+give.Minor, r.Version+1
	r.Returned = r.Reversed >= r.Money.Minor
	v = e.touch(r.Voucher, now)
	if err := e.giveBack(r, v, give, now); err != nil {
		return Undone{}, err
	}
	if r.Returned {
		v.Uses--
		if k := e.checkouts.edit(e.state.Checkouts, r.Checkout); k != nil {
			k.Open, k.Version = k.Open-1, k.Version+1
		}
	}
	if v.State == VoucherRedeemed && (v.MaxUses == 0 || v.Uses < v.MaxUses) && (r.To == "" || v.Balance > 0) {
		v.State = VoucherActive
	}
	e.uncount(cam, r, give.Minor)
	rev := Reversal{ID: ReversalID(e.state.IDs.Next("rev")), Redemption: r.ID, Voucher: r.Voucher, Customer: r.Customer, Money: give, Whole: r.Returned, Reason: reason, By: by, At: now}
	e.undone = append(e.undone, rev)
	e.event(Event{Type: EventVoucherReversed, Subject: string(v.ID), Version: v.Version, Campaign: v.Campaign, Customer: r.Customer, By: by, At: now,
		Data: map[string]any{"redemption": r.ID, "reversal": rev.ID, "amount": give.Minor, "currency": give.Asset, "whole": r.Returned, "reason": reason}})
	out := Undone{Reversal: rev, Redemption: *r, Voucher: *v}
	if r.To == CustomerAccount(r.Customer) {
		out.Balances = append(out.Balances, *e.balance(BalanceKey{r.Customer, give.Asset}))
	}
	return out, nil
}

// giveBack posts the mirror image. What comes back to a voucher that was ended in
// between goes on to the issuer, where its value went.
func (e *Effects) giveBack(r *Redemption, v *Voucher, give money.Amount, now time.Time) error {
	if r.To == "" {
		return nil
	}
	if r.To == CustomerAccount(r.Customer) {
		b := e.balance(BalanceKey{r.Customer, give.Asset})
		if b.Minor < give.Minor {
			return ErrInsufficient.Saying("The customer has spent what this voucher credited.")
		}
		b.Minor -= give.Minor
	}
	back := Outstanding(v.Batch)
	if v.State == VoucherVoid || v.State == VoucherDeleted {
		back = Issuer
	} else {
		v.Balance += give.Minor
	}
	e.post(PostReverse, r.To, back, give, now, Entry{Voucher: v.ID, Redemption: r.ID, Customer: r.Customer})
	return nil
}

// uncount gives a use back to the limits it counted for, that of its own day included.
func (e *Effects) uncount(cam *Campaign, r *Redemption, minor int64) {
	for _, key := range countersOf(cam.ID, cam.Limits.Counted(), r.Customer, r.Day) {
		counter := e.counter(key, cam.ID)
		if key == BudgetCounter(cam.ID) {
			counter.Used -= minor
		} else if r.Returned {
			counter.Used--
		}
	}
}

// needReason refuses an empty reason: somebody will ask why.
func needReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.Field("reason", "Say why: somebody will ask.")
	}
	return nil
}
