package coupon_test

import (
	"errors"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

func edit(c coupon.Campaign, change func(*coupon.Campaign, *coupon.TermsDoc)) coupon.ChangeCampaign {
	return coupon.ChangeCampaign{ID: c.ID, By: staff, Change: func(c *coupon.Campaign, d *coupon.TermsDoc) error {
		change(c, d)
		return nil
	}}
}

func TestCreateCampaign(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindGift, gift)
	b := d.Batches[c.Standing]
	wants(t, "campaign", []any{c.State, c.Version, c.CreatedAt.Equal(noon)}, []any{"active", 1, true})
	wants(t, "standing batch", []any{b.Campaign, b.Label, b.Source, b.State, b.MadeBy.Name}, []any{c.ID, "SPRINGSALE", "standing", "active", "Ada"})
	wants(t, "terms", []any{d.Terms[c.Terms].Campaign, d.Terms[c.Terms].Doc.Drawdown}, []any{c.ID, true})
	draft := must[coupon.Campaign](d, coupon.CreateCampaign{Campaign: coupon.Campaign{Kind: coupon.KindGift, Name: "Later", State: coupon.CampaignDraft}, Terms: gift, By: staff})
	d.issue(draft, "A")
	d.refused("not_active", redeem("A", taking(sgd(1))))
	must[coupon.Campaign](d, coupon.SetCampaignState(draft.ID, coupon.CampaignActive, staff))
	d.redeem("A", taking(sgd(1)))
}

func TestF63EditsReachFutureVouchersOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindGift, gift)
	before := d.issue(c, "OLD")
	changed := must[coupon.Campaign](d, edit(c, func(_ *coupon.Campaign, doc *coupon.TermsDoc) {
		doc.Value, doc.Conditions.Locations = worth(sgd(2000)), []coupon.LocationID{"loc_main"}
	}))
	after := d.issue(changed, "NEW")
	wants(t, "face and terms", []any{before.Face, after.Face, before.Terms == c.Terms, after.Terms == changed.Terms, c.Terms == changed.Terms}, []any{1000, 2000, true, true, false})
	d.redeem("OLD", taking(sgd(1)))
	d.refused("location_required", redeem("NEW", taking(sgd(1))))
	renamed := must[coupon.Campaign](d, edit(c, func(c *coupon.Campaign, _ *coupon.TermsDoc) { c.Name = "Summer" }))
	wants(t, "an edit of the name makes no terms", []any{renamed.Terms == changed.Terms, renamed.Version, d.Events[len(d.Events)-1].Type}, []any{true, 3, coupon.EventCampaignChanged})
}

func TestF63FrozenFields(t *testing.T) {
	t.Parallel()
	points := with(gift, func(doc *coupon.TermsDoc) {
		doc.Value = coupon.Value{Type: coupon.ValueUnits, Units: 100, Unit: "POINTS"}
	})
	for _, c := range []struct {
		name   string
		doc    coupon.TermsDoc
		change func(*coupon.Campaign, *coupon.TermsDoc)
		field  string
	}{
		{"the kind", gift, func(c *coupon.Campaign, _ *coupon.TermsDoc) { c.Kind = coupon.KindRefill }, "kind"},
		{"the value type", gift, func(_ *coupon.Campaign, d *coupon.TermsDoc) { d.Value.Type = coupon.ValuePercent }, "value.type"},
		{"the currency", gift, func(_ *coupon.Campaign, d *coupon.TermsDoc) {
			d.Value = worth(money.Amount{Minor: 1000, Asset: "USD"})
		}, "value.money.currency"},
		{"whether there is a currency", gift, func(_ *coupon.Campaign, d *coupon.TermsDoc) { d.Value.Money = nil }, "value.money.currency"},
		{"the unit", points, func(_ *coupon.Campaign, d *coupon.TermsDoc) { d.Value.Unit = "MILES" }, "value.unit"},
		{"but not the amount", gift, func(_ *coupon.Campaign, d *coupon.TermsDoc) { d.Value = worth(sgd(5)) }, ""},
		{"and not the expiry", gift, func(_ *coupon.Campaign, d *coupon.TermsDoc) { d.Validity.ExpiresAfterDays = 9 }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			cam := d.campaign(coupon.KindGift, c.doc)
			must[coupon.Campaign](d, edit(cam, c.change)) // nothing is frozen before a voucher exists
			d2 := newDesk(t)
			cam = d2.campaign(coupon.KindGift, c.doc)
			d2.issue(cam, "A")
			if c.field == "" {
				must[coupon.Campaign](d2, edit(cam, c.change))
				return
			}
			if f := d2.refused("invalid", edit(cam, c.change)); len(f.Fields) != 1 || f.Fields[c.field] == "" {
				t.Errorf("fields: %v, want %s", f.Fields, c.field)
			}
		})
	}
}

func TestCampaignStates(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindDiscount, uses(0))
	d.issue(c, "A")
	for _, step := range []struct {
		to     coupon.CampaignState
		event  coupon.EventType
		reason string
	}{
		{coupon.CampaignPaused, coupon.EventCampaignPaused, "paused"},
		{coupon.CampaignActive, coupon.EventCampaignActivated, ""},
		{coupon.CampaignArchived, coupon.EventCampaignArchived, "not_active"},
	} {
		must[coupon.Campaign](d, coupon.SetCampaignState(c.ID, step.to, staff))
		wants(t, "event", d.Events[len(d.Events)-1].Type, step.event)
		d.try(step.reason, redeem("A"))
	}
	version, events := d.Campaigns[c.ID].Version, len(d.Events)
	must[coupon.Campaign](d, coupon.SetCampaignState(c.ID, coupon.CampaignArchived, staff))
	wants(t, "archived again", []any{d.Campaigns[c.ID].Version, len(d.Events)}, []any{version, events})
	d.refused("conflict", coupon.SetCampaignState(c.ID, coupon.CampaignActive, staff))
	d.refused("conflict", edit(c, func(c *coupon.Campaign, doc *coupon.TermsDoc) { c.Name, doc.PerVoucher, c.Limits.Total = "Other", 7, 9 }))
	wants(t, "an archived campaign", []any{d.Campaigns[c.ID].Name, d.Campaigns[c.ID].Limits.Total, len(d.Terms)}, []any{"Spring sale", 0, 1})
	d.refused("conflict", d.issuing(c, "B"))
	d.refused("conflict", coupon.CreateBatch{Batch: coupon.Batch{Campaign: c.ID, Quantity: 1}, By: staff})
	d.refused("not_found", coupon.SetCampaignState("cmp_none", coupon.CampaignPaused, staff))
}

func TestAChangeThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindDiscount, uses(0))
	broken := fault.Field("name", "This is needed.")
	_, err := d.Do(coupon.ChangeCampaign{ID: c.ID, By: staff, Change: func(c *coupon.Campaign, doc *coupon.TermsDoc) error {
		c.Name, doc.PerVoucher, c.Limits.Total = "", 7, 9
		return broken
	}})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	wants(t, "campaign", []any{d.Campaigns[c.ID].Name, d.Campaigns[c.ID].Limits.Total, len(d.Terms)}, []any{"Spring sale", 0, 1})
}
