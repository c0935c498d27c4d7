package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

// CreateMessage adds a message to the outbox.
func (db *DB) CreateMessage(ctx context.Context, m coupon.Message, ev coupon.Event) error {
	var w writes
	insert(&w, db.d, messageTable, []*coupon.Message{&m})
	return db.record(ctx, ev, w)
}

// Message returns a message.
func (db *DB) Message(ctx context.Context, id string) (coupon.Message, error) {
	return one(oneOf(ctx, db, "message", messageTable, "WHERE id = $1", id))
}

// Messages lists the messages to a customer, or all, the newest first.
func (db *DB) Messages(ctx context.Context, customer coupon.CustomerID, p coupon.Paging) (coupon.Page[coupon.Message], error) {
	l := listing[coupon.Message]{
		find:  find{from: "SELECT " + messageTable.names("m") + " FROM message m"},
		order: newest(by{"m.id", kindText}), into: messageTable.into,
		key: func(m *coupon.Message) []any { return []any{m.ID} },
	}
	same(&l.find, "m.customer", customer)
	return page(ctx, db, &l, p)
}
