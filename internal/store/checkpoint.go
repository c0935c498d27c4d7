package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync/atomic"
	"syscall"

	"zombiezen.com/go/sqlite"
)

// errLost is what writes give after the disk has lost some.
var errLost = ErrStorage.Saying("The disk has lost what was written to it. Nothing more is written until it is mended and the server started again.")

const (
	// SQLite's log is moved into the database file after so many transactions, but not before a
	// few changed rows and not after many. Those who write little at a time wait for
	// a file that is made durable in a moment; those who write much do so less often, and move
	// a page that changes again and again once.
	moveEvery = 25
	fewRows   = 700
	mostRows  = 12000
	// passes is how often a log of longRows is looked at again before its end: what the disk has
	// already, nobody waits for.
	passes   = 2
	longRows = 2000
	// logPages is where the writer moves the log itself, because the one beside it does not
	// keep up: 128 MB.
	logPages = "32000"
)

// checkpointer moves SQLite's log into the database file, beside the writer: who commits
// waits for the end of it only.
type checkpointer struct {
	pool    *sql.DB
	file    *os.File // the database's; nil beside a server
	pen     chan *sqliteSession
	unmoved atomic.Int64 // rows changed since the log was moved
	commits atomic.Int64 // by how many transactions
	failed  atomic.Bool  // the disk has lost something: nobody may write
	due     chan struct{}
	done    chan struct{}
}

func newCheckpointer(pool *sql.DB, file *os.File, pen chan *sqliteSession) *checkpointer {
	c := &checkpointer{pool: pool, file: file, pen: pen, due: make(chan struct{}, 1), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for range c.due {
			c.commits.Store(0)
			c.step(c.unmoved.Swap(0))
		}
	}()
	return c
}

// step moves the log of so many changed rows.
func (c *checkpointer) step(rows int64) {
	c.move()
	if rows >= longRows && c.file != nil {
		for range passes {
			c.noted(c.file.Sync())
			c.move() // what was written meanwhile
		}
	}
	c.end()
}

// move moves what the log has now; what could not be moved is moved the next time. SQLite
// makes the file durable only when it has moved the whole log.
func (c *checkpointer) move() {
	_, err := c.pool.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)")
	c.noted(err)
}

// noted remembers that the disk has lost what it was given. The system says so once: the
// next time it would make durable what is left, and SQLite would begin its log anew, which
// may be all that has it. Whoever starts the program again moves the whole log again.
func (c *checkpointer) noted(err error) {
	if errors.Is(err, syscall.EIO) || codeSQLite(err) == sqlite.ResultIOErrFsync {
		c.failed.Store(true)
	}
}

// end moves the little that is left while nobody writes, and makes the file durable: only
// a log that is moved to its end, and that nobody reads, begins anew with the next
// transaction; else it grows until a commit has to move all of it.
func (c *checkpointer) end() {
	s := <-c.pen
	defer func() { c.pen <- s }()
	if s != nil {
		c.move()
	}
}

// after counts what a transaction has changed.
func (c *checkpointer) after(s *sqliteSession) {
	rows, commits := c.unmoved.Add(s.changed), c.commits.Add(1)
	if rows < fewRows || rows < mostRows && commits < moveEvery {
		return
	}
	select {
	case c.due <- struct{}{}:
	default: // it will come to it
	}
}

// close waits for its end.
func (c *checkpointer) close() {
	close(c.due)
	<-c.done
}
