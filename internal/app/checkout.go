package app

import (
	"context"
	"fmt"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// Checkout returns the order of a checkout.
func (a *App) Checkout(ctx context.Context, by By, id coupon.CheckoutID) (coupon.Checkout, error) {
	if err := by.May(coupon.ReadRedemptions); err != nil {
		return coupon.Checkout{}, err
	}
	return a.Store.Checkout(ctx, id)
}

// Checkouts lists the checkouts of orders, the newest first.
func (a *App) Checkouts(ctx context.Context, by By, f coupon.CheckoutFilter, p coupon.Paging) (coupon.Page[coupon.Checkout], error) {
	if err := by.May(coupon.ReadRedemptions); err != nil {
		return coupon.Page[coupon.Checkout]{}, err
	}
	var err error
	if f.Reference, err = a.masked(ctx, f.Reference); err != nil { // as it is kept
		return coupon.Page[coupon.Checkout]{}, err
	}
	return a.Store.Checkouts(ctx, f, p)
}

// ReverseCheckout undoes the vouchers of one checkout, wholly or for lines that came
// back. Who is tied to locations undoes what was redeemed there.
func (a *App) ReverseCheckout(ctx context.Context, req Request, id coupon.CheckoutID, lines []coupon.ReturnLine, why string) (coupon.UndoneCheckout, error) {
	if err := req.By.May(coupon.ReverseRedemptions); err != nil {
		return coupon.UndoneCheckout{}, err
	}
	if len(lines) > coupon.MaxLines {
		return coupon.UndoneCheckout{}, fault.Field("lines", fmt.Sprintf("At most %d lines.", coupon.MaxLines))
	}
	why, err := a.reason(ctx, why, true)
	if err != nil {
		return coupon.UndoneCheckout{}, err
	}
	if len(req.By.Locations) > 0 {
		if err := a.mayReverse(ctx, req.By, id); err != nil {
			return coupon.UndoneCheckout{}, err
		}
	}
	return do[coupon.UndoneCheckout](ctx, a, req, coupon.ReverseCheckout{Checkout: id, Lines: lines, Reason: why, By: req.By.Actor})
}

// mayReverse reports whether somebody may reverse what was redeemed where it was.
func (a *App) mayReverse(ctx context.Context, by By, id coupon.CheckoutID) error {
	page, err := a.Store.Redemptions(ctx, coupon.RedemptionFilter{Checkout: id}, coupon.Paging{})
	if err != nil {
		return err
	}
	if len(page.Rows) == 0 {
		return fault.New(fault.NotFound, "not_found", "There is no such checkout.")
	}
	return by.MayAt(coupon.ReverseRedemptions, page.Rows[0].Location)
}
