package admin

import (
	"cmp"
	"slices"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// generateForm makes a code for a customer (DC-19).
type generateForm struct {
	state
	Customer                 coupon.Customer
	Campaign, Until, Remarks string // as typed
	Campaigns                []ui.Option
	Nonce                    []ui.Pair
}

func generateAction(id coupon.CustomerID) ui.Action {
	return ui.Action{Label: "Generate code", Icon: "plus", Look: ui.Main, Href: customerPath(id) + "/generate", Dialog: ui.DialogPage}
}

func (v *visit) generate() error { return v.generateShow(generateForm{state: fresh}) }

func (v *visit) generateShow(p generateForm) error {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(v.id()))
	if err != nil {
		return err
	}
	page, err := v.App.Campaigns(v.ctx(), v.by, coupon.CampaignFilter{State: coupon.CampaignActive}, coupon.Paging{Limit: 200})
	if err != nil {
		return err
	}
	slices.SortStableFunc(page.Rows, func(a, b coupon.CampaignView) int { return cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)) })
	for _, cam := range page.Rows {
		if cam.Kind != coupon.KindRefill && !needsAmount(cam) {
			p.Campaigns = append(p.Campaigns, ui.Option{Value: string(cam.ID), Label: cam.Name + " – " + v.worthOf(&coupon.VoucherView{Kind: cam.Kind, Doc: cam.Doc}), Group: kindWord(cam.Kind)})
		}
	}
	p.Customer, p.Nonce = c, nonce()
	v.place = customersPath
	return v.page(p.Code, "Generate a code", p.view())
}

// kindRank puts discount codes first: it is what this desk is asked for.
func kindRank(k coupon.Kind) int {
	if k == coupon.KindDiscount {
		return -1
	}
	return slices.Index(coupon.Kinds(), k)
}

func (v *visit) generateSave() error {
	f, err := httpx.ReadForm(v.r)
	id := coupon.CustomerID(v.id())
	p := generateForm{Campaign: f.Text("campaign"), Until: f.Text("until"), Remarks: f.Text("remarks")}
	var x coupon.VoucherView
	if err == nil {
		x, err = v.generateNow(f, id, p)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.generateShow(p)
	}
	tab := "/coupons"
	if x.Kind == coupon.KindDiscount {
		tab = "/codes"
	}
	return v.to(customerPath(id)+tab, masked(&x)+" was generated: "+v.worthOf(&x)+". Copy it, or send it to the customer.")
}

func (v *visit) generateNow(f *httpx.Form, id coupon.CustomerID, p generateForm) (coupon.VoucherView, error) {
	var none coupon.VoucherView
	if p.Campaign == "" {
		return none, fault.Field("campaign", "Choose a campaign.")
	}
	in := app.IssueInput{Customer: coupon.CustomerRef{ID: id}, Remarks: p.Remarks, EarningMethod: "manual"}
	until, err := v.until("expires_at", p.Until)
	if err != nil {
		return none, err
	}
	if !until.IsZero() {
		in.ExpiresAt = &until
	}
	req, err := v.once(f)
	if err != nil {
		return none, err
	}
	prepared, err := v.App.PrepareIssue(v.ctx(), req, coupon.CampaignID(p.Campaign), in)
	if err != nil {
		return none, err
	}
	issued, err := v.App.Issue(v.ctx(), req, prepared)
	made, err := settled(req, issued.Voucher, err)
	if err != nil {
		return none, err
	}
	return v.App.Voucher(v.ctx(), v.by, coupon.VoucherID(made))
}
