package store_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Amounts that add up to more than 64 bits hold make no page and no proof fail: figures
// stop growing, and verify still sees a difference of one.
func TestSumsDoNotOverflow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		huge := sgd(money.MaxMinor)
		c := s.campaign(coupon.KindGift, gift, limits(coupon.Limits{Budget: ptr(huge)}))
		b := s.batch(c, 1100, 0, func(b *coupon.Batch) { b.Money = huge })
		for range 11 {
			chunk := coupon.IssueChunk{Batch: b.ID, By: ada}
			for range 100 {
				chunk.Codes = append(chunk.Codes, s.code())
			}
			must[coupon.Progress](s, chunk)
		}
		f, err := s.Figures(ctx, s.now())
		ok(t, err)
		kind, err := s.OpenOfKind(ctx, coupon.KindGift, s.now())
		ok(t, err)
		view, err := s.Batch(ctx, b.ID)
		ok(t, err)
		for what, got := range map[string]int64{"liability": f.Liability[0].Minor, "outstanding": f.Outstanding[0].Minor, "of the kind": kind[0].Minor, "of the batch": view.OpenMinor} {
			if got < 1<<61 {
				t.Errorf("%s: %d", what, got)
			}
		}
		s.sound("before")
		v := all(t, 100, func(p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
			return s.Vouchers(ctx, coupon.VoucherFilter{Batch: b.ID}, p)
		})[0]
		ok(t, s.Tamper(ctx, "UPDATE voucher SET balance = balance - 1 WHERE id = '"+string(v.ID)+"'"))
		list, err := s.Verify(ctx)
		ok(t, err)
		if !slices.ContainsFunc(list, func(d coupon.Difference) bool {
			return strings.Contains(d.What, "the vouchers of a batch") && d.ID == string(b.ID)+" SGD"
		}) {
			t.Errorf("a difference of one is not found: %+v", list)
		}
	})
}

// The same for what was redeemed, and for the counters that a change of limits makes anew.
func TestSumsOfRedemptionsDoNotOverflow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		c := s.campaign(coupon.KindGift, gift)
		b := s.batch(c, 3, 3)
		for _, v := range all(t, 100, func(p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
			return s.Vouchers(ctx, coupon.VoucherFilter{Batch: b.ID}, p)
		}) {
			s.redeem(v.ID, taking(sgd(500)))
		}
		ok(t, s.Tamper(ctx, "UPDATE redemption SET minor = 9223372036854775807"))
		must[coupon.Campaign](s, coupon.ChangeCampaign{ID: c.ID, By: ada, Change: func(c *coupon.Campaign, _ *coupon.TermsDoc) error {
			c.Limits = coupon.Limits{Budget: ptr(sgd(1))}
			return nil
		}})
		view, err := s.Batch(ctx, b.ID)
		ok(t, err)
		days, err := s.VoucherDays(ctx, "", "2026-11-21")
		ok(t, err)
		for what, got := range map[string]int64{"of the batch": view.UsedMinor, "of the day": days[0].Minor} {
			if got < 1<<61 || got > math.MaxInt64/2 {
				t.Errorf("%s: %d", what, got)
			}
		}
		_, err = s.Verify(ctx)
		ok(t, err)
	})
}
