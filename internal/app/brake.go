package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// A guesser is somebody who tries codes or passwords: a customer, a network, a
// location, a client of a key, or a name at the sign-in. Each is counted for
// itself; a code is never locked, and neither is a key.
const (
	guesserCustomer = "customer:"
	guesserNetwork  = "network:"
	guesserLocation = "location:"
	guesserClient   = "client:"
	guesserSignIn   = "sign-in:"
)

// missWeight is what a wrong code counts; a typing error, which the check character
// gives away, counts a third of it.
const (
	missWeight  = 3
	typoWeight  = 1
	freeWeights = 5 * missWeight
)

// lockAfter returns how long a guesser waits after so many misses: nothing for the
// first five, then twice as long with each one more, up to an hour.
func lockAfter(count int64) time.Duration {
	if count < freeWeights {
		return 0
	}
	doublings := min((count-freeWeights)/missWeight, 12)
	return min(time.Second<<doublings, time.Hour)
}

// Brake refuses a guesser who has to wait.
func (a *App) Brake(ctx context.Context, guessers ...string) error {
	now := a.Now()
	for _, key := range guessers {
		row, err := a.Store.Attempts(ctx, key)
		if err != nil {
			return err
		}
		if wait := row.LockedUntil.Sub(now); wait > 0 {
			return coupon.ErrLockedOut.After(wait)
		}
	}
	return nil
}

// Missed counts a miss of every guesser. A count that cannot be written is logged:
// the answer stands all the same.
func (a *App) Missed(ctx context.Context, weight int64, guessers ...string) {
	for _, key := range guessers {
		if _, err := a.Store.AddAttempt(context.WithoutCancel(ctx), key, weight, a.Now(), lockAfter); err != nil {
			a.Log.Warn("a miss was not counted", "err", err)
		}
	}
}

// ClearLockout lets a guesser try again at once; staff do it, and it leaves an event.
func (a *App) ClearLockout(ctx context.Context, req Request, guesser string) error {
	if err := req.By.May(coupon.WriteCustomers); err != nil {
		return err
	}
	ev := a.event(req, coupon.EventLockoutCleared, guesser, nil)
	return a.Store.ClearAttempts(ctx, guesser, ev)
}
