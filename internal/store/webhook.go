package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// maxWebhooks is how many may be enabled at a time: each reads the whole feed.
const maxWebhooks = 20

// CreateWebhook adds a webhook with its first secret. It is told of what is published
// from now on.
func (db *DB) CreateWebhook(ctx context.Context, h coupon.Webhook, first coupon.WebhookSecret, ev coupon.Event) error {
	w := db.only("turn:webhook")
	insert(&w, db.d, webhookTable, []*coupon.Webhook{&h})
	insert(&w, db.d, webhookSecretTable, []*coupon.WebhookSecret{&first})
	w = append(w, fromNow(h.ID), fewWebhooks)
	return db.record(ctx, ev, w)
}

// fromNow puts a webhook's cursor behind all that is published.
func fromNow(id coupon.WebhookID) statement {
	return statement{sql: "UPDATE webhook SET place = (SELECT COALESCE(MAX(place), 0) + 1 FROM commit_mark), n = -1 WHERE id = $1", args: []any{string(id)}, rows: 1}
}

// fewWebhooks fails where too many are enabled.
var fewWebhooks = statement{
	sql: "SELECT COUNT(*) FROM webhook WHERE state = 'enabled'",
	each: func(scan func(...any) error) error {
		var n int64
		if err := scan(&n); err != nil || n <= maxWebhooks {
			return err
		}
		return coupon.ErrConflict.Saying("At most " + strconv.Itoa(maxWebhooks) + " webhooks can be enabled. Disable another first.")
	},
}

// SaveWebhook changes the address, description and events of a webhook.
func (db *DB) SaveWebhook(ctx context.Context, h coupon.Webhook, ev coupon.Event) error {
	var w writes
	update(&w, db.d, webhookChange, []*coupon.Webhook{&h})
	return gone(db.record(ctx, ev, w), "webhook")
}

// EnableWebhook has a disabled webhook told again, of what is published from now on and
// of what waits from before. That it is enabled is a conflict.
func (db *DB) EnableWebhook(ctx context.Context, id coupon.WebhookID, at time.Time, ev coupon.Event) error {
	w := append(db.only("turn:webhook"), statement{
		sql: "UPDATE webhook SET state = 'enabled', reason = '', failing_since = 0, updated_at = $2 WHERE id = $1 AND state = 'disabled'", args: []any{string(id), micros(at)}, rows: 1,
	}, fromNow(id), fewWebhooks)
	return db.toggled(ctx, id, w, ev, "This webhook is enabled.")
}

// DisableWebhook stops telling a webhook, for a reason. That it is disabled is a
// conflict.
func (db *DB) DisableWebhook(ctx context.Context, id coupon.WebhookID, reason string, at time.Time, ev coupon.Event) error {
	return db.toggled(ctx, id, writes{{
		sql: "UPDATE webhook SET state = 'disabled', reason = $2, updated_at = $3 WHERE id = $1 AND state = 'enabled'", args: []any{string(id), reason, micros(at)}, rows: 1,
	}}, ev, "This webhook is disabled.")
}

func (db *DB) toggled(ctx context.Context, id coupon.WebhookID, w writes, ev coupon.Event, is string) error {
	err := db.record(ctx, ev, w)
	if !errors.Is(err, errRows) {
		return err
	}
	if _, known := db.Webhook(ctx, id); known != nil {
		return known
	}
	return coupon.ErrConflict.Saying(is).Because(err)
}

// Webhook returns a webhook.
func (db *DB) Webhook(ctx context.Context, id coupon.WebhookID) (coupon.Webhook, error) {
	return one(oneOf(ctx, db, "webhook", webhookTable, "WHERE id = $1", string(id)))
}

// Webhooks returns every webhook, the newest first.
func (db *DB) Webhooks(ctx context.Context) ([]coupon.Webhook, error) {
	return query(ctx, db, webhookTable, "ORDER BY id DESC")
}

// EnabledWebhooks returns the webhooks that are told of events.
func (db *DB) EnabledWebhooks(ctx context.Context) ([]coupon.Webhook, error) {
	return query(ctx, db, webhookTable, "WHERE state = 'enabled' ORDER BY id")
}

// RotateWebhook adds a secret; those there are sign until a moment, if not shorter.
func (db *DB) RotateWebhook(ctx context.Context, fresh coupon.WebhookSecret, oldUntil time.Time, ev coupon.Event) error {
	w := writes{{sql: "UPDATE webhook_secret SET ends_at = $2 WHERE webhook = $1 AND (ends_at = 0 OR ends_at > $2)", args: []any{string(fresh.Webhook), micros(oldUntil)}}}
	insert(&w, db.d, webhookSecretTable, []*coupon.WebhookSecret{&fresh})
	return db.record(ctx, ev, w)
}

// WebhookSecrets returns the secrets of a webhook that sign at a moment, the newest
// first.
func (db *DB) WebhookSecrets(ctx context.Context, id coupon.WebhookID, now time.Time) ([]coupon.WebhookSecret, error) {
	return query(ctx, db, webhookSecretTable, "WHERE webhook = $1 AND (ends_at = 0 OR ends_at > $2) ORDER BY id DESC", string(id), micros(now))
}

// errElsewhere is a cursor that another process has moved.
var errElsewhere = fault.New(fault.Conflict, "conflict", "Another process has done this.")
