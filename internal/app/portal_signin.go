package app

import (
	"context"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// The ways to sign in to the portal. Each is counted for itself: who guesses at a
// customer's password does not close the way by a one-time code.
const (
	byPassword = "/password"
	byCode     = "/code"
)

// signInName is whose sign-in is tried, however the contact was typed. What nobody has is
// told apart as finely, or locks would tell who exists.
func (a *App) signInName(ctx context.Context, c coupon.Customer, contact string) string {
	if c.ID == "" {
		return a.nobody(string(a.contactKeys(ctx, contact)[0]))
	}
	return string(c.ID)
}

// guessSignIn runs one try to sign in to the portal. It counts against the name as tried
// from this network, against the network, and, unless the customer has signed in from there
// lately, against the name as tried from anywhere. The last bears far more misses than
// the first: strangers who try a name lock themselves out, and need many networks to
// lock its customer out, and then only where that customer has not been before.
func (a *App) guessSignIn(ctx context.Context, who, address, way string, try func() (int64, error)) error {
	guessers := []string{guesserSignIn + who + "@" + address + way, network(atPortal, address)}
	known, err := a.Store.Attempts(ctx, knownNetwork+who+"@"+address)
	if err != nil {
		return err
	}
	if known.UpdatedAt.IsZero() {
		guessers = append(guessers, guesserName+who+way)
	}
	if err := a.guess(ctx, guessers, try); err != nil {
		return err
	}
	// Remembered for as long as counts of misses are kept.
	_, err = a.Store.AddAttempt(ctx, knownNetwork+who+"@"+address, 0, a.Now(), func(int64) time.Duration { return 0 })
	return err
}

// signInLockout adds up what is counted of a customer's sign-in, wherever it was tried.
func (a *App) signInLockout(ctx context.Context, id coupon.CustomerID) (Lockout, error) {
	l := Lockout{What: "sign-in"}
	for _, prefix := range []string{guesserSignIn + string(id) + "@", guesserName + string(id) + "/"} {
		rows, err := a.Store.AttemptsUnder(ctx, prefix)
		if err != nil {
			return l, err
		}
		for _, row := range rows {
			l.keys = append(l.keys, row.Key)
			if strings.HasPrefix(row.Key, guesserSignIn) { // the other counts the same misses again
				l.Count += row.Count / missWeight
			}
			if row.LockedUntil.After(l.Until) {
				l.Until = row.LockedUntil
			}
		}
	}
	return l, nil
}
