package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// orgFresh is how long a process may go on with settings that another has changed.
const orgFresh = time.Second

// linkColumns is what is needed to know which rows a voucher's commands lock.
const linkColumns = "v.id, v.campaign, v.terms, v.batch, v.holder, c.counted"

func linkInto(l *coupon.VoucherLink) []any {
	return []any{(*string)(&l.Voucher), (*string)(&l.Campaign), (*string)(&l.Terms), (*string)(&l.Batch), (*string)(&l.Holder), (*int64)(&l.Counted)}
}

// Resolve follows immutable links without locks.
func (db *DB) Resolve(ctx context.Context, q *coupon.Lookup) (*coupon.Links, error) {
	l := coupon.NewLinks()
	var err error
	if l.Org, err = db.Organisation(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *coupon.Lookup, *coupon.Links) error{
		db.resolveHolds, db.resolveCodes, db.resolveVouchers, db.resolveRedemptions, db.resolveCustomers, db.resolveBatches, db.resolveCampaigns,
	} {
		if err := step(ctx, q, l); err != nil {
			return nil, db.d.classify(err)
		}
	}
	return l, nil
}

// eachRow runs a query whose one argument is a list, if there is anything in it.
func eachRow[S ~string](ctx context.Context, db *DB, list []S, query string, each func(rows *sql.Rows) error) error {
	if len(list) == 0 {
		return nil
	}
	rows, err := db.links.QueryContext(ctx, query, db.d.list(asStrings(list)))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func asStrings[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// resolveHolds reads the holds; their vouchers are resolved with the others.
func (db *DB) resolveHolds(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	err := eachRow(ctx, db, q.Holds, "SELECT "+holdTable.names("")+" FROM hold WHERE id "+db.d.any("$1"), func(rows *sql.Rows) error {
		h := &coupon.Hold{}
		if err := rows.Scan(holdTable.into(h)...); err != nil {
			return err
		}
		l.Holds[h.ID] = h
		for _, it := range h.Request.Items {
			q.Vouchers = append(q.Vouchers, it.Voucher)
		}
		return nil
	})
	q.Tidy()
	return err
}

func (db *DB) resolveCodes(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	query := "SELECT k.fingerprint, " + linkColumns + " FROM code k JOIN voucher v ON v.id = k.voucher JOIN campaign c ON c.id = v.campaign WHERE k.fingerprint " + db.d.any("$1")
	return eachRow(ctx, db, q.Fingerprints, query, func(rows *sql.Rows) error {
		var f string
		var link coupon.VoucherLink
		err := rows.Scan(append([]any{&f}, linkInto(&link)...)...)
		l.Codes[f] = link
		return err
	})
}

func (db *DB) resolveVouchers(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	query := "SELECT " + linkColumns + " FROM voucher v JOIN campaign c ON c.id = v.campaign WHERE v.id " + db.d.any("$1")
	return eachRow(ctx, db, q.Vouchers, query, func(rows *sql.Rows) error {
		var link coupon.VoucherLink
		err := rows.Scan(linkInto(&link)...)
		l.Vouchers[link.Voucher] = link
		q.Campaigns = append(q.Campaigns, link.Campaign)
		return err
	})
}

func (db *DB) resolveRedemptions(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	query := "SELECT r.id, r.customer, r.used_on, r.asset, " + linkColumns +
		" FROM redemption r JOIN voucher v ON v.id = r.voucher JOIN campaign c ON c.id = v.campaign WHERE r.id " + db.d.any("$1")
	return eachRow(ctx, db, q.Redemptions, query, func(rows *sql.Rows) error {
		var id coupon.RedemptionID
		var link coupon.RedemptionLink
		err := rows.Scan(append([]any{(*string)(&id), (*string)(&link.Customer), &link.Day, &link.Asset}, linkInto(&link.VoucherLink)...)...)
		l.Redemptions[id] = link
		return err
	})
}

func (db *DB) resolveCustomers(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	return eachRow(ctx, db, q.Customers, "SELECT natural_key, customer FROM customer_key WHERE natural_key "+db.d.any("$1"), func(rows *sql.Rows) error {
		var key coupon.CustomerKey
		var id coupon.CustomerID
		err := rows.Scan((*string)(&key), (*string)(&id))
		l.Customers[key] = id
		return err
	})
}

// resolveBatches also has the batches' campaigns resolved.
func (db *DB) resolveBatches(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	err := eachRow(ctx, db, q.Batches, "SELECT id, campaign, job FROM batch WHERE id "+db.d.any("$1"), func(rows *sql.Rows) error {
		var id coupon.BatchID
		var campaign coupon.CampaignID
		var job coupon.JobID
		err := rows.Scan((*string)(&id), (*string)(&campaign), (*string)(&job))
		l.Batches[id], l.Jobs[id] = campaign, job
		q.Campaigns = append(q.Campaigns, campaign)
		return err
	})
	q.Tidy()
	return err
}

func (db *DB) resolveCampaigns(ctx context.Context, q *coupon.Lookup, l *coupon.Links) error {
	return eachRow(ctx, db, q.Campaigns, "SELECT id, terms, standing, counted FROM campaign WHERE id "+db.d.any("$1"), func(rows *sql.Rows) error {
		var id coupon.CampaignID
		var link coupon.CampaignLink
		err := rows.Scan((*string)(&id), (*string)(&link.Terms), (*string)(&link.Standing), (*int64)(&link.Counted))
		l.Campaigns[id] = link
		return err
	})
}
