package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// NewCode is a code made outside the decision: sealed for the voucher id it will
// have, with its fingerprints (current key first).
type NewCode struct {
	Voucher      VoucherID
	Fingerprints []string
	Sealed       string
	Prefix, Tail string
	Face         *int64    // imported: wins over the batch's amount
	ExpiresAt    time.Time // imported: wins over the batch's expiry
	Remarks      string
}

// Issue makes one voucher by hand, in the campaign's standing batch.
type Issue struct {
	Campaign        CampaignID
	Code            NewCode
	Public          bool
	Customer        CustomerRef
	MaxUses         *int64 // nil: as the terms say; 0: no limit
	StartsAt        *time.Time
	ExpiresAt       *time.Time
	Money           *money.Amount
	Remarks         string
	EarningMethod   string
	SourceReference string
	Metadata        map[string]string
	By              Actor
}

// Resolve looks up the campaign, the customer and whether the code is bound.
func (c Issue) Resolve(q *Lookup) {
	q.Campaigns = append(q.Campaigns, c.Campaign)
	q.Fingerprints = append(q.Fingerprints, c.Code.Fingerprints...)
	if c.Customer.Key != "" {
		q.Customers = append(q.Customers, c.Customer.Key)
	}
}

// Lock takes the standing batch, whose sequence moves, and a former voucher of the code.
func (c Issue) Lock(l *Links, k *Keys) {
	link := l.Campaigns[c.Campaign]
	lockIssue(c.Campaign, link, k)
	k.Customers = append(k.Customers, c.Customer.ID, l.Customers[c.Customer.Key])
	c.Code.lock(l, k)
}

// lock names a code that is bound already, with its voucher.
func (c NewCode) lock(l *Links, k *Keys) {
	if f, former, ok := l.bound(c.Fingerprints); ok {
		k.Codes = append(k.Codes, f)
		k.Vouchers = append(k.Vouchers, former.Voucher)
	}
}

func lockIssue(cam CampaignID, link CampaignLink, k *Keys) {
	k.Campaigns = append(k.Campaigns, cam)
	k.Terms = append(k.Terms, link.Terms)
	k.OwnBatches = append(k.OwnBatches, link.Standing)
	if link.Counted&CountIssued != 0 {
		k.Counters = append(k.Counters, IssuedCounter(cam))
	}
}

// Decide issues the voucher.
func (c Issue) Decide(e *Effects, now time.Time) (any, error) {
	cam := e.campaign(c.Campaign)
	if cam == nil {
		return nil, missing("campaign")
	}
	if cam.State == CampaignArchived {
		return nil, ErrConflict.Saying("An archived campaign issues nothing.")
	}
	if c.Public && cam.Limits.Total == 0 && cam.Limits.PerCustomer == 0 && cam.Limits.Budget == nil && (c.MaxUses == nil || *c.MaxUses == 0) && c.unlimited(e, cam) {
		return nil, fault.Field("limits", "A public code needs a limit: in total, per customer or a budget.")
	}
	if err := e.allocate(cam, 1); err != nil {
		return nil, err
	}
	holder, err := e.holder(c.Customer, c.By, now)
	if err != nil {
		return nil, err
	}
	v, err := e.issue(cam, cam.Terms, c.Code, now)
	if err != nil {
		return nil, err
	}
	if err := c.shape(v, cam.Kind, e.state.Terms[cam.Terms].Doc, now); err != nil {
		return nil, err
	}
	v.give(holder)
	v.Public = c.Public
	e.post(PostIssue, Issuer, Outstanding(v.Batch), v.value(), now, Entry{Voucher: v.ID})
	e.event(Event{Type: EventVoucherIssued, Subject: string(v.ID), Version: 1, Campaign: cam.ID, Customer: holder, By: c.By, At: now,
		Data: map[string]any{"serial": v.Serial, "earning_method": v.EarningMethod, "source_reference": v.SourceReference}})
	return *v, nil
}

func (c Issue) unlimited(e *Effects, cam *Campaign) bool {
	t := e.state.Terms[cam.Terms]
	return c.MaxUses != nil || t == nil || t.Doc.PerVoucher == 0
}

// shape applies what this one voucher was given beside its terms.
func (c Issue) shape(v *Voucher, kind Kind, doc TermsDoc, now time.Time) error {
	if c.MaxUses != nil && !doc.Drawdown { // there, the balance decides
		v.MaxUses = *c.MaxUses
	}
	if c.StartsAt != nil {
		v.StartsAt = *c.StartsAt
	}
	if c.ExpiresAt != nil {
		v.ExpiresAt = *c.ExpiresAt
	}
	if err := c.worth(v, kind, doc); err != nil {
		return err
	}
	if err := v.validSpan(now); err != nil {
		return err
	}
	v.EarningMethod, v.SourceReference, v.Remarks, v.Metadata = c.EarningMethod, c.SourceReference, c.Remarks, c.Metadata
	if v.EarningMethod == "" {
		v.EarningMethod = "manual"
	}
	return nil
}

// worth gives the voucher the amount that was asked for, where it is worth one.
func (c Issue) worth(v *Voucher, kind Kind, doc TermsDoc) error {
	_, stored := doc.Stored(kind)
	switch m := c.Money; {
	case m == nil && stored && v.Face == 0:
		return fault.Field("money", "Say the amount.")
	case m == nil:
		return nil
	case !stored && doc.Value.Type != ValueAmount:
		return fault.Field("money", "This campaign's vouchers are not worth an amount.")
	case WrongValue(*m) != "":
		return fault.Field("money", WrongValue(*m))
	case v.Asset != "" && m.Asset != v.Asset:
		return ErrCurrency.On("money")
	}
	v.Face, v.Asset = c.Money.Minor, c.Money.Asset
	if stored {
		v.Balance = v.Face
	}
	return nil
}

func (v *Voucher) validSpan(now time.Time) error {
	switch {
	case v.ExpiresAt.IsZero():
		return nil
	case !now.Before(v.ExpiresAt):
		return fault.Field("expires_at", "The expiry lies in the past.")
	case !v.StartsAt.Before(v.ExpiresAt):
		return fault.Field("starts_at", "The start lies after the expiry.")
	}
	return nil
}

// holder returns the customer a new voucher is for; an unknown source id becomes one.
func (e *Effects) holder(ref CustomerRef, by Actor, now time.Time) (CustomerID, error) {
	who := ref.ID
	if ref.Key != "" {
		who = e.state.Links.Customers[ref.Key]
	}
	if e.state.Links.moved[ref.Key] {
		return "", ErrMoved
	}
	switch {
	case ref.None():
		return "", nil
	case who == "":
		cus, err := e.newCustomer(ref.Key, by, now)
		if err != nil {
			return "", err
		}
		return cus.ID, nil
	case e.customers.see(e.state.Customers, who) == nil:
		return "", fault.Field("customer", "There is no such customer.")
	}
	return who, nil
}

// issue makes a voucher of the campaign's standing batch under terms. A code that
// is bound already is refused, unless it is public and its voucher has ended.
func (e *Effects) issue(cam *Campaign, terms TermsID, code NewCode, now time.Time) (*Voucher, error) {
	t, b := e.termsOf(terms), e.batches.edit(e.state.Batches, cam.Standing)
	if t == nil || b == nil {
		return nil, ErrMoved
	}
	if err := e.bind(code, cam.ID, now); err != nil {
		return nil, err
	}
	b.Made++
	b.Quantity, b.Version, b.UpdatedAt = b.Made, b.Version+1, now
	v := newVoucher(e.state.Org, cam.Kind, t, b, code, now)
	e.vouchers.add(v.ID, v)
	return v, nil
}

// newVoucher returns the b.Made-th voucher of its batch.
func newVoucher(org Organisation, kind Kind, t *Terms, b *Batch, code NewCode, now time.Time) *Voucher {
	v := &Voucher{
		ID: code.Voucher, Serial: b.Serial(b.Made), Sequence: b.Made, Sealed: code.Sealed, Prefix: code.Prefix, Tail: code.Tail,
		Campaign: t.Campaign, Terms: t.ID, Batch: b.ID, State: VoucherActive, MaxUses: t.Doc.PerVoucher, Remarks: code.Remarks,
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	v.StartsAt, v.ExpiresAt = t.Doc.Validity.Span(org, now)
	for _, at := range []time.Time{b.ExpiresAt, code.ExpiresAt} {
		if !at.IsZero() {
			v.ExpiresAt = at
		}
	}
	stored, isStored := t.Doc.Stored(kind)
	switch {
	case b.Money.Asset != "":
		v.Face, v.Asset = b.Money.Minor, b.Money.Asset
	case isStored:
		v.Face, v.Asset = stored.Minor, stored.Asset
	case t.Doc.Value.Money != nil:
		v.Face, v.Asset = t.Doc.Value.Money.Minor, t.Doc.Value.Money.Asset
	}
	if code.Face != nil {
		v.Face = *code.Face
	}
	if isStored {
		v.Balance = v.Face
	}
	if t.Doc.Drawdown {
		v.MaxUses = 0
	}
	return v
}

// value is what the ledger holds for the voucher.
func (v *Voucher) value() money.Amount {
	return money.Amount{Minor: v.Balance - v.Lapsed, Asset: v.Asset}
}

// bind gives the code to the voucher it was made for.
func (e *Effects) bind(code NewCode, cam CampaignID, now time.Time) error {
	row := Code{Fingerprint: code.Fingerprints[0], Voucher: code.Voucher, Campaign: cam}
	f, former, taken := e.state.Links.bound(code.Fingerprints)
	if !taken {
		e.codes = append(e.codes, row)
		return nil
	}
	old := e.voucher(former.Voucher)
	if old == nil || !former.Fresh && e.state.Bound[f] != former.Voucher {
		return ErrMoved
	}
	over := old.State != VoucherActive || !old.ExpiresAt.IsZero() && !now.Before(old.ExpiresAt)
	if !old.Public || !over {
		return ErrConflict.Saying("This code is in use.").On("code")
	}
	if _, current := e.state.Links.Codes[row.Fingerprint]; !current {
		return ErrConflict.Saying("This code is being moved to a new key. Try again in a minute.").On("code")
	}
	e.rebound = append(e.rebound, row)
	e.event(Event{Type: EventCodeRebound, Subject: string(old.ID), Version: old.Version, Campaign: old.Campaign, At: now, Data: map[string]any{"to": code.Voucher}})
	return nil
}
