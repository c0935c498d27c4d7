package job_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scriphq/scrip/internal/job"
)

func with(tasks ...job.Task) func(*job.Runner) {
	return func(r *job.Runner) { r.Periodic = tasks }
}

func TestARareTaskRunsOnceEachTimeWhoeverDoesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, done := newShelf(), &log{}
		task := job.Task{Name: "sweep", Every: time.Hour, Run: func(context.Context) error { done.add(); return nil }}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { run(t, s, 9*time.Hour+30*time.Minute, nil, with(task)) })
		}
		wg.Wait()
		if len(done.at) != 10 {
			t.Fatalf("done %d times in nine and a half hours", len(done.at))
		}
		if gaps := done.gaps(); gaps[0] < time.Hour || gaps[len(gaps)-1] > time.Hour+time.Minute {
			t.Fatalf("not every hour: %v", gaps)
		}
	})
}

func TestARareTaskThatFailedIsTriedSooner(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, done := newShelf(), &log{}
		run(t, s, 3*time.Hour, nil, with(job.Task{Name: "sweep", Every: time.Hour, Run: func(context.Context) error {
			if done.add(); len(done.at) == 1 {
				panic("no")
			}
			return nil
		}}))
		if len(done.at) < 2 || done.at[1].Sub(done.at[0]) > 6*time.Minute {
			t.Fatalf("done at %v", done.at)
		}
	})
}

func TestAFrequentTaskIsDoneByOneProcessAndGoesOnWhenItStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, done := newShelf(), &log{}
		var busy atomic.Int64
		task := job.Task{Name: "publish", Every: 200 * time.Millisecond, Run: func(context.Context) error {
			defer busy.Add(-1)
			if busy.Add(1) > 1 {
				t.Error("two processes publish at once")
			}
			<-time.After(time.Millisecond)
			done.add()
			return nil
		}}
		var wg sync.WaitGroup
		wg.Go(func() { run(t, s, 10*time.Minute, nil, with(task)) })
		wg.Go(func() { run(t, s, 20*time.Minute, nil, with(task)) })
		wg.Wait()
		if n := len(done.at); n < 5700 {
			t.Fatalf("done %d times in twenty minutes", n)
		}
		if gaps := done.gaps(); gaps[len(gaps)-1] > 12*time.Second {
			t.Fatalf("the longest pause was %v", gaps[len(gaps)-1])
		}
	})
}

func TestALongTaskIsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		var n atomic.Int64
		task := job.Task{Name: "sweep", Every: time.Hour, Run: func(ctx context.Context) error {
			n.Add(1)
			select {
			case <-time.After(30 * time.Minute):
			case <-ctx.Done():
			}
			return ctx.Err()
		}}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { run(t, s, time.Hour, nil, with(task)) })
		}
		wg.Wait()
		if n.Load() != 1 {
			t.Fatalf("begun %d times", n.Load())
		}
	})
}

func TestATaskStopsWhenItsLeaseIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, begun, stopped := newShelf(), time.Now(), time.Time{}
		run(t, s, time.Minute, nil, with(job.Task{Name: "sweep", Every: time.Hour, Run: func(ctx context.Context) error {
			s.mu.Lock()
			*s.leases["sweep"] = held{holder: "somebody else", until: begun.Add(time.Hour)}
			s.mu.Unlock()
			<-ctx.Done()
			stopped = time.Now()
			return ctx.Err()
		}}))
		if after := stopped.Sub(begun); after > 15*time.Second {
			t.Fatalf("stopped after %v", after)
		}
	})
}

func TestATaskCutShortByStoppingIsDueAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		run(t, s, time.Minute, nil, with(job.Task{Name: "sweep", Every: time.Hour, Run: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}))
		mine, err := s.TakeLease(t.Context(), "sweep", "the next", time.Now(), time.Now().Add(time.Minute))
		if ok(t, err); !mine {
			t.Fatal("the next process has to wait")
		}
	})
}
