package client

import (
	"context"
	"time"
)

// Checkout is the vouchers of one order that were redeemed together.
type Checkout struct {
	ID        string    `json:"id"`
	Customer  string    `json:"customer"`
	Reference string    `json:"reference"`
	Channel   string    `json:"channel"`
	Location  string    `json:"location"`
	Order     *Priced   `json:"order"`    // as it was redeemed
	Returned  []Return  `json:"returned"` // units that came back
	Reversed  bool      `json:"reversed"` // whether all of its vouchers are wholly reversed
	By        Actor     `json:"by"`
	At        time.Time `json:"at"`
}

// Return is some units of a line that came back.
type Return struct {
	Line     string `json:"id"`
	Quantity int64  `json:"quantity"`
}

// Checkout shows an order as it was redeemed, and what of it came back.
func (c *Client) Checkout(ctx context.Context, id string) (Checkout, error) {
	path, err := at("/v1/checkouts/", "chk", id, "")
	if err != nil {
		return Checkout{}, err
	}
	return look[Checkout](ctx, c, path)
}

// ReverseCheckout asks to undo the vouchers of one order. Reason is needed.
type ReverseCheckout struct {
	Reason string   `json:"reason"`
	Lines  []Return `json:"lines,omitempty"` // what came back; all that is left when left out

	IdempotencyKey string `json:"-"` // made for the call when left out
}

// Reversed is the answer to a reversal.
type Reversed struct {
	Reversals []Reversal `json:"reversals"`
	Balances  []Balance  `json:"balances"` // of the customer, in what moved
}

// ReverseCheckout undoes the vouchers of one order, wholly or for the lines that came
// back.
func (c *Client) ReverseCheckout(ctx context.Context, checkout string, r ReverseCheckout) (Reversed, error) {
	path, err := at("/v1/checkouts/", "chk", checkout, "/reversal")
	if err != nil {
		return Reversed{}, err
	}
	return change[Reversed](ctx, c, path, r.IdempotencyKey, r)
}

// ReverseRedemption asks to undo one redemption. Reason is needed.
type ReverseRedemption struct {
	Reason string `json:"reason"`
	Money  *Money `json:"money,omitempty"` // all that is left when left out

	IdempotencyKey string `json:"-"` // made for the call when left out
}

// ReverseRedemption undoes one redemption, wholly or by an amount.
func (c *Client) ReverseRedemption(ctx context.Context, redemption string, r ReverseRedemption) (Reversed, error) {
	path, err := at("/v1/redemptions/", "red", redemption, "/reversal")
	if err != nil {
		return Reversed{}, err
	}
	return change[Reversed](ctx, c, path, r.IdempotencyKey, r)
}
