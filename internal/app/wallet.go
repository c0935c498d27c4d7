package app

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/seal"
)

// Own is one of the signed-in customer's vouchers, as its page shows it.
type Own struct {
	coupon.VoucherView
	Instructions string
	TermsText    string
	Code         string // in clear, for its holder; "" where it is not theirs to use
}

// OwnVoucher returns a voucher that the signed-in customer holds or has used. Somebody
// else's is not found, as an unknown one; the try leaves an event.
func (a *App) OwnVoucher(ctx context.Context, req Request, voucher coupon.VoucherID) (Own, error) {
	none := fault.New(fault.NotFound, "not_found", "There is no such voucher.")
	me := req.By.Customer
	if me == "" {
		return Own{}, ErrForbidden
	}
	if !id.Valid("vch", string(voucher)) {
		return Own{}, none
	}
	v, err := a.Store.Voucher(ctx, voucher)
	if err != nil {
		if fault.Of(err).Kind == fault.NotFound {
			return Own{}, none
		}
		return Own{}, err
	}
	if v.Holder != me && v.LastCustomer != me {
		ev := a.event(req, coupon.EventAccessRefused, string(v.ID), map[string]any{"door": "portal"})
		ev.Customer = me
		if _, err := do[int](ctx, a, Request{By: req.By, ID: req.ID, Address: req.Address}, coupon.Record{Events: []coupon.Event{ev}}); err != nil {
			return Own{}, err
		}
		return Own{}, none
	}
	c, err := a.Store.Campaign(ctx, v.Campaign)
	if err != nil {
		return Own{}, err
	}
	own := Own{VoucherView: v, Instructions: c.Instructions, TermsText: c.TermsText}
	if v.Holder == me || v.Public {
		own.Code, err = a.Keys.Open(v.Sealed, string(v.ID))
	}
	return own, err
}

// Over reports whether a voucher belongs to a wallet's history.
func Over(s coupon.Status) bool {
	switch s {
	case coupon.StatusDeleted, coupon.StatusVoid, coupon.StatusRedeemed, coupon.StatusExpired:
		return true
	}
	return false
}

// walletScan is how many pages of the store one page of a wallet looks through, so
// that a customer with thousands of used vouchers costs no more than that.
const walletScan = 10

// WalletTab lists the signed-in customer's vouchers that can be used, or those of the
// history, newest first. A page may hold more rows than asked for.
func (a *App) WalletTab(ctx context.Context, by By, over bool, p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
	var out coupon.Page[coupon.VoucherView]
	want := p.Limit
	for range walletScan {
		page, err := a.Wallet(ctx, by, coupon.VoucherFilter{}, coupon.Paging{After: p.After, Limit: 200})
		if err != nil {
			return out, err
		}
		for i := range page.Rows {
			if Over(page.Rows[i].Shown(a.Now())) == over {
				out.Rows = append(out.Rows, page.Rows[i])
			}
		}
		out.Next, p.After = page.Next, page.Next
		if out.Next == "" || len(out.Rows) >= want {
			break
		}
	}
	return out, nil
}

// topUpAnswer is what is kept of a top-up under its form's nonce.
type topUpAnswer struct {
	Redemption coupon.RedemptionID `json:"redemption,omitempty"`
	Kind       fault.Kind          `json:"kind,omitempty"`
	Reason     string              `json:"reason,omitempty"`
	Voucher    coupon.VoucherID    `json:"voucher,omitempty"`
}

// AddVoucher is UseVoucher for a form that may be sent twice: the same nonce with the
// same number gives the first outcome again. It returns the redemption.
func (a *App) AddVoucher(ctx context.Context, req Request, nonce, number string) (coupon.RedemptionID, error) {
	canonical, err := coupon.Canonical(number)
	if err != nil {
		return "", err
	}
	once := &Once{Asked: []byte(canonical), Render: func(result any, err error) []byte {
		body, _ := json.Marshal(answerOf(result, err)) // strings always marshal
		return body
	}}
	if len(nonce) >= 16 && len(nonce) <= 64 {
		once.Key = "top-up:" + nonce + ":" + a.Keys.Fingerprint(canonical)
	}
	req.Once = once
	out, err := a.UseVoucher(ctx, req, number)
	if errors.Is(err, Replay{}) {
		return a.answeredBefore(ctx, req.By, number, once.Body)
	}
	if err != nil {
		return "", err
	}
	return out.Redemptions[0].ID, nil
}

func answerOf(result any, err error) topUpAnswer {
	if e := fault.Of(err); e != nil {
		was := topUpAnswer{Kind: e.Kind, Reason: e.Code}
		was.Voucher = coupon.RefusedVoucher(e)
		return was
	}
	out, _ := result.(coupon.Redeemed)
	if len(out.Redemptions) == 0 {
		return topUpAnswer{}
	}
	return topUpAnswer{Redemption: out.Redemptions[0].ID}
}

// answeredBefore gives the first outcome again, to strangers without its reason, as
// UseVoucher did.
func (a *App) answeredBefore(ctx context.Context, by By, number string, body []byte) (coupon.RedemptionID, error) {
	var was topUpAnswer
	if err := json.Unmarshal(body, &was); err != nil {
		return "", err
	}
	switch {
	case was.Reason == "":
		return was.Redemption, nil
	case was.Kind == fault.NotFound:
		if err := a.mistyped(ctx, []string{number}, nil, coupon.ErrNotFound); errors.Is(err, coupon.ErrMistyped) {
			return "", err
		}
		return "", ErrStranger
	case was.Kind == fault.Refused && !a.isTheirs(ctx, was.Voucher, by.Customer):
		return "", ErrStranger
	}
	return "", fault.New(was.Kind, was.Reason, "This was refused before.")
}

// SaveProfile changes the signed-in customer's own language and consent per channel.
func (a *App) SaveProfile(ctx context.Context, req Request, language string, consent map[string]bool) (coupon.Customer, error) {
	if req.By.Customer == "" {
		return coupon.Customer{}, ErrForbidden
	}
	want, err := a.Store.Customer(ctx, req.By.Customer)
	if err != nil {
		return want, err
	}
	in := CustomerInput{Language: &language, Consent: map[string]bool{}}
	for _, channel := range []string{"email", "sms"} {
		in.Consent[channel] = consent[channel]
	}
	if err := in.apply(&want, ""); err != nil {
		return want, err
	}
	change := func(c *coupon.Customer) { c.Language, c.Consent = want.Language, want.Consent }
	return do[coupon.Customer](ctx, a, req, coupon.ChangeCustomer{ID: want.ID, Want: want, Change: change, By: req.By.Actor})
}

// HasPassword reports whether the signed-in customer has a password for the portal.
func (a *App) HasPassword(ctx context.Context, by By) (bool, error) {
	hash, err := a.ownPassword(ctx, by)
	return hash != "", err
}

func (a *App) ownPassword(ctx context.Context, by By) (string, error) {
	if by.Customer == "" {
		return "", ErrForbidden
	}
	hash, err := a.Store.CustomerPassword(ctx, by.Customer)
	if err != nil && fault.Of(err).Kind == fault.NotFound {
		return "", nil
	}
	return hash, err
}

// ChangeOwnPassword gives the signed-in customer another password, against the present
// one if there is one, and signs them out everywhere but in the session of the token.
func (a *App) ChangeOwnPassword(ctx context.Context, req Request, token, old, fresh string) error {
	hash, err := a.ownPassword(ctx, req.By)
	if err != nil {
		return err
	}
	if hash, err = a.newPassword(ctx, guesserCustomer+string(req.By.Customer), hash, old, fresh); err != nil {
		return err
	}
	ev := a.event(req, coupon.EventPasswordChanged, req.By.ID, nil)
	ev.Customer = req.By.Customer
	if err := a.Store.SetCustomerPassword(ctx, req.By.Customer, hash, a.Now(), ev); err != nil {
		return err
	}
	return a.Store.EndSessions(ctx, "customer", req.By.ID, seal.HashToken(token))
}
