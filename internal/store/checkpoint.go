package store

import (
	"context"
	"database/sql"
)

const (
	// checkpointRows is after how many changed rows SQLite's log is worth being moved into
	// the database file: early enough that the log stays small, late enough that a page
	// that changes again and again is moved once.
	checkpointRows = 12000
	// logPages is where the writer moves the log itself, because the one beside it does not
	// keep up: 128 MB.
	logPages = "32000"
)

// checkpointer moves SQLite's log into the database file, beside the writer: who commits
// does not wait for it.
type checkpointer struct {
	due  chan struct{}
	done chan struct{}
}

func newCheckpointer(pool *sql.DB) *checkpointer {
	c := &checkpointer{due: make(chan struct{}, 1), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for range c.due {
			_, _ = pool.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)") // the writer does what was not done
		}
	}()
	return c
}

// after counts what a transaction has changed.
func (c *checkpointer) after(s *sqliteSession) {
	if s.changed < checkpointRows {
		return
	}
	s.changed = 0
	select {
	case c.due <- struct{}{}:
	default: // it is at it
	}
}

// close waits for its end.
func (c *checkpointer) close() {
	close(c.due)
	<-c.done
}
