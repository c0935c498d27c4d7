package job

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// Task is work that comes again. Of several processes one does it at a time.
type Task struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// A process keeps a task that comes this often, and gives a rarer one back after
// each turn: so neither writes much, and the next turn may be any process's.
const keepUnder = time.Minute

// retryTask is how soon a rare task that failed is tried again.
const retryTask = 5 * time.Minute

// errTaken is a renewal that found the lease another's.
var errTaken = fault.New(fault.Conflict, "taken", "Another process does this task now.")

// task does t whenever it is due and this process's.
func (r *Runner) task(ctx context.Context, t Task, holder string) {
	turn := r.turn
	if t.Every < keepUnder {
		turn = r.reign
	}
	for sleep(ctx, 0) {
		now := r.Now()
		mine, err := r.Store.TakeLease(ctx, t.Name, holder, now, now.Add(lease))
		if err != nil && ctx.Err() == nil {
			r.Log.Warn("a task's lease was not read", "task", t.Name, "err", err)
		}
		if mine {
			turn(ctx, t, holder)
		}
		sleep(ctx, renewEvery)
	}
}

// turn does a rare task once.
func (r *Runner) turn(ctx context.Context, t Task, holder string) {
	next := t.Every
	if !r.once(ctx, t, holder) {
		next = min(next, retryTask)
	}
	if ctx.Err() != nil {
		next = 0 // it was cut short: another process begins it anew
	}
	r.drop(ctx, t, holder, r.Now().Add(next))
}

// reign does a frequent task again and again, until it stops or loses the lease.
func (r *Runner) reign(ctx context.Context, t Task, holder string) {
	for renewed := r.Now(); sleep(ctx, t.Every); {
		if now := r.Now(); now.Sub(renewed) >= renewEvery {
			if err := r.renew(ctx, t, holder); err != nil {
				break
			}
			renewed = now
		}
		r.once(ctx, t, holder)
	}
	r.drop(ctx, t, holder, r.Now())
}

// once does a task and reports whether it went well.
func (r *Runner) once(ctx context.Context, t Task, holder string) bool {
	err := keep(ctx, func(ctx context.Context) error { return r.renew(ctx, t, holder) }, t.Run)
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("a task failed", "task", t.Name, "err", err)
	}
	return err == nil
}

func (r *Runner) renew(ctx context.Context, t Task, holder string) error {
	mine, err := r.Store.RenewLease(ctx, t.Name, holder, r.Now().Add(lease))
	if err == nil && !mine {
		return errTaken
	}
	return err
}

func (r *Runner) drop(ctx context.Context, t Task, holder string, next time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := r.Store.DropLease(ctx, t.Name, holder, next); err != nil {
		r.Log.Warn("a task was not given back; it waits for its lease", "task", t.Name, "err", err)
	}
}
