package store_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// A write that does not meet the rows it was decided on takes everything beside it back,
// however its rows travel.
func TestAWriteThatMissesARowCommitsNothing(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		for i, changed := range [][]*coupon.Voucher{
			{{ID: "vch_nobody"}},
			{{ID: "vch_nobody"}, {ID: "vch_somebody", Disabled: true}},
			append(s.many(store.ArrayRows), &coupon.Voucher{ID: "vch_nobody", UpdatedAt: start}),
		} {
			mark := fmt.Sprint("mrk_missed_", i)
			err := s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
				return tx.Apply(ctx, &coupon.Changes{Mark: coupon.MarkID(mark), At: start, Vouchers: changed})
			})
			if err == nil {
				t.Errorf("change %d: a voucher that is not there was changed", i)
			}
			var marks int
			ok(t, s.Query(ctx, "SELECT COUNT(*) FROM commit_mark WHERE id = '"+mark+"'", &marks))
			if marks != 0 {
				t.Errorf("change %d: the batch was committed all the same", i)
			}
		}
	})
}

// many makes vouchers that share what most share.
func (s *shop) many(n int64) (list []*coupon.Voucher) {
	s.t.Helper()
	b := s.batch(s.campaign(coupon.KindGift, gift), n, n)
	ok(s.t, s.EachVoucher(ctx, b.ID, func(v coupon.VoucherView) error {
		v.UpdatedAt = start
		list = append(list, &v.Voucher)
		return nil
	}))
	return list
}

// Vouchers that are changed together become what they are to be, whether they share what
// most share, differ in it, or are one.
func TestVouchersAreChangedTogether(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		c := s.campaign(coupon.KindGift, gift)
		a, b, other := s.issue(c), s.issue(c), s.issue(c)
		later := start.Add(time.Hour)
		use := func(v coupon.Voucher) *coupon.Voucher {
			v.Holder, v.Assigned, v.Uses, v.Balance, v.FirstUsedAt, v.LastUsedAt, v.LastCustomer = "cus_1", "cus_2", v.Uses+1, v.Balance-v.Sequence, later, later, "cus_3"
			v.ExpiresAt, v.Version, v.UpdatedAt = later.Add(time.Duration(v.Sequence)*time.Hour), v.Version+1, later
			return &v
		}
		end := func(v coupon.Voucher) *coupon.Voucher {
			v.State, v.Disabled, v.DisabledReason, v.Lapsed, v.EndedAt, v.EndedBy, v.EndedReason, v.ReplacedBy = coupon.VoucherVoid, true, "lost", 7, later, "Ada", "stolen", "vch_new"
			return &v
		}
		same := func(v coupon.Voucher) *coupon.Voucher {
			v.Holder, v.Assigned, v.Uses, v.Balance, v.FirstUsedAt, v.LastUsedAt, v.LastCustomer = "cus_1", "", 7, 8, later, later, "cus_1"
			v.ExpiresAt, v.Version, v.UpdatedAt = time.Time{}, 9, later
			return &v
		}
		for i, changed := range [][]*coupon.Voucher{
			{same(a), same(b)},     // in everything
			{use(a), use(b)},       // alike
			{use(a), end(*use(b))}, // unlike
			{end(*use(a)), end(*use(b))},
			{use(a), use(b)}, // what they share is as before again
			{end(*use(a))},
			s.many(store.ArrayRows + 1),
		} {
			slices.SortFunc(changed, func(a, b *coupon.Voucher) int { return cmp.Compare(a.ID, b.ID) })
			ok(t, s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
				return tx.Apply(ctx, &coupon.Changes{Mark: coupon.MarkID(fmt.Sprint("mrk_", i)), At: later, Vouchers: changed})
			}))
			changed = append(changed, &other)
			keys := &coupon.Keys{}
			for _, v := range changed {
				keys.Vouchers = append(keys.Vouchers, v.ID)
			}
			state, err := s.Read(ctx, keys)
			ok(t, err)
			for _, want := range changed {
				equal(t, fmt.Sprint("change ", i), state.Vouchers.Row(want.ID), want)
			}
		}
	})
}

// Answers may be finished while the rows before them are written. One that never is fails its
// batch, and nobody has to ask whether it was committed.
func TestAnswersThatAreStillInTheMaking(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		write := func(mark coupon.MarkID, failed error) error {
			a := &coupon.Answer{Key: string(mark), Hash: "h", At: start}
			c := &coupon.Changes{Mark: mark, At: start, NewAnswers: []*coupon.Answer{a}, Answered: func() error {
				a.Sealed = "sealed late"
				return failed
			}}
			return s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error { return tx.Apply(ctx, c) })
		}
		if err := write("mrk_never", errStop); !errors.Is(err, errStop) || errors.Is(err, coupon.ErrUnclear) {
			t.Errorf("got %v, want that it stopped, and no doubt", err)
		}
		ok(t, write("mrk_late", nil))
		for mark, there := range map[coupon.MarkID]bool{"mrk_never": false, "mrk_late": true} {
			committed, err := s.Committed(ctx, mark)
			equal(t, string(mark), []any{committed, err}, []any{there, nil})
		}
		state, err := s.Read(ctx, &coupon.Keys{Answers: []string{"mrk_late", "mrk_never"}})
		ok(t, err)
		equal(t, "what is kept", state.Answers.Row("mrk_late").Sealed, "sealed late")
		equal(t, "what is not", state.Answers.Row("mrk_never"), (*coupon.Answer)(nil))
	})
}

// While answers are in the making PostgreSQL writes what comes before them already.
func TestPostgreSQLDoesNotWaitForAnswers(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	written := func() error {
		const locked = "SELECT COUNT(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation" +
			" WHERE c.relname = 'commit_mark' AND c.relnamespace = CURRENT_SCHEMA()::regnamespace AND l.mode = 'RowExclusiveLock'"
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
			var n int
			if err := db.Query(ctx, locked, &n); err != nil || n > 0 {
				return err
			}
		}
		return errors.New("nothing is written before the answers are there")
	}
	a := &coupon.Answer{Key: "k", Hash: "h", Sealed: "sealed", At: start}
	ok(t, db.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
		return tx.Apply(ctx, &coupon.Changes{Mark: "mrk_early", At: start, NewAnswers: []*coupon.Answer{a}, Answered: written})
	}))
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
