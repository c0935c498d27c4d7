package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// What the dashboard looks at.
const (
	figureDays   = 30
	expiringSoon = 30 * 24 * time.Hour
)

// Figures returns the dashboard's numbers at a moment. Redeemed are the vouchers
// used up, open ones are active, unused and not expired, as in Batch. It reads every
// voucher: see slow.
func (db *DB) Figures(ctx context.Context, now time.Time) (coupon.Figures, error) {
	return slow(ctx, db, "figures", func(ctx context.Context) (coupon.Figures, error) {
		f := coupon.Figures{}
		for _, part := range []func(context.Context, time.Time, *coupon.Figures) error{db.countVouchers, db.countUses, db.sumBalances} {
			if err := part(ctx, now, &f); err != nil {
				return coupon.Figures{}, err
			}
		}
		return f, nil
	})
}

func (db *DB) countVouchers(ctx context.Context, now time.Time, f *coupon.Figures) error {
	type row struct {
		coupon.Figures
		coupon.CampaignFigure
	}
	q := find{}
	live := "v.state = 'active' AND (v.expires_at = 0 OR v.expires_at > ?)"
	q.from = q.fill("SELECT v.campaign, v.asset, COUNT(*), COUNT(*) FILTER (WHERE v.state = 'redeemed'), COUNT(*) FILTER (WHERE "+live+" AND v.uses = 0),"+
		" COUNT(*) FILTER (WHERE "+live+" AND v.expires_at > 0 AND v.expires_at <= ?), COUNT(*) FILTER (WHERE v.balance > v.lapsed), "+total("v.balance - v.lapsed")+
		" FROM voucher v WHERE v.batch NOT IN (SELECT b.id FROM batch b WHERE b.state IN ('creating', 'failed')) GROUP BY v.campaign, v.asset",
		micros(now), micros(now), micros(now.Add(expiringSoon)))
	rows, err := fetch(ctx, db, func(r *row) []any {
		return []any{(*string)(&r.Campaign), (*string)(&r.Asset), &r.Issued, &r.Redeemed, &r.OpenCount, &r.Expiring, &r.Count, &r.Minor}
	}, q.from, q.args...)
	if err != nil {
		return err
	}
	sums := map[money.Asset]int64{}
	for _, r := range rows {
		f.Issued, f.Redeemed, f.OpenCount, f.Expiring = f.Issued+r.Issued, f.Redeemed+r.Redeemed, f.OpenCount+r.OpenCount, f.Expiring+r.Expiring
		if r.Minor != 0 {
			sums[r.Asset] = plus(sums[r.Asset], r.Minor)
			f.Liability = append(f.Liability, r.CampaignFigure)
		}
	}
	for _, asset := range slices.Sorted(maps.Keys(sums)) {
		f.Outstanding = append(f.Outstanding, coupon.Balance{BalanceKey: coupon.BalanceKey{Asset: asset}, Minor: sums[asset]})
	}
	f.Liability, err = db.largest(ctx, f.Liability)
	return err
}

// liableMax is how many campaigns the dashboard names in each asset.
const liableMax = 10

// largest keeps the campaigns that owe most, asset by asset, and names them.
func (db *DB) largest(ctx context.Context, all []coupon.CampaignFigure) ([]coupon.CampaignFigure, error) {
	slices.SortFunc(all, func(a, b coupon.CampaignFigure) int {
		return cmp.Or(cmp.Compare(a.Asset, b.Asset), cmp.Compare(b.Minor, a.Minor), cmp.Compare(a.Campaign, b.Campaign))
	})
	var out []coupon.CampaignFigure
	var ids []string
	n := map[money.Asset]int{}
	for _, c := range all {
		if n[c.Asset]++; n[c.Asset] <= liableMax {
			out, ids = append(out, c), append(ids, string(c.Campaign))
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	names := map[coupon.CampaignID]string{}
	rows, err := fetch(ctx, db, func(c *coupon.CampaignFigure) []any { return []any{(*string)(&c.Campaign), &c.Name} },
		"SELECT id, name FROM campaign WHERE id "+db.d.any("$1"), db.d.list(ids))
	for _, c := range rows {
		names[c.Campaign] = c.Name
	}
	for i := range out {
		out[i].Name = names[out[i].Campaign]
	}
	return out, err
}

func (db *DB) countUses(ctx context.Context, now time.Time, f *coupon.Figures) error {
	org, err := db.Organisation(ctx)
	if err != nil {
		return err
	}
	first := now.In(org.Zone()).AddDate(0, 0, 1-figureDays).Format(time.DateOnly)
	if f.Days, err = db.days(ctx, money.Asset(org.Currency), first, org.Day(now), func(*find) {}); err != nil {
		return err
	}
	f.RedeemedToday = f.Days[len(f.Days)-1].Count
	f.Refused30, err = figure(ctx, db, "SELECT CAST(COALESCE(SUM(repeats + 1), 0) AS BIGINT) FROM refusal WHERE at >= $1", micros(now.AddDate(0, 0, -figureDays)))
	return err
}

func (db *DB) sumBalances(ctx context.Context, _ time.Time, f *coupon.Figures) error {
	var err error
	f.CustomerBalances, err = fetch(ctx, db, func(b *coupon.Balance) []any { return []any{(*string)(&b.Asset), &b.Minor} },
		"SELECT asset, "+total("minor")+" FROM balance WHERE minor > 0 GROUP BY asset ORDER BY asset")
	if err != nil {
		return err
	}
	f.Customers, err = figure(ctx, db, "SELECT COUNT(*) FROM customer")
	return err
}

// VoucherDays returns how many redemptions of a kind ("" is all) each of the
// organisation's days had since a day, to this day: those that were not given back, and
// what they gave in the organisation's currency. It reads every redemption of the time:
// see slow.
func (db *DB) VoucherDays(ctx context.Context, kind coupon.Kind, since string) ([]coupon.DayFigure, error) {
	org, err := db.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	today := org.Day(db.now())
	narrow := func(q *find) {
		if kind != "" {
			q.where("r.campaign IN (SELECT c.id FROM campaign c WHERE c.kind = ?)", string(kind))
		}
	}
	return slow(ctx, db, "days "+string(kind)+since+today, func(ctx context.Context) ([]coupon.DayFigure, error) {
		return db.days(ctx, money.Asset(org.Currency), since, today, narrow)
	})
}

// days counts the redemptions that narrow leaves by the day they were counted for, every
// day from first to last, and what they gave in one asset. Their ids begin with the time,
// which finds them, with two days to spare for changes of zone.
func (db *DB) days(ctx context.Context, asset money.Asset, first, last string, narrow func(*find)) ([]coupon.DayFigure, error) {
	from, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return nil, err
	}
	q := find{}
	q.from = q.fill("SELECT r.used_on, CASE WHEN r.asset = ? THEN r.minor - r.reversed ELSE 0 END AS minor FROM redemption r", string(asset))
	q.where("r.used_on >= ? AND r.used_on <= ? AND r.returned = FALSE", first, last)
	idBetween(&q, "r.id", "red", from.AddDate(0, 0, -2), time.Time{})
	narrow(&q)
	rows, err := fetch(ctx, db, func(d *coupon.DayFigure) []any { return []any{&d.Day, &d.Count, &d.Minor} },
		"SELECT x.used_on, COUNT(*), "+total("x.minor")+" FROM ("+q.sql()+") AS x GROUP BY x.used_on ORDER BY x.used_on", q.args...)
	if err != nil {
		return nil, err
	}
	var out []coupon.DayFigure
	for day := from; day.Format(time.DateOnly) <= last; day = day.AddDate(0, 0, 1) {
		d := coupon.DayFigure{Day: day.Format(time.DateOnly)}
		if len(rows) > 0 && rows[0].Day == d.Day {
			d, rows = rows[0], rows[1:]
		}
		out = append(out, d)
	}
	return out, nil
}
