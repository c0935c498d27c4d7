package store_test

import (
	"os"
	"sync"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// SQLite's log begins anew while people go on writing, or it would grow until a commit has
// to move all of it.
func TestTheLogBeginsAnewUnderLoad(t *testing.T) {
	t.Parallel()
	s := openShop(t, storetest.FreshFile(t))
	often := twice
	often.PerVoucher = 1 << 40
	everybodys := s.issue(s.campaign(coupon.KindDiscount, often))
	const each, workers = 150, 8
	for range 2 { // the first time it finds its size
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range each {
					s.redeem(everybodys.ID)
				}
			})
		}
		wg.Wait()
	}
	log, err := os.Stat(s.url + "-wal")
	ok(t, err)
	if log.Size() > 20<<20 {
		t.Errorf("the log has grown to %d MB", log.Size()>>20)
	}
}
