package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/scriphq/scrip/internal/coupon"
)

// Apply writes a batch: its mark first, then table by table, rows in key
// order. On PostgreSQL they travel with the commit.
func (t *tx) Apply(ctx context.Context, c *coupon.Changes) error {
	d := t.db.d
	var w writes
	insert(&w, d, markTable, []*mark{{id: c.Mark, at: c.At}})
	insert(&w, d, campaignTable, c.NewCampaigns)
	update(&w, d, campaignTable, c.Campaigns)
	insert(&w, d, termsTable, c.Terms)
	insert(&w, d, batchTable, c.NewBatches)
	update(&w, d, batchTable, c.Batches)
	insert(&w, d, voucherTable, c.NewVouchers)
	updateSharing(&w, d, voucherChange, c.Vouchers)
	insert(&w, d, codeTable, sorted(c.Codes))
	update(&w, d, codeTable, pointers(c.Rebound))
	insert(&w, d, counterTable, c.NewCounters)
	update(&w, d, counterTable, c.Counters)
	remove(&w, d, customerKeyTable, keysOf(c.Keys, true))
	insert(&w, d, customerKeyTable, keysOf(c.Keys, false))
	insert(&w, d, customerTable, c.NewCustomers)
	update(&w, d, customerTable, c.Customers)
	insert(&w, d, balanceTable, c.NewBalances)
	update(&w, d, balanceTable, c.Balances)
	insert(&w, d, holdTable, c.NewHolds)
	update(&w, d, holdChange, c.Holds)
	insert(&w, d, redemptionTable, c.NewRedemptions)
	update(&w, d, redemptionChange, c.Redemptions)
	insert(&w, d, checkoutTable, c.NewCheckouts)
	update(&w, d, checkoutChange, c.Checkouts)
	insert(&w, d, reversalTable, pointers(c.Reversals))
	insert(&w, d, jobTable, c.NewJobs)
	update(&w, d, jobTable, c.Jobs)
	update(&w, d, importChange, c.Imports)
	remove(&w, d, reservationTable, pointers(c.Freed))
	insert(&w, d, reservationTable, live(c))
	insert(&w, d, entryTable, pointers(c.Entries))
	insert(&w, d, messageTable, pointers(c.Messages))
	insert(&w, d, noteTable, pointers(c.Notes))
	insert(&w, d, eventTable, pointers(c.Events))
	for _, id := range c.Recount {
		for _, cam := range c.Campaigns {
			if cam.ID == id {
				w = append(w, recount(cam)...)
			}
		}
	}
	if n := len(w); len(c.NewAnswers) > 0 { // the last: they may still be in the making
		insert(&w, d, answerTable, c.NewAnswers)
		w[n].await = c.Answered
	}
	t.wrote(c)
	return t.later(ctx, w)
}

// writes is the pipeline of one Apply.
type writes []statement

func pointers[R any](rows []R) []*R {
	out := make([]*R, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	return out
}

// sorted returns codes in the order of their index: those of a chunk that share a page
// come together.
func sorted(codes []coupon.Code) []*coupon.Code {
	out := pointers(codes)
	slices.SortFunc(out, func(a, b *coupon.Code) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
	return out
}

// keysOf returns the keys to take away, or those to give: of a key that changed
// twice in a batch, what it became last.
func keysOf(all []coupon.KeyChange, gone bool) []*coupon.KeyChange {
	last := make(map[coupon.CustomerKey]int, len(all))
	for i := range all {
		last[all[i].Key] = i
	}
	var out []*coupon.KeyChange
	for i := range all {
		if all[i].Remove == gone && (gone || last[all[i].Key] == i) {
			out = append(out, &all[i])
		}
	}
	return out
}

// live leaves out reservations that the same batch has freed again.
func live(c *coupon.Changes) []*coupon.Reservation {
	type key struct {
		subject string
		hold    coupon.HoldID
	}
	freed := make(map[key]bool, len(c.Freed))
	for _, f := range c.Freed {
		freed[key{f.Subject, f.Hold}] = true
	}
	sums, out := map[key]*coupon.Reservation{}, []*coupon.Reservation{}
	for i := range c.Reserved {
		r := &c.Reserved[i]
		k := key{r.Subject, r.Hold}
		switch {
		case freed[k]:
		case sums[k] != nil: // two vouchers of one hold on the same counter
			sums[k].Uses, sums[k].Minor = sums[k].Uses+r.Uses, sums[k].Minor+r.Minor
		default:
			one := *r
			sums[k] = &one
			out = append(out, &one)
		}
	}
	return out
}

// recount makes a campaign's counters anew from its rows; verify compares with the
// same sums.
func recount(c *coupon.Campaign) []statement {
	arg := []any{string(c.ID)}
	list := []statement{{sql: "DELETE FROM counter WHERE campaign = $1", args: arg}}
	for _, sum := range counterSums {
		if c.Limits.Counted()&sum.bit != 0 {
			list = append(list, statement{sql: "INSERT INTO counter (counter_key, campaign, used) " + sum.query("x.campaign = $1"), args: arg})
		}
	}
	return list
}

// counterSum says what a counter counts: its key, its figure and the rows.
type counterSum struct {
	bit             coupon.Counted
	key, used, rows string
}

// query lists key, campaign and figure of the counters of campaigns that cond names.
func (c counterSum) query(cond string) string {
	return "SELECT " + c.key + " AS counter_key, x.campaign, " + c.used + " AS used FROM " + c.rows + " AND " + cond + " GROUP BY 1, x.campaign"
}

// counterSums are all counters. A redemption that was wholly reversed counts no more.
var counterSums = []counterSum{
	{coupon.CountTotal, "x.campaign || '/total'", "COUNT(*)", "redemption x WHERE x.returned = FALSE"},
	{coupon.CountDay, "x.campaign || '/day/' || x.used_on", "COUNT(*)", "redemption x WHERE x.returned = FALSE"},
	{coupon.CountCustomer, "x.customer || '/' || x.campaign", "COUNT(*)", "redemption x WHERE x.returned = FALSE AND x.customer <> ''"},
	{coupon.CountBudget, "x.campaign || '/budget'", total("x.minor - x.reversed"), "redemption x WHERE x.minor >= 0"},
	{coupon.CountIssued, "x.campaign || '/issued'", "CAST(SUM(x.quantity) AS BIGINT)", "batch x WHERE x.state <> 'failed'"},
}

// Committed tries to write the mark of a batch whose commit had no answer. A
// duplicate means that it was committed; success burns the mark, so it never will be.
func (db *DB) Committed(ctx context.Context, id coupon.MarkID) (bool, error) {
	var w writes
	insert(&w, db.d, markTable, []*mark{{id: id}})
	err := db.within(ctx, func(s session) error { return s.run(ctx, w) })
	if errors.Is(err, coupon.ErrMoved) {
		return true, nil
	}
	return false, err
}
