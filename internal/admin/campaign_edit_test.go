package admin_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// A campaign is changed in the back office: vouchers that exist keep their rules (F63), what
// the form does not show stays, and nobody overwrites what somebody else has changed.
func TestEditCampaign(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		old := "/admin/vouchers/" + string(d.issue().Voucher.ID)
		path := "/admin/coupons/" + string(d.gift.ID)
		d.get(coupon.Marketing, path).has(path + "/edit")
		d.get(coupon.Marketing, path+"/edit").is(200).shows("because issued vouchers promise them", "Gift voucher", "An amount in SGD").has(`value="Barista set"`, `value="10.00"`, `value="20"`).hides(`name="kind"`, `name="value"`)
		version := func() string {
			c := must[coupon.CampaignView](t)(d.app.Campaign(t.Context(), d.as(coupon.Admin).By, d.gift.ID))
			return strconv.FormatInt(c.Version, 10)
		}
		first := version()
		change := []string{"version", first, "name", "Barista gift", "description", "A set", "holder_policy", "bearer", "amount", "12.50", "expires_after", "30", "per_customer", "3", "per_day", "100",
			"budget", "5000", "allocation", "400", "starts_on", "2026-11-22", "locations", string(d.main.ID), "instructions", "Show it at the till", "terms", "None"}
		d.post(coupon.Marketing, path+"/edit", append(change, "total", "none", "expires_on", "2020-01-01", "amount", "x")...).is(422).has(`id="total-error"`, `id="expires_on-error"`, `value="Barista gift"`, `value="none"`)
		d.post(coupon.Marketing, path+"/edit", change...).leads(path)
		d.get(coupon.Marketing, path).shows("Barista gift", "SGD 12.50", "30 days after issue", "22 Nov 2026", "Main Street", "SGD 5,000.00", "Show it at the till", "Campaign changed")
		d.get(coupon.Marketing, old).shows("SGD 10.00").hides("SGD 12.50")
		d.post(coupon.Marketing, path+"/edit", change...).is(http.StatusConflict).shows("Somebody has changed this campaign meanwhile").has(`value="12.50"`)
		d.get(coupon.Marketing, path+"/edit").has(`value="2026-11-22"`, `value="5000.00"`, `value="30"`)
		d.post(coupon.Marketing, path+"/edit", "version", version(), "name", "Barista gift", "holder_policy", "bearer", "amount", "12.50").leads(path)
		d.get(coupon.Marketing, path).hides("5,000.00", "Main Street")
		d.post(coupon.Support, path+"/edit", change...).is(http.StatusForbidden)
	})
}

// A day that has passed, or a moment that is no day's end, stays as it is when the form does.
func TestEditCampaignKeepsMoments(t *testing.T) {
	t.Parallel()
	d := open(t)
	name, at := "Lunch", d.clock().Add(90*time.Minute)
	c := must[coupon.Campaign](t)(d.app.CreateCampaign(t.Context(), d.as(coupon.Admin), app.CampaignInput{
		Kind: coupon.KindCoupon, Name: &name, Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1250}, Unlimited: true, Validity: &coupon.Validity{ExpiresAt: &at},
	}))
	d.pass(4 * time.Hour)
	path := "/admin/coupons/" + string(c.ID)
	d.get(coupon.Admin, path+"/edit").is(200).has(`value="2026-11-21"`, `value="12.5"`).has(`name="kind"`, `name="value"`).hides("issued vouchers promise")
	d.post(coupon.Admin, path+"/edit", "version", "1", "name", "Lunch time", "kind", "coupon", "value", "percent", "percent", "15", "holder_policy", "open", "expires_on", "2026-11-21").leads(path)
	v := must[coupon.CampaignView](t)(d.app.Campaign(t.Context(), d.as(coupon.Admin).By, c.ID))
	if v.Doc.Validity.ExpiresAt == nil || !v.Doc.Validity.ExpiresAt.Equal(at) || v.Doc.PerVoucher != 0 || v.Doc.Value.BasisPoints != 1500 {
		t.Errorf("the terms are %+v", v.Doc)
	}
}

// A campaign without vouchers may become another kind, worth something else; with the
// first voucher that ends, in a form that was opened before too.
func TestEditCampaignWithoutVouchers(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		name, ten := "Tasting", money.Amount{Minor: 1000, Asset: "SGD"}
		c := must[coupon.Campaign](t)(d.app.CreateCampaign(t.Context(), d.as(coupon.Admin), app.CampaignInput{
			Kind: coupon.KindGift, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount, Money: &ten},
		}))
		path := "/admin/coupons/" + string(c.ID)
		d.get(coupon.Marketing, path+"/edit").is(200).has(`name="kind"`, `name="value"`, `value="10.00"`).hides("issued vouchers promise")
		d.post(coupon.Marketing, path+"/edit", "version", "1", "name", name, "kind", "refill", "value", "amount", "amount", "10", "holder_policy", "open").is(422).shows("their own standing campaign")
		d.post(coupon.Marketing, path+"/edit", "version", "1", "name", name, "kind", "coupon", "value", "percent", "percent", "12.5", "holder_policy", "assigned").leads(path)
		v := must[coupon.CampaignView](t)(d.app.Campaign(t.Context(), d.as(coupon.Admin).By, c.ID))
		if v.Kind != coupon.KindCoupon || v.Doc.Value.Type != coupon.ValuePercent || v.Doc.Value.BasisPoints != 1250 || v.Doc.Drawdown || v.Doc.PerVoucher != 1 {
			t.Errorf("it became %s %+v", v.Kind, v.Doc)
		}
		p := must[app.Prepared](t)(d.app.PrepareIssue(t.Context(), d.as(coupon.Admin), c.ID, app.IssueInput{Customer: coupon.CustomerRef{ID: d.mei.ID}}))
		must[app.Issued](t)(d.app.Issue(t.Context(), d.as(coupon.Admin), p))
		d.post(coupon.Marketing, path+"/edit", "version", "2", "name", "Cupping", "kind", "gift", "value", "amount", "amount", "5", "holder_policy", "assigned").is(422).shows("issued vouchers promise them").has(`value="Cupping"`).hides(`name="kind"`)
		v = must[coupon.CampaignView](t)(d.app.Campaign(t.Context(), d.as(coupon.Admin).By, c.ID))
		if v.Kind != coupon.KindCoupon || v.Name != name {
			t.Errorf("it is %s %q", v.Kind, v.Name)
		}
	})
}

// archived is a campaign that is over, with a voucher of which some was used.
func (d *desk) archived() (coupon.Campaign, app.Issued, coupon.RedemptionID) {
	d.t.Helper()
	ten := money.Amount{Minor: 1000, Asset: "SGD"}
	c := must[coupon.Campaign](d.t)(d.app.CreateCampaign(d.t.Context(), d.as(coupon.Admin), app.CampaignInput{Kind: coupon.KindGift, Name: new("Last summer"), Value: &coupon.Value{Type: coupon.ValueAmount, Money: &ten}}))
	x := d.give(c)
	used := must[coupon.Redeemed](d.t)(d.app.Redeem(d.t.Context(), d.as(coupon.Admin), app.RedeemInput{Voucher: x.Voucher.ID, Money: &money.Amount{Minor: 400, Asset: "SGD"}, Location: d.main.ID, Channel: coupon.BackOffice}))
	d.post(coupon.Marketing, "/admin/coupons/"+string(c.ID)+"/state", "to", "archived").leads("/admin/coupons/")
	return c, x, used.Redemptions[0].ID
}

// The page of an archived campaign says what that means, and all of it is so.
func TestArchivedCampaign(t *testing.T) {
	t.Parallel()
	d := open(t)
	const title = "This campaign is archived"
	c, x, used := d.archived()
	path := "/admin/coupons/" + string(c.ID)
	d.get(coupon.Marketing, path).is(200).shows(title, "Every voucher of it is refused and nothing more can be issued.", "What was used can still be reversed.", "cannot be reopened: to offer the same again, create a new one.").has("note warn").hides(path + "/state")
	d.get(coupon.Marketing, "/admin/coupons/"+string(d.gift.ID)).is(200).hides(title)

	_, err := d.app.Redeem(t.Context(), d.as(coupon.Admin), app.RedeemInput{Voucher: x.Voucher.ID, Money: &money.Amount{Minor: 100, Asset: "SGD"}, Location: d.main.ID, Channel: coupon.BackOffice})
	if f := fault.Of(err); err == nil || f.Code != "not_active" {
		t.Errorf("its voucher: %v", err)
	}
	d.get(coupon.Marketing, "/admin/vouchers/"+string(x.Voucher.ID)).shows("Its campaign is archived", "All vouchers of the campaign are refused, for good.")
	d.post(coupon.Marketing, path+"/issue", "customer", "Mei").is(http.StatusConflict)
	d.post(coupon.Marketing, path+"/batch", "description", "More", "quantity", "4").is(http.StatusConflict)
	d.post(coupon.Marketing, path+"/state", "to", "active").is(http.StatusConflict)
	d.post(coupon.Support, "/admin/redemptions/"+string(used)+"/reverse", "amount", "", "reason", "wrong voucher").leads("/admin/vouchers/" + string(x.Voucher.ID))
}

// The desk of refill coupons has no form for a campaign: when all are archived the next
// coupons begin one, and while one is paused nothing is made in another.
func TestRefillCouponsAfterTheirCampaign(t *testing.T) {
	t.Parallel()
	d := open(t)
	standing := func() coupon.CampaignID {
		return must[coupon.CampaignView](t)(d.app.StandingRefill(t.Context())).ID
	}
	move := func(to string) {
		d.post(coupon.Marketing, "/admin/coupons/"+string(standing())+"/state", "to", to).leads("/admin/coupons/")
	}
	create := func() reply {
		return d.post(coupon.Marketing, "/admin/refill/new", "description", "Autumn", "prefix", "31", "quantity", "3", "amount", "5")
	}
	first := standing()
	move("archived")
	d.get(coupon.Marketing, "/admin/coupons/"+string(first)).is(200).shows("This campaign is archived", "refill coupons you create from now on belong to another campaign, which Scrip makes if there is none.").hides("create a new one")
	d.get(coupon.Marketing, "/admin/imports/new").is(http.StatusConflict).shows("Create refill coupons first: they begin a new one.")
	d.get(coupon.Marketing, "/admin/refill/new?quantity=3").is(200)
	create().leads("/admin/batches/")
	second := standing()
	if second == first {
		t.Error("an archived campaign issues")
	}
	create().leads("/admin/batches/")
	if standing() != second {
		t.Error("every batch begins a campaign")
	}
	move("paused")
	d.get(coupon.Marketing, "/admin/refill/new").is(200).shows("is paused. Resume it to make refill coupons.")
	create().is(http.StatusConflict).shows("The campaign “Refill coupons” is paused. Resume it to make refill coupons.")
	d.get(coupon.Marketing, "/admin/imports/new").is(http.StatusConflict).shows("Resume it to make refill coupons.")
}
