package admin

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// batchPage is one act of making vouchers: its figures, its vouchers, its history.
type batchPage struct {
	Head     ui.PageHead
	Frozen   string // why, while it is frozen
	Failed   string
	Progress templ.Component // while it is being made
	Facts    ui.Facts
	Card     ui.Card
	Bar      ui.FilterBar
	Bulk     templ.Component
	Table    ui.Table
	Pager    ui.Pager
	About    ui.KeyValues
	History  ui.History
}

var batchNames = []string{"used", "status", "serial", "q"}

func (v *visit) batch() error { return v.batchShowing(false) }

// batchShow is the batch with its numbers, which leaves one event.
func (v *visit) batchShow() error { return v.batchShowing(true) }

func (v *visit) batchShowing(reveal bool) error {
	b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(v.id()))
	if err != nil {
		return err
	}
	_, v.place = placeOfKind(b.Kind)
	from, err := v.App.ImportOf(v.ctx(), v.by, b)
	if err != nil {
		return err
	}
	p := batchPage{Head: v.batchHead(b), About: v.batchAbout(b, from)}
	if p.History, err = v.history(coupon.EventFilter{Subject: string(b.ID)}, coupon.Paging{Limit: 50}); err != nil {
		return err
	}
	if b.State == coupon.BatchFrozen {
		p.Frozen = "Its vouchers are refused until it is unfrozen."
	}
	if b.State == coupon.BatchCreating || b.State == coupon.BatchFailed {
		p.Progress = v.progress(b)
		if b.State == coupon.BatchFailed {
			p.Failed = "This batch was given up: " + b.JobError + " None of its vouchers exists."
		}
		return v.show(b.Description, p.view())
	}
	p.Facts = v.batchFacts(b)
	if v.can(coupon.ListVouchers) {
		if err := v.batchVouchers(&p, b, reveal); err != nil {
			return err
		}
	}
	return v.show(b.Description, p.view())
}

// batchVouchers lists the vouchers of a batch.
func (v *visit) batchVouchers(p *batchPage, b coupon.BatchView, reveal bool) error {
	form := v.query()
	q := filters(form, batchNames...)
	page, err := v.App.Vouchers(v.ctx(), v.by, batchFilter(b.ID, form), paging(form))
	if err != nil {
		return err
	}
	shown, word, err := v.revealed(page.Rows, b.ID, reveal)
	if err != nil {
		return err
	}
	path := batchPath(b.ID)
	p.Bar = batchBar(b.ID, q)
	if len(shown) == 0 && len(page.Rows) > 0 && v.can(coupon.RevealCodes) {
		p.Bar.Actions = []ui.Action{{Label: "Show numbers", Icon: "eye", Tiny: true, Post: with(path+"/show", q, "", ""), Title: "Shows the numbers of this page and leaves an event."}}
	}
	p.Table = ui.Table{Label: "Vouchers of the batch", Empty: ui.Empty{Icon: "search", Title: "Nothing fits", Text: "No voucher of this batch matches these filters.", Actions: []templ.Component{ui.Action{Label: "Show all", Href: path}}}}
	columns, here := "vouchers", with(path, q, "", "")
	if b.Kind == coupon.KindRefill {
		columns = "refill"
		p.Table.Columns, p.Table.Rows = refillColumns(), v.refillRows(page.Rows, shown)
	} else {
		p.Table.Columns, p.Table.Rows = voucherColumns(), v.voucherRows(page.Rows, shown)
	}
	p.Bulk = v.bulk(&p.Table, page.Rows, "vouchers", here, page.Next+page.Prev != "")
	p.Bar.Columns = v.columns(columns, here, &p.Table)
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "voucher", "vouchers", word), path, q, page.Prev, page.Next)
	return nil
}

func batchFilter(id coupon.BatchID, form *httpx.Form) coupon.VoucherFilter {
	f := coupon.VoucherFilter{Batch: id, Status: coupon.Status(form.Text("status")), Serial: form.Text("serial"), Search: form.Text("q")}
	if used, err := strconv.ParseBool(form.Text("used")); err == nil {
		f.Used = &used
	}
	return f
}

func batchBar(id coupon.BatchID, q url.Values) ui.FilterBar {
	return ui.FilterBar{Path: batchPath(id), Query: q, Filters: []ui.Filter{
		{Name: "used", Label: "Used?", Options: []ui.Option{{Value: "true", Label: "true"}, {Value: "false", Label: "false"}}}, statusFilter(),
	}}
}

func (v *visit) batchHead(b coupon.BatchView) ui.PageHead {
	label, href := placeOfKind(b.Kind)
	badge := batchStatus(b)
	h := ui.PageHead{Crumbs: []ui.Crumb{{Label: label, Href: href}, {Label: "Batch " + b.Label}}, Title: b.Description, Status: &badge}
	h.Sub = "Made by " + b.MadeBy.Name + " on " + v.clock.Short(b.CreatedAt).String()
	complete := b.State == coupon.BatchActive || b.State == coupon.BatchFrozen
	if complete && v.can(coupon.FreezeBatches) {
		freeze := ui.Action{Label: "Freeze", Icon: "snowflake", Href: batchPath(b.ID) + "/freeze", Dialog: ui.DialogPage}
		if b.State == coupon.BatchFrozen {
			freeze.Label, freeze.Icon = "Unfreeze", "sun"
		}
		h.Actions = append(h.Actions, freeze)
	}
	if complete {
		h.Actions = append(h.Actions, v.exportMenu("export", batchPath(b.ID)+"/export", nil, "All vouchers of this batch."))
	}
	return h
}

func (w writing) batchFacts(b coupon.BatchView) ui.Facts {
	asset := b.Money.Asset
	facts := ui.Facts{{Label: "Made", Value: w.number(b.Made)}}
	if asset == "" {
		return append(facts, ui.Fact{Label: "Unused", Value: w.number(b.Open)}, ui.Fact{Label: "Used", Value: w.number(b.Used)})
	}
	if b.Source != "imported" { // of which each may say its own
		facts[0].Small = w.amount(b.Money.Minor, asset) + " each"
	}
	return append(facts,
		ui.Fact{Label: "Unused", Value: w.number(b.Open), Small: w.amount(b.OpenMinor, asset)},
		ui.Fact{Label: "Used", Value: w.number(b.Used), Small: w.amount(b.UsedMinor, asset)},
		ui.Fact{Label: "Otherwise ended", Value: w.number(b.Made - b.Open - b.Used), Small: "void, deleted, expired"})
}

func (v *visit) batchAbout(b coupon.BatchView, from string) ui.KeyValues {
	about := ui.KeyValues{{Key: "Campaign", Body: ui.Link{Label: b.CampaignName, Href: campaignPath(b.Campaign)}}, {Key: "Serials", Text: serials(b)}}
	if b.Prefix != "" {
		about = append(about, ui.KeyValue{Key: "Start Prefix", Body: ui.Code{Text: b.Prefix}})
	}
	if b.OneIn > 0 {
		about = append(about, ui.KeyValue{Key: "Guess resistance", Text: "A guess hits one in " + v.number(b.OneIn)})
	}
	if b.Code.Length > 0 {
		about = append(about, ui.KeyValue{Key: "Length", Text: strconv.Itoa(codeLength(b.Code)) + " characters"})
	}
	source := ui.KeyValue{Key: "Source", Text: capital(b.Source)}
	if from != "" {
		source = ui.KeyValue{Key: "Source", Body: ui.Link{Label: "Its import", Href: importPath(from)}}
	}
	return append(about, ui.KeyValue{Key: "Expires", Body: v.expiry(b.ExpiresAt)}, source)
}

// serials are the first and the last one of a batch.
func serials(b coupon.BatchView) string {
	last := max(b.Made, b.Quantity)
	if last <= 1 {
		return b.Serial(1)
	}
	return b.Serial(1) + " to " + b.Serial(last)
}

// freezeForm asks why a batch is frozen or unfrozen.
type freezeForm struct {
	state
	writing
	Batch  coupon.BatchView
	Freeze bool
	Reason string
	Nonce  []ui.Pair
}

func (v *visit) batchFreeze() error { return v.freezeShow(freezeForm{state: fresh}) }

func (v *visit) freezeShow(p freezeForm) error {
	b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(v.id()))
	if err != nil {
		return err
	}
	_, v.place = placeOfKind(b.Kind)
	p.Batch, p.Freeze, p.Nonce = b, b.State != coupon.BatchFrozen, nonce()
	title := "Unfreeze this batch?"
	if p.Freeze {
		title = "Freeze this batch?"
	}
	return v.page(p.Code, title, p.view(title))
}

func (v *visit) batchFreezeSave() error {
	f, err := httpx.ReadForm(v.r)
	p := freezeForm{Reason: f.Text("reason")}
	freeze := f.Text("to") == "frozen"
	if err == nil {
		err = v.freezeNow(f, freeze, p.Reason)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.freezeShow(p)
	}
	said := "The batch is unfrozen: its vouchers can be used again."
	if freeze {
		said = "The batch is frozen: its vouchers are refused until you unfreeze it."
	}
	return v.to(batchPath(coupon.BatchID(v.id())), said)
}

func (v *visit) freezeNow(f *httpx.Form, freeze bool, reason string) error {
	req, err := v.once(f)
	if err != nil {
		return err
	}
	b, err := v.App.FreezeBatch(v.ctx(), req, coupon.BatchID(v.id()), freeze, reason)
	_, err = settled(req, b, err)
	return err
}

// batchesPage lists the batches of a kind.
type batchesPage struct {
	Bar   ui.FilterBar
	Table ui.Table
	Pager ui.Pager
}

func (v *visit) batches() error {
	form := v.query()
	q := filters(form, "kind", "state", "campaign", "q")
	_, v.place = placeOfKind(coupon.Kind(form.Text("kind")))
	filter := coupon.BatchFilter{Kind: coupon.Kind(form.Text("kind")), State: coupon.BatchState(form.Text("state")), Campaign: coupon.CampaignID(form.Text("campaign")), Search: form.Text("q")}
	page, err := v.App.Batches(v.ctx(), v.by, filter, paging(form))
	if err != nil {
		return err
	}
	p := batchesPage{Bar: batchesBar(q), Table: ui.Table{Label: "Batches", Columns: batchColumns(), Rows: v.batchRows(page.Rows), Empty: ui.Empty{Icon: "layers", Title: "No batches", Text: "A batch is one act of making vouchers. None matches here yet."}}}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "batch", "batches"), "/admin/batches", q, page.Prev, page.Next)
	return v.show("Batches", p.view())
}

func batchesBar(q url.Values) ui.FilterBar {
	kinds := ui.Filter{Name: "kind", Label: "Kind"}
	for _, k := range coupon.Kinds() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Label: kindWord(k)})
	}
	return ui.FilterBar{Path: "/admin/batches", Query: q, Search: "q", Hint: "Description", Filters: []ui.Filter{
		kinds, {Name: "state", Label: "State", Options: []ui.Option{{Value: "active", Label: "Active"}, {Value: "frozen", Label: "Frozen"}, {Value: "creating", Label: "Being made"}, {Value: "failed", Label: "Given up"}}},
	}}
}

func batchColumns() []ui.Column {
	return []ui.Column{{Label: "Batch", Lead: true}, {Label: "Campaign"}, {Label: "Quantity", Num: true}, {Label: "Amount", Num: true}, {Label: "Made", Keep: true}, {Label: "By"}, {Label: "Status", Badge: true}}
}

func (v *visit) batchRows(list []coupon.BatchView) []ui.Row {
	var rows []ui.Row
	for i := range list {
		b := &list[i]
		worth := templ.Component(ui.Text(""))
		if b.Money.Asset != "" {
			worth = ui.Amount(v.figure(b.Money.Minor, b.Money.Asset))
		}
		rows = append(rows, ui.Row{Cells: []templ.Component{
			ui.Link{Label: b.Description, Href: batchPath(b.ID), Second: b.Label, Main: true}, ui.Link{Label: b.CampaignName, Href: campaignPath(b.Campaign)},
			ui.Text(v.number(b.Quantity)), worth, v.clock.Short(b.CreatedAt), ui.Soft(b.MadeBy.Name), batchStatus(*b),
		}})
	}
	return rows
}
