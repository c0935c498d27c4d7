package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// Check is the answer to a validation: what would be given, or why not.
type Check struct {
	Voucher coupon.VoucherView // of one voucher without an order
	Result  *coupon.Redeemed   // nil when refused
	Refusal *fault.Error

	// Of an order: each voucher in the order in which they were named, and what the order
	// comes to; before any voucher, when they were refused.
	Vouchers []coupon.Verdict
	Order    *coupon.Priced
}

// Validate decides as Redeem would and changes nothing. An unknown code is an error,
// unless it is one of several; any other refusal is part of the answer.
func (a *App) Validate(ctx context.Context, req Request, in RedeemInput) (Check, error) {
	if err := a.mayAt(ctx, req, coupon.RedeemVouchers, in.Location); err != nil {
		return Check{}, err
	}
	c, err := a.command(ctx, req, in)
	if err != nil {
		return Check{}, err
	}
	return a.try(ctx, c, &in)
}

func (a *App) try(ctx context.Context, c coupon.Redeem, in *RedeemInput) (Check, error) {
	out, err := a.engine.Try(ctx, c)
	err = a.mistyped(ctx, in.codes(), coupon.VerdictsOf(out, err), err)
	rejection, rejected := coupon.RejectionOf(err)
	several := rejected && len(rejection.Vouchers) > 1
	check := Check{Refusal: fault.Of(err)}
	if err != nil && check.Refusal.Kind != fault.Refused && !several {
		return Check{}, err
	}
	if err == nil {
		result := out.(coupon.Redeemed)
		check.Result, check.Vouchers, check.Order = &result, result.Vouchers, result.Order
	} else if rejected && c.Order != nil {
		before := c.Order.Undiscounted()
		check.Vouchers, check.Order = rejection.Vouchers, &before
	}
	return check, a.show(ctx, &check, err)
}

// show reads the voucher that a check without an order is about.
func (a *App) show(ctx context.Context, check *Check, refused error) error {
	id := coupon.RefusedVoucher(refused)
	if check.Result != nil {
		id = check.Result.Redemptions[0].Voucher
	}
	if id == "" || check.Order != nil {
		return nil
	}
	var err error
	check.Voucher, err = a.Store.Voucher(ctx, id)
	return err
}
