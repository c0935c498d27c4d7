package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestSessionsEndOneByOneAndAllButOne(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		session := func(token, kind, owner string) coupon.Session {
			return coupon.Session{Token: token, Kind: kind, Owner: owner, CreatedAt: start, ExpiresAt: start.Add(time.Hour), Address: "192.0.2.1", Agent: "test"}
		}
		here := func() string {
			out := ""
			for _, token := range []string{"a", "b", "c", "d", "e"} {
				got, err := s.Session(ctx, token)
				if fault.Of(err) == nil {
					out += token
					equal(t, token, got, session(token, got.Kind, got.Owner))
				} else {
					refused(t, token, err, fault.NotFound, "")
				}
			}
			return out
		}
		for _, x := range []coupon.Session{session("a", "staff", "stf_1"), session("b", "staff", "stf_1"), session("c", "staff", "stf_1"), session("d", "customer", "stf_1"), session("e", "staff", "stf_2")} {
			ok(t, s.CreateSession(ctx, x))
		}
		ok(t, s.EndSession(ctx, "a"))
		ok(t, s.EndSession(ctx, "a"))
		equal(t, "after ending one", here(), "bcde")
		ok(t, s.EndSessions(ctx, "staff", "stf_1", "c"))
		equal(t, "after ending the others", here(), "cde")
		ok(t, s.EndSessions(ctx, "staff", "stf_1", ""))
		equal(t, "after ending all", here(), "de")
	})
}

func TestACustomersPasswordIsReplaced(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		for _, want := range []string{"", "first", "second"} {
			if want != "" {
				ok(t, s.SetCustomerPassword(ctx, "cus_1", want, start, s.event(coupon.EventPasswordChanged, "cus_1")))
			}
			if got, err := s.CustomerPassword(ctx, "cus_1"); err != nil || got != want {
				t.Fatalf("%q, %v, want %q", got, err, want)
			}
		}
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "cus_1"})), "password.changed password.changed")
	})
}

func TestASignInCodeIsReplacedAndCounted(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		c := coupon.SignInCode{Customer: "cus_1", Digest: "one", ExpiresAt: start.Add(time.Minute)}
		refused(t, "counting none", s.BumpSignInCode(ctx, "cus_1"), fault.NotFound, "")
		ok(t, s.PutSignInCode(ctx, c))
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if err := s.BumpSignInCode(ctx, "cus_1"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, err := s.SignInCode(ctx, "cus_1")
		c.Tries = 10
		ok(t, err)
		equal(t, "counted", got, c)
		c = coupon.SignInCode{Customer: "cus_1", Digest: "two", ExpiresAt: start.Add(time.Hour)}
		ok(t, s.PutSignInCode(ctx, c))
		got, err = s.SignInCode(ctx, "cus_1")
		ok(t, err)
		equal(t, "replaced", got, c)
		ok(t, s.DropSignInCode(ctx, "cus_1"))
		ok(t, s.DropSignInCode(ctx, "cus_1"))
		_, err = s.SignInCode(ctx, "cus_1")
		refused(t, "dropped", err, fault.NotFound, "")
	})
}

// Guessers who come in a crowd are counted to the last, and locked out once for all.
func TestWrongCodesAreCountedExactly(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		const crowd = 40
		lock := func(count int64) time.Duration {
			if count < 5 {
				return 0
			}
			return time.Duration(count) * time.Second
		}
		none, err := s.Attempts(ctx, "network:x")
		ok(t, err)
		equal(t, "of somebody unknown", none, coupon.Attempts{Key: "network:x"})
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				if a, err := s.AddAttempt(ctx, "network:x", 2, start, lock); err != nil || a.Count < 2 {
					t.Errorf("%+v, %v", a, err)
				}
			})
		}
		wg.Wait()
		got, err := s.Attempts(ctx, "network:x")
		ok(t, err)
		equal(t, "counted", got, coupon.Attempts{Key: "network:x", Count: 2 * crowd, LockedUntil: start.Add(2 * crowd * time.Second), UpdatedAt: start})
		got, err = s.AddAttempt(ctx, "network:x", 1, start.Add(time.Second), func(int64) time.Duration { return time.Second })
		ok(t, err)
		if !got.LockedUntil.Equal(start.Add(2 * crowd * time.Second)) {
			t.Fatalf("a lock was shortened: %+v", got)
		}
		other, err := s.AddAttempt(ctx, "network:y", 1, start, lock)
		ok(t, err)
		equal(t, "somebody else", other, coupon.Attempts{Key: "network:y", Count: 1, UpdatedAt: start})
		ok(t, s.ClearAttempts(ctx, []string{"network:x"}, s.event(coupon.EventLockoutCleared, "network:x")))
		ok(t, s.ClearAttempts(ctx, []string{"network:y"}, coupon.Event{}))
		none, err = s.Attempts(ctx, "network:x")
		ok(t, err)
		equal(t, "cleared", none, coupon.Attempts{Key: "network:x"})
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "network:x"})), "lockout.cleared")
	})
}
