package cli

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/job"
)

// publishTask is what some server on a database always has the lease of.
const publishTask = "publish"

// background runs jobs and periodic work until ctx ends; the returned channel is
// closed when the last of it has stopped.
func background(ctx context.Context, o *opened) <-chan struct{} {
	r := &job.Runner{
		Store: o.db, Now: o.app.Now, Log: o.log,
		Kinds:  map[coupon.JobKind]func(context.Context, coupon.Job) error{coupon.JobGenerate: o.app.Generate, coupon.JobImport: o.app.RunImport, coupon.JobBulk: o.app.RunBulk},
		GiveUp: o.app.GiveUp,
		Periodic: []job.Task{
			{Name: publishTask, Every: 200 * time.Millisecond, Run: func(ctx context.Context) error { _, err := o.db.Publish(ctx); return err }},
			{Name: "spread events", Every: 200 * time.Millisecond, Run: o.app.SpreadEvents},
			{Name: "deliver", Every: 200 * time.Millisecond, Run: o.app.Deliver},
			{Name: "lapse", Every: time.Hour, Run: o.app.Lapse},
			{Name: "sweep imports", Every: 10 * time.Minute, Run: o.app.SweepImports},
			{Name: "purge", Every: time.Hour, Run: func(ctx context.Context) error { return o.db.Purge(ctx, o.app.Now()) }},
		},
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Run(ctx)
	}()
	return done
}
