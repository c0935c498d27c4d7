package coupon

import "time"

// JobBulk changes every voucher of a list, each by its own command.
const JobBulk JobKind = "bulk"

// The facts of such a job.
const (
	EventBulkBegun EventType = "bulk.begun"
	EventBulkEnded EventType = "bulk.ended"
)

// StartJob queues a job. Its id, state and times are given here.
type StartJob struct {
	Job  Job
	Type EventType // of the event that says what was asked for
	Data map[string]any
}

// Resolve needs nothing.
func (c StartJob) Resolve(*Lookup) {}

// Lock needs nothing.
func (c StartJob) Lock(*Links, *Keys) {}

// Decide adds the job.
func (c StartJob) Decide(e *Effects, now time.Time) (any, error) {
	j := c.Job
	j.ID, j.State, j.NextAt, j.CreatedAt = JobID(e.state.IDs.Next("job")), JobQueued, now, now
	e.jobs.add(j.ID, &j)
	e.event(Event{Type: c.Type, Subject: string(j.ID), By: j.By, At: now, Data: c.Data})
	return j, nil
}

// StepJob says how far a job is; a job that is over moves no more.
type StepJob struct {
	ID      JobID
	Done    int64  // in all
	Subject string // as the job goes on with
	Failed  string // why it is given up
	Events  []Event
}

// Resolve needs nothing.
func (c StepJob) Resolve(*Lookup) {}

// Lock takes the job.
func (c StepJob) Lock(_ *Links, k *Keys) { k.Jobs = append(k.Jobs, c.ID) }

// Decide moves the job.
func (c StepJob) Decide(e *Effects, now time.Time) (any, error) {
	j := e.jobs.edit(e.state.Jobs, c.ID)
	if j == nil {
		return nil, missing("job")
	}
	if j.State != JobRunning && j.State != JobQueued {
		return nil, ErrConflict.Saying("This job is over.")
	}
	j.Done, j.Subject = c.Done, c.Subject
	if c.Failed != "" {
		j.State, j.Error, j.EndedAt, j.LeaseUntil = JobFailed, c.Failed, now, time.Time{}
	}
	for _, ev := range c.Events {
		ev.Subject, ev.At = string(j.ID), now
		e.event(ev)
	}
	return *j, nil
}
