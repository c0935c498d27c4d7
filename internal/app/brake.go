package app

import (
	"context"
	"hash/maphash"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// A guesser is somebody who tries codes or passwords: a customer, staff, a network at one
// door, a location, a client of a key, somebody at the sign-in, or all who try one name
// there from anywhere. Each is counted for itself; a code is never locked, and neither is
// a key.
const (
	guesserCustomer = "customer:"
	guesserStaff    = "staff:"
	guesserNetwork  = "network:"
	guesserLocation = "location:"
	guesserClient   = "client:"
	guesserSignIn   = "sign-in:"
	guesserName     = "name:"

	knownNetwork = "known:" // no guesser: from where a customer has signed in lately
)

// door is where a network tries. What the visitors of a shop's own network guess in the
// portal closes neither its tills nor the back office.
type door string

const (
	atOffice  door = "office"  // the staff's sign-in
	atPortal  door = "portal"  // the customers' sign-in
	atNumbers door = "numbers" // coupon numbers in the portal
	atTill    door = "till"
)

func network(at door, address string) string { return guesserNetwork + string(at) + ":" + address }

// missWeight is what a wrong code counts; a typing error, which the check character
// gives away, counts a third of it.
const (
	missWeight = 3
	typoWeight = 1
)

// freeMisses is how many misses cost a guesser nothing. Networks and locations have many
// honest people behind them; behind a name may be strangers, who shall not lock it easily.
func freeMisses(guesser string) int64 {
	switch {
	case strings.HasPrefix(guesser, guesserName):
		return 100
	case manyPeople(guesser):
		return 50
	}
	return 5
}

func manyPeople(guesser string) bool {
	return strings.HasPrefix(guesser, guesserNetwork) || strings.HasPrefix(guesser, guesserLocation)
}

// lockAfter returns how long a guesser waits after so many misses: nothing for the
// free ones, then twice as long with each one more, up to an hour.
func lockAfter(guesser string) func(count int64) time.Duration {
	free := freeMisses(guesser) * missWeight
	return func(count int64) time.Duration {
		if count < free {
			return 0
		}
		doublings := min((count-free)/missWeight, 12)
		return min(time.Second<<doublings, time.Hour)
	}
}

// guess runs one try of guessers. Whoever has to wait is refused; the weight that try
// returns counts as a miss of each. Tries of one person come one after another, so that
// what arrives at once does not outrun the count.
func (a *App) guess(ctx context.Context, guessers []string, try func() (weight int64, err error)) error {
	for _, t := range a.trying.of(guessers) {
		if err := t.take(ctx); err != nil {
			return err
		}
		defer t.give()
	}
	if err := a.brake(ctx, guessers); err != nil {
		return err
	}
	weight, err := try()
	if weight > 0 {
		a.missed(ctx, weight, guessers)
	}
	return err
}

// brake refuses a guesser who has to wait.
func (a *App) brake(ctx context.Context, guessers []string) error {
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

// missed counts a miss of every guesser. A count that cannot be written is logged:
// the answer stands all the same.
func (a *App) missed(ctx context.Context, weight int64, guessers []string) {
	for _, key := range guessers {
		if _, err := a.Store.AddAttempt(context.WithoutCancel(ctx), key, weight, a.Now(), lockAfter(key)); err != nil {
			a.Log.Warn("a miss was not counted", "err", err)
		}
	}
}

// tries are the turns of guessers: one at a time for a person, some at a time for
// what many people share. Guessers that fall together wait for each other.
type tries struct {
	seed   maphash.Seed
	person [256]turn
	shared [256]turn
}

func newTries() *tries {
	t := &tries{seed: maphash.MakeSeed()}
	for i := range t.person {
		t.person[i], t.shared[i] = make(turn, 1), make(turn, 8)
	}
	return t
}

// of returns the turns of guessers: the person's, then that of the first who is shared.
// Nobody takes two of one kind, so nobody waits for themselves.
func (t *tries) of(guessers []string) []turn {
	var out []turn
	for _, key := range guessers {
		n := maphash.String(t.seed, key) % uint64(len(t.person))
		if shared(key) {
			return append(out, t.shared[n])
		}
		out = append(out, t.person[n])
	}
	return out
}

func shared(guesser string) bool {
	return manyPeople(guesser) || strings.HasPrefix(guesser, guesserClient) || strings.HasPrefix(guesser, guesserName)
}
