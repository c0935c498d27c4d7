package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

var redemptionView = "SELECT " + redemptionTable.names("r") + ", " + calling("h") + ", COALESCE(c.name, ''), COALESCE(l.name, '') FROM redemption r" +
	" LEFT JOIN customer h ON h.id = r.customer LEFT JOIN campaign c ON c.id = r.campaign LEFT JOIN location l ON l.id = r.location"

func redemptionInto(v *coupon.RedemptionView) []any {
	return append(redemptionTable.into(&v.Redemption), calledInto{&v.CustomerName}, &v.CampaignName, &v.LocationName)
}

// Redemption returns a redemption with its reversals and names.
func (db *DB) Redemption(ctx context.Context, id coupon.RedemptionID) (coupon.RedemptionView, error) {
	rows, err := fetch(ctx, db, redemptionInto, redemptionView+" WHERE r.id = $1", string(id))
	if err == nil {
		err = db.fillReversals(ctx, rows)
	}
	return one("redemption", rows, err)
}

// Redemptions lists redemptions, the newest first.
func (db *DB) Redemptions(ctx context.Context, f coupon.RedemptionFilter, p coupon.Paging) (coupon.Page[coupon.RedemptionView], error) {
	l := listing[coupon.RedemptionView]{
		find: find{from: redemptionView}, order: newest(by{"r.id", kindText}), into: redemptionInto,
		key: func(v *coupon.RedemptionView) []any { return []any{v.ID} },
	}
	same(&l.find, "r.voucher", f.Voucher)
	owned(&l.find, "r.customer", f.Customer)
	same(&l.find, "r.campaign", f.Campaign)
	owned(&l.find, "r.location", f.Location)
	owned(&l.find, "r.reference", f.Reference)
	idBetween(&l.find, "r.id", "red", f.From, f.To)
	if f.Checkout != "" {
		// A checkout's first redemption shares its id; the index holds only the others.
		first, checkout := id.Sibling("red", string(f.Checkout)), string(f.Checkout)
		l.where("(r.id = ? OR r.checkout = ? AND r.checkout <> 'chk_' || SUBSTR(r.id, 5))", first, checkout)
		l.where("r.checkout = ?", checkout)
	}
	rows, err := page(ctx, db, &l, p)
	if err != nil {
		return rows, err
	}
	return rows, db.fillReversals(ctx, rows.Rows)
}

// LastUses returns a customer's latest use of each voucher that was not given back.
func (db *DB) LastUses(ctx context.Context, who coupon.CustomerID, ids []coupon.VoucherID) (map[coupon.VoucherID]coupon.RedemptionView, error) {
	out := map[coupon.VoucherID]coupon.RedemptionView{}
	if len(ids) == 0 || who == "" {
		return out, nil
	}
	rows, err := fetch(ctx, db, redemptionInto, redemptionView+" WHERE r.id IN (SELECT MAX(x.id) FROM redemption x WHERE x.customer = $1 AND x.customer <> '' AND x.voucher "+db.d.any("$2")+" AND NOT x.returned GROUP BY x.voucher)",
		string(who), db.d.list(asStrings(ids)))
	for i := range rows {
		out[rows[i].Voucher] = rows[i]
	}
	return out, err
}

func (db *DB) fillReversals(ctx context.Context, rows []coupon.RedemptionView) error {
	at := map[coupon.RedemptionID]int{}
	var ids []string
	for i := range rows {
		if rows[i].Reversed > 0 || rows[i].Returned {
			at[rows[i].ID] = i
			ids = append(ids, string(rows[i].ID))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list, err := query(ctx, db, reversalTable, "WHERE redemption "+db.d.any("$1")+" ORDER BY redemption, id", db.d.list(ids))
	for _, r := range list {
		v := &rows[at[r.Redemption]]
		v.Reversals = append(v.Reversals, r)
	}
	return err
}

// Hold returns a hold as it is stored; past its end it is over whatever its state.
func (db *DB) Hold(ctx context.Context, id coupon.HoldID) (coupon.Hold, error) {
	return one(oneOf(ctx, db, "hold", holdTable, "WHERE id = $1", string(id)))
}
