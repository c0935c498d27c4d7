package store

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// CreateSession adds a sign-in.
func (db *DB) CreateSession(ctx context.Context, s coupon.Session) error {
	var w writes
	insert(&w, db.d, sessionTable, []*coupon.Session{&s})
	return db.apply(ctx, w)
}

// Session returns the sign-in whose token has this hash, an expired one too.
func (db *DB) Session(ctx context.Context, hash string) (coupon.Session, error) {
	return one(oneOf(ctx, db, "session", sessionTable, "WHERE token = $1", hash))
}

// EndSession ends a sign-in; one that has ended is no fault.
func (db *DB) EndSession(ctx context.Context, hash string) error {
	return db.apply(ctx, writes{{sql: "DELETE FROM session WHERE token = $1", args: []any{hash}}})
}

// EndSessions ends every sign-in of somebody but the one that is named.
func (db *DB) EndSessions(ctx context.Context, kind, owner, exceptHash string) error {
	return db.apply(ctx, writes{{sql: "DELETE FROM session WHERE owner = $1 AND kind = $2 AND token <> $3", args: []any{owner, kind, exceptHash}}})
}

// CustomerPassword returns the hash of a customer's password, "" where there is none.
func (db *DB) CustomerPassword(ctx context.Context, id coupon.CustomerID) (string, error) {
	rows, err := query(ctx, db, loginTable, "WHERE customer = $1", string(id))
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].password, nil
}

// SetCustomerPassword keeps the hash of a customer's password.
func (db *DB) SetCustomerPassword(ctx context.Context, id coupon.CustomerID, hash string, at time.Time, ev coupon.Event) error {
	var w writes
	replace(&w, db.d, loginTable, []*login{{id, hash, at}})
	return db.record(ctx, ev, w)
}

// PutSignInCode keeps a one-time code in place of the one the customer had.
func (db *DB) PutSignInCode(ctx context.Context, c coupon.SignInCode) error {
	var w writes
	replace(&w, db.d, signInCodeTable, []*coupon.SignInCode{&c})
	return db.apply(ctx, w)
}

// SignInCode returns a customer's one-time code, an expired one too.
func (db *DB) SignInCode(ctx context.Context, id coupon.CustomerID) (coupon.SignInCode, error) {
	return one(oneOf(ctx, db, "sign-in code", signInCodeTable, "WHERE customer = $1", string(id)))
}

// BumpSignInCode counts a try.
func (db *DB) BumpSignInCode(ctx context.Context, id coupon.CustomerID) error {
	err := db.apply(ctx, writes{{sql: "UPDATE sign_in_code SET tries = tries + 1 WHERE customer = $1", args: []any{string(id)}, rows: 1}})
	return gone(err, "sign-in code")
}

// DropSignInCode ends a customer's one-time code; none is no fault.
func (db *DB) DropSignInCode(ctx context.Context, id coupon.CustomerID) error {
	return db.apply(ctx, writes{{sql: "DELETE FROM sign_in_code WHERE customer = $1", args: []any{string(id)}}})
}

// Attempts returns what is counted of a guesser; of an unknown one, nothing.
func (db *DB) Attempts(ctx context.Context, key string) (coupon.Attempts, error) {
	rows, err := query(ctx, db, attemptsTable, "WHERE attempts_key = $1", key)
	if err != nil || len(rows) == 0 {
		return coupon.Attempts{Key: key}, err
	}
	return rows[0], nil
}

// AttemptsUnder returns what is counted of guessers whose keys begin with a prefix.
func (db *DB) AttemptsUnder(ctx context.Context, prefix string) ([]coupon.Attempts, error) {
	last := len(prefix) - 1
	return query(ctx, db, attemptsTable, "WHERE attempts_key >= $1 AND attempts_key < $2 ORDER BY attempts_key", prefix, prefix[:last]+string(rune(prefix[last]+1)))
}

// AddAttempt counts a wrong code or password, and locks the guesser out for what
// lockAfter says of the new count. A count halves with every quiet hour; a lock is
// never shortened.
func (db *DB) AddAttempt(ctx context.Context, key string, weight int64, now time.Time, lockAfter func(count int64) time.Duration) (coupon.Attempts, error) {
	var a coupon.Attempts
	err := db.change(ctx, func(s session) error {
		var err error
		if a, err = db.lockAttempts(ctx, s, key); err != nil {
			return err
		}
		quiet := min(int64(now.Sub(a.UpdatedAt)/time.Hour), 62)
		a.Count, a.UpdatedAt = a.Count>>max(quiet, 0)+weight, now
		if lock := lockAfter(a.Count); lock > 0 && now.Add(lock).After(a.LockedUntil) {
			a.LockedUntil = now.Add(lock)
		}
		return db.saveAttempts(ctx, s, &a)
	})
	return a, err
}

// Tally counts n more under a key, unless that makes more than most: then nothing
// changes, and ok is false. It returns the count that stands. Whoever counts under the
// same key at the same moment waits.
func (db *DB) Tally(ctx context.Context, key string, n, most int64, now time.Time) (count int64, ok bool, err error) {
	err = db.change(ctx, func(s session) error {
		a, err := db.lockAttempts(ctx, s, key)
		if err != nil {
			return err
		}
		count, ok = a.Count, n <= most-a.Count
		if !ok {
			return nil
		}
		a.Count, a.UpdatedAt = a.Count+n, now
		count = a.Count
		return db.saveAttempts(ctx, s, &a)
	})
	return count, ok && err == nil, err
}

// lockAttempts reads a count for its change; one that is not there is made.
func (db *DB) lockAttempts(ctx context.Context, s session, key string) (coupon.Attempts, error) {
	var a coupon.Attempts
	err := s.run(ctx, writes{
		{sql: "INSERT INTO attempts (attempts_key, tally, locked_until, updated_at) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING", args: []any{key}},
		{
			sql: "SELECT " + attemptsTable.names("") + " FROM attempts WHERE attempts_key = $1" + db.d.forUpdate, args: []any{key},
			each: func(scan func(...any) error) error { return scan(attemptsTable.into(&a)...) },
		},
	})
	return a, err
}

func (db *DB) saveAttempts(ctx context.Context, s session, a *coupon.Attempts) error {
	var w writes
	update(&w, db.d, attemptsTable, []*coupon.Attempts{a})
	return s.run(ctx, w)
}

// ClearAttempts forgets what was counted of guessers.
func (db *DB) ClearAttempts(ctx context.Context, keys []string, ev coupon.Event) error {
	return db.record(ctx, ev, writes{{sql: "DELETE FROM attempts WHERE attempts_key " + db.d.any("$1"), args: []any{db.d.list(keys)}}})
}
