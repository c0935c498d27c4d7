package store

import (
	"cmp"
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

// isEvent is true of redemptions that are their own events: of those before schema 9 an event
// was written.
const isEvent = "r.voucher_version > 0"

// eventLists are the lists that f means; s is the part of the feed, where they go by places.
func (db *DB) eventLists(f *coupon.EventFilter, s span) []*listing[placed] {
	const redeemed = coupon.EventVoucherRedeemed
	lists := []*listing[placed]{db.writtenEvents(f, s)}
	if (f.Type == "" || f.Type == redeemed) && (len(f.Types) == 0 || slices.Contains(f.Types, redeemed)) {
		lists = append(lists, redemptionEvents(f, s))
	}
	return lists
}

// writtenEvents lists the table of events.
func (db *DB) writtenEvents(f *coupon.EventFilter, s span) *listing[placed] {
	l := eventFeed(s, f.Oldest)
	if !byPlace(f) {
		l.find = find{from: "SELECT " + eventTable.names("e") + ", 0 FROM event e"}
		l.order = order{by: []by{{"e.mark", kindText}, {"e.n", kindNumber}}, desc: !f.Oldest}
		published(&l.find, f, "e.mark")
	}
	about(&l.find, f, "e", "e.subject")
	same(&l.find, "e.type", f.Type)
	if len(f.Types) > 0 {
		l.where("e.type "+db.d.any("?"), db.d.list(asStrings(f.Types)))
	}
	if rareType(f) {
		l.where("e.type <> 'voucher.issued' AND e.type <> 'voucher.redeemed'") // as the index says
	}
	l.between("e.at", f.From, f.To)
	return l
}

// published leaves out what has no place yet, except for a subject or a customer.
func published(l *find, f *coupon.EventFilter, mark string) {
	if !ofOne(f) {
		l.from += " JOIN commit_mark m ON m.id = " + mark
		l.where("m.place > 0")
	}
}

// about asks for whom it is about and who did it.
func about(l *find, f *coupon.EventFilter, alias, subject string) {
	same(l, subject, f.Subject)
	owned(l, alias+".customer", f.Customer)
	same(l, alias+".by_id", f.By)
	if byStaff(f) {
		l.where(alias + ".by_kind = 'staff'")
	}
}

// redemptionEvents lists the table of redemptions in the order of their events, which is that
// of their ids.
func redemptionEvents(f *coupon.EventFilter, s span) *listing[placed] {
	l := redemptionFeed(s, f.Oldest)
	if !byPlace(f) {
		l.find = find{from: "SELECT " + redemptionTable.names("r") + ", 0 FROM redemption r", conds: []string{isEvent}}
		l.order = order{by: []by{{"r.id", kindText}, {"", kindNumber}}, sort: []string{"r.id"}, desc: !f.Oldest}
		l.order.after = func(f *find, last []any, desc bool) {
			f.where("r.id "+than(desc)+" ?", id.Nth("red", last[0].(string), last[1].(int64)))
		}
		published(&l.find, f, "'mrk_' || SUBSTR(r.id, 5, 22) || '0000'")
	}
	about(&l.find, f, "r", "r.voucher")
	if byPlace(f) { // their ids are bounded by their commits already
		l.between("r.at", f.From, f.To)
	} else {
		idBetween(&l.find, "r.id", "red", f.From, f.To)
	}
	return l
}
