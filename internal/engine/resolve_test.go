package engine_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// Who comes while a batch is looked up joins it, if the caller is still there: four times, and
// then waits for the next.
func TestWhoComesDuringALookUpJoinsTheBatch(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		batches := d.number("SELECT COUNT(*) FROM commit_mark")
		gone, leave := context.WithCancel(t.Context())
		leave()
		var wg sync.WaitGroup
		var late [5]answer
		looks := 0
		d.journal.looked = func() {
			if looks++; looks <= len(late) {
				queue(&wg, d.Engine, asks(redeem("GIFT", taking(sgd(100))))[0], &late[looks-1])
			}
			if looks == 1 {
				if _, err := d.Do(gone, asks(redeem("GIFT", taking(sgd(500))))[0]); !errors.Is(err, engine.ErrGaveUp) {
					t.Errorf("who was gone was told %v", err)
				}
			}
		}
		_, err := d.Do(t.Context(), asks(redeem("GIFT", taking(sgd(500))))[0])
		wg.Wait()
		wants(t, "answers", codesOf(append(late[:], answer{err: err})), "[     ]")
		wants(t, "look-ups", looks, 6)
		wants(t, "batches", d.number("SELECT COUNT(*) FROM commit_mark")-batches, 2)
		wants(t, "in the first of them", d.number("SELECT COUNT(*) FROM redemption WHERE SUBSTR(id, 1, 26) = (SELECT MIN(SUBSTR(id, 1, 26)) FROM redemption)"), 5)
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 6)
	})
}

// What is found to spoil a batch only after it has grown fails alone.
func TestWhoJoinsMaySpoilTheBatch(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		var wg sync.WaitGroup
		var bad answer
		var once sync.Once
		d.journal.looked = func() {
			once.Do(func() {
				queue(&wg, d.Engine, engine.Ask{Command: spoiled{Command: redeem("GIFT"), resolve: func(*coupon.Lookup) { panic("boom") }}}, &bad)
			})
		}
		_, err := d.Do(t.Context(), asks(redeem("GIFT", taking(sgd(600))))[0])
		wg.Wait()
		wants(t, "the first", err, nil)
		wants(t, "the one that joined failed", bad.err != nil, true)
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 1)
	})
}
