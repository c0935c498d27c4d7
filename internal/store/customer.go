package store

import (
	"context"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// Customer returns a customer.
func (db *DB) Customer(ctx context.Context, id coupon.CustomerID) (coupon.Customer, error) {
	return one(oneOf(ctx, db, "customer", customerTable, "WHERE id = $1", string(id)))
}

// CustomerByKey returns the customer who has a natural key.
func (db *DB) CustomerByKey(ctx context.Context, key coupon.CustomerKey) (coupon.Customer, error) {
	return one(oneOf(ctx, db, "customer", customerTable, "WHERE id IN (SELECT customer FROM customer_key WHERE natural_key = $1)", string(key)))
}

// Customers lists customers by name.
func (db *DB) Customers(ctx context.Context, f coupon.CustomerFilter, p coupon.Paging) (coupon.Page[coupon.Customer], error) {
	l := listing[coupon.Customer]{
		find:  find{from: "SELECT " + customerTable.names("p") + " FROM customer p"},
		order: oldest(by{"p.name_key", kindText}, by{"p.id", kindText}), into: customerTable.into,
		key: func(c *coupon.Customer) []any { return []any{nameKey(c.Name), c.ID} },
	}
	if search := strings.TrimSpace(f.Search); search != "" {
		l.conds = append(l.conds, "p.id IN ("+customersLike(&l.find, search, f.Masked)+")")
	}
	if f.Group != "" {
		// The groups are one JSON text: where it holds the group's own text, taking that out changes it.
		l.where("REPLACE(p.in_groups, ?, '') <> p.in_groups", encode(f.Group))
	}
	return page(ctx, db, &l, p)
}

// mobileDigits is how much of a number's end is enough to search by.
const mobileDigits = 4

// customersLike returns the query for the customers a search means; an index serves
// each part of it.
func customersLike(f *find, search string, masked bool) string {
	email := string(coupon.EmailKey(search))
	parts := []string{
		"SELECT id FROM customer WHERE " + f.begins("name_key", nameKey(search)),
		f.fill("SELECT customer FROM customer_key WHERE natural_key IN (?, ?, ?)", string(coupon.MemberKey(search)), string(coupon.SourceKey(search)), email),
	}
	if masked {
		return strings.Join(parts, " UNION ")
	}
	parts = append(parts, "SELECT customer FROM customer_key WHERE "+f.begins("natural_key", email))
	if digits := mobileKey(search); len(digits) >= mobileDigits {
		parts = append(parts, "SELECT id FROM customer WHERE mobile_key <> '' AND "+f.begins("mobile_key", digits))
	}
	return strings.Join(parts, " UNION ")
}

// Balances returns what a customer owns, by asset.
func (db *DB) Balances(ctx context.Context, id coupon.CustomerID) ([]coupon.Balance, error) {
	return query(ctx, db, balanceTable, "WHERE customer = $1 ORDER BY asset", string(id))
}
