package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
)

// Looked is what staff are told of a code before anything changes, or after a refusal.
type Looked struct {
	Check
	Last *coupon.RedemptionView // the latest use that was not given back
}

// Look decides for staff as Redeem would and changes nothing but the count of wrong
// codes, which slows a guessing person, network or location down.
func (a *App) Look(ctx context.Context, req Request, in RedeemInput) (Looked, error) {
	var guessers []string
	if req.By.Role != "" {
		guessers = append(guessers, guesserStaff+req.By.ID)
	}
	guessers = append(guessers, network(atTill, req.Address))
	if in.Location != "" {
		guessers = append(guessers, guesserLocation+string(in.Location))
	}
	var out Looked
	err := a.guess(ctx, guessers, func() (weight int64, err error) {
		out.Check, err = a.Validate(ctx, req, in)
		return misses(out.Vouchers, err).weight, err
	})
	if err != nil {
		return Looked{}, err
	}
	out.Last, err = a.lastUse(ctx, out.Voucher)
	return out, err
}

// LastUse tells staff at the till where and when a voucher was used.
func (a *App) LastUse(ctx context.Context, by By, id coupon.VoucherID) (coupon.VoucherView, *coupon.RedemptionView, error) {
	if err := by.May(coupon.RedeemVouchers); err != nil {
		return coupon.VoucherView{}, nil, err
	}
	v, err := a.Store.Voucher(ctx, id)
	if err != nil {
		return v, nil, err
	}
	last, err := a.lastUse(ctx, v)
	return v, last, err
}

func (a *App) lastUse(ctx context.Context, v coupon.VoucherView) (*coupon.RedemptionView, error) {
	if v.Uses == 0 {
		return nil, nil
	}
	page, err := a.Store.Redemptions(ctx, coupon.RedemptionFilter{Voucher: v.ID}, coupon.Paging{Limit: 10})
	if err != nil {
		return nil, err
	}
	for i := range page.Rows {
		if !page.Rows[i].Returned {
			return &page.Rows[i], nil
		}
	}
	return nil, nil
}

// mayAt returns nil when the permission is given at the location. Who asks for another
// location than their own leaves an event (F52).
func (a *App) mayAt(ctx context.Context, req Request, p coupon.Permission, l coupon.LocationID) error {
	refused := req.By.MayAt(p, l)
	if refused == nil || req.By.May(p) != nil || !id.Valid("loc", string(l)) {
		return refused
	}
	ev := a.event(req, coupon.EventAccessRefused, string(l), map[string]any{"door": "till", "location": string(l)})
	if _, err := do[int](ctx, a, Request{By: req.By, ID: req.ID, Address: req.Address}, coupon.Record{Events: []coupon.Event{ev}}); err != nil {
		return err
	}
	return refused
}

// Receipt returns one redemption to who may redeem where it was made.
func (a *App) Receipt(ctx context.Context, req Request, redemption coupon.RedemptionID) (coupon.RedemptionView, coupon.VoucherView, error) {
	r, err := a.Store.Redemption(ctx, redemption)
	if err != nil {
		return r, coupon.VoucherView{}, err
	}
	if a.mayAt(ctx, req, coupon.RedeemVouchers, r.Location) != nil {
		return coupon.RedemptionView{}, coupon.VoucherView{}, fault.New(fault.NotFound, "not_found", "There is no such redemption.")
	}
	v, err := a.Store.Voucher(ctx, r.Voucher)
	return r, v, err
}

// Recent lists the latest redemptions at a location, for its till.
func (a *App) Recent(ctx context.Context, req Request, l coupon.LocationID) ([]coupon.RedemptionView, error) {
	if err := a.mayAt(ctx, req, coupon.RedeemVouchers, l); err != nil {
		return nil, err
	}
	page, err := a.Store.Redemptions(ctx, coupon.RedemptionFilter{Location: l}, coupon.Paging{Limit: 20})
	return page.Rows, err
}
