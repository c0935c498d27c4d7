package store

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// voucherFrom joins what the status of a voucher depends on; voucherNames what its
// lists show beside.
const (
	voucherFrom  = " FROM voucher v JOIN campaign c ON c.id = v.campaign JOIN batch b ON b.id = v.batch"
	voucherNames = " LEFT JOIN customer h ON h.id = v.holder LEFT JOIN customer u ON u.id = v.last_customer"
)

// Nothing of a batch that is being made, or was given up, is visible.
const voucherVisible = "b.state NOT IN ('creating', 'failed')"

// heldAt is the condition that live holds reserve all that is left of a voucher; ?
// is the moment.
const heldAt = "EXISTS (SELECT 1 FROM reservation r WHERE r.subject = v.id AND r.expires_at > ? GROUP BY r.subject HAVING" +
	" v.max_uses > 0 AND v.uses + SUM(r.uses) >= v.max_uses OR v.balance > 0 AND SUM(r.minor) >= v.balance)"

// statusAt is coupon.Voucher.Status as SQL; ? is the moment, three times.
const statusAt = "CASE WHEN v.state <> 'active' THEN v.state" +
	" WHEN v.expires_at <> 0 AND v.expires_at <= ? THEN 'expired'" +
	" WHEN v.disabled THEN 'deactivated'" +
	" WHEN b.state = 'frozen' THEN 'frozen'" +
	" WHEN c.state IN ('paused', 'archived') THEN 'paused'" +
	" WHEN b.state = 'creating' OR c.state = 'draft' THEN 'draft'" +
	" WHEN v.starts_at > ? THEN 'scheduled'" +
	" WHEN " + heldAt + " THEN 'reserved'" +
	" WHEN v.uses > 0 THEN 'partly_used'" +
	" ELSE 'active' END"

// voucherList begins a query of views at a moment.
func voucherList(at int64) find {
	f := find{}
	f.from = f.fill("SELECT "+voucherTable.names("v")+", c.kind, c.name, c.state, b.description, b.state, "+calling("h")+", "+calling("u")+", "+heldAt+
		voucherFrom+voucherNames, at)
	return f
}

func voucherInto(v *coupon.VoucherView) []any {
	return append(voucherTable.into(&v.Voucher), (*string)(&v.Kind), &v.CampaignName, (*string)(&v.CampaignState), &v.BatchDescription, (*string)(&v.BatchState),
		calledInto{&v.HolderName}, calledInto{&v.UserName}, &v.Held)
}

// voucherViews reads views and puts their terms in.
func (db *DB) voucherViews(ctx context.Context, f *find, tail string) ([]coupon.VoucherView, error) {
	rows, err := fetch(ctx, db, voucherInto, f.sql()+tail, f.args...)
	if err != nil {
		return nil, err
	}
	return rows, db.fillTerms(ctx, rows)
}

func (db *DB) fillTerms(ctx context.Context, rows []coupon.VoucherView) error {
	ids := make([]coupon.TermsID, len(rows))
	for i := range rows {
		ids[i] = rows[i].Terms
	}
	terms, err := db.termsOf(ctx, ids)
	for i := range rows {
		rows[i].Doc = terms.doc(rows[i].Terms)
	}
	return err
}

// Voucher returns a voucher with what its status and lists show.
func (db *DB) Voucher(ctx context.Context, id coupon.VoucherID) (coupon.VoucherView, error) {
	f := voucherList(micros(db.now()))
	f.where("v.id = ?", string(id))
	f.where(voucherVisible)
	rows, err := db.voucherViews(ctx, &f, "")
	return one("voucher", rows, err)
}

// VoucherByCode returns the voucher of a code, given the code's fingerprints.
func (db *DB) VoucherByCode(ctx context.Context, fingerprints []string) (coupon.VoucherView, error) {
	f := voucherList(micros(db.now()))
	f.where("v.id IN (SELECT k.voucher FROM code k WHERE k.fingerprint "+db.d.any("?")+")", db.d.list(fingerprints))
	f.where(voucherVisible)
	rows, err := db.voucherViews(ctx, &f, " LIMIT 1")
	if err == nil && len(rows) == 0 {
		return coupon.VoucherView{}, coupon.ErrNotFound
	}
	return one("voucher", rows, err)
}

// eachChunk is how many vouchers EachVoucher has in memory.
const eachChunk = 500

// EachVoucher calls fn for every voucher of a batch, by sequence. It holds no
// transaction open: a voucher that changes meanwhile is shown as of its turn.
//
// Each query is bounded above too: on a table that it has not yet looked at, the planner
// expects a handful of rows, and would read and sort all that are left for every chunk.
func (db *DB) EachVoucher(ctx context.Context, id coupon.BatchID, fn func(coupon.VoucherView) error) error {
	top, err := fetch(ctx, db, func(n *int64) []any { return []any{n} }, "SELECT COALESCE(MAX(sequence), -1) FROM voucher WHERE batch = $1", string(id))
	if err != nil {
		return err
	}
	for last := int64(-1); last < top[0]; last += eachChunk {
		f := voucherList(micros(db.now()))
		f.where("v.batch = ? AND v.sequence > ? AND v.sequence <= ?", string(id), last, last+eachChunk)
		rows, err := db.voucherViews(ctx, &f, " ORDER BY v.sequence")
		if err != nil {
			return err
		}
		for i := range rows {
			if err := fn(rows[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweep is how far LapseDue has come.
type sweep struct {
	expires int64
	id      string
}

// LapseDue returns vouchers that have expired with a value the books still show, at
// most limit. A full answer is followed by the next ones, so that one sweep reads
// each expired voucher once; an answer that is not full begins again.
func (db *DB) LapseDue(ctx context.Context, now time.Time, limit int) ([]coupon.VoucherID, error) {
	db.mu.Lock()
	from := db.sweep
	db.mu.Unlock()
	rows, err := fetch(ctx, db, func(d *sweep) []any { return []any{&d.id, &d.expires} },
		"SELECT id, expires_at FROM voucher WHERE expires_at > 0 AND expires_at <= $1 AND (expires_at, id) > ($2, $3) AND state = 'active' AND balance > lapsed"+
			" AND batch NOT IN (SELECT b.id FROM batch b WHERE b.state IN ('creating', 'failed')) ORDER BY expires_at, id LIMIT $4", micros(now), from.expires, from.id, int64(limit))
	if err != nil {
		return nil, err
	}
	ids := make([]coupon.VoucherID, len(rows))
	next := sweep{}
	for i := range rows {
		ids[i] = coupon.VoucherID(rows[i].id)
		if i == limit-1 {
			next = rows[i]
		}
	}
	db.mu.Lock()
	db.sweep = next
	db.mu.Unlock()
	return ids, nil
}
