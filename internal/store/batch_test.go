package store_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

func TestABatchShowsWhatBecameOfItsVouchers(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei, c := s.customer("Mei"), s.campaign(coupon.KindGift, gift)
		b := s.batch(c, 6, 6, func(b *coupon.Batch) { b.ExpiresAt = start.Add(time.Hour) })
		var v []coupon.VoucherView
		ok(t, s.EachVoucher(ctx, b.ID, func(x coupon.VoucherView) error { v = append(v, x); return nil }))
		s.redeem(v[0].ID, taking(sgd(1000)), by(mei))
		r := s.redeem(v[1].ID, taking(sgd(300)), by(mei))
		must[coupon.Undone](s, coupon.Reverse{Redemption: r.ID, Money: ptr(sgd(100)), Reason: "test", By: ada})
		must[coupon.Voucher](s, coupon.End{Voucher: v[2].ID, To: coupon.VoucherVoid, Reason: "test", By: ada})
		must[coupon.Voucher](s, coupon.Extend{Voucher: v[3].ID, ExpiresAt: start.Add(3 * time.Hour), By: ada})
		got, err := s.Batch(ctx, b.ID)
		ok(t, err)
		if got.Used != 2 || got.UsedMinor != 1200 || got.Open != 3 || got.OpenMinor != 3000 || got.Kind != coupon.KindGift || got.CampaignName != c.Name || got.JobState != coupon.JobDone {
			t.Fatalf("%+v", got)
		}
		s.pass(2 * time.Hour)
		if got, err = s.Batch(ctx, b.ID); err != nil || got.Open != 1 || got.OpenMinor != 1000 {
			t.Fatalf("after the expiry of all but one: %+v, %v", got, err)
		}
		_, err = s.Batch(ctx, "bat_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
	})
}

func TestBatchFilters(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		refills, gifts := s.campaign(coupon.KindRefill, refill), s.campaign(coupon.KindGift, gift)
		one := s.batch(refills, 1, 1)
		two := s.batch(gifts, 2, 1, func(b *coupon.Batch) { b.Description = "harbour Night" })
		three := s.batch(refills, 1, 1, func(b *coupon.Batch) { b.Description = "Old" })
		for _, c := range []struct {
			name   string
			filter coupon.BatchFilter
			want   []coupon.BatchID
		}{
			{"all but the standing ones", coupon.BatchFilter{}, []coupon.BatchID{three.ID, two.ID, one.ID}},
			{"a campaign", coupon.BatchFilter{Campaign: refills.ID}, []coupon.BatchID{three.ID, one.ID}},
			{"a kind", coupon.BatchFilter{Kind: coupon.KindGift}, []coupon.BatchID{two.ID}},
			{"a state", coupon.BatchFilter{State: coupon.BatchCreating}, []coupon.BatchID{two.ID}},
			{"a search", coupon.BatchFilter{Search: "HARBOUR "}, []coupon.BatchID{two.ID, one.ID}},
		} {
			var got []coupon.BatchID
			for _, b := range all(t, 2, func(p coupon.Paging) (coupon.Page[coupon.BatchView], error) { return s.Batches(ctx, c.filter, p) }) {
				got = append(got, b.ID)
			}
			equal(t, c.name, got, c.want)
		}
		page, err := s.Batches(ctx, coupon.BatchFilter{Campaign: gifts.ID}, coupon.Paging{})
		ok(t, err)
		if b := page.Rows[0]; b.JobState != coupon.JobQueued || b.Made != 1 || b.CampaignName != gifts.Name {
			t.Fatalf("%+v", b)
		}
	})
}

func TestCodesAreCountedUnderTheirPrefix(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		c := s.campaign(coupon.KindRefill, refill)
		for prefix, n := range map[string]int64{"SAVE": 10, "save-1": 200, "SAVO": 3000, "": 40_000} {
			s.batch(c, n, 0, func(b *coupon.Batch) { b.Prefix, b.Code = prefix, coupon.CodePolicy{Prefix: prefix} })
		}
		gone := s.batch(c, 500_000, 0, func(b *coupon.Batch) { b.Code = coupon.CodePolicy{Prefix: "SAVE"} })
		must[coupon.Batch](s, coupon.FailBatch{Batch: gone.ID, Why: "no", By: ada})
		for prefix, want := range map[string]int64{"SAVE": 40_210, "save": 40_210, "SAV": 43_210, "SAVE1": 40_210, "SAVEL": 40_210, "SAVE2": 40_010, "SAVE12": 40_210, "": 43_210, "X": 40_000} {
			got, err := s.UnderPrefix(ctx, prefix)
			if ok(t, err); got != want {
				t.Errorf("under %q: %d, want %d", prefix, got, want)
			}
		}
	})
}

func TestTheOpenSumOfABatchIsWhatItsMadeVouchersHold(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		half := s.batch(s.campaign(coupon.KindGift, gift), 5, 3)
		none := s.batch(s.campaign(coupon.KindDiscount, twice), 5, 3)
		for id, want := range map[coupon.BatchID]money.Amount{half.ID: sgd(3000), none.ID: {}, "bat_none": {}} {
			got, err := s.OpenSum(ctx, id)
			ok(t, err)
			equal(t, string(id), got, want)
		}
	})
}

func TestLapseDueSweepsEveryExpiredValueOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		c := s.campaign(coupon.KindGift, gift)
		soon := func(b *coupon.Batch) { b.ExpiresAt = start.Add(time.Hour) }
		s.batch(c, 5, 5, soon)
		s.batch(s.campaign(coupon.KindDiscount, twice), 3, 3, soon) // worth nothing in the books
		s.batch(c, 3, 2, soon)                                      // not complete
		s.batch(c, 2, 2)                                            // never expires
		failed := s.batch(c, 3, 2, soon)
		must[coupon.Batch](s, coupon.FailBatch{Batch: failed.ID, Sum: sgd(2000), Why: "no", By: ada})
		due := func(want int) []coupon.VoucherID {
			t.Helper()
			ids, err := s.LapseDue(ctx, s.now(), 2)
			if ok(t, err); len(ids) != want {
				t.Fatalf("%d are due, want %d", len(ids), want)
			}
			return ids
		}
		due(0)
		s.pass(time.Hour)
		skipped := due(2)
		for _, want := range []int{2, 1} {
			if n := must[int](s, coupon.Lapse{Vouchers: due(want)}); n != want {
				t.Fatalf("%d lapsed", n)
			}
		}
		equal(t, "what was passed over comes again", due(2), skipped)
		must[int](s, coupon.Lapse{Vouchers: skipped})
		due(0)
		list, err := s.Verify(ctx)
		ok(t, err)
		equal(t, "differences", list, []coupon.Difference(nil))
	})
}
