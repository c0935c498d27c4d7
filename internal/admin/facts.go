package admin

import (
	"strings"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

var errNothingToExport = fault.New(fault.NotFound, "not_found", "These filters match nothing, so there is nothing to export.")

func fault403(err error) bool { return err != nil && fault.Of(err).Kind == fault.Forbidden }

// amounts writes sums of several assets.
func (w writing) amounts(list []money.Amount) string {
	var out []string
	for _, a := range list {
		out = append(out, w.amount(a.Minor, a.Asset))
	}
	return strings.Join(out, " · ")
}

// usedFacts are how many were used today and in thirty days.
func (w writing) usedFacts(f app.KindFigures, currency money.Asset) ui.Facts {
	var uses, minor, today int64
	for _, d := range f.Days {
		uses, minor, today = uses+d.Count, minor+d.Minor, d.Count
	}
	return ui.Facts{
		{Label: "Used today", Value: w.number(today), Body: w.spark(f.Days, "Used per day over 30 days")},
		{Label: "Used in 30 days", Value: w.number(uses), Small: w.amount(minor, currency)},
	}
}

// spark is the line of a figure per day.
func (w writing) spark(days []coupon.DayFigure, title string) ui.Sparkline {
	s := ui.Sparkline{Title: title}
	top := int64(0)
	for _, d := range days {
		s.Points = append(s.Points, float64(d.Count))
		top = max(top, d.Count)
	}
	if top == 0 {
		return ui.Sparkline{} // a flat line says nothing
	}
	s.Title += ", at most " + w.number(top)
	return s
}

// nameOf is what a customer is called.
func nameOf(c coupon.Customer) string {
	for _, s := range []string{c.Name, c.Email, c.Mobile, c.MemberID, c.SourceID} {
		if s != "" {
			return s
		}
	}
	return "Customer without a name"
}
