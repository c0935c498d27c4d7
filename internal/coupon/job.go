package coupon

import (
	"strconv"
	"strings"
	"time"
)

// JobKind names background work.
type JobKind string

// The kinds of job.
const (
	JobGenerate JobKind = "generate"
	JobImport   JobKind = "import"
	JobLapse    JobKind = "lapse"
)

// JobState is where a job stands.
type JobState string

// The states of a job.
const (
	JobQueued  JobState = "queued"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// Job is long work that goes in chunks; Done moves in the transaction of each
// chunk, so a killed job goes on where it was.
type Job struct {
	ID         JobID
	Kind       JobKind
	Subject    string // what it works on, e.g. a batch id
	State      JobState
	Done       int64
	Total      int64
	Attempts   int64
	Error      string
	By         Actor
	LeaseUntil time.Time
	NextAt     time.Time // not before
	CreatedAt  time.Time
	StartedAt  time.Time
	EndedAt    time.Time
}

// EventID returns the public id of the n-th event of a commit.
func EventID(m MarkID, n int64) string {
	return "evt" + strings.TrimPrefix(string(m), "mrk") + "-" + strconv.FormatInt(n, 10)
}
