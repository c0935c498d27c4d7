package app

import (
	"cmp"
	"context"
	"maps"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// renamed puts a code policy's faults under the names of a batch's fields.
func renamed(err error) error {
	e := *fault.Of(err)
	if e.Kind != fault.Invalid && e.Kind != fault.Conflict && e.Kind != fault.Refused {
		return err
	}
	names := fault.Fields{}
	for name, msg := range e.Fields {
		names[strings.TrimPrefix(name, "code.")] = msg
	}
	if len(names) == 0 {
		names["prefix"] = e.Msg
	}
	e.Kind, e.Fields = fault.Invalid, names
	return &e
}

// RefillInput is the form of RF-04, as typed: four fields and no more.
type RefillInput struct {
	Description, Prefix, Quantity, Amount string
}

// parse reads what was typed; the currency is the organisation's.
func (in RefillInput) parse(currency money.Asset) (BatchInput, error) {
	f := fields{}
	out := BatchInput{Description: strings.TrimSpace(in.Description), Prefix: strings.TrimSpace(in.Prefix)}
	f.text("description", out.Description, 200, true)
	f.text("prefix", out.Prefix, 32, false)
	quantity, err := strconv.ParseInt(strings.TrimSpace(in.Quantity), 10, 64)
	if err != nil || quantity < 1 || quantity > MaxQuantity {
		f.wrong("quantity", "A whole number between 1 and 10,000,000.")
	}
	out.Quantity = quantity
	minor, err := money.Parse(in.Amount, currency)
	f.take("amount", err)
	if err == nil && minor == 0 {
		f.wrong("amount", "The amount must be above zero.")
	}
	out.Money = &money.Amount{Minor: minor, Asset: currency}
	return out, f.err()
}

// CreateRefill makes refill coupons of the standing refill campaign.
func (a *App) CreateRefill(ctx context.Context, req Request, in RefillInput) (coupon.Batch, error) {
	if err := req.By.May(coupon.WriteCampaigns); err != nil {
		return coupon.Batch{}, err
	}
	batch, err := a.refill(ctx, in)
	if err != nil {
		return coupon.Batch{}, a.withPrefix(ctx, batch, err)
	}
	id, err := a.standingRefill(ctx, req)
	if err != nil {
		return coupon.Batch{}, err
	}
	b, err := a.CreateBatch(ctx, req, id, batch)
	return b, amountField(err)
}

// standingRefill is the campaign of refill coupons. It is made anew when all there were are
// archived (or drafts): no form creates one.
func (a *App) standingRefill(ctx context.Context, req Request) (coupon.CampaignID, error) {
	c, err := a.StandingRefill(ctx)
	if err == nil || fault.Of(err).Kind != fault.NotFound {
		return c.ID, err
	}
	end, err := a.begin(ctx, req, nil) // a repeat makes none, nor do two at once
	if err != nil {
		return "", err
	}
	defer end()
	req.Once = nil // the answer under the key is the batch
	made, err := a.createStandingRefill(ctx, req)
	return made.ID, err
}

// StandingRefill returns the campaign that refill coupons are made of: a conflict when it is
// paused, not found when all there were are archived.
func (a *App) StandingRefill(ctx context.Context) (coupon.CampaignView, error) {
	c, err := a.Store.StandingRefill(ctx)
	if err == nil || fault.Of(err).Kind != fault.NotFound {
		return c, err
	}
	paused, failed := a.Store.Campaigns(ctx, coupon.CampaignFilter{Kind: coupon.KindRefill, State: coupon.CampaignPaused}, coupon.Paging{Limit: 1})
	if failed == nil && len(paused.Rows) > 0 {
		return c, coupon.ErrConflict.Saying("The campaign “" + paused.Rows[0].Name + "” is paused. Resume it to make refill coupons.")
	}
	return c, cmp.Or(failed, err)
}

func (a *App) createStandingRefill(ctx context.Context, req Request) (coupon.Campaign, error) {
	title := "Refill coupons"
	return a.CreateCampaign(ctx, req, CampaignInput{
		Kind: coupon.KindRefill, Name: &title, Value: &coupon.Value{Type: coupon.ValueAmount}, Code: &coupon.CodePolicy{Alphabet: coupon.Digits, Check: true},
	})
}

// withPrefix adds to the faults of a form what is wrong with its prefix, so that everything
// is said in one round. Whether enough numbers fit under it depends on the quantity, and is
// left for when that is right.
func (a *App) withPrefix(ctx context.Context, batch BatchInput, err error) error {
	if fault.Of(err).Kind != fault.Invalid {
		return err
	}
	c, failed := a.Store.StandingRefill(ctx)
	if failed != nil {
		return err
	}
	f := fields{maps.Clone(fault.Of(err).Fields)}
	if _, _, bad := a.Fit(ctx, c, batch.Prefix, min(max(batch.Quantity, 1), MaxQuantity)); bad != nil && fault.Of(bad).Fields["prefix"] != "" {
		f.wrong("prefix", fault.Of(bad).Fields["prefix"])
	}
	return f.err()
}

// PreviewRefill returns how the codes of the form would look, before anything is made.
func (a *App) PreviewRefill(ctx context.Context, by By, in RefillInput) (coupon.CodePolicy, int64, error) {
	if err := by.May(coupon.WriteCampaigns); err != nil {
		return coupon.CodePolicy{}, 0, err
	}
	batch, err := a.refill(ctx, in)
	if err != nil {
		return coupon.CodePolicy{}, 0, err
	}
	c, err := a.StandingRefill(ctx)
	if err != nil {
		return coupon.CodePolicy{}, 0, err
	}
	return a.Fit(ctx, c, batch.Prefix, batch.Quantity)
}

func (a *App) refill(ctx context.Context, in RefillInput) (BatchInput, error) {
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return BatchInput{}, err
	}
	return in.parse(money.Asset(org.Currency))
}

// amountField names the amount as the form does.
func amountField(err error) error {
	e := fault.Of(err)
	if e == nil || e.Fields["money"] == "" {
		return err
	}
	out := *e
	out.Fields = fault.Fields{}
	for k, v := range e.Fields {
		if k == "money" {
			k = "amount"
		}
		out.Fields[k] = v
	}
	return &out
}
