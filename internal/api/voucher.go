package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Voucher is one redeemable thing. Its code is never part of it.
type Voucher struct {
	ID              coupon.VoucherID    `json:"id"`
	Serial          string              `json:"serial"`
	Prefix          string              `json:"prefix"`
	Tail            string              `json:"tail" doc:"The last characters of its code"`
	Public          bool                `json:"public"`
	Campaign        coupon.CampaignID   `json:"campaign"`
	Batch           coupon.BatchID      `json:"batch"`
	Kind            coupon.Kind         `json:"kind"`
	Status          coupon.Status       `json:"status" doc:"As shown, derived from everything around it: deleted, void, redeemed, expired, deactivated, frozen, paused, draft, scheduled, reserved, partly_used or active"`
	State           coupon.VoucherState `json:"state" doc:"As stored: active, redeemed, void or deleted"`
	Disabled        bool                `json:"disabled"`
	DisabledReason  string              `json:"disabled_reason,omitempty"`
	Value           value               `json:"value"`
	Balance         *Money              `json:"balance" doc:"What is left, where it holds a value"`
	Uses            int64               `json:"uses"`
	MaxUses         *int64              `json:"max_uses" doc:"null: no limit"`
	Holder          *coupon.CustomerID  `json:"holder"`
	EarningMethod   string              `json:"earning_method"`
	SourceReference *string             `json:"source_reference"`
	Remarks         string              `json:"remarks"`
	StartsAt        *time.Time          `json:"starts_at"`
	ExpiresAt       *time.Time          `json:"expires_at"`
	FirstUsedAt     *time.Time          `json:"first_used_at"`
	LastUsedAt      *time.Time          `json:"last_used_at"`
	LastUsedBy      *coupon.CustomerID  `json:"last_used_by"`
	Ended           *ended              `json:"ended"`
	Replaces        *coupon.VoucherID   `json:"replaces"`
	ReplacedBy      *coupon.VoucherID   `json:"replaced_by"`
	Metadata        map[string]string   `json:"metadata"`
	CreatedAt       time.Time           `json:"created_at"`
	UpdatedAt       time.Time           `json:"updated_at"`
}

// ended says who ended a voucher, and why.
type ended struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

func (a *API) voucherOf(v *coupon.VoucherView) Voucher {
	out := Voucher{
		ID: v.ID, Serial: v.Serial, Prefix: v.Prefix, Tail: v.Tail, Public: v.Public, Campaign: v.Campaign, Batch: v.Batch, Kind: v.Kind, Status: v.Shown(a.now()),
		State: v.State, Disabled: v.Disabled, DisabledReason: v.DisabledReason, Value: valueOf(worth(v)), Uses: v.Uses, MaxUses: orNil(v.MaxUses),
		Holder: orNil(v.Holder), EarningMethod: v.EarningMethod, SourceReference: orNil(v.SourceReference), Remarks: v.Remarks, StartsAt: moment(v.StartsAt),
		ExpiresAt: moment(v.ExpiresAt), FirstUsedAt: moment(v.FirstUsedAt), LastUsedAt: moment(v.LastUsedAt), LastUsedBy: orNil(v.LastCustomer),
		Replaces: orNil(v.Replaces), ReplacedBy: orNil(v.ReplacedBy), Metadata: metadata(v.Metadata), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if _, stored := v.Doc.Stored(v.Kind); stored {
		out.Balance = moneyOf(money.Amount{Minor: v.Balance, Asset: v.Asset})
	}
	if !v.EndedAt.IsZero() {
		out.Ended = &ended{v.EndedAt, v.EndedBy, v.EndedReason}
	}
	return out
}

// worth is what the voucher promises: its terms, with its own amount.
func worth(v *coupon.VoucherView) coupon.Value {
	out := v.Doc.Value
	switch {
	case out.Type == coupon.ValueAmount && v.Asset != "":
		out.Money = &money.Amount{Minor: v.Face, Asset: v.Asset}
	case out.Type == coupon.ValueUnits && v.Face > 0:
		out.Units = v.Face
	}
	return out
}

// voucherFilter is what lists of vouchers can be narrowed by. There is no search by
// code: codes do not belong in addresses.
type voucherFilter struct {
	Kind     coupon.Kind       `query:"kind" enum:"coupon,gift,refill,epin,discount"`
	Status   coupon.Status     `query:"status" enum:"deleted,void,redeemed,expired,deactivated,frozen,paused,draft,scheduled,reserved,partly_used,active"`
	Used     *bool             `query:"used"`
	Amount   *int64            `query:"amount" minimum:"0" doc:"What it was issued with, minor units"`
	Tail     string            `query:"tail" maxLength:"4" doc:"The last characters of its code"`
	Serial   string            `query:"serial" maxLength:"100" doc:"Begins the serial"`
	Holder   coupon.CustomerID `query:"holder" maxLength:"100"`
	UsedBy   coupon.CustomerID `query:"used_by" maxLength:"100" doc:"Who used it last"`
	UsedFrom time.Time         `query:"used_from"`
	UsedTo   time.Time         `query:"used_to"`
}

func (f voucherFilter) filter() coupon.VoucherFilter {
	return coupon.VoucherFilter{
		Kind: f.Kind, Status: f.Status, Used: f.Used, Minor: f.Amount, Tail: f.Tail, Serial: f.Serial, Holder: f.Holder, UsedBy: f.UsedBy, UsedFrom: f.UsedFrom, UsedTo: f.UsedTo,
	}
}

func (a *API) listVouchers(ctx context.Context, c *call, f coupon.VoucherFilter, p paging) (list[Voucher], error) {
	page, err := a.app.Vouchers(ctx, c.By, f, p.paging())
	return listOf(page, a.voucherOf), err
}

func (a *API) vouchers(ctx context.Context, c *call, in *struct {
	Campaign coupon.CampaignID `query:"campaign" maxLength:"100"`
	Batch    coupon.BatchID    `query:"batch" maxLength:"100"`
	voucherFilter
	paging
}) (list[Voucher], error) {
	f := in.filter()
	f.Campaign, f.Batch = in.Campaign, in.Batch
	return a.listVouchers(ctx, c, f, in.paging)
}

func (a *API) voucher(ctx context.Context, c *call, in *byID[coupon.VoucherID]) (Voucher, error) {
	v, err := a.app.Voucher(ctx, c.By, in.ID)
	return a.voucherOf(&v), err
}

// typed is a code as somebody typed it. Case, spaces and hyphens do not matter.
type typed struct {
	Code string `json:"code" minLength:"1" maxLength:"512"`
}

func (a *API) lookup(ctx context.Context, c *call, in *struct{ Body typed }) (Voucher, error) {
	v, err := a.app.Lookup(ctx, c.By, in.Body.Code)
	if app.WrongCode(err) {
		a.watch(c, 1)
	}
	return a.voucherOf(&v), err
}

// revealed is a code in clear.
type revealed struct {
	Voucher coupon.VoucherID `json:"voucher"`
	Code    string           `json:"code"`
}

func (a *API) reveal(ctx context.Context, c *call, in *byID[coupon.VoucherID]) (kept[revealed], error) {
	show := func(code string) revealed { return revealed{in.ID, code} }
	return once(c, http.StatusOK, show, func(req app.Request) (string, error) { return a.app.Reveal(ctx, req, in.ID) })
}

// issued is a new voucher with its code in clear, told this once.
type issued struct {
	Voucher
	Code string `json:"code" doc:"In clear; later by reveal"`
}

type newVoucher struct {
	Code            string            `json:"code,omitempty" maxLength:"512" doc:"A public code of one's own choice, such as WELCOME10; drawn at random when left out"`
	Customer        customerRef       `json:"customer,omitempty"`
	Money           *Money            `json:"money,omitempty" doc:"Instead of the campaign's amount"`
	Limits          *voucherLimits    `json:"limits,omitempty"`
	StartsAt        *time.Time        `json:"starts_at,omitempty"`
	ExpiresAt       *time.Time        `json:"expires_at,omitempty"`
	Remarks         string            `json:"remarks,omitempty" maxLength:"500"`
	EarningMethod   string            `json:"earning_method,omitempty" enum:"manual,distribution,automation,loyalty,api,import" doc:"api when left out"`
	SourceReference string            `json:"source_reference,omitempty" maxLength:"200"`
	Metadata        map[string]string `json:"metadata,omitempty" maxProperties:"50"`
}

// voucherLimits are the limits of one voucher.
type voucherLimits struct {
	PerVoucher    *int64 `json:"per_voucher,omitempty" minimum:"1"`
	UnlimitedUses bool   `json:"unlimited_uses,omitempty"`
}

func (n *newVoucher) input() app.IssueInput {
	in := app.IssueInput{
		Code: n.Code, Customer: n.Customer.ref(), Money: n.Money.amount(), StartsAt: utc(n.StartsAt), ExpiresAt: utc(n.ExpiresAt), Remarks: n.Remarks,
		EarningMethod: n.EarningMethod, SourceReference: n.SourceReference, Metadata: n.Metadata,
	}
	if in.EarningMethod == "" {
		in.EarningMethod = "api"
	}
	if n.Limits != nil {
		in.PerVoucher, in.Unlimited = n.Limits.PerVoucher, n.Limits.UnlimitedUses
	}
	return in
}

func (a *API) issue(ctx context.Context, c *call, in *struct {
	byID[coupon.CampaignID]
	Body newVoucher
}) (kept[issued], error) {
	p, err := a.app.PrepareIssue(ctx, c.Request, in.ID, in.Body.input())
	if err != nil {
		return kept[issued]{}, err
	}
	show := func(v coupon.Voucher) issued { return issued{a.freshVoucher(v, p.Campaign), p.Code} }
	return once(c, http.StatusCreated, show, func(req app.Request) (coupon.Voucher, error) {
		out, err := a.app.Issue(ctx, req, p)
		return out.Voucher, err
	})
}

// freshVoucher shows a voucher that was just issued for a campaign.
func (a *API) freshVoucher(v coupon.Voucher, c coupon.CampaignView) Voucher {
	return a.voucherOf(&coupon.VoucherView{Voucher: v, Kind: c.Kind, CampaignState: c.State, BatchState: coupon.BatchActive, Doc: c.Doc})
}
