package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// Who still makes a batch that another process has given up stops, and says that it was.
func TestMakingEndsWithTheBatchThatWasGivenUp(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		b, err := d.CreateBatch(t.Context(), d.req, d.campaign, app.BatchInput{Description: "Many", Quantity: 10})
		expect(t, "batch", err, nil)
		job := coupon.Job{ID: b.Job, Kind: coupon.JobGenerate, Subject: string(b.ID), By: d.req.By.Actor}
		expect(t, "give up", d.GiveUp(t.Context(), job, "no code is free"), nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := d.Generate(ctx, job); !errors.Is(err, coupon.ErrConflict) {
			t.Errorf("got %v, want a conflict", err)
		}
		if n := d.inState(t, b.ID, ""); n != 0 {
			t.Errorf("%d vouchers were made", n)
		}
	})
}
