package app_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// Of two processes on one database, the one that revokes a key refuses it at once, and
// the other, which has just let it in, a second later.
func TestAKeyRevokedElsewhereIsRefusedWithinASecond(t *testing.T) {
	t.Parallel()
	url := storetest.FreshSchema(t)
	keys := seal.New()
	var clock atomic.Int64
	now := func() time.Time { return time.UnixMicro(clock.Load()).UTC() }
	clock.Store(time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC).UnixMicro())
	process := func(db *store.DB) *app.App {
		a := app.New(app.Options{Store: db, Journal: db, Keys: keys, Now: now})
		t.Cleanup(a.Close)
		return a
	}
	here := process(storetest.Open(t, url))
	other, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { expect(t, "closing", other.Close(), nil) })
	there := process(other)

	admin := app.Request{By: app.ByStaff(coupon.Staff{ID: "stf_1", Name: "Ada", Role: coupon.Admin})}
	secret, key, err := here.CreateKey(t.Context(), admin, "till", []string{"all"})
	expect(t, "a new key", err, nil)
	for _, a := range []*app.App{here, there} {
		_, err := a.KeyOf(t.Context(), secret)
		expect(t, "the key", err, nil)
	}
	expect(t, "revoking", here.RevokeKey(t.Context(), admin, key.ID), nil)
	_, err = here.KeyOf(t.Context(), secret)
	expect(t, "at once, here", err, app.ErrUnauthenticated)
	clock.Add((time.Second + time.Microsecond).Microseconds())
	_, err = there.KeyOf(t.Context(), secret)
	expect(t, "a second later, there", err, app.ErrUnauthenticated)
}
