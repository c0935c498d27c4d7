package admin

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	bulkPath = vouchersPath + "/bulk"
	maxBulk  = 200 // vouchers of one press: more than a page of a list has
)

// bulk puts check boxes before the rows of a list of vouchers, and returns the bar of what can
// be done to the ticked ones; nothing for who may not change vouchers. Back is the list.
// More says that the list has other pages: then all that match can be meant.
func (v *visit) bulk(t *ui.Table, list []coupon.VoucherView, noun, back string, more bool) templ.Component {
	if !v.can(coupon.ChangeVouchers) || len(list) == 0 {
		return templ.NopComponent
	}
	t.Pick, t.Bulk = "voucher", "bulk"
	for i := range list {
		if !over(list[i].State) {
			t.Rows[i].Key, t.Rows[i].Name = string(list[i].ID), masked(&list[i])
		}
	}
	b := ui.Bulk{ID: "bulk", Action: bulkPath, Noun: noun, Fields: hidden("back", back)}
	if more {
		b.Every = "All " + noun + " that match, on every page"
	}
	for _, a := range bulkActs() {
		button := ui.Action{Label: a.Label, Icon: a.Icon, Tiny: true, Name: "act", Value: a.Name}
		if a.Danger {
			button.Look = ui.Ends
		}
		b.Buttons = append(b.Buttons, button)
	}
	return b
}

// bulkActs are the acts that need nothing but a reason.
func bulkActs() []act {
	var out []act
	for _, a := range acts() {
		if a.run != nil {
			out = append(out, a)
		}
	}
	return out
}

// bulkForm asks for the one reason of all the ticked vouchers.
type bulkForm struct {
	state
	writing
	act    act
	Thing  ui.KeyValues
	Table  ui.Table
	Hidden []ui.Pair
	Reason string
	Back   string
}

func (p *bulkForm) title() string {
	return p.act.Label + " " + p.count(int64(len(p.Table.Rows)), "voucher", "vouchers") + "?"
}

var errNoneTicked = fault.New(fault.Invalid, "none_ticked", "No voucher is ticked. Tick the ones you mean in the list, then choose what to do with them.")

// bulkAsked reads which vouchers are meant, and what is to be done to them.
func (v *visit) bulkAsked(f *httpx.Form) (act, []coupon.VoucherView, error) {
	a, ok := actOf(f.Text("act"))
	if !ok || a.run == nil {
		return a, nil, errNoPage
	}
	ids := f.List("voucher")
	switch {
	case len(ids) == 0:
		return a, nil, errNoneTicked
	case len(ids) > maxBulk:
		return a, nil, fault.New(fault.Invalid, "too_many", "At most "+strconv.Itoa(maxBulk)+" vouchers at once.")
	}
	var list []coupon.VoucherView
	for _, id := range ids {
		x, err := v.App.Voucher(v.ctx(), v.by, coupon.VoucherID(id))
		if err != nil {
			return a, nil, err
		}
		list = append(list, x)
	}
	if !strings.HasPrefix(f.Text("back"), vouchersPath) {
		_, v.place = placeOfKind(list[0].Kind)
	}
	return a, list, nil
}

func (v *visit) bulkAsk() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	if a, ok := actOf(f.Text("act")); ok && a.run != nil && f.Has("all") {
		return v.bulkAllAsk(a, f)
	}
	a, list, err := v.bulkAsked(f)
	if err != nil {
		return err
	}
	return v.bulkShow(bulkForm{state: fresh, writing: v.writing, act: a, Back: httpx.LocalPath(f.Text("back"), vouchersPath)}, list)
}

func (v *visit) bulkShow(p bulkForm, list []coupon.VoucherView) error {
	p.Hidden = append(nonce(), pair("act", p.act.Name), pair("back", p.Back))
	p.Table = ui.Table{Label: "Ticked vouchers", Columns: []ui.Column{{Label: "Code", Lead: true, Keep: true}, {Label: "Value", Num: true}, {Label: "Holder"}, {Label: "Status", Badge: true}}}
	worth := map[money.Asset]int64{}
	for i := range list {
		x := &list[i]
		p.Hidden = append(p.Hidden, pair("voucher", string(x.ID)))
		if stored(x) {
			worth[x.Asset] += x.Balance
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []templ.Component{ui.Code{Text: masked(x)}, ui.Text(v.worthOf(x)), ui.Text(x.HolderName), statusOf(x.Shown(v.clock.Now))}})
	}
	p.Thing = ui.KeyValues{{Key: "Vouchers", Text: v.number(int64(len(list)))}}
	if len(worth) > 0 {
		p.Thing = append(p.Thing, ui.KeyValue{Key: "Value left", Text: v.sums(worth)})
	}
	return v.page(p.Code, p.title(), p.view())
}

// many is what will happen to several vouchers.
func (a act) many() string {
	return map[string]string{
		"deactivate": "They are refused until you reactivate them. Nothing is lost.", "reactivate": "They can be used again at once.",
		"void":   "They can never be used again. What is left of their value goes back to you.",
		"delete": "They can never be used again and leave the list of unused ones. Their numbers are never given out again, and their history stays. Used ones are refused.",
	}[a.Name]
}

// bulkDone is what became of each of the vouchers.
type bulkDone struct {
	Head  ui.PageHead
	Note  ui.Notice
	Table ui.Table
}

func (v *visit) bulkRun() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	if a, ok := actOf(f.Text("act")); ok && a.run != nil && f.Has("all") {
		return v.bulkAllRun(a, f)
	}
	a, list, err := v.bulkAsked(f)
	if err != nil {
		return err
	}
	p := bulkForm{writing: v.writing, act: a, Reason: f.Text("reason"), Back: httpx.LocalPath(f.Text("back"), vouchersPath)}
	req, err := v.once(f)
	if err != nil {
		return err
	}
	if p.Reason == "" && !a.Optional {
		p.state = state{Code: http.StatusUnprocessableEntity, Fields: fault.Fields{"reason": "This is needed."}}
		return v.bulkShow(p, list)
	}
	var refused []error
	for i := range list {
		err := v.bulkOne(a, req, list[i].ID, p.Reason)
		if f := fault.Of(err); f != nil && f.Fields["reason"] != "" {
			if p.state, err = again(err); err != nil {
				return err
			}
			return v.bulkShow(p, list)
		}
		refused = append(refused, err)
	}
	return v.bulkReport(p, list, refused)
}

// bulkOne does the act to one voucher, by the same command as its own page. The form may
// arrive again: each voucher has its own answer kept.
func (v *visit) bulkOne(a act, req app.Request, id coupon.VoucherID, reason string) error {
	one := *req.Once
	one.Key += ":" + string(id)
	req.Once = &one
	x, err := a.run(v.App, v.ctx(), req, id, reason)
	_, err = settled(req, x, err)
	return err
}

// bulkReport says what was done and what was refused, with the reason of each.
func (v *visit) bulkReport(p bulkForm, list []coupon.VoucherView, refused []error) error {
	done := bulkDone{Table: ui.Table{Label: "What became of them", Columns: []ui.Column{{Label: "Code", Lead: true, Keep: true}, {Label: "Value", Num: true}, {Label: "Result", Badge: true}, {Label: "Why", Wrap: true}}}}
	n := 0
	for i := range list {
		x := &list[i]
		result, why := ui.Status{Tone: ui.OK, Word: "Done"}, ""
		if f := fault.Of(refused[i]); f != nil {
			result, why = ui.Status{Tone: ui.Bad, Word: "Refused"}, f.Msg
			n++
		}
		done.Table.Rows = append(done.Table.Rows, ui.Row{Cells: []templ.Component{ui.Code{Text: masked(x), Href: voucherPath(x.ID)}, ui.Text(v.worthOf(x)), result, ui.Text(why)}})
	}
	done.Head = ui.PageHead{Title: p.act.Label + ": " + v.number(int64(len(list)-n)) + " done, " + v.number(int64(n)) + " refused", Actions: []templ.Component{ui.Action{Label: "Back to the list", Icon: "arrow-left", Look: ui.Main, Href: p.Back}}}
	if p.Reason != "" {
		done.Head.Sub = "Reason: " + p.Reason
	}
	if n > 0 {
		done.Note = ui.Notice{Tone: ui.Warn, Title: v.count(int64(n), "voucher was left as it is", "vouchers were left as they are"), Text: "Why stands in each row. The others were changed."}
	}
	return v.show(done.Head.Title, done.view())
}

// sums writes amounts of several assets.
func (w writing) sums(worth map[money.Asset]int64) string {
	var out []string
	for _, asset := range slices.Sorted(maps.Keys(worth)) {
		out = append(out, w.amount(worth[asset], asset))
	}
	return strings.Join(out, " · ")
}
