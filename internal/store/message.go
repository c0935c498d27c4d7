package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

var messageTable = &table[coupon.Message]{"message", 1, append([]column[coupon.Message]{
	text("id", func(r *coupon.Message) *string { return &r.ID }),
	text("customer", func(r *coupon.Message) *coupon.CustomerID { return &r.Customer }),
	text("channel", func(r *coupon.Message) *string { return &r.Channel }),
	text("gateway", func(r *coupon.Message) *string { return &r.Gateway }),
	text("to_address", func(r *coupon.Message) *string { return &r.To }),
	text("subject", func(r *coupon.Message) *string { return &r.Subject }),
	text("sealed", func(r *coupon.Message) *string { return &r.Sealed }),
	text("purpose", func(r *coupon.Message) *string { return &r.Purpose }),
	text("voucher", func(r *coupon.Message) *coupon.VoucherID { return &r.Voucher }),
	text("state", func(r *coupon.Message) *string { return &r.State }),
	number("attempts", func(r *coupon.Message) *int64 { return &r.Attempts }),
	when("next_at", func(r *coupon.Message) *timeT { return &r.NextAt }),
	text("provider_id", func(r *coupon.Message) *string { return &r.ProviderID }),
	text("error", func(r *coupon.Message) *string { return &r.Error }),
	when("created_at", func(r *coupon.Message) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Message) *timeT { return &r.UpdatedAt }),
}, actor(func(r *coupon.Message) *coupon.Actor { return &r.By })...)}

// messageProgress is what changes of a message on its way.
var messageProgress = messageTable.pick(1, "id", "gateway", "state", "attempts", "next_at", "provider_id", "error", "updated_at")

var noteTable = &table[coupon.Note]{"note", 1, append([]column[coupon.Note]{
	text("id", func(r *coupon.Note) *string { return &r.ID }),
	text("customer", func(r *coupon.Note) *coupon.CustomerID { return &r.Customer }),
	text("voucher", func(r *coupon.Note) *coupon.VoucherID { return &r.Voucher }),
	text("words", func(r *coupon.Note) *string { return &r.Text }),
	when("created_at", func(r *coupon.Note) *timeT { return &r.CreatedAt }),
}, actor(func(r *coupon.Note) *coupon.Actor { return &r.By })...)}

// CreateMessage adds a message to the outbox.
func (db *DB) CreateMessage(ctx context.Context, m coupon.Message, ev coupon.Event) error {
	var w writes
	insert(&w, db.d, messageTable, []*coupon.Message{&m})
	return db.record(ctx, ev, w)
}

// SaveMessage keeps how far a message has come: its gateway, state, attempts and error.
func (db *DB) SaveMessage(ctx context.Context, m coupon.Message, ev coupon.Event) error {
	var w writes
	update(&w, db.d, messageProgress, []*coupon.Message{&m})
	return gone(db.record(ctx, ev, w), "message")
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

// LastMessages returns the newest message of each voucher that has one.
func (db *DB) LastMessages(ctx context.Context, ids []coupon.VoucherID) (map[coupon.VoucherID]coupon.Message, error) {
	out := map[coupon.VoucherID]coupon.Message{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := query(ctx, db, messageTable, "WHERE id IN (SELECT MAX(x.id) FROM message x WHERE x.voucher "+db.d.any("$1")+" AND x.voucher <> '' GROUP BY x.voucher)", db.d.list(asStrings(ids)))
	for _, m := range rows {
		out[m.Voucher] = m
	}
	return out, err
}

// sentOf reads when vouchers were last sent again.
func sentOf(db *DB, s *coupon.State, ids []coupon.VoucherID) []statement {
	more := "AND voucher <> '' AND purpose = '" + coupon.PurposeResend + "' GROUP BY voucher"
	return lookUp(db, ids, "SELECT voucher, MAX(created_at) FROM message WHERE voucher", more, func(scan func(...any) error) error {
		var id coupon.VoucherID
		var at timeT
		if err := scan((*string)(&id), timeInto{&at}); err != nil {
			return err
		}
		s.Sent[id] = at
		return nil
	})
}

// Notes lists the notes on a customer, or on a voucher, the newest first.
func (db *DB) Notes(ctx context.Context, f coupon.NoteFilter, p coupon.Paging) (coupon.Page[coupon.Note], error) {
	l := listing[coupon.Note]{
		find:  find{from: "SELECT " + noteTable.names("n") + " FROM note n"},
		order: newest(by{"n.id", kindText}), into: noteTable.into,
		key: func(n *coupon.Note) []any { return []any{n.ID} },
	}
	owned(&l.find, "n.customer", f.Customer)
	owned(&l.find, "n.voucher", f.Voucher)
	return page(ctx, db, &l, p)
}
