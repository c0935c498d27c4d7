package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// EventVouchersExported is left by an export of a list that is not one batch's.
const EventVouchersExported coupon.EventType = "vouchers.exported"

// KindFigures are the numbers above the list of one kind's vouchers.
type KindFigures struct {
	Unused int64
	Worth  []money.Amount     // of the unused, by asset
	Days   []coupon.DayFigure // uses of the last 30 days, today last
}

// KindFigures returns how many vouchers of a kind are unused and how many were used.
func (a *App) KindFigures(ctx context.Context, by By, kind coupon.Kind) (KindFigures, error) {
	if err := by.May(coupon.ListVouchers); err != nil {
		return KindFigures{}, err
	}
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return KindFigures{}, err
	}
	now := a.Now()
	open, err := a.Store.OpenOfKind(ctx, kind, now)
	if err != nil {
		return KindFigures{}, err
	}
	var f KindFigures
	for _, o := range open {
		f.Unused += o.Count
		if o.Minor > 0 {
			f.Worth = append(f.Worth, money.Amount{Minor: o.Minor, Asset: o.Asset})
		}
	}
	since := now.In(org.Zone()).AddDate(0, 0, -29).Format(time.DateOnly)
	f.Days, err = a.Store.VoucherDays(ctx, kind, since)
	return f, err
}

// ExportVouchers streams the vouchers of a list with their codes, at most limit of
// them, and leaves an event first. Who may export masked only gets no codes.
func (a *App) ExportVouchers(ctx context.Context, req Request, f coupon.VoucherFilter, why string, limit int, row func(v coupon.VoucherView, code string) error) error {
	full, why, err := a.exporting(ctx, req.By, why)
	if err != nil {
		return err
	}
	f.Now = a.Now()
	data := map[string]any{"codes": full, "status": f.Status, "search": f.Search != "", "serial": f.Serial}
	s, err := a.showing(ctx, req, a.event(req, EventVouchersExported, string(f.Kind), because(data, why)))
	if err == nil && full {
		err = s.takeEach(ctx, func(row func(coupon.VoucherView) error) error { return a.eachListed(ctx, f, limit, row) })
	}
	if err != nil {
		return err
	}
	if _, err := record(ctx, a, Request{By: req.By, ID: req.ID, Address: req.Address}, 0, s.ev); err != nil {
		return err
	}
	return a.eachListed(ctx, f, limit, func(v coupon.VoucherView) error {
		if !full {
			return row(v, coupon.Masked(v.Prefix, v.Tail))
		}
		code, err := s.open(ctx, &v)
		if err != nil {
			return err
		}
		return row(v, code)
	})
}

// eachListed calls row with the vouchers of a list, at most limit of them.
func (a *App) eachListed(ctx context.Context, f coupon.VoucherFilter, limit int, row func(coupon.VoucherView) error) error {
	for p := (coupon.Paging{Limit: 200}); limit > 0; {
		page, err := a.Store.Vouchers(ctx, f, p)
		if err != nil {
			return err
		}
		for i := range page.Rows[:min(limit, len(page.Rows))] {
			if err := row(page.Rows[i]); err != nil {
				return err
			}
		}
		limit -= len(page.Rows)
		if p.After = page.Next; p.After == "" {
			return nil
		}
	}
	return nil
}

// Lockout is how often somebody's sign-in or numbers were wrong, and until when they
// have to wait.
type Lockout struct {
	What  string // "sign-in" or "numbers"
	Count int64
	Until time.Time // the latest, where several networks are locked

	keys []string // of its counts
}

// Lockouts returns the counters of wrong tries that belong to a customer.
func (a *App) Lockouts(ctx context.Context, by By, c coupon.Customer) ([]Lockout, error) {
	if err := by.May(coupon.WriteCustomers); err != nil {
		return nil, err
	}
	if _, err := a.Store.Customer(ctx, c.ID); err != nil {
		return nil, err
	}
	signIn, err := a.signInLockout(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	row, err := a.Store.Attempts(ctx, guesserCustomer+string(c.ID))
	if err != nil {
		return nil, err
	}
	var out []Lockout
	for _, l := range []Lockout{{What: "numbers", Count: row.Count / missWeight, Until: row.LockedUntil, keys: []string{row.Key}}, signIn} {
		if l.Count > 0 {
			out = append(out, l)
		}
	}
	return out, nil
}

// Unlock lets a customer try again at once, wherever they were locked out.
func (a *App) Unlock(ctx context.Context, req Request, id coupon.CustomerID) error {
	list, err := a.Lockouts(ctx, req.By, coupon.Customer{ID: id})
	if err != nil {
		return err
	}
	for _, l := range list {
		ev := a.event(req, coupon.EventLockoutCleared, string(id), map[string]any{"what": l.What, "tries": l.Count})
		ev.Customer = id
		if err := a.Store.ClearAttempts(ctx, l.keys, ev); err != nil {
			return err
		}
	}
	return nil
}

// PublicCodes opens those codes of a page that everybody may know, without an event.
func (a *App) PublicCodes(by By, list []coupon.VoucherView) (map[coupon.VoucherID]string, error) {
	if err := by.May(coupon.ListVouchers); err != nil {
		return nil, err
	}
	out := map[coupon.VoucherID]string{}
	for i := range list {
		if !list[i].Public {
			continue
		}
		code, err := a.Keys.Open(list[i].Sealed, string(list[i].ID))
		if err != nil {
			return nil, err
		}
		out[list[i].ID] = code
	}
	return out, nil
}
