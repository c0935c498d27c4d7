package admin

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// campaignPage is one campaign: what it promises, how it is used, its codes, its history.
type campaignPage struct {
	Head     ui.PageHead
	Paused   bool
	Draft    bool
	Activate []templ.Component
	Archived string // what that means; empty of one that is not archived
	Words    string // what it promises, in one sentence
	Facts    ui.Facts
	Uses     ui.BarChart
	Given    ui.BarChart
	Reasons  ui.ShareChart
	Codes    ui.Table
	AllCodes []templ.Component
	Batches  ui.Table
	Refusals ui.Table
	About    ui.KeyValues
	History  ui.History
}

func (v *visit) campaign() error {
	c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	badge, home := campaignStatus(c.State), ui.Crumb{}
	home.Label, home.Href = placeOfKind(c.Kind)
	if c.Kind == coupon.KindRefill {
		home = ui.Crumb{Label: "Coupons", Href: campaignsPath} // its list is one of vouchers
	}
	v.place = home.Href
	p := campaignPage{Paused: c.State == coupon.CampaignPaused, Draft: c.State == coupon.CampaignDraft, Words: v.teller().summary(c.Kind, c.Doc, c.Limits), About: v.campaignAbout(c), Head: ui.PageHead{
		Crumbs: []ui.Crumb{home, {Label: kindWord(c.Kind)}}, Title: c.Name, Status: &badge, Sub: c.Description, Actions: v.campaignActions(c),
	}}
	if c.State == coupon.CampaignArchived {
		p.Archived = archivedText(c.Kind)
	}
	if v.can(coupon.WriteCampaigns) {
		p.Activate = []templ.Component{ui.Action{Label: "Activate", Icon: "play", Look: ui.Main, Href: campaignPath(c.ID) + "/state?to=active", Dialog: ui.DialogPage}}
	}
	for _, part := range []func(coupon.CampaignView, *campaignPage) error{v.campaignFigures, v.campaignBatches, v.campaignCodes, v.campaignRefusals} {
		if err := part(c, &p); err != nil {
			return err
		}
	}
	if p.History, err = v.history(coupon.EventFilter{Subject: string(c.ID)}, coupon.Paging{Limit: 50}); err != nil {
		return err
	}
	return v.show(c.Name, p.view())
}

// archivedText says what archiving ended, and what to do as it cannot be undone. The
// campaign of refill coupons is not one that people create.
func archivedText(k coupon.Kind) string {
	text := "Every voucher of it is refused and nothing more can be issued. What was used can still be reversed. An archived campaign cannot be reopened: "
	if k == coupon.KindRefill {
		return text + "refill coupons you create from now on belong to another campaign, which Scrip makes if there is none."
	}
	return text + "to offer the same again, create a new one."
}

// campaignFigures fills in how the campaign is used.
func (v *visit) campaignFigures(c coupon.CampaignView, p *campaignPage) error {
	u, err := v.App.CampaignUse(v.ctx(), v.by, c)
	if err != nil {
		return err
	}
	p.Facts = v.campaignFacts(c, u)
	p.Uses = v.redemptionChart(u.Days, u.Asset)
	p.Given = ui.BarChart{Label: "Given per day", Columns: [2]string{"Day", "Given"}}
	for _, d := range u.Days {
		p.Given.Bars = append(p.Given.Bars, ui.Bar{Label: v.dayLabel(d.Day), Value: float64(d.Minor), Text: v.amount(d.Minor, u.Asset)})
	}
	p.Reasons = ui.ShareChart{Label: "Refused in 30 days, by reason", Columns: [2]string{"Reason", "Tries"}}
	for _, r := range u.Refusals {
		p.Reasons.Shares = append(p.Reasons.Shares, ui.Share{Label: reasonWord(r.Reason), Value: float64(r.Count), Text: v.number(r.Count)})
	}
	return nil
}

// dayLabel writes a calendar day for a chart.
func (v *visit) dayLabel(day string) string {
	if t, err := time.Parse(time.DateOnly, day); err == nil {
		return v.clock.Label(t)
	}
	return day
}

func (v *visit) campaignFacts(c coupon.CampaignView, u coupon.CampaignUse) ui.Facts {
	given := v.amount(0, u.Asset)
	if len(u.Given) > 0 {
		given = v.balances(u.Given)
	}
	facts := ui.Facts{
		{Label: "Value", Value: v.worth(c.Doc, 0, "")},
		{Label: "Uses", Value: v.number(u.Uses), Small: v.ofMost(c.Limits.Total)},
		{Label: "Given", Value: given},
		{Label: "Vouchers", Value: v.number(u.Issued), Small: v.ofMost(c.Limits.Allocation), Href: vouchersPath + "?campaign=" + string(c.ID)},
	}
	if b := c.Limits.Budget; b != nil {
		left := v.amount(max(0, b.Minor-u.BudgetUsed), b.Asset)
		facts = append(facts, ui.Fact{Label: "Budget left", Value: left, Small: "of " + v.amount(b.Minor, b.Asset)})
	}
	return facts
}

// ofMost says what a figure is limited to.
func (w writing) ofMost(limit int64) string {
	if limit == 0 {
		return ""
	}
	return "of " + w.number(limit)
}

func (v *visit) campaignBatches(c coupon.CampaignView, p *campaignPage) error {
	batches, err := v.App.Batches(v.ctx(), v.by, coupon.BatchFilter{Campaign: c.ID}, coupon.Paging{Limit: 20})
	p.Batches = ui.Table{Label: "Batches", Columns: batchColumns(), Rows: v.batchRows(batches.Rows), Empty: ui.Empty{Icon: "layers", Title: "No batches yet", Text: "A batch makes many vouchers of this campaign at once."}}
	return err
}

// campaignCodes shows the newest vouchers; public codes in full.
func (v *visit) campaignCodes(c coupon.CampaignView, p *campaignPage) error {
	page, err := v.App.Vouchers(v.ctx(), v.by, coupon.VoucherFilter{Campaign: c.ID, Now: v.clock.Now}, coupon.Paging{Limit: 8})
	if err != nil {
		return err
	}
	p.Codes = ui.Table{Label: "Codes", Columns: []ui.Column{{Label: "Code", Lead: true, Keep: true}, {Label: "Used", Keep: true}, {Label: "Holder"}, {Label: "Expires", Keep: true}, {Label: "Status", Badge: true}},
		Empty: ui.Empty{Icon: "ticket", Title: "No codes yet", Text: "Vouchers of this campaign will stand here, the newest first."}}
	shown := v.withPublic(page.Rows, nil)
	for i := range page.Rows {
		x := &page.Rows[i]
		holder := v.person(x.Holder, x.HolderName)
		if x.Public {
			holder = ui.Soft("Public")
		}
		p.Codes.Rows = append(p.Codes.Rows, ui.Row{Off: over(x.State), Cells: []templ.Component{v.codeCell(x, shown), ui.Text(v.usesWord(x.Uses, x.MaxUses)), holder, v.expiry(x.ExpiresAt), statusOf(x.Shown(v.clock.Now))}})
	}
	if page.Next != "" {
		p.AllCodes = []templ.Component{ui.Action{Label: "All codes", Tiny: true, Href: vouchersPath + "?campaign=" + string(c.ID)}}
	}
	return nil
}

// campaignRefusals shows the latest tries that were refused, with why.
func (v *visit) campaignRefusals(c coupon.CampaignView, p *campaignPage) error {
	page, err := v.App.Refusals(v.ctx(), v.by, coupon.RefusalFilter{Campaign: c.ID}, coupon.Paging{Limit: 8})
	if err != nil {
		return err
	}
	shown, err := v.refusedCodes(page.Rows)
	if err != nil {
		return err
	}
	p.Refusals = ui.Table{Label: "Latest refusals", Columns: []ui.Column{{Label: "When", Lead: true, Keep: true}, {Label: "Code", Keep: true}, {Label: "Why", Wrap: true}, {Label: "Tries", Num: true}, {Label: "Actions", Acts: true, Few: true}},
		Empty: ui.Empty{Icon: "shield", Title: "Nothing was refused", Text: "Tries that were refused will stand here with the reason."}}
	for i := range page.Rows {
		r := &page.Rows[i]
		p.Refusals.Rows = append(p.Refusals.Rows, ui.Row{Cells: []templ.Component{
			v.clock.Short(r.At), refusedCode(r, shown), ui.Text(refusedFor(r)), ui.Text(v.number(r.Repeats + 1)),
			ui.Action{Label: "Explain", Tiny: true, Href: voucherPath(r.Voucher) + "/explain?refusal=" + string(r.ID)},
		}})
	}
	return nil
}

// refusedCodes opens the codes of refused tries that everybody may know. A try keeps no
// more than the end of its code, so its voucher is asked, and only who may list vouchers
// learns anything from it.
func (v *visit) refusedCodes(list []coupon.Refusal) (codes, error) {
	var ids []coupon.VoucherID
	for i := range list {
		if id := list[i].Voucher; id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || !v.can(coupon.ListVouchers) {
		return nil, nil
	}
	page, err := v.App.Vouchers(v.ctx(), v.by, coupon.VoucherFilter{IDs: ids, Public: true}, coupon.Paging{Limit: len(ids)})
	return v.withPublic(page.Rows, nil), err
}

// refusedCode shows the code of a refused try: masked, unless everybody may know it.
func refusedCode(r *coupon.Refusal, shown codes) ui.Code {
	c := ui.Code{Text: coupon.Masked("", r.Tail), Href: voucherPath(r.Voucher)}
	if code, ok := shown[r.Voucher]; ok {
		c.Text = code
	}
	return c
}

// refusedFor says why a try was refused, with its figures where they were kept.
func refusedFor(r *coupon.Refusal) string {
	for _, c := range r.Checks {
		if !c.Passed {
			return c.Text
		}
	}
	return reasonWord(r.Reason)
}

func (v *visit) campaignAbout(c coupon.CampaignView) ui.KeyValues {
	about := ui.KeyValues{
		{Key: "Kind", Text: kindWord(c.Kind)}, {Key: "Who may use it", Text: holderWord(c.Doc.Holder)}, {Key: "Applies to", Text: appliesTo(c.Doc)},
		{Key: "Expires", Text: v.validityWord(c.Doc.Validity)}, {Key: "Codes", Text: codeWord(c.Code)}, {Key: "Created", Body: v.clock.Short(c.CreatedAt)},
	}
	add := func(key, text string) {
		if text != "" {
			about = append(about, ui.KeyValue{Key: key, Text: text})
		}
	}
	if c.Doc.Validity.StartsAt != nil || c.Doc.Validity.StartsAfterDays > 0 {
		add("Starts", v.startWord(c.Doc.Validity))
	}
	add("Locations", v.placesWord(c.Doc.Conditions.Locations))
	if c.Doc.Drawdown {
		add("Uses of each", "Until its value is used up")
	} else {
		add("Uses of each", v.limitWord(c.Doc.PerVoucher))
	}
	add("Uses per customer", v.limitWord(c.Limits.PerCustomer))
	for _, l := range []struct {
		key string
		n   int64
	}{{"Uses in total", c.Limits.Total}, {"Uses per day", c.Limits.PerDay}, {"Vouchers in all", c.Limits.Allocation}} {
		if l.n > 0 {
			add(l.key, v.number(l.n))
		}
	}
	if b := c.Limits.Budget; b != nil {
		add("Budget", v.amount(b.Minor, b.Asset))
	}
	add("Instructions", c.Instructions)
	add("Terms", c.TermsText)
	return about
}

func (w writing) limitWord(n int64) string {
	if n == 0 {
		return "No limit"
	}
	return w.number(n)
}
