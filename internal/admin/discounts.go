package admin

import (
	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const discountsPath = "/admin/discounts"

func discountPath(id coupon.CampaignID) string { return discountsPath + "/" + string(id) }

// discounts lists the campaigns that take something off orders.
func (v *visit) discounts() error {
	p := campaignsPage{Title: "Discount Codes", Sub: "Campaigns that take something off an order at checkout.", Bar: ui.FilterBar{Path: discountsPath}}
	p.Table = ui.Table{Label: "Discount campaigns", Columns: []ui.Column{{Label: "Campaign", Lead: true, Wrap: true}, {Label: "In words", Wrap: true}, {Label: "Created", Keep: true}, {Label: "Status", Badge: true}}}
	empty := ui.Empty{Icon: "percent", Title: "No discount campaigns", Text: "A campaign says what its codes take off an order, for whom and until when. Create one, try it on an order, then activate it."}
	return v.campaignList(p, coupon.KindDiscount, v.discountRows, empty)
}

func (v *visit) discountRows(list []coupon.CampaignView) []ui.Row {
	var rows []ui.Row
	w := v.teller()
	for i := range list {
		c := &list[i]
		rows = append(rows, ui.Row{Off: c.State == coupon.CampaignArchived, Cells: []templ.Component{
			ui.Link{Label: c.Name, Href: campaignPath(c.ID), Main: true}, ui.Text(w.summary(c.Kind, c.Doc, c.Limits)), v.clock.Day(c.CreatedAt), campaignStatus(c.State),
		}})
	}
	return rows
}

// codeForm makes one code that everybody may know.
type codeForm struct {
	state
	Campaign          coupon.CampaignView
	Words             string
	Code, Uses, Until string // as typed
	Nonce             []ui.Pair
}

func (v *visit) codeNew() error { return v.codeShow(codeForm{state: fresh}) }

func (v *visit) codeShow(p codeForm) error {
	c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	_, v.place = placeOfKind(c.Kind)
	p.Campaign, p.Words, p.Nonce = c, v.teller().summary(c.Kind, c.Doc, c.Limits), nonce()
	return v.page(p.state.Code, "Make a public code", p.view())
}

func (v *visit) codeSave() error {
	f, err := httpx.ReadForm(v.r)
	p := codeForm{Code: f.Text("code"), Uses: f.Text("per_voucher"), Until: f.Text("until")}
	if err == nil {
		err = v.codeMake(f, p)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.codeShow(p)
	}
	return v.to(campaignPath(coupon.CampaignID(v.id())), "The code was made. Everybody who knows it may use it.")
}

// codeMake issues the code: without limit unless one is typed, so that the campaign's decide.
func (v *visit) codeMake(f *httpx.Form, p codeForm) error {
	bad := fault.Fields{}
	if p.Code == "" {
		bad["code"] = "This is needed."
	}
	in := app.IssueInput{Code: p.Code, EarningMethod: "manual", Unlimited: p.Uses == ""}
	if n := wholeNumber(bad, "per_voucher", p.Uses); n > 0 {
		in.PerVoucher = &n
	}
	until, err := v.until("expires_at", p.Until)
	if err != nil {
		bad["expires_at"] = fault.Of(err).Msg
	}
	if !until.IsZero() {
		in.ExpiresAt = &until
	}
	if err := fault.Check(bad); err != nil {
		return err
	}
	req, err := v.once(f)
	if err != nil {
		return err
	}
	prepared, err := v.App.PrepareIssue(v.ctx(), req, coupon.CampaignID(v.id()), in)
	if err != nil {
		return err
	}
	x, err := v.App.Issue(v.ctx(), req, prepared)
	_, err = settled(req, x.Voucher, err)
	return err
}
