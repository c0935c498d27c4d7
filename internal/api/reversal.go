package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// reversal undoes a redemption, wholly or in part.
type reversal struct {
	ID         coupon.ReversalID   `json:"id"`
	Redemption coupon.RedemptionID `json:"redemption"`
	Voucher    coupon.VoucherID    `json:"voucher"`
	Money      *Money              `json:"money" doc:"What it gave back"`
	Whole      bool                `json:"whole" doc:"Whether it gave the use back"`
	Reason     string              `json:"reason"`
	By         actor               `json:"by"`
	At         time.Time           `json:"at"`
}

func reversalOf(r *coupon.Reversal) reversal {
	return reversal{r.ID, r.Redemption, r.Voucher, moneyOf(r.Money), r.Whole, r.Reason, actorOf(r.By), r.At}
}

// reversed is the answer to a reversal.
type reversed struct {
	Reversals []reversal `json:"reversals" nullable:"false"`
	Balances  []balance  `json:"balances" nullable:"false" doc:"Of the customer, in what moved"`
}

type newReversal struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
	Money  *Money `json:"money,omitempty" doc:"All that is left when left out"`
}

func (a *API) reverse(ctx context.Context, c *call, in *struct {
	byID[coupon.RedemptionID]
	Body newReversal
}) (kept[reversed], error) {
	show := func(u coupon.Undone) reversed {
		return reversed{[]reversal{reversalOf(&u.Reversal)}, balancesOf(u.Balances)}
	}
	return once(c, http.StatusCreated, show, func(req app.Request) (coupon.Undone, error) {
		return a.app.Reverse(ctx, req, in.ID, in.Body.Money.amount(), in.Body.Reason)
	})
}
