package job_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/job"
)

const kind coupon.JobKind = "test"

var errOnce = errors.New("the network went away")

// run runs a runner with one kind of job for a time, and waits until it has stopped.
func run(t *testing.T, s job.Store, length time.Duration, work func(context.Context, coupon.Job) error, change ...func(*job.Runner)) {
	t.Helper()
	r := &job.Runner{Store: s, Now: time.Now, Kinds: map[coupon.JobKind]func(context.Context, coupon.Job) error{kind: work}}
	for _, f := range change {
		f(r)
	}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	r.Run(ctx)
}

func TestAJobIsTriedAgainEverLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(coupon.Job{ID: "job_1", Kind: kind})
		var at []time.Time
		run(t, s, time.Hour, func(context.Context, coupon.Job) error {
			if at = append(at, time.Now()); len(at) < 12 {
				return errOnce
			}
			return nil
		})
		if len(at) != 10 {
			t.Fatalf("%d attempts before it was given up, want 10", len(at))
		}
		for i := 1; i < len(at); i++ {
			rest, want := at[i].Sub(at[i-1]), min(time.Second<<(i-1), 5*time.Minute)
			if rest < want || rest > want+time.Second {
				t.Errorf("rest after attempt %d: %v, want %v", i, rest, want)
			}
		}
		if j := s.job("job_1"); j.State != coupon.JobFailed || j.Error == "" {
			t.Fatalf("given up as %+v", j)
		}
	})
}

func TestWhatCannotHelpIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for _, f := range []error{fault.Field("file", "No file."), fault.New(fault.NotFound, "not_found", "No batch."), fault.New(fault.Forbidden, "forbidden", "No.")} {
		synctest.Test(t, func(t *testing.T) {
			s, n := newShelf(coupon.Job{ID: "job_1", Kind: kind}), 0
			run(t, s, time.Hour, func(context.Context, coupon.Job) error { n++; return f })
			if j := s.job("job_1"); n != 1 || j.State != coupon.JobFailed || j.Error != fault.Of(f).Msg {
				t.Fatalf("%v: %d attempts, %+v", f, n, j)
			}
		})
	}
}

func TestAJobThatWentWellIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, n := newShelf(coupon.Job{ID: "job_1", Kind: kind}), 0
		run(t, s, time.Hour, func(context.Context, coupon.Job) error { n++; return nil })
		if j := s.job("job_1"); n != 1 || j.State != coupon.JobDone {
			t.Fatalf("%d attempts, %+v", n, j)
		}
	})
}

func TestGivingUpEndsWhatTheJobLeftBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, told := newShelf(coupon.Job{ID: "job_1", Kind: kind}), ""
		run(t, s, time.Hour, func(context.Context, coupon.Job) error { return fault.Field("file", "No file.") }, func(r *job.Runner) {
			r.GiveUp = func(_ context.Context, j coupon.Job, why string) error { told = string(j.ID) + ": " + why; return nil }
		})
		if told != "job_1: No file." {
			t.Fatalf("told %q", told)
		}
	})
}

func TestAPanicIsAFailedAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, n := newShelf(coupon.Job{ID: "job_1", Kind: kind}), 0
		run(t, s, time.Hour, func(context.Context, coupon.Job) error {
			if n++; n == 1 {
				panic("no")
			}
			return nil
		})
		if j := s.job("job_1"); n != 2 || j.State != coupon.JobDone {
			t.Fatalf("%d attempts, %+v", n, j)
		}
	})
}

func TestALongJobIsRenewedAndNobodyElsesMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(coupon.Job{ID: "job_1", Kind: kind})
		var n atomic.Int64
		work := func(ctx context.Context, _ coupon.Job) error {
			n.Add(1)
			select {
			case <-time.After(20 * time.Minute):
			case <-ctx.Done():
			}
			return ctx.Err()
		}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { run(t, s, time.Hour, work) })
		}
		wg.Wait()
		if j := s.job("job_1"); n.Load() != 1 || j.State != coupon.JobDone {
			t.Fatalf("begun %d times, %+v", n.Load(), j)
		}
	})
}

func TestTheJobOfADeadProcessGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(coupon.Job{ID: "job_1", Kind: kind})
		if _, err := s.ClaimJobs(t.Context(), time.Now(), 30*time.Second, 1); err != nil { // and dies
			t.Fatal(err)
		}
		begun, first := time.Now(), time.Time{}
		run(t, s, time.Hour, func(context.Context, coupon.Job) error { first = time.Now(); return nil })
		if wait := first.Sub(begun); wait < 30*time.Second || wait > 32*time.Second {
			t.Fatalf("taken over after %v", wait)
		}
	})
}

func TestWorkStopsWhenItsLeaseIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, begun, stopped := newShelf(coupon.Job{ID: "job_1", Kind: kind}), time.Now(), time.Time{}
		run(t, s, time.Hour, func(ctx context.Context, _ coupon.Job) error {
			ok(t, s.change("job_1", func(j *coupon.Job) { j.State = coupon.JobFailed })) // by somebody else
			<-ctx.Done()
			stopped = time.Now()
			return ctx.Err()
		})
		if after := stopped.Sub(begun); after > 15*time.Second {
			t.Fatalf("stopped after %v", after)
		}
		if j := s.job("job_1"); j.State != coupon.JobFailed || j.Attempts != 1 {
			t.Fatalf("%+v", j)
		}
	})
}

func TestStoppingGivesJobsBackUncounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(coupon.Job{ID: "job_1", Kind: kind}, coupon.Job{ID: "job_2", Kind: kind}, coupon.Job{ID: "job_3", Kind: kind})
		begun := time.Now()
		run(t, s, time.Minute, func(ctx context.Context, _ coupon.Job) error { <-ctx.Done(); return ctx.Err() })
		if took := time.Since(begun); took != time.Minute {
			t.Fatalf("stopping took %v", took-time.Minute)
		}
		for _, id := range []coupon.JobID{"job_1", "job_2", "job_3"} {
			if j := s.job(id); j.State != coupon.JobQueued || j.Attempts != 0 || j.Error != "" {
				t.Errorf("%+v", j)
			}
		}
	})
}

func TestAJobOfAnUnknownKindWaitsForItsProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(coupon.Job{ID: "job_1", Kind: "later"})
		run(t, s, time.Hour, nil)
		if j := s.job("job_1"); j.State != coupon.JobQueued || j.Attempts != 0 {
			t.Fatalf("%+v", j)
		}
	})
}

func TestAFailureToWriteIsNoFailureOfTheRunner(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, n := newShelf(coupon.Job{ID: "job_1", Kind: kind}), 0
		s.broken = fault.New(fault.Unavailable, "storage", "Full.")
		run(t, s, 10*time.Minute, func(context.Context, coupon.Job) error { n++; return nil })
		if n < 2 {
			t.Fatalf("claimed %d times while nothing could be written", n)
		}
	})
}

// log collects when something happened.
type log struct {
	mu sync.Mutex
	at []time.Time
}

func (l *log) add() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = append(l.at, time.Now())
}

func (l *log) gaps() []time.Duration {
	var out []time.Duration
	for i := 1; i < len(l.at); i++ {
		out = append(out, l.at[i].Sub(l.at[i-1]))
	}
	slices.Sort(out)
	return out
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
