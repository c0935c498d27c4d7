package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// Spread moves an enabled webhook's cursor and adds the deliveries of what it passes, in
// one transaction: so no event is left out, and none delivered twice. That the cursor
// has moved, or the webhook was disabled, is a conflict.
func (db *DB) Spread(ctx context.Context, h coupon.Webhook, to coupon.FeedPlace, list []coupon.Delivery) error {
	w := writes{{
		sql:  "UPDATE webhook SET place = $4, n = $5 WHERE id = $1 AND place = $2 AND n = $3 AND state = 'enabled'",
		args: []any{string(h.ID), h.Cursor.Place, h.Cursor.N, to.Place, to.N}, rows: 1,
	}}
	w = append(w, queued(list)...)
	insert(&w, db.d, deliveryTable, pointers(list))
	err := db.apply(ctx, w)
	if errors.Is(err, errRows) {
		return errElsewhere.Because(err)
	}
	return err
}

// AddDelivery adds a delivery that is of no event in the feed.
func (db *DB) AddDelivery(ctx context.Context, d coupon.Delivery) error {
	w := queued([]coupon.Delivery{d})
	insert(&w, db.d, deliveryTable, []*coupon.Delivery{&d})
	return db.apply(ctx, w)
}

// queued makes or locks the queues of deliveries, before these are written: whoever ends
// a queue locks it too, and looks then whether it is empty.
func queued(list []coupon.Delivery) writes {
	var rows []queue
	for _, d := range list {
		rows = append(rows, queue{d.Webhook, d.Subject, d.CreatedAt})
	}
	slices.SortFunc(rows, compareQueues)
	rows = slices.CompactFunc(rows, func(a, b queue) bool { return compareQueues(a, b) == 0 })
	var w writes
	for _, q := range rows {
		w = append(w, statement{
			sql:  "INSERT INTO webhook_queue (webhook, subject, next_at) VALUES ($1, $2, $3) ON CONFLICT (webhook, subject) DO UPDATE SET next_at = webhook_queue.next_at",
			args: []any{string(q.webhook), q.subject, micros(q.next)},
		})
	}
	return w
}

func compareQueues(a, b queue) int {
	return cmp.Or(cmp.Compare(a.webhook, b.webhook), cmp.Compare(a.subject, b.subject))
}

// DueDeliveries returns the first delivery of each queue of a webhook that is due, at
// most limit. Queues that hold nothing any more are ended.
func (db *DB) DueDeliveries(ctx context.Context, id coupon.WebhookID, now time.Time, limit int) ([]coupon.Delivery, error) {
	due, err := fetch(ctx, db, queueTable.into, "SELECT "+queueTable.names("q")+" FROM webhook_queue q WHERE q.webhook = $1 AND q.next_at <= $2 ORDER BY q.webhook, q.next_at LIMIT $3", string(id), micros(now), int64(limit))
	if err != nil {
		return nil, err
	}
	var out []coupon.Delivery
	for _, q := range due {
		d, err := query(ctx, db, deliveryTable, "WHERE webhook = $1 AND subject = $2 AND state = 'pending' ORDER BY webhook, subject, version, place, n LIMIT 1", string(q.webhook), q.subject)
		if err == nil && len(d) == 0 {
			err = db.apply(ctx, writes{db.lockQueue(q.webhook, q.subject), endQueue(q.webhook, q.subject)})
		}
		if err != nil {
			return out, err
		}
		out = append(out, d...)
	}
	return out, nil
}

func (db *DB) lockQueue(id coupon.WebhookID, subject string) statement {
	return statement{
		sql: "SELECT subject FROM webhook_queue WHERE webhook = $1 AND subject = $2" + db.d.forUpdate, args: []any{string(id), subject},
		each: func(scan func(...any) error) error { return scan(new(string)) },
	}
}

// endQueue ends a locked queue in which nothing waits.
func endQueue(id coupon.WebhookID, subject string) statement {
	return statement{
		sql: "DELETE FROM webhook_queue WHERE webhook = $1 AND subject = $2" +
			" AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.webhook = $1 AND d.subject = $2 AND d.state = 'pending')",
		args: []any{string(id), subject},
	}
}

// SettleDeliveries writes what attempts came to, in one transaction. It writes down since
// when a webhook fails, and that it does no more.
func (db *DB) SettleDeliveries(ctx context.Context, list []coupon.Outcome) error {
	slices.SortFunc(list, func(a, b coupon.Outcome) int {
		return compareQueues(queue{webhook: a.Webhook, subject: a.Subject}, queue{webhook: b.Webhook, subject: b.Subject})
	})
	w := health(list)
	for i := range list {
		w = append(w, db.settle(&list[i])...)
	}
	return db.apply(ctx, w)
}

// health says since when webhooks fail: not where one attempt of now went well.
func health(list []coupon.Outcome) writes {
	well, since := map[coupon.WebhookID]bool{}, map[coupon.WebhookID]time.Time{}
	for _, o := range list {
		well[o.Webhook] = well[o.Webhook] || o.Attempt.Error == ""
		since[o.Webhook] = o.Attempt.At
	}
	var w writes
	for _, id := range slices.Sorted(maps.Keys(well)) {
		if well[id] {
			w = append(w, statement{sql: "UPDATE webhook SET failing_since = 0 WHERE id = $1 AND failing_since > 0", args: []any{string(id)}})
		} else {
			w = append(w, statement{sql: "UPDATE webhook SET failing_since = $2 WHERE id = $1 AND failing_since = 0", args: []any{string(id), micros(since[id])}})
		}
	}
	return w
}

func (db *DB) settle(o *coupon.Outcome) writes {
	w := writes{db.lockQueue(o.Webhook, o.Subject), {
		sql:  "UPDATE webhook_delivery SET state = $2, attempts = $3, tries = tries + 1, status = $4, error = $5, ended_at = $6 WHERE id = $1 AND state = 'pending'",
		args: []any{string(o.ID), string(o.State), o.Attempts, o.Status, o.Error, micros(o.EndedAt)},
	}}
	insert(&w, db.d, attemptTable, []*coupon.Attempt{&o.Attempt})
	next := statement{sql: "UPDATE webhook_queue SET next_at = $3 WHERE webhook = $1 AND subject = $2", args: []any{string(o.Webhook), o.Subject, micros(o.Next)}}
	if o.State == coupon.DeliveryPending {
		return append(w, next)
	}
	return append(w, endQueue(o.Webhook, o.Subject), next)
}

// Redeliver has a delivery tried again at once, as often as a new one.
func (db *DB) Redeliver(ctx context.Context, d coupon.Delivery, now time.Time, ev coupon.Event) error {
	w := append(queued([]coupon.Delivery{d}), statement{
		sql: "UPDATE webhook_queue SET next_at = $3 WHERE webhook = $1 AND subject = $2", args: []any{string(d.Webhook), d.Subject, micros(now)}, rows: 1,
	}, statement{
		sql: "UPDATE webhook_delivery SET state = 'pending', tries = 0, ended_at = 0 WHERE id = $1", args: []any{string(d.ID)}, rows: 1,
	})
	return gone(db.record(ctx, ev, w), "delivery")
}

// Deliveries lists deliveries, the newest first.
func (db *DB) Deliveries(ctx context.Context, f coupon.DeliveryFilter, p coupon.Paging) (coupon.Page[coupon.Delivery], error) {
	l := listing[coupon.Delivery]{
		find: find{from: "SELECT " + deliveryTable.names("d") + " FROM webhook_delivery d"}, order: newest(by{"d.id", kindText}), into: deliveryTable.into,
		key: func(d *coupon.Delivery) []any { return []any{d.ID} },
	}
	same(&l.find, "d.webhook", f.Webhook)
	same(&l.find, "d.state", f.State)
	return page(ctx, db, &l, p)
}

// Delivery returns a delivery with its attempts.
func (db *DB) Delivery(ctx context.Context, id coupon.DeliveryID) (coupon.DeliveryView, error) {
	d, err := one(oneOf(ctx, db, "delivery", deliveryTable, "WHERE id = $1", string(id)))
	v := coupon.DeliveryView{Delivery: d}
	if err != nil {
		return v, err
	}
	if v.Tried, err = query(ctx, db, attemptTable, "WHERE delivery = $1 ORDER BY delivery, number", string(id)); err != nil || d.State != coupon.DeliveryPending {
		return v, err
	}
	first, err := query(ctx, db, deliveryTable, "WHERE webhook = $1 AND subject = $2 AND state = 'pending' ORDER BY webhook, subject, version, place, n LIMIT 1", string(d.Webhook), d.Subject)
	if err != nil || len(first) == 0 || first[0].ID != id {
		return v, err
	}
	q, err := query(ctx, db, queueTable, "WHERE webhook = $1 AND subject = $2", string(d.Webhook), d.Subject)
	if len(q) > 0 {
		v.Next = q[0].next
	}
	return v, err
}
