package store

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/scriphq/scrip/internal/coupon"
)

// SQLite has one writer, and a batch that only reads while it has the pen keeps the next
// one waiting. So a batch that has to wait for the pen reads its rows ahead, while the one
// before is written and committed, and reads again what was written since. Nobody but the
// engine writes most of these rows; after everybody else's transactions all are read again.

// ahead are rows that were read before their transaction; nil where rows are locked instead.
type ahead struct {
	state *coupon.State
	seen  uint64 // transactions that were over when reading began
}

func (db *DB) readAhead(ctx context.Context, k *coupon.Keys) *ahead {
	if db.pen == nil {
		return nil
	}
	a := &ahead{seen: db.written.count()}
	var err error
	if a.state, err = db.Read(ctx, k); err != nil {
		return nil // the transaction will tell
	}
	return a
}

// lock returns the rows as they are in the transaction.
func (a *ahead) lock(ctx context.Context, t *tx, k *coupon.Keys) (*coupon.State, error) {
	if a == nil {
		return t.lock(ctx, k)
	}
	late, known := t.db.written.since(a.seen, k)
	if !known {
		return t.lock(ctx, k)
	}
	return a.state, t.again(ctx, a.state, late)
}

// again reads those rows again that batches commonly have in common.
func (t *tx) again(ctx context.Context, s *coupon.State, k *coupon.Keys) error {
	for _, who := range k.Balances {
		s.Owned[who] = nil
	}
	list := t.db.loadAnswers(nil, s, k)
	list = t.db.loadVouchers(list, s, k, "")
	list = t.db.loadCounters(list, s, k, "")
	return t.run(ctx, t.db.loadBalances(list, s, k, ""))
}

// written remembers what the last transactions have written.
type written struct {
	mu   sync.Mutex
	n    uint64
	last [8]*touched
}

func (w *written) count() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n
}

func (w *written) note(t *touched) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last[w.n%uint64(len(w.last))] = t
	w.n++
}

// since returns which of the rows to read again because of the transactions since a
// moment; known is false when that is all of them.
func (w *written) since(seen uint64, k *coupon.Keys) (late *coupon.Keys, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	late = &coupon.Keys{}
	if w.n-seen > uint64(len(w.last)) {
		return nil, false
	}
	for ; seen < w.n; seen++ {
		if !w.last[seen%uint64(len(w.last))].among(k, late) {
			return nil, false
		}
	}
	late.Tidy()
	return late, true
}

// touched is what a transaction wrote of what batches read.
type touched struct {
	everything bool        // or nobody knows what
	keys       coupon.Keys // the rows, in key order
	subjects   []string    // of reservations, in order
	issued     []coupon.CampaignID
}

// touchedBy names what a batch writes.
func touchedBy(c *coupon.Changes) *touched {
	t := &touched{everything: len(c.Recount)+len(c.Imports)+len(c.Messages) > 0}
	k := &t.keys
	k.Answers = ids(k.Answers, c.NewAnswers, func(r *coupon.Answer) string { return r.Key })
	k.Campaigns = ids(k.Campaigns, c.Campaigns, func(r *coupon.Campaign) coupon.CampaignID { return r.ID })
	k.Batches = ids(k.Batches, c.Batches, func(r *coupon.Batch) coupon.BatchID { return r.ID })
	k.Vouchers = ids(k.Vouchers, c.Vouchers, func(r *coupon.Voucher) coupon.VoucherID { return r.ID })
	k.Codes = ids(k.Codes, pointers(c.Codes), func(r *coupon.Code) string { return r.Fingerprint })
	k.Codes = ids(k.Codes, pointers(c.Rebound), func(r *coupon.Code) string { return r.Fingerprint })
	k.Counters = ids(k.Counters, slices.Concat(c.NewCounters, c.Counters), func(r *coupon.Counter) coupon.CounterKey { return r.Key })
	k.Customers = ids(k.Customers, c.Customers, func(r *coupon.Customer) coupon.CustomerID { return r.ID })
	k.Balances = ids(k.Balances, slices.Concat(c.NewBalances, c.Balances), func(r *coupon.Balance) coupon.CustomerID { return r.Customer })
	k.Holds = ids(k.Holds, c.Holds, func(r *coupon.Hold) coupon.HoldID { return r.ID })
	k.Redemptions = ids(k.Redemptions, c.Redemptions, func(r *coupon.Redemption) coupon.RedemptionID { return r.ID })
	k.Checkouts = ids(k.Checkouts, c.Checkouts, func(r *coupon.Checkout) coupon.CheckoutID { return r.ID })
	k.OrdersOf = ids(k.OrdersOf, slices.Concat(c.NewCheckouts, c.Checkouts), func(r *coupon.Checkout) coupon.CustomerID { return r.Customer })
	k.Jobs = ids(k.Jobs, c.Jobs, func(r *coupon.Job) coupon.JobID { return r.ID })
	moved := pointers(slices.Concat(c.Reserved, c.Freed))
	t.subjects = ids(t.subjects, moved, func(r *coupon.Reservation) string { return r.Subject })
	slices.Sort(t.subjects)
	k.ReservationsOf = ids(k.ReservationsOf, moved, func(r *coupon.Reservation) coupon.HoldID { return r.Hold })
	t.issued = ids(t.issued, c.NewVouchers, func(r *coupon.Voucher) coupon.CampaignID { return r.Campaign })
	slices.Sort(t.issued)
	t.issued = slices.Compact(t.issued)
	k.Tidy()
	return t
}

func ids[S ~string, R any](list []S, rows []*R, id func(*R) S) []S {
	for _, r := range rows {
		list = append(list, id(r))
	}
	return list
}

// among adds to late what it wrote among k. It is false when it wrote what is not read
// again by itself: what commands seldom have in common.
func (t *touched) among(k, late *coupon.Keys) bool {
	w := &t.keys
	if t.everything || meet(w.Campaigns, k.Campaigns) || meet(w.Campaigns, k.OwnCampaigns) || meet(t.issued, k.OwnCampaigns) ||
		meet(w.Batches, k.Batches) || meet(w.Batches, k.OwnBatches) || meet(w.Codes, k.Codes) || meet(w.Customers, k.Customers) || meet(w.Customers, k.OwnCustomers) ||
		meet(w.Holds, k.Holds) || meet(w.Redemptions, k.Redemptions) || meet(w.Checkouts, k.Checkouts) || meet(w.OrdersOf, k.OrdersOf) || meet(w.Jobs, k.Jobs) ||
		meet(w.ReservationsOf, k.ReservationsOf) || len(t.subjects) > 0 && (meet(t.subjects, asStrings(k.Vouchers)) || meet(t.subjects, asStrings(k.Counters))) {
		return false
	}
	late.Answers = append(late.Answers, common(w.Answers, k.Answers)...)
	late.Vouchers = append(late.Vouchers, common(w.Vouchers, k.Vouchers)...)
	late.Counters = append(late.Counters, common(w.Counters, k.Counters)...)
	late.Balances = append(late.Balances, common(w.Balances, k.Balances)...)
	return true
}

func meet[S ~string](a, b []S) bool { return len(common(a, b)) > 0 }

// common returns what is in both lists, which are in order.
func common[S ~string](a, b []S) []S {
	var out []S
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// engineTables are what batches read, but terms, which never change.
var engineTables = map[string]bool{
	"answer": true, "campaign": true, "batch": true, "voucher": true, "code": true, "counter": true, "customer": true, "balance": true, "hold": true,
	"redemption": true, "checkout": true, "job": true, "reservation": true, "message": true,
}

// harmless are the first words of statements that write nothing.
var harmless = []string{"SELECT", "PRAGMA", "BEGIN", "COMMIT", "ROLLBACK"}

// mayWrite reports whether a statement may write what batches read.
func mayWrite(text string) bool {
	words := strings.Fields(text)
	switch {
	case slices.Contains(harmless, words[0]):
		return false
	case words[0] == "UPDATE":
		return engineTables[words[1]]
	case words[0] == "INSERT", words[0] == "DELETE":
		return engineTables[words[2]]
	}
	return true
}
