package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// maxCandidates is how many vouchers a qualification looks at: the customer's newest that
// are valid or will be, then the public ones.
const maxCandidates = 200

// Qualified is one voucher that a customer could use, or what it lacks.
type Qualified struct {
	coupon.Verdict
	View coupon.VoucherView
}

// Qualify says which vouchers a customer could use on an order: those that they hold and
// the public ones, best first. It changes nothing.
func (a *App) Qualify(ctx context.Context, req Request, customer coupon.CustomerRef, o *coupon.Order) ([]Qualified, error) {
	if err := req.By.May(coupon.RedeemVouchers); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, fault.Field("order", "This is needed.")
	}
	if err := fault.Check(o.Valid()); err != nil {
		return nil, err
	}
	who, err := a.known(ctx, customer)
	if err != nil {
		return nil, err
	}
	views, err := a.candidates(ctx, who)
	if err != nil {
		return nil, err
	}
	c := coupon.Qualify{Order: o, By: req.By.Actor, Customer: coupon.CustomerRef{ID: who}}
	byID := map[coupon.VoucherID]coupon.VoucherView{}
	for _, v := range views {
		c.Vouchers, byID[v.ID] = append(c.Vouchers, v.ID), v
	}
	out, err := a.engine.Try(ctx, c)
	if err != nil {
		return nil, err
	}
	var list []Qualified
	for _, v := range out.([]coupon.Verdict) {
		list = append(list, Qualified{v, byID[v.Voucher]})
	}
	return list, nil
}

// known returns the customer that a reference names; nobody when nobody is named, or
// when the source id is not known yet.
func (a *App) known(ctx context.Context, ref coupon.CustomerRef) (coupon.CustomerID, error) {
	if ref.Key == "" {
		return ref.ID, nil
	}
	c, err := a.Store.CustomerByKey(ctx, ref.Key)
	if e := fault.Of(err); e != nil && e.Kind == fault.NotFound {
		return "", nil
	}
	return c.ID, err
}

func (a *App) candidates(ctx context.Context, who coupon.CustomerID) ([]coupon.VoucherView, error) {
	var list []coupon.VoucherView
	alive := []coupon.Status{coupon.StatusActive, coupon.StatusPartlyUsed, coupon.StatusReserved, coupon.StatusScheduled}
	filters := []coupon.VoucherFilter{{Public: true, Statuses: alive, Now: a.Now()}}
	if who != "" {
		filters = append([]coupon.VoucherFilter{{Holder: who, Statuses: alive, Now: a.Now()}}, filters...)
	}
	seen := map[coupon.VoucherID]bool{}
	for _, f := range filters {
		page, err := a.Store.Vouchers(ctx, f, coupon.Paging{Limit: maxCandidates})
		if err != nil {
			return nil, err
		}
		for _, v := range page.Rows {
			if !seen[v.ID] && len(list) < maxCandidates {
				seen[v.ID] = true
				list = append(list, v)
			}
		}
	}
	return list, nil
}
