package admin

import (
	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// pricedTable shows an order as it comes to, line by line.
func (w writing) pricedTable(p *coupon.Priced) ui.Table {
	t := ui.Table{Label: "The order", Columns: []ui.Column{{Label: "Line", Lead: true}, {Label: "Price", Num: true}, {Label: "Discount", Num: true}, {Label: "To pay", Num: true}}}
	row := func(what string, figures ...int64) ui.Row {
		cells := []templ.Component{ui.Text(what)}
		for i, n := range figures {
			if i == 1 && n == 0 {
				cells = append(cells, nil)
				continue
			}
			cells = append(cells, ui.Text(w.figure(n, p.Currency)))
		}
		return ui.Row{Cells: cells}
	}
	for _, l := range p.Lines {
		t.Rows = append(t.Rows, row(l.ID, l.Subtotal, l.Discount, l.Total))
	}
	if p.Shipping > 0 {
		t.Rows = append(t.Rows, row("Shipping", p.Shipping, p.ShippingDiscount, p.Shipping-p.ShippingDiscount))
	}
	t.Foot = append(t.Foot, row("Total in "+string(p.Currency), p.Subtotal+p.Shipping, p.Discount+p.ShippingDiscount, p.Total))
	if p.Paid > 0 {
		t.Foot = append(t.Foot, row("Paid by vouchers", 0, p.Paid, p.Due))
	}
	return t
}
