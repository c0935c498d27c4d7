package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// ClaimJobs takes the jobs that are due, at most limit: queued ones, and running ones
// whose worker has let its lease go by. No two processes claim the same job.
func (db *DB) ClaimJobs(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]coupon.Job, error) {
	if due, err := db.anyDue(ctx, now); err != nil || !due {
		return nil, err
	}
	var jobs []coupon.Job
	err := db.change(ctx, func(s session) error {
		jobs = nil
		return s.run(ctx, writes{{
			sql: "UPDATE job SET state = 'running', lease_until = $2, attempts = attempts + 1, started_at = CASE WHEN started_at = 0 THEN $1 ELSE started_at END" +
				" WHERE id IN (SELECT id FROM job WHERE " + jobDue + " ORDER BY next_at, id LIMIT $3" + db.d.claim + ") RETURNING " + jobTable.names(""),
			args: []any{micros(now), micros(now.Add(lease)), int64(limit)},
			each: func(scan func(...any) error) error {
				var j coupon.Job
				err := scan(jobTable.into(&j)...)
				jobs = append(jobs, j)
				return err
			},
		}})
	})
	slices.SortFunc(jobs, func(a, b coupon.Job) int { return cmp.Compare(a.ID, b.ID) })
	return jobs, err
}

// jobDue is the condition that a job waits for a worker at $1.
const jobDue = "state IN ('queued', 'running') AND next_at <= $1 AND (state = 'queued' OR lease_until <= $1)"

// anyDue looks without a transaction, because usually there is nothing.
func (db *DB) anyDue(ctx context.Context, now time.Time) (bool, error) {
	n, err := figure(ctx, db, "SELECT COUNT(*) FROM (SELECT id FROM job WHERE "+jobDue+" LIMIT 1) AS x", micros(now))
	return n > 0, err
}

// Renew keeps a running job for its worker until a moment. That it runs no more is a
// conflict.
func (db *DB) Renew(ctx context.Context, id coupon.JobID, until time.Time) error {
	return db.running(ctx, "UPDATE job SET lease_until = $2 WHERE id = $1 AND state = 'running'", string(id), micros(until))
}

// RetryJob gives a running job back, to be claimed again at nextAt. Without errText it
// was not the job's fault, and the attempt does not count.
func (db *DB) RetryJob(ctx context.Context, id coupon.JobID, nextAt time.Time, errText string) error {
	return db.running(ctx, "UPDATE job SET state = 'queued', lease_until = 0, next_at = $2, error = $3, attempts = CASE WHEN $3 = '' THEN attempts - 1 ELSE attempts END"+
		" WHERE id = $1 AND state = 'running'", string(id), micros(nextAt), errText)
}

// EndJob ends a running job: done, or failed when there is an errText.
func (db *DB) EndJob(ctx context.Context, id coupon.JobID, at time.Time, errText string) error {
	return db.running(ctx, "UPDATE job SET state = CASE WHEN $3 = '' THEN 'done' ELSE 'failed' END, lease_until = 0, ended_at = $2, error = $3 WHERE id = $1 AND state = 'running'",
		string(id), micros(at), errText)
}

func (db *DB) running(ctx context.Context, sql string, args ...any) error {
	err := db.apply(ctx, writes{{sql: sql, args: args, rows: 1}})
	if errors.Is(err, errRows) {
		return coupon.ErrConflict.Saying("This job is not running.").Because(err)
	}
	return err
}

// Job returns a job.
func (db *DB) Job(ctx context.Context, id coupon.JobID) (coupon.Job, error) {
	return one(oneOf(ctx, db, "job", jobTable, "WHERE id = $1", string(id)))
}

// ActiveJobs returns the jobs that are queued or running, the oldest first.
func (db *DB) ActiveJobs(ctx context.Context) ([]coupon.Job, error) {
	return query(ctx, db, jobTable, "WHERE state IN ('queued', 'running') ORDER BY id")
}

// TakeLease lets one process of several do a task: it reports whether the task is due
// at now, nobody does it, and it is the holder's now until a moment.
func (db *DB) TakeLease(ctx context.Context, name, holder string, now, until time.Time) (bool, error) {
	rows, err := query(ctx, db, leaseTable, "WHERE name = $1", name)
	if err != nil || len(rows) > 0 && (rows[0].until.After(now) || rows[0].next.After(now)) {
		return false, err // usually, and without a transaction
	}
	return db.leased(ctx, db.only(name),
		"UPDATE lease SET holder = $2, until_at = $4 WHERE name = $1 AND until_at <= $3 AND next_at <= $3 RETURNING 1", name, holder, micros(now), micros(until))
}

// RenewLease keeps a task until a moment; false means that it was lost.
func (db *DB) RenewLease(ctx context.Context, name, holder string, until time.Time) (bool, error) {
	return db.leased(ctx, nil, "UPDATE lease SET until_at = $3 WHERE name = $1 AND holder = $2 RETURNING 1", name, holder, micros(until))
}

// DropLease gives a task back, which is due again at next.
func (db *DB) DropLease(ctx context.Context, name, holder string, next time.Time) error {
	_, err := db.leased(ctx, nil, "UPDATE lease SET holder = '', until_at = 0, next_at = $3 WHERE name = $1 AND holder = $2 RETURNING 1", name, holder, micros(next))
	return err
}

// HeldUntil returns until when another process has a lease; zero for none. On a database
// that this process has locked there is no other, whatever one that was killed has left.
func (db *DB) HeldUntil(ctx context.Context, name string) (time.Time, error) {
	if db.lock != nil {
		return time.Time{}, nil
	}
	rows, err := query(ctx, db, leaseTable, "WHERE name = $1", name)
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].until, nil
}

func (db *DB) leased(ctx context.Context, first writes, sql string, args ...any) (bool, error) {
	mine := false
	err := db.change(ctx, func(s session) error {
		mine = false
		return s.run(ctx, append(first[:len(first):len(first)], statement{sql: sql, args: args, each: func(scan func(...any) error) error {
			mine = true
			return scan(new(int64))
		}}))
	})
	return mine && err == nil, err
}
