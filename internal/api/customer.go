package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// customer is somebody who holds vouchers or a balance.
type customer struct {
	ID        coupon.CustomerID `json:"id"`
	SourceID  *string           `json:"source_id" doc:"The caller's own id"`
	Name      string            `json:"name"`
	Email     *string           `json:"email"`
	Mobile    *string           `json:"mobile" doc:"E.164"`
	MemberID  *string           `json:"member_id"`
	Groups    []string          `json:"groups" nullable:"false"`
	Language  *string           `json:"language"`
	Consent   map[string]bool   `json:"consent" doc:"By channel: email, sms"`
	State     string            `json:"state" doc:"active or blocked"`
	Metadata  map[string]string `json:"metadata"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

func customerOf(c *coupon.Customer) customer {
	out := customer{
		ID: c.ID, SourceID: orNil(c.SourceID), Name: c.Name, Email: orNil(c.Email), Mobile: orNil(c.Mobile), MemberID: orNil(c.MemberID),
		Groups: append([]string{}, c.Groups...), Language: orNil(c.Language), Consent: c.Consent, State: "active", Metadata: metadata(c.Metadata),
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
	if out.Consent == nil {
		out.Consent = map[string]bool{}
	}
	if c.Blocked {
		out.State = "blocked"
	}
	return out
}

func showCustomer(c coupon.Customer) customer { return customerOf(&c) }

// customerChange is what may be said of a customer.
type customerChange struct {
	SourceID *string           `json:"source_id,omitempty" maxLength:"200" doc:"The caller's own id"`
	Name     *string           `json:"name,omitempty" maxLength:"200"`
	Email    *string           `json:"email,omitempty" maxLength:"254"`
	Mobile   *string           `json:"mobile,omitempty" maxLength:"40" doc:"With its country code"`
	MemberID *string           `json:"member_id,omitempty" maxLength:"100"`
	Groups   []string          `json:"groups,omitempty" maxItems:"100" maxLength:"100"`
	Language *string           `json:"language,omitempty" maxLength:"35" doc:"BCP 47, such as en or zh-Hans"`
	Consent  map[string]bool   `json:"consent,omitempty" maxProperties:"20" doc:"By channel: email, sms"`
	State    string            `json:"state,omitempty" enum:"active,blocked"`
	Metadata map[string]string `json:"metadata,omitempty" maxProperties:"50"`
}

func (c *customerChange) input() app.CustomerInput {
	in := app.CustomerInput{
		SourceID: c.SourceID, Name: c.Name, Email: c.Email, Mobile: c.Mobile, MemberID: c.MemberID, Language: c.Language, Groups: c.Groups, Consent: c.Consent, Metadata: c.Metadata,
	}
	if c.State != "" {
		in.Blocked = new(c.State == "blocked")
	}
	return in
}

// createCustomer answers 409 with who has it when a natural key is taken.
func (a *API) createCustomer(ctx context.Context, c *call, in *struct{ Body customerChange }) (kept[customer], error) {
	return once(c, http.StatusCreated, showCustomer, func(req app.Request) (coupon.Customer, error) {
		return a.app.CreateCustomer(ctx, req, in.Body.input())
	})
}

func (a *API) changeCustomer(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	Body customerChange
}) (kept[customer], error) {
	return once(c, http.StatusOK, showCustomer, func(req app.Request) (coupon.Customer, error) {
		return a.app.ChangeCustomer(ctx, req, in.ID, in.Body.input())
	})
}

func (a *API) customers(ctx context.Context, c *call, in *struct {
	Search   string `query:"search" maxLength:"254" doc:"Begins the name or e-mail, is the member id or source id, or ends the mobile number"`
	Group    string `query:"group" maxLength:"100"`
	SourceID string `query:"source_id" maxLength:"200" doc:"Finds the one with this id of the caller's"`
	paging
}) (list[customer], error) {
	if in.SourceID != "" {
		return a.customerBySource(ctx, c, in.SourceID)
	}
	p, err := a.app.Customers(ctx, c.By, coupon.CustomerFilter{Search: in.Search, Group: in.Group}, in.paging.paging())
	return listOf(p, customerOf), err
}

func (a *API) customerBySource(ctx context.Context, c *call, source string) (list[customer], error) {
	found, err := a.app.FindCustomer(ctx, c.By, coupon.SourceKey(source))
	switch {
	case err == nil:
		return list[customer]{Data: []customer{customerOf(&found)}}, nil
	case fault.Of(err).Kind == fault.NotFound:
		return list[customer]{Data: []customer{}}, nil
	}
	return list[customer]{}, err
}

func (a *API) customer(ctx context.Context, c *call, in *byID[coupon.CustomerID]) (customer, error) {
	found, err := a.app.Customer(ctx, c.By, in.ID)
	return customerOf(&found), err
}

func (a *API) balances(ctx context.Context, c *call, in *byID[coupon.CustomerID]) (list[Money], error) {
	owned, err := a.app.Balances(ctx, c.By, in.ID)
	return list[Money]{Data: each(owned, func(b *coupon.Balance) Money { return Money{b.Minor, string(b.Asset)} })}, err
}

// entry is one line of a customer's ledger.
type entry struct {
	Posting    string               `json:"posting" doc:"Shared by the lines of one fact"`
	Kind       coupon.PostingKind   `json:"kind" doc:"issue, top_up, spend, end, lapse, revive, reverse or adjust"`
	Money      *Money               `json:"money" doc:"Below zero: taken away"`
	Balance    int64                `json:"balance" doc:"What the customer owned after it, minor units"`
	Voucher    *coupon.VoucherID    `json:"voucher"`
	Redemption *coupon.RedemptionID `json:"redemption"`
	At         time.Time            `json:"at"`
}

func entryOf(e *coupon.EntryView) entry {
	return entry{e.Posting, e.Kind, moneyOf(money.Amount{Minor: e.Minor, Asset: e.Asset}), e.After, orNil(e.Voucher), orNil(e.Redemption), e.At}
}

func (a *API) entries(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	paging
}) (list[entry], error) {
	p, err := a.app.Entries(ctx, c.By, in.ID, in.paging.paging())
	return ofCustomer(ctx, a, in.ID, listOf(p, entryOf), err)
}

func (a *API) customerVouchers(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	voucherFilter
	paging
}) (list[Voucher], error) {
	f := in.filter()
	f.OfOwner = in.ID
	out, err := a.listVouchers(ctx, c, f, in.paging)
	return ofCustomer(ctx, a, in.ID, out, err)
}

func (a *API) customerEvents(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	eventFilter
	paging
}) (list[event], error) {
	f := in.filter()
	f.Customer = in.ID
	out, err := a.listEvents(ctx, c, f, in.paging)
	return ofCustomer(ctx, a, in.ID, out, err)
}

// ofCustomer tells a customer without any from one who does not exist.
func ofCustomer[R any](ctx context.Context, a *API, id coupon.CustomerID, out list[R], err error) (list[R], error) {
	if err == nil && len(out.Data) == 0 {
		_, err = a.app.Store.Customer(ctx, id)
	}
	return out, err
}

type adjustment struct {
	Money  Money  `json:"money" doc:"Below zero takes away"`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

// adjusted is a balance after an adjustment.
type adjusted struct {
	Balances []balance `json:"balances" nullable:"false"`
}

func (a *API) adjust(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	Body adjustment
}) (kept[adjusted], error) {
	show := func(b coupon.Balance) adjusted { return adjusted{balancesOf([]coupon.Balance{b})} }
	return once(c, http.StatusCreated, show, func(req app.Request) (coupon.Balance, error) {
		return a.app.Adjust(ctx, req, in.ID, *in.Body.Money.amount(), in.Body.Reason)
	})
}
