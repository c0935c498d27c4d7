package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// reason checks the sentence that says why, and masks the codes in it: it stands in the
// event, which everybody reads and webhooks carry.
func (a *App) reason(ctx context.Context, s string, needed bool) (string, error) {
	f := fields{}
	f.text("reason", s, 500, needed)
	if err := f.err(); err != nil {
		return "", err
	}
	return a.masked(ctx, s)
}

// change runs a command on a voucher for somebody who may change vouchers; the command
// takes the reason as it is kept.
func change[T any](ctx context.Context, a *App, req Request, why string, needed bool, command func(why string) coupon.Command) (T, error) {
	var none T
	if err := req.By.May(coupon.ChangeVouchers); err != nil {
		return none, err
	}
	why, err := a.reason(ctx, why, needed)
	if err != nil {
		return none, err
	}
	return do[T](ctx, a, req, command(why))
}

// Void ends a voucher, with a reason.
func (a *App) Void(ctx context.Context, req Request, id coupon.VoucherID, why string) (coupon.Voucher, error) {
	return change[coupon.Voucher](ctx, a, req, why, true, func(why string) coupon.Command {
		return coupon.End{Voucher: id, To: coupon.VoucherVoid, Reason: why, By: req.By.Actor}
	})
}

// Delete ends a voucher for good, with a reason; its history stays.
func (a *App) Delete(ctx context.Context, req Request, id coupon.VoucherID, why string) (coupon.Voucher, error) {
	return change[coupon.Voucher](ctx, a, req, why, true, func(why string) coupon.Command {
		return coupon.End{Voucher: id, To: coupon.VoucherDeleted, Reason: why, By: req.By.Actor}
	})
}

// Deactivate prevents further use until Reactivate, with a reason.
func (a *App) Deactivate(ctx context.Context, req Request, id coupon.VoucherID, why string) (coupon.Voucher, error) {
	return change[coupon.Voucher](ctx, a, req, why, true, func(why string) coupon.Command {
		return coupon.Disable{Voucher: id, On: true, Reason: why, By: req.By.Actor}
	})
}

// Reactivate undoes Deactivate.
func (a *App) Reactivate(ctx context.Context, req Request, id coupon.VoucherID, why string) (coupon.Voucher, error) {
	return change[coupon.Voucher](ctx, a, req, why, false, func(why string) coupon.Command {
		return coupon.Disable{Voucher: id, Reason: why, By: req.By.Actor}
	})
}

// Extend moves the expiry of a voucher to a moment in the future.
func (a *App) Extend(ctx context.Context, req Request, id coupon.VoucherID, to time.Time, why string) (coupon.Voucher, error) {
	f := fields{}
	if to.IsZero() {
		f.wrong("expires_at", "Say until when.")
	}
	if err := f.err(); err != nil {
		return coupon.Voucher{}, err
	}
	return change[coupon.Voucher](ctx, a, req, why, false, func(why string) coupon.Command {
		return coupon.Extend{Voucher: id, ExpiresAt: to.UTC().Truncate(time.Microsecond), Reason: why, By: req.By.Actor}
	})
}

// Reassign gives an unused voucher to another customer.
func (a *App) Reassign(ctx context.Context, req Request, id coupon.VoucherID, to coupon.CustomerRef, why string) (coupon.Voucher, error) {
	f := fields{}
	if to.None() {
		f.wrong("customer", "Say which customer.")
	}
	f.text("customer", string(to.Key), 300, false)
	if err := f.err(); err != nil {
		return coupon.Voucher{}, err
	}
	return change[coupon.Voucher](ctx, a, req, why, false, func(why string) coupon.Command {
		return coupon.Reassign{Voucher: id, Customer: to, Reason: why, By: req.By.Actor}
	})
}

// ReplaceInput is a voucher's replacement; nil keeps what the old one had.
type ReplaceInput struct {
	Value     *coupon.Value
	ExpiresAt *time.Time
	Reason    string
}

// Replace ends a voucher and issues another in its place.
func (a *App) Replace(ctx context.Context, req Request, id coupon.VoucherID, in ReplaceInput) (coupon.Replaced, string, error) {
	if err := req.By.May(coupon.IssueVouchers); err != nil {
		return coupon.Replaced{}, "", err
	}
	old, err := a.Store.Voucher(ctx, id)
	if err != nil {
		return coupon.Replaced{}, "", err
	}
	c, err := a.Store.Campaign(ctx, old.Campaign)
	if err != nil {
		return coupon.Replaced{}, "", err
	}
	if in.Value != nil {
		doc := old.Doc
		doc.Value = *in.Value
		f := fields{coupon.Valid(c.Kind, doc, c.Limits)}
		if err := f.err(); err != nil {
			return coupon.Replaced{}, "", err
		}
		if err := a.capped(ctx, req.By, in.Value.Money, "value.money"); err != nil {
			return coupon.Replaced{}, "", err
		}
	}
	newCode, code, err := a.drawCode(ctx, c)
	if err != nil {
		return coupon.Replaced{}, "", err
	}
	out, err := change[coupon.Replaced](ctx, a, req, in.Reason, true, func(why string) coupon.Command {
		return coupon.Replace{Voucher: id, Code: newCode, Value: in.Value, ExpiresAt: in.ExpiresAt, Reason: why, By: req.By.Actor}
	})
	return out, code, err
}

// Adjust changes a customer's balance by an amount, up or down, with a reason.
func (a *App) Adjust(ctx context.Context, req Request, id coupon.CustomerID, m money.Amount, why string) (coupon.Balance, error) {
	if err := req.By.May(coupon.AdjustBalances); err != nil {
		return coupon.Balance{}, err
	}
	f := fields{}
	f.text("reason", why, 500, true)
	if m.Minor != 0 { // which the command refuses
		f.money(&money.Amount{Minor: max(m.Minor, -m.Minor), Asset: m.Asset})
	}
	if err := f.err(); err != nil {
		return coupon.Balance{}, err
	}
	why, err := a.masked(ctx, why)
	if err != nil {
		return coupon.Balance{}, err
	}
	return do[coupon.Balance](ctx, a, req, coupon.Adjust{Customer: id, Money: m, Reason: why, By: req.By.Actor})
}
