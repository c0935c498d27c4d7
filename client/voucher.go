package client

import (
	"context"
	"time"
)

// Voucher is one redeemable thing. Its code is never part of it.
type Voucher struct {
	ID              string            `json:"id"`
	Serial          string            `json:"serial"`
	Tail            string            `json:"tail"` // the last characters of its code
	Public          bool              `json:"public"`
	Campaign        string            `json:"campaign"`
	Batch           string            `json:"batch"`
	Kind            string            `json:"kind"`
	Status          string            `json:"status"`  // as shown: active, redeemed, expired, paused, reserved …
	Balance         *Money            `json:"balance"` // what is left, where it holds a value
	Uses            int64             `json:"uses"`
	MaxUses         int64             `json:"max_uses"` // 0: no limit
	Holder          string            `json:"holder"`
	EarningMethod   string            `json:"earning_method"`
	SourceReference string            `json:"source_reference"`
	Remarks         string            `json:"remarks"`
	StartsAt        time.Time         `json:"starts_at"`  // zero: at once
	ExpiresAt       time.Time         `json:"expires_at"` // zero: never
	Metadata        map[string]string `json:"metadata"`
	CreatedAt       time.Time         `json:"created_at"`
	UpdatedAt       time.Time         `json:"updated_at"`
}

// Issued is a new voucher with its code in clear, told this once.
type Issued struct {
	Voucher
	Code string `json:"code"`
}

// NewVoucher asks for a voucher of a campaign; all of it may be left out.
type NewVoucher struct {
	Code            string            `json:"code,omitempty"` // a public one, such as WELCOME10; drawn at random when left out
	Customer        CustomerRef       `json:"customer,omitzero"`
	Money           *Money            `json:"money,omitempty"` // instead of the campaign's amount
	Limits          *VoucherLimits    `json:"limits,omitempty"`
	StartsAt        time.Time         `json:"starts_at,omitzero"`
	ExpiresAt       time.Time         `json:"expires_at,omitzero"`
	Remarks         string            `json:"remarks,omitempty"`
	EarningMethod   string            `json:"earning_method,omitempty"` // api when left out
	SourceReference string            `json:"source_reference,omitempty"`
	Metadata        map[string]string `json:"metadata,omitempty"`

	IdempotencyKey string `json:"-"` // made for the call when left out
}

// VoucherLimits are the limits of one voucher, instead of the campaign's.
type VoucherLimits struct {
	PerVoucher    int64 `json:"per_voucher,omitempty"`
	UnlimitedUses bool  `json:"unlimited_uses,omitempty"`
}

// Issue issues one voucher of a campaign.
func (c *Client) Issue(ctx context.Context, campaign string, n NewVoucher) (Issued, error) {
	path, err := at("/v1/campaigns/", "cmp", campaign, "/vouchers")
	if err != nil {
		return Issued{}, err
	}
	return change[Issued](ctx, c, path, n.IdempotencyKey, n)
}

// Lookup finds the voucher of a code. An unknown one is an error with the code not_found
// or mistyped.
func (c *Client) Lookup(ctx context.Context, code string) (Voucher, error) {
	return ask[Voucher](ctx, c, "/v1/vouchers/lookup", map[string]string{"code": code})
}

// Voucher shows a voucher.
func (c *Client) Voucher(ctx context.Context, id string) (Voucher, error) {
	path, err := at("/v1/vouchers/", "vch", id, "")
	if err != nil {
		return Voucher{}, err
	}
	return look[Voucher](ctx, c, path)
}
