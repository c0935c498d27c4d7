package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// GiveUp ends a job that failed for good, and the batch that it would have filled:
// none of its vouchers ever appears, and the books forget their value. What a bulk change
// has done stays done.
func (a *App) GiveUp(ctx context.Context, j coupon.Job, why string) error {
	if j.Kind == coupon.JobBulk {
		return a.giveUpBulk(ctx, j, why)
	}
	id := coupon.BatchID(j.Subject)
	sum, err := a.Store.OpenSum(ctx, id)
	if err != nil {
		return err
	}
	_, err = engine.Run[coupon.Batch](ctx, a.engine, engine.Ask{Command: coupon.FailBatch{Batch: id, Sum: sum, Why: why, By: coupon.System("jobs")}})
	return err
}
