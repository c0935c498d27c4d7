package store

import (
	"context"
	"time"
)

// How long rows are kept that nobody asks for any more.
const (
	keepAnswers      = 30 * 24 * time.Hour // as long as an idempotency key is good for
	keepReservations = 24 * time.Hour      // after the end of their hold
	keepAttempts     = 30 * 24 * time.Hour // after the last wrong code
	keepHolds        = 30 * 24 * time.Hour // after their end
	keepRefusals     = 365 * 24 * time.Hour
	keepDeliveries   = 30 * 24 * time.Hour // after their event, attempts with them
)

// Purge deletes what is over: old answers, ended holds and reservations, old refusals, sessions, sign-in codes,
// forgotten counts of wrong codes, old deliveries of webhooks and secrets they had. It goes in chunks, so writers wait only briefly.
func (db *DB) Purge(ctx context.Context, now time.Time) error {
	for _, p := range []struct {
		sql    string
		before time.Time
	}{
		{"DELETE FROM answer WHERE answer_key IN (SELECT answer_key FROM answer WHERE at < $1 ORDER BY at LIMIT $2)", now.Add(-keepAnswers)},
		{"DELETE FROM reservation WHERE (subject, hold) IN (SELECT subject, hold FROM reservation WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)", now.Add(-keepReservations)},
		{"DELETE FROM hold WHERE id IN (SELECT id FROM hold WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)", now.Add(-keepHolds)},
		{"DELETE FROM refusal WHERE id IN (SELECT id FROM refusal WHERE at < $1 ORDER BY at LIMIT $2)", now.Add(-keepRefusals)},
		{"DELETE FROM session WHERE token IN (SELECT token FROM session WHERE expires_at < $1 LIMIT $2)", now},
		{"DELETE FROM sign_in_code WHERE customer IN (SELECT customer FROM sign_in_code WHERE expires_at < $1 LIMIT $2)", now},
		{"DELETE FROM attempts WHERE attempts_key IN (SELECT attempts_key FROM attempts WHERE updated_at < $1 AND locked_until < $1 LIMIT $2)", now.Add(-keepAttempts)},
		{"DELETE FROM webhook_attempt WHERE (delivery, number) IN (SELECT a.delivery, a.number FROM webhook_delivery d JOIN webhook_attempt a ON a.delivery = d.id WHERE d.created_at < $1 LIMIT $2)", now.Add(-keepDeliveries)},
		{"DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE created_at < $1 ORDER BY created_at LIMIT $2)", now.Add(-keepDeliveries)},
		{"DELETE FROM webhook_secret WHERE id IN (SELECT id FROM webhook_secret WHERE ends_at > 0 AND ends_at < $1 LIMIT $2)", now},
	} {
		if err := db.inChunks(ctx, p.sql, micros(p.before)); err != nil {
			return err
		}
	}
	return nil
}

// inChunks deletes with a statement that takes at most $2 rows until it finds fewer,
// each time in a transaction of its own.
func (db *DB) inChunks(ctx context.Context, sql string, first any) error {
	for {
		var n int64
		err := db.change(ctx, func(s session) error {
			n = 0
			return s.run(ctx, writes{{
				sql: sql + " RETURNING 1", args: []any{first, int64(chunkRows)},
				each: func(scan func(...any) error) error { n++; return scan(new(int64)) },
			}})
		})
		if err != nil || n < chunkRows {
			return err
		}
	}
}

// chunkRows is how many rows background work changes in one transaction.
const chunkRows = 1000
