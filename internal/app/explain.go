package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// Explanation is every check of vouchers on an order, in the order in which they are
// made, with their figures.
type Explanation struct {
	Vouchers []coupon.Verdict
	Order    *coupon.Priced
	Refusal  *coupon.Refusal // what it explains, when that is a stored try
	At       time.Time       // the moment it is judged for
	Unknown  []string        // what cannot be known of that moment, as sentences
}

// Explain runs every check of a redemption and changes nothing: as of now, or of a moment
// of the past as far as the history tells. It is for staff and keys, who may know why.
func (a *App) Explain(ctx context.Context, req Request, in RedeemInput, at time.Time) (Explanation, error) {
	if err := req.By.May(coupon.ReadRedemptions); err != nil {
		return Explanation{}, err
	}
	now := a.Now()
	if at.After(now) {
		return Explanation{}, fault.Field("at", "This moment lies in the future.")
	}
	c, err := a.command(ctx, req, in)
	if err != nil {
		return Explanation{}, err
	}
	c.Explain = true
	e := Explanation{At: now}
	var out any
	if at.IsZero() {
		out, err = a.engine.TryAt(ctx, c, now, nil)
	} else {
		e.At = at
		out, err = a.engine.TryAt(ctx, c, at, func(s *coupon.State) (err error) {
			e.Unknown, err = a.rewind(ctx, s, at)
			return err
		})
	}
	return e, e.fill(out, a.mistyped(ctx, in.codes(), coupon.VerdictsOf(out, err), err), in.Order)
}

// fill takes over what a decision said.
func (e *Explanation) fill(out any, err error, o *coupon.Order) error {
	if result, ok := out.(coupon.Redeemed); ok && err == nil {
		e.Vouchers, e.Order = result.Vouchers, result.Order
		return nil
	}
	r, ok := coupon.RejectionOf(err)
	switch {
	case !ok:
		return err
	case r.Vouchers != nil:
		before := o.Undiscounted()
		e.Vouchers, e.Order = r.Vouchers, &before
		return nil
	}
	f, one := fault.Of(err), r.Refusals[0]
	e.Vouchers = []coupon.Verdict{{Voucher: one.Voucher, Tail: one.Tail, Reason: f.Code, Text: f.Msg, Checks: one.Checks}}
	return nil
}

// maxLater is how many events of one thing are undone, at most.
const maxLater = 5000

// rewind reads what happened since and undoes it.
func (a *App) rewind(ctx context.Context, s *coupon.State, at time.Time) ([]string, error) {
	var later []coupon.Event
	for _, subject := range s.Subjects() {
		p := coupon.Paging{Limit: 200}
		for n := 0; ; n += 200 {
			if n >= maxLater {
				return nil, coupon.ErrConflict.Saying("Too much has happened since that moment to work it out.")
			}
			page, err := a.Store.Events(ctx, coupon.EventFilter{Subject: subject, From: at.Add(time.Microsecond)}, p)
			if err != nil {
				return nil, err
			}
			later = append(later, page.Rows...)
			if p.After = page.Next; p.After == "" {
				break
			}
		}
	}
	unknown, err := s.Rewind(at, later)
	if err != nil {
		return nil, err
	}
	for _, id := range s.Holders() {
		c, err := a.Store.Customer(ctx, id)
		if err != nil {
			return nil, err
		}
		s.Customers.Load(id, &c)
	}
	return unknown, nil
}

// ExplainRefusal returns a stored try exactly as it was judged.
func (a *App) ExplainRefusal(ctx context.Context, req Request, id coupon.RefusalID) (Explanation, error) {
	if err := req.By.May(coupon.ReadRedemptions); err != nil {
		return Explanation{}, err
	}
	r, err := a.Store.Refusal(ctx, id)
	if err != nil {
		return Explanation{}, err
	}
	v := coupon.Verdict{Voucher: r.Voucher, Tail: r.Tail, Reason: r.Reason, Checks: r.Checks}
	for _, c := range r.Checks {
		if v.Text == "" && !c.Passed {
			v.Text = c.Text
		}
	}
	return Explanation{Vouchers: []coupon.Verdict{v}, Refusal: &r, At: r.At}, nil
}

// Preview says what a voucher of a campaign that nobody has saved yet would give to an
// order: the form's "Try it".
func (a *App) Preview(ctx context.Context, by By, in CampaignInput, o *coupon.Order, customer coupon.CustomerID) (Explanation, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return Explanation{}, err
	}
	c, d := coupon.Campaign{Kind: in.Kind, State: in.State}, coupon.TermsDoc{}
	in.apply(&c, &d)
	d.Default(in.Kind, in.PerVoucher, in.Unlimited, in.Drawdown)
	if err := a.checkCampaign(&c, d); err != nil {
		return Explanation{}, err
	}
	if err := fault.Check(o.Valid()); err != nil {
		return Explanation{}, err
	}
	var who *coupon.Customer
	if customer != "" {
		found, err := a.Store.Customer(ctx, customer)
		if err != nil {
			return Explanation{}, fault.Field("customer", "There is no such customer.")
		}
		who = &found
	}
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return Explanation{}, err
	}
	verdict, priced := coupon.Preview(org, a.expert.Holds, c, d, o, who, a.Now())
	return Explanation{Vouchers: []coupon.Verdict{verdict}, Order: &priced}, nil
}
