package coupontest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// tx is one writing transaction of a world.
type tx struct {
	w       *World
	keys    *coupon.Keys    // what was locked
	changes *coupon.Changes // to be kept when the transaction ends well
}

// Apply checks what the schema would check.
func (t *tx) Apply(_ context.Context, c *coupon.Changes) error {
	if c.Answered != nil {
		if err := c.Answered(); err != nil {
			return err
		}
	}
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	if err := errors.Join(t.taken(c), t.unlocked(c), overdrawn(c), Unbalanced(c.Entries)); err != nil {
		return err
	}
	t.changes = c
	return nil
}

// taken reports a row that exists already, as a unique index does: another process
// was first, so the batch has to look again.
func (t *tx) taken(c *coupon.Changes) error {
	w := t.w
	exists := w.Marks[c.Mark] ||
		has(w.Answers, c.NewAnswers, func(r *coupon.Answer) string { return r.Key }) ||
		has(w.Vouchers, c.NewVouchers, func(r *coupon.Voucher) coupon.VoucherID { return r.ID }) ||
		has(w.Counters, c.NewCounters, func(r *coupon.Counter) coupon.CounterKey { return r.Key }) ||
		has(w.Balances, c.NewBalances, func(r *coupon.Balance) coupon.BalanceKey { return r.BalanceKey }) ||
		slices.ContainsFunc(c.Codes, func(r coupon.Code) bool { _, ok := w.Codes[r.Fingerprint]; return ok })
	freed := map[coupon.CustomerKey]bool{}
	for _, k := range c.Keys {
		_, ok := w.Keys[k.Key]
		exists = exists || ok && !k.Remove && !freed[k.Key]
		freed[k.Key] = freed[k.Key] || k.Remove
	}
	if exists {
		return coupon.ErrMoved
	}
	return nil
}

func has[K comparable, R any](rows map[K]R, fresh []*R, key func(*R) K) bool {
	return slices.ContainsFunc(fresh, func(r *R) bool { _, ok := rows[key(r)]; return ok })
}

// unlocked reports a change of a row that the batch did not lock for itself.
func (t *tx) unlocked(c *coupon.Changes) error {
	var errs []error
	own := func(ok bool, what string, id any) {
		if !ok {
			errs = append(errs, fmt.Errorf("coupontest: %s %v was changed without being locked", what, id))
		}
	}
	for _, r := range c.Campaigns {
		own(slices.Contains(t.keys.OwnCampaigns, r.ID), "campaign", r.ID)
	}
	for _, r := range c.Batches {
		own(slices.Contains(t.keys.OwnBatches, r.ID), "batch", r.ID)
	}
	for _, r := range c.Vouchers {
		own(slices.Contains(t.keys.Vouchers, r.ID), "voucher", r.ID)
	}
	for _, r := range c.Counters {
		own(slices.Contains(t.keys.Counters, r.Key), "counter", r.Key)
	}
	for _, r := range c.Customers {
		own(slices.Contains(t.keys.OwnCustomers, r.ID), "customer", r.ID)
	}
	for _, r := range c.Balances {
		own(slices.Contains(t.keys.Balances, r.Customer), "balance", r.BalanceKey)
	}
	for _, r := range c.Holds {
		own(slices.Contains(t.keys.Holds, r.ID), "hold", r.ID)
	}
	for _, r := range c.Redemptions {
		own(slices.Contains(t.keys.Redemptions, r.ID), "redemption", r.ID)
	}
	for _, r := range c.Checkouts {
		own(slices.Contains(t.keys.Checkouts, r.ID), "checkout", r.ID)
	}
	for _, r := range c.Rebound {
		own(slices.Contains(t.keys.Codes, r.Fingerprint), "code", r.Fingerprint)
	}
	return errors.Join(errs...)
}

// overdrawn reports what the checks of the schema refuse.
func overdrawn(c *coupon.Changes) error {
	var errs []error
	for _, v := range slices.Concat(c.NewVouchers, c.Vouchers) {
		if v.Balance < 0 || v.Lapsed < 0 || v.Lapsed > v.Balance || v.Uses < 0 || v.MaxUses > 0 && v.Uses > v.MaxUses {
			errs = append(errs, fmt.Errorf("coupontest: voucher overdrawn: %+v", *v))
		}
	}
	for _, b := range slices.Concat(c.NewBalances, c.Balances) {
		if b.Minor < 0 || b.Asset == "" {
			errs = append(errs, fmt.Errorf("coupontest: balance below zero or of nothing: %+v", *b))
		}
	}
	for _, n := range slices.Concat(c.NewCounters, c.Counters) {
		if n.Used < 0 {
			errs = append(errs, fmt.Errorf("coupontest: counter below zero: %+v", *n))
		}
	}
	return errors.Join(errs...)
}

// Unbalanced reports postings whose entries do not come to zero in every asset, or
// that move nothing.
func Unbalanced(entries []coupon.Entry) error {
	type part struct {
		posting string
		asset   money.Asset
	}
	sums := map[part]int64{}
	var errs []error
	for _, e := range entries {
		sums[part{e.Posting, e.Asset}] += e.Minor
		if e.Minor == 0 || e.Asset == "" || e.Account == "" || e.Kind == "" {
			errs = append(errs, fmt.Errorf("coupontest: an empty entry: %+v", e))
		}
	}
	for p, n := range sums {
		if n != 0 {
			errs = append(errs, fmt.Errorf("coupontest: posting %s comes to %d %s", p.posting, n, p.asset))
		}
	}
	return errors.Join(errs...)
}

func (w *World) write(c *coupon.Changes) {
	w.Marks[c.Mark] = true
	keep(w.Answers, func(r *coupon.Answer) string { return r.Key }, c.NewAnswers)
	keep(w.Campaigns, func(r *coupon.Campaign) coupon.CampaignID { return r.ID }, c.NewCampaigns, c.Campaigns)
	keep(w.Batches, func(r *coupon.Batch) coupon.BatchID { return r.ID }, c.NewBatches, c.Batches)
	keep(w.Vouchers, func(r *coupon.Voucher) coupon.VoucherID { return r.ID }, c.NewVouchers, c.Vouchers)
	keep(w.Counters, func(r *coupon.Counter) coupon.CounterKey { return r.Key }, c.NewCounters, c.Counters)
	keep(w.Customers, func(r *coupon.Customer) coupon.CustomerID { return r.ID }, c.NewCustomers, c.Customers)
	keep(w.Balances, func(r *coupon.Balance) coupon.BalanceKey { return r.BalanceKey }, c.NewBalances, c.Balances)
	keep(w.Holds, func(r *coupon.Hold) coupon.HoldID { return r.ID }, c.NewHolds, c.Holds)
	keep(w.Redemptions, func(r *coupon.Redemption) coupon.RedemptionID { return r.ID }, c.NewRedemptions, c.Redemptions)
	keep(w.Checkouts, func(r *coupon.Checkout) coupon.CheckoutID { return r.ID }, c.NewCheckouts, c.Checkouts)
	keep(w.Jobs, func(r *coupon.Job) coupon.JobID { return r.ID }, c.NewJobs, c.Jobs)
	for _, t := range c.Terms {
		w.Terms[t.ID] = t
	}
	for _, r := range slices.Concat(c.Codes, c.Rebound) {
		w.Codes[r.Fingerprint] = r
	}
	for _, k := range c.Keys {
		if k.Remove {
			delete(w.Keys, k.Key)
		} else {
			w.Keys[k.Key] = k.Customer
		}
	}
	w.reserve(c)
	w.Entries = append(w.Entries, c.Entries...)
	w.Events = append(w.Events, eventsOf(c)...)
	w.Reversals = append(w.Reversals, c.Reversals...)
	w.Messages = append(w.Messages, c.Messages...)
	w.Notes = append(w.Notes, c.Notes...)
	for _, id := range c.Recount {
		w.recount(w.Campaigns[id])
	}
}

// eventsOf returns the events of a commit in their order. Redemptions are their own.
func eventsOf(c *coupon.Changes) []coupon.Event {
	list := slices.Clone(c.Events)
	for _, r := range c.NewRedemptions {
		list = append(list, r.Event())
	}
	slices.SortFunc(list, func(a, b coupon.Event) int { return cmp.Compare(a.N, b.N) })
	return list
}

func keep[K comparable, R any](rows map[K]R, key func(*R) K, lists ...[]*R) {
	for _, list := range lists {
		for _, r := range list {
			rows[key(r)] = *r
		}
	}
}

// reserve adds reservations, then takes away those that were freed: no hold comes
// back to what it gave up.
func (w *World) reserve(c *coupon.Changes) {
	w.Reservations = append(w.Reservations, c.Reserved...)
	w.Reservations = slices.DeleteFunc(w.Reservations, func(r coupon.Reservation) bool {
		return slices.ContainsFunc(c.Freed, func(f coupon.Reservation) bool { return f.Subject == r.Subject && f.Hold == r.Hold })
	})
}

// recount makes a campaign's counters anew from its rows.
func (w *World) recount(c coupon.Campaign) {
	for key, n := range w.Counters {
		if n.Campaign == c.ID {
			delete(w.Counters, key)
		}
	}
	add := func(bit coupon.Counted, key coupon.CounterKey, n int64) {
		if c.Limits.Counted()&bit != 0 {
			w.Counters[key] = coupon.Counter{Key: key, Campaign: c.ID, Used: w.Counters[key].Used + n}
		}
	}
	for _, r := range w.Redemptions {
		if r.Campaign != c.ID {
			continue
		}
		add(coupon.CountBudget, coupon.BudgetCounter(c.ID), r.Money.Minor-r.Reversed)
		if r.Returned {
			continue
		}
		add(coupon.CountTotal, coupon.TotalCounter(c.ID), 1)
		add(coupon.CountDay, coupon.DayCounter(c.ID, r.Day), 1)
		if r.Customer != "" {
			add(coupon.CountCustomer, coupon.CustomerCounter(c.ID, r.Customer), 1)
		}
	}
	for _, b := range w.Batches {
		if b.Campaign == c.ID && b.State != coupon.BatchFailed {
			add(coupon.CountIssued, coupon.IssuedCounter(c.ID), b.Quantity)
		}
	}
}
