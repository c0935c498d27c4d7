package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

var checkoutTable = &table[coupon.Checkout]{"checkout", 1, append([]column[coupon.Checkout]{
	text("id", func(r *coupon.Checkout) *coupon.CheckoutID { return &r.ID }),
	text("customer", func(r *coupon.Checkout) *coupon.CustomerID { return &r.Customer }),
	text("reference", func(r *coupon.Checkout) *string { return &r.Reference }),
	text("channel", func(r *coupon.Checkout) *coupon.Channel { return &r.Channel }),
	text("location", func(r *coupon.Checkout) *coupon.LocationID { return &r.Location }),
	text("currency", func(r *coupon.Checkout) *money.Asset { return &r.Currency }),
	number("subtotal", func(r *coupon.Checkout) *int64 { return &r.Subtotal }),
	number("discount", func(r *coupon.Checkout) *int64 { return &r.Discount }),
	number("paid", func(r *coupon.Checkout) *int64 { return &r.Paid }),
	doc("order_doc", func(r *coupon.Checkout) *coupon.Order { return &r.Order }),
	doc("priced", func(r *coupon.Checkout) *coupon.Priced { return &r.Priced }),
	doc("back", func(r *coupon.Checkout) *coupon.Back { return &r.Back }),
	number("open_uses", func(r *coupon.Checkout) *int64 { return &r.Open }),
	number("version", func(r *coupon.Checkout) *int64 { return &r.Version }),
	when("at", func(r *coupon.Checkout) *timeT { return &r.At }),
}, actor(func(r *coupon.Checkout) *coupon.Actor { return &r.By })...)}

var checkoutChange = checkoutTable.pick(1, "id", "back", "open_uses", "version")

// Checkout returns the order of a checkout. A use without an order has none.
func (db *DB) Checkout(ctx context.Context, id coupon.CheckoutID) (coupon.Checkout, error) {
	return one(oneOf(ctx, db, "checkout", checkoutTable, "WHERE id = $1", string(id)))
}

// Checkouts lists the checkouts of orders, the newest first.
func (db *DB) Checkouts(ctx context.Context, f coupon.CheckoutFilter, p coupon.Paging) (coupon.Page[coupon.Checkout], error) {
	l := listing[coupon.Checkout]{
		find: find{from: "SELECT " + checkoutTable.names("k") + " FROM checkout k"}, order: newest(by{"k.id", kindText}), into: checkoutTable.into,
		key: func(k *coupon.Checkout) []any { return []any{k.ID} },
	}
	owned(&l.find, "k.customer", f.Customer)
	owned(&l.find, "k.reference", f.Reference)
	return page(ctx, db, &l, p)
}
