package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

// CountVouchers counts the vouchers of a list, at most so many: who asks for more than
// can be done wants to know no more.
func (db *DB) CountVouchers(ctx context.Context, f coupon.VoucherFilter, most int) (int64, error) {
	if f.Now.IsZero() {
		f.Now = db.now()
	}
	s := newVoucherSearch(db, f)
	s.plain()
	if err := s.drive(ctx); err != nil || s.nothing {
		return 0, err
	}
	return figure(ctx, db, "SELECT COUNT(*) FROM ("+s.sql(most)+") AS listed", s.args...)
}
