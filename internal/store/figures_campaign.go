package store

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// reasonsMax is how many reasons of refusals a campaign's page names.
const reasonsMax = 6

// CampaignUse returns how a campaign is used at a moment; its days tell what was given in
// one asset. It reads every redemption of the campaign: see slow.
func (db *DB) CampaignUse(ctx context.Context, id coupon.CampaignID, asset money.Asset, now time.Time) (coupon.CampaignUse, error) {
	return slow(ctx, db, "use of "+string(id)+string(asset), func(ctx context.Context) (coupon.CampaignUse, error) {
		u := coupon.CampaignUse{Asset: asset}
		for _, part := range []func(context.Context, coupon.CampaignID, time.Time, *coupon.CampaignUse) error{db.campaignSums, db.campaignDays, db.campaignRefusals} {
			if err := part(ctx, id, now, &u); err != nil {
				return coupon.CampaignUse{}, err
			}
		}
		return u, nil
	})
}

func (db *DB) campaignSums(ctx context.Context, id coupon.CampaignID, _ time.Time, u *coupon.CampaignUse) error {
	var err error
	if u.Issued, err = figure(ctx, db, "SELECT CAST(COALESCE(SUM(b.quantity), 0) AS BIGINT) FROM batch b WHERE b.campaign = $1 AND b.state <> 'failed'", string(id)); err != nil {
		return err
	}
	if u.BudgetUsed, err = figure(ctx, db, "SELECT used FROM counter WHERE counter_key = $1", string(coupon.BudgetCounter(id))); err != nil {
		return err
	}
	rows, err := fetch(ctx, db, func(f *coupon.OpenFigure) []any { return []any{(*string)(&f.Asset), &f.Count, &f.Minor} },
		"SELECT r.asset, COUNT(*), "+total("r.minor - r.reversed")+" FROM redemption r WHERE r.campaign = $1 AND r.returned = FALSE GROUP BY r.asset ORDER BY r.asset", string(id))
	for _, r := range rows {
		u.Uses += r.Count
		if r.Minor > 0 {
			u.Given = append(u.Given, coupon.Balance{BalanceKey: coupon.BalanceKey{Asset: r.Asset}, Minor: r.Minor})
		}
	}
	return err
}

func (db *DB) campaignDays(ctx context.Context, id coupon.CampaignID, now time.Time, u *coupon.CampaignUse) error {
	org, err := db.Organisation(ctx)
	if err != nil {
		return err
	}
	first := now.In(org.Zone()).AddDate(0, 0, 1-figureDays).Format(time.DateOnly)
	u.Days, err = db.days(ctx, u.Asset, first, org.Day(now), func(q *find) { q.where("r.campaign = ?", string(id)) })
	return err
}

func (db *DB) campaignRefusals(ctx context.Context, id coupon.CampaignID, now time.Time, u *coupon.CampaignUse) error {
	var err error
	u.Refusals, err = fetch(ctx, db, func(r *coupon.ReasonUses) []any { return []any{&r.Reason, &r.Count} },
		"SELECT r.reason, CAST(SUM(r.repeats + 1) AS BIGINT) FROM refusal r WHERE r.campaign = $1 AND r.at >= $2 GROUP BY r.reason ORDER BY 2 DESC, r.reason LIMIT $3",
		string(id), micros(now.AddDate(0, 0, -figureDays)), int64(reasonsMax))
	return err
}
