package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

// span is a part of the feed, from one place to another.
type span struct{ first, last int64 }

// The feed is read in spans, each longer than the one before: of two lists that are put
// together, one may have nothing for as long as the other fills pages. Nor is a moment held
// for long: SQLite's log does not begin anew while somebody reads.
const (
	firstSpan  = 256
	spanGrowth = 8
	longest    = 1 << 16
)

// walk reads n events of the feed behind a place, backwards when desc; behind nil it begins
// at its beginning, or its end. What has a place does not change, so the lists need not be read
// at one moment, but end where the feed ended then.
func (db *DB) walk(ctx context.Context, last []any, desc bool, n int, lists func(span) []*listing[placed]) ([]placed, error) {
	end, err := figure(ctx, db, "SELECT COALESCE(MAX(place), 0) FROM commit_mark")
	if err != nil {
		return nil, err
	}
	from := int64(0)
	if last != nil {
		from = last[0].(int64)
	}
	if desc && (from == 0 || from > end) {
		from = end
	}
	from = max(from, 1)
	var out []placed
	for size := int64(firstSpan); len(out) < n; size = min(size*spanGrowth, longest) {
		s := span{from, min(max(from, from+size), end)}
		if desc {
			s = span{max(1, from-size), min(from, end)}
		}
		if s.first > s.last {
			return out, nil
		}
		rows, err := together(ctx, lists(s), comparePlaced, func(ctx context.Context, l *listing[placed]) ([]placed, error) {
			l.order.desc = desc
			l.order.behind(&l.find, last)
			return l.first(ctx, db, n)
		})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
		if from = s.last + 1; desc {
			from = s.first - 1
		}
	}
	return out[:n], nil
}

// feedPage is page of the feed.
func (db *DB) feedPage(ctx context.Context, f *coupon.EventFilter, p coupon.Paging) (coupon.Page[placed], error) {
	order := eventFeed(span{}, f.Oldest).order
	last, err := order.cursor(p)
	if err != nil {
		return coupon.Page[placed]{}, err
	}
	limit := pageSize(p.Limit)
	rows, err := db.walk(ctx, last, order.desc, limit+1, func(s span) []*listing[placed] { return db.eventLists(f, s) })
	return cut(rows, limit, (*placed).key, p), err
}

// Feed returns what is published after a place, in the order of the feed.
func (db *DB) Feed(ctx context.Context, after coupon.FeedPlace, limit int) ([]coupon.Placed, error) {
	rows, err := db.walk(ctx, []any{after.Place, after.N}, false, limit, func(s span) []*listing[placed] {
		return []*listing[placed]{eventFeed(s, true), redemptionFeed(s, true)}
	})
	out := make([]coupon.Placed, len(rows))
	for i := range rows {
		out[i] = coupon.Placed{Event: rows[i].Event, Place: rows[i].place}
	}
	return out, err
}

// eventFeed lists events by the places that Publish gives.
func eventFeed(s span, old bool) *listing[placed] {
	l := feed("SELECT "+eventTable.names("e")+", m.place FROM commit_mark m JOIN event e ON e.mark = m.id", s, old)
	l.order.sort = []string{"m.place", "e.n"}
	l.order.after = afterPlace("e.n", func(n int64) any { return n })
	l.into = func(e *placed) []any { return append(eventTable.into(&e.Event), &e.place) }
	return l
}

// redemptionFeed lists redemptions by the places of their commits, with which they share the
// id but for the number.
func redemptionFeed(s span, old bool) *listing[placed] {
	l := feed("SELECT "+redemptionTable.names("r")+", m.place FROM commit_mark m"+
		" JOIN redemption r ON r.id > 'red_' || SUBSTR(m.id, 5, 22) AND r.id < 'red_' || SUBSTR(m.id, 5, 22) || 'w'", s, old)
	l.where(isEvent)
	l.order.sort = []string{"m.place", "r.id"}
	l.order.after = afterPlace("SUBSTR(r.id, 27)", func(n int64) any { return id.Digits(n) })
	l.into = func(e *placed) []any {
		e.redemption = &coupon.Redemption{}
		return append(redemptionTable.into(e.redemption), &e.place)
	}
	l.read = func(e *placed) { e.Event = e.redemption.Event() }
	return l
}

func feed(from string, s span, old bool) *listing[placed] {
	l := &listing[placed]{find: find{from: from}, order: order{by: []by{{"m.place", kindNumber}, {"", kindNumber}}, desc: !old}, key: (*placed).key}
	l.where("m.place >= ? AND m.place <= ?", s.first, s.last)
	return l
}

// afterPlace asks for what comes after a commit's place and a number within it.
func afterPlace(column string, number func(int64) any) func(f *find, last []any, desc bool) {
	return func(f *find, last []any, desc bool) {
		way := than(desc)
		f.where("m.place "+way+"= ? AND (m.place "+way+" ? OR "+column+" "+way+" ?)", last[0], last[0], number(last[1].(int64)))
	}
}
