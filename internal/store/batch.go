package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

var batchView = "SELECT " + batchTable.names("b") + ", c.kind, c.name, COALESCE(j.state, ''), COALESCE(j.error, ''), COALESCE(j.started_at, 0)" +
	" FROM batch b JOIN campaign c ON c.id = b.campaign LEFT JOIN job j ON j.id = b.job"

func batchViewInto(v *coupon.BatchView) []any {
	return append(batchTable.into(&v.Batch), (*string)(&v.Kind), &v.CampaignName, (*string)(&v.JobState), &v.JobError, timeInto{&v.JobStarted})
}

// Batch returns a batch with what became of its vouchers: how many were used and
// what they gave, how many are open (active, unused, not expired) and what those hold.
// The figures read every voucher of the batch: see slow.
func (db *DB) Batch(ctx context.Context, id coupon.BatchID) (coupon.BatchView, error) {
	rows, err := fetch(ctx, db, batchViewInto, batchView+" WHERE b.id = $1", string(id))
	v, err := one("batch", rows, err)
	if err != nil || v.State == coupon.BatchCreating || v.State == coupon.BatchFailed {
		return v, err // nothing of it is visible, so nothing became of it; and whoever waits for it asks often
	}
	f, err := slow(ctx, db, "batch "+string(id), func(ctx context.Context) (batchFigures, error) { return db.batchFigures(ctx, id) })
	v.Used, v.UsedMinor, v.Open, v.OpenMinor = f.used, f.usedMinor, f.open, f.openMinor
	return v, err
}

type batchFigures struct{ used, usedMinor, open, openMinor int64 }

func (db *DB) batchFigures(ctx context.Context, id coupon.BatchID) (f batchFigures, err error) {
	open := "state = 'active' AND uses = 0 AND (expires_at = 0 OR expires_at > $2)"
	rows, err := fetch(ctx, db, func(r *batchFigures) []any { return []any{&r.used, &r.open, &r.openMinor} },
		"SELECT COUNT(*) FILTER (WHERE uses > 0), COUNT(*) FILTER (WHERE "+open+"), "+total("CASE WHEN "+open+" THEN balance ELSE 0 END")+
			" FROM voucher WHERE batch = $1", string(id), micros(db.now()))
	if err != nil {
		return f, err
	}
	f = rows[0]
	f.usedMinor, err = figure(ctx, db, "SELECT "+total("r.minor - r.reversed")+" FROM voucher v JOIN redemption r ON r.voucher = v.id"+
		" WHERE v.batch = $1 AND v.first_used_at > 0", string(id))
	return f, err
}

// Batches lists batches, the newest first, without the standing ones. What became
// of their vouchers is left out: it would be a count over millions for each line.
func (db *DB) Batches(ctx context.Context, f coupon.BatchFilter, p coupon.Paging) (coupon.Page[coupon.BatchView], error) {
	l := listing[coupon.BatchView]{
		find: find{from: batchView}, order: newest(by{"b.id", kindText}), into: batchViewInto,
		key: func(v *coupon.BatchView) []any { return []any{v.ID} },
	}
	l.where("b.source <> 'standing'")
	same(&l.find, "b.campaign", f.Campaign)
	same(&l.find, "c.kind", f.Kind)
	same(&l.find, "b.state", f.State)
	if f.Search != "" {
		l.conds = append(l.conds, l.begins("b.description_key", nameKey(f.Search)))
	}
	return page(ctx, db, &l, p)
}

// UnderPrefix returns how many codes there are, or will be, under a prefix: those of
// every batch whose canonical prefix equals it, begins with it or is a beginning of it.
func (db *DB) UnderPrefix(ctx context.Context, prefix string) (int64, error) {
	key := prefixKey(prefix)
	return figure(ctx, db, "SELECT CAST(COALESCE(SUM(quantity), 0) AS BIGINT) FROM batch WHERE state <> 'failed'"+
		" AND (prefix_key >= $1 AND prefix_key < $2 OR prefix_key "+db.d.any("$3")+")", key, beyond(key), db.d.list(beginnings(key)))
}

// OpenSum returns what the made vouchers of a batch hold in the books.
func (db *DB) OpenSum(ctx context.Context, id coupon.BatchID) (money.Amount, error) {
	rows, err := fetch(ctx, db, func(m *money.Amount) []any { return []any{(*string)(&m.Asset), &m.Minor} },
		"SELECT asset, CAST(SUM(balance - lapsed) AS BIGINT) FROM voucher WHERE batch = $1 AND balance > lapsed GROUP BY asset", string(id))
	if err != nil || len(rows) == 0 {
		return money.Amount{}, err
	}
	if len(rows) > 1 {
		return money.Amount{}, money.ErrMismatch
	}
	return rows[0], nil
}
