package store

import (
	"context"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// placed is an event with its commit's place in the feed.
type placed struct {
	coupon.Event
	place int64
}

// Events lists the events of a subject or a customer as they are written, or the
// feed, which has what is published only: newest first, or in published order.
func (db *DB) Events(ctx context.Context, f coupon.EventFilter, p coupon.Paging) (coupon.Page[coupon.Event], error) {
	l := eventsBy(&f)
	same(&l.find, "e.subject", f.Subject)
	owned(&l.find, "e.customer", f.Customer)
	same(&l.find, "e.type", f.Type)
	if len(f.Types) > 0 {
		l.where("e.type "+db.d.any("?"), db.d.list(asStrings(f.Types)))
	}
	same(&l.find, "e.by_id", f.By)
	if rareType(&f) {
		l.where("e.type <> 'voucher.issued' AND e.type <> 'voucher.redeemed'") // as the index says
	}
	if byStaff(&f) {
		l.where("e.by_kind = 'staff'")
	}
	l.between("e.at", f.From, f.To)
	rows, err := page(ctx, db, l, p)
	return mapped(rows, func(e placed) coupon.Event { return e.Event }), err
}

// What people did, and all but issuing and redeeming, is indexed: it is what an
// auditor looks for among millions of the others.
func rareType(f *coupon.EventFilter) bool {
	return f.Type != "" && f.Type != coupon.EventVoucherIssued && f.Type != coupon.EventVoucherRedeemed
}

func byStaff(f *coupon.EventFilter) bool { return strings.HasPrefix(f.By, "stf_") }

// eventsBy chooses the order. A subject's, a customer's and rare events have an index
// by commit; who follows the feed needs its places, or would miss a late commit.
func eventsBy(f *coupon.EventFilter) *listing[placed] {
	l := &listing[placed]{
		find:  find{from: "SELECT " + eventTable.names("e") + ", 0 FROM event e"},
		order: order{by: []by{{"e.mark", kindText}, {"e.n", kindNumber}}, desc: !f.Oldest}, into: placedInto,
		key: func(e *placed) []any { return []any{e.Mark, e.N} },
	}
	switch {
	case f.Subject != "" || f.Customer != "":
		return l
	case !f.Oldest && (rareType(f) || byStaff(f)):
		l.from += " JOIN commit_mark m ON m.id = e.mark"
		l.where("m.place > 0")
		return l
	}
	return feed(f.Oldest)
}

// feed lists by the places that Publish gives.
func feed(old bool) *listing[placed] {
	l := &listing[placed]{
		find:  find{from: "SELECT " + eventTable.names("e") + ", m.place FROM commit_mark m JOIN event e ON e.mark = m.id", conds: []string{"m.place > 0"}},
		order: order{by: []by{{"m.place", kindNumber}, {"e.n", kindNumber}}, desc: !old}, into: placedInto,
		key: func(e *placed) []any { return []any{e.place, e.N} },
	}
	l.order.after = func(f *find, last []any, desc bool) {
		than := ">"
		if desc {
			than = "<"
		}
		f.where("m.place "+than+"= ? AND (m.place "+than+" ? OR e.n "+than+" ?)", last[0], last[0], last[1])
	}
	return l
}

func placedInto(e *placed) []any { return append(eventTable.into(&e.Event), &e.place) }

// publishMax is how many commits one call of Publish places.
const publishMax = 1000

var placeTable = markTable.pick(1, "id", "place")

// Publish gives the commits that have no place in the feed yet the next places, in
// the order of their ids, and returns how many: call again at once after a full
// thousand. Places are given after commit, one publisher at a time, so a reader that
// has seen a place has seen every place before it, however late a commit was.
func (db *DB) Publish(ctx context.Context) (int, error) {
	waiting, err := figure(ctx, db, "SELECT COUNT(*) FROM (SELECT id FROM commit_mark WHERE place = 0 LIMIT 1) AS x")
	if err != nil || waiting == 0 {
		return 0, err
	}
	n := 0
	err = db.change(ctx, func(s session) error {
		var marks []*mark
		var last int64
		list := append(db.only("turn:publish"), statement{
			sql:  "SELECT COALESCE(MAX(place), 0) FROM commit_mark",
			each: func(scan func(...any) error) error { return scan(&last) },
		}, statement{
			sql: "SELECT id FROM commit_mark WHERE place = 0 ORDER BY id LIMIT $1", args: []any{int64(publishMax)},
			each: func(scan func(...any) error) error {
				m := &mark{}
				marks = append(marks, m)
				return scan((*string)(&m.id))
			},
		})
		if err := s.run(ctx, list); err != nil {
			return err
		}
		for i, m := range marks {
			m.place = last + int64(i) + 1
		}
		n = len(marks)
		var w writes
		update(&w, db.d, placeTable, marks)
		return s.run(ctx, w)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
