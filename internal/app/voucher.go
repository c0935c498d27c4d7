package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// IssueInput is a voucher that is issued by hand. Code, when given, is a public code.
type IssueInput struct {
	Code            string
	Customer        coupon.CustomerRef
	PerVoucher      *int64
	Unlimited       bool
	StartsAt        *time.Time
	ExpiresAt       *time.Time
	Money           *money.Amount
	Remarks         string
	EarningMethod   string
	SourceReference string
	Metadata        map[string]string
}

// Issued is a new voucher with its code in clear, shown this once.
type Issued struct {
	Voucher coupon.Voucher
	Code    string
}

// Prepared is an issue whose code is drawn, ready for the engine. Campaign and Code
// are what a door needs to render the answer.
type Prepared struct {
	Campaign coupon.CampaignView
	Code     string
	command  coupon.Issue
}

// PrepareIssue checks the input and draws the code.
func (a *App) PrepareIssue(ctx context.Context, req Request, id coupon.CampaignID, in IssueInput) (Prepared, error) {
	if err := req.By.May(coupon.IssueVouchers); err != nil {
		return Prepared{}, err
	}
	c, err := a.Store.Campaign(ctx, id)
	if err != nil {
		return Prepared{}, err
	}
	if err := in.check(); err != nil {
		return Prepared{}, err
	}
	worth := in.Money
	if worth == nil {
		worth = c.Doc.Value.Money
	}
	if err := a.capped(ctx, req.By, worth, "money"); err != nil {
		return Prepared{}, err
	}
	for _, text := range []*string{&in.Remarks, &in.SourceReference} {
		if *text, err = a.masked(ctx, *text); err != nil {
			return Prepared{}, err
		}
	}
	p := Prepared{Campaign: c, Code: in.Code}
	var code coupon.NewCode
	if in.Code == "" {
		code, p.Code, err = a.drawCode(ctx, c)
	} else {
		code, err = a.publicCode(in.Code)
	}
	if err != nil {
		return Prepared{}, err
	}
	max := in.PerVoucher
	if in.Unlimited {
		max = new(int64)
	}
	p.command = coupon.Issue{
		Campaign: id, Code: code, Public: in.Code != "", Customer: in.Customer, MaxUses: max, StartsAt: in.StartsAt, ExpiresAt: in.ExpiresAt, Money: in.Money,
		Remarks: in.Remarks, EarningMethod: in.EarningMethod, SourceReference: in.SourceReference, Metadata: in.Metadata, By: req.By.Actor,
	}
	return p, nil
}

// capped refuses an amount above what support may issue by hand. One in another currency
// than the cap's is refused too; units, percentages and goods have no cap.
func (a *App) capped(ctx context.Context, by By, worth *money.Amount, field string) error {
	if by.Role != coupon.Support || worth == nil || worth.Asset.IsUnit() {
		return nil
	}
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return err
	}
	most := money.Amount{Minor: org.SupportCap, Asset: money.Asset(org.Currency)}
	if most.Minor == 0 || worth.Asset == most.Asset && worth.Minor <= most.Minor {
		return nil
	}
	return fault.Field(field, "Support may issue at most "+most.Format("en")+". Ask an administrator.")
}

func (in *IssueInput) check() error {
	f := fields{}
	f.text("remarks", in.Remarks, 500, false)
	f.text("source_reference", in.SourceReference, 200, false)
	f.text("customer", string(in.Customer.Key), 300, false)
	f.texts("metadata", in.Metadata)
	switch in.EarningMethod {
	case "", "manual", "distribution", "automation", "loyalty", "api", "import":
	default:
		f.wrong("earning_method", "Known methods: manual, distribution, automation, loyalty, api, import.")
	}
	if in.PerVoucher != nil && *in.PerVoucher < 1 {
		f.wrong("limits.per_voucher", "A whole number above zero.")
	}
	f.money(in.Money)
	return f.err()
}

// publicCode is a code that somebody chose: it is known to everybody.
func (a *App) publicCode(code string) (coupon.NewCode, error) {
	canonical, err := coupon.Canonical(code)
	if err != nil {
		return coupon.NewCode{}, err
	}
	if len(canonical) < 3 {
		return coupon.NewCode{}, fault.Field("code", "At least three characters.")
	}
	return a.newCode(code, canonical, coupon.CodePolicy{}), nil
}

// Issue issues a prepared voucher.
func (a *App) Issue(ctx context.Context, req Request, p Prepared) (Issued, error) {
	v, err := do[coupon.Voucher](ctx, a, req, p.command)
	return Issued{Voucher: v, Code: p.Code}, err
}

// Voucher returns a voucher with what its status and lists show.
func (a *App) Voucher(ctx context.Context, by By, id coupon.VoucherID) (coupon.VoucherView, error) {
	if err := by.May(coupon.ListVouchers); err != nil {
		return coupon.VoucherView{}, err
	}
	return a.Store.Voucher(ctx, id)
}

// Vouchers lists vouchers. A search for a whole code finds its voucher.
func (a *App) Vouchers(ctx context.Context, by By, f coupon.VoucherFilter, p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
	if err := by.May(coupon.ListVouchers); err != nil {
		return coupon.Page[coupon.VoucherView]{}, err
	}
	return a.Store.Vouchers(ctx, a.asked(f), p)
}

// asked completes a filter: what is searched for may be a whole code.
func (a *App) asked(f coupon.VoucherFilter) coupon.VoucherFilter {
	f.Now = a.Now()
	if canonical, err := coupon.Canonical(f.Search); err == nil && len(canonical) > 5 {
		f.Codes = a.Keys.Fingerprints(canonical)
	}
	return f
}

// Lookup finds the voucher of a code.
func (a *App) Lookup(ctx context.Context, by By, code string) (coupon.VoucherView, error) {
	if err := by.May(coupon.ListVouchers); err != nil {
		return coupon.VoucherView{}, err
	}
	canonical, err := coupon.Canonical(code)
	if err != nil {
		return coupon.VoucherView{}, err
	}
	v, err := a.Store.VoucherByCode(ctx, a.Keys.Fingerprints(canonical))
	return v, a.mistyped(ctx, []string{code}, nil, err)
}

// Reveal opens a voucher's code and leaves an event.
func (a *App) Reveal(ctx context.Context, req Request, id coupon.VoucherID) (string, error) {
	if err := req.By.May(coupon.RevealCodes); err != nil {
		return "", err
	}
	v, err := a.Store.Voucher(ctx, id)
	if err != nil {
		return "", err
	}
	ev := a.event(req, coupon.EventVoucherRevealed, string(v.ID), nil)
	ev.Campaign, ev.Customer = v.Campaign, v.Holder
	s, err := a.showing(ctx, req, ev)
	if err != nil {
		return "", err
	}
	code, err := s.open(ctx, &v)
	if err != nil {
		return "", err
	}
	return record(ctx, a, req, code, ev)
}

// Shown opens the codes of the vouchers on a page; those it may show without asking
// are public codes and, for the maker of a batch that was made within the hour, the
// batch's own. All others need the reveal permission and leave one event.
func (a *App) Shown(ctx context.Context, req Request, list []coupon.VoucherView, subject string) (map[coupon.VoucherID]string, error) {
	if err := req.By.May(coupon.RevealCodes); err != nil {
		return nil, err
	}
	ev := a.event(req, coupon.EventBatchRevealed, subject, map[string]any{"vouchers": len(list)})
	s, err := a.showing(ctx, req, ev)
	if err != nil {
		return nil, err
	}
	err = s.takeEach(ctx, func(row func(coupon.VoucherView) error) error {
		for i := range list {
			if err := row(list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	codes, err := a.open(list)
	if err != nil {
		return nil, err
	}
	_, err = do[int](ctx, a, Request{By: req.By, ID: req.ID, Address: req.Address}, coupon.Record{Events: []coupon.Event{ev}})
	return codes, err
}

// OwnBatch opens the codes of a batch's vouchers for the person who made it, within
// an hour of making: a new batch opens shown to its maker.
func (a *App) OwnBatch(b coupon.BatchView, by By, list []coupon.VoucherView) (map[coupon.VoucherID]string, bool) {
	if b.MadeBy != by.Actor || a.Now().Sub(b.CreatedAt) > time.Hour || !by.Can(coupon.WriteCampaigns) {
		return nil, false
	}
	codes, err := a.open(list)
	return codes, err == nil
}

func (a *App) open(list []coupon.VoucherView) (map[coupon.VoucherID]string, error) {
	codes := make(map[coupon.VoucherID]string, len(list))
	for i := range list {
		code, err := a.Keys.Open(list[i].Sealed, string(list[i].ID))
		if err != nil {
			return nil, err
		}
		codes[list[i].ID] = code
	}
	return codes, nil
}
