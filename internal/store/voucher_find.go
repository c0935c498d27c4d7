package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// voucherSearch is a list of vouchers in the making. Where one index cannot give the
// order, the list is put together from branches that each have one.
type voucherSearch struct {
	find
	order    order
	branches []string // conditions; a voucher is listed when one of them holds
	nothing  bool     // it is known already that there is none
}

const (
	branchesMax = 40   // more campaigns of a kind than this are found by walking
	batchesMax  = 1000 // batches whose description or label a search may match
)

// Vouchers lists vouchers, the newest first; those of a named batch by sequence.
func (db *DB) Vouchers(ctx context.Context, f coupon.VoucherFilter, p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
	if f.Now.IsZero() {
		f.Now = db.now()
	}
	s := &voucherSearch{find: voucherList(micros(f.Now)), order: newest(by{"v.id", kindText})}
	key := func(v *coupon.VoucherView) []any { return []any{v.ID} }
	if f.Batch != "" {
		s.order = newest(by{"v.sequence", kindNumber})
		key = func(v *coupon.VoucherView) []any { return []any{v.Sequence} }
	}
	if err := s.order.from(&s.find, p.After); err != nil {
		return coupon.Page[coupon.VoucherView]{}, err
	}
	s.plain(&f)
	if err := db.searched(ctx, s, &f); err != nil || s.nothing {
		return coupon.Page[coupon.VoucherView]{}, err
	}
	limit := pageSize(p.Limit)
	rows, err := fetch(ctx, db, voucherInto, s.sql(limit+1), s.args...)
	if err != nil {
		return coupon.Page[coupon.VoucherView]{}, err
	}
	return cut(rows, limit, key), db.fillTerms(ctx, rows)
}

// plain adds the conditions on the voucher itself.
func (s *voucherSearch) plain(f *coupon.VoucherFilter) {
	if f.Batch == "" {
		s.where(voucherVisible)
	}
	same(&s.find, "v.batch", f.Batch)
	same(&s.find, "v.campaign", f.Campaign)
	owned(&s.find, "v.holder", f.Holder)
	same(&s.find, "v.tail", f.Tail)
	if f.Status != "" {
		at := micros(f.Now)
		s.where(statusAt+" = ?", at, at, at, string(f.Status))
	}
	switch {
	case f.Used == nil:
	case *f.Used:
		s.where("v.uses > 0")
	default:
		s.where("v.uses = 0")
	}
	if f.Minor != nil {
		s.where("v.face = ?", *f.Minor)
	}
	s.between("v.last_used_at", f.UsedFrom, f.UsedTo)
	if !f.UsedTo.IsZero() {
		s.where("v.last_used_at > 0")
	}
	if !f.Expiring.IsZero() {
		s.where("v.expires_at > ? AND v.expires_at <= ?", micros(f.Now), micros(f.Expiring))
	}
	if f.UsedBy != "" {
		s.where(usedBy, string(f.UsedBy), string(f.UsedBy))
	}
}

// usedBy finds by the customer's redemptions: an index on the last user would make
// every redemption of a voucher move in all of its indexes.
const usedBy = "v.last_customer = ? AND v.id IN (SELECT r.voucher FROM redemption r WHERE r.customer = ? AND r.customer <> '')"

// searched adds what has to be looked up first, and the branches.
func (db *DB) searched(ctx context.Context, s *voucherSearch, f *coupon.VoucherFilter) error {
	if f.Serial != "" {
		cond, err := db.serial(ctx, &s.find, f.Serial)
		if err != nil {
			return err
		}
		s.either([]string{cond})
	}
	if f.Search != "" || len(f.Codes) > 0 {
		conds, err := db.words(ctx, &s.find, f)
		if err != nil {
			return err
		}
		s.either(conds)
	}
	if f.OfOwner != "" {
		s.branches = []string{s.fill("v.holder = ? AND v.holder <> ''", string(f.OfOwner)), s.fill(usedBy, string(f.OfOwner), string(f.OfOwner))}
	}
	if f.Kind == "" {
		return nil
	}
	narrow := f.Batch != "" || f.Campaign != "" || f.Holder != "" || f.UsedBy != "" || f.OfOwner != "" || f.Search != "" || f.Serial != "" || f.Tail != "" || len(f.Codes) > 0
	if !narrow {
		return db.ofKind(ctx, s, f.Kind)
	}
	s.where("c.kind = ?", string(f.Kind))
	return nil
}

// either adds a condition of alternatives; "" is an alternative that nothing meets.
func (s *voucherSearch) either(conds []string) {
	var some []string
	for _, c := range conds {
		if c != "" {
			some = append(some, c)
		}
	}
	if len(some) == 0 {
		s.nothing = true
		return
	}
	s.conds = append(s.conds, "("+strings.Join(some, " OR ")+")")
}

// ofKind makes a branch of each campaign of the kind.
func (db *DB) ofKind(ctx context.Context, s *voucherSearch, k coupon.Kind) error {
	ids, err := fetch(ctx, db, func(id *string) []any { return []any{id} }, "SELECT id FROM campaign WHERE kind = $1 LIMIT $2", string(k), int64(branchesMax+1))
	switch {
	case err != nil:
		return err
	case len(ids) == 0:
		s.nothing = true
	case len(ids) > branchesMax:
		s.where("c.kind = ?", string(k))
	default:
		for _, id := range ids {
			s.branches = append(s.branches, s.fill("v.campaign = ?", id))
		}
	}
	return nil
}

// words returns what a search may mean: a whole code, a tail, the beginning of a
// batch's description, the beginning of a serial.
func (db *DB) words(ctx context.Context, q *find, f *coupon.VoucherFilter) ([]string, error) {
	var conds []string
	if len(f.Codes) > 0 {
		conds = append(conds, q.fill("v.id IN (SELECT k.voucher FROM code k WHERE k.fingerprint "+db.d.any("?")+")", db.d.list(f.Codes)))
	}
	if f.Search == "" {
		return conds, nil
	}
	if tail, err := coupon.Canonical(f.Search); err == nil {
		conds = append(conds, q.fill("v.tail = ?", tail))
	}
	in, err := db.inBatches(ctx, q, "description_key", nameKey(f.Search), beyond(nameKey(f.Search)))
	if err != nil {
		return nil, err
	}
	serial, err := db.serial(ctx, q, f.Search)
	return append(conds, in, serial), err
}

// inBatches returns the condition that a voucher is of a batch with a column in the
// range, "" when there is no such batch.
func (db *DB) inBatches(ctx context.Context, q *find, column, from, to string) (string, error) {
	ids, err := fetch(ctx, db, func(id *string) []any { return []any{id} },
		"SELECT id FROM batch WHERE "+column+" >= $1 AND "+column+" < $2 ORDER BY id DESC LIMIT $3", from, to, int64(batchesMax))
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return q.fill("v.batch "+db.d.any("?"), db.d.list(ids)), nil
}

// serial returns the condition that a voucher's serial begins with typed. A serial
// is its batch's label, a hyphen and the sequence in at least six digits, so that
// batch and sequence find it and it needs no index of its own.
func (db *DB) serial(ctx context.Context, q *find, typed string) (string, error) {
	typed = strings.ToUpper(strings.TrimSpace(typed))
	label, digits, whole := strings.Cut(typed, "-")
	if !whole {
		return db.inBatches(ctx, q, "label", typed, beyond(typed))
	}
	ranges := sequences(digits)
	if digits != "" && len(ranges) == 0 {
		return "", nil
	}
	in, err := db.inBatches(ctx, q, "label", label, label+"\x01")
	if err != nil || in == "" || digits == "" {
		return in, err
	}
	var any []string
	for _, r := range ranges {
		any = append(any, q.fill("v.sequence BETWEEN ? AND ?", r[0], r[1]))
	}
	return in + " AND (" + strings.Join(any, " OR ") + ")", nil
}

// sequences returns the ranges of numbers that begin with digits when they are
// written with at least six.
func sequences(digits string) [][2]int64 {
	const widest = 12
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || digits[0] == '+' || digits[0] == '-' || len(digits) > widest {
		return nil
	}
	var out [][2]int64
	for width := max(6, len(digits)); width <= widest; width++ {
		if width > 6 && digits[0] == '0' {
			break
		}
		step := int64(1)
		for range width - len(digits) {
			step *= 10
		}
		out = append(out, [2]int64{n * step, (n+1)*step - 1})
	}
	return out
}

// sql returns the query for at most limit rows.
func (s *voucherSearch) sql(limit int) string {
	tail := s.order.sql() + " LIMIT " + strconv.Itoa(limit)
	if len(s.branches) == 0 {
		return s.find.sql() + tail
	}
	var b strings.Builder
	for i, branch := range s.branches {
		if i > 0 {
			b.WriteString(" UNION ")
		}
		inner := find{from: "SELECT v.id" + voucherFrom, conds: append(s.conds[:len(s.conds):len(s.conds)], branch)}
		b.WriteString("SELECT id FROM (" + inner.sql() + tail + ") AS x" + strconv.Itoa(i))
	}
	return s.from + " WHERE v.id IN (" + b.String() + ")" + tail
}
