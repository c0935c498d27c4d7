package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Use is what a validation, a hold or a redemption names: vouchers, and what for.
type Use struct {
	Code        string            `json:"code,omitempty" minLength:"1" maxLength:"512" doc:"As it was typed; case, spaces and hyphens do not matter"`
	Codes       []codeItem        `json:"codes,omitempty" minItems:"1" maxItems:"30" doc:"Instead of code: several vouchers, all of them or none"`
	Voucher     coupon.VoucherID  `json:"voucher,omitempty" maxLength:"100" doc:"Instead of a code, where it is known already"`
	Money       *Money            `json:"money,omitempty" doc:"How much of a stored value to use"`
	Order       *order            `json:"order,omitempty" doc:"What the vouchers are applied to"`
	Customer    customerRef       `json:"customer,omitempty" doc:"Redeeming makes an unknown source_id a customer"`
	Location    coupon.LocationID `json:"location,omitempty" maxLength:"100"`
	Reference   string            `json:"reference,omitempty" maxLength:"200" doc:"The caller's own; that of the order when left out"`
	Transaction *transaction      `json:"transaction,omitempty" doc:"What it is for"`
	Apply       string            `json:"apply,omitempty" enum:"all,possible" doc:"Of an order. all when left out: one refusal refuses everything; possible leaves out what is refused"`
	Client      string            `json:"client,omitempty" maxLength:"200" doc:"The visitor's address or id: who tries wrong codes has to wait, and nobody else"`
}

// MaxBody lets an order of 10,000 lines in.
func (Use) MaxBody() int64 { return 4 << 20 }

// transaction is what a redemption is for.
type transaction struct {
	Type      coupon.TransactionType `json:"type,omitempty" enum:"top_up,purchase,package_purchase,registration,upgrade,order,other"`
	Reference string                 `json:"reference,omitempty" maxLength:"200"`
}

// codeItem is a code, with how much of its stored value to use.
type codeItem struct{ partOfCode }

type partOfCode struct {
	Code   string `json:"code" minLength:"1" maxLength:"512"`
	Amount *int64 `json:"amount,omitempty" minimum:"1" doc:"Minor units of the order's currency; of the organisation's without an order"`
}

func (c *codeItem) forms() (any, any) { return &c.Code, &c.partOfCode }

// Schema documents both.
func (codeItem) Schema(r huma.Registry) *huma.Schema {
	least, most := 1, 512
	return &huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeString, MinLength: &least, MaxLength: &most}, r.Schema(reflect.TypeFor[partOfCode](), true, "")}}
}

// input checks that vouchers are named, and how.
func (a *API) input(ctx context.Context, u *Use) (app.RedeemInput, error) {
	in := app.RedeemInput{
		Code: u.Code, Voucher: u.Voucher, Money: u.Money.amount(), Customer: u.Customer.ref(), Location: u.Location, Reference: u.Reference, Channel: coupon.ViaAPI,
		Order: u.Order.order(), Possible: u.Apply == "possible",
	}
	if u.Transaction != nil {
		in.Transaction = coupon.Transaction(*u.Transaction)
	}
	named := 0
	for _, given := range []bool{u.Code != "", u.Voucher != "", len(u.Codes) > 0} {
		if given {
			named++
		}
	}
	switch {
	case named == 0:
		return in, fault.Field("code", needed)
	case named > 1:
		return in, fault.Field("code", "Name one voucher: by code, codes or voucher.")
	case in.Possible && u.Order == nil:
		return in, fault.Field("apply", "What is possible is worked out on an order.")
	case in.Money != nil && (len(u.Codes) > 1 || len(u.Codes) == 1 && u.Codes[0].Amount != nil):
		return in, fault.Field("money", "With codes, an amount stands beside its code.")
	}
	if err := u.Order.oneCurrency(); err != nil {
		return in, err
	}
	return in, a.items(ctx, u, &in)
}

// items puts several codes into an input.
func (a *API) items(ctx context.Context, u *Use, in *app.RedeemInput) error {
	asset := money.Asset("")
	if u.Order != nil {
		asset = money.Asset(u.Order.Currency)
	}
	for i := range u.Codes {
		item := app.Named{Code: u.Codes[i].Code, Money: in.Money}
		if part := u.Codes[i].Amount; part != nil {
			if asset == "" {
				org, err := a.app.Organisation(ctx)
				if err != nil {
					return err
				}
				asset = money.Asset(org.Currency)
			}
			item.Money = &money.Amount{Minor: *part, Asset: asset}
		}
		in.Items = append(in.Items, item)
	}
	return nil
}

// guarded runs what was given codes. A client of the caller's who tries wrong ones
// has to wait; the key itself never has to.
func (a *API) guarded(ctx context.Context, c *call, client string, run func() ([]coupon.Verdict, error)) error {
	wrong, err := a.app.ForClient(ctx, c.By, client, run)
	a.watch(c, wrong.Codes)
	return err
}

// watch counts wrong codes for the operator's alarm.
func (a *API) watch(c *call, wrong int) {
	for range wrong {
		a.guesses.wrong(c.By.ID, a.now())
	}
}

// redemption is one use of one voucher.
type redemption struct {
	ID          coupon.RedemptionID `json:"id"`
	Checkout    coupon.CheckoutID   `json:"checkout"`
	Voucher     coupon.VoucherID    `json:"voucher"`
	Campaign    coupon.CampaignID   `json:"campaign"`
	Serial      string              `json:"serial"`
	Tail        string              `json:"tail"`
	Money       *Money              `json:"money" doc:"What it gave, null where no amount is known"`
	Customer    *coupon.CustomerID  `json:"customer"`
	Channel     coupon.Channel      `json:"channel"`
	Location    *coupon.LocationID  `json:"location"`
	Reference   *string             `json:"reference"`
	Transaction *transaction        `json:"transaction"`
	Hold        *coupon.HoldID      `json:"hold"`
	By          actor               `json:"by"`
	Reversed    *Money              `json:"reversed" doc:"What was given back so far"`
	Returned    bool                `json:"returned" doc:"Whether it is wholly reversed"`
	Reversals   []reversal          `json:"reversals" nullable:"false"`
	At          time.Time           `json:"at"`
}

func redemptionOf(r *coupon.RedemptionView) redemption {
	return redemption{
		ID: r.ID, Checkout: r.Checkout, Voucher: r.Voucher, Campaign: r.Campaign, Serial: r.Serial, Tail: r.Tail, Money: moneyOf(r.Money),
		Customer: orNil(r.Customer), Channel: r.Channel, Location: orNil(r.Location), Reference: orNil(r.Reference), Transaction: orNil(transaction(r.Transaction)),
		Hold: orNil(r.Hold), By: actorOf(r.By), Reversed: moneyOf(money.Amount{Minor: r.Reversed, Asset: r.Money.Asset}), Returned: r.Returned,
		Reversals: each(r.Reversals, reversalOf), At: r.At,
	}
}

// redeemed is the answer to a redemption.
type redeemed struct {
	Checkout    coupon.CheckoutID  `json:"checkout"`
	Redemptions []redemption       `json:"redemptions" nullable:"false"`
	Order       *shown             `json:"order" doc:"What the order comes to; null without one"`
	Vouchers    []validatedVoucher `json:"vouchers" nullable:"false" doc:"Of an order: each voucher as it was named, with what it gave or why not"`
	Balances    []balance          `json:"balances" nullable:"false" doc:"Of the customer, in what moved"`
}

func redeemedOf(r coupon.Redeemed) redeemed {
	return redeemed{Checkout: r.Checkout, Balances: balancesOf(r.Balances), Order: (*shown)(r.Order), Vouchers: verdictsOf(r.Order, r.Vouchers), Redemptions: each(r.Redemptions, func(one *coupon.Redemption) redemption {
		return redemptionOf(&coupon.RedemptionView{Redemption: *one})
	})}
}

type newRedemption struct {
	Use
	Hold coupon.HoldID `json:"hold,omitempty" maxLength:"100" doc:"Redeems what was held, instead of naming a voucher"`
}

func (a *API) redeem(ctx context.Context, c *call, in *struct{ Body newRedemption }) (kept[redeemed], error) {
	input, err := a.redeemInput(ctx, &in.Body)
	if err != nil {
		return kept[redeemed]{}, err
	}
	return once(c, http.StatusCreated, redeemedOf, func(req app.Request) (out coupon.Redeemed, err error) {
		err = a.guarded(ctx, c, in.Body.Client, func() ([]coupon.Verdict, error) {
			out, err = a.app.Redeem(ctx, req, input)
			return out.Vouchers, err
		})
		return out, err
	})
}

// nothing takes what redeem takes and touches no database.
func (a *API) nothing(context.Context, *call, *struct{ Body newRedemption }) (struct{}, error) {
	return struct{}{}, nil
}

func (a *API) redeemInput(ctx context.Context, n *newRedemption) (app.RedeemInput, error) {
	if n.Hold == "" {
		return a.input(ctx, &n.Use)
	}
	if n.Code != "" || n.Voucher != "" || len(n.Codes) > 0 || n.Money != nil || n.Order != nil {
		return app.RedeemInput{}, fault.Field("hold", "A hold is redeemed as it was taken: name no voucher, no amount and no order beside it.")
	}
	in := app.RedeemInput{Hold: n.Hold, Customer: n.Customer.ref(), Location: n.Location, Reference: n.Reference, Channel: coupon.ViaAPI}
	if n.Transaction != nil {
		in.Transaction = coupon.Transaction(*n.Transaction)
	}
	return in, nil
}

// validation says what a redemption would do.
type validation struct {
	Valid    bool               `json:"valid"`
	Vouchers []validatedVoucher `json:"vouchers" nullable:"false"`
	Order    *shown             `json:"order" doc:"What the order comes to; without vouchers, when they are refused; null without an order"`
}

func (a *API) validate(ctx context.Context, c *call, in *struct{ Body Use }) (out validation, err error) {
	input, err := a.input(ctx, &in.Body)
	if err != nil {
		return out, err
	}
	var check app.Check
	err = a.guarded(ctx, c, in.Body.Client, func() ([]coupon.Verdict, error) {
		check, err = a.app.Validate(ctx, c.Request, input)
		return check.Vouchers, err
	})
	if err != nil {
		return out, err
	}
	out = validation{Valid: check.Result != nil, Order: (*shown)(check.Order), Vouchers: verdictsOf(check.Order, check.Vouchers)}
	if len(check.Vouchers) == 0 {
		out.Vouchers = []validatedVoucher{alone(check)}
	}
	return out, nil
}

func verdictsOf(o *coupon.Priced, list []coupon.Verdict) []validatedVoucher {
	currency := ""
	if o != nil {
		currency = string(o.Currency)
	}
	return each(list, validatedOf(currency))
}

// alone is what is said of one voucher without an order.
func alone(check app.Check) validatedVoucher {
	v := validatedVoucher{Voucher: orNil(check.Voucher.ID), Tail: check.Voucher.Tail, Valid: check.Result != nil}
	if f := check.Refusal; f != nil {
		v.Reason, v.Text = &f.Code, &f.Msg
		return v
	}
	m := check.Result.Redemptions[0].Money
	v.Currency, v.Wanted = orNil(string(m.Asset)), m.Minor
	if _, stored := check.Voucher.Doc.Stored(check.Voucher.Kind); stored {
		v.Paid = m.Minor
	} else {
		v.Discount = m.Minor
	}
	return v
}

func (a *API) redemptions(ctx context.Context, c *call, in *struct {
	Voucher   coupon.VoucherID  `query:"voucher" maxLength:"100"`
	Customer  coupon.CustomerID `query:"customer" maxLength:"100"`
	Campaign  coupon.CampaignID `query:"campaign" maxLength:"100"`
	Checkout  coupon.CheckoutID `query:"checkout" maxLength:"100"`
	Location  coupon.LocationID `query:"location" maxLength:"100"`
	Reference string            `query:"reference" maxLength:"200"`
	From      time.Time         `query:"from"`
	To        time.Time         `query:"to"`
	paging
}) (list[redemption], error) {
	f := coupon.RedemptionFilter{
		Voucher: in.Voucher, Customer: in.Customer, Campaign: in.Campaign, Checkout: in.Checkout, Location: in.Location, Reference: in.Reference, From: in.From, To: in.To,
	}
	p, err := a.app.Redemptions(ctx, c.By, f, in.paging.paging())
	return listOf(p, redemptionOf), err
}

func (a *API) redemption(ctx context.Context, c *call, in *byID[coupon.RedemptionID]) (redemption, error) {
	r, err := a.app.Redemption(ctx, c.By, in.ID)
	return redemptionOf(&r), err
}
