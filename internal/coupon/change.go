package coupon

import (
	"cmp"
	"slices"
	"time"
)

// Changes is what a batch writes: one statement per table. Rows of a table are in
// key order, so that every process writes in the same order.
type Changes struct {
	Mark MarkID
	At   time.Time

	NewCampaigns, Campaigns     []*Campaign
	NewBatches, Batches         []*Batch
	NewVouchers, Vouchers       []*Voucher
	NewCounters, Counters       []*Counter
	NewCustomers, Customers     []*Customer
	NewBalances, Balances       []*Balance
	NewHolds, Holds             []*Hold
	NewRedemptions, Redemptions []*Redemption
	NewCheckouts, Checkouts     []*Checkout
	NewJobs, Jobs               []*Job
	NewAnswers                  []*Answer

	Codes     []Code
	Rebound   []Code
	Terms     []*Terms
	Keys      []KeyChange
	Entries   []Entry
	Events    []Event
	Reversals []Reversal
	Reserved  []Reservation
	Freed     []Reservation
	Messages  []Message
	Notes     []Note
	Recount   []CampaignID // campaigns whose counters are made anew from their rows
	Imports   []*Import

	// Answered, when given, waits until NewAnswers are sealed. Whoever writes them calls it
	// first, and writes nothing if it fails; until then nobody may read their Sealed.
	Answered func() error
}

// Changes returns everything the batch changed, and whether that is anything.
func (s *State) Changes(now time.Time) (*Changes, bool) {
	c := &Changes{
		Mark: MarkID(s.IDs.First("mrk")), At: now, Codes: s.done.codes, Rebound: s.done.rebound, Terms: s.done.terms, Keys: s.done.keys, Entries: s.done.entries,
		Events: s.done.events, Reversals: s.done.undone, Reserved: s.done.reserved, Freed: s.done.freed, Recount: s.done.recount,
		Imports:  s.done.imports,
		Messages: s.done.messages, Notes: s.done.notes,
	}
	c.NewCampaigns, c.Campaigns = ordered(s.Campaigns, func(r *Campaign) string { return string(r.ID) })
	c.NewBatches, c.Batches = ordered(s.Batches, func(r *Batch) string { return string(r.ID) })
	c.NewVouchers, c.Vouchers = ordered(s.Vouchers, func(r *Voucher) string { return string(r.ID) })
	c.NewCounters, c.Counters = ordered(s.Counters, func(r *Counter) string { return string(r.Key) })
	c.NewCustomers, c.Customers = ordered(s.Customers, func(r *Customer) string { return string(r.ID) })
	c.NewBalances, c.Balances = ordered(s.Balances, func(r *Balance) string { return string(r.Customer) + string(r.Asset) })
	c.NewHolds, c.Holds = ordered(s.Holds, func(r *Hold) string { return string(r.ID) })
	c.NewRedemptions, c.Redemptions = ordered(s.Redemptions, func(r *Redemption) string { return string(r.ID) })
	c.NewCheckouts, c.Checkouts = ordered(s.Checkouts, func(r *Checkout) string { return string(r.ID) })
	c.NewJobs, c.Jobs = ordered(s.Jobs, func(r *Job) string { return string(r.ID) })
	c.NewAnswers, _ = ordered(s.Answers, func(r *Answer) string { return r.Key })
	for i := range c.Events {
		c.Events[i].Mark = c.Mark
	}
	some := len(c.Events)+len(c.NewRedemptions) > 0 || len(c.NewAnswers) > 0 || len(c.Entries) > 0 || len(c.Freed) > 0 || len(c.NewJobs)+len(c.Jobs)+len(c.Imports) > 0
	return c, some
}

func ordered[K comparable, R any](t Table[K, R], key func(*R) string) (fresh, changed []*R) {
	fresh, changed = t.split()
	byKey := func(a, b *R) int { return cmp.Compare(key(a), key(b)) }
	slices.SortFunc(fresh, byKey)
	slices.SortFunc(changed, byKey)
	return fresh, changed
}
