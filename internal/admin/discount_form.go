package admin

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// discountForm makes or changes a discount campaign. Its buttons beside Save change the form
// alone: they add and take away rows, or try the campaign on an order.
type discountForm struct {
	state
	trial
	In       filled
	Campaign coupon.CampaignView // the zero value for a new one
	Version  string              // of the campaign whose values the form shows
	Stays    string              // why the type of value stays; empty when it does not
	Currency string
	Nonce    []ui.Pair
	Places   []ui.Option
	Kept     string // conditions that the form cannot show, in words
}

// fresh reports whether there is no campaign yet.
func (p discountForm) fresh() bool { return p.Campaign.ID == "" }

// action is the address that the form is sent to.
func (p discountForm) action() string {
	if p.fresh() {
		return discountsPath + "/new"
	}
	return discountPath(p.Campaign.ID) + "/edit"
}

func (p discountForm) title() string {
	if p.fresh() {
		return "Create a discount campaign"
	}
	return "Edit " + p.Campaign.Name
}

func (p discountForm) cancel() string {
	if p.fresh() {
		return discountsPath
	}
	return campaignPath(p.Campaign.ID)
}

// f fills a field in with what was typed and what is wrong with it.
func (p discountForm) f(x ui.Field) ui.Field {
	x.Value, x.Error, x.Free = p.In.Text(x.Name), p.Fields[x.Name], x.Name != "name"
	return x
}

// order is the order of the Try it panel.
func (p discountForm) order() orderForm {
	return orderForm{In: p.In, Fields: p.Fields, Currency: p.Currency, Action: p.action()}
}

func (v *visit) discountNew() error {
	return v.discountShow(discountForm{state: fresh, In: newDiscount()})
}

func (v *visit) discountEdit() error {
	c, err := v.discountOf(coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	return v.discountShow(discountForm{state: fresh, In: v.discountTyped(&c), Campaign: c, Version: strconv.FormatInt(c.Version, 10)})
}

// discountOf returns a discount campaign.
func (v *visit) discountOf(id coupon.CampaignID) (coupon.CampaignView, error) {
	c, err := v.App.Campaign(v.ctx(), v.by, id)
	if err == nil && c.Kind != coupon.KindDiscount {
		return c, errNoPage
	}
	return c, err
}

// discountShow shows the form with its summary, and what came of the try, if any.
func (v *visit) discountShow(p discountForm) error {
	var err error
	if !p.fresh() {
		if p.Stays, err = v.stays(&p.Campaign); err != nil {
			return err
		}
	}
	list, err := v.App.Store.Locations(v.ctx())
	if err != nil {
		return err
	}
	for _, l := range list {
		p.Places = append(p.Places, ui.Option{Value: string(l.ID), Label: l.Name})
	}
	p.Nonce, p.Currency = nonce(), v.assetOf(p.Campaign).Name()
	if rule := p.Campaign.Doc.Conditions.Rule; p.In.Has("rule_kept") && !rule.Empty() {
		p.Kept = v.teller().ruleWords(rule)
	}
	p.trial = v.try(p.In, p.Campaign)
	return v.page(p.Code, p.title(), p.view())
}

func (v *visit) discountCreate() error { return v.discountSent(coupon.CampaignView{}) }

func (v *visit) discountSave() error {
	c, err := v.discountOf(coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	return v.discountSent(c)
}

// readDiscount reads the form; lists and texts may be long.
func readDiscount(r *http.Request) (*httpx.Form, filled, error) {
	f, err := httpx.ReadForm(r, "instructions", "terms", "expert", "metadata", "products", "collections", "get_products", "get_collections", "buy_products", "buy_collections", "customers", "customer_groups")
	return f, filled(f.Values()), err
}

func (v *visit) discountSent(c coupon.CampaignView) error {
	f, t, err := readDiscount(v.r)
	p := discountForm{state: fresh, In: t, Campaign: c, Version: t.Text("version")}
	if err == nil && t.act(t.Text("do")) {
		return v.discountShow(p)
	}
	id := c.ID
	if err == nil {
		id, err = v.discountWrite(f, p)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.discountShow(p)
	}
	if c.ID == "" {
		return v.to(campaignPath(id), "The campaign was created.")
	}
	return v.to(campaignPath(id), "The campaign was changed. Vouchers issued before keep their rules.")
}

// act does what a button of the form does with the form alone; false is a button that saves.
func (t filled) act(do string) bool {
	what, at, _ := strings.Cut(do, ":")
	row, err := strconv.Atoi(at)
	if err != nil {
		row = -1
	}
	switch what {
	case "try":
	case "rule_add":
		t.addRow(row)
	case "rule_drop":
		t.dropRow(row)
	case "window_add":
		t.row("window_from", "09:00", "window_to", "17:00", "window_zone", "")
	case "window_drop":
		t.drop(row, "window_days", "window_from", "window_to", "window_zone")
	default:
		return t.actOrder(what, row)
	}
	return true
}

// discountWrite creates or changes the campaign.
func (v *visit) discountWrite(f *httpx.Form, p discountForm) (coupon.CampaignID, error) {
	bad := fault.Fields{}
	in := v.discountInput(bad, p.In, p.Campaign)
	if err := fault.Check(bad); err != nil {
		return "", err
	}
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	var c coupon.Campaign
	if p.fresh() {
		in.State = coupon.CampaignDraft
		if p.In.Text("do") == "activate" {
			in.State = coupon.CampaignActive
		}
		c, err = v.App.CreateCampaign(v.ctx(), req, in)
	} else {
		if in.Version, err = strconv.ParseInt(p.Version, 10, 64); err != nil {
			return "", errNoNonce
		}
		c, err = v.App.ChangeCampaign(v.ctx(), req, p.Campaign.ID, in)
	}
	id, err := settled(req, c, err)
	return coupon.CampaignID(id), renamedDiscount(err)
}

// renamedDiscount puts the fields of a fault under the form's names.
func renamedDiscount(err error) error {
	e := fault.Of(err)
	if e == nil || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = discountFields(e.Fields)
	return &c
}

// discountPreview answers with the summary of the form as it stands, and what came of its
// order. It changes nothing.
func (v *visit) discountPreview() error {
	_, t, err := readDiscount(v.r)
	if err != nil {
		return err
	}
	c := coupon.CampaignView{}
	if id := t.Text("campaign"); id != "" {
		if c, err = v.discountOf(coupon.CampaignID(id)); err != nil {
			return err
		}
	}
	return httpx.Page(v.w, v.r, http.StatusOK, v.try(t, c).fragment())
}
