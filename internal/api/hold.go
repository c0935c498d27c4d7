package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// hold is a short reservation between validation and redemption.
type hold struct {
	ID        coupon.HoldID      `json:"id"`
	State     coupon.HoldState   `json:"state" doc:"open, released or consumed; an open one is over at expires_at"`
	Customer  *coupon.CustomerID `json:"customer"`
	Vouchers  []heldVoucher      `json:"vouchers" nullable:"false"`
	Order     *shown             `json:"order,omitempty" doc:"What the order comes to; said when the hold is taken"`
	Refused   []refusedVoucher   `json:"refused,omitempty" doc:"What was left out, where what is possible was asked for; said when the hold is taken"`
	CreatedAt time.Time          `json:"created_at"`
	ExpiresAt time.Time          `json:"expires_at"`
}

// heldVoucher is one voucher of a hold.
type heldVoucher struct {
	Voucher coupon.VoucherID `json:"voucher"`
	Tail    string           `json:"tail"`
	Money   *Money           `json:"money" doc:"What is held of a stored value"`
}

func holdOf(h coupon.Hold) hold {
	return hold{
		ID: h.ID, State: h.State, Customer: orNil(h.Customer), CreatedAt: h.CreatedAt, ExpiresAt: h.ExpiresAt,
		Vouchers: each(h.Request.Items, func(it *coupon.HeldItem) heldVoucher {
			return heldVoucher{it.Voucher, it.Tail, moneyOf(it.Money)}
		}),
	}
}

type newHold struct {
	Use
	Seconds int64 `json:"seconds" minimum:"1" maximum:"900"`
}

func (a *API) hold(ctx context.Context, c *call, in *struct{ Body newHold }) (kept[hold], error) {
	input, err := a.input(ctx, &in.Body.Use)
	if err != nil {
		return kept[hold]{}, err
	}
	length := time.Duration(in.Body.Seconds) * time.Second
	show := func(h coupon.Held) hold {
		out := holdOf(h.Hold)
		out.Order, out.Refused = (*shown)(h.Order), refusedOf(&coupon.Rejection{Vouchers: h.Vouchers})
		return out
	}
	return once(c, http.StatusCreated, show, func(req app.Request) (out coupon.Held, err error) {
		err = a.guarded(ctx, c, in.Body.Client, func() ([]coupon.Verdict, error) {
			out, err = a.app.Hold(ctx, req, input, length)
			return out.Vouchers, err
		})
		return out, err
	})
}

func (a *API) release(ctx context.Context, c *call, in *byID[coupon.HoldID]) (kept[hold], error) {
	return once(c, http.StatusOK, holdOf, func(req app.Request) (coupon.Hold, error) { return a.app.ReleaseHold(ctx, req, in.ID) })
}
