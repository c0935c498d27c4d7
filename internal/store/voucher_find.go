package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// voucherSearch is a list of vouchers in the making. A page of a list of millions is
// quick only when an index has its rows in its order. Where one index cannot, the list is
// put together from branches that each have one; and what is rare, such as voided
// vouchers, is found by what is particular about it.
type voucherSearch struct {
	listing[coupon.VoucherView]
	db       *DB
	filter   coupon.VoucherFilter
	at       int64
	branches []string // conditions; a voucher is listed when one of them holds
	nothing  bool     // it is known already that there is none
}

// branchesMax bounds the branches of a query; with more, one condition names them all.
const branchesMax = 40

// Vouchers lists vouchers, the newest first. Those of a named batch come by sequence;
// what a search found, or is frozen, by batch and sequence; expired ones as they
// expired, the last first; and scheduled ones as they will start.
func (db *DB) Vouchers(ctx context.Context, f coupon.VoucherFilter, p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
	if f.Now.IsZero() {
		f.Now = db.now()
	}
	s := newVoucherSearch(db, f)
	if err := s.order.from(&s.find, p); err != nil {
		return coupon.Page[coupon.VoucherView]{}, err
	}
	s.plain()
	if err := s.drive(ctx); err != nil || s.nothing {
		return coupon.Page[coupon.VoucherView]{}, err
	}
	limit := pageSize(p.Limit)
	rows, err := fetch(ctx, db, voucherInto, s.sql(limit+1), s.args...)
	if err != nil {
		return coupon.Page[coupon.VoucherView]{}, err
	}
	out := cut(rows, limit, s.key, p)
	return out, db.fillTerms(ctx, out.Rows)
}

func newVoucherSearch(db *DB, f coupon.VoucherFilter) *voucherSearch {
	s := &voucherSearch{db: db, filter: f, at: micros(f.Now)}
	s.find = voucherList(s.at)
	s.order, s.key = newest(by{"v.id", kindText}), func(v *coupon.VoucherView) []any { return []any{v.ID} }
	switch {
	case f.Batch != "":
		s.order, s.key = newest(by{"v.sequence", kindNumber}), func(v *coupon.VoucherView) []any { return []any{v.Sequence} }
	case s.words() && !s.one(), !s.narrow() && f.Status == coupon.StatusFrozen:
		s.order = newest(by{"v.batch", kindText}, by{"v.sequence", kindNumber})
		s.key = func(v *coupon.VoucherView) []any { return []any{v.Batch, v.Sequence} }
	case !s.narrow() && f.Status == coupon.StatusExpired:
		s.order = newest(by{"v.expires_at", kindNumber}, by{"v.id", kindText})
		s.key = func(v *coupon.VoucherView) []any { return []any{micros(v.ExpiresAt), v.ID} }
	case !s.narrow() && f.Status == coupon.StatusScheduled:
		s.order = oldest(by{"v.starts_at", kindNumber}, by{"v.id", kindText})
		s.key = func(v *coupon.VoucherView) []any { return []any{micros(v.StartsAt), v.ID} }
	}
	return s
}

// words reports whether something was typed that has to be looked up.
func (s *voucherSearch) words() bool {
	return s.filter.Search != "" || s.filter.Serial != "" || len(s.filter.Codes) > 0
}

// one reports whether the list is one customer's, of one tail, or of named vouchers: so
// short that no order needs an index.
func (s *voucherSearch) one() bool {
	f := &s.filter
	return f.Holder != "" || f.UsedBy != "" || f.OfOwner != "" || f.Tail != "" || len(f.IDs) > 0
}

// narrow reports whether an index has the list already, whatever the status.
func (s *voucherSearch) narrow() bool {
	return s.words() || s.one() || s.filter.Public || s.filter.Batch != "" || s.filter.Campaign != ""
}

// plain adds the conditions on the voucher itself.
func (s *voucherSearch) plain() {
	f := &s.filter
	if f.Batch == "" {
		s.where(voucherVisible)
	}
	same(&s.find, "v.batch", f.Batch)
	same(&s.find, "v.campaign", f.Campaign)
	if f.Holder != "" {
		s.where(heldBy, string(f.Holder), string(f.Holder), string(f.Holder))
	}
	same(&s.find, "v.tail", f.Tail)
	if f.Public {
		s.where("v.public")
	}
	if len(f.IDs) > 0 {
		s.where("v.id "+s.db.d.any("?"), s.db.d.list(asStrings(f.IDs)))
	}
	if f.Status != "" {
		s.where(statusAt+" = ?", s.at, s.at, s.at, string(f.Status))
	}
	if len(f.Statuses) > 0 {
		s.where("("+statusAt+") "+s.db.d.any("?"), s.at, s.at, s.at, s.db.d.list(asStrings(f.Statuses)))
	}
	if f.Except != "" {
		s.where("c.kind <> ?", string(f.Except))
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
	if f.UsedBy != "" {
		s.where(lastUsedBy, string(f.UsedBy), string(f.UsedBy))
	}
}

// What a customer got by using it is found by the customer's redemptions: an index on the
// holder or the last user would make PostgreSQL write every redeemed voucher anew in all of
// its indexes.
const (
	givenTo    = "v.assigned = ? AND v.assigned <> ''"
	everUsedBy = "v.id IN (SELECT r.voucher FROM redemption r WHERE r.customer = ? AND r.customer <> '')"
	lastUsedBy = "v.last_customer = ? AND " + everUsedBy
	heldBy     = "v.holder = ? AND v.id IN (SELECT y.id FROM voucher y WHERE y.assigned = ? AND y.assigned <> ''" +
		" UNION SELECT r.voucher FROM redemption r WHERE r.customer = ? AND r.customer <> '')"
)

// drive adds what the list is found by.
func (s *voucherSearch) drive(ctx context.Context) error {
	f := &s.filter
	if f.OfOwner != "" {
		who := string(f.OfOwner)
		s.branches = []string{s.fill(givenTo, who)}
		if f.Shared {
			s.branches = append(s.branches, s.fill(everUsedBy, who))
		} else {
			s.branches = append(s.branches, s.fill("v.holder = ? AND "+everUsedBy, who, who), s.fill(lastUsedBy, who, who))
		}
	}
	if s.words() {
		if err := s.typed(ctx); err != nil {
			return err
		}
	}
	byKind := f.Kind != "" && !s.narrow() && f.Status == ""
	if f.Kind != "" && !byKind {
		s.where("c.kind = ?", string(f.Kind))
	}
	switch {
	case s.narrow():
		return nil
	case byKind:
		return s.campaigns(ctx, "kind = $1", string(f.Kind))
	}
	return s.status(ctx)
}

// status finds what is rare by what is particular about it. Every condition follows
// from the status, which is asked for besides.
func (s *voucherSearch) status(ctx context.Context) error {
	switch s.filter.Status {
	case coupon.StatusVoid, coupon.StatusDeleted:
		s.where("v.ended_at > 0")
	case coupon.StatusDeactivated:
		s.where("v.disabled")
	case coupon.StatusExpired:
		s.where("v.expires_at > 0 AND v.expires_at <= ?", s.at)
	case coupon.StatusScheduled:
		s.where("v.starts_at > 0 AND v.starts_at > ?", s.at)
	case coupon.StatusReserved:
		s.where("v.id IN (SELECT r.subject FROM reservation r WHERE r.expires_at > ?)", s.at)
	case coupon.StatusFrozen:
		list, err := s.batches(ctx, "state = 'frozen'")
		s.choose(s.wholes(list))
		return err
	case coupon.StatusPaused:
		return s.campaigns(ctx, "state IN ('paused', 'archived')")
	case coupon.StatusDraft:
		return s.campaigns(ctx, "state = 'draft'")
	case coupon.StatusRedeemed, coupon.StatusPartlyUsed:
		return s.fewUsed(ctx)
	}
	if s.filter.Used != nil && *s.filter.Used {
		return s.fewUsed(ctx)
	}
	return nil
}

// fewUses is how many redemptions are so few that a list is found by them.
const fewUses = 2000

// fewUsed finds used vouchers among millions of fresh ones.
func (s *voucherSearch) fewUsed(ctx context.Context) error {
	n, err := figure(ctx, s.db, "SELECT COUNT(*) FROM (SELECT 1 FROM redemption LIMIT $1) AS x", int64(fewUses))
	if n < fewUses {
		s.where("v.id IN (SELECT r.voucher FROM redemption r)")
	}
	return err
}

// campaigns makes a branch of each campaign that cond names.
func (s *voucherSearch) campaigns(ctx context.Context, cond string, args ...any) error {
	ids, err := fetch(ctx, s.db, func(id *string) []any { return []any{id} }, "SELECT id FROM campaign WHERE "+cond+" ORDER BY id", args...)
	if err != nil {
		return err
	}
	if len(ids) > branchesMax {
		s.where("v.campaign "+s.db.d.any("?"), s.db.d.list(ids))
		return nil
	}
	var conds []string
	for _, id := range ids {
		conds = append(conds, s.fill("v.campaign = ?", id))
	}
	s.choose(conds)
	return nil
}

// choose makes the branches of a list; without any there is nothing to list.
func (s *voucherSearch) choose(conds []string) {
	s.branches, s.nothing = conds, s.nothing || len(conds) == 0
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
