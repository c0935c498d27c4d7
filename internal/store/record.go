package store

import (
	"context"
	"errors"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
)

// changeTries is how often a change outside of the engine is run again because the
// database asked for it.
const changeTries = 8

// change runs fn in one transaction, again when the database asks for it: fn sets
// whatever it returns anew each time.
func (db *DB) change(ctx context.Context, fn func(session) error) error {
	var err error
	for range changeTries {
		if err = db.within(ctx, fn); !errors.Is(err, coupon.ErrRetry) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// apply runs statements in one transaction.
func (db *DB) apply(ctx context.Context, w writes) error {
	return db.change(ctx, func(s session) error { return s.run(ctx, w) })
}

// record makes a change and writes the event about it, in one transaction. Without
// a type there is no event. After a commit without an answer it finds out.
func (db *DB) record(ctx context.Context, ev coupon.Event, w writes) error {
	if ev.Type == "" {
		return db.apply(ctx, w)
	}
	ev.Mark, ev.N = coupon.MarkID(id.NewSeries(id.New("mrk"), ev.At).First("mrk")), 0
	var all writes
	insert(&all, db.d, markTable, []*mark{{id: ev.Mark, at: ev.At}})
	all = append(all, w...)
	insert(&all, db.d, eventTable, []*coupon.Event{&ev})
	err := db.apply(ctx, all)
	if !errors.Is(err, coupon.ErrUnclear) {
		return err
	}
	committed, asking := db.Committed(ctx, ev.Mark)
	if asking == nil && committed {
		return nil
	}
	return errors.Join(err, asking)
}

// taken says which field holds what another row has already.
func taken(err error, field, msg string) error {
	if errors.Is(err, coupon.ErrMoved) {
		return coupon.ErrConflict.Saying(msg).On(field).Because(err)
	}
	return err
}

// gone says that the row to change is not there.
func gone(err error, noun string) error {
	if errors.Is(err, errRows) {
		return fault.Of(missing(noun)).Because(err)
	}
	return err
}

// only lets one transaction of all processes do what is named at a time. Tasks have
// their rows in the same table, under names without "turn:".
func (db *DB) only(name string) writes {
	return writes{
		{sql: "INSERT INTO lease (name, holder, until_at, next_at) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING", args: []any{name}},
		{sql: "SELECT name FROM lease WHERE name = $1" + db.d.forUpdate, args: []any{name}, each: func(scan func(...any) error) error { return scan(new(string)) }},
	}
}
