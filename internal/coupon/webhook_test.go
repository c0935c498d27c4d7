package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// Thirteen attempts over three days, each pause up to a tenth longer.
func TestAWebhookIsRetriedForThreeDays(t *testing.T) {
	t.Parallel()
	for _, jitter := range []float64{0, 1} {
		var all, last time.Duration
		n := int64(1)
		for ; ; n++ {
			d, more := coupon.NextTry(n, jitter)
			if !more {
				break
			}
			if d <= last {
				t.Errorf("pause %d is %v, after %v", n, d, last)
			}
			all, last = all+d, d
		}
		if n != 13 || all < 71*time.Hour || all > 80*time.Hour {
			t.Errorf("%d attempts over %v", n, all)
		}
	}
	if _, more := coupon.NextTry(0, 0); more {
		t.Error("what was never tried is tried again")
	}
}

func TestAWebhookIsToldOfWhatItWants(t *testing.T) {
	t.Parallel()
	every, some := coupon.Webhook{}, coupon.Webhook{Types: []coupon.EventType{coupon.EventVoucherIssued}}
	if !every.Wants(coupon.EventVoucherRedeemed) || every.Wants(coupon.EventSignedIn) || every.Wants(coupon.EventVoucherRevealed) {
		t.Error("without a choice it is not told of exactly the known types")
	}
	if !some.Wants(coupon.EventVoucherIssued) || some.Wants(coupon.EventVoucherRedeemed) {
		t.Error("it is not told of what was chosen")
	}
}
