package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// batchesMax bounds the batches whose description or label a search may match.
const batchesMax = 1000

// batchHit is a batch that what was typed may mean.
type batchHit struct {
	id   string
	made int64
}

// typed adds what was typed: a serial, and a search or a whole code.
func (s *voucherSearch) typed(ctx context.Context) error {
	f := &s.filter
	var conds []string
	var err error
	if f.Serial != "" {
		if conds, err = s.serials(ctx, f.Serial); err != nil {
			return err
		}
	}
	if f.Search == "" && len(f.Codes) == 0 {
		return s.alternatives(conds)
	}
	if f.Serial != "" {
		s.either(conds)
	}
	if conds, err = s.meanings(ctx); err != nil {
		return err
	}
	return s.alternatives(conds)
}

// alternatives lists what meets one of the conditions: branch by branch, or, in a
// list that is short anyway, as a filter.
func (s *voucherSearch) alternatives(conds []string) error {
	if s.one() {
		s.either(conds)
	} else {
		s.choose(conds)
	}
	return nil
}

// either adds a condition of alternatives; without any there is nothing to list.
func (s *voucherSearch) either(conds []string) {
	if len(conds) == 0 {
		s.nothing = true
		return
	}
	s.conds = append(s.conds, "("+strings.Join(conds, " OR ")+")")
}

// meanings returns what a search may mean: a whole code, a tail, the beginning of a
// batch's description, the beginning of a serial.
func (s *voucherSearch) meanings(ctx context.Context) ([]string, error) {
	var conds []string
	if codes := s.filter.Codes; len(codes) > 0 {
		conds = append(conds, s.fill("v.id IN (SELECT k.voucher FROM code k WHERE k.fingerprint "+s.db.d.any("?")+")", s.db.d.list(codes)))
	}
	search := s.filter.Search
	if search == "" {
		return conds, nil
	}
	if tail, err := coupon.Canonical(search); err == nil {
		conds = append(conds, s.fill("v.tail = ?", tail))
	}
	name := nameKey(search)
	list, err := s.batches(ctx, "description_key >= $1 AND description_key < $2", name, beyond(name))
	if err != nil {
		return nil, err
	}
	serials, err := s.serials(ctx, search)
	return append(append(conds, s.wholes(list)...), serials...), err
}

// batches returns the last batches that cond names and that have vouchers.
func (s *voucherSearch) batches(ctx context.Context, cond string, args ...any) ([]batchHit, error) {
	return fetch(ctx, s.db, func(b *batchHit) []any { return []any{&b.id, &b.made} },
		"SELECT id, made FROM batch WHERE "+cond+" AND made > 0 ORDER BY id DESC LIMIT "+strconv.Itoa(batchesMax), args...)
}

// wholes returns the conditions that a voucher is of one of the batches.
func (s *voucherSearch) wholes(list []batchHit) []string {
	var conds, ids []string
	for _, b := range list {
		ids = append(ids, b.id)
	}
	if len(list) > branchesMax {
		return []string{s.fill("v.batch "+s.db.d.any("?"), s.db.d.list(ids))}
	}
	for _, id := range ids {
		conds = append(conds, s.fill("v.batch = ?", id))
	}
	return conds
}

// serials returns the conditions that a voucher's serial begins with typed. A serial
// is its batch's label, a hyphen and the sequence in at least six digits, so that
// batch and sequence find it and it needs no index of its own.
func (s *voucherSearch) serials(ctx context.Context, typed string) ([]string, error) {
	typed = strings.ToUpper(strings.TrimSpace(typed))
	label, digits, whole := strings.Cut(typed, "-")
	if !whole {
		list, err := s.batches(ctx, "label >= $1 AND label < $2", typed, beyond(typed))
		return s.wholes(list), err
	}
	list, err := s.batches(ctx, "label = $1", label)
	if err != nil || digits == "" {
		return s.wholes(list), err
	}
	var conds []string
	for _, b := range list[:min(len(list), branchesMax)] {
		for _, r := range sequences(digits) {
			if r[0] <= b.made {
				conds = append(conds, s.fill("v.batch = ? AND v.sequence BETWEEN ? AND ?", b.id, r[0], r[1]))
			}
		}
	}
	return conds, nil
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
