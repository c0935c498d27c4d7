package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// Explanation is every check of vouchers on an order, in the order in which they are
// made, with their figures.
type Explanation struct {
	Vouchers []coupon.Verdict
	Order    *coupon.Priced
	Refusal  *coupon.Refusal // what it explains, when that is a stored try
}

// Wrong is the fault of a wrong code among the vouchers; nil when there is none.
func (e *Explanation) Wrong() error { return wrongAmong(e.Vouchers) }

// Explain runs every check of a redemption and changes nothing. It is for staff and keys,
// who may know why.
func (a *App) Explain(ctx context.Context, req Request, in RedeemInput) (Explanation, error) {
	if err := req.By.May(coupon.ReadRedemptions); err != nil {
		return Explanation{}, err
	}
	c, err := a.command(ctx, req, in)
	if err != nil {
		return Explanation{}, err
	}
	c.Explain = true
	out, err := a.engine.Try(ctx, c)
	err = a.mistyped(ctx, in.codes(), err)
	if result, ok := out.(coupon.Redeemed); ok && err == nil {
		return Explanation{Vouchers: result.Vouchers, Order: result.Order}, nil
	}
	r, ok := coupon.RejectionOf(err)
	switch {
	case !ok:
		return Explanation{}, err
	case r.Vouchers != nil:
		before := in.Order.Undiscounted()
		return Explanation{Vouchers: r.Vouchers, Order: &before}, nil
	}
	f, one := fault.Of(err), r.Refusals[0]
	return Explanation{Vouchers: []coupon.Verdict{{Voucher: one.Voucher, Tail: one.Tail, Reason: f.Code, Text: f.Msg, Checks: one.Checks}}}, nil
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
	return Explanation{Vouchers: []coupon.Verdict{v}, Refusal: &r}, nil
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
