package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// awaitEvery is how often somebody who waits for a batch looks.
const awaitEvery = 25 * time.Millisecond

// AwaitBatch waits for a batch to be complete, but not longer than that, and reports
// whether it is.
func (a *App) AwaitBatch(ctx context.Context, id coupon.BatchID, atMost time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	tick := time.NewTicker(awaitEvery)
	defer tick.Stop()
	for {
		b, err := a.Store.Batch(ctx, id)
		switch {
		case err != nil || b.State == coupon.BatchFailed:
			return false
		case b.State != coupon.BatchCreating:
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}
