package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// campaign is the definition of vouchers.
type campaign struct {
	ID           coupon.CampaignID    `json:"id"`
	Kind         coupon.Kind          `json:"kind"`
	Name         string               `json:"name"`
	Description  string               `json:"description"`
	State        coupon.CampaignState `json:"state" doc:"draft, active, paused or archived"`
	Value        value                `json:"value"`
	Conditions   conditions           `json:"conditions"`
	Limits       limits               `json:"limits"`
	Validity     validity             `json:"validity"`
	Stacking     stacking             `json:"stacking"`
	Code         codePolicy           `json:"code"`
	HolderPolicy coupon.HolderPolicy  `json:"holder_policy"`
	Drawdown     bool                 `json:"drawdown" doc:"Whether its vouchers can be used in parts"`
	TermsText    string               `json:"terms_text"`
	Instructions string               `json:"instructions"`
	Metadata     map[string]string    `json:"metadata"`
	CreatedAt    time.Time            `json:"created_at"`
	UpdatedAt    time.Time            `json:"updated_at"`
}

func campaignOf(c *coupon.CampaignView) campaign {
	return campaign{
		ID: c.ID, Kind: c.Kind, Name: c.Name, Description: c.Description, State: c.State, Value: valueOf(c.Doc.Value), Conditions: conditionsOf(c.Doc.Conditions),
		Limits: limitsOf(c.Limits, c.Doc), Validity: validityOf(c.Doc.Validity), Stacking: stackingOf(c.Doc.Stacking), Code: codePolicyOf(c.Code),
		HolderPolicy: c.Doc.Holder, Drawdown: c.Doc.Drawdown, TermsText: c.TermsText, Instructions: c.Instructions, Metadata: metadata(c.Metadata),
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

// CampaignChange is what may be said of a campaign. Parts that are objects are
// replaced as a whole.
type CampaignChange struct {
	Name         *string             `json:"name,omitempty" maxLength:"200"`
	Description  *string             `json:"description,omitempty" maxLength:"2000"`
	Value        *value              `json:"value,omitempty"`
	Conditions   *conditions         `json:"conditions,omitempty"`
	Limits       *limits             `json:"limits,omitempty"`
	Validity     *validity           `json:"validity,omitempty"`
	Stacking     *stacking           `json:"stacking,omitempty"`
	Code         *codePolicy         `json:"code,omitempty"`
	HolderPolicy coupon.HolderPolicy `json:"holder_policy,omitempty" enum:"assigned,bearer,claimable,open"`
	Drawdown     *bool               `json:"drawdown,omitempty"`
	TermsText    *string             `json:"terms_text,omitempty" maxLength:"20000"`
	Instructions *string             `json:"instructions,omitempty" maxLength:"4000"`
	Metadata     map[string]string   `json:"metadata,omitempty" maxProperties:"50"`
}

func (c *CampaignChange) input() app.CampaignInput {
	in := app.CampaignInput{
		Name: c.Name, Description: c.Description, Value: c.Value.value(), Conditions: c.Conditions.conditions(), Validity: c.Validity.validity(),
		Stacking: c.Stacking.stacking(), Holder: c.HolderPolicy, Drawdown: c.Drawdown, Code: c.Code.policy(), Instructions: c.Instructions,
		TermsText: c.TermsText, Metadata: c.Metadata,
	}
	if l := c.Limits; l != nil {
		in.Limits, in.PerVoucher, in.Unlimited = l.limits(), l.PerVoucher, l.UnlimitedUses
	}
	return in
}

// newCampaign is a change of nothing: what a campaign cannot do without is needed.
type newCampaign struct {
	Kind  coupon.Kind          `json:"kind" enum:"coupon,gift,refill,epin,discount"`
	State coupon.CampaignState `json:"state,omitempty" enum:"draft,active" doc:"active when left out"`
	Name  string               `json:"name" maxLength:"200"`
	Value value                `json:"value"`
	CampaignChange
}

func (a *API) createCampaign(ctx context.Context, c *call, in *struct{ Body newCampaign }) (kept[campaign], error) {
	input := in.Body.input()
	input.Kind, input.State, input.Name, input.Value = in.Body.Kind, in.Body.State, &in.Body.Name, in.Body.Value.value()
	if input.Code == nil {
		input.Code = &coupon.CodePolicy{Check: true}
	}
	doc := new(coupon.TermsDoc)
	input.Became = doc
	return once(c, http.StatusCreated, withTerms(doc), func(req app.Request) (coupon.Campaign, error) {
		return a.app.CreateCampaign(ctx, req, input)
	})
}

// withTerms shows a campaign under the terms that stand in doc by then.
func withTerms(doc *coupon.TermsDoc) func(coupon.Campaign) campaign {
	return func(c coupon.Campaign) campaign { return campaignOf(&coupon.CampaignView{Campaign: c, Doc: *doc}) }
}

func (a *API) campaigns(ctx context.Context, c *call, in *struct {
	Kind   coupon.Kind          `query:"kind" enum:"coupon,gift,refill,epin,discount"`
	State  coupon.CampaignState `query:"state" enum:"draft,active,paused,archived"`
	Search string               `query:"search" maxLength:"200" doc:"Begins a word of the name"`
	paging
}) (list[campaign], error) {
	p, err := a.app.Campaigns(ctx, c.By, coupon.CampaignFilter{Kind: in.Kind, State: in.State, Search: in.Search}, in.paging.paging())
	return listOf(p, campaignOf), err
}

func (a *API) campaign(ctx context.Context, c *call, in *byID[coupon.CampaignID]) (campaign, error) {
	v, err := a.app.Campaign(ctx, c.By, in.ID)
	return campaignOf(&v), err
}

func (a *API) changeCampaign(ctx context.Context, c *call, in *struct {
	byID[coupon.CampaignID]
	Body CampaignChange
}) (kept[campaign], error) {
	input, doc := in.Body.input(), new(coupon.TermsDoc)
	input.Became = doc
	return once(c, http.StatusOK, withTerms(doc), func(req app.Request) (coupon.Campaign, error) {
		return a.app.ChangeCampaign(ctx, req, in.ID, input)
	})
}

// setCampaignState returns the endpoint that brings a campaign into a state.
func (a *API) setCampaignState(to coupon.CampaignState) func(context.Context, *call, *byID[coupon.CampaignID]) (kept[campaign], error) {
	return func(ctx context.Context, c *call, in *byID[coupon.CampaignID]) (kept[campaign], error) {
		if err := c.By.May(coupon.WriteCampaigns); err != nil {
			return kept[campaign]{}, err
		}
		before, err := a.app.Store.Campaign(ctx, in.ID)
		if err != nil {
			return kept[campaign]{}, err
		}
		return once(c, http.StatusOK, withTerms(&before.Doc), func(req app.Request) (coupon.Campaign, error) {
			return a.app.SetCampaignState(ctx, req, in.ID, to)
		})
	}
}
