// Package job does the work that nobody waits for: jobs, which go until they are
// done, and tasks, which come again. A job is claimed and a task is taken under a lease,
// so of several processes one does it, and another goes on when that one dies.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
)

// Store keeps jobs and leases.
type Store interface {
	Jobs
	Leases
}

// Jobs are the jobs of all processes. Whatever is done with one that is not running
// any more is a Conflict fault.
type Jobs interface {
	// ClaimJobs takes what is due, at most limit, for as long as lease.
	ClaimJobs(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]coupon.Job, error)
	// Renew makes a lease last until a moment.
	Renew(ctx context.Context, id coupon.JobID, until time.Time) error
	// RetryJob gives a job back until nextAt; without errText the attempt does not count.
	RetryJob(ctx context.Context, id coupon.JobID, nextAt time.Time, errText string) error
	// EndJob ends a job: done, or failed when there is an errText.
	EndJob(ctx context.Context, id coupon.JobID, at time.Time, errText string) error
}

// Leases say which process does a task.
type Leases interface {
	// TakeLease takes a task that is due and that nobody has, and reports whether it did.
	TakeLease(ctx context.Context, name, holder string, now, until time.Time) (bool, error)
	// RenewLease makes a lease last until a moment; false means that it was lost.
	RenewLease(ctx context.Context, name, holder string, until time.Time) (bool, error)
	// DropLease gives a task back, which is due again at next.
	DropLease(ctx context.Context, name, holder string, next time.Time) error
}

// How jobs are run.
const (
	lease       = 30 * time.Second // a dead process's work waits for this long
	renewEvery  = lease / 3
	pollEvery   = 500 * time.Millisecond
	workers     = 2 // jobs at once; they share the engine with people's requests
	attemptsMax = 10
	delayFirst  = time.Second
	delayMax    = 5 * time.Minute
	farewell    = 5 * time.Second // for giving work back while stopping
)

// errLost is why work was stopped whose lease another process has now.
var errLost = errors.New("job: the lease was lost")

// Runner runs jobs and tasks until it is stopped. Store, Now and Kinds are needed.
type Runner struct {
	Store    Store
	Kinds    map[coupon.JobKind]func(context.Context, coupon.Job) error
	Periodic []Task
	Now      func() time.Time
	Log      *slog.Logger

	// GiveUp ends a job that failed for good; nil means Store.EndJob. Where the job
	// leaves something behind, such as half a batch, it ends that too.
	GiveUp func(ctx context.Context, j coupon.Job, why string) error
}

// Run works until ctx ends, and returns when everything has stopped. Jobs that were
// running are given back at once.
func (r *Runner) Run(ctx context.Context) {
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	var wg sync.WaitGroup
	wg.Go(func() { r.jobs(ctx) })
	for _, t := range r.Periodic {
		wg.Go(func() { r.task(ctx, t, id.New("run")) })
	}
	wg.Wait()
}

// jobs claims what is due whenever a worker is free.
func (r *Runner) jobs(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	free := make(chan struct{}, workers)
	for range workers {
		free <- struct{}{}
	}
	for wait := time.Duration(0); sleep(ctx, wait); {
		<-free
		list, err := r.Store.ClaimJobs(ctx, r.Now(), lease, 1)
		if err != nil && ctx.Err() == nil {
			r.Log.Warn("jobs were not claimed", "err", err)
		}
		if len(list) == 0 {
			free <- struct{}{}
			wait = pollEvery
			continue
		}
		wait = 0
		wg.Go(func() {
			defer func() { free <- struct{}{} }()
			r.do(ctx, list[0])
		})
	}
}

// do runs a claimed job to its end, for this time.
func (r *Runner) do(ctx context.Context, j coupon.Job) {
	work := r.Kinds[j.Kind]
	if work == nil { // perhaps of a newer version, whose process will come for it
		r.settle(ctx, j, "", r.Store.RetryJob, r.Now().Add(delayMax))
		return
	}
	renew := func(ctx context.Context) error { return r.Store.Renew(ctx, j.ID, r.Now().Add(lease)) }
	err := keep(ctx, renew, func(ctx context.Context) error { return work(ctx, j) })
	switch {
	case err == nil:
		r.settle(ctx, j, "", r.Store.EndJob, r.Now())
	case ctx.Err() != nil:
		r.settle(ctx, j, "", r.Store.RetryJob, r.Now())
	case errors.Is(err, errLost):
		r.Log.Warn("a job was lost to another process, or ended", "job", j.ID)
	case permanent(err) || j.Attempts >= attemptsMax:
		r.Log.Error("a job was given up", "job", j.ID, "kind", j.Kind, "attempts", j.Attempts, "err", err)
		r.giveUp(ctx, j, fault.Of(err).Msg)
	default:
		r.Log.Warn("a job will be tried again", "job", j.ID, "kind", j.Kind, "attempts", j.Attempts, "err", err)
		r.settle(ctx, j, fault.Of(err).Msg, r.Store.RetryJob, r.Now().Add(delay(j.Attempts)))
	}
}

// permanent reports whether trying again cannot help.
func permanent(err error) bool {
	switch fault.Of(err).Kind {
	case fault.Invalid, fault.NotFound, fault.Forbidden:
		return true
	}
	return false
}

// delay returns how long a job rests after its n-th attempt.
func delay(n int64) time.Duration {
	d := delayFirst
	for ; n > 1 && d < delayMax; n-- {
		d *= 2
	}
	return min(d, delayMax)
}

func (r *Runner) giveUp(ctx context.Context, j coupon.Job, why string) {
	if r.GiveUp == nil {
		r.settle(ctx, j, why, r.Store.EndJob, r.Now())
		return
	}
	r.settle(ctx, j, why, func(ctx context.Context, _ coupon.JobID, _ time.Time, why string) error { return r.GiveUp(ctx, j, why) }, r.Now())
}

// settle writes what became of a job, also while stopping. A job that its own last
// step has ended is no fault.
func (r *Runner) settle(ctx context.Context, j coupon.Job, errText string, write func(context.Context, coupon.JobID, time.Time, string) error, at time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	err := write(ctx, j.ID, at, errText)
	if err != nil && fault.Of(err).Kind != fault.Conflict {
		r.Log.Warn("what became of a job was not written; it will be claimed again", "job", j.ID, "err", err)
	}
}

// keep runs work while it renews what the work holds. When that is lost, work's
// context ends and keep returns errLost; a panic in work is an error.
func keep(ctx context.Context, renew, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for sleep(ctx, renewEvery) {
			if err := renew(ctx); err != nil && fault.Of(err).Kind == fault.Conflict {
				cancel(errLost)
			}
		}
	})
	err := guarded(ctx, work)
	lost := errors.Is(context.Cause(ctx), errLost)
	cancel(nil)
	wg.Wait()
	if err != nil && lost {
		return errLost
	}
	return err
}

func guarded(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}

// sleep waits and reports whether ctx goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
