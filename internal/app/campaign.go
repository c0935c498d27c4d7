package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/expert"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// CampaignInput is a new campaign, or a change of one: nil leaves a part as it is.
type CampaignInput struct {
	Kind         coupon.Kind
	Name         *string
	Description  *string
	State        coupon.CampaignState // "draft" or "active" when new
	Value        *coupon.Value
	Conditions   *coupon.Conditions
	Validity     *coupon.Validity
	Stacking     *coupon.Stacking
	Holder       coupon.HolderPolicy
	Drawdown     *bool
	PerVoucher   *int64
	Unlimited    bool
	Limits       *coupon.Limits
	Code         *coupon.CodePolicy
	Instructions *string
	TermsText    *string
	Metadata     map[string]string

	// Version, when given, is the campaign the change is meant for: a later one is refused.
	Version int64

	// Became, when given, is set to the terms that hold then, before an answer is
	// rendered: the result has the campaign only.
	Became *coupon.TermsDoc
}

// apply puts what is given into a campaign and its terms.
func (in *CampaignInput) apply(c *coupon.Campaign, d *coupon.TermsDoc) {
	for _, p := range []struct{ from, to *string }{{in.Name, &c.Name}, {in.Description, &c.Description}, {in.Instructions, &c.Instructions}, {in.TermsText, &c.TermsText}} {
		if p.from != nil {
			*p.to = *p.from
		}
	}
	set(in.Value, &d.Value)
	set(in.Conditions, &d.Conditions)
	set(in.Validity, &d.Validity)
	set(in.Stacking, &d.Stacking)
	set(in.Limits, &c.Limits)
	set(in.Code, &c.Code)
	if in.Holder != "" {
		d.Holder = in.Holder
	}
	if in.Metadata != nil {
		c.Metadata = in.Metadata
	}
}

func set[T any](from, to *T) {
	if from != nil {
		*to = *from
	}
}

// check returns what is wrong with a campaign, by field.
func (a *App) checkCampaign(c *coupon.Campaign, d coupon.TermsDoc) error {
	f := fields{coupon.Valid(c.Kind, d, c.Limits)}
	if source := d.Conditions.Expert; source != "" {
		f.text("conditions.expert", source, expert.MaxSource, false)
		if err := a.expert.Check(source); err != nil {
			f.wrong("conditions.expert", "This expression cannot be used: "+err.Error()+".")
		}
	}
	f.text("name", c.Name, 200, true)
	f.text("description", c.Description, 2000, false)
	f.text("instructions", c.Instructions, 4000, false)
	f.text("terms_text", c.TermsText, 20000, false)
	f.texts("metadata", c.Metadata)
	if err := c.Code.Validate(); err != nil {
		for name, msg := range fault.Of(err).Fields {
			f.wrong(name, msg)
		}
	}
	return f.err()
}

// CreateCampaign makes a campaign, active unless a draft is asked for.
func (a *App) CreateCampaign(ctx context.Context, req Request, in CampaignInput) (coupon.Campaign, error) {
	if err := req.By.May(coupon.WriteCampaigns); err != nil {
		return coupon.Campaign{}, err
	}
	c, d := coupon.Campaign{Kind: in.Kind, State: in.State}, coupon.TermsDoc{}
	if in.Code == nil {
		in.Code = &coupon.CodePolicy{Check: true}
	}
	in.apply(&c, &d)
	d.Default(in.Kind, in.PerVoucher, in.Unlimited, in.Drawdown)
	f := fields{}
	if c.State != "" && c.State != coupon.CampaignDraft && c.State != coupon.CampaignActive {
		f.wrong("state", "A new campaign is draft or active.")
	}
	if err := a.checkCampaign(&c, d); err != nil {
		return coupon.Campaign{}, err
	}
	if err := f.err(); err != nil {
		return coupon.Campaign{}, err
	}
	if in.Became != nil {
		*in.Became = d
	}
	return do[coupon.Campaign](ctx, a, req, coupon.CreateCampaign{Campaign: c, Terms: d, By: req.By.Actor})
}

// ChangeCampaign changes what is given. Vouchers that exist keep their terms.
func (a *App) ChangeCampaign(ctx context.Context, req Request, id coupon.CampaignID, in CampaignInput) (coupon.Campaign, error) {
	if err := req.By.May(coupon.WriteCampaigns); err != nil {
		return coupon.Campaign{}, err
	}
	change := func(c *coupon.Campaign, d *coupon.TermsDoc) error {
		if in.Version != 0 && in.Version != c.Version {
			return coupon.ErrConflict.Saying("Somebody has changed this campaign meanwhile. Open it again, look at what is new, and repeat your change.")
		}
		if in.Kind != "" {
			c.Kind = in.Kind
		}
		in.apply(c, d)
		if in.PerVoucher != nil || in.Unlimited || in.Drawdown != nil {
			drawdown := d.Drawdown
			if in.Drawdown != nil {
				drawdown = *in.Drawdown
			}
			d.Default(c.Kind, in.PerVoucher, in.Unlimited, &drawdown)
		}
		if in.Became != nil {
			*in.Became = *d
		}
		return a.checkCampaign(c, *d)
	}
	return do[coupon.Campaign](ctx, a, req, coupon.ChangeCampaign{ID: id, Change: change, By: req.By.Actor})
}

// SetCampaignState activates, pauses or archives a campaign.
func (a *App) SetCampaignState(ctx context.Context, req Request, id coupon.CampaignID, to coupon.CampaignState) (coupon.Campaign, error) {
	if err := req.By.May(coupon.WriteCampaigns); err != nil {
		return coupon.Campaign{}, err
	}
	return do[coupon.Campaign](ctx, a, req, coupon.SetCampaignState(id, to, req.By.Actor))
}

// Campaign returns a campaign with the terms it issues under.
func (a *App) Campaign(ctx context.Context, by By, id coupon.CampaignID) (coupon.CampaignView, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.CampaignView{}, err
	}
	return a.Store.Campaign(ctx, id)
}

// Issued reports whether a campaign has a voucher: its kind, type of value and currency
// are what was promised then, and stay.
func (a *App) Issued(ctx context.Context, by By, id coupon.CampaignID) (bool, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return false, err
	}
	return a.Store.Issued(ctx, id)
}

// Campaigns lists campaigns.
func (a *App) Campaigns(ctx context.Context, by By, f coupon.CampaignFilter, p coupon.Paging) (coupon.Page[coupon.CampaignView], error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.Page[coupon.CampaignView]{}, err
	}
	return a.Store.Campaigns(ctx, f, p)
}

// CampaignUse returns how a campaign is used: its days are in the currency of its amounts,
// in the organisation's where it names none.
func (a *App) CampaignUse(ctx context.Context, by By, c coupon.CampaignView) (coupon.CampaignUse, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.CampaignUse{}, err
	}
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return coupon.CampaignUse{}, err
	}
	asset := money.Asset(org.Currency)
	for _, m := range []*money.Amount{c.Limits.Budget, c.Doc.Conditions.MinSubtotal, c.Doc.Value.Price, c.Doc.Value.Max, c.Doc.Value.Money} {
		if m != nil {
			asset = m.Asset
		}
	}
	return a.Store.CampaignUse(ctx, c.ID, asset, a.Now())
}
