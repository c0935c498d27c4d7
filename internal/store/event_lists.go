package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

// Events are in two tables: a redemption is its own event. So each list of events is two,
// which are put together.

// placed is an event with its commit's place in the feed.
type placed struct {
	coupon.Event
	place      int64              // 0 where a list goes by commits
	redemption *coupon.Redemption // which the event is of, where that is what was read
}

func (e *placed) key() []any {
	if e.place > 0 {
		return []any{e.place, e.N}
	}
	return []any{e.Mark, e.N}
}

func comparePlaced(a, b *placed) int {
	return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.Mark, b.Mark), cmp.Compare(a.N, b.N))
}

// What people did, and all but issuing and redeeming, is indexed: it is what an
// auditor looks for among millions of the others.
func rareType(f *coupon.EventFilter) bool {
	return f.Type != "" && f.Type != coupon.EventVoucherIssued && f.Type != coupon.EventVoucherRedeemed
}

func byStaff(f *coupon.EventFilter) bool { return strings.HasPrefix(f.By, "stf_") }

// ofOne reports whether a subject's or a customer's events are meant: they are listed before
// they are published, too.
func ofOne(f *coupon.EventFilter) bool { return f.Subject != "" || f.Customer != "" }

// byPlace chooses the order. A subject's, a customer's and rare events have an index by
// commit; who follows the feed needs its places, or would miss a late commit.
func byPlace(f *coupon.EventFilter) bool {
	return !ofOne(f) && (f.Oldest || !rareType(f) && !byStaff(f))
}

// lastPlace returns the last place of the feed. Lists that are put together end there,
// whatever is published between one and the other.
func (db *DB) lastPlace(ctx context.Context) (int64, error) {
	return figure(ctx, db, "SELECT COALESCE(MAX(place), 0) FROM commit_mark")
}

// eventLists are the lists that f means.
func (db *DB) eventLists(f *coupon.EventFilter, last int64) []*listing[placed] {
	const redeemed = coupon.EventVoucherRedeemed
	var lists []*listing[placed]
	if f.Type != redeemed {
		lists = append(lists, db.writtenEvents(f, last))
	}
	if (f.Type == "" || f.Type == redeemed) && (len(f.Types) == 0 || slices.Contains(f.Types, redeemed)) {
		lists = append(lists, redemptionEvents(f, last))
	}
	for _, l := range lists {
		l.key = (*placed).key
	}
	return lists
}

// writtenEvents lists the table of events.
func (db *DB) writtenEvents(f *coupon.EventFilter, last int64) *listing[placed] {
	l := eventFeed(last, f.Oldest)
	if !byPlace(f) {
		l.find = find{from: "SELECT " + eventTable.names("e") + ", 0 FROM event e"}
		l.order = order{by: []by{{"e.mark", kindText}, {"e.n", kindNumber}}, desc: !f.Oldest}
		if !ofOne(f) {
			l.from += " JOIN commit_mark m ON m.id = e.mark"
			l.where("m.place > 0")
		}
	}
	same(&l.find, "e.subject", f.Subject)
	owned(&l.find, "e.customer", f.Customer)
	same(&l.find, "e.type", f.Type)
	if len(f.Types) > 0 {
		l.where("e.type "+db.d.any("?"), db.d.list(asStrings(f.Types)))
	}
	if rareType(f) {
		l.where("e.type <> 'voucher.issued' AND e.type <> 'voucher.redeemed'") // as the index says
	}
	same(&l.find, "e.by_id", f.By)
	if byStaff(f) {
		l.where("e.by_kind = 'staff'")
	}
	l.between("e.at", f.From, f.To)
	return l
}

// redemptionEvents lists the table of redemptions in the order of their events, which is that
// of their ids.
func redemptionEvents(f *coupon.EventFilter, last int64) *listing[placed] {
	l := redemptionFeed(last, f.Oldest)
	if !byPlace(f) {
		l.find = find{from: "SELECT " + redemptionTable.names("r") + ", 0 FROM redemption r"}
		l.order = order{by: []by{{"r.id", kindText}, {"", kindNumber}}, sort: []string{"r.id"}, desc: !f.Oldest}
		l.order.after = func(f *find, last []any, desc bool) {
			f.where("r.id "+than(desc)+" ?", id.Nth("red", last[0].(string), last[1].(int64)))
		}
		if !ofOne(f) {
			l.from += " JOIN commit_mark m ON m.id = 'mrk_' || SUBSTR(r.id, 5, 22) || '0000'"
			l.where("m.place > 0")
		}
	}
	same(&l.find, "r.voucher", f.Subject)
	owned(&l.find, "r.customer", f.Customer)
	same(&l.find, "r.by_id", f.By)
	if byStaff(f) {
		l.where("r.by_kind = 'staff'")
	}
	idBetween(&l.find, "r.id", "red", f.From, f.To)
	l.where("r.voucher_version > 0") // of those before schema 9 an event was written
	return l
}

// eventFeed lists events by the places that Publish gives.
func eventFeed(last int64, old bool) *listing[placed] {
	l := feed("SELECT "+eventTable.names("e")+", m.place FROM commit_mark m JOIN event e ON e.mark = m.id", last, old)
	l.order.sort = []string{"m.place", "e.n"}
	l.order.after = afterPlace("e.n", func(n int64) any { return n })
	l.into = func(e *placed) []any { return append(eventTable.into(&e.Event), &e.place) }
	return l
}

// redemptionFeed lists redemptions by the places of their commits, with which they share the
// id but for the number.
func redemptionFeed(last int64, old bool) *listing[placed] {
	l := feed("SELECT "+redemptionTable.names("r")+", m.place FROM commit_mark m"+
		" JOIN redemption r ON r.id > 'red_' || SUBSTR(m.id, 5, 22) AND r.id < 'red_' || SUBSTR(m.id, 5, 22) || 'w'", last, old)
	l.order.sort = []string{"m.place", "r.id"}
	l.order.after = afterPlace("SUBSTR(r.id, 27)", func(n int64) any { return id.Digits(n) })
	l.into = func(e *placed) []any {
		e.redemption = &coupon.Redemption{}
		return append(redemptionTable.into(e.redemption), &e.place)
	}
	l.read = func(e *placed) { e.Event = e.redemption.Event() }
	return l
}

func feed(from string, last int64, old bool) *listing[placed] {
	l := &listing[placed]{find: find{from: from}, order: order{by: []by{{"m.place", kindNumber}, {"", kindNumber}}, desc: !old}}
	l.where("m.place > 0 AND m.place <= ?", last)
	return l
}

// afterPlace asks for what comes after a commit's place and a number within it.
func afterPlace(column string, number func(int64) any) func(f *find, last []any, desc bool) {
	return func(f *find, last []any, desc bool) {
		than := than(desc)
		f.where("m.place "+than+"= ? AND (m.place "+than+" ? OR "+column+" "+than+" ?)", last[0], last[0], number(last[1].(int64)))
	}
}
