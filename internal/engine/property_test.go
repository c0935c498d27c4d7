package engine_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/coupon/coupontest"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/testenv"
)

// atDesk lets sequences of the model run on an engine: what arrives at once waits
// for the lane in order and is decided in one batch.
type atDesk struct {
	t    testing.TB
	e    *engine.Engine
	pass func(time.Duration)
	look func(coupontest.Subjects) (coupontest.Seen, error)
}

func (d atDesk) Do(commands []coupon.Command) ([]coupontest.Answer, []int) {
	var o order
	list := make([]engine.Ask, len(commands))
	for i, c := range commands {
		list[i].Command = o.of(i, c)
	}
	answers := make([]coupontest.Answer, len(commands))
	for i, a := range together(d.t, d.e, list...) {
		answers[i] = coupontest.Answer{Result: a.Result, Err: a.err}
	}
	return answers, o.last()
}

func (d atDesk) Pass(by time.Duration) { d.pass(by) }

func (d atDesk) Look(s coupontest.Subjects) (coupontest.Seen, error) { return d.look(s) }

// TestRandomBatchesInMemory plays sequences through the engine alone.
func TestRandomBatchesInMemory(t *testing.T) {
	t.Parallel()
	play := coupontest.Play{Commands: 40, AtOnce: 6, Every: 5}
	for range testenv.Count(5, 2_000) { // each is a hundred sequences
		rapid.Check(t, func(rt *rapid.T) {
			w := coupontest.NewWorld(storetest.Organisation(), noon)
			e := engine.New(engine.Options{Journal: w, Sealer: plain{}, NewID: w.NewID, Now: w.Now})
			defer e.Close()
			look := func(s coupontest.Subjects) (coupontest.Seen, error) { return w.Look(s), nil }
			play.Run(rt, atDesk{t, e, w.Pass, look}, coupontest.NewModel(w.Org, noon))
		})
	}
}

// TestRandomBatchesOnDatabases plays sequences through engine and database. A
// hundred share a database, whose books are proved as a whole in the end.
func TestRandomBatchesOnDatabases(t *testing.T) {
	t.Parallel()
	var run atomic.Int64
	for _, kind := range []struct {
		name     string
		hundreds int
		play     coupontest.Play
		url      func(t testing.TB) string
	}{
		{"sqlite", testenv.Count(1, 100), coupontest.Play{Commands: 40, AtOnce: 4, Every: 1000}, storetest.FreshFile},
		{"postgres", testenv.Count(1, 20), coupontest.Play{Commands: 20, AtOnce: 6, Every: 1000}, testenv.FreshSchema},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			for range kind.hundreds {
				url := kind.url(t)
				db := storetest.Open(t, url)
				rows := reading(t, url)
				rapid.Check(t, func(rt *rapid.T) {
					d := newDesk(t, db)
					defer d.stop()
					play := kind.play
					play.Name = fmt.Sprintf("r%dx", run.Add(1))
					play.Run(rt, atDesk{t, d.Engine, d.pass, func(s coupontest.Subjects) (coupontest.Seen, error) { return look(rows, s) }},
						coupontest.NewModel(storetest.Organisation(), noon))
				})
				newDesk(t, db).audit()
			}
		})
	}
}

// look reads the rows of a sequence past the program.
func look(db *sql.DB, s coupontest.Subjects) (coupontest.Seen, error) {
	seen := coupontest.Seen{
		Vouchers: map[coupon.VoucherID]coupon.Voucher{}, Balances: map[coupon.BalanceKey]int64{}, Counters: map[coupon.CounterKey]int64{}, Ledger: map[string]int64{},
	}
	err := each(db, "SELECT id, state, disabled, public, uses, max_uses, face, balance, lapsed, asset, starts_at, expires_at, holder FROM voucher WHERE campaign IN "+
		in(s.Campaigns), func(scan func(...any) error) error {
		var v coupon.Voucher
		var starts, expires int64
		err := scan(&v.ID, &v.State, &v.Disabled, &v.Public, &v.Uses, &v.MaxUses, &v.Face, &v.Balance, &v.Lapsed, &v.Asset, &starts, &expires, &v.Holder)
		v.StartsAt, v.ExpiresAt = moment(starts), moment(expires)
		seen.Vouchers[v.ID] = v
		return err
	})
	if err != nil {
		return seen, err
	}
	err = each(db, "SELECT customer, asset, minor FROM balance WHERE customer IN "+in(s.Customers), func(scan func(...any) error) error {
		var b coupon.Balance
		err := scan(&b.Customer, &b.Asset, &b.Minor)
		seen.Balances[b.BalanceKey] = b.Minor
		return err
	})
	if err != nil {
		return seen, err
	}
	err = each(db, "SELECT counter_key, used FROM counter WHERE campaign IN "+in(s.Campaigns), func(scan func(...any) error) error {
		var c coupon.Counter
		err := scan(&c.Key, &c.Used)
		seen.Counters[c.Key] = c.Used
		return err
	})
	if err != nil {
		return seen, err
	}
	return seen, lookAtLedger(db, s, seen.Ledger)
}

// lookAtLedger sums the entries of every posting that touches the sequence's batches,
// customers or vouchers: each posting does.
func lookAtLedger(db *sql.DB, s coupontest.Subjects, sums map[string]int64) error {
	var accounts []coupon.Account
	for _, b := range s.Batches {
		accounts = append(accounts, coupon.Outstanding(b))
	}
	for _, c := range s.Customers {
		accounts = append(accounts, coupon.CustomerAccount(c))
	}
	query := "SELECT e.account, e.asset, SUM(e.minor) FROM entry e WHERE e.posting IN (SELECT p.posting FROM entry p WHERE p.account IN " + in(accounts) +
		" OR p.voucher IN (SELECT v.id FROM voucher v WHERE v.campaign IN " + in(s.Campaigns) + ")) GROUP BY e.account, e.asset"
	return each(db, query, func(scan func(...any) error) error {
		var account, asset string
		var minor int64
		err := scan(&account, &asset, &minor)
		sums[account+" "+asset] = minor
		return err
	})
}

func each(db *sql.DB, query string, row func(scan func(...any) error) error) error {
	rows, err := db.Query(query)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// in lists ids of the program's own making.
func in[S ~string](ids []S) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = "'" + string(id) + "'"
	}
	return "(" + strings.Join(append(parts, "''"), ", ") + ")"
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros)
}
