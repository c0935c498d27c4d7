package job_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/job"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// addJobs queues n jobs.
func addJobs(t *testing.T, db *store.DB, n int) {
	t.Helper()
	c := &coupon.Changes{Mark: "mrk_1", At: time.Now()}
	for i := range n {
		c.NewJobs = append(c.NewJobs, &coupon.Job{ID: coupon.JobID(fmt.Sprintf("job_%02d", i)), Kind: kind, State: coupon.JobQueued, CreatedAt: time.Now()})
	}
	ok(t, db.Write(t.Context(), &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error { return tx.Apply(t.Context(), c) }))
}

// Eight processes on one database do every job once, and are told the truth about it.
func TestEightProcessesDoEveryJobOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const jobs = 40
		addJobs(t, db, jobs)
		var mu sync.Mutex
		done := map[coupon.JobID]int{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		work := func(_ context.Context, j coupon.Job) error {
			mu.Lock()
			defer mu.Unlock()
			if done[j.ID]++; len(done) == jobs {
				cancel()
			}
			return nil
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				r := &job.Runner{Store: db, Now: time.Now, Kinds: map[coupon.JobKind]func(context.Context, coupon.Job) error{kind: work}}
				r.Run(ctx)
			})
		}
		wg.Wait()
		for id, n := range done {
			if j, err := db.Job(t.Context(), id); err != nil || n != 1 || j.State != coupon.JobDone || j.Attempts != 1 {
				t.Errorf("done %d times: %+v, %v", n, j, err)
			}
		}
		if len(done) != jobs {
			t.Fatalf("%d of %d jobs were done", len(done), jobs)
		}
	})
}

// Of four processes, one at a time has a task, and the leases stand in the database.
func TestOneOfFourProcessesHasATask(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Now()
		mine := func(holder string) bool {
			got, err := db.TakeLease(t.Context(), "sweep", holder, now, now.Add(time.Minute))
			ok(t, err)
			return got
		}
		var mu sync.Mutex
		var holder []string
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if h := fmt.Sprint("run_", i); mine(h) {
					mu.Lock()
					defer mu.Unlock()
					holder = append(holder, h)
				}
			})
		}
		wg.Wait()
		if len(holder) != 1 {
			t.Fatalf("held by %v", holder)
		}
		now = now.Add(2 * time.Minute)
		if !mine("run_9") {
			t.Fatal("a dead process keeps its task")
		}
		if still, err := db.RenewLease(t.Context(), "sweep", holder[0], now); still || err != nil {
			t.Fatalf("the old holder renewed what it had lost: %v, %v", still, err)
		}
		ok(t, db.DropLease(t.Context(), "sweep", holder[0], now))
		if mine("run_8") {
			t.Fatal("the old holder gave away what it had lost")
		}
		ok(t, db.DropLease(t.Context(), "sweep", "run_9", now.Add(time.Hour)))
		if mine("run_8") {
			t.Fatal("a task was taken before it was due")
		}
		now = now.Add(time.Hour)
		if !mine("run_8") {
			t.Fatal("a task was not taken when it was due")
		}
	})
}
