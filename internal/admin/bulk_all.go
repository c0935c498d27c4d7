package admin

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// wholeList is a list of vouchers that an address shows, whole.
type wholeList struct {
	filter coupon.VoucherFilter
	bar    ui.FilterBar
	name   string // what is listed
}

// wholeOf reads which list an address of ours shows, without its page.
func (v *visit) wholeOf(back string) (wholeList, error) {
	u, err := url.Parse(back)
	if err != nil {
		return wholeList{}, errNoPage
	}
	form, err := httpx.ReadQuery(&http.Request{URL: u})
	if err != nil {
		return wholeList{}, err
	}
	switch id, batch := strings.CutPrefix(u.Path, batchPath("")); {
	case u.Path == vouchersPath:
		return wholeList{v.vouchersFilter(form), v.vouchersBar(filters(form, vouchersNames...)), "Vouchers"}, nil
	case u.Path == refillPath:
		return v.wholeRefill(form)
	case batch:
		b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(id))
		return wholeList{batchFilter(b.ID, form), batchBar(b.ID, filters(form, batchNames...)), "Batch " + b.Description}, err
	}
	return wholeList{}, errNoPage
}

func (v *visit) wholeRefill(form *httpx.Form) (wholeList, error) {
	filter, found, err := v.refillFilter(form)
	if err != nil {
		return wholeList{}, err
	}
	if !found {
		return wholeList{}, errNoneMatches
	}
	bar, err := v.refillBar(filters(form, refillNames...))
	return wholeList{filter, bar, "Refill Coupons"}, err
}

var errNoneMatches = fault.New(fault.Invalid, "none_ticked", "No voucher matches this list.")

// words say what the list is narrowed to.
func (l wholeList) words() ui.KeyValues {
	out := ui.KeyValues{{Key: "List", Text: l.name}}
	if l.bar.Query.Get("view") == "expiring" {
		out = append(out, ui.KeyValue{Key: "View", Text: "Expiring soon"})
	}
	return append(out, l.bar.Chosen()...)
}

func (l wholeList) sentence() string {
	out := []string{l.name}
	for _, k := range l.words()[1:] {
		out = append(out, k.Key+": "+k.Text)
	}
	return strings.Join(out, " · ")
}

// bulkAllForm asks for the reason of a change of every voucher of a list.
type bulkAllForm struct {
	state
	writing
	act    act
	Count  int64
	Typed  string // how many, as typed, where the act ends vouchers
	Thing  ui.KeyValues
	Table  ui.Table
	Nonce  []ui.Pair
	Reason string
	Back   string
}

func (p *bulkAllForm) title() string {
	return p.act.Label + " all " + p.count(p.Count, "voucher", "vouchers") + " that match?"
}

// hidden are the fields that nobody types.
func (p *bulkAllForm) hidden() []ui.Pair {
	out := append(p.Nonce, pair("act", p.act.Name), pair("back", p.Back), pair("all", "1"))
	if !p.act.Danger {
		out = append(out, pair("count", strconv.FormatInt(p.Count, 10)))
	}
	return out
}

// warning says what cannot be taken back, and how it goes on.
func (p *bulkAllForm) warning() ui.Notice {
	n := ui.Notice{Tone: ui.Warn, Title: "This reaches every page of the list, not just the rows you saw", Text: "It runs in the background; you see how far it is, and each voucher keeps an event with your name and the reason."}
	if p.act.Danger {
		n.Tone, n.Text = ui.Bad, "It cannot be undone. "+n.Text
	}
	return n
}

func (v *visit) bulkAllAsk(a act, f *httpx.Form) error {
	return v.bulkAllShow(bulkAllForm{state: fresh, writing: v.writing, act: a, Back: httpx.LocalPath(f.Text("back"), vouchersPath)})
}

// bulkAllShow counts the list anew, and shows its beginning.
func (v *visit) bulkAllShow(p bulkAllForm) error {
	l, err := v.wholeOf(p.Back)
	if err != nil {
		return err
	}
	if p.Count, err = v.App.CountVouchers(v.ctx(), v.by, l.filter); err != nil {
		return err
	}
	switch {
	case p.Count == 0:
		return errNoneMatches
	case p.Count > app.MaxBulk:
		return fault.New(fault.Invalid, "too_many", "More than "+v.number(app.MaxBulk)+" vouchers match. Narrow the list with its filters, and do it in parts.")
	}
	page, err := v.App.Vouchers(v.ctx(), v.by, l.filter, coupon.Paging{Limit: 5})
	if err != nil {
		return err
	}
	p.Table = ui.Table{Label: "The first of them", Columns: []ui.Column{{Label: "Code", Lead: true, Keep: true}, {Label: "Value", Num: true}, {Label: "Holder"}, {Label: "Status", Badge: true}}}
	for i := range page.Rows {
		x := &page.Rows[i]
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []templ.Component{ui.Code{Text: masked(x)}, ui.Text(v.worthOf(x)), ui.Text(x.HolderName), statusOf(x.Shown(v.clock.Now))}})
	}
	p.Thing = append(l.words(), ui.KeyValue{Key: "Vouchers", Text: v.number(p.Count)})
	p.Nonce = nonce()
	return v.page(p.Code, p.title(), p.view())
}

// bulkAllRun begins the change.
func (v *visit) bulkAllRun(a act, f *httpx.Form) error {
	p := bulkAllForm{writing: v.writing, act: a, Reason: f.Text("reason"), Typed: f.Text("count"), Back: httpx.LocalPath(f.Text("back"), vouchersPath)}
	l, err := v.wholeOf(p.Back)
	if err != nil {
		return err
	}
	req, err := v.once(f)
	if err != nil {
		return err
	}
	bad := fault.Fields{}
	count := wholeNumber(bad, "count", strings.NewReplacer(",", "", ".", "", "'", "", " ", "", "\u00a0", "").Replace(p.Typed))
	if count == 0 {
		bad["count"] = "Type the number of vouchers, to show that you mean all of them."
	}
	if p.Reason == "" && !a.Optional {
		bad["reason"] = "This is needed."
	}
	var j coupon.Job
	if err = fault.Check(bad); err == nil {
		j, err = v.App.StartBulk(v.ctx(), req, app.Bulk{Act: a.Name, Filter: l.filter, Words: l.sentence(), Reason: p.Reason}, count)
	}
	id, err := settled(req, j, err)
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.bulkAllShow(p)
	}
	return httpx.SeeOther(v.w, bulkJobPath(coupon.JobID(id))+"?back="+url.QueryEscape(p.Back))
}

func bulkJobPath(id coupon.JobID) string { return "/admin/bulk/" + string(id) }

// bulkJobPage is how far a bulk change is, and what became of the vouchers.
type bulkJobPage struct {
	Head     ui.PageHead
	Note     ui.Notice
	Progress templ.Component // while it goes on
	About    ui.KeyValues
	Why      ui.Table
	Named    ui.Table
}

func bulkOver(j coupon.Job) bool { return j.State == coupon.JobDone || j.State == coupon.JobFailed }

func (v *visit) bulkJob() error {
	j, b, err := v.App.BulkJob(v.ctx(), v.by, coupon.JobID(v.id()))
	if err != nil {
		return err
	}
	a, _ := actOf(b.Act)
	p := bulkJobPage{Head: ui.PageHead{Title: a.Label + " " + v.count(j.Total, "voucher", "vouchers")}}
	p.Head.Crumbs = []ui.Crumb{{Label: "Vouchers", Href: vouchersPath}, {Label: "Bulk change"}}
	p.Head.Actions = []templ.Component{ui.Action{Label: "Back to the list", Icon: "arrow-left", Href: httpx.LocalPath(v.query().Text("back"), vouchersPath)}}
	p.About = ui.KeyValues{{Key: "By", Text: j.By.Name}, {Key: "Reason", Text: cmp.Or(b.Reason, "none given")}, {Key: "List", Text: b.Words}, {Key: "Done", Text: v.number(b.Done)}, {Key: "Left as they are", Text: v.number(b.Left)}}
	if p.Note = v.bulkNote(j, b); !bulkOver(j) {
		path := bulkJobPath(j.ID)
		p.Progress = ui.Progress{Label: p.Head.Title, Now: v.bulkProgressOf(j), URL: path + "/progress", Stream: path + "/live", Reload: true}
	}
	p.Why = ui.Table{Label: "Why", Columns: []ui.Column{{Label: "Why they were left as they are", Lead: true, Wrap: true}, {Label: "Vouchers", Num: true}}}
	for _, why := range slices.Sorted(maps.Keys(b.Why)) {
		p.Why.Rows = append(p.Why.Rows, ui.Row{Cells: []templ.Component{ui.Text(why), ui.Text(v.number(b.Why[why]))}})
	}
	p.Named = ui.Table{Label: "Which", Columns: []ui.Column{{Label: "Code", Lead: true, Keep: true}, {Label: "Why", Wrap: true}}}
	for _, x := range b.Named {
		p.Named.Rows = append(p.Named.Rows, ui.Row{Cells: []templ.Component{ui.Code{Text: x.Code, Href: voucherPath(x.ID)}, ui.Text(x.Why)}})
	}
	return v.show(p.Head.Title, p.view())
}

// bulkNote says how it ended, as far as it came.
func (v *visit) bulkNote(j coupon.Job, b app.Bulk) ui.Notice {
	n := ui.Notice{Tone: ui.OK, Title: v.number(b.Done) + " done, " + v.number(b.Left) + " refused"}
	switch missed := j.Total - b.Done - b.Left; {
	case j.State == coupon.JobFailed:
		return ui.Notice{Tone: ui.Bad, Title: "It stopped: " + n.Title, Text: j.Error + " What was done stays done; start it again from the list to go on with the rest."}
	case j.State != coupon.JobDone:
		return ui.Notice{}
	case missed > 0:
		n.Text = v.count(missed, "voucher did", "vouchers did") + " not match any more when their turn came."
	}
	if b.Left > 0 {
		n.Tone = ui.Warn
	}
	return n
}

func (v *visit) bulkProgressOf(j coupon.Job) ui.ProgressUpdate {
	out := ui.ProgressUpdate{Done: j.Done, Total: j.Total, Finished: bulkOver(j), Note: v.number(j.Done) + " of " + v.number(j.Total)}
	switch {
	case j.Error != "":
		out.Note += " · trying again"
	case j.StartedAt.IsZero():
		out.Note += " · begins in a moment"
	}
	return out
}

// bulkNow reads how far a bulk change is.
func (v *visit) bulkNow() (ui.ProgressUpdate, error) {
	j, _, err := v.App.BulkJob(v.ctx(), v.by, coupon.JobID(v.id()))
	return v.bulkProgressOf(j), err
}

// bulkProgress answers how far it is, for the bar.
func (v *visit) bulkProgress() error {
	now, err := v.bulkNow()
	if err != nil {
		return err
	}
	return httpx.Reply(v.w, http.StatusOK, now)
}

// bulkLive streams how far it is.
func (v *visit) bulkLive() error { return v.stream(v.bulkNow) }
