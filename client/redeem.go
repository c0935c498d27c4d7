package client

import (
	"context"
	"time"
)

// Use names vouchers, and what for. Give Codes with an Order, or one Code.
type Use struct {
	Code        string       `json:"code,omitempty"`
	Codes       []Item       `json:"codes,omitempty"`
	Voucher     string       `json:"voucher,omitempty"` // instead of a code, where it is known already
	Money       *Money       `json:"money,omitempty"`   // without an order: how much of a stored value to use
	Order       *Order       `json:"order,omitempty"`
	Customer    CustomerRef  `json:"customer,omitzero"` // redeeming makes an unknown SourceID a customer
	Location    string       `json:"location,omitempty"`
	Reference   string       `json:"reference,omitempty"` // that of the order when left out
	Transaction *Transaction `json:"transaction,omitempty"`
	Apply       string       `json:"apply,omitempty"`  // ApplyAll when left out
	Client      string       `json:"client,omitempty"` // the visitor's address or id: who tries wrong codes has to wait, and nobody else
}

// What becomes of an order of which one voucher is refused.
const (
	ApplyAll      = "all"      // all are refused
	ApplyPossible = "possible" // it is left out
)

// Transaction is what a redemption is for.
type Transaction struct {
	Type      string `json:"type,omitempty"` // top_up, purchase, package_purchase, registration, upgrade, order or other
	Reference string `json:"reference,omitempty"`
}

// Validation says what a redemption would do.
type Validation struct {
	Valid    bool      `json:"valid"`
	Vouchers []Verdict `json:"vouchers"`
	Order    *Priced   `json:"order"` // nil without an order
}

// Validate says what redeeming would do, and changes nothing. A refusal is an answer; an
// unknown code alone is an error with the code not_found or mistyped.
func (c *Client) Validate(ctx context.Context, u Use) (Validation, error) {
	return ask[Validation](ctx, c, "/v1/validations", u)
}

// NewHold asks for a hold. Seconds is how long it lasts, at most 900.
type NewHold struct {
	Use
	Seconds int64 `json:"seconds"`

	IdempotencyKey string `json:"-"` // made for the call when left out
}

// Hold is a short reservation of what a redemption would use.
type Hold struct {
	ID        string        `json:"id"`
	State     string        `json:"state"` // open, released or consumed; an open one is over at ExpiresAt
	Customer  string        `json:"customer"`
	Vouchers  []HeldVoucher `json:"vouchers"`
	Order     *Priced       `json:"order"` // said when the hold is taken
	CreatedAt time.Time     `json:"created_at"`
	ExpiresAt time.Time     `json:"expires_at"`
}

// HeldVoucher is one voucher of a hold.
type HeldVoucher struct {
	Voucher string `json:"voucher"`
	Tail    string `json:"tail"`
	Money   *Money `json:"money"` // what is held of a stored value
}

// Hold reserves what a redemption would use.
func (c *Client) Hold(ctx context.Context, n NewHold) (Hold, error) {
	return change[Hold](ctx, c, "/v1/holds", n.IdempotencyKey, n)
}

// Release gives back what a hold reserved. It may be called again.
func (c *Client) Release(ctx context.Context, hold string) (Hold, error) {
	path, err := at("/v1/holds/", "hld", hold, "/release")
	if err != nil {
		return Hold{}, err
	}
	return change[Hold](ctx, c, path, "", nil)
}

// Redeem asks for a redemption: of what a Hold reserved, or of what Use names.
type Redeem struct {
	Use
	Hold string `json:"hold,omitempty"`

	IdempotencyKey string `json:"-"` // made for the call when left out
}

// Redemption is one use of one voucher.
type Redemption struct {
	ID          string       `json:"id"`
	Checkout    string       `json:"checkout"`
	Voucher     string       `json:"voucher"`
	Campaign    string       `json:"campaign"`
	Serial      string       `json:"serial"`
	Tail        string       `json:"tail"`
	Money       *Money       `json:"money"` // what it gave; nil where no amount is known
	Customer    string       `json:"customer"`
	Channel     string       `json:"channel"`
	Location    string       `json:"location"`
	Reference   string       `json:"reference"`
	Transaction *Transaction `json:"transaction"`
	Hold        string       `json:"hold"`
	By          Actor        `json:"by"`
	Reversed    *Money       `json:"reversed"` // what was given back so far
	Returned    bool         `json:"returned"` // whether it is wholly reversed
	Reversals   []Reversal   `json:"reversals"`
	At          time.Time    `json:"at"`
}

// Redeemed is the answer to a redemption. Checkout is what ReverseCheckout takes.
type Redeemed struct {
	Checkout    string       `json:"checkout"`
	Redemptions []Redemption `json:"redemptions"`
	Order       *Priced      `json:"order"`    // nil without an order
	Vouchers    []Verdict    `json:"vouchers"` // of an order: each voucher as it was named
	Balances    []Balance    `json:"balances"` // of the customer, in what moved
}

// Redeem uses vouchers: all of them or, without ApplyPossible, none. A refusal is an
// *Error with its reason as Code.
func (c *Client) Redeem(ctx context.Context, r Redeem) (Redeemed, error) {
	return change[Redeemed](ctx, c, "/v1/redemptions", r.IdempotencyKey, r)
}
