package admin

import (
	"slices"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// campaignEdit changes a campaign's rules for vouchers that are issued from then on. Kind
// and type of value stay as soon as there is a voucher.
type campaignEdit struct {
	campaignForm
	Campaign coupon.CampaignView
	Stays    string // why kind and type of value stay; empty when they do not
	Version  string // of the campaign whose values the form shows
}

func (v *visit) campaignChange() error {
	c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	if c.Kind == coupon.KindDiscount {
		return httpx.SeeOther(v.w, discountPath(c.ID)+"/edit")
	}
	return v.campaignEditShow(campaignEdit{campaignForm: campaignForm{state: fresh, In: v.campaignTypedOf(&c)}, Campaign: c, Version: strconv.FormatInt(c.Version, 10)})
}

func (v *visit) campaignEditShow(p campaignEdit) error {
	_, v.place = placeOfKind(p.Campaign.Kind)
	if err := v.campaignOptions(&p.campaignForm); err != nil {
		return err
	}
	var err error
	if p.Stays, err = v.stays(&p.Campaign); err != nil {
		return err
	}
	p.worthOptions()
	if m := p.Campaign.Doc.Value.Money; m != nil {
		p.Currency = m.Asset.Name()
	}
	return v.page(p.Code, "Edit campaign", p.edit())
}

// stays says why the kind and the type of value of a campaign cannot be changed here; ""
// when they can.
func (v *visit) stays(c *coupon.CampaignView) (string, error) {
	options := valueOptions()
	if c.Kind == coupon.KindDiscount {
		options = discountValues()
	}
	here := slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == string(c.Doc.Value.Type) })
	issued, err := v.App.Issued(v.ctx(), v.by, c.ID)
	switch {
	case issued:
		return "Kind, type of value and currency stay as they are, because issued vouchers promise them. For another kind, create another campaign.", err
	case c.Kind == coupon.KindRefill:
		return "This is the standing campaign of refill coupons: its kind, type of value and currency stay.", err
	case !here:
		return "This type of value is made through the API, and changed there.", err
	}
	return "", err
}

// campaignTypedOf is a campaign as its form shows it.
func (v *visit) campaignTypedOf(c *coupon.CampaignView) campaignTyped {
	t := v.validityTyped(c.Doc.Validity)
	t.Kind, t.Value = string(c.Kind), string(c.Doc.Value.Type)
	t.Name, t.Description, t.Instructions, t.Terms, t.Holder = c.Name, c.Description, c.Instructions, c.TermsText, string(c.Doc.Holder)
	t.Uses, t.PerCustomer, t.Total, t.PerDay, t.Allocation = orBlank(c.Doc.PerVoucher), orBlank(c.Limits.PerCustomer), orBlank(c.Limits.Total), orBlank(c.Limits.PerDay), orBlank(c.Limits.Allocation)
	t.Budget, t.Amount = moneyWritten(c.Limits.Budget), moneyWritten(c.Doc.Value.Money)
	t.Package, t.Drawdown = c.Doc.Value.Package, c.Doc.Drawdown
	if rate := c.Doc.Value.BasisPoints; rate > 0 {
		t.Percent = percentWritten(rate)
	}
	for _, l := range c.Doc.Conditions.Locations {
		t.Locations = append(t.Locations, string(l))
	}
	return t
}

func (v *visit) validityTyped(d coupon.Validity) campaignTyped {
	t := campaignTyped{StartsAfter: orBlank(int64(d.StartsAfterDays)), ExpiresAfter: orBlank(int64(d.ExpiresAfterDays))}
	if d.StartsAt != nil {
		t.StartsOn = d.StartsAt.In(v.org.Zone()).Format(time.DateOnly)
	}
	if d.ExpiresAt != nil {
		t.ExpiresOn = lastDay(v.org, *d.ExpiresAt)
	}
	return t
}

func orBlank(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func moneyWritten(m *money.Amount) string {
	if m == nil {
		return ""
	}
	return m.Plain()
}

func (v *visit) campaignChangeSave() error {
	f, err := httpx.ReadForm(v.r, "instructions", "terms")
	p := campaignEdit{campaignForm: campaignForm{In: readCampaign(f)}, Version: f.Text("version")}
	if err == nil {
		err = v.campaignRewrite(f, &p)
	}
	if err != nil {
		if p.state, err = again(renamedFields(err)); err != nil {
			return err
		}
		if p.Campaign, err = v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id())); err != nil {
			return err
		}
		return v.campaignEditShow(p)
	}
	return v.to(campaignPath(p.Campaign.ID), "The campaign was changed. Vouchers issued before keep their rules.")
}

func (v *visit) campaignRewrite(f *httpx.Form, p *campaignEdit) error {
	var err error
	if p.Campaign, err = v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id())); err != nil {
		return err
	}
	if p.Campaign.Kind == coupon.KindDiscount {
		return errNoPage // it has a form of its own, which shows more
	}
	change := v.campaignChanges
	stays, err := v.stays(&p.Campaign)
	if err != nil {
		return err
	}
	if stays == "" {
		change = v.campaignRemade
	}
	in, err := change(p.In, p.Campaign)
	if err != nil {
		return err
	}
	if in.Version, err = strconv.ParseInt(p.Version, 10, 64); err != nil {
		return errNoNonce
	}
	req, err := v.once(f)
	if err != nil {
		return err
	}
	c, err := v.App.ChangeCampaign(v.ctx(), req, p.Campaign.ID, in)
	_, err = settled(req, c, err)
	return err
}

// campaignChanges turns what was typed into a change of a campaign.
func (v *visit) campaignChanges(t campaignTyped, c coupon.CampaignView) (app.CampaignInput, error) {
	bad := fault.Fields{}
	in := v.campaignRules(bad, t, c)
	value := c.Doc.Value
	switch {
	case value.Type == coupon.ValueAmount && (t.Amount != "" || value.Money != nil):
		asset := v.currency()
		if value.Money != nil {
			asset = value.Money.Asset
		}
		value.Money = moneyTyped(bad, "amount", t.Amount, asset)
	case value.Type == coupon.ValuePercent:
		value.BasisPoints = percentTyped(bad, t.Percent)
	case value.Type == coupon.ValuePackage:
		value.Package = t.Package
	}
	in.Value = &value
	if !c.Doc.Drawdown {
		uses := wholeNumber(bad, "per_voucher", t.Uses)
		in.PerVoucher, in.Unlimited = &uses, uses == 0
	}
	return in, fault.Check(bad)
}

// campaignRemade turns what was typed into a change of a campaign without vouchers: it
// may become another kind, worth something else. Its currency stays.
func (v *visit) campaignRemade(t campaignTyped, c coupon.CampaignView) (app.CampaignInput, error) {
	bad := fault.Fields{}
	in := v.campaignRules(bad, t, c)
	if t.Kind == string(coupon.KindRefill) {
		bad["kind"] = onlyStanding
	}
	asset := v.currency()
	if m := c.Doc.Value.Money; m != nil {
		asset = m.Asset
	}
	in.Kind, in.Value = coupon.Kind(t.Kind), campaignValue(bad, t, asset)
	drawdown := t.Drawdown || in.Kind == coupon.KindGift
	in.Drawdown = &drawdown
	uses := wholeNumber(bad, "per_voucher", t.Uses)
	if c.Doc.Drawdown && uses == 0 { // until now its balance decided, not a number
		uses = 1
	}
	in.PerVoucher, in.Unlimited = &uses, uses == 0
	return in, fault.Check(bad)
}
