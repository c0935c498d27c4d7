package store

import (
	"context"
	"errors"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// ErrNotSetUp is what everything gets before the organisation exists.
var ErrNotSetUp = fault.New(fault.Unavailable, "not_set_up", "Scrip has not been set up yet.")

var organisationTable = &table[coupon.Organisation]{"organisation", 1, []column[coupon.Organisation]{
	derived("id", kindText, func(*coupon.Organisation) any { return "org" }),
	text("name", func(r *coupon.Organisation) *string { return &r.Name }),
	text("time_zone", func(r *coupon.Organisation) *string { return &r.TimeZone }),
	text("currency", func(r *coupon.Organisation) *string { return &r.Currency }),
	text("language", func(r *coupon.Organisation) *string { return &r.Language }),
	text("support_contact", func(r *coupon.Organisation) *string { return &r.SupportContact }),
	number("reversal_days", func(r *coupon.Organisation) *int64 { return &r.ReversalDays }),
	text("key_check", func(r *coupon.Organisation) *string { return &r.KeyCheck }),
	number("version", func(r *coupon.Organisation) *int64 { return &r.Version }),
	when("created_at", func(r *coupon.Organisation) *timeT { return &r.CreatedAt }),
}}

// Organisation returns the installation's own row, at most a second old.
func (db *DB) Organisation(ctx context.Context) (coupon.Organisation, error) {
	db.mu.Lock()
	org, at := db.org, db.orgAt
	db.mu.Unlock()
	if time.Since(at) < orgFresh {
		return org, nil
	}
	list, err := query(ctx, db, organisationTable, "WHERE id = $1", "org")
	if err != nil {
		return coupon.Organisation{}, err
	}
	if len(list) == 0 {
		return coupon.Organisation{}, ErrNotSetUp
	}
	org = list[0].Zoned()
	db.mu.Lock()
	db.org, db.orgAt = org, time.Now()
	db.mu.Unlock()
	return org, nil
}

// query reads the rows of a noun from the reading pool.
func query[R any](ctx context.Context, db *DB, t *table[R], tail string, args ...any) ([]R, error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+t.names("")+" FROM "+t.name+" "+tail, args...)
	if err != nil {
		return nil, db.d.classify(err)
	}
	defer rows.Close()
	var out []R
	for rows.Next() {
		var r R
		if err := rows.Scan(t.into(&r)...); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, db.d.classify(rows.Err())
}

// SetUp writes the organisation, once.
func (db *DB) SetUp(ctx context.Context, org coupon.Organisation) error {
	var w writes
	insert(&w, db.d, organisationTable, []*coupon.Organisation{&org})
	err := db.within(ctx, func(s session) error { return s.run(ctx, w) })
	if errors.Is(err, coupon.ErrMoved) {
		return fault.New(fault.Conflict, "set_up_before", "Scrip has been set up before.")
	}
	return err
}
