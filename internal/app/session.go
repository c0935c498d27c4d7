package app

import (
	"context"
	"strings"
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
	s, err := a.Store.StaffByEmail(ctx, address)
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return "", s, err
	}
	known := err == nil && !s.Disabled
	who := string(s.ID)
	if err != nil {
		who = a.nobody(address)
	}
	own, err := a.ownSignIn(ctx, who, req.Address)
	if err != nil {
		return "", s, err
	}
	err = a.guess(ctx, []string{own, network(atOffice, req.Address)}, func() (int64, error) {
		return a.passwordFits(ctx, known, s.Password, password, ErrSignIn)
	})
	if err != nil {
		return "", coupon.Staff{}, err
	}
	if err := a.knowNetwork(ctx, who, req.Address); err != nil {
		return "", coupon.Staff{}, err
	}
	token, err := a.newSession(ctx, "staff", string(s.ID), req.Address, agent)
	return token, s, err
}

// passwordFits judges a password as a try of guess does. Unknown people cost the same
// time as wrong passwords.
func (a *App) passwordFits(ctx context.Context, known bool, hash, password string, refused error) (int64, error) {
	ok, err := false, error(nil)
	if known {
		ok, _, err = a.passwords.Verify(ctx, hash, password)
	} else {
		err = a.passwords.Dummy(ctx, password)
	}
	if err != nil || ok {
		return 0, err
	}
	return missWeight, refused
}

// errOldPassword is a fault of the field that asks for the present password.
var errOldPassword = fault.Field("old", "This is not your present password.")

// newPassword returns the hash of a fresh password, against the present one if there is
// one: whoever found a browser signed in may not guess it.
func (a *App) newPassword(ctx context.Context, guesser, hash, old, fresh string) (string, error) {
	f := fields{}
	if hash != "" {
		err := a.guess(ctx, []string{guesser}, func() (int64, error) {
			return a.passwordFits(ctx, true, hash, old, errOldPassword)
		})
		if err != nil && err != errOldPassword {
			return "", err
		}
		f.take("old", err)
	}
	f.take("password", seal.CheckPassword(fresh))
	if err := f.err(); err != nil {
		return "", err
	}
	return a.passwords.Hash(ctx, fresh)
}

// nobody is the guesser of a name that nobody has: it waits as others do, and is short
// whatever was typed.
func (a *App) nobody(name string) string { return a.Keys.Digest("nobody", []byte(name)) }

// ownSignIn is the guesser of somebody's sign-in. From a network they have signed in from
// lately, it is one of its own: strangers elsewhere who try their name do not lock them out.
func (a *App) ownSignIn(ctx context.Context, who, address string) (string, error) {
	own := guesserSignIn + who + "@" + address
	row, err := a.Store.Attempts(ctx, own)
	if err != nil || !row.UpdatedAt.IsZero() {
		return own, err
	}
	return guesserSignIn + who, nil
}

// knowNetwork remembers that somebody signed in from a network, for as long as counts of
// misses are kept.
func (a *App) knowNetwork(ctx context.Context, who, address string) error {
	_, err := a.Store.AddAttempt(ctx, guesserSignIn+who+"@"+address, 0, a.Now(), func(int64) time.Duration { return 0 })
	return err
}

func (a *App) newSession(ctx context.Context, kind, owner, address, agent string) (string, error) {
	token, now := seal.NewToken(), a.Now()
	if len(agent) > 200 {
		agent = agent[:200]
	}
	agent = strings.ReplaceAll(strings.ToValidUTF8(agent, ""), "\x00", "") // a header may hold anything
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
