package coupon

import (
	"time"
)

// End voids or deletes a voucher: terminal, with a reason. The remaining value
// goes back to the issuer; the code string stays reserved for ever.
type End struct {
	Voucher VoucherID
	To      VoucherState // VoucherVoid or VoucherDeleted
	Reason  string
	By      Actor
}

// Resolve looks the voucher up.
func (c End) Resolve(q *Lookup) { q.Vouchers = append(q.Vouchers, c.Voucher) }

// Lock names the voucher with its surroundings.
func (c End) Lock(l *Links, k *Keys) { lockVoucher(c.Voucher, l, k) }

func lockVoucher(id VoucherID, l *Links, k *Keys) {
	if link, ok := l.Vouchers[id]; ok {
		link.lock(k)
	}
}

// Decide ends an active voucher, at any time, whatever the flag, batch or hold say.
func (c End) Decide(e *Effects, now time.Time) (any, error) {
	if err := needReason(c.Reason); err != nil {
		return nil, err
	}
	v, err := e.existing(c.Voucher)
	if err != nil {
		return nil, err
	}
	if v.State != VoucherActive {
		return nil, endedAlready(v)
	}
	v = e.end(c.Voucher, c.To, c.Reason, c.By, now)
	return *v, nil
}

// existing returns a voucher, or the fault that there is none.
func (e *Effects) existing(id VoucherID) (*Voucher, error) {
	v := e.voucher(id)
	if v == nil {
		return nil, missing("voucher")
	}
	return v, nil
}

func endedAlready(v *Voucher) error {
	if v.State == VoucherRedeemed {
		return ErrAlreadyRedeemed
	}
	return ErrConflict.Saying("This voucher was ended before: it is " + string(v.State) + ".")
}

// end ends a voucher and releases its value.
func (e *Effects) end(id VoucherID, to VoucherState, reason string, by Actor, now time.Time) *Voucher {
	v := e.touch(id, now)
	e.post(PostEnd, Outstanding(v.Batch), Issuer, v.value(), now, Entry{Voucher: v.ID, Customer: v.Holder})
	released := v.Balance
	v.State, v.EndedAt, v.EndedBy, v.EndedReason = to, now, by.Name, reason
	v.Balance, v.Lapsed = 0, 0
	e.dropHolds(v.ID)
	event := EventVoucherVoided
	if to == VoucherDeleted {
		event = EventVoucherDeleted
	}
	e.event(Event{Type: event, Subject: string(v.ID), Version: v.Version, Campaign: v.Campaign, Customer: v.Holder, By: by, At: now,
		Data: map[string]any{"reason": reason, "released": released, "currency": v.Asset}})
	return v
}

// Disable deactivates or reactivates a voucher: a flag, allowed on anything but
// void and deleted ones.
type Disable struct {
	Voucher VoucherID
	On      bool
	Reason  string // mandatory when On
	By      Actor
}

// Resolve looks the voucher up.
func (c Disable) Resolve(q *Lookup) { q.Vouchers = append(q.Vouchers, c.Voucher) }

// Lock names the voucher with its surroundings.
func (c Disable) Lock(l *Links, k *Keys) { lockVoucher(c.Voucher, l, k) }

// Decide sets the flag; setting it twice is a conflict, so that nobody believes
// that their reason was kept.
func (c Disable) Decide(e *Effects, now time.Time) (any, error) {
	if c.On {
		if err := needReason(c.Reason); err != nil {
			return nil, err
		}
	}
	v, err := e.existing(c.Voucher)
	if err != nil {
		return nil, err
	}
	switch {
	case v.State == VoucherVoid || v.State == VoucherDeleted:
		return nil, endedAlready(v)
	case v.Disabled == c.On && c.On:
		return nil, ErrConflict.Saying("This voucher is deactivated already.")
	case v.Disabled == c.On:
		return nil, ErrConflict.Saying("This voucher is not deactivated.")
	}
	v = e.touch(c.Voucher, now)
	v.Disabled, v.DisabledReason = c.On, c.Reason
	event := EventVoucherDeactivated
	if !c.On {
		v.DisabledReason, event = "", EventVoucherReactivated
	}
	e.event(Event{Type: event, Subject: string(v.ID), Version: v.Version, Campaign: v.Campaign, Customer: v.Holder, By: c.By, At: now, Data: map[string]any{"reason": c.Reason}})
	return *v, nil
}

// Extend moves the expiry of an active voucher, also of one that has expired, to
// a moment in the future. What had lapsed comes back from breakage.
type Extend struct {
	Voucher   VoucherID
	ExpiresAt time.Time
	Reason    string
	By        Actor
}

// Resolve looks the voucher up.
func (c Extend) Resolve(q *Lookup) { q.Vouchers = append(q.Vouchers, c.Voucher) }

// Lock names the voucher with its surroundings.
func (c Extend) Lock(l *Links, k *Keys) { lockVoucher(c.Voucher, l, k) }

// Decide extends.
func (c Extend) Decide(e *Effects, now time.Time) (any, error) {
	v, err := e.existing(c.Voucher)
	if err != nil {
		return nil, err
	}
	if v.State != VoucherActive {
		return nil, endedAlready(v)
	}
	v = e.touch(c.Voucher, now)
	before := v.ExpiresAt
	v.ExpiresAt = c.ExpiresAt
	if err := v.validSpan(now); err != nil {
		return nil, err
	}
	lapsed := v.zero()
	lapsed.Minor, v.Lapsed = v.Lapsed, 0
	e.post(PostRevive, Breakage, Outstanding(v.Batch), lapsed, now, Entry{Voucher: v.ID, Customer: v.Holder})
	e.event(Event{Type: EventVoucherExtended, Subject: string(v.ID), Version: v.Version, Campaign: v.Campaign, Customer: v.Holder, By: c.By, At: now,
		Data: map[string]any{"before": moment(before), "after": moment(c.ExpiresAt), "reason": c.Reason}})
	return *v, nil
}

// Reassign gives an active, unused voucher that nobody holds in reserve to another customer.
type Reassign struct {
	Voucher  VoucherID
	Customer CustomerRef
	Reason   string
	By       Actor
}

// Resolve looks the voucher and the customer up.
func (c Reassign) Resolve(q *Lookup) {
	q.Vouchers = append(q.Vouchers, c.Voucher)
	if c.Customer.Key != "" {
		q.Customers = append(q.Customers, c.Customer.Key)
	}
}

// Lock names the voucher and the customer.
func (c Reassign) Lock(l *Links, k *Keys) {
	lockVoucher(c.Voucher, l, k)
	k.Customers = append(k.Customers, c.Customer.ID, l.Customers[c.Customer.Key])
}

// Decide changes the holder.
func (c Reassign) Decide(e *Effects, now time.Time) (any, error) {
	v, err := e.existing(c.Voucher)
	if err != nil {
		return nil, err
	}
	held, _ := e.held(string(v.ID), "", now)
	switch {
	case v.State != VoucherActive:
		return nil, endedAlready(v)
	case v.Uses > 0:
		return nil, ErrAlreadyRedeemed.Saying("A voucher that has been used stays with its holder.")
	case held > 0:
		return nil, ErrHeld
	}
	to, err := e.holder(c.Customer, c.By, now)
	if err != nil {
		return nil, err
	}
	v = e.touch(c.Voucher, now)
	before := v.Holder
	v.give(to)
	data := map[string]any{"before": before, "after": to, "reason": c.Reason}
	e.event(Event{Type: EventVoucherReassigned, Subject: string(v.ID), Version: v.Version, Campaign: v.Campaign, Customer: to, By: c.By, At: now, Data: data})
	return *v, nil
}
