package engine_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/coupon/coupontest"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// journal stands before a desk's database and fails on purpose; what is nil does not.
// It is changed while the lane rests.
type journal struct {
	coupon.Journal
	looked    func() // after every look-up
	write     func(next func() error) error
	apply     func(c *coupon.Changes) error // before the database applies
	applied   func() error                  // after it has
	committed func(next func() (bool, error)) (bool, error)
}

// Resolve lets things happen once it has looked up.
func (j *journal) Resolve(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	err := j.Journal.Resolve(ctx, q, l)
	if j.looked != nil {
		j.looked()
	}
	return err
}

// Write runs fn through the faults.
func (j *journal) Write(ctx context.Context, k *coupon.Keys, fn func(coupon.Tx, *coupon.State) error) error {
	next := func() error {
		return j.Journal.Write(ctx, k, func(tx coupon.Tx, s *coupon.State) error { return fn(faultyTx{tx, j}, s) })
	}
	if j.write == nil {
		return next()
	}
	return j.write(next)
}

func (j *journal) Committed(ctx context.Context, mark coupon.MarkID) (bool, error) {
	next := func() (bool, error) { return j.Journal.Committed(ctx, mark) }
	if j.committed == nil {
		return next()
	}
	return j.committed(next)
}

type faultyTx struct {
	coupon.Tx
	j *journal
}

func (f faultyTx) Apply(ctx context.Context, c *coupon.Changes) error {
	if f.j.apply != nil {
		if err := f.j.apply(c); err != nil {
			return err
		}
	}
	if err := f.Tx.Apply(ctx, c); err != nil || f.j.applied == nil {
		return err
	}
	return f.j.applied()
}

// first fails the first n times.
func first(n int, err error) func(next func() error) error {
	return func(next func() error) error {
		if n--; n >= 0 {
			return err
		}
		return next()
	}
}

var errLost = errors.New("lost")

// answerLost commits the next batch and loses the answer.
func (j *journal) answerLost() {
	j.write = func(next func() error) error {
		if err := next(); err != nil {
			return err // the gate's batch writes nothing
		}
		j.write = nil
		return coupon.ErrUnclear
	}
}

// batchLost rolls the next batch back after everything was written, and says no more
// than that the answer is unclear.
func (j *journal) batchLost() {
	j.applied = func() error { return errLost }
	j.write = func(next func() error) error {
		err := next()
		if !errors.Is(err, errLost) {
			return err
		}
		j.write, j.applied = nil, nil
		return coupon.ErrUnclear
	}
}

// drawdowns are two that fit into 10.00 and one that does not.
func drawdowns() []engine.Ask {
	return asks(redeem("GIFT", taking(sgd(600))), redeem("GIFT", taking(sgd(300))), redeem("GIFT", taking(sgd(300))))
}

// After an unclear commit every command counts exactly once.
func TestAnUnclearCommitCountsOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		arm  func(*journal)
		runs int64
	}{
		{"it was committed, and the answer got lost", (*journal).answerLost, 1},
		{"it was not committed", (*journal).batchLost, 1},
		{"the database cannot say at first", func(j *journal) {
			j.answerLost()
			silent := 3
			j.committed = func(next func() (bool, error)) (bool, error) {
				if silent--; silent >= 0 {
					return false, coupon.ErrRetry
				}
				return next()
			}
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, func(t *testing.T, d *desk) {
				d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
				c.arm(d.journal)
				twice := naming(redeem("GIFT", taking(sgd(50))), "k", "body")
				got := together(t, d.Engine, append(drawdowns(), twice, twice)...)
				wants(t, "answers", codesOf(got), "[  insufficient_balance  ]")
				wants(t, "asked twice", []any{len(got[3].Body) > 100, string(got[4].Body) == string(got[3].Body), got[3].Replay, got[4].Replay}, []any{true, true, false, true})
				wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 3)
				wants(t, "entries of spending", d.number("SELECT COUNT(*) FROM entry WHERE kind = 'spend'"), 6)
				wants(t, "the fault was met", d.journal.write == nil, true)
			})
		})
	}
}

// As long as nobody knows, nothing runs again: whoever asks with the same key
// afterwards learns what became of it.
func TestAnUnclearCommitThatStaysUnclear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		arm    func(*journal)
		replay bool
	}{
		{"it was committed", (*journal).answerLost, true},
		{"it was not", (*journal).batchLost, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := coupontest.NewWorld(storetest.Organisation(), noon)
				j := &journal{Journal: w}
				e := engine.New(engine.Options{Journal: j, Sealer: plain{}, NewID: w.NewID, Now: w.Now})
				defer e.Close()
				cam := want[coupon.Campaign](t, e, coupon.CreateCampaign{Campaign: coupon.Campaign{Kind: coupon.KindGift, Name: "Test"}, Terms: gift, By: staff})
				want[coupon.Voucher](t, e, coupon.Issue{Campaign: cam.ID, Code: newCode("GIFT"), By: staff})
				c.arm(j)
				j.committed = func(func() (bool, error)) (bool, error) { return false, coupon.ErrRetry }
				began := time.Now()
				ask := keyed(redeem("GIFT", taking(sgd(600))), "k", "body")
				got := together(t, e, append(asks(redeem("GIFT", taking(sgd(300)))), ask)...)
				wants(t, "answers", codesOf(got), "[unclear unclear]")
				wants(t, "it asked for", time.Since(began).Round(time.Minute), time.Minute)
				wants(t, "redemptions", len(w.Redemptions), map[bool]int{true: 2, false: 0}[c.replay])
				j.committed = nil
				again, err := e.Do(t.Context(), ask)
				wants(t, "with the same key", []any{again.Replay, err, len(again.Body) > 0}, []any{c.replay, nil, true})
				wants(t, "taken with that key", w.Voucher("GIFT").Balance, map[bool]int64{true: 100, false: 400}[c.replay])
			})
		})
	}
}

func want[T any](t testing.TB, e *engine.Engine, c coupon.Command) T {
	t.Helper()
	out, err := engine.Run[T](context.Background(), e, engine.Ask{Command: c})
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return out
}

// The database asks to try again, because of a deadlock say, or another process was
// first: the batch runs again, and counts once.
func TestABatchRunsAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault error
		times int
		codes string
	}{
		{"after one deadlock", coupon.ErrRetry, 1, "[  insufficient_balance]"},
		{"after eight", coupon.ErrRetry, 8, "[  insufficient_balance]"},
		{"but not for ever", coupon.ErrRetry, 1000, "[busy busy busy]"},
		{"after rows that moved", coupon.ErrMoved, 8, "[  insufficient_balance]"},
		{"but not when they always move", coupon.ErrMoved, 1000, "[busy busy busy]"},
		{"not at all when the disk is full", full, 1, "[storage storage storage]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, func(t *testing.T, d *desk) {
				d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
				g, wg := closed(t, d.Engine)
				got := make([]answer, 3)
				for i, ask := range drawdowns() {
					queue(wg, d.Engine, ask, &got[i])
				}
				d.journal.write = first(c.times, c.fault)
				close(g.open)
				wg.Wait()
				wants(t, "answers", codesOf(got), c.codes)
				d.journal.write = nil
				want := 0
				if got[0].err == nil {
					want = 2
				}
				wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), want)
			})
		})
	}
}
