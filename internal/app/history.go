package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

// Redemption returns a redemption with its reversals.
func (a *App) Redemption(ctx context.Context, by By, id coupon.RedemptionID) (coupon.RedemptionView, error) {
	if err := by.May(coupon.ReadRedemptions); err != nil {
		return coupon.RedemptionView{}, err
	}
	return a.Store.Redemption(ctx, id)
}

// Redemptions lists redemptions, newest first.
func (a *App) Redemptions(ctx context.Context, by By, f coupon.RedemptionFilter, p coupon.Paging) (coupon.Page[coupon.RedemptionView], error) {
	if err := by.May(coupon.ReadRedemptions); err != nil {
		return coupon.Page[coupon.RedemptionView]{}, err
	}
	var err error
	if f.Reference, err = a.masked(ctx, f.Reference); err != nil { // as it is kept
		return coupon.Page[coupon.RedemptionView]{}, err
	}
	return a.Store.Redemptions(ctx, f, p)
}

// Refusals lists refused tries, newest first.
func (a *App) Refusals(ctx context.Context, by By, f coupon.RefusalFilter, p coupon.Paging) (coupon.Page[coupon.Refusal], error) {
	if err := by.May(coupon.ReadRedemptions); err != nil {
		return coupon.Page[coupon.Refusal]{}, err
	}
	return a.Store.Refusals(ctx, f, p)
}

// Events lists the feed, or the history of one subject or customer.
func (a *App) Events(ctx context.Context, by By, f coupon.EventFilter, p coupon.Paging) (coupon.Page[coupon.Event], error) {
	need := coupon.ReadEvents
	if f.Subject != "" || f.Customer != "" {
		need = coupon.ReadRedemptions // the history of one thing, for who may see the thing
	}
	if by.Kind == "key" {
		need = coupon.ReadEvents
	}
	if err := by.May(need); err != nil {
		return coupon.Page[coupon.Event]{}, err
	}
	return a.Store.Events(ctx, f, p)
}

// Figures returns the dashboard's numbers.
func (a *App) Figures(ctx context.Context, by By) (coupon.Figures, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.Figures{}, err
	}
	return a.Store.Figures(ctx, a.Now())
}

// Job returns background work with its progress.
func (a *App) Job(ctx context.Context, by By, id coupon.JobID) (coupon.Job, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.Job{}, err
	}
	return a.Store.Job(ctx, id)
}

// ActiveJobs lists the background work that is not over.
func (a *App) ActiveJobs(ctx context.Context, by By) ([]coupon.Job, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return nil, err
	}
	return a.Store.ActiveJobs(ctx)
}

// Lapse is the periodic work that moves the value of expired vouchers to breakage.
func (a *App) Lapse(ctx context.Context) error {
	for {
		due, err := a.Store.LapseDue(ctx, a.Now(), 200)
		if err != nil || len(due) == 0 {
			return err
		}
		n, err := do[int](ctx, a, Request{By: Program("expiry")}, coupon.Lapse{Vouchers: due})
		if err != nil || n == 0 {
			return err
		}
	}
}
