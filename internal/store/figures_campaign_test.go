package store_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// A campaign's figures leave out what was given back, and other campaigns.
func TestCampaignUse(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		budget := sgd(100000)
		gifts, other := s.campaign(coupon.KindGift, gift, limits(coupon.Limits{Budget: &budget})), s.campaign(coupon.KindGift, gift)
		one := s.issue(gifts)
		s.redeem(one.ID, taking(sgd(250)))
		s.redeem(s.issue(other).ID, taking(sgd(900)))
		s.pass(24 * time.Hour)
		s.redeem(one.ID, taking(sgd(100)))
		undone := s.redeem(s.issue(gifts).ID, taking(sgd(50)))
		must[coupon.Undone](s, coupon.Reverse{Redemption: undone.ID, Reason: "test", By: ada})
		late, twiceTried := tryOf(string(one.ID), s.now()), tryOf(string(one.ID), s.now())
		late.Campaign, late.Reason, late.Reference = gifts.ID, "expired", "R-1"
		twiceTried.Campaign, twiceTried.Reason = gifts.ID, "minimum_not_met"
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{late, twiceTried, twiceTried, tryOf(string(one.ID), s.now())}))

		u, err := s.CampaignUse(ctx, gifts.ID, "SGD", s.now())
		ok(t, err)
		equal(t, "days", u.Days[28:], []coupon.DayFigure{{Day: "2026-11-21", Count: 1, Minor: 250}, {Day: "2026-11-22", Count: 1, Minor: 100}})
		equal(t, "thirty days", len(u.Days), 30)
		u.Days = nil
		equal(t, "use", u, coupon.CampaignUse{
			Issued: 2, Uses: 2, Asset: "SGD", BudgetUsed: 350, Given: []coupon.Balance{{BalanceKey: coupon.BalanceKey{Asset: "SGD"}, Minor: 350}},
			Refusals: []coupon.ReasonUses{{Reason: "minimum_not_met", Count: 2}, {Reason: "expired", Count: 1}},
		})
		u, err = s.CampaignUse(ctx, gifts.ID, "JPY", s.now())
		ok(t, err)
		equal(t, "a day in another currency", u.Days[29], coupon.DayFigure{Day: "2026-11-22", Count: 1})
	})
}
