package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/seal"
)

const (
	codeLength = 15 * time.Minute // how long a sign-in code is good
	codeTries  = 5                // wrong tries before it is not
)

// ErrPortalSignIn is the one answer to every portal sign-in that fails.
var ErrPortalSignIn = fault.New(fault.Unauthenticated, "sign_in", "This does not fit. Check what you typed and try again.")

// contactKeys are the natural keys that a contact may mean, as typed, the likeliest first:
// an e-mail address and a mobile are somebody's own, before an id that others chose and
// that may look like one. Contacts that mean the same begin with the same key.
func (a *App) contactKeys(ctx context.Context, contact string) []coupon.CustomerKey {
	var keys []coupon.CustomerKey
	if email, ok := normalEmail(contact); ok {
		keys = append(keys, coupon.EmailKey(email))
	}
	probe := coupon.Customer{Mobile: contact}
	f := fields{}
	if normalise(&probe, a.region(ctx), &f); f.err() == nil && probe.Mobile != "" {
		keys = append(keys, coupon.MobileKey(probe.Mobile))
	}
	return append(keys, coupon.MemberKey(contact), coupon.SourceKey(contact))
}

// customerByContact finds a customer by e-mail, mobile or member id, as typed.
func (a *App) customerByContact(ctx context.Context, contact string) (c coupon.Customer, err error) {
	for _, key := range a.contactKeys(ctx, contact) {
		c, err = a.Store.CustomerByKey(ctx, key)
		if err == nil || fault.Of(err).Kind != fault.NotFound {
			break
		}
	}
	return c, err
}

// codePause is how long a customer's sign-in code is not sent again.
const codePause = time.Minute

// sendTakes is how long sending a code may take, the wait for others included.
const sendTakes = 30 * time.Second

// RequestSignInCode sends a one-time code to the contact, if somebody has it. The
// answer is the same whether anybody does, and whether one was sent just before; it does
// not wait for the sending, or its time would tell.
func (a *App) RequestSignInCode(ctx context.Context, req Request, contact string) error {
	return a.guess(ctx, []string{network(atPortal, req.Address)}, func() (int64, error) {
		a.behind.Go(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTakes)
			defer cancel()
			if err := a.sendSignInCode(ctx, req, contact); err != nil {
				a.Log.Warn("a sign-in code was not sent", "err", err)
			}
		})
		return missWeight, nil // every request counts: each may be a message somebody gets
	})
}

// sendSignInCode sends one code at a time: what is asked for twice at once is sent once.
func (a *App) sendSignInCode(ctx context.Context, req Request, contact string) error {
	if err := a.sending.take(ctx); err != nil {
		return err
	}
	defer a.sending.give()
	c, err := a.customerByContact(ctx, contact)
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return err
	}
	if err != nil || c.Blocked {
		return nil
	}
	now, code := a.Now(), seal.NewOneTimeCode(6)
	last, err := a.Store.SignInCode(ctx, c.ID)
	if err == nil && now.Before(last.ExpiresAt.Add(codePause-codeLength)) {
		return nil
	}
	if err := a.Store.PutSignInCode(ctx, coupon.SignInCode{Customer: c.ID, Digest: a.Keys.Digest("sign-in", []byte(string(c.ID)+code)), ExpiresAt: now.Add(codeLength)}); err != nil {
		return err
	}
	m := coupon.Message{ID: a.NewID("msg"), Customer: c.ID, Channel: "email", To: c.Email, Subject: "Your sign-in code", Purpose: coupon.PurposeSignIn, Gateway: coupon.OutboxGateway, State: coupon.MessageQueued, By: Program("portal").Actor, CreatedAt: now, UpdatedAt: now}
	if c.Email == "" {
		m.Channel, m.To = "sms", c.Mobile
	}
	m.Sealed = a.Keys.Seal(code, m.ID)
	ev := a.event(Request{By: Program("portal"), ID: req.ID, Address: req.Address}, coupon.EventMessageQueued, m.ID, map[string]any{"channel": m.Channel, "purpose": m.Purpose})
	ev.Customer = c.ID
	return a.Store.CreateMessage(ctx, m, ev)
}

// SignInWithCode checks a one-time code and returns a session token.
func (a *App) SignInWithCode(ctx context.Context, req Request, contact, code, agent string) (string, error) {
	c, unknown := a.customerByContact(ctx, contact)
	who := a.signInName(ctx, c, contact)
	err := a.guessSignIn(ctx, who, req.Address, byCode, func() (int64, error) {
		if unknown != nil || a.takeCode(ctx, c.ID, code) != nil {
			return missWeight, ErrPortalSignIn
		}
		return 0, nil
	})
	if err != nil {
		return "", err
	}
	return a.newSession(ctx, "customer", string(c.ID), req.Address, agent)
}

// takeCode uses a sign-in code up. A try is counted before it is judged, so that
// guesses in parallel have no more of them.
func (a *App) takeCode(ctx context.Context, id coupon.CustomerID, code string) error {
	if err := a.Store.BumpSignInCode(ctx, id); err != nil {
		return err
	}
	row, err := a.Store.SignInCode(ctx, id)
	if err != nil {
		return err
	}
	if row.Tries > codeTries || !a.Now().Before(row.ExpiresAt) || !a.Keys.DigestIs(row.Digest, "sign-in", []byte(string(id)+code)) {
		return ErrPortalSignIn
	}
	return a.Store.DropSignInCode(ctx, id)
}

// SignInCustomer checks a customer's password and returns a session token.
func (a *App) SignInCustomer(ctx context.Context, req Request, contact, password, agent string) (string, error) {
	c, err := a.customerByContact(ctx, contact)
	hash := ""
	if err == nil {
		hash, err = a.Store.CustomerPassword(ctx, c.ID)
	}
	known := err == nil && hash != "" && !c.Blocked
	who := a.signInName(ctx, c, contact)
	err = a.guessSignIn(ctx, who, req.Address, byPassword, func() (int64, error) {
		return a.passwordFits(ctx, known, hash, password, ErrPortalSignIn)
	})
	if err != nil {
		return "", err
	}
	return a.newSession(ctx, "customer", string(c.ID), req.Address, agent)
}

// SetCustomerPassword gives a customer a password for the portal: staff for anybody,
// a customer for themselves.
func (a *App) SetCustomerPassword(ctx context.Context, req Request, id coupon.CustomerID, password string) error {
	if req.By.Customer != id {
		if err := req.By.May(coupon.WriteCustomers); err != nil {
			return err
		}
	}
	f := fields{}
	f.take("password", seal.CheckPassword(password))
	if err := f.err(); err != nil {
		return err
	}
	if _, err := a.Store.Customer(ctx, id); err != nil {
		return err
	}
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	ev := a.event(req, coupon.EventPasswordChanged, string(id), nil)
	ev.Customer = id
	if err := a.Store.SetCustomerPassword(ctx, id, hash, a.Now(), ev); err != nil {
		return err
	}
	return a.Store.EndSessions(ctx, "customer", string(id), "")
}

// UseVoucher credits the signed-in customer's own balance with a coupon number
// (RF-11). What is somebody else's, ended or unknown gives the one refusal of
// strangers; the holder is told the reason.
func (a *App) UseVoucher(ctx context.Context, req Request, number string) (coupon.Redeemed, error) {
	in := RedeemInput{Code: number, Customer: coupon.CustomerRef{ID: req.By.Customer}, Channel: coupon.Portal, Transaction: coupon.Transaction{Type: coupon.TopUp}}
	var out coupon.Redeemed
	err := a.guess(ctx, []string{guesserCustomer + string(req.By.Customer), network(atNumbers, req.Address)}, func() (weight int64, err error) {
		out, err = a.redeem(ctx, req, in)
		e := fault.Of(err)
		switch {
		case e == nil || e.Kind != fault.Refused && e.Kind != fault.NotFound:
			return 0, err
		case e.Code == coupon.ErrMistyped.Code:
			return typoWeight, err
		}
		if v := coupon.RefusedVoucher(e); v != "" && a.isTheirs(ctx, v, req.By.Customer) {
			return missWeight, err
		}
		return missWeight, ErrStranger
	})
	return out, err
}

// ErrStranger is the one refusal for people whom a voucher is none of the business.
var ErrStranger = fault.New(fault.Refused, "refused", "This number cannot be used. Check it and try again.")

// isTheirs reports whether a customer holds a voucher or used it last.
func (a *App) isTheirs(ctx context.Context, v coupon.VoucherID, c coupon.CustomerID) bool {
	view, err := a.Store.Voucher(ctx, v)
	return err == nil && (view.Holder == c || view.LastCustomer == c)
}

// Wallet lists the signed-in customer's vouchers: those held, and those used.
func (a *App) Wallet(ctx context.Context, by By, f coupon.VoucherFilter, p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
	if by.Customer == "" {
		return coupon.Page[coupon.VoucherView]{}, ErrForbidden
	}
	f = coupon.VoucherFilter{OfOwner: by.Customer, Status: f.Status, Now: a.Now()}
	return a.Store.Vouchers(ctx, f, p)
}
