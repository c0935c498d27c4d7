package store

import (
	"cmp"
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
)

// The entries of a customer's account are found in two ways: what redemptions brought, by the
// redemptions, and all others by their index.
const (
	broughtEntries = " FROM redemption r JOIN entry e ON e.posting = 'pst_' || SUBSTR(r.id, 5) AND e.account = r.to_account"
	otherEntries   = " FROM entry e"
)

func broughtTo(f *find, who coupon.CustomerID) {
	owned(f, "r.customer", who)
	f.where("r.to_account = ?", string(coupon.CustomerAccount(who)))
}

func othersOf(f *find, who coupon.CustomerID) {
	f.where("e.account = ?", string(coupon.CustomerAccount(who)))
	f.where("e.account >= 'customer:' AND e.account < 'customer;' AND e.kind <> 'spend' AND e.kind <> 'top_up'") // as the index says
}

// Entries lists the entries of a customer's account, the newest first, each with
// the balance after it.
func (db *DB) Entries(ctx context.Context, who coupon.CustomerID, p coupon.Paging) (coupon.Page[coupon.EntryView], error) {
	list := func(from string) *listing[coupon.Entry] {
		return &listing[coupon.Entry]{
			find:  find{from: "SELECT " + entryTable.names("e") + from},
			order: newest(by{"e.posting", kindText}, by{"e.line", kindNumber}), into: entryTable.into,
			key: func(e *coupon.Entry) []any { return []any{e.Posting, e.Line} },
		}
	}
	brought, others := list(broughtEntries), list(otherEntries)
	broughtTo(&brought.find, who)
	othersOf(&others.find, who)
	brought.order.sort = []string{"r.id"}
	brought.order.after = func(f *find, last []any, desc bool) {
		f.where("r.id "+than(desc)+" ?", id.Sibling("red", last[0].(string)))
	}
	var out coupon.Page[coupon.EntryView]
	err := db.atOnce(ctx, func(ctx context.Context) error {
		entries, err := pageOf(ctx, db, []*listing[coupon.Entry]{brought, others}, p, func(a, b *coupon.Entry) int {
			return cmp.Or(cmp.Compare(a.Posting, b.Posting), cmp.Compare(a.Line, b.Line))
		})
		if err != nil || len(entries.Rows) == 0 {
			return err
		}
		before, err := db.entriesBefore(ctx, who, &entries.Rows[len(entries.Rows)-1])
		out = balanced(entries, before)
		return err
	})
	return out, err
}

// entriesBefore sums the entries of a customer's account that are older than one.
func (db *DB) entriesBefore(ctx context.Context, who coupon.CustomerID, e *coupon.Entry) ([]money.Amount, error) {
	const sum = "SELECT e.asset, e.minor"
	brought := find{from: sum + broughtEntries}
	broughtTo(&brought, who)
	brought.where("r.id < ?", id.Sibling("red", e.Posting))
	all := find{from: sum + otherEntries, args: brought.args}
	othersOf(&all, who)
	all.where("(e.posting, e.line) < (?, ?)", e.Posting, e.Line)
	return fetch(ctx, db, func(m *money.Amount) []any { return []any{(*string)(&m.Asset), &m.Minor} },
		"SELECT x.asset, "+total("x.minor")+" FROM ("+brought.sql()+" UNION ALL "+all.sql()+") AS x GROUP BY x.asset", all.args...)
}

// balanced adds the entries up, from the oldest, on what there was before them.
func balanced(entries coupon.Page[coupon.Entry], before []money.Amount) coupon.Page[coupon.EntryView] {
	after := map[money.Asset]int64{}
	for _, m := range before {
		after[m.Asset] = m.Minor
	}
	out := mapped(entries, func(e coupon.Entry) coupon.EntryView { return coupon.EntryView{Entry: e} })
	for i := len(out.Rows) - 1; i >= 0; i-- {
		e := &out.Rows[i]
		after[e.Asset] += e.Minor
		e.After = after[e.Asset]
	}
	return out
}
