package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/seal"
)

// ErrSignIn is the one answer to every sign-in that fails.
var ErrSignIn = fault.New(fault.Unauthenticated, "sign_in", "This e-mail address and password do not fit together.")

// sessionLength is how long a sign-in lasts.
const sessionLength = 12 * time.Hour

// SignIn checks a member of staff's password and returns a session token. Unknown
// people cost the same time as wrong passwords.
func (a *App) SignIn(ctx context.Context, req Request, email, password, agent string) (string, coupon.Staff, error) {
	address, _ := normalEmail(email)
	brake := []string{guesserSignIn + address, guesserNetwork + req.Address}
	if err := a.Brake(ctx, brake...); err != nil {
		return "", coupon.Staff{}, err
	}
	s, err := a.Store.StaffByEmail(ctx, address)
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return "", s, err
	}
	known := err == nil && !s.Disabled
	ok := false
	if known {
		ok, _, err = a.passwords.Verify(ctx, s.Password, password)
	} else {
		err = a.passwords.Dummy(ctx, password)
	}
	if err != nil {
		return "", s, err
	}
	if !ok {
		a.Missed(ctx, missWeight, brake...)
		return "", coupon.Staff{}, ErrSignIn
	}
	token, err := a.newSession(ctx, "staff", string(s.ID), req.Address, agent)
	return token, s, err
}

func (a *App) newSession(ctx context.Context, kind, owner, address, agent string) (string, error) {
	token, now := seal.NewToken(), a.Now()
	if len(agent) > 200 {
		agent = agent[:200]
	}
	err := a.Store.CreateSession(ctx, coupon.Session{
		Token: seal.HashToken(token), Kind: kind, Owner: owner, CreatedAt: now, ExpiresAt: now.Add(sessionLength), Address: address, Agent: agent,
	})
	return token, err
}

// session returns the live session of a token.
func (a *App) session(ctx context.Context, kind, token string) (coupon.Session, error) {
	if token == "" {
		return coupon.Session{}, ErrUnauthenticated
	}
	s, err := a.Store.Session(ctx, seal.HashToken(token))
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return s, err
	}
	if err != nil || s.Kind != kind || !a.Now().Before(s.ExpiresAt) {
		return s, ErrUnauthenticated
	}
	return s, nil
}

// StaffOf returns who a session token belongs to. A disabled person is signed out
// with the next request, and a changed role counts from the next request.
func (a *App) StaffOf(ctx context.Context, token string) (coupon.Staff, error) {
	session, err := a.session(ctx, "staff", token)
	if err != nil {
		return coupon.Staff{}, err
	}
	s, err := a.Store.Staff(ctx, coupon.StaffID(session.Owner))
	if err != nil {
		return s, err
	}
	if s.Disabled {
		return s, ErrUnauthenticated
	}
	if a.Now().Sub(s.LastSeenAt) > time.Minute {
		if err := a.Store.Seen(ctx, s.ID, a.Now()); err != nil {
			a.Log.Warn("a visit was not noted", "err", err)
		}
	}
	return s, nil
}

// CustomerOf returns the customer a portal session belongs to.
func (a *App) CustomerOf(ctx context.Context, token string) (coupon.Customer, error) {
	session, err := a.session(ctx, "customer", token)
	if err != nil {
		return coupon.Customer{}, err
	}
	return a.Store.Customer(ctx, coupon.CustomerID(session.Owner))
}

// SignOut ends one session.
func (a *App) SignOut(ctx context.Context, token string) error {
	return a.Store.EndSession(ctx, seal.HashToken(token))
}

// SignOutEverywhere ends every session of the person, this one too.
func (a *App) SignOutEverywhere(ctx context.Context, by By) error {
	return a.Store.EndSessions(ctx, by.Kind, by.ID, "")
}
