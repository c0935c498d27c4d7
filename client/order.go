package client

import (
	"encoding/json"
	"time"
)

// Money is an amount in minor units: {1000, "SGD"} is 10.00 dollars.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// Order is what vouchers are applied to. All its figures are minor units of Currency.
type Order struct {
	Reference string         `json:"reference,omitempty"` // the shop's own
	Currency  string         `json:"currency"`
	Shipping  int64          `json:"shipping,omitempty"`
	Channel   string         `json:"channel,omitempty"`
	First     *bool          `json:"first,omitempty"`    // whether it is the customer's first; as far as the server knows when nil
	Metadata  map[string]any `json:"metadata,omitempty"` // text, whole numbers and booleans, for conditions
	Lines     []Line         `json:"lines"`
}

// Line is one line of an order. Products and collections are the shop's own ids.
type Line struct {
	ID          string   `json:"id"`
	Product     string   `json:"product,omitempty"`
	SKU         string   `json:"sku,omitempty"`
	Collections []string `json:"collections,omitempty"`
	Quantity    int64    `json:"quantity"`
	UnitPrice   int64    `json:"unit_price"`
	Discounted  bool     `json:"discounted,omitempty"` // its price is reduced already
}

// Item is a code as it was typed. Amount is how much to take of a stored value, in minor
// units of the order's currency; 0 takes what is due.
type Item struct {
	Code   string
	Amount int64
}

// Codes returns Items without amounts.
func Codes(typed ...string) []Item {
	out := make([]Item, len(typed))
	for i, code := range typed {
		out[i].Code = code
	}
	return out
}

// MarshalJSON writes "CODE", or {"code": "CODE", "amount": 700}.
func (i Item) MarshalJSON() ([]byte, error) {
	if i.Amount == 0 {
		return json.Marshal(i.Code)
	}
	return json.Marshal(map[string]any{"code": i.Code, "amount": i.Amount})
}

// CustomerRef names a customer by the server's id, or by the shop's own.
type CustomerRef struct {
	ID       string
	SourceID string
}

// MarshalJSON writes "cus_…" or {"source_id": "…"}.
func (c CustomerRef) MarshalJSON() ([]byte, error) {
	if c.ID != "" {
		return json.Marshal(c.ID)
	}
	return json.Marshal(map[string]string{"source_id": c.SourceID})
}

// Priced is an order with its vouchers applied, minor units of its currency.
type Priced struct {
	Currency         string       `json:"currency"`
	Subtotal         int64        `json:"subtotal"` // of the lines, before any voucher
	Discount         int64        `json:"discount"` // of the lines
	Shipping         int64        `json:"shipping"`
	ShippingDiscount int64        `json:"shipping_discount"`
	Total            int64        `json:"total"` // after all discounts
	Paid             int64        `json:"paid"`  // by vouchers that store a value
	Due              int64        `json:"due"`   // what is left to pay
	Lines            []PricedLine `json:"lines"`
	ShippingBy       []Share      `json:"shipping_by"`
}

// PricedLine is a line with what each voucher gives to it.
type PricedLine struct {
	ID       string  `json:"id"`
	Subtotal int64   `json:"subtotal"`
	Discount int64   `json:"discount"`
	Total    int64   `json:"total"`
	By       []Share `json:"by"`
}

// Share is what one voucher gives to a line or to shipping.
type Share struct {
	Voucher  string `json:"voucher"`
	Discount int64  `json:"discount"`
	Paid     int64  `json:"paid"`
}

// Verdict is what one voucher gives, or why not. Figures are minor units of Currency.
type Verdict struct {
	Voucher  string `json:"voucher"` // "" where the code is unknown
	Tail     string `json:"tail"`
	Valid    bool   `json:"valid"`
	Reason   string `json:"reason"` // why not, for programs
	Text     string `json:"text"`   // why not, as a sentence
	Currency string `json:"currency"`
	Discount int64  `json:"discount"`
	Wanted   int64  `json:"wanted"` // what it would give if nothing capped it
	Paid     int64  `json:"paid"`   // from a stored value
}

// Actor is who did something.
type Actor struct {
	Kind string `json:"kind"` // staff, customer, key or system
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Balance is what a customer owns of one currency or unit.
type Balance struct {
	Customer string `json:"customer"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// Reversal undoes a redemption, wholly or in part.
type Reversal struct {
	ID         string    `json:"id"`
	Redemption string    `json:"redemption"`
	Voucher    string    `json:"voucher"`
	Money      *Money    `json:"money"` // what it gave back
	Whole      bool      `json:"whole"` // whether it gave the use back
	Reason     string    `json:"reason"`
	By         Actor     `json:"by"`
	At         time.Time `json:"at"`
}
