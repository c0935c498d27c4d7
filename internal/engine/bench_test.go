package engine_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/testenv"
)

// callers is how many ask at once.
const callers = 256

// BenchmarkEngineRedeem measures redemptions with all checks, events and entries,
// by 256 callers: each of a voucher of its own, or all of one with a usage limit; and by
// one caller alone.
func BenchmarkEngineRedeem(b *testing.B) {
	for _, kind := range []struct {
		name  string
		url   func(testing.TB) string
		lanes int
	}{{"sqlite", storetest.FreshFile, 1}, {"sqlite, two lanes", storetest.FreshFile, 2}, {"postgres", testenv.FreshSchema, 1}, {"postgres, two lanes", testenv.FreshSchema, 2}} {
		lanes := func(o *engine.Options) { o.Lanes = kind.lanes }
		b.Run(kind.name+"/distinct", func(b *testing.B) {
			d := newDesk(b, storetest.Open(b, kind.url(b)), lanes)
			cam := d.campaign(coupon.KindGift, gift, coupon.Limits{})
			issueAll(d, cam, min(b.N, callers))
			many(b, func(i int) coupon.Command {
				return redeem(fmt.Sprint("D", i%callers), taking(sgd(1)))
			}, d)
		})
		b.Run(kind.name+"/alone", func(b *testing.B) {
			d := newDesk(b, storetest.Open(b, kind.url(b)), lanes)
			issueAll(d, d.campaign(coupon.KindGift, gift, coupon.Limits{}), 1)
			b.ResetTimer()
			for range b.N {
				if _, err := d.Do(b.Context(), engine.Ask{Command: redeem("D0", taking(sgd(1)))}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(kind.name+"/hot", func(b *testing.B) {
			d := newDesk(b, storetest.Open(b, kind.url(b)), lanes)
			d.voucher(d.campaign(coupon.KindDiscount, uses(1<<40), coupon.Limits{}), "HOT")
			many(b, func(int) coupon.Command { return redeem("HOT") }, d)
		})
	}
}

// issueAll issues the vouchers of distinct callers, rich enough for every use.
func issueAll(d *desk, cam coupon.Campaign, n int) {
	rich := sgd(coupon.MaxValue)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			d.voucher(cam, fmt.Sprint("D", i), func(c *coupon.Issue) { c.Money = &rich })
		})
	}
	wg.Wait()
}

// many has callers run b.N commands, and reports how many a second.
func many(b *testing.B, cmd func(i int) coupon.Command, d *desk) {
	var next atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				if _, err := d.Do(context.Background(), engine.Ask{Command: cmd(i)}); err != nil {
					b.Errorf("command %d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "redeems/s")
}
