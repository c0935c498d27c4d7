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
	Title, Sub string
	Actions    []templ.Component
	Bar        ui.FilterBar
	Table      ui.Table
	Pager      ui.Pager
}

func (v *visit) campaigns() error {
	form := v.query()
	kinds := ui.Filter{Name: "kind", Label: "Kind"}
	for _, k := range coupon.Kinds() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Label: kindWord(k)})
	}
	p := campaignsPage{Title: "Coupons", Sub: "Campaigns: what vouchers are worth, and under which rules.", Bar: ui.FilterBar{Path: campaignsPath, Filters: []ui.Filter{kinds}}}
	p.Table = ui.Table{Label: "Campaigns", Columns: campaignColumns()}
	return v.campaignList(p, coupon.Kind(form.Text("kind")), v.campaignRows, ui.Empty{Icon: "tag", Title: "Nothing fits", Text: "No campaign matches these filters."})
}

// campaignList shows the campaigns of a kind, "" of every one, that the address asks for.
func (v *visit) campaignList(p campaignsPage, kind coupon.Kind, rows func([]coupon.CampaignView) []ui.Row, empty ui.Empty) error {
	form := v.query()
	q := filters(form, "kind", "state", "q")
	page, err := v.App.Campaigns(v.ctx(), v.by, coupon.CampaignFilter{Kind: kind, State: coupon.CampaignState(form.Text("state")), Search: form.Text("q")}, paging(form))
	if err != nil {
		return err
	}
	states := ui.Filter{Name: "state", Label: "State"}
	for _, s := range []coupon.CampaignState{coupon.CampaignActive, coupon.CampaignDraft, coupon.CampaignPaused, coupon.CampaignArchived} {
		states.Options = append(states.Options, ui.Option{Value: string(s), Label: capital(string(s))})
	}
	path := p.Bar.Path
	p.Bar.Query, p.Bar.Search, p.Bar.Hint, p.Bar.Filters = q, "q", "Name", append(p.Bar.Filters, states)
	p.Actions = []templ.Component{importsAction(nil)}
	if v.can(coupon.WriteCampaigns) {
		add := ui.Action{Label: "Create campaign", Icon: "plus", Look: ui.Main, Href: path + "/new"}
		p.Actions = append(p.Actions, add)
		empty.Actions = []templ.Component{add}
	}
	p.Table.Rows, p.Table.Empty = rows(page.Rows), empty
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "campaign", "campaigns"), path, q, page.Prev, page.Next)
	return v.show(p.Title, p.view())
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

func (v *visit) campaignActions(c coupon.CampaignView) []templ.Component {
	out := []templ.Component{ui.Action{Label: "Vouchers", Icon: "ticket", Href: vouchersPath + "?campaign=" + string(c.ID)}}
	live := c.State == coupon.CampaignActive
	if v.can(coupon.WriteCampaigns) {
		items := []ui.Action{}
		if c.State != coupon.CampaignArchived {
			items = append(items, editAction(c), ui.Action{})
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
	if live && c.Kind == coupon.KindDiscount && v.can(coupon.IssueVouchers) {
		out = append(out, ui.Action{Label: "Make a public code", Icon: "tag", Href: campaignPath(c.ID) + "/code", Dialog: ui.DialogPage})
	}
	if live && v.can(coupon.IssueVouchers) && !needsAmount(c) {
		out = append(out, ui.Action{Label: "Issue one", Icon: "plus", Href: campaignPath(c.ID) + "/issue", Dialog: ui.DialogPage})
	}
	if live && v.can(coupon.WriteCampaigns) {
		out = append(out, ui.Action{Label: "Make a batch", Icon: "layers", Look: ui.Main, Href: campaignPath(c.ID) + "/batch", Dialog: ui.DialogPage})
	}
	return out
}

// editAction leads to the form of a campaign: that of discounts is a page of its own.
func editAction(c coupon.CampaignView) ui.Action {
	if c.Kind == coupon.KindDiscount {
		return ui.Action{Label: "Edit", Icon: "pencil", Href: discountPath(c.ID) + "/edit"}
	}
	return ui.Action{Label: "Edit", Icon: "pencil", Href: campaignPath(c.ID) + "/edit", Dialog: ui.DialogPage}
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
