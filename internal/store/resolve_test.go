package store_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// A look-up that adds to an earlier one forgets whose a key was then.
func TestALaterLookUpForgetsAKeyThatWasTakenAway(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei := s.customer("mei")
		key, gone, l := coupon.SourceKey(mei.SourceID), coupon.SourceKey("gone"), coupon.NewLinks()
		l.Customers[gone] = mei.ID
		q := &coupon.Lookup{Customers: []coupon.CustomerKey{key, gone}}
		q.Tidy()
		if err := s.Resolve(t.Context(), q, l); err != nil {
			t.Fatal(err)
		}
		if got, left := l.Customers[key], l.Customers[gone]; got != mei.ID || left != "" {
			t.Errorf("%q and %q, want %q and nobody", got, left, mei.ID)
		}
	})
}
