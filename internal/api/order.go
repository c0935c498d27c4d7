package api

import (
	"fmt"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// order is what a checkout wants vouchers applied to. All its figures are minor units of
// its currency.
type order struct {
	Reference string       `json:"reference,omitempty" maxLength:"200" doc:"The caller's own"`
	Currency  string       `json:"currency" minLength:"3" maxLength:"3" example:"USD"`
	Shipping  int64        `json:"shipping,omitempty" minimum:"0"`
	Channel   string       `json:"channel,omitempty" maxLength:"100" example:"web"`
	First     *bool        `json:"first,omitempty" doc:"Whether it is the customer's first order; as far as is known here when left out"`
	Metadata  coupon.Facts `json:"metadata,omitempty" doc:"Text, whole numbers, true and false: conditions compare them"`
	Lines     []orderLine  `json:"lines" minItems:"1" doc:"At most 10,000"`
}

// orderLine is one line of an order.
type orderLine struct {
	ID          string   `json:"id" minLength:"1" maxLength:"200"`
	Product     string   `json:"product,omitempty" maxLength:"200" doc:"The caller's own id; nothing has to be registered first"`
	SKU         string   `json:"sku,omitempty" maxLength:"200"`
	Collections []string `json:"collections,omitempty" maxItems:"100" maxLength:"200"`
	Quantity    int64    `json:"quantity"`
	UnitPrice   int64    `json:"unit_price"`
	Currency    string   `json:"currency,omitempty" maxLength:"3" doc:"That of the order, where it is given"`
	Discounted  bool     `json:"discounted,omitempty" doc:"The price is reduced already"`
}

func (o *order) order() *coupon.Order {
	if o == nil {
		return nil
	}
	out := &coupon.Order{
		Reference: o.Reference, Currency: money.Asset(o.Currency), Shipping: o.Shipping, Channel: o.Channel, First: o.First, Metadata: o.Metadata,
		Lines: make([]coupon.Line, len(o.Lines)),
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		out.Lines[i] = coupon.Line{ID: l.ID, Product: l.Product, SKU: l.SKU, Collections: l.Collections, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Discounted: l.Discounted}
	}
	return out
}

// orderOf shows an order as it was sent.
func orderOf(o *coupon.Order) *order {
	if o == nil {
		return nil
	}
	return &order{
		Reference: o.Reference, Currency: string(o.Currency), Shipping: o.Shipping, Channel: o.Channel, First: o.First, Metadata: o.Metadata,
		Lines: each(o.Lines, func(l *coupon.Line) orderLine {
			return orderLine{ID: l.ID, Product: l.Product, SKU: l.SKU, Collections: l.Collections, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Discounted: l.Discounted}
		}),
	}
}

// oneCurrency refuses a line in another currency than the order's.
func (o *order) oneCurrency() error {
	if o == nil {
		return nil
	}
	for i := range o.Lines {
		if is := o.Lines[i].Currency; is != "" && is != o.Currency {
			return fault.Field(fmt.Sprintf("order.lines[%d].currency", i), "The order is in "+o.Currency+".")
		}
	}
	return nil
}

// priced is an order with its vouchers applied, minor units of its currency.
type priced struct {
	Currency         string       `json:"currency"`
	Subtotal         int64        `json:"subtotal" doc:"Of the lines, before any voucher"`
	Discount         int64        `json:"discount" doc:"Of the lines"`
	Shipping         int64        `json:"shipping"`
	ShippingDiscount int64        `json:"shipping_discount"`
	Total            int64        `json:"total" doc:"After all discounts"`
	Paid             int64        `json:"paid" doc:"By vouchers that store a value"`
	Due              int64        `json:"due" doc:"What is left to pay"`
	Lines            []pricedLine `json:"lines" nullable:"false"`
	ShippingBy       []share      `json:"shipping_by" nullable:"false"`
}

// pricedLine is a line with what each voucher gives to it.
type pricedLine struct {
	ID       string  `json:"id"`
	Subtotal int64   `json:"subtotal"`
	Discount int64   `json:"discount"`
	Total    int64   `json:"total"`
	By       []share `json:"by" nullable:"false"`
}

// share is what one voucher gives to a line or to shipping.
type share struct {
	Voucher  coupon.VoucherID `json:"voucher"`
	Discount int64            `json:"discount"`
	Paid     int64            `json:"paid" doc:"From a stored value"`
}

// validatedVoucher is what one voucher would give, or why not.
type validatedVoucher struct {
	Voucher  *coupon.VoucherID `json:"voucher"`
	Tail     string            `json:"tail"`
	Valid    bool              `json:"valid"`
	Reason   *string           `json:"reason" doc:"Why not"`
	Text     *string           `json:"text" doc:"Why not, as a sentence"`
	Currency *string           `json:"currency" doc:"Of the figures"`
	Discount int64             `json:"discount" doc:"Taken off, minor units"`
	Wanted   int64             `json:"wanted" doc:"What it would give if nothing capped it, minor units"`
	Paid     int64             `json:"paid" doc:"Paid from a stored value, minor units"`
}

func validatedOf(currency string) func(v *coupon.Verdict) validatedVoucher {
	return func(v *coupon.Verdict) validatedVoucher {
		return validatedVoucher{
			Voucher: orNil(v.Voucher), Tail: v.Tail, Valid: v.Reason == "", Reason: orNil(v.Reason), Text: orNil(v.Text), Currency: orNil(currency),
			Discount: v.Discount, Wanted: v.Wanted, Paid: v.Paid,
		}
	}
}
