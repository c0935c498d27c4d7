package store_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// A write that does not meet the rows it was decided on takes everything beside it back.
func TestAWriteThatMissesARowCommitsNothing(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		err := s.Write(ctx, func(tx coupon.Tx) error {
			return tx.Apply(ctx, &coupon.Changes{Mark: "mrk_missed", At: start, Vouchers: []*coupon.Voucher{{ID: "vch_nobody"}}})
		})
		if err == nil {
			t.Error("a voucher that is not there was changed")
		}
		var marks int
		ok(t, s.Query(ctx, "SELECT COUNT(*) FROM commit_mark WHERE id = 'mrk_missed'", &marks))
		if marks != 0 {
			t.Error("the batch was committed all the same")
		}
	})
}
