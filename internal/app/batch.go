package app

import (
	"context"
	"math"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// MaxQuantity is how many vouchers one batch may have.
const MaxQuantity = 10_000_000

// BatchInput is a new batch. Money is nil where the campaign says the amount.
type BatchInput struct {
	Description string
	Prefix      string
	Quantity    int64
	Money       *money.Amount
	ExpiresAt   time.Time
}

// check returns what is wrong with a batch, by field.
func (in *BatchInput) check(c coupon.CampaignView, now time.Time) error {
	f := fields{}
	f.text("description", in.Description, 200, true)
	if in.Quantity < 1 || in.Quantity > MaxQuantity {
		f.wrong("quantity", "Between 1 and 10,000,000.")
	}
	stored, isStored := c.Doc.Stored(c.Kind)
	switch {
	case in.Money == nil && isStored && stored.Minor == 0:
		f.wrong("money", "Say the amount.")
	case in.Money == nil:
	case coupon.WrongValue(*in.Money) != "":
		f.wrong("money", coupon.WrongValue(*in.Money))
	case c.Doc.Value.Type != coupon.ValueAmount:
		f.wrong("money", "This campaign's vouchers are not worth an amount.")
	case stored.Asset != "" && stored.Asset != in.Money.Asset:
		f.wrong("money", "The campaign is in "+string(stored.Asset)+".")
	}
	field := "quantity"
	if in.Money != nil {
		field, stored = "money", *in.Money
	}
	if f.err() == nil && stored.Minor > money.MaxMinor/in.Quantity {
		stored.Minor = money.MaxMinor
		f.wrong(field, "Quantity times amount is at most "+stored.Number("en")+".")
	}
	if !in.ExpiresAt.IsZero() && !now.Before(in.ExpiresAt) {
		f.wrong("expires_at", "The expiry lies in the past.")
	}
	return f.err()
}

// CreateBatch makes a batch and has its vouchers generated in the background.
func (a *App) CreateBatch(ctx context.Context, req Request, campaign coupon.CampaignID, in BatchInput) (coupon.Batch, error) {
	if err := req.By.May(coupon.WriteCampaigns); err != nil {
		return coupon.Batch{}, err
	}
	c, err := a.Store.Campaign(ctx, campaign)
	if err != nil {
		return coupon.Batch{}, err
	}
	if err := in.check(c, a.Now()); err != nil {
		return coupon.Batch{}, err
	}
	policy, oneIn, err := a.Fit(ctx, c, in.Prefix, in.Quantity)
	if err != nil {
		return coupon.Batch{}, err
	}
	b := coupon.Batch{
		Campaign: campaign, Description: in.Description, Prefix: policy.Prefix, Code: policy, OneIn: oneIn, Quantity: in.Quantity, Source: "generated", ExpiresAt: in.ExpiresAt,
	}
	if in.Money != nil {
		b.Money = *in.Money
	}
	return do[coupon.Batch](ctx, a, req, coupon.CreateBatch{Batch: b, By: req.By.Actor})
}

// Fit returns the code policy of a new batch: the campaign's, under the prefix, long
// enough for the guess-resistance floor; and one guess in how many would hit.
func (a *App) Fit(ctx context.Context, c coupon.CampaignView, prefix string, quantity int64) (coupon.CodePolicy, int64, error) {
	policy := c.Code
	if prefix != "" {
		policy.Prefix = prefix
	}
	if c.Kind == coupon.KindRefill && policy.Alphabet == "" {
		policy.Alphabet = coupon.Digits
	}
	if err := policy.Validate(); err != nil {
		return policy, 0, renamed(err)
	}
	existing, err := a.Store.UnderPrefix(ctx, policy.Prefix)
	if err != nil {
		return policy, 0, err
	}
	floor := uint64(coupon.FloorDiscount)
	if _, stored := c.Doc.Stored(c.Kind); stored {
		floor = coupon.FloorValue
	}
	fitted, oneIn, err := policy.Fit(quantity, existing, floor)
	if err != nil {
		return policy, 0, renamed(err)
	}
	return fitted, int64(min(oneIn, math.MaxInt64)), nil
}

// Batch returns a batch with what became of its vouchers.
func (a *App) Batch(ctx context.Context, by By, id coupon.BatchID) (coupon.BatchView, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.BatchView{}, err
	}
	return a.Store.Batch(ctx, id)
}

// Batches lists batches.
func (a *App) Batches(ctx context.Context, by By, f coupon.BatchFilter, p coupon.Paging) (coupon.Page[coupon.BatchView], error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.Page[coupon.BatchView]{}, err
	}
	return a.Store.Batches(ctx, f, p)
}

// FreezeBatch freezes or unfreezes a batch, with a reason.
func (a *App) FreezeBatch(ctx context.Context, req Request, id coupon.BatchID, freeze bool, why string) (coupon.Batch, error) {
	if err := req.By.May(coupon.FreezeBatches); err != nil {
		return coupon.Batch{}, err
	}
	why, err := a.reason(ctx, why, false)
	if err != nil {
		return coupon.Batch{}, err
	}
	return do[coupon.Batch](ctx, a, req, coupon.FreezeBatch{ID: id, Freeze: freeze, Reason: why, By: req.By.Actor})
}
