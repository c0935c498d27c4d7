package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

// Events lists the events of a subject or a customer as they are written, or the
// feed, which has what is published only: newest first, or in published order.
func (db *DB) Events(ctx context.Context, f coupon.EventFilter, p coupon.Paging) (coupon.Page[coupon.Event], error) {
	var page coupon.Page[placed]
	var err error
	if byPlace(&f) {
		page, err = db.feedPage(ctx, &f, p)
	} else {
		page, err = pageOf(ctx, db, db.eventLists(&f, span{}), p, comparePlaced)
	}
	return mapped(page, func(e placed) coupon.Event { return e.Event }), err
}

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
