package coupon

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Order is what a checkout wants vouchers applied to. Figures are minor units of
// Currency. Products and collections are the caller's own ids; prices are taken as
// sent, and so is what they include of taxes.
type Order struct {
	Reference string      `json:"reference,omitempty"`
	Currency  money.Asset `json:"currency"`
	Shipping  int64       `json:"shipping,omitempty"`
	Channel   string      `json:"channel,omitempty"`
	First     *bool       `json:"first,omitempty"` // the customer's first; nil: as far as is known here
	Metadata  Facts       `json:"metadata,omitempty"`
	Lines     []Line      `json:"lines"`
	LeftOut   int         `json:"left_out,omitempty"` // lines that a refusal did not keep
}

// Line is one line of an order.
type Line struct {
	ID          string   `json:"id"`
	Product     string   `json:"product,omitempty"`
	SKU         string   `json:"sku,omitempty"`
	Collections []string `json:"collections,omitempty"`
	Quantity    int64    `json:"quantity"`
	UnitPrice   int64    `json:"unit_price"`
	Discounted  bool     `json:"discounted,omitempty"` // its price is reduced already
}

// The largest orders.
const (
	MaxLines    = 10_000
	MaxQuantity = 1_000_000 // of a line
	MaxCodes    = 30        // of an order
)

// Subtotal is quantity × unit price.
func (l *Line) Subtotal() int64 { return l.Quantity * l.UnitPrice }

// Subtotal is what the lines cost, without shipping.
func (o *Order) Subtotal() int64 {
	var sum int64
	for i := range o.Lines {
		sum += o.Lines[i].Subtotal()
	}
	return sum
}

// keptText is how much text of an order's lines a refusal keeps, in bytes.
const keptText = 64 << 10

// kept is an order as a refusal keeps it: of a very large one the first lines, since each
// voucher that an order named may be refused, again and again.
func (o *Order) kept() *Order {
	if o == nil {
		return nil
	}
	n, size := 0, 0
	for ; n < len(o.Lines) && size < keptText; n++ {
		size += o.Lines[n].size()
	}
	if n == len(o.Lines) {
		return o
	}
	c := *o
	c.Lines, c.LeftOut = slices.Clone(o.Lines[:n]), len(o.Lines)-n
	return &c
}

// size is about how long a line is as text, in bytes.
func (l *Line) size() int {
	n := 100 + len(l.ID) + len(l.Product) + len(l.SKU)
	for _, c := range l.Collections {
		n += 3 + len(c)
	}
	return n
}

// Quantity is the number of units of all lines.
func (o *Order) Quantity() int64 {
	var sum int64
	for i := range o.Lines {
		sum += o.Lines[i].Quantity
	}
	return sum
}

// Valid returns what is wrong with an order, by field: "order.lines[2].quantity". An
// order that is valid adds up within money.MaxMinor.
func (o *Order) Valid() fault.Fields {
	f := fault.Fields{}
	if !o.Currency.Valid() || o.Currency.IsUnit() {
		f["order.currency"] = "This is not a currency of ISO 4217."
	}
	if o.Shipping < 0 || o.Shipping > MaxValue {
		f["order.shipping"] = "Shipping costs nothing or more, in minor units."
	}
	wrongText(f, "order.reference", o.Reference, 200)
	wrongText(f, "order.channel", o.Channel, 100)
	o.Metadata.valid(f, "order.metadata")
	switch n := len(o.Lines); {
	case n == 0:
		f["order.lines"] = "An order has at least one line."
	case n > MaxLines:
		f[fmt.Sprintf("order.lines[%d]", MaxLines)] = fmt.Sprintf("An order has at most %d lines.", MaxLines)
		return f
	}
	seen, sum := make(map[string]int, len(o.Lines)), uint64(max(o.Shipping, 0))
	for i := range o.Lines {
		sum = o.Lines[i].valid(f, seen, i, sum)
	}
	return f
}

// valid checks one line and returns the sum with it; sums that are too large stay so.
func (l *Line) valid(f fault.Fields, seen map[string]int, i int, sum uint64) uint64 {
	wrong := func(field, msg string) {
		if msg != "" {
			f[fmt.Sprintf("order.lines[%d].%s", i, field)] = msg
		}
	}
	wrong("id", textFault(l.ID, 200))
	wrong("product", textFault(l.Product, 200))
	wrong("sku", textFault(l.SKU, 200))
	if l.ID == "" {
		wrong("id", "Each line has an id of its own.")
	} else if first, twice := seen[l.ID]; twice {
		wrong("id", fmt.Sprintf("Line %d has this id already.", first+1))
	} else {
		seen[l.ID] = i
	}
	if len(l.Collections) > 100 {
		wrong("collections", "A line is in at most 100 collections.")
	}
	for _, c := range l.Collections {
		wrong("collections", textFault(c, 200))
	}
	quantity, price := l.Quantity >= 1 && l.Quantity <= MaxQuantity, l.UnitPrice >= 0 && l.UnitPrice <= MaxValue
	if !quantity {
		wrong("quantity", "A whole number from 1 to 1,000,000.")
	}
	if !price {
		wrong("unit_price", "A price is nothing or more, in minor units.")
	}
	if !quantity || !price {
		return sum
	}
	sum += uint64(l.Subtotal()) // at most 10^18 a line
	if sum > money.MaxMinor {
		if f["order.lines"] == "" {
			wrong("unit_price", "With this line the order comes to more than can be counted exactly.")
			f["order.lines"] = "The order is too large."
		}
		return money.MaxMinor + 1
	}
	return sum
}

func wrongText(f fault.Fields, name, s string, most int) {
	if fault := textFault(s, most); fault != "" {
		f[name] = fault
	}
}

// textFault says what is wrong with text of at most so many characters; "" when nothing.
func textFault(s string, most int) string {
	if fault := unprintable(s); fault != "" {
		return fault
	}
	if len(s) > most && utf8.RuneCountInString(s) > most {
		return fmt.Sprintf("At most %d characters.", most)
	}
	return ""
}

// unprintable says why text cannot be stored or compared; "" when it can.
func unprintable(s string) string {
	if !utf8.ValidString(s) {
		return "This is not valid UTF-8."
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "A NUL character cannot be stored."
	}
	return ""
}

// sumCapped returns a + b, at most money.MaxMinor. Neither is negative.
func sumCapped(a, b int64) int64 { return min(a+b, money.MaxMinor) }

// times returns a × b, at most money.MaxMinor. Neither is negative.
func times(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi > 0 || lo > money.MaxMinor {
		return money.MaxMinor
	}
	return int64(lo)
}

// portion returns of × n ÷ all, rounded half away from zero. n is from 0 to all, all
// above zero, of not negative.
func portion(of, n, all int64) int64 {
	hi, lo := bits.Mul64(uint64(of), uint64(n))
	lo, carry := bits.Add64(lo, uint64(all)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(all))
	return int64(q)
}

// byPrice orders units: the cheapest first, of one price in the order of the lines.
func (o *Order) byPrice(a, b int) int {
	return cmp.Or(cmp.Compare(o.Lines[a].UnitPrice, o.Lines[b].UnitPrice), cmp.Compare(a, b))
}
