package admin

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

func importPath(id string) string { return importsPath + "/" + id }

// importPage is one upload of external codes: where it stands, and its lines while they
// are to be looked at.
type importPage struct {
	Head     ui.PageHead
	Notes    []templ.Component // what is to be known first
	Progress templ.Component   // while its vouchers are being made
	Facts    ui.Facts
	Bar      ui.FilterBar
	Table    ui.Table
	Pager    ui.Pager
	About    ui.KeyValues
	History  ui.History
}

// viewed is an import with what belongs to it.
type viewed struct {
	coupon.Import
	campaign coupon.CampaignView
}

// viewed reads the import in the path.
func (v *visit) viewed() (viewed, error) {
	imp, err := v.App.Import(v.ctx(), v.by, v.id())
	if err != nil {
		return viewed{}, err
	}
	c, err := v.App.Campaign(v.ctx(), v.by, imp.Campaign)
	_, v.place = placeOfKind(c.Kind)
	return viewed{imp, c}, err
}

// asset is the currency of the import's amounts; "" where its vouchers are worth none.
func (i *viewed) asset() money.Asset {
	m := i.campaign.Doc.Value.Money
	switch {
	case i.Money.Asset != "":
		return i.Money.Asset
	case m != nil:
		return m.Asset
	}
	return ""
}

// standard is what a line is worth that does not say so.
func (i *viewed) standard() int64 {
	if m := i.campaign.Doc.Value.Money; i.Money.Asset == "" && m != nil {
		return m.Minor
	}
	return i.Money.Minor
}

func (v *visit) importView() error {
	imp, err := v.viewed()
	if err != nil {
		return err
	}
	p := importPage{Head: v.importHead(&imp), Facts: v.importFacts(&imp), About: v.importAbout(&imp)}
	if p.Notes, err = v.importNotes(&imp); err != nil {
		return err
	}
	if p.History, err = v.history(coupon.EventFilter{Subject: imp.ID}, coupon.Paging{Limit: 50}); err != nil {
		return err
	}
	switch {
	case imp.State == app.ImportPending:
		err = v.importLines(&p, &imp)
	case imp.State == app.ImportConfirming && imp.Batch != "":
		var b coupon.BatchView
		if b, err = v.App.Batch(v.ctx(), v.by, imp.Batch); err == nil {
			p.Progress = v.progress(b)
		}
	}
	if err != nil {
		return err
	}
	return v.show(imp.Description, p.view())
}

func (v *visit) importHead(imp *viewed) ui.PageHead {
	label, href := placeOfKind(imp.campaign.Kind)
	badge := importStatus(&imp.Import)
	h := ui.PageHead{
		Crumbs: []ui.Crumb{{Label: label, Href: href}, {Label: "Imports", Href: importFor(importsPath, imp.Campaign)}, {Label: "Import"}}, Title: imp.Description, Status: &badge,
		Sub: "Uploaded by " + imp.By.Name + " on " + v.clock.Short(imp.CreatedAt).String(),
	}
	if imp.State != app.ImportPending {
		return h
	}
	if imp.Errors > 0 {
		h.Actions = append(h.Actions, ui.Action{Label: "Export", Icon: "download", Href: importPath(imp.ID) + "/errors", Download: true, Title: "The lines with errors and their reasons, as a CSV file. Codes are masked."})
	}
	if !v.can(coupon.WriteCampaigns) {
		return h
	}
	h.Actions = append(h.Actions, ui.Action{Label: "Cancel import", Icon: "x", Href: importPath(imp.ID) + "/cancel", Dialog: ui.DialogPage})
	confirm := ui.Action{Label: "Confirm", Icon: "check", Look: ui.Main}
	if imp.Errors > 0 {
		confirm.Disabled, confirm.Title = true, "Lines with errors cannot be imported. Correct the file and upload it again."
	} else {
		confirm.Href, confirm.Dialog = importPath(imp.ID)+"/confirm", ui.DialogPage
	}
	h.Actions = append(h.Actions, confirm)
	return h
}

func (w writing) importFacts(imp *viewed) ui.Facts {
	wrong := ui.Fact{Label: "Errors", Value: w.number(imp.Errors)}
	if imp.Errors > 0 && imp.State == app.ImportPending {
		wrong.Href = importPath(imp.ID) + "?show=errors"
	}
	return ui.Facts{{Label: "Lines", Value: w.number(imp.Rows), Small: "without the header"}, {Label: "In order", Value: w.number(imp.Rows - imp.Errors)}, wrong}
}

// importStatus is the badge of an import.
func importStatus(imp *coupon.Import) ui.Status {
	switch imp.State {
	case app.ImportChecking:
		return ui.Status{Tone: ui.Info, Word: "Being checked"}
	case app.ImportPending:
		if imp.Errors > 0 {
			return ui.Status{Tone: ui.Bad, Word: "Errors"}
		}
		return ui.Status{Tone: ui.Warn, Word: "To be confirmed"}
	case app.ImportConfirming:
		return ui.Status{Tone: ui.Info, Word: "Being made"}
	case app.ImportConfirmed:
		return ui.Status{Tone: ui.OK, Word: "Confirmed"}
	case app.ImportFailed:
		return ui.Status{Tone: ui.Bad, Word: "Failed"}
	}
	return ui.Status{Word: capital(imp.State)}
}

// importNotes say what an import waits for, or what became of it.
func (v *visit) importNotes(imp *viewed) ([]templ.Component, error) {
	var out []templ.Component
	add := func(n ui.Notice) { out = append(out, n) }
	upload := ui.Action{Label: "Upload again", Icon: "upload", Href: importFor(importNewPath, imp.Campaign)}
	again := templ.Component(upload)
	if !v.can(coupon.WriteCampaigns) {
		again = templ.NopComponent
	}
	switch {
	case imp.State == app.ImportChecking:
		add(ui.Notice{Tone: ui.Info, Title: "The file is still arriving", Text: "Its lines are checked as they come. Load this page again in a moment."})
	case imp.State == app.ImportPending && imp.Errors > 0:
		add(ui.Notice{Tone: ui.Bad, Title: v.count(imp.Errors, "line has an error", "lines have errors"), Text: "All lines are imported or none. Correct the file and upload it again: nothing has been issued.", Actions: []templ.Component{again}})
	case imp.State == app.ImportPending:
		add(ui.Notice{Tone: ui.Info, Title: "Every line is in order", Text: "Nothing is issued until you confirm."})
	case imp.State == app.ImportConfirmed:
		add(ui.Notice{Tone: ui.OK, Title: v.count(imp.Rows, "voucher was made", "vouchers were made"), Actions: []templ.Component{ui.Action{Label: "Open the batch", Icon: "layers", Href: batchPath(imp.Batch)}}})
	case imp.State == app.ImportFailed:
		add(ui.Notice{Tone: ui.Bad, Title: "Nothing was made", Text: imp.Error, Actions: []templ.Component{again}})
	case imp.State == app.ImportCancelled:
		add(ui.Notice{Title: "This import was cancelled", Text: "Its lines are deleted. Nothing was issued."})
	}
	if imp.Earlier == "" || imp.State != app.ImportPending {
		return out, nil
	}
	earlier, err := v.App.Import(v.ctx(), v.by, imp.Earlier)
	if err != nil {
		return nil, err
	}
	add(ui.Notice{Tone: ui.Warn, Title: "The same file was uploaded before", Text: "By " + earlier.By.Name + " on " + v.clock.Short(earlier.CreatedAt).String() + ", as “" + earlier.Description + "”. Confirming asks whether you mean it.", Actions: []templ.Component{ui.Action{Label: "Earlier import", Icon: "history", Href: importPath(earlier.ID)}}})
	return out, nil
}

func (v *visit) importAbout(imp *viewed) ui.KeyValues {
	about := ui.KeyValues{
		{Key: "Campaign", Body: ui.Link{Label: imp.campaign.Name, Href: campaignPath(imp.Campaign)}}, {Key: "File", Text: imp.File}, {Key: "Size", Text: v.sizeWord(imp.Size)},
	}
	if imp.Batch != "" {
		about = append(about, ui.KeyValue{Key: "Batch", Body: ui.Link{Label: imp.Description, Href: batchPath(imp.Batch)}})
	}
	switch asset := imp.asset(); {
	case asset != "" && imp.standard() > 0:
		about = append(about, ui.KeyValue{Key: "Amount", Text: v.amount(imp.standard(), asset) + ", unless the line says its own"})
	case asset != "":
		about = append(about, ui.KeyValue{Key: "Amount", Text: "Each line says its own, in " + asset.Name()})
	}
	return about
}

// importLines lists the lines of an upload, all or those with errors.
func (v *visit) importLines(p *importPage, imp *viewed) error {
	form := v.query()
	q := filters(form, "show")
	page, err := v.App.ImportRows(v.ctx(), v.by, imp.ID, q.Get("show") == "errors", paging(form))
	if err != nil {
		return err
	}
	path := importPath(imp.ID)
	if imp.Errors > 0 || len(q) > 0 {
		p.Bar = ui.FilterBar{Path: path, Query: q, Filters: []ui.Filter{{Name: "show", Label: "Lines", Options: []ui.Option{{Value: "errors", Label: "Errors only"}}}}}
	}
	p.Table = ui.Table{Label: "Lines of the file", Columns: importColumns(imp), Rows: v.importRows(page.Rows, imp), Empty: ui.Empty{Icon: "search", Title: "No such line", Text: "No line has an error.", Actions: []templ.Component{ui.Action{Label: "Show all", Href: path}}}}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "line", "lines", "codes masked"), path, q, page.Prev, page.Next)
	return nil
}

func importColumns(imp *viewed) []ui.Column {
	out := []ui.Column{{Label: "Line", Num: true}, {Label: "Code", Lead: true}, {Label: inAsset("Amount", imp.asset()), Num: true}, {Label: "Expires", Keep: true}, {Label: "Remarks", Wrap: true}, {Label: "Status", Badge: true}}
	if imp.Errors > 0 {
		out = append(out, ui.Column{Label: "Reason", Wrap: true})
	}
	return out
}

func inAsset(label string, asset money.Asset) string {
	if asset == "" {
		return label
	}
	return label + " (" + asset.Name() + ")"
}

func (v *visit) importRows(list []coupon.ImportRow, imp *viewed) []ui.Row {
	var rows []ui.Row
	asset := imp.asset()
	for i := range list {
		r := &list[i]
		fine := r.Reason == ""
		code, worth, expires := templ.Component(ui.Soft("No code")), templ.Component(ui.Text("")), templ.Component(ui.Text(""))
		if r.Tail != "" {
			code = ui.Code{Text: coupon.Masked(r.Prefix, r.Tail)}
		}
		switch {
		case r.Minor >= 0:
			worth = ui.Amount(v.figure(r.Minor, asset))
		case fine && asset != "" && imp.standard() > 0:
			worth = ui.Soft(v.figure(imp.standard(), asset))
		}
		switch { // of a line in error, it is not said whether it gave none or a wrong one
		case !r.ExpiresAt.IsZero():
			expires = v.expiry(r.ExpiresAt)
		case fine:
			expires = ui.Soft("As the campaign says")
		}
		status := ui.Status{Tone: ui.OK, Word: "In order"}
		if !fine {
			status = ui.Status{Tone: ui.Bad, Word: "Error"}
		}
		cells := []templ.Component{ui.Text(v.number(r.Number)), code, worth, expires, ui.Text(r.Remarks), status}
		if imp.Errors > 0 {
			cells = append(cells, ui.Text(r.Reason))
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	return rows
}

// importErrors sends the lines with errors as a file.
func (v *visit) importErrors() error {
	imp, err := v.viewed()
	if err != nil {
		return err
	}
	if imp.State != app.ImportPending || imp.Errors == 0 {
		return errNothingToExport
	}
	return v.App.ImportErrorsCSV(v.ctx(), v.by, imp.ID, &sheet{w: v.w, name: fileName("import-errors", v.org.Day(v.clock.Now))})
}

// importsPage lists the uploads of a campaign, or all.
type importsPage struct {
	Sub   string
	Bar   ui.FilterBar
	Add   []templ.Component
	Table ui.Table
	Pager ui.Pager
}

func (v *visit) imports() error {
	form := v.query()
	q := filters(form, "campaign", "kind")
	v.place = campaignsPath
	p := importsPage{Sub: "Uploads of external codes, newest first."}
	p.Table.Empty = ui.Empty{Icon: "upload", Title: "No imports yet", Text: "Codes that were made elsewhere are imported from a CSV file: checked first, issued once you confirm. Open a campaign or Refill Coupons and choose Import."}
	id := coupon.CampaignID(q.Get("campaign"))
	if id != "" || q.Get("kind") == string(coupon.KindRefill) { // those made on the desk of refill coupons
		c, err := v.importCampaign()
		if err != nil {
			return err
		}
		id = c.ID
		v.importsOf(&p, c)
	}
	page, err := v.App.Imports(v.ctx(), v.by, id, paging(form))
	if err != nil {
		return err
	}
	rows, err := v.importListRows(page.Rows)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		p.Add = nil // the empty list offers it
	}
	p.Table.Label, p.Table.Rows, p.Table.Columns = "Imports", rows, []ui.Column{{Label: "Import", Lead: true}, {Label: "Campaign"}, {Label: "Lines", Num: true}, {Label: "Errors", Num: true}, {Label: "Uploaded", Keep: true}, {Label: "By"}, {Label: "Status", Badge: true}}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "import", "imports"), importsPath, q, page.Prev, page.Next)
	return v.page(http.StatusOK, "Imports", p.view())
}

// importsOf makes the list that of one campaign.
func (v *visit) importsOf(p *importsPage, c coupon.CampaignView) {
	_, v.place = placeOfKind(c.Kind)
	id := string(c.ID)
	p.Bar = ui.FilterBar{Path: importsPath, Query: url.Values{"campaign": {id}}, Filters: []ui.Filter{{Name: "campaign", Label: "Campaign", Options: []ui.Option{{Value: id, Label: c.Name}}}}}
	if v.can(coupon.WriteCampaigns) && c.State != coupon.CampaignArchived {
		p.Add = []templ.Component{ui.Action{Label: "Import", Icon: "upload", Look: ui.Main, Href: importFor(importNewPath, c.ID)}}
		p.Table.Empty.Text, p.Table.Empty.Actions = "Codes that were made elsewhere are imported from a CSV file: checked first, issued once you confirm.", p.Add
	}
}

func (v *visit) importListRows(list []coupon.Import) ([]ui.Row, error) {
	var rows []ui.Row
	names := map[coupon.CampaignID]string{}
	for i := range list {
		imp := &list[i]
		if _, known := names[imp.Campaign]; !known {
			c, err := v.App.Campaign(v.ctx(), v.by, imp.Campaign)
			if err != nil {
				return nil, err
			}
			names[imp.Campaign] = c.Name
		}
		rows = append(rows, ui.Row{Off: imp.State == app.ImportCancelled, Cells: []templ.Component{
			ui.Link{Label: imp.Description, Href: importPath(imp.ID), Second: imp.File, Main: true}, ui.Link{Label: names[imp.Campaign], Href: campaignPath(imp.Campaign)},
			ui.Text(v.number(imp.Rows)), ui.Text(v.number(imp.Errors)), v.clock.Short(imp.CreatedAt), ui.Soft(imp.By.Name), importStatus(imp),
		}})
	}
	return rows, nil
}

// importsAction leads to the imports of a campaign, or all.
func importsAction(q url.Values) ui.Action {
	return ui.Action{Label: "Imports", Icon: "history", Look: ui.Quiet, Href: with(importsPath, q, "", "")}
}
