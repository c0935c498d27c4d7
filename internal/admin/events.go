package admin

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	eventsPath = "/admin/events"
	maxExport  = 500_000 // events of one file, so that it still opens in a spreadsheet
)

// eventsPage is the audit trail.
type eventsPage struct {
	Actions []templ.Component
	Bar     ui.FilterBar
	History ui.History
	Empty   ui.Empty
	Pager   ui.Pager
}

var eventNames = []string{"type", "by", "from", "to", "subject"}

func (v *visit) eventFilter(f *httpx.Form) coupon.EventFilter {
	out := coupon.EventFilter{Type: coupon.EventType(f.Text("type")), By: f.Text("by"), Subject: f.Text("subject")}
	out.From, out.To = v.span(f.Text("from"), f.Text("to"))
	return out
}

func (v *visit) events() error {
	form := v.query()
	q := filters(form, eventNames...)
	filter := v.eventFilter(form)
	page, err := v.App.Events(v.ctx(), v.by, filter, paging(form))
	if err != nil {
		return err
	}
	p := eventsPage{Bar: v.eventsBar(q), Empty: ui.Empty{Icon: "history", Title: "No events", Text: "Nothing fits these filters. What has just happened appears within seconds."}}
	p.Actions = []templ.Component{ui.Action{Label: "Export", Icon: "download", Href: at(eventsPath+"/export", q, "", ""), Download: true, Title: "The events this list shows, as a CSV file."}}
	if p.History, err = v.told(page.Rows, ""); err != nil {
		return err
	}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "event", "events"), eventsPath, q, page.Prev, page.Next)
	return v.show("Events", p.view())
}

func (v *visit) eventsBar(q url.Values) ui.FilterBar {
	kinds := ui.Filter{Name: "type", Label: "What"}
	for t, f := range facts() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(t), Label: f.title})
	}
	slices.SortFunc(kinds.Options, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	by := ui.Filter{Label: "Who", Inputs: []ui.Field{{Label: "Id of a person or key", Name: "by", Free: true}}}
	if list, err := v.App.StaffList(v.ctx(), v.by); err == nil { // who may not list staff types an id
		by = ui.Filter{Name: "by", Label: "Who"}
		for _, s := range list {
			by.Options = append(by.Options, ui.Option{Value: string(s.ID), Label: s.Name})
		}
	}
	return ui.FilterBar{Path: eventsPath, Query: q, Filters: []ui.Filter{
		kinds, by, {Label: "Date", Inputs: []ui.Field{{Label: "From", Name: "from", Type: "date", Free: true}, {Label: "To", Name: "to", Type: "date", Free: true}}},
		{Label: "About", Inputs: []ui.Field{{Label: "Id of a voucher, batch, customer …", Name: "subject", Free: true}}},
	}}
}

// eventsExport sends the filtered events as a file.
func (v *visit) eventsExport() error {
	filter := v.eventFilter(v.query())
	places, err := v.placeNames()
	if err != nil {
		return err
	}
	file := &sheet{w: v.w, name: fileName("events", v.org.Day(v.clock.Now))}
	if err := v.eventRows(file, filter, places); err != nil {
		return err
	}
	return file.end()
}

func (v *visit) eventRows(file *sheet, filter coupon.EventFilter, places map[string]string) error {
	p := coupon.Paging{Limit: 200}
	for n := 0; n < maxExport; {
		page, err := v.App.Events(v.ctx(), v.by, filter, p)
		if err != nil {
			return err
		}
		if file.out == nil {
			if err := file.row("Time", "What", "Who", "About", "Customer", "Details", "Reason", "Address", "Event", "Data"); err != nil {
				return err
			}
		}
		for i := range page.Rows {
			e := &page.Rows[i]
			data, err := json.Marshal(e.Data)
			if err != nil {
				return err
			}
			why, _ := e.Data["reason"].(string)
			if err := file.row(v.stamp(e.At), titleOf(e.Type), byWord(e.By), e.Subject, string(e.Customer), v.details(e, places), why, e.Address, string(e.Type), string(data)); err != nil {
				return err
			}
		}
		n += len(page.Rows)
		if p.After = page.Next; p.After == "" {
			return nil
		}
	}
	return nil
}
