package store_test

import (
	"errors"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// A write that does not meet the rows it was decided on takes everything beside it back.
func TestAWriteThatMissesARowCommitsNothing(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		err := s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
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

// What PostgreSQL has committed is never said to have failed: where its answers to the
// writes are not as they should be, the mark tells.
func TestACommitWhoseWritesWentAstrayIsUnclear(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	ok(t, db.Tamper(ctx, "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"))
	ok(t, db.Tamper(ctx, "CREATE TRIGGER skip BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION skip()"))
	err := db.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
		return tx.Apply(ctx, &coupon.Changes{Mark: "mrk_astray", At: start, Events: []coupon.Event{{Type: coupon.EventSetUp, Subject: "org", Mark: "mrk_astray", At: start}}})
	})
	if !errors.Is(err, coupon.ErrUnclear) {
		t.Errorf("got %v, want that it is unclear", err)
	}
	if committed, err := db.Committed(ctx, "mrk_astray"); err != nil || !committed {
		t.Errorf("committed: %v, %v", committed, err)
	}
}

// A connection whose prepared statements are gone, as behind a pooler, is given up, and
// the next one works.
func TestAConnectionThatForgotItsStatementsIsGivenUp(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	write := func(mark coupon.MarkID) error {
		return db.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
			return tx.Apply(ctx, &coupon.Changes{Mark: mark, At: start})
		})
	}
	ok(t, write("mrk_before"))
	if err := db.Tamper(ctx, "DEALLOCATE ALL"); err == nil {
		t.Error("the COMMIT that was forgotten went well")
	}
	ok(t, write("mrk_after"))
}
