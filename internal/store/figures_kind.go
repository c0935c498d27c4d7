package store

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// OpenOfKind returns how many vouchers of a kind are open (active, unused, not
// expired) and what they hold, by asset. It reads every voucher of the kind: see slow.
func (db *DB) OpenOfKind(ctx context.Context, kind coupon.Kind, now time.Time) ([]coupon.OpenFigure, error) {
	return slow(ctx, db, "open "+string(kind), func(ctx context.Context) ([]coupon.OpenFigure, error) {
		return fetch(ctx, db, func(o *coupon.OpenFigure) []any { return []any{(*string)(&o.Asset), &o.Count, &o.Minor} },
			"SELECT v.asset, COUNT(*), "+total("v.balance")+" FROM voucher v JOIN campaign c ON c.id = v.campaign JOIN batch b ON b.id = v.batch"+
				" WHERE c.kind = $1 AND "+voucherVisible+" AND v.state = 'active' AND v.uses = 0 AND (v.expires_at = 0 OR v.expires_at > $2) GROUP BY v.asset ORDER BY v.asset",
			string(kind), micros(now))
	})
}
