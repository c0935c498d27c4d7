package admin

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// explainPage says why a voucher can be used now, or not: every check with what it found.
type explainPage struct {
	Thing   ui.KeyValues
	Verdict ui.Notice
	Failed  ui.Table
	Passed  []string
	Tries   ui.Table // that were refused, newest first
	Back    string
}

func (v *visit) explain() error {
	x, err := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if err != nil {
		return err
	}
	out, err := v.App.Explain(v.ctx(), v.req(), app.RedeemInput{Voucher: x.ID, Customer: coupon.CustomerRef{ID: x.Holder}, Channel: coupon.BackOffice}, time.Time{})
	if err != nil {
		return err
	}
	p := explainPage{Thing: v.thing(&x), Back: voucherPath(x.ID), Failed: ui.Table{Label: "Failed checks", Columns: []ui.Column{{Label: "What fails", Lead: true}, {Label: "Wanted"}, {Label: "Found"}}}}
	p.Verdict = ui.Notice{Tone: ui.OK, Title: "It can be used now"}
	for _, verdict := range out.Vouchers {
		if verdict.Reason != "" {
			p.Verdict = ui.Notice{Tone: ui.Warn, Title: "It cannot be used like this now", Text: reasonWord(verdict.Reason)}
		}
		for _, c := range verdict.Checks {
			if c.Passed {
				p.Passed = append(p.Passed, c.Text)
				continue
			}
			p.Failed.Rows = append(p.Failed.Rows, ui.Row{Cells: []templ.Component{ui.Text(c.Text), v.found(c.Want), v.found(c.Have)}})
		}
	}
	if p.Tries, err = v.refusedTries(x.ID); err != nil {
		return err
	}
	return v.show("Explain", p.view())
}

// found shows what a check wanted or found; ids say nothing to people.
func (v *visit) found(x any) ui.Text {
	switch x := x.(type) {
	case nil:
		return ""
	case time.Time:
		return ui.Text(v.clock.Short(x).String())
	}
	s := strings.Trim(fmt.Sprint(x), "[]")
	if _, id, ok := strings.Cut(s, "_"); ok && len(id) > 20 {
		return ""
	}
	return ui.Text(s)
}

// refusedTries lists the latest tries with a voucher that were refused.
func (v *visit) refusedTries(id coupon.VoucherID) (ui.Table, error) {
	t := ui.Table{Label: "Refused tries", Columns: []ui.Column{{Label: "When", Lead: true, Keep: true}, {Label: "Why", Wrap: true}, {Label: "By"}}}
	page, err := v.App.Refusals(v.ctx(), v.by, coupon.RefusalFilter{Voucher: id}, coupon.Paging{Limit: 5})
	if err != nil {
		return t, err
	}
	for i := range page.Rows {
		r := &page.Rows[i]
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{v.clock.At(r.At), ui.Text(reasonWord(r.Reason)), ui.Soft(byWord(r.By))}})
	}
	return t, nil
}
