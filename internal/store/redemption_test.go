package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestRedemptionFilters(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei, tan := s.customer("Mei"), s.customer("Tan")
		quay := coupon.Location{ID: "loc_1", Name: "Quay", CreatedAt: start, UpdatedAt: start}
		ok(t, s.CreateLocation(ctx, quay, s.event(coupon.EventLocationCreated, "loc_1")))
		gifts, codes := s.campaign(coupon.KindGift, gift), s.campaign(coupon.KindDiscount, twice)
		one, two, three := s.issue(gifts), s.issue(codes), s.issue(codes)
		at := func(c *coupon.Redeem) { c.Location, c.Reference = quay.ID, "R-1" }
		s.redeem(one.ID, taking(sgd(100)), by(mei), at)
		s.pass(time.Hour)
		s.redeem(one.ID, taking(sgd(200)), by(mei))
		s.redeem(two.ID, by(tan), at)
		pair := using(two.ID)
		pair.Items = append(pair.Items, coupon.Item{Voucher: three.ID})
		checkout := must[coupon.Redeemed](s, pair).Checkout
		s.pass(time.Hour)
		last := s.redeem(three.ID)

		list := func(f coupon.RedemptionFilter) []coupon.RedemptionView {
			return all(t, 2, func(p coupon.Paging) (coupon.Page[coupon.RedemptionView], error) { return s.Redemptions(ctx, f, p) })
		}
		everything := list(coupon.RedemptionFilter{})
		if len(everything) != 6 || !slices.IsSortedFunc(everything, func(a, b coupon.RedemptionView) int { return -strings.Compare(string(a.ID), string(b.ID)) }) {
			t.Fatalf("not the newest of six first: %v", everything)
		}
		from, to := start.Add(time.Minute), start.Add(2*time.Hour)
		for _, c := range []struct {
			name   string
			filter coupon.RedemptionFilter
			holds  func(r coupon.RedemptionView) bool
			n      int
		}{
			{"a voucher", coupon.RedemptionFilter{Voucher: one.ID}, func(r coupon.RedemptionView) bool { return r.Voucher == one.ID }, 2},
			{"a customer", coupon.RedemptionFilter{Customer: mei.ID}, func(r coupon.RedemptionView) bool { return r.Customer == mei.ID }, 2},
			{"a campaign", coupon.RedemptionFilter{Campaign: codes.ID}, func(r coupon.RedemptionView) bool { return r.Campaign == codes.ID }, 4},
			{"a checkout of two", coupon.RedemptionFilter{Checkout: checkout}, func(r coupon.RedemptionView) bool { return r.Checkout == checkout }, 2},
			{"a checkout of one", coupon.RedemptionFilter{Checkout: last.Checkout}, func(r coupon.RedemptionView) bool { return r.ID == last.ID }, 1},
			{"no checkout", coupon.RedemptionFilter{Checkout: "chk_none"}, func(coupon.RedemptionView) bool { return false }, 0},
			{"a location", coupon.RedemptionFilter{Location: quay.ID}, func(r coupon.RedemptionView) bool { return r.LocationName == "Quay" }, 2},
			{"a reference", coupon.RedemptionFilter{Reference: "R-1"}, func(r coupon.RedemptionView) bool { return r.Reference == "R-1" }, 2},
			{"from a time on", coupon.RedemptionFilter{From: last.At}, func(r coupon.RedemptionView) bool { return r.ID == last.ID }, 1},
			{"before a time", coupon.RedemptionFilter{To: last.At}, func(r coupon.RedemptionView) bool { return r.ID != last.ID }, 5},
			{"a time and a campaign", coupon.RedemptionFilter{From: from, To: to, Campaign: codes.ID}, func(r coupon.RedemptionView) bool { return r.Campaign == codes.ID && r.ID != last.ID }, 3},
		} {
			var want []coupon.RedemptionView
			for _, r := range everything {
				if c.holds(r) {
					want = append(want, r)
				}
			}
			if len(want) != c.n {
				t.Errorf("%s: the case means %d, not %d", c.name, len(want), c.n)
			}
			equal(t, c.name, list(c.filter), want)
		}
	})
}

func TestARedemptionShowsItsReversalsAndNames(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei, gifts := s.customer("Mei"), s.campaign(coupon.KindGift, gift)
		r := s.redeem(s.issue(gifts).ID, taking(sgd(600)), by(mei))
		free := s.redeem(s.issue(s.campaign(coupon.KindDiscount, twice)).ID)
		for _, minor := range []int64{100, 50} {
			must[coupon.Undone](s, coupon.Reverse{Redemption: r.ID, Money: ptr(sgd(minor)), Reason: "broken", By: ada})
		}
		must[coupon.Undone](s, coupon.Reverse{Redemption: free.ID, Reason: "broken", By: ada})
		v, err := s.Redemption(ctx, r.ID)
		ok(t, err)
		if len(v.Reversals) != 2 || v.Reversals[0].Money.Minor != 100 || v.Reversals[1].By != ada || v.Reversed != 150 || v.CustomerName != "Mei" || v.CampaignName != gifts.Name {
			t.Fatalf("%+v", v)
		}
		w, err := s.Redemption(ctx, free.ID)
		if ok(t, err); len(w.Reversals) != 1 || !w.Reversals[0].Whole {
			t.Fatalf("of nothing: %+v", w)
		}
		page, err := s.Redemptions(ctx, coupon.RedemptionFilter{}, coupon.Paging{})
		ok(t, err)
		equal(t, "in a list", page.Rows, []coupon.RedemptionView{w, v})
		_, err = s.Redemption(ctx, "red_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
	})
}

func TestAHoldIsFoundAsItIsStored(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		held := must[coupon.Held](s, coupon.TakeHold{Redeem: using(s.issue(s.campaign(coupon.KindDiscount, twice)).ID), For: time.Minute})
		h, err := s.Hold(ctx, held.Hold.ID)
		ok(t, err)
		equal(t, "hold", h, held.Hold)
		_, err = s.Hold(ctx, "hld_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
	})
}
