package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// noteEvery is how often the use of a key or a person's presence is written.
const noteEvery = time.Minute

// CreateStaff adds a person; the e-mail address must be free.
func (db *DB) CreateStaff(ctx context.Context, s coupon.Staff, ev coupon.Event) error {
	var w writes
	insert(&w, db.d, staffTable, []*coupon.Staff{&s})
	return emailTaken(db.record(ctx, ev, w))
}

// SaveStaff changes a person; an empty password keeps the one there is. Language and
// theme are their own. A change after which nobody administers is a fault of "role": one
// change at a time, or two administrators who demote each other would both be granted it.
func (db *DB) SaveStaff(ctx context.Context, s coupon.Staff, ev coupon.Event) error {
	w := db.only("turn:staff")
	update(&w, db.d, staffChange, []*coupon.Staff{&s})
	if s.Password != "" {
		update(&w, db.d, staffPassword, []*coupon.Staff{&s})
	}
	w = append(w, someAdmin)
	return gone(emailTaken(db.record(ctx, ev, w)), "member of staff")
}

// SaveStaffPassword keeps the hash of a person's password, and nothing else of them.
func (db *DB) SaveStaffPassword(ctx context.Context, s coupon.Staff, ev coupon.Event) error {
	var w writes
	update(&w, db.d, staffPassword, []*coupon.Staff{&s})
	return gone(db.record(ctx, ev, w), "member of staff")
}

// SaveStaffLook keeps a person's language and theme, and nothing else of them.
func (db *DB) SaveStaffLook(ctx context.Context, s coupon.Staff, ev coupon.Event) error {
	var w writes
	update(&w, db.d, staffLook, []*coupon.Staff{&s})
	return gone(db.record(ctx, ev, w), "member of staff")
}

// someAdmin fails where no active administrator is left.
var someAdmin = statement{
	sql: "SELECT COUNT(*) FROM staff WHERE role = $1 AND NOT disabled", args: []any{string(coupon.Admin)},
	each: func(scan func(...any) error) error {
		var admins int64
		if err := scan(&admins); err != nil || admins > 0 {
			return err
		}
		return fault.Field("role", "Somebody must stay administrator.")
	},
}

func emailTaken(err error) error {
	return taken(err, "email", "Another member of staff has this e-mail address.")
}

// Staff returns a person.
func (db *DB) Staff(ctx context.Context, id coupon.StaffID) (coupon.Staff, error) {
	return one(oneOf(ctx, db, "member of staff", staffTable, "WHERE id = $1", string(id)))
}

// StaffByEmail returns the person with a normalised e-mail address.
func (db *DB) StaffByEmail(ctx context.Context, email string) (coupon.Staff, error) {
	return one(oneOf(ctx, db, "member of staff", staffTable, "WHERE email = $1", email))
}

// StaffList returns everybody, by name.
func (db *DB) StaffList(ctx context.Context) ([]coupon.Staff, error) {
	return query(ctx, db, staffTable, "ORDER BY name, id")
}

// Seen notes that a person is there, at most once a minute.
func (db *DB) Seen(ctx context.Context, id coupon.StaffID, at time.Time) error {
	return db.note(ctx, "UPDATE staff SET last_seen_at = $2 WHERE id = $1 AND last_seen_at <= $3", string(id), at)
}

// KeyUsed notes that a key is in use, at most once a minute.
func (db *DB) KeyUsed(ctx context.Context, id string, at time.Time) error {
	return db.note(ctx, "UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND last_used_at <= $3", id, at)
}

func (db *DB) note(ctx context.Context, sql, id string, at time.Time) error {
	db.mu.Lock()
	last, known := db.noted[id]
	late := !known || at.Sub(last) >= noteEvery
	if late {
		db.noted[id] = at
	}
	db.mu.Unlock()
	if !late {
		return nil
	}
	err := db.apply(ctx, writes{{sql: sql, args: []any{id, micros(at), micros(at.Add(-noteEvery))}}})
	if err != nil {
		db.mu.Lock()
		delete(db.noted, id)
		db.mu.Unlock()
	}
	return err
}

// CreateLocation adds a location; its name must be free, however it is written.
func (db *DB) CreateLocation(ctx context.Context, l coupon.Location, ev coupon.Event) error {
	w := append(db.only("turn:location"), freeName(l))
	insert(&w, db.d, locationTable, []*coupon.Location{&l})
	return db.record(ctx, ev, w)
}

// SaveLocation changes a location; a new name must be free, however it is written.
func (db *DB) SaveLocation(ctx context.Context, l coupon.Location, ev coupon.Event) error {
	w := append(db.only("turn:location"), freeName(l))
	update(&w, db.d, locationChange, []*coupon.Location{&l})
	return gone(db.record(ctx, ev, w), "location")
}

// freeName fails where another location has the name that l comes to have.
func freeName(l coupon.Location) statement {
	key := func(name string) string { return strings.Join(strings.Fields(strings.ToLower(name)), " ") }
	return statement{
		sql: "SELECT name FROM location WHERE id <> $1 AND NOT EXISTS (SELECT 1 FROM location WHERE id = $1 AND name = $2)", args: []any{string(l.ID), l.Name},
		each: func(scan func(...any) error) error {
			var other string
			if err := scan(&other); err != nil || key(other) != key(l.Name) {
				return err
			}
			return coupon.ErrConflict.Saying("There is a location with this name already.").On("name")
		},
	}
}

// Location returns a location.
func (db *DB) Location(ctx context.Context, id coupon.LocationID) (coupon.Location, error) {
	return one(oneOf(ctx, db, "location", locationTable, "WHERE id = $1", string(id)))
}

// Locations returns every location, by name.
func (db *DB) Locations(ctx context.Context) ([]coupon.Location, error) {
	return query(ctx, db, locationTable, "ORDER BY name, id")
}

// CreateAPIKey adds a key.
func (db *DB) CreateAPIKey(ctx context.Context, k coupon.APIKey, ev coupon.Event) error {
	var w writes
	insert(&w, db.d, apiKeyTable, []*coupon.APIKey{&k})
	return taken(db.record(ctx, ev, w), "key", "There is this key already.")
}

// APIKeyByHash returns the key whose secret has this hash, a revoked one too.
func (db *DB) APIKeyByHash(ctx context.Context, hash string) (coupon.APIKey, error) {
	return one(oneOf(ctx, db, "key", apiKeyTable, "WHERE hash = $1", hash))
}

// APIKeys returns every key, the newest first.
func (db *DB) APIKeys(ctx context.Context) ([]coupon.APIKey, error) {
	return query(ctx, db, apiKeyTable, "ORDER BY id DESC")
}

// RevokeAPIKey ends a key for good; a second time is a conflict.
func (db *DB) RevokeAPIKey(ctx context.Context, id string, at time.Time, ev coupon.Event) error {
	err := db.record(ctx, ev, writes{{sql: "UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0", args: []any{id, micros(at)}, rows: 1}})
	if !errors.Is(err, errRows) {
		return err
	}
	if _, known := one(oneOf(ctx, db, "key", apiKeyTable, "WHERE id = $1", id)); known != nil {
		return known
	}
	return coupon.ErrConflict.Saying("This key has been revoked before.").Because(err)
}
