package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

func tryOf(voucher string, at time.Time) coupon.Refusal {
	return coupon.Refusal{
		ID: coupon.RefusalID(id.New("rfs")), Reason: "expired", Voucher: coupon.VoucherID(voucher), Campaign: "cmp_1", Customer: "cus_1", Tail: "8K3Q", By: till, Channel: coupon.ViaAPI,
		Checks: []coupon.CheckResult{{Check: "not_expired", Reason: "expired", Text: "Expired."}}, At: at,
	}
}

func (s *shop) refusals(f coupon.RefusalFilter) []coupon.Refusal {
	s.t.Helper()
	return all(s.t, 2, func(p coupon.Paging) (coupon.Page[coupon.Refusal], error) { return s.Refusals(ctx, f, p) })
}

func TestTheSameTryWithinAMinuteIsCounted(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		at := func(seconds int) coupon.Refusal { return tryOf("vch_1", start.Add(time.Duration(seconds)*time.Second)) }
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{at(0), tryOf("vch_2", start), at(30)}))
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{at(59), at(45)}))
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{at(60), at(61)})) // a minute after the first: stored anew
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{at(121), at(181), at(182)}))
		ok(t, s.SaveRefusals(ctx, nil))
		var got []string
		for _, r := range s.refusals(coupon.RefusalFilter{}) {
			got = append(got, fmt.Sprintf("%s at %v: %d repeats", r.Voucher, r.At.Sub(start), r.Repeats))
		}
		equal(t, "kept", got, []string{"vch_1 at 3m1s: 1 repeats", "vch_1 at 2m1s: 0 repeats", "vch_1 at 1m0s: 1 repeats", "vch_2 at 0s: 0 repeats", "vch_1 at 0s: 3 repeats"})
	})
}

func TestRefusalsAreKeptWithTheirChecks(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		one, two := tryOf("vch_1", start), tryOf("vch_2", start.Add(time.Second))
		two.Reason, two.Campaign, two.Customer = "void", "cmp_2", ""
		ok(t, s.SaveRefusals(ctx, []coupon.Refusal{one, two}))
		for name, f := range map[string]coupon.RefusalFilter{
			"voucher": {Voucher: "vch_1"}, "customer": {Customer: "cus_1"}, "campaign": {Campaign: "cmp_1"}, "reason": {Reason: "expired"}, "to": {To: two.At},
		} {
			equal(t, "by "+name, s.refusals(f), []coupon.Refusal{one})
		}
		equal(t, "from", s.refusals(coupon.RefusalFilter{From: two.At}), []coupon.Refusal{two})
	})
}

// Several processes that refuse the same try at once count it once each.
func TestNoRepeatIsLostBetweenProcesses(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		const crowd = 8
		s.waits(t, "turn:refusals", func(ctx context.Context) error { return s.SaveRefusals(ctx, []coupon.Refusal{tryOf("vch_1", start)}) })
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				if err := s.SaveRefusals(ctx, []coupon.Refusal{tryOf("vch_1", start)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if list := s.refusals(coupon.RefusalFilter{}); len(list) != 1 || list[0].Repeats != crowd-1 {
			t.Fatalf("%+v", list)
		}
	})
}
