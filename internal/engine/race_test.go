package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// crowd runs n commands at once and returns how many succeeded; every failure must
// be one of the expected refusals.
func crowd(d *desk, n int, cmd func(i int) coupon.Command, refusals ...error) int {
	d.t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, err := d.Do(context.Background(), engine.Ask{Command: cmd(i)})
			if err == nil {
				won.Add(1)
				return
			}
			for _, r := range refusals {
				if errors.Is(err, r) {
					return
				}
			}
			d.t.Errorf("command %d: %v", i, err)
		})
	}
	wg.Wait()
	return int(won.Load())
}

func TestF18ThreeHundredTillsFiftyUses(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		c := d.campaign(coupon.KindDiscount, uses(50), coupon.Limits{})
		d.voucher(c, "SPRING")
		won := crowd(d, 300, func(int) coupon.Command { return redeem("SPRING") }, coupon.ErrAlreadyRedeemed)
		if won != 50 {
			t.Fatalf("%d of 300 redeemed a voucher of 50 uses", won)
		}
	})
}

func TestF15FiftyAtOnceForOneRefillCoupon(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		c := d.campaign(coupon.KindRefill, refill, coupon.Limits{})
		d.voucher(c, "12345")
		cus := d.customer("acct-1")
		won := crowd(d, 50, func(int) coupon.Command { return redeem("12345", forCustomer(cus.ID)) }, coupon.ErrAlreadyRedeemed)
		if won != 1 {
			t.Fatalf("%d of 50 redeemed a single-use coupon", won)
		}
	})
}

func TestF17DrawdownsNeverGoBelowZero(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		c := d.campaign(coupon.KindGift, gift, coupon.Limits{})
		d.voucher(c, "GIFT")
		won := crowd(d, 2, func(int) coupon.Command { return redeem("GIFT", taking(sgd(600))) }, coupon.ErrInsufficient)
		if won != 1 {
			t.Fatalf("%d drawdowns of 6.00 from 10.00", won)
		}
	})
}
