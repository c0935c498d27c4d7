package admin

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const campaignsPath = "/admin/coupons"

func campaignPath(id coupon.CampaignID) string { return campaignsPath + "/" + string(id) }

// campaignsPage lists the definitions of vouchers.
type campaignsPage struct {
	Actions []templ.Component
	Bar     ui.FilterBar
	Table   ui.Table
	Pager   ui.Pager
}

func (v *visit) campaigns() error {
	form := v.query()
	q := filters(form, "kind", "state", "q")
	page, err := v.App.Campaigns(v.ctx(), v.by, coupon.CampaignFilter{Kind: coupon.Kind(form.Text("kind")), State: coupon.CampaignState(form.Text("state")), Search: form.Text("q")}, paging(form))
	if err != nil {
		return err
	}
	kinds := ui.Filter{Name: "kind", Label: "Kind"}
	for _, k := range coupon.Kinds() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Label: kindWord(k)})
	}
	states := ui.Filter{Name: "state", Label: "State"}
	for _, s := range []coupon.CampaignState{coupon.CampaignActive, coupon.CampaignDraft, coupon.CampaignPaused, coupon.CampaignArchived} {
		states.Options = append(states.Options, ui.Option{Value: string(s), Label: capital(string(s))})
	}
	p := campaignsPage{Bar: ui.FilterBar{Path: campaignsPath, Query: q, Search: "q", Hint: "Name", Filters: []ui.Filter{kinds, states}}}
	p.Actions = []templ.Component{importsAction(nil)}
	add := ui.Action{Label: "Create campaign", Icon: "plus", Look: ui.Main, Href: campaignsPath + "/new"}
	empty := ui.Empty{Icon: "tag", Title: "Nothing fits", Text: "No campaign matches these filters."}
	if v.can(coupon.WriteCampaigns) {
		p.Actions = append(p.Actions, add)
		empty.Actions = []templ.Component{add}
	}
	p.Table = ui.Table{Label: "Campaigns", Columns: campaignColumns(), Rows: v.campaignRows(page.Rows), Empty: empty}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "campaign", "campaigns"), campaignsPath, q, page.Prev, page.Next)
	return v.show("Coupons", p.view())
}

func campaignColumns() []ui.Column {
	return []ui.Column{{Label: "Campaign", Lead: true}, {Label: "Kind"}, {Label: "Value", Keep: true}, {Label: "Who may use it"}, {Label: "Created", Keep: true}, {Label: "Status", Badge: true}}
}

func (v *visit) campaignRows(list []coupon.CampaignView) []ui.Row {
	var rows []ui.Row
	for i := range list {
		c := &list[i]
		rows = append(rows, ui.Row{Off: c.State == coupon.CampaignArchived, Cells: []templ.Component{
			ui.Link{Label: c.Name, Href: campaignPath(c.ID), Second: c.Description, Main: true}, ui.Text(kindWord(c.Kind)), ui.Text(v.worth(c.Doc, 0, "")), ui.Soft(holderWord(c.Doc.Holder)),
			v.clock.Day(c.CreatedAt), campaignStatus(c.State),
		}})
	}
	return rows
}

// campaignPage is one campaign: what it promises, its batches, its history.
type campaignPage struct {
	Head    ui.PageHead
	Paused  bool
	Facts   ui.Facts
	Batches ui.Table
	About   ui.KeyValues
	History ui.History
}

func (v *visit) campaign() error {
	c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	badge := campaignStatus(c.State)
	p := campaignPage{Paused: c.State == coupon.CampaignPaused, About: v.campaignAbout(c), Head: ui.PageHead{
		Crumbs: []ui.Crumb{{Label: "Coupons", Href: campaignsPath}, {Label: kindWord(c.Kind)}}, Title: c.Name, Status: &badge, Sub: c.Description, Actions: v.campaignActions(c),
	}}
	batches, err := v.App.Batches(v.ctx(), v.by, coupon.BatchFilter{Campaign: c.ID}, coupon.Paging{Limit: 20})
	if err != nil {
		return err
	}
	p.Batches = ui.Table{Label: "Batches", Columns: batchColumns(), Rows: v.batchRows(batches.Rows), Empty: ui.Empty{Icon: "layers", Title: "No batches yet", Text: "A batch makes many vouchers of this campaign at once."}}
	if p.History, err = v.history(coupon.EventFilter{Subject: string(c.ID)}, coupon.Paging{Limit: 50}); err != nil {
		return err
	}
	p.Facts = v.campaignFacts(c)
	return v.show(c.Name, p.view())
}

func (v *visit) campaignFacts(c coupon.CampaignView) ui.Facts {
	limit := func(n int64) string {
		if n == 0 {
			return "No limit"
		}
		return v.number(n)
	}
	uses := limit(c.Doc.PerVoucher)
	if c.Doc.Drawdown {
		uses = "Until its value is used up"
	}
	facts := ui.Facts{
		{Label: "Value", Value: v.worth(c.Doc, 0, "")}, {Label: "Uses of each", Value: uses}, {Label: "Uses per customer", Value: limit(c.Limits.PerCustomer)},
		{Label: "Uses in total", Value: limit(c.Limits.Total)},
	}
	if n := c.Limits.PerDay; n > 0 {
		facts = append(facts, ui.Fact{Label: "Uses per day", Value: v.number(n)})
	}
	if b := c.Limits.Budget; b != nil {
		facts = append(facts, ui.Fact{Label: "Budget", Value: v.amount(b.Minor, b.Asset)})
	}
	if n := c.Limits.Allocation; n > 0 {
		facts = append(facts, ui.Fact{Label: "Vouchers in all", Value: v.number(n)})
	}
	return facts
}

func (v *visit) campaignActions(c coupon.CampaignView) []templ.Component {
	out := []templ.Component{ui.Action{Label: "Vouchers", Icon: "ticket", Href: vouchersPath + "?campaign=" + string(c.ID)}}
	live := c.State == coupon.CampaignActive
	if v.can(coupon.WriteCampaigns) {
		items := []ui.Action{}
		if c.State != coupon.CampaignArchived {
			items = append(items, ui.Action{Label: "Edit", Icon: "pencil", Href: campaignPath(c.ID) + "/edit", Dialog: ui.DialogPage}, ui.Action{})
		}
		items = append(items, v.importItems(c)...)
		for _, s := range stateMoves(c.State) {
			a := ui.Action{Label: s.label, Icon: s.icon, Href: campaignPath(c.ID) + "/state?to=" + string(s.to), Dialog: ui.DialogPage}
			if s.to == coupon.CampaignArchived {
				items, a.Look = append(items, ui.Action{}), ui.Ends
			}
			items = append(items, a)
		}
		out = append(out, ui.Menu{ID: "campaign-actions", Label: "Actions", Items: items})
	} else {
		out = append(out, importsAction(url.Values{"campaign": {string(c.ID)}}))
	}
	if live && v.can(coupon.IssueVouchers) && !needsAmount(c) {
		out = append(out, ui.Action{Label: "Issue one", Icon: "plus", Href: campaignPath(c.ID) + "/issue", Dialog: ui.DialogPage})
	}
	if live && v.can(coupon.WriteCampaigns) {
		out = append(out, ui.Action{Label: "Make a batch", Icon: "layers", Look: ui.Main, Href: campaignPath(c.ID) + "/batch", Dialog: ui.DialogPage})
	}
	return out
}

// importItems are what a campaign's menu offers for codes that were made elsewhere.
func (v *visit) importItems(c coupon.CampaignView) []ui.Action {
	var out []ui.Action
	if c.State != coupon.CampaignArchived {
		out = append(out, ui.Action{Label: "Import", Icon: "upload", Href: importFor(importNewPath, c.ID)})
	}
	out = append(out, ui.Action{Label: "Imports", Icon: "history", Href: importFor(importsPath, c.ID)})
	if c.State != coupon.CampaignArchived {
		out = append(out, ui.Action{})
	}
	return out
}

// needsAmount reports whether the campaign leaves the amount to each batch.
func needsAmount(c coupon.CampaignView) bool {
	return c.Doc.Value.Type == coupon.ValueAmount && c.Doc.Value.Money == nil
}

// stateMove is one change of a campaign's state.
type stateMove struct {
	to                coupon.CampaignState
	label, icon, text string
}

func stateMoves(from coupon.CampaignState) []stateMove {
	activate := stateMove{coupon.CampaignActive, "Activate", "play", "Its vouchers can be issued and used from now on."}
	pause := stateMove{coupon.CampaignPaused, "Pause", "pause", "Every voucher of it is refused until you resume it. Nothing is lost."}
	resume := stateMove{coupon.CampaignActive, "Resume", "play", "Its vouchers can be used again from now on."}
	archive := stateMove{coupon.CampaignArchived, "Archive", "box", "Its vouchers are refused, nothing more can be issued, and it cannot be reopened. Its history stays."}
	switch from {
	case coupon.CampaignDraft:
		return []stateMove{activate, archive}
	case coupon.CampaignActive:
		return []stateMove{pause, archive}
	case coupon.CampaignPaused:
		return []stateMove{resume, archive}
	}
	return nil // an archived campaign stays archived
}

func (v *visit) campaignAbout(c coupon.CampaignView) ui.KeyValues {
	about := ui.KeyValues{
		{Key: "Kind", Text: kindWord(c.Kind)}, {Key: "Who may use it", Text: holderWord(c.Doc.Holder)}, {Key: "Applies to", Text: appliesTo(c.Doc)},
		{Key: "Expires", Text: v.validityWord(c.Doc.Validity)}, {Key: "Codes", Text: codeWord(c.Code)}, {Key: "Created", Body: v.clock.Short(c.CreatedAt)},
	}
	if c.Doc.Validity.StartsAt != nil || c.Doc.Validity.StartsAfterDays > 0 {
		about = append(about, ui.KeyValue{Key: "Starts", Text: v.startWord(c.Doc.Validity)})
	}
	if list := c.Doc.Conditions.Locations; len(list) > 0 {
		about = append(about, ui.KeyValue{Key: "Locations", Text: v.placesWord(list)})
	}
	if c.Instructions != "" {
		about = append(about, ui.KeyValue{Key: "Instructions", Text: c.Instructions})
	}
	if c.TermsText != "" {
		about = append(about, ui.KeyValue{Key: "Terms", Text: c.TermsText})
	}
	return about
}

func (v *visit) validityWord(d coupon.Validity) string {
	switch {
	case d.ExpiresAt != nil:
		return v.expiry(*d.ExpiresAt).String()
	case d.ExpiresAfterDays > 0:
		return v.count(int64(d.ExpiresAfterDays), "day", "days") + " after issue"
	}
	return "Never"
}

func (v *visit) startWord(d coupon.Validity) string {
	if d.StartsAt != nil {
		return v.clock.Day(*d.StartsAt).String()
	}
	return v.count(int64(d.StartsAfterDays), "day", "days") + " after issue"
}

// placesWord names locations.
func (v *visit) placesWord(list []coupon.LocationID) string {
	names, err := v.placeNames()
	var out []string
	for _, l := range list {
		name := names[string(l)]
		if err != nil || name == "" {
			name = string(l)
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

func codeWord(p coupon.CodePolicy) string {
	word := "Letters and digits without look-alikes"
	if p.Alphabet == coupon.Digits {
		word = "Digits"
	}
	if p.Prefix != "" {
		word += ", beginning with " + p.Prefix
	}
	return word
}

// stateForm asks before a campaign is paused, resumed or archived.
type stateForm struct {
	state
	writing
	Campaign coupon.CampaignView
	Move     stateMove
	Nonce    []ui.Pair
}

func (v *visit) campaignState() error {
	return v.stateShow(fresh, coupon.CampaignState(v.query().Text("to")))
}

func (v *visit) stateShow(s state, to coupon.CampaignState) error {
	c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	for _, m := range stateMoves(c.State) {
		if m.to == to {
			p := stateForm{state: s, writing: v.writing, Campaign: c, Move: m, Nonce: nonce()}
			return v.page(s.Code, m.label+" this campaign?", p.view())
		}
	}
	return coupon.ErrConflict
}

func (v *visit) campaignStateSave() error {
	f, err := httpx.ReadForm(v.r)
	to := coupon.CampaignState(f.Text("to"))
	if err == nil {
		err = v.campaignMove(f, to)
	}
	if err != nil {
		s, err := again(err)
		if err != nil {
			return err
		}
		return v.stateShow(s, to)
	}
	return v.to(campaignPath(coupon.CampaignID(v.id())), "The campaign is "+string(to)+" now.")
}

func (v *visit) campaignMove(f *httpx.Form, to coupon.CampaignState) error {
	req, err := v.once(f)
	if err != nil {
		return err
	}
	c, err := v.App.SetCampaignState(v.ctx(), req, coupon.CampaignID(v.id()), to)
	_, err = settled(req, c, err)
	return err
}
