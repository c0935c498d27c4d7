package job_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// shelf is a store in memory, so that time can be simulated.
type shelf struct {
	mu     sync.Mutex
	jobs   []coupon.Job
	leases map[string]*held
	broken error // what every write returns
}

type held struct {
	holder      string
	until, next time.Time
}

func newShelf(jobs ...coupon.Job) *shelf {
	for i := range jobs {
		jobs[i].State = coupon.JobQueued
	}
	return &shelf{jobs: jobs, leases: map[string]*held{}}
}

func (s *shelf) ClaimJobs(_ context.Context, now time.Time, lease time.Duration, limit int) ([]coupon.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []coupon.Job
	for i := range s.jobs {
		j := &s.jobs[i]
		due := !now.Before(j.NextAt) && (j.State == coupon.JobQueued || j.State == coupon.JobRunning && !now.Before(j.LeaseUntil))
		if due && len(out) < limit {
			j.State, j.LeaseUntil, j.Attempts = coupon.JobRunning, now.Add(lease), j.Attempts+1
			out = append(out, *j)
		}
	}
	return out, nil
}

func (s *shelf) change(id coupon.JobID, fn func(*coupon.Job)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	i := slices.IndexFunc(s.jobs, func(j coupon.Job) bool { return j.ID == id && j.State == coupon.JobRunning })
	if i < 0 {
		return coupon.ErrConflict
	}
	fn(&s.jobs[i])
	return nil
}

func (s *shelf) Renew(_ context.Context, id coupon.JobID, until time.Time) error {
	return s.change(id, func(j *coupon.Job) { j.LeaseUntil = until })
}

func (s *shelf) RetryJob(_ context.Context, id coupon.JobID, nextAt time.Time, errText string) error {
	return s.change(id, func(j *coupon.Job) {
		j.State, j.NextAt, j.Error = coupon.JobQueued, nextAt, errText
		if errText == "" {
			j.Attempts--
		}
	})
}

func (s *shelf) EndJob(_ context.Context, id coupon.JobID, at time.Time, errText string) error {
	return s.change(id, func(j *coupon.Job) {
		j.State, j.EndedAt, j.Error = coupon.JobDone, at, errText
		if errText != "" {
			j.State = coupon.JobFailed
		}
	})
}

func (s *shelf) job(id coupon.JobID) coupon.Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.jobs[slices.IndexFunc(s.jobs, func(j coupon.Job) bool { return j.ID == id })]
}

func (s *shelf) TakeLease(_ context.Context, name, holder string, now, until time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.leases[name]
	if l == nil {
		l = &held{}
		s.leases[name] = l
	}
	if now.Before(l.until) || now.Before(l.next) {
		return false, nil
	}
	l.holder, l.until = holder, until
	return true, nil
}

func (s *shelf) RenewLease(_ context.Context, name, holder string, until time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.leases[name]
	if l.holder != holder {
		return false, nil
	}
	l.until = until
	return true, nil
}

func (s *shelf) DropLease(_ context.Context, name, holder string, next time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.leases[name]; l.holder == holder {
		*l = held{next: next}
	}
	return nil
}
