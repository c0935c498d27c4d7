package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Adjust changes a customer's balance by an amount, up or down, with a reason.
type Adjust struct {
	Customer CustomerID
	Money    money.Amount // below zero takes away
	Reason   string
	By       Actor
}

// Resolve needs nothing.
func (c Adjust) Resolve(*Lookup) {}

// Lock names the customer's balances.
func (c Adjust) Lock(_ *Links, k *Keys) {
	k.Customers = append(k.Customers, c.Customer)
	k.Balances = append(k.Balances, c.Customer)
}

// Decide posts between issuer and customer, never below zero.
func (c Adjust) Decide(e *Effects, now time.Time) (any, error) {
	if err := needReason(c.Reason); err != nil {
		return nil, err
	}
	if c.Money.Minor == 0 {
		return nil, fault.Field("money", "The amount must not be zero.")
	}
	cus := e.customers.see(e.state.Customers, c.Customer)
	if cus == nil {
		return nil, missing("customer")
	}
	b := e.balance(BalanceKey{c.Customer, c.Money.Asset})
	if b.Minor+c.Money.Minor < 0 {
		return nil, ErrInsufficient.Saying("The balance is only " + money.Amount{Minor: b.Minor, Asset: b.Asset}.Number("en") + ".").On("money")
	}
	b.Minor += c.Money.Minor
	if c.Money.Minor > 0 && b.Minor > money.MaxMinor {
		return nil, fault.Field("money", "The balance would become too large.")
	}
	e.post(PostAdjust, Issuer, CustomerAccount(c.Customer), c.Money, now, Entry{Customer: c.Customer})
	e.event(Event{Type: EventBalanceAdjusted, Subject: string(cus.ID), Version: cus.Version, Customer: cus.ID, By: c.By, At: now,
		Data: map[string]any{"amount": c.Money.Minor, "currency": c.Money.Asset, "reason": c.Reason}})
	return *b, nil
}

// Lapse moves the value of an expired voucher to breakage: books only, a refusal
// never waits for it, and extending moves it back.
type Lapse struct {
	Vouchers []VoucherID
}

// Resolve looks the vouchers up.
func (c Lapse) Resolve(q *Lookup) { q.Vouchers = append(q.Vouchers, c.Vouchers...) }

// Lock names the vouchers.
func (c Lapse) Lock(l *Links, k *Keys) {
	for _, id := range c.Vouchers {
		lockVoucher(id, l, k)
	}
}

// Decide lapses those that are expired still; it returns how many.
func (c Lapse) Decide(e *Effects, now time.Time) (any, error) {
	n := 0
	for _, id := range c.Vouchers {
		v := e.voucher(id)
		held, _ := e.held(string(id), "", now)
		if v == nil || v.State != VoucherActive || v.ExpiresAt.IsZero() || now.Before(v.ExpiresAt) || v.value().Minor == 0 || held > 0 {
			continue
		}
		v = e.touch(id, now)
		rest := v.value()
		v.Lapsed = v.Balance
		e.post(PostLapse, Outstanding(v.Batch), Breakage, rest, now, Entry{Voucher: id, Customer: v.Holder})
		e.event(Event{Type: EventVoucherLapsed, Subject: string(id), Version: v.Version, Campaign: v.Campaign, Customer: v.Holder, By: System("expiry"), At: now,
			Data: map[string]any{"amount": rest.Minor, "currency": rest.Asset}})
		n++
	}
	return n, nil
}

// Record writes events that change no row that is locked: a reveal, an export, an upload.
type Record struct {
	Events []Event
	Import *Import // what becomes of an upload, written with them
	Result any     // what the command answers with; how many events when left out
}

// Resolve needs nothing.
func (c Record) Resolve(*Lookup) {}

// Lock needs nothing.
func (c Record) Lock(*Links, *Keys) {}

// Decide writes them.
func (c Record) Decide(e *Effects, now time.Time) (any, error) {
	for _, ev := range c.Events {
		ev.At = now
		e.event(ev)
	}
	if c.Import != nil {
		e.imports = append(e.imports, c.Import)
	}
	if c.Result != nil {
		return c.Result, nil
	}
	return len(c.Events), nil
}
