package admin

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const vouchersPath = "/admin/vouchers"

// vouchersPage lists the vouchers of every kind, with views that are often wanted.
type vouchersPage struct {
	Views ui.Tabs
	Add   []templ.Component
	Note  templ.Component
	Bar   ui.FilterBar
	Bulk  templ.Component
	Table ui.Table
	Pager ui.Pager
}

var vouchersNames = []string{"view", "kind", "status", "used", "campaign", "serial", "q"}

// savedViews are filters with a name.
func savedViews() []ui.Tab {
	return []ui.Tab{
		{Label: "All", Href: vouchersPath}, {Label: "Can be used", Href: vouchersPath + "?status=active"}, {Label: "Partly used", Href: vouchersPath + "?status=partly_used"},
		{Label: "Expiring soon", Href: vouchersPath + "?view=expiring"}, {Label: "Redeemed", Href: vouchersPath + "?status=redeemed"}, {Label: "Deactivated", Href: vouchersPath + "?status=deactivated"},
		{Label: "Voided", Href: vouchersPath + "?status=void"},
	}
}

const soon = 30 * 24 * time.Hour

func (v *visit) vouchersFind() error { return v.find(vouchersPath, nil, vouchersNames...) }

func (v *visit) vouchers() error {
	form := v.query()
	q := filters(form, vouchersNames...)
	page, err := v.App.Vouchers(v.ctx(), v.by, v.vouchersFilter(form), paging(form))
	if err != nil {
		return err
	}
	p := vouchersPage{Note: missNote(form), Views: ui.Tabs{Label: "Saved views", Items: savedViews()}, Bar: v.vouchersBar(q)}
	p.Add = []templ.Component{v.exportMenu("export", vouchersPath+"/export", q, "The vouchers this list shows.")}
	here := vouchersPath
	if len(q) > 0 {
		here += "?" + q.Encode()
	}
	for i := range p.Views.Items {
		p.Views.Items[i].Current = p.Views.Items[i].Href == here
	}
	p.Table = ui.Table{Label: "Vouchers", Columns: voucherColumns(), Rows: v.voucherRows(page.Rows, nil), Wide: true, Empty: vouchersEmpty(q)}
	p.Bulk = v.bulk(&p.Table, page.Rows, "vouchers", with(vouchersPath, q, "", ""), page.Next+page.Prev != "")
	p.Bar.Columns = v.columns("vouchers", with(vouchersPath, q, "", ""), &p.Table)
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "voucher", "vouchers", "codes masked"), vouchersPath, q, page.Prev, page.Next)
	return v.show("Vouchers", p.view())
}

func (v *visit) vouchersFilter(f *httpx.Form) coupon.VoucherFilter {
	out := coupon.VoucherFilter{
		Kind: coupon.Kind(f.Text("kind")), Status: coupon.Status(f.Text("status")), Campaign: coupon.CampaignID(f.Text("campaign")), Serial: f.Text("serial"), Search: f.Text("q"),
	}
	if f.Text("view") == "expiring" {
		out.Expiring, out.Status = v.clock.Now.Add(soon), coupon.StatusActive
	}
	if used, err := strconv.ParseBool(f.Text("used")); err == nil {
		out.Used = &used
	}
	return out
}

func (v *visit) vouchersBar(q url.Values) ui.FilterBar {
	kinds := ui.Filter{Name: "kind", Label: "Kind"}
	for _, k := range coupon.Kinds() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Label: kindWord(k)})
	}
	b := ui.FilterBar{Path: vouchersPath, Query: q, Search: "q", Hint: "Code, serial, batch", Post: vouchersPath + "/find", Filters: []ui.Filter{
		kinds, statusFilter(), {Name: "used", Label: "Used?", Options: []ui.Option{{Value: "true", Label: "true"}, {Value: "false", Label: "false"}}},
	}}
	if id := q.Get("campaign"); id != "" {
		name := id
		if c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(id)); err == nil {
			name = c.Name
		}
		b.Filters = append(b.Filters, ui.Filter{Name: "campaign", Label: "Campaign", Options: []ui.Option{{Value: id, Label: name}}})
	}
	if q.Get("serial") != "" {
		b.Filters = append(b.Filters, ui.Filter{Label: "Number", Shown: q.Get("serial"), Inputs: []ui.Field{{Label: "Serial", Name: "serial", Free: true}}})
	}
	return b
}

func vouchersEmpty(q url.Values) ui.Empty {
	if len(q) > 0 {
		return ui.Empty{Icon: "search", Title: "Nothing fits", Text: "No voucher matches these filters.", Actions: []templ.Component{ui.Action{Label: "Show all", Href: vouchersPath}}}
	}
	return ui.Empty{Icon: "ticket", Title: "No vouchers yet", Text: "Every coupon, gift voucher, refill coupon, E-Pin and discount code stands here once it is made.", Actions: []templ.Component{ui.Action{Label: "To the campaigns", Href: "/admin/coupons"}}}
}
