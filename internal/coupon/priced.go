package coupon

import "github.com/scriphq/scrip/internal/money"

// Priced is an order with its vouchers applied, minor units of its currency. Discount is
// that of the lines; Total = Subtotal − Discount + Shipping − ShippingDiscount; Due =
// Total − Paid.
type Priced struct {
	Currency         money.Asset  `json:"currency"`
	Subtotal         int64        `json:"subtotal"`
	Discount         int64        `json:"discount"`
	Shipping         int64        `json:"shipping"`
	ShippingDiscount int64        `json:"shipping_discount"`
	Total            int64        `json:"total"`
	Paid             int64        `json:"paid"`
	Due              int64        `json:"due"`
	Lines            []PricedLine `json:"lines"`
	ShippingBy       []Share      `json:"shipping_by"`
}

// PricedLine is a line with what each voucher takes off it.
type PricedLine struct {
	ID       string  `json:"id"`
	Subtotal int64   `json:"subtotal"`
	Discount int64   `json:"discount"`
	Total    int64   `json:"total"`
	By       []Share `json:"by"`
}

// Share is what one voucher gives to a line, or to shipping: a discount, or a payment.
type Share struct {
	Voucher  VoucherID `json:"voucher"`
	Discount int64     `json:"discount"`
	Paid     int64     `json:"paid,omitempty"`
}

// Undiscounted is the order before any voucher.
func (o *Order) Undiscounted() Priced {
	a := application{cmd: &Redeem{Order: o}}
	return a.priced()
}

// priced sums an order up after its vouchers.
func (a *application) priced() Priced {
	o := a.cmd.Order
	p := Priced{Currency: o.Currency, Subtotal: o.Subtotal(), Shipping: o.Shipping, Lines: make([]PricedLine, len(o.Lines)), ShippingBy: []Share{}}
	a.priceLines(p.Lines)
	for _, t := range a.accepted {
		if n := t.off.Shipping; n > 0 {
			p.ShippingBy = append(p.ShippingBy, t.share(n))
			p.ShippingDiscount += t.share(n).Discount
		}
		if t.stored {
			p.Paid += t.off.Given
		}
	}
	for i := range p.Lines {
		p.Discount += p.Lines[i].Discount
	}
	p.Total = p.Subtotal - p.Discount + p.Shipping - p.ShippingDiscount
	p.Due = p.Total - p.Paid
	return p
}

// priceLines works out each line with what the vouchers give to it. The shares of all
// lines lie in one piece of memory: of a large order they are many.
func (a *application) priceLines(lines []PricedLine) {
	type giver struct {
		lines []int64
		try   *try
	}
	var givers []giver
	n := 0
	for _, t := range a.accepted {
		if t.off.Lines == nil {
			continue
		}
		givers = append(givers, giver{t.off.Lines, t})
		for _, off := range t.off.Lines {
			if off > 0 {
				n++
			}
		}
	}
	shares := make([]Share, 0, n)
	for i := range lines {
		o, first, discount := &a.cmd.Order.Lines[i], len(shares), int64(0)
		for j := range givers {
			g := &givers[j]
			if n := g.lines[i]; n > 0 {
				s := g.try.share(n)
				shares, discount = append(shares, s), discount+s.Discount
			}
		}
		lines[i] = PricedLine{ID: o.ID, Subtotal: o.Subtotal(), Discount: discount, Total: o.Subtotal() - discount, By: shares[first:len(shares):len(shares)]}
	}
}

func (t *try) share(n int64) Share {
	if t.stored {
		return Share{Voucher: t.v.ID, Paid: n}
	}
	return Share{Voucher: t.v.ID, Discount: n}
}
