package admin

import (
	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// dashboardPage is what a day at these desks begins with.
type dashboardPage struct {
	Wire      templ.Component
	Actions   []templ.Component
	Begin     []templ.Component // what to do first, while there is nothing
	Facts     ui.Facts
	Chart     ui.BarChart
	Liability ui.KeyValues
	Owed      ui.ShareChart
	Jobs      []templ.Component
	Refusals  ui.Table
	Recent    ui.Table
	Empty     bool
	Name      string
}

func (v *visit) dashboard() error {
	if !v.can(coupon.ReadCampaigns) {
		return httpx.SeeOther(v.w, home(v.by.Role))
	}
	f, err := v.App.Figures(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := dashboardPage{Wire: v.wire(), Name: v.org.Name, Empty: f.Issued == 0}
	if v.can(coupon.WriteCampaigns) {
		p.Actions = []templ.Component{ui.Action{Label: "Create refill coupons", Icon: "plus", Look: ui.Main, Href: refillPath + "/new", Dialog: ui.DialogPage}}
	}
	if p.Empty {
		p.Begin, p.Actions = p.Actions, nil // offered once
	}
	p.Facts, p.Chart, p.Liability, p.Owed = v.dashboardFacts(f), v.redemptionChart(f.Days, v.currency()), v.liability(f), v.owed(f)
	if err := v.dashboardJobs(&p); err != nil {
		return err
	}
	if v.can(coupon.ReadRedemptions) {
		if err := v.dashboardUses(&p); err != nil {
			return err
		}
	}
	return v.show("Dashboard", p.view())
}

func (v *visit) dashboardFacts(f coupon.Figures) ui.Facts {
	var used int64
	for _, d := range f.Days {
		used += d.Count
	}
	return ui.Facts{
		{Label: "Issued", Value: v.number(f.Issued), Small: "vouchers", Href: vouchersPath},
		{Label: "Outstanding", Value: v.number(f.OpenCount), Small: v.balances(f.Outstanding), Href: vouchersPath + "?status=active"},
		{Label: "Redeemed today", Value: v.number(f.RedeemedToday), Body: v.spark(f.Days, "Redemptions per day over 30 days")},
		{Label: "Redeemed in 30 days", Value: v.number(used)},
		{Label: "Expiring in 30 days", Value: v.number(f.Expiring), Href: vouchersPath + "?view=expiring"},
	}
}

func (w writing) balances(list []coupon.Balance) string {
	var out []money.Amount
	for _, b := range list {
		if b.Minor != 0 {
			out = append(out, money.Amount{Minor: b.Minor, Asset: b.Asset})
		}
	}
	return w.amounts(out)
}

// redemptionChart shows the redemptions of each day and what they gave in an asset, with
// a table behind.
func (v *visit) redemptionChart(days []coupon.DayFigure, asset money.Asset) ui.BarChart {
	c := ui.BarChart{Label: "Redemptions per day", Columns: [2]string{"Day", "Redemptions"}}
	for _, d := range days {
		text := v.number(d.Count)
		if d.Minor > 0 {
			text += " · " + v.amount(d.Minor, asset)
		}
		c.Bars = append(c.Bars, ui.Bar{Label: v.dayLabel(d.Day), Value: float64(d.Count), Text: text})
		if top := v.number(d.Count); float64(d.Count) >= highest(c.Bars) {
			c.Top = top
		}
	}
	return c
}

func highest(bars []ui.Bar) float64 {
	top := 0.0
	for _, b := range bars {
		top = max(top, b.Value)
	}
	return top
}

// liability is what the organisation owes: open vouchers and customers' balances.
func (v *visit) liability(f coupon.Figures) ui.KeyValues {
	total := map[money.Asset]int64{v.currency(): 0}
	order := []money.Asset{v.currency()}
	add := func(list []coupon.Balance) {
		for _, b := range list {
			if _, known := total[b.Asset]; !known {
				order = append(order, b.Asset)
			}
			total[b.Asset] += b.Minor
		}
	}
	add(f.Outstanding)
	add(f.CustomerBalances)
	none := v.amount(0, v.currency())
	orNone := func(s string) string {
		if s == "" {
			return none
		}
		return s
	}
	var sum []money.Amount
	for _, a := range order {
		sum = append(sum, money.Amount{Minor: total[a], Asset: a})
	}
	out := ui.KeyValues{
		{Key: "Open vouchers", Text: orNone(v.balances(f.Outstanding))}, {Key: "Balances", Text: orNone(v.balances(f.CustomerBalances))},
		{Key: "Together", Text: v.amounts(sum)}, {Key: "Customers", Text: v.number(f.Customers)}, {Key: "Refused in 30 days", Text: v.number(f.Refused30)},
	}
	for i := range out {
		out[i].Num = true
	}
	return out
}

// owed is what each campaign's open vouchers hold, in the organisation's currency; other
// currencies stand in the campaigns' own pages.
func (v *visit) owed(f coupon.Figures) ui.ShareChart {
	c := ui.ShareChart{Label: "Liability by campaign", Columns: [2]string{"Campaign", "Owed"}}
	rest := int64(0)
	for _, b := range f.Outstanding {
		if b.Asset == v.currency() {
			rest = b.Minor
		}
	}
	for _, x := range f.Liability {
		if x.Asset != v.currency() {
			continue
		}
		rest -= x.Minor
		c.Shares = append(c.Shares, ui.Share{Label: x.Name, Href: campaignPath(x.Campaign), Note: v.count(x.Count, "voucher", "vouchers"), Value: float64(x.Minor), Text: v.amount(x.Minor, x.Asset)})
	}
	if rest > 0 {
		c.Shares = append(c.Shares, ui.Share{Label: "Other campaigns", Value: float64(rest), Text: v.amount(rest, v.currency())})
	}
	return c
}

// dashboardJobs shows the background work that is not over.
func (v *visit) dashboardJobs(p *dashboardPage) error {
	page, err := v.App.Batches(v.ctx(), v.by, coupon.BatchFilter{State: coupon.BatchCreating}, coupon.Paging{Limit: 5})
	for _, b := range page.Rows {
		p.Jobs = append(p.Jobs, v.progress(b))
	}
	return err
}

// dashboardUses lists the latest redemptions and refusals.
func (v *visit) dashboardUses(p *dashboardPage) error {
	uses, err := v.App.Redemptions(v.ctx(), v.by, coupon.RedemptionFilter{}, coupon.Paging{Limit: 6})
	if err != nil {
		return err
	}
	p.Recent = ui.Table{Label: "Latest redemptions", Columns: []ui.Column{{Label: "When", Lead: true, Keep: true}, {Label: "Voucher", Keep: true}, {Label: "Amount", Num: true}, {Label: "Customer"}, {Label: "Where"}}, Empty: ui.Empty{Icon: "scan", Title: "No redemptions yet", Text: "The latest uses of vouchers will stand here."}}
	for i := range uses.Rows {
		p.Recent.Rows = append(p.Recent.Rows, v.useRow(&uses.Rows[i]))
	}
	refused, err := v.App.Refusals(v.ctx(), v.by, coupon.RefusalFilter{}, coupon.Paging{Limit: 6})
	if err != nil {
		return err
	}
	shown, err := v.refusedCodes(refused.Rows)
	if err != nil {
		return err
	}
	p.Refusals = ui.Table{Label: "Latest refusals", Columns: []ui.Column{{Label: "Voucher", Lead: true, Keep: true}, {Label: "Why", Wrap: true}}, Empty: ui.Empty{Icon: "shield", Title: "Nothing was refused", Text: "Tries that were refused will stand here with the reason."}}
	for i := range refused.Rows {
		r := &refused.Rows[i]
		p.Refusals.Rows = append(p.Refusals.Rows, ui.Row{Cells: []templ.Component{
			refusedCode(r, shown), ui.Group{ui.Text(reasonWord(r.Reason)), ui.Soft(v.clock.Ago(r.At))},
		}})
	}
	return nil
}

func (v *visit) useRow(r *coupon.RedemptionView) ui.Row {
	gave := templ.Component(ui.Text(""))
	if r.Money.Asset != "" {
		gave = ui.Amount(v.amount(r.Money.Minor, r.Money.Asset))
	}
	where := channelWord(r.Channel)
	if r.LocationName != "" {
		where = r.LocationName
	}
	return ui.Row{Off: r.Returned, Cells: []templ.Component{
		v.clock.At(r.At), ui.Code{Text: coupon.Masked(r.Prefix, r.Tail), Href: voucherPath(r.Voucher)}, gave, v.person(r.Customer, r.CustomerName), ui.Soft(where),
	}}
}
