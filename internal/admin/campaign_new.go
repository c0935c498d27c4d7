package admin

import (
	"strconv"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// campaignForm makes a campaign with its main fields.
type campaignForm struct {
	state
	writing
	In    campaignTyped
	Nonce []ui.Pair

	Kinds, Values, Holders, Places []ui.Option
	Currency                       string
}

// campaignTyped is the form as typed.
type campaignTyped struct {
	Kind, Name, Description, Value, Amount, Percent, Package, Holder string
	Uses, PerCustomer, Total, ExpiresOn, ExpiresAfter, Prefix        string
	StartsOn, StartsAfter, PerDay, Budget, Allocation                string
	Instructions, Terms                                              string
	Locations                                                        []string
	Drawdown, Draft                                                  bool
}

func readCampaign(f fields) campaignTyped {
	return campaignTyped{
		Kind: f.Text("kind"), Name: f.Text("name"), Description: f.Text("description"), Value: f.Text("value"), Amount: f.Text("amount"), Percent: f.Text("percent"),
		Package: f.Text("package"), Holder: f.Text("holder_policy"), Uses: f.Text("per_voucher"), PerCustomer: f.Text("per_customer"), Total: f.Text("total"),
		ExpiresOn: f.Text("expires_on"), ExpiresAfter: f.Text("expires_after"), Prefix: f.Text("prefix"), Instructions: f.Raw("instructions"), Terms: f.Raw("terms"),
		StartsOn: f.Text("starts_on"), StartsAfter: f.Text("starts_after"), PerDay: f.Text("per_day"), Budget: f.Text("budget"), Allocation: f.Text("allocation"),
		Locations: f.List("locations"), Drawdown: f.Has("drawdown"), Draft: f.Has("draft"),
	}
}

func (v *visit) campaignNew() error {
	kind := v.query().Text("kind")
	if kind == "" {
		kind = string(coupon.KindCoupon)
	}
	return v.campaignFormShow(campaignForm{state: fresh, In: campaignTyped{Kind: kind, Value: "amount"}})
}

func (v *visit) campaignFormShow(p campaignForm) error {
	p.worthOptions()
	if err := v.campaignOptions(&p); err != nil {
		return err
	}
	return v.page(p.Code, "Create a campaign", p.view())
}

// worthOptions fills in which kinds and types of value there are to choose from.
func (p *campaignForm) worthOptions() {
	hints := map[coupon.Kind]string{
		coupon.KindCoupon: "An item, a service or value off, redeemed by staff.", coupon.KindGift: "Stored value that can be used in parts.",
		coupon.KindEPin: "Value or a package, used in the portal or by API.",
	}
	for _, k := range []coupon.Kind{coupon.KindCoupon, coupon.KindGift, coupon.KindEPin} {
		p.Kinds = append(p.Kinds, ui.Option{Value: string(k), Label: kindWord(k), Hint: hints[k]})
	}
	p.Values = valueOptions()
}

func valueOptions() []ui.Option {
	return []ui.Option{{Value: "amount", Label: "An amount"}, {Value: "percent", Label: "Percent off"}, {Value: "free_shipping", Label: "Free shipping"}, {Value: "package", Label: "A package"}}
}

// onlyStanding is why no campaign becomes one of refill coupons.
const onlyStanding = "Refill coupons have their own standing campaign under Services."

// campaignOptions fills in what a campaign's rules can be chosen from.
func (v *visit) campaignOptions(p *campaignForm) error {
	p.Holders = holders()
	list, err := v.App.Store.Locations(v.ctx())
	for _, l := range list {
		p.Places = append(p.Places, ui.Option{Value: string(l.ID), Label: l.Name})
	}
	p.Nonce, p.Currency, p.writing = nonce(), v.org.Currency, v.writing
	return err
}

// campaignInput turns what was typed into a new campaign.
func (v *visit) campaignInput(t campaignTyped) (app.CampaignInput, error) {
	bad := fault.Fields{}
	in := v.campaignRules(bad, t, coupon.CampaignView{})
	in.Kind, in.State, in.Code, in.Value = coupon.Kind(t.Kind), coupon.CampaignActive, &coupon.CodePolicy{Prefix: t.Prefix, Check: true}, campaignValue(bad, t, v.currency())
	if t.Draft {
		in.State = coupon.CampaignDraft
	}
	if in.Kind == coupon.KindRefill {
		bad["kind"] = onlyStanding
	}
	if n := wholeNumber(bad, "per_voucher", t.Uses); n > 0 {
		in.PerVoucher = &n
	}
	drawdown := t.Drawdown || in.Kind == coupon.KindGift
	in.Drawdown = &drawdown
	return in, fault.Check(bad)
}

// campaignRules are the parts of a campaign that can be changed at any time; before is the
// campaign until now.
func (v *visit) campaignRules(bad fault.Fields, t campaignTyped, before coupon.CampaignView) app.CampaignInput {
	if t.Name == "" {
		bad["name"] = "This is needed."
	}
	limits := coupon.Limits{
		Total: wholeNumber(bad, "total", t.Total), PerCustomer: wholeNumber(bad, "per_customer", t.PerCustomer), PerDay: wholeNumber(bad, "per_day", t.PerDay),
		Allocation: wholeNumber(bad, "allocation", t.Allocation),
	}
	if t.Budget != "" {
		asset := v.currency()
		if b := before.Limits.Budget; b != nil {
			asset = b.Asset
		}
		limits.Budget = moneyTyped(bad, "budget", t.Budget, asset)
	}
	conditions := before.Doc.Conditions
	conditions.Locations = nil
	for _, l := range t.Locations {
		conditions.Locations = append(conditions.Locations, coupon.LocationID(l))
	}
	return app.CampaignInput{
		Name: &t.Name, Description: &t.Description, Instructions: &t.Instructions, TermsText: &t.Terms, Holder: coupon.HolderPolicy(t.Holder), Limits: &limits,
		Conditions: &conditions, Validity: v.campaignValidity(bad, t, before.Doc.Validity),
	}
}

func campaignValue(bad fault.Fields, t campaignTyped, asset money.Asset) *coupon.Value {
	out := &coupon.Value{Type: coupon.ValueType(t.Value)}
	switch out.Type {
	case coupon.ValueAmount:
		out.Money = moneyTyped(bad, "amount", t.Amount, asset)
	case coupon.ValuePercent:
		out.BasisPoints = percentTyped(bad, t.Percent)
	case coupon.ValuePackage:
		out.Package = t.Package
	}
	return out
}

func moneyTyped(bad fault.Fields, name, typed string, asset money.Asset) *money.Amount {
	minor, err := money.Parse(typed, asset)
	if err != nil {
		bad[name] = fault.Of(err).Msg
	}
	return &money.Amount{Minor: minor, Asset: asset}
}

func percentTyped(bad fault.Fields, typed string) money.BasisPoints {
	rate, err := money.ParsePercent(typed)
	if err != nil {
		bad["percent"] = fault.Of(err).Msg
	}
	return rate
}

// campaignValidity reads from when and until when vouchers are good. A day that is as it
// was stays the moment it was, over or not.
func (v *visit) campaignValidity(bad fault.Fields, t campaignTyped, before coupon.Validity) *coupon.Validity {
	was := v.validityTyped(before)
	out := &coupon.Validity{StartsAfterDays: int(wholeNumber(bad, "starts_after", t.StartsAfter)), ExpiresAfterDays: int(wholeNumber(bad, "expires_after", t.ExpiresAfter))}
	if t.StartsOn != "" {
		day := v.day(t.StartsOn).UTC()
		out.StartsAt = &day
	}
	until, err := v.until("expires_on", t.ExpiresOn)
	switch {
	case err != nil:
		bad["expires_on"] = fault.Of(err).Msg
	case until.IsZero():
	case out.ExpiresAfterDays > 0:
		bad["expires_on"] = "Either a day, or days after issue."
	case t.ExpiresOn == was.ExpiresOn:
		out.ExpiresAt = before.ExpiresAt
	case !v.clock.Now.Before(until):
		bad["expires_on"] = "This day is over."
	default:
		out.ExpiresAt = &until
	}
	switch {
	case t.StartsOn == "":
	case v.day(t.StartsOn).IsZero():
		bad["starts_on"] = "Write the day like 2026-12-31."
	case out.StartsAfterDays > 0:
		bad["starts_on"] = "Either a day, or days after issue."
	case t.StartsOn == was.StartsOn:
		out.StartsAt = before.StartsAt
	}
	return out
}

// wholeNumber reads a number that may be left out.
func wholeNumber(bad fault.Fields, name, typed string) int64 {
	if typed == "" {
		return 0
	}
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || n < 1 || n > 1_000_000_000 {
		bad[name] = "A whole number above zero."
		return 0
	}
	return n
}

func (v *visit) campaignCreate() error {
	f, err := httpx.ReadForm(v.r, "instructions", "terms")
	p := campaignForm{In: readCampaign(f)}
	id := ""
	if err == nil {
		id, err = v.campaignMake(f, p.In)
	}
	if err != nil {
		if p.state, err = again(renamedFields(err)); err != nil {
			return err
		}
		return v.campaignFormShow(p)
	}
	return v.to(campaignPath(coupon.CampaignID(id)), "The campaign was created.")
}

func (v *visit) campaignMake(f *httpx.Form, t campaignTyped) (string, error) {
	in, err := v.campaignInput(t)
	if err != nil {
		return "", err
	}
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	c, err := v.App.CreateCampaign(v.ctx(), req, in)
	return settled(req, c, err)
}

// renamedFields puts the faults of a campaign under the names of the form's fields.
func renamedFields(err error) error {
	names := map[string]string{
		"value.money": "amount", "value.basis_points": "percent", "value.package": "package", "value.type": "value", "limits.per_voucher": "per_voucher", "limits.total": "total",
		"limits.per_customer": "per_customer", "validity.expires_after_days": "expires_after", "limits.per_day": "per_day", "limits.budget": "budget", "limits.allocation": "allocation", "validity.starts_at": "starts_on",
		"validity.starts_after_days": "starts_after", "conditions.locations": "locations", "terms_text": "terms", "code": "prefix", "code.prefix": "prefix",
	}
	e := fault.Of(err)
	if len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = fault.Fields{}
	for name, msg := range e.Fields {
		if to, ok := names[name]; ok {
			name = to
		}
		c.Fields[name] = msg
	}
	return &c
}
