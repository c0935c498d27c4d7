package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

// ReleaseCodes forgets the codes of a batch that was given up; those of any other
// batch stay. Nobody has seen its vouchers, so their codes may come again.
func (db *DB) ReleaseCodes(ctx context.Context, b coupon.BatchID, fingerprints []string) error {
	return db.apply(ctx, writes{{
		sql: "DELETE FROM code WHERE fingerprint " + db.d.any("$2") +
			" AND EXISTS (SELECT 1 FROM voucher v JOIN batch b ON b.id = v.batch WHERE v.id = code.voucher AND v.batch = $1 AND b.state = 'failed')",
		args: []any{string(b), db.d.list(fingerprints)},
	}})
}

// DropVouchers deletes the vouchers of a batch that was given up, in chunks; those of
// any other batch stay. Their codes are to be released first.
func (db *DB) DropVouchers(ctx context.Context, b coupon.BatchID) error {
	return db.inChunks(ctx, "DELETE FROM voucher WHERE id IN (SELECT v.id FROM voucher v JOIN batch b ON b.id = v.batch WHERE v.batch = $1 AND b.state = 'failed' ORDER BY v.sequence LIMIT $2)", string(b))
}
