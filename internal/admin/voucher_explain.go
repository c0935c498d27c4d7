package admin

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// explainPage says why a voucher can be used, or not: every check with what it found, as
// of a moment and on an order, or of a try that was refused as it was judged.
type explainPage struct {
	state
	Thing    ui.KeyValues
	Verdict  ui.Notice
	Unknown  []string
	Checks   ui.Table // what fails, and what has figures, in the order in which it is checked
	Passed   []string // the others
	More     string   // "12 more checks passed"
	Priced   ui.Table
	In       filled // the order, as typed
	From     string // where the order comes from, when nobody typed it
	Currency money.Asset
	At       string   // as typed
	Customer string   // as typed; the holder when left out
	Tries    ui.Table // that were refused, newest first
	Back     string
	Crumbs   []ui.Crumb
}

// explain shows a voucher as of now, or the refused try that the address names.
func (v *visit) explain() error {
	x, err := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if err != nil {
		return err
	}
	p := v.explaining(&x)
	if id := v.query().Text("refusal"); id != "" {
		return v.explainTry(p, &x, coupon.RefusalID(id))
	}
	out, err := v.App.Explain(v.ctx(), v.req(), app.RedeemInput{Voucher: x.ID, Channel: coupon.BackOffice}, time.Time{})
	if err != nil {
		return err
	}
	if err := v.lastTried(&p, x.ID); err != nil {
		return err
	}
	v.explained(&p, &out, "It can be used now", "It cannot be used like this now")
	if onlyOrder(out.Vouchers) {
		p.Verdict = ui.Notice{Tone: ui.Info, Title: "Nothing speaks against it so far", Text: "What it gives depends on the order: type one in below, or take one that was refused."}
	}
	return v.explainShow(p, x.ID)
}

// onlyOrder reports whether all that a voucher lacks is an order to be judged on.
func onlyOrder(list []coupon.Verdict) bool {
	lacks := false
	for _, verdict := range list {
		for _, c := range verdict.Checks {
			if !c.Passed && c.Reason != coupon.ErrOrderRequired.Code {
				return false
			}
			lacks = lacks || !c.Passed
		}
	}
	return lacks
}

func (v *visit) explaining(x *coupon.VoucherView) explainPage {
	return explainPage{state: fresh, In: emptyOrder(), Thing: v.thing(x), Back: voucherPath(x.ID), Currency: v.currency(), Crumbs: []ui.Crumb{{Label: "Vouchers", Href: vouchersPath}, {Label: x.Serial, Href: voucherPath(x.ID)}, {Label: "Explain"}}}
}

// explainTry shows a refused try exactly as it was judged; its order is there to be tried
// again.
func (v *visit) explainTry(p explainPage, x *coupon.VoucherView, id coupon.RefusalID) error {
	out, err := v.App.ExplainRefusal(v.ctx(), v.req(), id)
	if err != nil {
		return err
	}
	if out.Refusal.Voucher != x.ID {
		return errNoPage
	}
	p.take(out.Refusal.Order, v.clock.Short(out.At).String())
	v.explained(&p, &out, "", "It was refused on "+v.clock.Short(out.At).String())
	return v.explainShow(p, x.ID)
}

// explainAgain judges a voucher on an order that was typed in, or as of another moment.
func (v *visit) explainAgain() error {
	f, err := httpx.ReadForm(v.r, "try_metadata")
	x, other := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if other != nil {
		return other
	}
	p := v.explaining(&x)
	p.In, p.At, p.Customer = filled(f.Values()), f.Text("at"), f.Text("customer")
	p.ofAsset(f.Text("currency"))
	what, at, _ := strings.Cut(f.Text("do"), ":")
	if row, bad := strconv.Atoi(at); err == nil && (bad == nil || at == "") && p.In.actOrder(what, row) {
		return v.explainShow(p, x.ID)
	}
	var out app.Explanation
	if err == nil {
		out, err = v.explainTyped(&p, &x)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.explainShow(p, x.ID)
	}
	when := "now"
	if p.At != "" {
		when = "on " + v.clock.Short(out.At).String()
	}
	v.explained(&p, &out, "It could be used "+when, "It could not be used like this "+when)
	return v.explainShow(p, x.ID)
}

func (v *visit) explainTyped(p *explainPage, x *coupon.VoucherView) (app.Explanation, error) {
	bad := fault.Fields{}
	in := app.RedeemInput{Voucher: x.ID, Channel: coupon.BackOffice} // for its holder, of that moment
	if p.Customer != "" {
		c, err := v.oneCustomer("customer", p.Customer)
		if err != nil && !notFound(err) && !invalid(err) {
			return app.Explanation{}, err
		}
		if err != nil {
			bad["customer"] = fieldOr(err, "customer")
		}
		in.Customer.ID = c.ID
	}
	in.Order = orderTyped(bad, p.In, p.Currency)
	at := time.Time{}
	if p.At != "" {
		moment, err := time.ParseInLocation("2006-01-02T15:04", p.At, v.org.Zone())
		if err != nil {
			bad["at"] = "A date and a time."
		}
		at = moment.UTC()
	}
	if err := fault.Check(bad); err != nil {
		return app.Explanation{}, err
	}
	return v.App.Explain(v.ctx(), v.req(), in, at)
}

// order is where the order is typed in.
func (p explainPage) order() orderForm {
	return orderForm{In: p.In, Fields: p.Fields, Currency: p.Currency.Name(), Action: p.Back + "/explain"}
}

// take fills in an order that was tried at a moment.
func (p *explainPage) take(o *coupon.Order, when string) {
	if o == nil || len(o.Lines) == 0 {
		return
	}
	p.In, p.Currency = typed(o), o.Currency
	p.From = "The order of the try that was refused on " + when + "."
	if left := len(o.Lines) + o.LeftOut - len(p.In["try_price"]); left > 0 {
		p.From += " It has " + strconv.Itoa(left) + " more lines, which are left out here."
	}
}

// ofAsset takes over the currency that the form's amounts are in.
func (p *explainPage) ofAsset(name string) {
	if a := money.Asset(name); a.Valid() && !a.IsUnit() {
		p.Currency = a
	}
}

// lastTried fills in the order of the latest try that was refused.
func (v *visit) lastTried(p *explainPage, id coupon.VoucherID) error {
	page, err := v.App.Refusals(v.ctx(), v.by, coupon.RefusalFilter{Voucher: id}, coupon.Paging{Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	p.take(page.Rows[0].Order, v.clock.Short(page.Rows[0].At).String())
	return nil
}

// explained puts what was found into the page.
func (v *visit) explained(p *explainPage, out *app.Explanation, works, fails string) {
	p.Unknown = out.Unknown
	p.Verdict = ui.Notice{Tone: ui.OK, Title: works}
	p.Checks = ui.Table{Label: "Checks, in the order in which they are made", Columns: []ui.Column{{Label: "Check", Lead: true, Wrap: true}, {Label: "Result", Badge: true}, {Label: "Wanted", Wrap: true}, {Label: "Found", Wrap: true}}}
	currency := v.currency()
	if out.Order != nil {
		currency = out.Order.Currency
	} else if out.Refusal != nil && out.Refusal.Order != nil {
		currency = out.Refusal.Order.Currency
	}
	for _, verdict := range out.Vouchers {
		if verdict.Reason != "" {
			p.Verdict = ui.Notice{Tone: ui.Warn, Title: fails, Text: verdict.Text}
		}
		for _, c := range verdict.Checks {
			want, have := v.found(&c, c.Want, currency), v.found(&c, c.Have, currency)
			result := ui.Status{Tone: ui.OK, Word: "Passed"}
			if !c.Passed {
				result = ui.Status{Tone: ui.Bad, Word: "Fails"}
			} else if want == "" {
				p.Passed = append(p.Passed, c.Text)
				continue
			}
			p.Checks.Rows = append(p.Checks.Rows, ui.Row{Off: c.Passed, Cells: []templ.Component{ui.Text(c.Text), result, want, have}})
		}
	}
	p.More = v.count(int64(len(p.Passed)), "more check passed", "more checks passed")
	if out.Order != nil {
		p.Priced = v.pricedTable(out.Order)
	}
}

// amountChecks are those whose figures are amounts, in minor units.
var amountChecks = []string{"min_subtotal", "balance_left", "gives", "budget"}

// found shows what a check wanted or found; ids say nothing to people.
func (v *visit) found(c *coupon.CheckResult, x any, currency money.Asset) ui.Text {
	switch n := x.(type) {
	case nil:
		return ""
	case time.Time:
		return ui.Text(v.clock.Short(n).String())
	case float64: // of a stored try
		x = int64(n)
	case string:
		if at, err := time.Parse(time.RFC3339, n); err == nil { // of a stored try
			return ui.Text(v.clock.Short(at).String())
		}
	}
	if n, ok := x.(int64); ok && slices.Contains(amountChecks, c.Check) {
		return ui.Text(v.figure(n, currency))
	}
	s := strings.Trim(fmt.Sprint(x), "[]")
	if _, id, ok := strings.Cut(s, "_"); ok && len(id) > 20 {
		return ""
	}
	return ui.Text(s)
}

// refusedTries lists the latest tries with a voucher that were refused.
func (v *visit) refusedTries(id coupon.VoucherID) (ui.Table, error) {
	t := ui.Table{Label: "Refused tries", Columns: []ui.Column{{Label: "When", Lead: true, Keep: true}, {Label: "Why", Wrap: true}, {Label: "By"}, {Label: "Actions", Acts: true, Few: true}}}
	page, err := v.App.Refusals(v.ctx(), v.by, coupon.RefusalFilter{Voucher: id}, coupon.Paging{Limit: 5})
	if err != nil {
		return t, err
	}
	for i := range page.Rows {
		r := &page.Rows[i]
		why := ui.Action{Label: "Explain this try", Tiny: true, Href: voucherPath(id) + "/explain?refusal=" + string(r.ID)}
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{v.clock.At(r.At), ui.Text(reasonWord(r.Reason)), ui.Soft(byWord(r.By)), why}})
	}
	return t, nil
}

func (v *visit) explainShow(p explainPage, id coupon.VoucherID) error {
	var err error
	if p.Tries, err = v.refusedTries(id); err != nil {
		return err
	}
	if p.Code == 0 {
		p.Code = http.StatusOK
	}
	return v.page(p.Code, "Explain", p.view())
}
