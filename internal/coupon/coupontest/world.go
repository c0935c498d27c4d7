// Package coupontest gives tests of decisions a world without a database: rows in
// maps, and a plain model of what the domain promises.
package coupontest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

// World keeps rows as a database would: it is a coupon.Journal. It is stricter than
// one: a decision sees no row that its command did not name, and a change of a row
// that was named only to be read is an error.
type World struct {
	Org   coupon.Organisation
	Clock time.Time

	Campaigns    map[coupon.CampaignID]coupon.Campaign
	Terms        map[coupon.TermsID]*coupon.Terms
	Batches      map[coupon.BatchID]coupon.Batch
	Vouchers     map[coupon.VoucherID]coupon.Voucher
	Codes        map[string]coupon.Code
	Counters     map[coupon.CounterKey]coupon.Counter
	Customers    map[coupon.CustomerID]coupon.Customer
	Keys         map[coupon.CustomerKey]coupon.CustomerID
	Balances     map[coupon.BalanceKey]coupon.Balance
	Holds        map[coupon.HoldID]coupon.Hold
	Reservations []coupon.Reservation
	Redemptions  map[coupon.RedemptionID]coupon.Redemption
	Checkouts    map[coupon.CheckoutID]coupon.Checkout
	Jobs         map[coupon.JobID]coupon.Job
	Answers      map[string]coupon.Answer
	Marks        map[coupon.MarkID]bool
	Entries      []coupon.Entry
	Events       []coupon.Event
	Reversals    []coupon.Reversal
	Messages     []coupon.Message
	Notes        []coupon.Note

	Expert func(source string, facts map[string]any) (bool, error)

	pen sync.Mutex // who holds it writes
	mu  sync.Mutex
	n   int
}

// NewWorld returns the world of an organisation at a moment.
func NewWorld(org coupon.Organisation, at time.Time) *World {
	return &World{
		Org: org.Zoned(), Clock: at,
		Campaigns: map[coupon.CampaignID]coupon.Campaign{}, Terms: map[coupon.TermsID]*coupon.Terms{}, Batches: map[coupon.BatchID]coupon.Batch{},
		Vouchers: map[coupon.VoucherID]coupon.Voucher{}, Codes: map[string]coupon.Code{}, Counters: map[coupon.CounterKey]coupon.Counter{},
		Customers: map[coupon.CustomerID]coupon.Customer{}, Keys: map[coupon.CustomerKey]coupon.CustomerID{}, Balances: map[coupon.BalanceKey]coupon.Balance{},
		Holds: map[coupon.HoldID]coupon.Hold{}, Redemptions: map[coupon.RedemptionID]coupon.Redemption{}, Checkouts: map[coupon.CheckoutID]coupon.Checkout{}, Jobs: map[coupon.JobID]coupon.Job{},
		Answers: map[string]coupon.Answer{}, Marks: map[coupon.MarkID]bool{},
	}
}

// Now returns the world's time.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Clock
}

// Pass lets time pass; a duration below zero sets the clock back.
func (w *World) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Clock = w.Clock.Add(d)
}

// NewID numbers ids before the four digits that number what a commit makes.
func (w *World) NewID(prefix string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	return fmt.Sprintf("%s_%022d0000", prefix, w.n)
}

// IDs returns the ids of a commit.
func (w *World) IDs() *id.Series { return id.NewSeries(w.NewID("mrk"), w.Now()) }

// Do runs one command alone, as the engine would.
func (w *World) Do(c coupon.Command) (any, error) {
	q, k, now := &coupon.Lookup{}, &coupon.Keys{}, w.Now()
	c.Resolve(q)
	q.Tidy()
	l := coupon.NewLinks()
	if err := w.Resolve(context.Background(), q, l); err != nil {
		return nil, err
	}
	l.Day = l.Org.Day(now)
	c.Lock(l, k)
	k.Tidy()
	var out any
	var refused error
	err := w.Write(context.Background(), k, func(tx coupon.Tx, s *coupon.State) error {
		s.Links, s.Org, s.IDs, s.Expert = l, l.Org, w.IDs(), w.Expert
		effects := s.Begin()
		if out, refused = c.Decide(effects, now); refused != nil {
			return w.untouched(s, k)
		}
		effects.Commit()
		changes, _ := s.Changes(now)
		return tx.Apply(context.Background(), changes)
	})
	if refused != nil && err == nil {
		return out, refused
	}
	return out, err
}

// untouched reports rows that a refused command changed in place: the commands
// after it in a batch would see them.
func (w *World) untouched(s *coupon.State, k *coupon.Keys) error {
	s.Links, s.IDs, s.Org, s.Expert = nil, nil, coupon.Organisation{}, nil
	w.mu.Lock()
	defer w.mu.Unlock()
	if !reflect.DeepEqual(s, w.load(k)) {
		return errors.New("coupontest: a refused command changed a row")
	}
	return nil
}

// Resolve follows links as a database does.
func (w *World) Resolve(_ context.Context, q *coupon.Lookup, l *coupon.Links) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	l.Org = w.Org
	for _, id := range q.Holds {
		if h, ok := w.Holds[id]; ok {
			l.Holds[id] = &h
			for _, it := range h.Request.Items {
				q.Vouchers = append(q.Vouchers, it.Voucher)
			}
		}
	}
	for _, f := range q.Fingerprints {
		if c, ok := w.Codes[f]; ok {
			l.Codes[f] = w.link(c.Voucher)
		}
	}
	for _, id := range q.Vouchers {
		if v, ok := w.Vouchers[id]; ok {
			l.Vouchers[id] = w.link(id)
			q.Campaigns = append(q.Campaigns, v.Campaign)
		}
	}
	for id, r := range w.Redemptions {
		if slices.Contains(q.Redemptions, id) || slices.Contains(q.Checkouts, r.Checkout) {
			l.Redemptions[id] = coupon.RedemptionLink{VoucherLink: w.link(r.Voucher), Checkout: r.Checkout, Customer: r.Customer, Day: r.Day, Asset: string(r.Money.Asset)}
		}
	}
	for _, key := range q.Customers {
		delete(l.Customers, key)
		if id, ok := w.Keys[key]; ok {
			l.Customers[key] = id
		}
	}
	for _, id := range q.Batches {
		if b, ok := w.Batches[id]; ok {
			l.Batches[id], l.Jobs[id] = b.Campaign, b.Job
			q.Campaigns = append(q.Campaigns, b.Campaign)
		}
	}
	for _, id := range q.Campaigns {
		if c, ok := w.Campaigns[id]; ok {
			l.Campaigns[id] = coupon.CampaignLink{Terms: c.Terms, Standing: c.Standing, Counted: c.Limits.Counted()}
		}
	}
	return nil
}

func (w *World) link(id coupon.VoucherID) coupon.VoucherLink {
	v := w.Vouchers[id]
	return coupon.VoucherLink{Voucher: id, Campaign: v.Campaign, Kind: w.Campaigns[v.Campaign].Kind, Terms: v.Terms, Batch: v.Batch, Holder: v.Holder, Counted: w.Campaigns[v.Campaign].Limits.Counted()}
}

// Read reads what a decision without a write looks at.
func (w *World) Read(_ context.Context, k *coupon.Keys) (*coupon.State, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.load(k), nil
}

// load fills a state with copies of the rows that k names, and with no other.
func (w *World) load(k *coupon.Keys) *coupon.State {
	s := coupon.NewState()
	fill(s.Answers, w.Answers, k.Answers)
	fill(s.Campaigns, w.Campaigns, slices.Concat(k.OwnCampaigns, k.Campaigns))
	fill(s.Batches, w.Batches, slices.Concat(k.OwnBatches, k.Batches))
	fill(s.Vouchers, w.Vouchers, k.Vouchers)
	fill(s.Counters, w.Counters, k.Counters)
	fill(s.Customers, w.Customers, slices.Concat(k.OwnCustomers, k.Customers))
	fill(s.Holds, w.Holds, k.Holds)
	fill(s.Redemptions, w.Redemptions, k.Redemptions)
	fill(s.Checkouts, w.Checkouts, k.Checkouts)
	for _, c := range w.Checkouts {
		if slices.Contains(k.OrdersOf, c.Customer) && c.Open > 0 {
			s.Ordered[c.Customer] = true
		}
	}
	fill(s.Jobs, w.Jobs, k.Jobs)
	for _, key := range slices.SortedFunc(maps.Keys(w.Balances), func(a, b coupon.BalanceKey) int { return cmp.Compare(a.Asset, b.Asset) }) {
		if b := w.Balances[key]; slices.Contains(k.Balances, key.Customer) {
			s.LoadBalance(&b)
		}
	}
	for _, v := range w.Vouchers {
		if c := s.Campaigns.Row(v.Campaign); c != nil && slices.Contains(k.OwnCampaigns, v.Campaign) {
			c.IssuedAny = true
		}
	}
	terms := slices.Clone(k.Terms)
	for id := range s.Campaigns {
		terms = append(terms, s.Campaigns.Row(id).Terms)
	}
	for _, id := range terms {
		if t := w.Terms[id]; t != nil {
			s.Terms[id] = t
		}
	}
	for _, f := range k.Codes {
		if c, ok := w.Codes[f]; ok {
			s.Bound[f] = c.Voucher
		}
	}
	for _, m := range w.Messages {
		if m.Purpose == coupon.PurposeResend && slices.Contains(k.SentOf, m.Voucher) {
			s.Sent[m.Voucher] = m.CreatedAt
		}
	}
	for _, r := range w.Reservations {
		if slices.Contains(k.ReservationsOf, r.Hold) || slices.Contains(k.Vouchers, coupon.VoucherID(r.Subject)) || slices.Contains(k.Counters, coupon.CounterKey(r.Subject)) {
			s.Reserved[r.Subject] = append(s.Reserved[r.Subject], r)
		}
	}
	return s
}

func fill[K comparable, R any](to coupon.Table[K, R], from map[K]R, keys []K) {
	for _, k := range keys {
		if r, ok := from[k]; ok {
			to.Load(k, &r)
		}
	}
}

// Write runs fn as one transaction: nobody else writes meanwhile.
func (w *World) Write(_ context.Context, k *coupon.Keys, fn func(coupon.Tx, *coupon.State) error) error {
	w.pen.Lock()
	defer w.pen.Unlock()
	t := &tx{w: w, keys: k}
	w.mu.Lock()
	s := w.load(k)
	w.mu.Unlock()
	if err := fn(t, s); err != nil || t.changes == nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.write(t.changes)
	return nil
}

// Committed reports whether a mark was written, and burns one that was not.
func (w *World) Committed(_ context.Context, mark coupon.MarkID) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.Marks[mark]
	w.Marks[mark] = true
	return was, nil
}

// Voucher returns the voucher that a code is bound to now.
func (w *World) Voucher(fingerprint string) coupon.Voucher {
	return w.Vouchers[w.Codes[fingerprint].Voucher]
}

// Sums adds the entries up by account and asset, leaving out what comes to nothing.
func (w *World) Sums() map[string]int64 {
	sums := map[string]int64{}
	for _, e := range w.Entries {
		sums[string(e.Account)+" "+string(e.Asset)] += e.Minor
	}
	maps.DeleteFunc(sums, func(_ string, n int64) bool { return n == 0 })
	return sums
}

// Since returns the events written after the first n, as "type type …".
func (w *World) Since(n int) string {
	var types []string
	for _, e := range w.Events[n:] {
		types = append(types, string(e.Type))
	}
	return strings.Join(types, " ")
}

// Look reads the rows of the subjects.
func (w *World) Look(s Subjects) Seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := Seen{Vouchers: w.Vouchers, Ledger: w.Sums(), Balances: map[coupon.BalanceKey]int64{}, Counters: map[coupon.CounterKey]int64{}}
	for k, b := range w.Balances {
		seen.Balances[k] = b.Minor
	}
	for k, c := range w.Counters {
		seen.Counters[k] = c.Used
	}
	return seen
}
