package admin

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

const refillPath = "/admin/refill"

// refillPage is the desk of refill coupons (RF-03, RF-06 to RF-09).
type refillPage struct {
	Facts   ui.Facts
	Note    templ.Component // why a search found nothing
	Bar     ui.FilterBar
	Bulk    templ.Component
	Table   ui.Table
	Pager   ui.Pager
	Actions []templ.Component
}

// refillNames are the parameters that narrow the list.
var refillNames = []string{"batch", "used", "amount", "account", "from", "to", "status", "serial", "q"}

func (v *visit) refill() error { return v.refillShowing(false) }

func (v *visit) refillFind() error {
	return v.find(refillPath, v.accountWords, refillNames...)
}

// accountWords moves words that no coupon, but a customer fits, to the filter of accounts.
func (v *visit) accountWords(q url.Values) error {
	typed := q.Get("q")
	page, err := v.App.Vouchers(v.ctx(), v.by, coupon.VoucherFilter{Kind: coupon.KindRefill, Search: typed}, coupon.Paging{Limit: 1})
	if err != nil || len(page.Rows) > 0 {
		return err
	}
	c, err := v.account(typed)
	if err == nil && c.ID != "" {
		q.Del("q")
		q.Set("account", typed)
	}
	return err
}

// refillShow is the list with its numbers, which leaves one event.
func (v *visit) refillShow() error { return v.refillShowing(true) }

func (v *visit) refillShowing(reveal bool) error {
	form := v.query()
	q := filters(form, refillNames...)
	filter, found, err := v.refillFilter(form)
	if err != nil {
		return err
	}
	var page coupon.Page[coupon.VoucherView]
	if found {
		if page, err = v.App.Vouchers(v.ctx(), v.by, filter, paging(form)); err != nil {
			return err
		}
	}
	shown, word, err := v.revealed(page.Rows, filter.Batch, reveal)
	if err != nil {
		return err
	}
	p := refillPage{Note: missNote(form), Actions: v.refillActions(q)}
	if p.Facts, err = v.refillFacts(); err != nil {
		return err
	}
	if p.Bar, err = v.refillBar(q); err != nil {
		return err
	}
	p.Table = ui.Table{Label: "Refill coupons", Columns: refillColumns(), Rows: v.refillRows(page.Rows, shown), Empty: v.refillEmpty(q)}
	here := with(refillPath, q, "", "")
	p.Bulk = v.bulk(&p.Table, page.Rows, "coupons", here, page.Next+page.Prev != "")
	p.Bar.Columns = v.columns("refill", here, &p.Table)
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "coupon", "coupons", word), refillPath, q, page.Prev, page.Next)
	if len(shown) == 0 && len(page.Rows) > 0 && v.can(coupon.RevealCodes) {
		p.Bar.Actions = append(p.Bar.Actions, ui.Action{Label: "Show numbers", Icon: "eye", Tiny: true, Post: with(refillPath+"/show", q, "", ""), Title: "Shows the numbers of this page and leaves an event."})
	}
	return v.show("Refill Coupons", p.view())
}

// revealed opens the codes of a page: on request, or for the maker of a new batch.
func (v *visit) revealed(list []coupon.VoucherView, batch coupon.BatchID, reveal bool) (codes, string, error) {
	if reveal {
		subject := string(batch)
		if subject == "" && len(list) > 0 {
			subject = string(list[0].Campaign)
		}
		shown, err := v.App.Shown(v.ctx(), v.req(), list, subject)
		return shown, "numbers shown, which was noted down", err
	}
	if batch == "" {
		return nil, "numbers masked", nil
	}
	b, err := v.App.Batch(v.ctx(), v.by, batch)
	if err != nil {
		return nil, "", err
	}
	if shown, ok := v.App.OwnBatch(b, v.by, list); ok {
		return shown, "numbers shown to you for this batch", nil
	}
	return nil, "numbers masked", nil
}

// refillFilter reads the filters; found is false when they name nobody.
func (v *visit) refillFilter(f *httpx.Form) (coupon.VoucherFilter, bool, error) {
	out := coupon.VoucherFilter{
		Kind: coupon.KindRefill, Batch: coupon.BatchID(f.Text("batch")), Status: coupon.Status(f.Text("status")), Serial: f.Text("serial"), Search: f.Text("q"),
	}
	if used, err := strconv.ParseBool(f.Text("used")); err == nil {
		out.Used = &used
	}
	if typed := f.Text("amount"); typed != "" {
		minor, err := money.Parse(typed, v.currency())
		if err != nil {
			return out, false, nil
		}
		out.Minor = &minor
	}
	out.UsedFrom, out.UsedTo = v.span(f.Text("from"), f.Text("to"))
	if typed := f.Text("account"); typed != "" {
		c, err := v.account(typed)
		if err != nil || c.ID == "" {
			return out, false, err
		}
		out.UsedBy = c.ID
	}
	return out, true, nil
}

// account finds the customer that a filter names, by id or by words; the first one
// where the words fit several.
func (v *visit) account(typed string) (coupon.Customer, error) {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(typed))
	if err == nil || !notFound(err) {
		return c, err
	}
	page, err := v.App.Customers(v.ctx(), v.by, coupon.CustomerFilter{Search: typed}, coupon.Paging{Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return coupon.Customer{}, err
	}
	return page.Rows[0], nil
}

func (v *visit) refillActions(q url.Values) []templ.Component {
	var out []templ.Component
	if v.can(coupon.ReadCampaigns) {
		out = append(out, importsAction(url.Values{"kind": {string(coupon.KindRefill)}}))
	}
	out = append(out, v.exportMenu("export", refillPath+"/export", q, "The coupons this list shows."))
	if v.can(coupon.WriteCampaigns) {
		out = append(out, ui.Action{Label: "Import", Icon: "upload", Href: importNewPath, Title: "Coupons with numbers that were made elsewhere, from a CSV file."})
		out = append(out, ui.Action{Label: "Create", Icon: "plus", Look: ui.Main, Href: refillPath + "/new", Dialog: ui.DialogPage})
	}
	return out
}

func (v *visit) refillBar(q url.Values) (ui.FilterBar, error) {
	list, err := v.App.Batches(v.ctx(), v.by, coupon.BatchFilter{Kind: coupon.KindRefill}, coupon.Paging{Limit: 30})
	if err != nil {
		return ui.FilterBar{}, err
	}
	var batches []ui.Option
	for i := range list.Rows {
		b := &list.Rows[i]
		batches = append(batches, ui.Option{Value: string(b.ID), Label: b.Description + " · " + v.number(b.Quantity)})
	}
	if id := q.Get("batch"); id != "" && !hasOption(batches, id) {
		if b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(id)); err == nil {
			batches = append(batches, ui.Option{Value: id, Label: b.Description})
		}
	}
	account := ui.Filter{Label: "Account", Inputs: []ui.Field{{Label: "Name, e-mail, mobile or id", Name: "account", Free: true}}}
	if typed := q.Get("account"); typed != "" {
		if c, err := v.account(typed); err == nil && c.ID != "" {
			account.Shown = nameOf(c)
		}
	}
	bar := ui.FilterBar{Path: refillPath, Query: q, Search: "q", Hint: "Number, description, account", Brief: "Find coupons", Post: refillPath + "/find", Filters: []ui.Filter{
		{Name: "used", Label: "Used?", Options: []ui.Option{{Value: "true", Label: "true"}, {Value: "false", Label: "false"}}},
		{Label: "Amount", Inputs: []ui.Field{{Label: "Amount (" + v.org.Currency + ")", Name: "amount", InputMode: "decimal", Free: true}}},
		account,
		{Label: "Used date", Inputs: []ui.Field{{Label: "From", Name: "from", Type: "date", Free: true}, {Label: "To", Name: "to", Type: "date", Free: true}}},
		statusFilter(),
	}}
	if len(batches) > 0 {
		bar.Filters = append([]ui.Filter{{Name: "batch", Label: "Batch", Options: batches}}, bar.Filters...)
	}
	if q.Get("serial") != "" {
		bar.Filters = append(bar.Filters, ui.Filter{Label: "Number", Shown: q.Get("serial"), Inputs: []ui.Field{{Label: "Serial", Name: "serial", Free: true}}})
	}
	return bar, nil
}

func statusFilter() ui.Filter {
	f := ui.Filter{Name: "status", Label: "Status"}
	for _, s := range statuses() {
		f.Options = append(f.Options, ui.Option{Value: string(s), Label: statusWord(s)})
	}
	return f
}

func hasOption(list []ui.Option, value string) bool {
	for _, o := range list {
		if o.Value == value {
			return true
		}
	}
	return false
}

// refillEmpty says what belongs here, or that the filters hide it.
func (v *visit) refillEmpty(q url.Values) ui.Empty {
	if len(q) > 0 {
		return ui.Empty{Icon: "search", Title: "Nothing fits", Text: "No refill coupon matches these filters.", Actions: []templ.Component{ui.Action{Label: "Show all", Href: refillPath}}}
	}
	e := ui.Empty{Icon: "bolt", Title: "No refill coupons yet", Text: "A refill coupon is a number that tops up a customer's balance, exactly once. Make some, hand the numbers out, and see here who used them and when."}
	if v.can(coupon.WriteCampaigns) {
		e.Actions = []templ.Component{ui.Action{Label: "Create refill coupons", Icon: "plus", Look: ui.Main, Href: refillPath + "/new", Dialog: ui.DialogPage}}
	}
	return e
}

// refillFacts are the figures above the list.
func (v *visit) refillFacts() (ui.Facts, error) {
	f, err := v.App.KindFigures(v.ctx(), v.by, coupon.KindRefill)
	if err != nil {
		return nil, err
	}
	facts := ui.Facts{{Label: "Unused", Value: v.number(f.Unused), Small: v.amounts(f.Worth), Href: refillPath + "?used=false"}}
	facts = append(facts, v.usedFacts(f, v.currency())...)
	making, err := v.making(coupon.KindRefill)
	return append(facts, making), err
}

// refillPreviewText is what the create form says about its numbers.
func (v *visit) refillPreview() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return httpx.Reply(v.w, http.StatusOK, previewText{})
	}
	return httpx.Reply(v.w, http.StatusOK, previewText{Text: v.refillOutlook(refillInput(f))})
}

type previewText struct {
	Text string `json:"text"`
}
