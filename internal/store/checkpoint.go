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
	pool *sql.DB
	pen  chan *sqliteSession
	due  chan struct{}
	done chan struct{}
}

func newCheckpointer(pool *sql.DB, pen chan *sqliteSession) *checkpointer {
	c := &checkpointer{pool: pool, pen: pen, due: make(chan struct{}, 1), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for range c.due {
			c.move() // the most of it
			c.move() // what was written meanwhile
			c.end()
		}
	}()
	return c
}

// move moves what the log has now. What could not be moved is moved the next time.
func (c *checkpointer) move() {
	_, _ = c.pool.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)")
}

// end moves the little that is left while nobody writes: only a log that is moved to its
// end begins anew with the next transaction, and else it grows until a commit has to move
// all of it.
func (c *checkpointer) end() {
	s := <-c.pen
	defer func() { c.pen <- s }()
	if s != nil {
		c.move()
	}
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
