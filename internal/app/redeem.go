package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// RedeemInput is what a redemption, a hold or a validation names: one of Code, Voucher,
// Items and Hold.
type RedeemInput struct {
	Code        string
	Voucher     coupon.VoucherID
	Money       *money.Amount // of Code or Voucher
	Items       []Named       // several vouchers
	Hold        coupon.HoldID
	Customer    coupon.CustomerRef
	Location    coupon.LocationID
	Reference   string
	Transaction coupon.Transaction
	Channel     coupon.Channel
	Order       *coupon.Order // what the vouchers are applied to
	Possible    bool          // of an order: leave out what is refused
}

// Named is one voucher, by code or id, and how much of a stored value to use.
type Named struct {
	Code    string
	Voucher coupon.VoucherID
	Money   *money.Amount
}

// named lists the vouchers.
func (in *RedeemInput) named() []Named {
	if len(in.Items) == 0 && in.Hold == "" {
		return []Named{{in.Code, in.Voucher, in.Money}}
	}
	return in.Items
}

// codes lists the codes as they were typed, "" for what was named by id.
func (in *RedeemInput) codes() []string {
	var list []string
	for _, n := range in.named() {
		list = append(list, n.Code)
	}
	return list
}

// command checks what was given and makes the command of it.
func (a *App) command(ctx context.Context, req Request, in RedeemInput) (coupon.Redeem, error) {
	c := coupon.Redeem{
		Hold: in.Hold, Customer: in.Customer, Location: in.Location, Reference: in.Reference, Transaction: in.Transaction, Channel: in.Channel, By: req.By.Actor,
		Order: in.Order, Possible: in.Possible,
	}
	if err := in.check(); err != nil {
		return c, err
	}
	if in.Location != "" {
		if l, err := a.Store.Location(ctx, in.Location); err != nil || l.Closed {
			return c, fault.Field("location", "There is no such location.")
		}
	}
	var codes []string
	for i, n := range in.named() {
		item := coupon.Item{Voucher: n.Voucher, Money: n.Money}
		if n.Voucher == "" {
			canonical, err := coupon.Canonical(n.Code)
			if err != nil && len(in.Items) > 0 {
				return c, fault.Field(fmt.Sprintf("codes[%d]", i), fault.Of(err).Msg)
			}
			if err != nil {
				return c, err
			}
			item.Fingerprints = a.Keys.Fingerprints(canonical)
			codes = append(codes, canonical)
		}
		c.Items = append(c.Items, item)
	}
	return c, a.withoutCodes(ctx, &c, codes)
}

// check says what is wrong with an input, by field.
func (in *RedeemInput) check() error {
	f := fields{}
	if in.Order != nil {
		f.Fields = in.Order.Valid()
	}
	f.text("reference", in.Reference, 200, false)
	f.text("transaction.reference", in.Transaction.Reference, 200, false)
	f.text("customer", string(in.Customer.Key), 300, false)
	if t := in.Transaction.Type; t != "" && !slices.Contains(coupon.TransactionTypes(), t) {
		f.wrong("transaction.type", "Known types: top_up, purchase, package_purchase, registration, upgrade, order, other.")
	}
	if len(in.Items) > coupon.MaxCodes {
		f.wrong("codes", fmt.Sprintf("At most %d codes.", coupon.MaxCodes))
	}
	for i, n := range in.named() {
		name := "money"
		if len(in.Items) > 0 {
			name = fmt.Sprintf("codes[%d].amount", i)
		}
		if n.Money != nil && (n.Money.Minor < 1 || n.Money.Minor > money.MaxMinor || !n.Money.Asset.Valid()) {
			f.wrong(name, "An amount above zero in a known currency.")
		}
	}
	return f.err()
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
	judge := a.spelling(ctx, req, in.codes())
	out, err := do[coupon.Redeemed](ctx, a, req, c)
	return out, judge(out, err)
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
	judge := a.spelling(ctx, req, in.codes())
	out, err := do[coupon.Held](ctx, a, req, coupon.TakeHold{Redeem: c, For: length})
	return out, judge(out, err)
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
func (a *App) Reverse(ctx context.Context, req Request, id coupon.RedemptionID, m *money.Amount, why string) (coupon.Undone, error) {
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
	why, err := a.reason(ctx, why, true)
	if err != nil {
		return coupon.Undone{}, err
	}
	return do[coupon.Undone](ctx, a, req, coupon.Reverse{Redemption: id, Money: m, Reason: why, By: req.By.Actor})
}
