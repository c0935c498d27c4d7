package store_test

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/store"
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

// The system says once that the disk has lost something. From then on nothing is written, and
// the log stays: it may be all that has it.
func TestNothingIsWrittenAfterTheDiskHasLostSomething(t *testing.T) {
	t.Parallel()
	s := openShop(t, storetest.FreshFile(t))
	v := s.issue(s.campaign(coupon.KindDiscount, twice))
	s.DiskSays(&fs.PathError{Op: "sync", Path: s.url, Err: syscall.ENOSPC})
	s.redeem(v.ID)
	s.DiskSays(&fs.PathError{Op: "sync", Path: s.url, Err: syscall.EIO})
	_, err := s.Do(ctx, engine.Ask{Command: using(v.ID)})
	if !errors.Is(err, store.ErrStorage) {
		t.Errorf("a redemption was answered %v", err)
	}
	if got, err := s.Voucher(ctx, v.ID); err != nil || got.Uses != 1 {
		t.Errorf("the voucher has %d uses, %v", got.Uses, err)
	}
	if err := s.DB.Close(); !errors.Is(err, store.ErrStorage) {
		t.Errorf("closing gave %v", err)
	}
	if log, err := os.Stat(s.url + "-wal"); err != nil || log.Size() == 0 {
		t.Errorf("the log is gone: %v", err)
	}
}
