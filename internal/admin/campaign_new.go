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
	In    campaignTyped
	Nonce []ui.Pair

	Kinds, Values, Holders []ui.Option
	Currency               string
}

// campaignTyped is the form as typed.
type campaignTyped struct {
	Kind, Name, Description, Value, Amount, Percent, Package, Holder string
	Uses, PerCustomer, Total, ExpiresOn, ExpiresAfter, Prefix        string
	Instructions, Terms                                              string
	Drawdown, Draft                                                  bool
}

func readCampaign(f *httpx.Form) campaignTyped {
	return campaignTyped{
		Kind: f.Text("kind"), Name: f.Text("name"), Description: f.Text("description"), Value: f.Text("value"), Amount: f.Text("amount"), Percent: f.Text("percent"),
		Package: f.Text("package"), Holder: f.Text("holder_policy"), Uses: f.Text("per_voucher"), PerCustomer: f.Text("per_customer"), Total: f.Text("total"),
		ExpiresOn: f.Text("expires_on"), ExpiresAfter: f.Text("expires_after"), Prefix: f.Text("prefix"), Instructions: f.Raw("instructions"), Terms: f.Raw("terms"),
		Drawdown: f.Has("drawdown"), Draft: f.Has("draft"),
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
	hints := map[coupon.Kind]string{
		coupon.KindCoupon: "An item, a service or value off, redeemed by staff.", coupon.KindGift: "Stored value that can be used in parts.",
		coupon.KindEPin: "Value or a package, used in the portal or by API.", coupon.KindDiscount: "Off an order, used at checkout by API.",
	}
	for _, k := range []coupon.Kind{coupon.KindCoupon, coupon.KindGift, coupon.KindEPin, coupon.KindDiscount} {
		p.Kinds = append(p.Kinds, ui.Option{Value: string(k), Label: kindWord(k), Hint: hints[k]})
	}
	p.Values = []ui.Option{{Value: "amount", Label: "An amount"}, {Value: "percent", Label: "Percent off"}, {Value: "free_shipping", Label: "Free shipping"}, {Value: "package", Label: "A package"}}
	for _, h := range []coupon.HolderPolicy{coupon.Assigned, coupon.Bearer, coupon.Claimable, coupon.Open} {
		p.Holders = append(p.Holders, ui.Option{Value: string(h), Label: holderWord(h)})
	}
	p.Nonce, p.Currency = nonce(), v.org.Currency
	return v.page(p.Code, "Create a campaign", p.view())
}

// input turns what was typed into a campaign.
func (v *visit) campaignInput(t campaignTyped) (app.CampaignInput, error) {
	bad := fault.Fields{}
	if t.Name == "" {
		bad["name"] = "This is needed."
	}
	in := app.CampaignInput{
		Kind: coupon.Kind(t.Kind), Name: &t.Name, Description: &t.Description, Instructions: &t.Instructions, TermsText: &t.Terms, Holder: coupon.HolderPolicy(t.Holder), State: coupon.CampaignActive,
		Limits: &coupon.Limits{Total: wholeNumber(bad, "total", t.Total), PerCustomer: wholeNumber(bad, "per_customer", t.PerCustomer)},
		Code:   &coupon.CodePolicy{Prefix: t.Prefix}, Value: v.campaignValue(bad, t), Validity: v.campaignValidity(bad, t),
	}
	if t.Draft {
		in.State = coupon.CampaignDraft
	}
	if in.Kind == coupon.KindRefill {
		bad["kind"] = "Refill coupons have their own standing campaign under Services."
	}
	if n := wholeNumber(bad, "per_voucher", t.Uses); n > 0 {
		in.PerVoucher = &n
	}
	drawdown := t.Drawdown || in.Kind == coupon.KindGift
	in.Drawdown = &drawdown
	return in, fault.Check(bad)
}

func (v *visit) campaignValue(bad fault.Fields, t campaignTyped) *coupon.Value {
	out := &coupon.Value{Type: coupon.ValueType(t.Value), Package: t.Package}
	switch out.Type {
	case coupon.ValueAmount:
		out.Package = ""
		minor, err := money.Parse(t.Amount, v.currency())
		if err != nil {
			bad["amount"] = fault.Of(err).Msg
		}
		out.Money = &money.Amount{Minor: minor, Asset: v.currency()}
	case coupon.ValuePercent:
		out.Package = ""
		rate, err := money.ParsePercent(t.Percent)
		if err != nil {
			bad["percent"] = fault.Of(err).Msg
		}
		out.BasisPoints = rate
	}
	return out
}

func (v *visit) campaignValidity(bad fault.Fields, t campaignTyped) *coupon.Validity {
	out := &coupon.Validity{ExpiresAfterDays: int(wholeNumber(bad, "expires_after", t.ExpiresAfter))}
	until, err := v.until("expires_on", t.ExpiresOn)
	switch {
	case err != nil:
		bad["expires_on"] = fault.Of(err).Msg
	case until.IsZero():
	case out.ExpiresAfterDays > 0:
		bad["expires_on"] = "Either a day, or days after issue."
	case !v.clock.Now.Before(until):
		bad["expires_on"] = "This day is over."
	default:
		out.ExpiresAt = &until
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
		"limits.per_customer": "per_customer", "validity.expires_after_days": "expires_after", "terms_text": "terms", "code": "prefix", "code.prefix": "prefix",
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
