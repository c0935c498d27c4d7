package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func (s *shop) queue(n int) {
	s.t.Helper()
	c := &coupon.Changes{}
	for i := range n {
		c.NewJobs = append(c.NewJobs, &coupon.Job{ID: coupon.JobID(fmt.Sprintf("job_%03d", i)), Kind: coupon.JobGenerate, Subject: "bat_1", State: coupon.JobQueued, Total: 9, By: ada, NextAt: start, CreatedAt: start})
	}
	apply(s.t, s, c)
}

// Eight workers claim two hundred jobs: each job once, none left.
func TestEightWorkersNeverClaimTheSameJob(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		s.queue(200)
		var mu sync.Mutex
		claimed := map[coupon.JobID]int{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for {
					list, err := s.ClaimJobs(ctx, start, time.Minute, 3)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, j := range list {
						claimed[j.ID]++
					}
					all := len(claimed) == 200
					mu.Unlock()
					if all || len(list) == 0 && s.waiting() == 0 {
						return
					}
				}
			})
		}
		wg.Wait()
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("%s was claimed %d times", id, n)
			}
		}
		if len(claimed) != 200 {
			t.Fatalf("%d jobs were claimed", len(claimed))
		}
	})
}

// waiting counts the jobs that nobody has claimed.
func (s *shop) waiting() (n int) {
	s.t.Helper()
	if err := s.Query(ctx, "SELECT COUNT(*) FROM job WHERE state = 'queued'", &n); err != nil {
		s.t.Error(err)
	}
	return n
}

func TestAJobsLife(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		s.queue(1)
		claim := func(at time.Time, want int) {
			t.Helper()
			list, err := s.ClaimJobs(ctx, at, time.Minute, 5)
			if ok(t, err); len(list) != want {
				t.Fatalf("%d claimed, want %d", len(list), want)
			}
		}
		stands := func(what string, state coupon.JobState, attempts int64, until, next time.Time, text string) {
			t.Helper()
			j, err := s.Job(ctx, "job_000")
			ok(t, err)
			if j.State != state || j.Attempts != attempts || !j.LeaseUntil.Equal(until) || !j.NextAt.Equal(next) || j.Error != text {
				t.Fatalf("%s: %+v", what, j)
			}
		}
		at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
		claim(at(-1), 0) // before it is due
		claim(at(0), 1)
		stands("claimed", coupon.JobRunning, 1, at(60), start, "")
		claim(at(59), 0) // the lease holds
		ok(t, s.Renew(ctx, "job_000", at(90)))
		claim(at(60), 0)
		claim(at(90), 1) // its worker died
		stands("claimed again", coupon.JobRunning, 2, at(150), start, "")
		ok(t, s.RetryJob(ctx, "job_000", at(200), "no network"))
		stands("to be tried again", coupon.JobQueued, 2, time.Time{}, at(200), "no network")
		refused(t, "renewing what is queued", s.Renew(ctx, "job_000", at(300)), fault.Conflict, "")
		claim(at(199), 0)
		claim(at(200), 1)
		ok(t, s.RetryJob(ctx, "job_000", at(200), ""))
		stands("given back", coupon.JobQueued, 2, time.Time{}, at(200), "")
		claim(at(200), 1)
		ok(t, s.EndJob(ctx, "job_000", at(300), "given up"))
		stands("given up", coupon.JobFailed, 3, time.Time{}, at(200), "given up")
		claim(at(1000), 0)
		refused(t, "ending it again", s.EndJob(ctx, "job_000", at(300), ""), fault.Conflict, "")
		refused(t, "retrying it", s.RetryJob(ctx, "job_000", at(300), ""), fault.Conflict, "")
		j, err := s.Job(ctx, "job_000")
		if ok(t, err); !j.StartedAt.Equal(at(0)) || !j.EndedAt.Equal(at(300)) || j.By != ada || j.Total != 9 {
			t.Fatalf("%+v", j)
		}
		_, err = s.Job(ctx, "job_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
	})
}

func TestActiveJobsAreTheOnesThatGoOn(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		s.queue(4)
		_, err := s.ClaimJobs(ctx, start, time.Minute, 3)
		ok(t, err)
		ok(t, s.EndJob(ctx, "job_000", start, ""))
		ok(t, s.EndJob(ctx, "job_001", start, "no"))
		list, err := s.ActiveJobs(ctx)
		ok(t, err)
		if len(list) != 2 || list[0].ID != "job_002" || list[1].State != coupon.JobQueued {
			t.Fatalf("%+v", list)
		}
		done, err := s.Job(ctx, "job_000")
		if ok(t, err); done.State != coupon.JobDone || done.Error != "" {
			t.Fatalf("%+v", done)
		}
	})
}

func TestPurgeDropsWhatIsOverAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		now, day := start.AddDate(0, 2, 0), 24*time.Hour
		c := &coupon.Changes{}
		for i := range 2500 { // more than a chunk
			c.NewAnswers = append(c.NewAnswers, &coupon.Answer{Key: fmt.Sprint("old", i), At: now.Add(-31 * day)})
		}
		c.NewAnswers = append(c.NewAnswers, &coupon.Answer{Key: "young", At: now.Add(-29 * day)})
		c.Reserved = []coupon.Reservation{{Subject: "old", Hold: "hld_1", ExpiresAt: now.Add(-25 * time.Hour)}, {Subject: "young", Hold: "hld_1", ExpiresAt: now.Add(-23 * time.Hour)}}
		apply(t, s, c)
		for token, expires := range map[string]time.Time{"old": now.Add(-time.Second), "young": now} {
			ok(t, s.CreateSession(ctx, coupon.Session{Token: token, Kind: "staff", ExpiresAt: expires}))
			ok(t, s.PutSignInCode(ctx, coupon.SignInCode{Customer: coupon.CustomerID(token), ExpiresAt: expires}))
		}
		free := func(int64) time.Duration { return 0 }
		for key, at := range map[string]time.Time{"old": now.Add(-31 * day), "young": now.Add(-29 * day)} {
			_, err := s.AddAttempt(ctx, key, 1, at, free)
			ok(t, err)
		}
		_, err := s.AddAttempt(ctx, "locked", 1, now.Add(-31*day), func(int64) time.Duration { return 31 * day })
		ok(t, err)
		for name, age := range map[string]time.Duration{"old": 366 * day, "young": 364 * day} {
			r := tryOf("vch_1", now.Add(-age))
			r.ID = coupon.RefusalID(name)
			ok(t, s.SaveRefusals(ctx, []coupon.Refusal{r}))
		}
		c = &coupon.Changes{}
		for name, age := range map[string]time.Duration{"old": 31 * day, "young": 29 * day} {
			c.NewHolds = append(c.NewHolds, &coupon.Hold{ID: coupon.HoldID(name), State: coupon.HoldOpen, ExpiresAt: now.Add(-age)})
		}
		apply(t, s, c)
		ok(t, s.Purge(ctx, now))
		for table, want := range map[string]string{"answer": "young", "refusal": "young", "hold": "young", "reservation": "young", "session": "young", "sign_in_code": "young", "attempts": "locked young"} {
			var kept []string
			for _, row := range content(t, s.DB)[table] {
				kept = append(kept, strings.Fields(row)[0])
			}
			if got := strings.Join(kept, " "); got != want {
				t.Errorf("kept of %s: %s, want %s", table, got, want)
			}
		}
	})
}
