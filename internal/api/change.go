package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// changed runs a command on a voucher and answers with the voucher as it is then.
// What surrounds it is read before: the answer is made without reading.
func (a *API) changed(ctx context.Context, c *call, id coupon.VoucherID, run func(app.Request) (coupon.Voucher, error)) (kept[Voucher], error) {
	before, err := a.before(ctx, c, coupon.ChangeVouchers, id)
	if err != nil {
		return kept[Voucher]{}, err
	}
	show := func(v coupon.Voucher) Voucher {
		after := before
		after.Voucher, after.Held = v, before.Held && v.State == coupon.VoucherActive
		return a.voucherOf(&after)
	}
	return once(c, http.StatusOK, show, run)
}

// before reads a voucher for who may do to it what is about to be done.
func (a *API) before(ctx context.Context, c *call, p coupon.Permission, id coupon.VoucherID) (coupon.VoucherView, error) {
	if err := c.By.May(p); err != nil {
		return coupon.VoucherView{}, err
	}
	return a.app.Store.Voucher(ctx, id)
}

// action returns an endpoint that does something to a voucher, with a reason.
func (a *API) action(run func(context.Context, app.Request, coupon.VoucherID, string) (coupon.Voucher, error)) func(context.Context, *call, *reasoned[coupon.VoucherID]) (kept[Voucher], error) {
	return func(ctx context.Context, c *call, in *reasoned[coupon.VoucherID]) (kept[Voucher], error) {
		return a.changed(ctx, c, in.ID, func(req app.Request) (coupon.Voucher, error) { return run(ctx, req, in.ID, in.Body.Reason) })
	}
}

type extension struct {
	ExpiresAt time.Time `json:"expires_at" doc:"The first moment that is too late"`
	Reason    string    `json:"reason,omitempty" maxLength:"500"`
}

func (a *API) extend(ctx context.Context, c *call, in *struct {
	byID[coupon.VoucherID]
	Body extension
}) (kept[Voucher], error) {
	return a.changed(ctx, c, in.ID, func(req app.Request) (coupon.Voucher, error) {
		return a.app.Extend(ctx, req, in.ID, in.Body.ExpiresAt, in.Body.Reason)
	})
}

type reassignment struct {
	Customer customerRef `json:"customer"`
	Reason   string      `json:"reason,omitempty" maxLength:"500"`
}

func (a *API) reassign(ctx context.Context, c *call, in *struct {
	byID[coupon.VoucherID]
	Body reassignment
}) (kept[Voucher], error) {
	return a.changed(ctx, c, in.ID, func(req app.Request) (coupon.Voucher, error) {
		return a.app.Reassign(ctx, req, in.ID, in.Body.Customer.ref(), in.Body.Reason)
	})
}

type replacement struct {
	Reason    string     `json:"reason" maxLength:"500"`
	Value     *value     `json:"value,omitempty" doc:"Another worth; the old one's when left out"`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"The old one's when left out"`
}

// replace answers with the new voucher. Its code is told by reveal, to keys that may.
func (a *API) replace(ctx context.Context, c *call, in *struct {
	byID[coupon.VoucherID]
	Body replacement
}) (kept[Voucher], error) {
	before, err := a.before(ctx, c, coupon.IssueVouchers, in.ID)
	if err != nil {
		return kept[Voucher]{}, err
	}
	input := app.ReplaceInput{Value: in.Body.Value.value(), ExpiresAt: utc(in.Body.ExpiresAt), Reason: in.Body.Reason}
	show := func(r coupon.Replaced) Voucher {
		fresh := coupon.VoucherView{Voucher: r.New, Kind: before.Kind, CampaignState: before.CampaignState, BatchState: coupon.BatchActive, Doc: before.Doc}
		if input.Value != nil {
			fresh.Doc.Value = *input.Value
		}
		return a.voucherOf(&fresh)
	}
	return once(c, http.StatusCreated, show, func(req app.Request) (coupon.Replaced, error) {
		out, _, err := a.app.Replace(ctx, req, in.ID, input)
		return out, err
	})
}
