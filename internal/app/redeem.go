package app

import (
	"context"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// RedeemInput is what a redemption, a hold or a validation names. One of Code,
// Voucher and Hold is given.
type RedeemInput struct {
	Code        string
	Voucher     coupon.VoucherID
	Hold        coupon.HoldID
	Money       *money.Amount
	Customer    coupon.CustomerRef
	Location    coupon.LocationID
	Reference   string
	Transaction coupon.Transaction
	Channel     coupon.Channel
}

// command checks what was given and makes the command of it.
func (a *App) command(ctx context.Context, req Request, in RedeemInput) (coupon.Redeem, error) {
	c := coupon.Redeem{
		Hold: in.Hold, Customer: in.Customer, Location: in.Location, Reference: in.Reference, Transaction: in.Transaction, Channel: in.Channel, By: req.By.Actor,
	}
	f := fields{}
	f.text("reference", in.Reference, 200, false)
	f.text("transaction.reference", in.Transaction.Reference, 200, false)
	f.text("customer", string(in.Customer.Key), 300, false)
	if t := in.Transaction.Type; t != "" && !slices.Contains(coupon.TransactionTypes(), t) {
		f.wrong("transaction.type", "Known types: top_up, purchase, package_purchase, registration, upgrade, order, other.")
	}
	if in.Money != nil && (in.Money.Minor < 1 || in.Money.Minor > money.MaxMinor || !in.Money.Asset.Valid()) {
		f.wrong("money", "An amount above zero in a known currency.")
	}
	if err := f.err(); err != nil {
		return c, err
	}
	if in.Location != "" {
		if l, err := a.Store.Location(ctx, in.Location); err != nil || l.Closed {
			return c, fault.Field("location", "There is no such location.")
		}
	}
	if in.Hold != "" {
		return c, nil
	}
	item := coupon.Item{Voucher: in.Voucher, Money: in.Money}
	if in.Voucher == "" {
		canonical, err := coupon.Canonical(in.Code)
		if err != nil {
			return c, err
		}
		item.Fingerprints = a.Keys.Fingerprints(canonical)
	}
	c.Items = []coupon.Item{item}
	return c, nil
}

// Redeem uses a voucher, or what was held.
func (a *App) Redeem(ctx context.Context, req Request, in RedeemInput) (coupon.Redeemed, error) {
	if err := a.mayAt(ctx, req, coupon.RedeemVouchers, in.Location); err != nil {
		return coupon.Redeemed{}, err
	}
	return a.redeem(ctx, req, in)
}

func (a *App) redeem(ctx context.Context, req Request, in RedeemInput) (coupon.Redeemed, error) {
	c, err := a.command(ctx, req, in)
	if err != nil {
		return coupon.Redeemed{}, err
	}
	judge := a.spelling(ctx, req, in.Code)
	out, err := do[coupon.Redeemed](ctx, a, req, c)
	return out, judge(err)
}

// Check is the answer to a validation: what would be given, or why not.
type Check struct {
	Voucher coupon.VoucherView
	Result  *coupon.Redeemed // nil when refused
	Refusal *fault.Error
}

// Validate decides as Redeem would and changes nothing. An unknown code is an error;
// any other refusal is part of the answer.
func (a *App) Validate(ctx context.Context, req Request, in RedeemInput) (Check, error) {
	if err := a.mayAt(ctx, req, coupon.RedeemVouchers, in.Location); err != nil {
		return Check{}, err
	}
	c, err := a.command(ctx, req, in)
	if err != nil {
		return Check{}, err
	}
	out, err := a.engine.Try(ctx, c)
	e := fault.Of(err)
	if e != nil && e.Kind != fault.Refused {
		return Check{}, a.mistyped(ctx, in.Code, err)
	}
	check := Check{Refusal: e}
	if e == nil {
		result := out.(coupon.Redeemed)
		check.Result = &result
		check.Voucher, err = a.Store.Voucher(ctx, result.Redemptions[0].Voucher)
		return check, err
	}
	if r, ok := e.Detail.(*coupon.Refusal); ok {
		check.Voucher, err = a.Store.Voucher(ctx, r.Voucher)
		return check, err
	}
	return check, nil
}

// Hold reserves what Redeem would use, for a time.
func (a *App) Hold(ctx context.Context, req Request, in RedeemInput, length time.Duration) (coupon.Held, error) {
	if err := a.mayAt(ctx, req, coupon.RedeemVouchers, in.Location); err != nil {
		return coupon.Held{}, err
	}
	if in.Hold != "" {
		return coupon.Held{}, fault.Field("hold", "A hold cannot be held.")
	}
	c, err := a.command(ctx, req, in)
	if err != nil {
		return coupon.Held{}, err
	}
	judge := a.spelling(ctx, req, in.Code)
	out, err := do[coupon.Held](ctx, a, req, coupon.TakeHold{Redeem: c, For: length})
	return out, judge(err)
}

// ReleaseHold gives back what a hold reserved.
func (a *App) ReleaseHold(ctx context.Context, req Request, id coupon.HoldID) (coupon.Hold, error) {
	if err := req.By.May(coupon.RedeemVouchers); err != nil {
		return coupon.Hold{}, err
	}
	return do[coupon.Hold](ctx, a, req, coupon.ReleaseHold{ID: id, By: req.By.Actor})
}

// Reverse undoes a redemption, wholly or by an amount. Who is tied to locations undoes
// what was redeemed there.
func (a *App) Reverse(ctx context.Context, req Request, id coupon.RedemptionID, m *money.Amount, reason string) (coupon.Undone, error) {
	if err := req.By.May(coupon.ReverseRedemptions); err != nil {
		return coupon.Undone{}, err
	}
	if len(req.By.Locations) > 0 {
		r, err := a.Store.Redemption(ctx, id)
		if err != nil {
			return coupon.Undone{}, err
		}
		if err := req.By.MayAt(coupon.ReverseRedemptions, r.Location); err != nil {
			return coupon.Undone{}, err
		}
	}
	f := fields{}
	f.text("reason", reason, 500, true)
	if err := f.err(); err != nil {
		return coupon.Undone{}, err
	}
	return do[coupon.Undone](ctx, a, req, coupon.Reverse{Redemption: id, Money: m, Reason: reason, By: req.By.Actor})
}
