package coupon

import (
	"time"
)

// Replace ends a voucher and issues another in its place, linked both ways, in one
// transaction. Terms, when given, are what the new one is promised.
type Replace struct {
	Voucher   VoucherID
	Code      NewCode
	Value     *Value // nil: the old terms
	ExpiresAt *time.Time
	Reason    string
	By        Actor
}

// Replaced is the answer to a Replace.
type Replaced struct {
	Old, New Voucher
}

// Resolve looks the voucher and the new code up.
func (c Replace) Resolve(q *Lookup) {
	q.Vouchers = append(q.Vouchers, c.Voucher)
	q.Fingerprints = append(q.Fingerprints, c.Code.Fingerprints...)
}

// Lock takes the old voucher, and the standing batch for the new one.
func (c Replace) Lock(l *Links, k *Keys) {
	link, ok := l.Vouchers[c.Voucher]
	if !ok {
		return
	}
	link.lock(k)
	lockIssue(link.Campaign, l.Campaigns[link.Campaign], k)
	c.Code.lock(l, k)
}

// Decide deletes the old voucher and issues the new one with what the old one held,
// unless another value is given.
func (c Replace) Decide(e *Effects, now time.Time) (any, error) {
	if err := needReason(c.Reason); err != nil {
		return nil, err
	}
	old, err := e.existing(c.Voucher)
	if err != nil {
		return nil, err
	}
	if old.State != VoucherActive {
		return nil, endedAlready(old)
	}
	left := *old
	cam, terms := e.campaign(old.Campaign), e.state.Terms[old.Terms]
	if cam == nil || terms == nil || cam.Limits.Counted() != e.state.Links.Campaigns[cam.ID].Counted {
		return nil, ErrMoved
	}
	termsID := old.Terms
	if c.Value != nil {
		doc := terms.Doc
		doc.Value = *c.Value
		if _, stored := doc.Stored(cam.Kind); doc.Drawdown && !stored {
			doc.Drawdown, doc.PerVoucher = false, 1
			left.MaxUses = 1
		}
		termsID = e.addTerms(cam, doc, now)
	}
	e.countIssued(cam, 1)
	e.end(c.Voucher, VoucherDeleted, c.Reason, c.By, now)
	fresh, err := e.issue(cam, termsID, c.Code, now)
	if err != nil {
		return nil, err
	}
	if err := c.shape(fresh, &left, now); err != nil {
		return nil, err
	}
	was := e.vouchers.edit(e.state.Vouchers, c.Voucher)
	was.ReplacedBy = fresh.ID
	e.post(PostIssue, Issuer, Outstanding(fresh.Batch), fresh.value(), now, Entry{Voucher: fresh.ID, Customer: fresh.Holder})
	e.event(Event{Type: EventVoucherReplaced, Subject: string(was.ID), Version: was.Version, Campaign: cam.ID, Customer: was.Holder, By: c.By, At: now,
		Data: map[string]any{"replaced_by": fresh.ID, "reason": c.Reason}})
	e.event(Event{Type: EventVoucherIssued, Subject: string(fresh.ID), Version: 1, Campaign: cam.ID, Customer: fresh.Holder, By: c.By, At: now,
		Data: map[string]any{"serial": fresh.Serial, "replaces": was.ID, "reason": c.Reason}})
	return Replaced{Old: *was, New: *fresh}, nil
}

// shape gives the new voucher what it inherits.
func (c Replace) shape(v, old *Voucher, now time.Time) error {
	v.give(old.Holder)
	v.Replaces, v.MaxUses = old.ID, old.MaxUses
	v.EarningMethod, v.SourceReference, v.Remarks, v.Metadata = "manual", old.SourceReference, old.Remarks, old.Metadata
	v.StartsAt, v.ExpiresAt = old.StartsAt, old.ExpiresAt
	if c.ExpiresAt != nil {
		v.ExpiresAt = *c.ExpiresAt
	}
	if c.Value == nil {
		v.Asset, v.Face, v.Balance = old.Asset, old.Face, old.Balance
		if old.Uses > 0 && v.MaxUses > 0 {
			v.MaxUses = old.MaxUses - old.Uses
		}
	}
	if c.ExpiresAt == nil && !v.ExpiresAt.IsZero() && !now.Before(v.ExpiresAt) {
		v.ExpiresAt = time.Time{} // an expired voucher that is replaced starts a new life
	}
	return v.validSpan(now)
}
