package store

import (
	"context"
	"errors"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// ErrNotSetUp is what everything gets before the organisation exists.
var ErrNotSetUp = fault.New(fault.Unavailable, "not_set_up", "Scrip has not been set up yet.")

var organisationTable = &table[coupon.Organisation]{"organisation", 1, []column[coupon.Organisation]{
	derivedText("id", func(*coupon.Organisation) string { return "org" }),
	text("name", func(r *coupon.Organisation) *string { return &r.Name }),
	text("time_zone", func(r *coupon.Organisation) *string { return &r.TimeZone }),
	text("currency", func(r *coupon.Organisation) *string { return &r.Currency }),
	text("language", func(r *coupon.Organisation) *string { return &r.Language }),
	text("support_contact", func(r *coupon.Organisation) *string { return &r.SupportContact }),
	number("reversal_days", func(r *coupon.Organisation) *int64 { return &r.ReversalDays }),
	number("support_cap", func(r *coupon.Organisation) *int64 { return &r.SupportCap }),
	number("reveal_cap", func(r *coupon.Organisation) *int64 { return &r.RevealCap }),
	text("key_check", func(r *coupon.Organisation) *string { return &r.KeyCheck }),
	when("keys_timed", func(r *coupon.Organisation) *timeT { return &r.KeysTimed }),
	number("version", func(r *coupon.Organisation) *int64 { return &r.Version }),
	when("created_at", func(r *coupon.Organisation) *timeT { return &r.CreatedAt }),
}}

// Organisation returns the installation's own row, at most a second old.
func (db *DB) Organisation(ctx context.Context) (coupon.Organisation, error) {
	return db.org.get(orgFresh, func() (coupon.Organisation, error) {
		list, err := query(ctx, db, organisationTable, "WHERE id = $1", "org")
		if err != nil {
			return coupon.Organisation{}, err
		}
		if len(list) == 0 {
			return coupon.Organisation{}, ErrNotSetUp
		}
		return list[0].Zoned(), nil
	})
}

// SetUp writes the organisation and the first person, once.
func (db *DB) SetUp(ctx context.Context, org coupon.Organisation, first coupon.Staff, ev coupon.Event) error {
	var w writes
	insert(&w, db.d, organisationTable, []*coupon.Organisation{&org})
	insert(&w, db.d, staffTable, []*coupon.Staff{&first})
	err := db.record(ctx, ev, w)
	if errors.Is(err, coupon.ErrMoved) {
		return fault.New(fault.Conflict, "set_up_before", "Scrip has been set up before.")
	}
	return err
}

// IsSetUp reports whether there is an organisation.
func (db *DB) IsSetUp(ctx context.Context) (bool, error) {
	n, err := figure(ctx, db, "SELECT COUNT(*) FROM organisation")
	return n > 0, err
}

var organisationChange = organisationTable.pick(1, "id", "name", "time_zone", "currency", "language", "support_contact", "reversal_days", "support_cap", "reveal_cap", "key_check", "version")

// SaveOrganisation changes the organisation, here at once and in other processes
// within a second.
func (db *DB) SaveOrganisation(ctx context.Context, org coupon.Organisation, ev coupon.Event) error {
	var w writes
	update(&w, db.d, organisationChange, []*coupon.Organisation{&org})
	err := db.record(ctx, ev, w)
	db.org.forget()
	if errors.Is(err, errRows) {
		return ErrNotSetUp.Because(err)
	}
	return err
}
