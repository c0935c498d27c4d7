package client

import (
	"context"
	"time"
)

// Explanation is every check of vouchers, in the order in which they are made.
type Explanation struct {
	Valid    bool        `json:"valid"`
	Vouchers []Explained `json:"vouchers"`
	Order    *Priced     `json:"order"`
	Refusal  *Refusal    `json:"refusal"` // the stored try that it explains
}

// Explained is one voucher with its checks.
type Explained struct {
	Verdict
	Checks []Check `json:"checks"`
}

// Check is one check with its figures.
type Check struct {
	Check  string `json:"check"`
	Passed bool   `json:"passed"`
	Reason string `json:"reason"`
	Want   any    `json:"want"`
	Have   any    `json:"have"`
	Text   string `json:"text"`
}

// Refusal is a try that was refused, as it was kept.
type Refusal struct {
	ID        string    `json:"id"`
	Reason    string    `json:"reason"`
	Voucher   string    `json:"voucher"`
	Campaign  string    `json:"campaign"`
	Customer  string    `json:"customer"`
	Tail      string    `json:"tail"`
	Reference string    `json:"reference"`
	Repeats   int64     `json:"repeats"` // the same try again within a minute
	At        time.Time `json:"at"`
}

// Explain says why vouchers can or cannot be used now, check by check.
func (c *Client) Explain(ctx context.Context, u Use) (Explanation, error) {
	return ask[Explanation](ctx, c, "/v1/explanations", u)
}

// ExplainRefusal explains a stored try exactly as it was judged.
func (c *Client) ExplainRefusal(ctx context.Context, refusal string) (Explanation, error) {
	return ask[Explanation](ctx, c, "/v1/explanations", map[string]string{"refusal": refusal})
}

// Qualified is one voucher that a customer could use on an order, or what it lacks.
type Qualified struct {
	Verdict
	Campaign     string    `json:"campaign"`
	CampaignName string    `json:"campaign_name"`
	Public       bool      `json:"public"`
	ExpiresAt    time.Time `json:"expires_at"` // zero: never
	Missing      *Missing  `json:"missing"`    // what the order lacks, where that is known
}

// Missing is what an order lacks.
type Missing struct {
	Amount   int64 `json:"amount"`   // to be spent beside, minor units
	Quantity int64 `json:"quantity"` // units to be taken beside
}

// Qualify lists the vouchers that a customer holds, and the public ones, best first for
// the order.
func (c *Client) Qualify(ctx context.Context, customer CustomerRef, order Order) ([]Qualified, error) {
	body := struct {
		Customer CustomerRef `json:"customer,omitzero"`
		Order    Order       `json:"order"`
	}{customer, order}
	out, err := ask[page[Qualified]](ctx, c, "/v1/qualifications", body)
	return out.Data, err
}

// page is one page of a list.
type page[R any] struct {
	Data []R `json:"data"`
}
