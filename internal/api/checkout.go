package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// checkout is the vouchers of one order that were redeemed together.
type checkout struct {
	ID        coupon.CheckoutID  `json:"id"`
	Customer  *coupon.CustomerID `json:"customer"`
	Reference *string            `json:"reference"`
	Channel   coupon.Channel     `json:"channel"`
	Location  *coupon.LocationID `json:"location"`
	Order     *shown             `json:"order" doc:"As it was redeemed"`
	Returned  []returnLine       `json:"returned" nullable:"false" doc:"Units that came back"`
	Reversed  bool               `json:"reversed" doc:"Whether all of its vouchers are wholly reversed"`
	By        actor              `json:"by"`
	At        time.Time          `json:"at"`
}

// returnLine is some units of a line.
type returnLine struct {
	ID       string `json:"id" minLength:"1" maxLength:"200"`
	Quantity int64  `json:"quantity" minimum:"1"`
}

func checkoutOf(k *coupon.Checkout) checkout {
	out := checkout{
		ID: k.ID, Customer: orNil(k.Customer), Reference: orNil(k.Reference), Channel: k.Channel, Location: orNil(k.Location), Order: (*shown)(&k.Priced),
		Returned: []returnLine{}, Reversed: k.Open == 0, By: actorOf(k.By), At: k.At,
	}
	for _, l := range k.Order.Lines {
		if n := k.Back.Units[l.ID]; n > 0 {
			out.Returned = append(out.Returned, returnLine{l.ID, n})
		}
	}
	return out
}

func (a *API) checkouts(ctx context.Context, c *call, in *struct {
	Customer  coupon.CustomerID `query:"customer" maxLength:"100"`
	Reference string            `query:"reference" maxLength:"200"`
	paging
}) (list[checkout], error) {
	p, err := a.app.Checkouts(ctx, c.By, coupon.CheckoutFilter{Customer: in.Customer, Reference: in.Reference}, in.paging.paging())
	return listOf(p, checkoutOf), err
}

func (a *API) checkout(ctx context.Context, c *call, in *byID[coupon.CheckoutID]) (checkout, error) {
	k, err := a.app.Checkout(ctx, c.By, in.ID)
	return checkoutOf(&k), err
}

type newCheckoutReversal struct {
	Reason string       `json:"reason" minLength:"1" maxLength:"500"`
	Lines  []returnLine `json:"lines,omitempty" minItems:"1" maxItems:"10000" doc:"What came back; all that is left when left out"`
}

func (a *API) reverseCheckout(ctx context.Context, c *call, in *struct {
	byID[coupon.CheckoutID]
	Body newCheckoutReversal
}) (kept[reversed], error) {
	show := func(u coupon.UndoneCheckout) reversed {
		return reversed{each(u.Reversals, reversalOf), balancesOf(u.Balances)}
	}
	return once(c, http.StatusCreated, show, func(req app.Request) (coupon.UndoneCheckout, error) {
		lines := each(in.Body.Lines, func(l *returnLine) coupon.ReturnLine { return coupon.ReturnLine(*l) })
		return a.app.ReverseCheckout(ctx, req, in.ID, lines, in.Body.Reason)
	})
}
