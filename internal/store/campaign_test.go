package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestCampaignFilters(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		name := func(n string) func(*coupon.Campaign) { return func(c *coupon.Campaign) { c.Name = n } }
		one, two, three := s.campaign(coupon.KindRefill, refill, name("Été à la carte")), s.campaign(coupon.KindGift, gift, name("Summer gift")), s.campaign(coupon.KindGift, gift, name("50%_off"))
		must[coupon.Campaign](s, coupon.SetCampaignState(two.ID, coupon.CampaignPaused, ada))
		for _, c := range []struct {
			name   string
			filter coupon.CampaignFilter
			want   []coupon.CampaignID
		}{
			{"all", coupon.CampaignFilter{}, []coupon.CampaignID{three.ID, two.ID, one.ID}},
			{"a kind", coupon.CampaignFilter{Kind: coupon.KindGift}, []coupon.CampaignID{three.ID, two.ID}},
			{"a state", coupon.CampaignFilter{State: coupon.CampaignPaused}, []coupon.CampaignID{two.ID}},
			{"the first word", coupon.CampaignFilter{Search: "ÉTÉ"}, []coupon.CampaignID{one.ID}},
			{"another word", coupon.CampaignFilter{Search: "gi"}, []coupon.CampaignID{two.ID}},
			{"the middle of a word", coupon.CampaignFilter{Search: "ummer"}, nil},
			{"what looks like a pattern", coupon.CampaignFilter{Search: "50%_"}, []coupon.CampaignID{three.ID}},
			{"a pattern", coupon.CampaignFilter{Search: "5_%"}, nil},
		} {
			var got []coupon.CampaignID
			for _, v := range all(t, 2, func(p coupon.Paging) (coupon.Page[coupon.CampaignView], error) { return s.Campaigns(ctx, c.filter, p) }) {
				if got = append(got, v.ID); v.Doc.Value.Type != coupon.ValueAmount {
					t.Errorf("%s: without its terms: %+v", c.name, v)
				}
			}
			equal(t, c.name, got, c.want)
		}
	})
}

func TestTheStandingRefillIsTheOldestActiveOne(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		_, err := s.StandingRefill(ctx)
		refused(t, "none", err, fault.NotFound, "")
		s.campaign(coupon.KindGift, gift)
		first := s.campaign(coupon.KindRefill, refill)
		second := s.campaign(coupon.KindRefill, refill)
		got, err := s.StandingRefill(ctx)
		if ok(t, err); got.ID != first.ID || got.Doc.PerVoucher != 1 {
			t.Fatalf("%+v", got)
		}
		must[coupon.Campaign](s, coupon.SetCampaignState(first.ID, coupon.CampaignArchived, ada))
		if got, err = s.StandingRefill(ctx); err != nil || got.ID != second.ID {
			t.Fatalf("%+v, %v", got, err)
		}
		got, err = s.Campaign(ctx, second.ID)
		if ok(t, err); got.Doc.PerVoucher != 1 || got.Version != 1 {
			t.Fatalf("%+v", got)
		}
		_, err = s.Campaign(ctx, "cmp_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
	})
}

func TestCodePoliciesAreTheDistinctOnesThatCanTell(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		policy := func(prefix string, check bool) coupon.CodePolicy {
			return coupon.CodePolicy{Prefix: prefix, Length: 12, Check: check}
		}
		c := s.campaign(coupon.KindGift, gift, func(c *coupon.Campaign) { c.Code = policy("A", true) })
		for _, p := range []coupon.CodePolicy{policy("B", true), policy("B", true), policy("C", false)} {
			s.pass(time.Second)
			s.batch(c, 1, 0, func(b *coupon.Batch) { b.Code = p })
		}
		want := []coupon.CodePolicy{policy("B", true), policy("A", true)}
		got, err := s.CodePolicies(ctx)
		ok(t, err)
		equal(t, "policies", got, want)
		for i := range 3 { // a wrong code costs no reading
			s.batch(c, 1, 0, func(b *coupon.Batch) { b.Code = policy(fmt.Sprint(i), true) })
			got, err = s.CodePolicies(ctx)
			ok(t, err)
			equal(t, "within ten seconds", got, want)
		}
	})
}

func TestFigures(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m := newMarket(s)
		s.batch(m.gifts, 3, 3, func(b *coupon.Batch) { b.ExpiresAt = s.now().AddDate(0, 0, 29) })
		must[coupon.Balance](s, coupon.Adjust{Customer: m.tan.ID, Money: sgd(-1000), Reason: "test", By: ada})
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{tryOf("vch_1", s.now()), tryOf("vch_1", s.now()), tryOf("vch_2", s.now().AddDate(0, 0, -31))}))
		now := s.now()
		var issued, redeemed, open, expiring, outstanding int64
		liability := map[coupon.CampaignID]coupon.CampaignFigure{}
		for _, v := range m.list(coupon.VoucherFilter{}) {
			live := v.State == coupon.VoucherActive && (v.ExpiresAt.IsZero() || now.Before(v.ExpiresAt))
			issued++
			for _, c := range []struct {
				n     *int64
				holds bool
			}{{&redeemed, v.State == coupon.VoucherRedeemed}, {&open, live && v.Uses == 0}, {&expiring, live && !v.ExpiresAt.IsZero()}} {
				if c.holds {
					*c.n++
				}
			}
			outstanding += v.Balance - v.Lapsed
			if left := v.Balance - v.Lapsed; left > 0 {
				owed := liability[v.Campaign]
				owed.Campaign, owed.Name, owed.Asset = v.Campaign, v.CampaignName, v.Asset
				owed.Count, owed.Minor = owed.Count+1, owed.Minor+left
				liability[v.Campaign] = owed
			}
		}
		f, err := s.Figures(ctx, now)
		ok(t, err)
		equal(t, "days", len(f.Days), 30)
		equal(t, "the last day", f.Days[29], coupon.DayFigure{Day: "2026-11-21", Count: 3, Minor: 2400})
		equal(t, "the first day", f.Days[0], coupon.DayFigure{Day: "2026-10-23"})
		f.Days = nil
		for i, c := range f.Liability {
			equal(t, "liability", c, liability[c.Campaign])
			if i > 0 && c.Minor > f.Liability[i-1].Minor {
				t.Errorf("the largest is not first: %v", f.Liability)
			}
		}
		equal(t, "campaigns that owe", len(f.Liability), len(liability))
		f.Liability = nil
		equal(t, "figures", f, coupon.Figures{
			Issued: issued, Redeemed: redeemed, OpenCount: open, Expiring: expiring, RedeemedToday: 3, Refused30: 2, Customers: 2,
			Outstanding:      []coupon.Balance{{BalanceKey: coupon.BalanceKey{Asset: "SGD"}, Minor: outstanding}},
			CustomerBalances: []coupon.Balance{{BalanceKey: coupon.BalanceKey{Asset: "SGD"}, Minor: 1000}},
		})
		if expiring != 3 || redeemed != 2 {
			t.Fatalf("%d expiring, %d redeemed: the test tests nothing", expiring, redeemed)
		}
	})
}

func TestDaysAreTheOrganisations(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		c, gifts := s.campaign(coupon.KindDiscount, twice), s.campaign(coupon.KindGift, gift)
		s.redeem(s.issue(c).ID)    // noon in Singapore
		s.pass(12 * time.Hour)     // midnight there
		s.redeem(s.issue(c).ID)    // of the next day, the same day in UTC
		s.pass(2 * 24 * time.Hour) // a day without
		undone := s.redeem(s.issue(c).ID)
		must[coupon.Undone](s, coupon.Reverse{Redemption: undone.ID, Reason: "test", By: ada})
		s.redeem(s.issue(gifts).ID, taking(sgd(250)))
		days, err := s.VoucherDays(ctx, "", "2026-11-20")
		ok(t, err)
		equal(t, "days", days, []coupon.DayFigure{{Day: "2026-11-20"}, {Day: "2026-11-21", Count: 1}, {Day: "2026-11-22", Count: 1}, {Day: "2026-11-23"}, {Day: "2026-11-24", Count: 1, Minor: 250}})
		days, err = s.VoucherDays(ctx, coupon.KindGift, "2026-11-24")
		ok(t, err)
		equal(t, "days of a kind", days, []coupon.DayFigure{{Day: "2026-11-24", Count: 1, Minor: 250}})
	})
}
