package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// statement is one step of a pipeline: a query when each is given, else a change.
type statement struct {
	sql   string
	args  []any
	each  func(scan func(dest ...any) error) error // called once a row
	rows  int64                                    // rows it must change; 0 means any number
	cargo cargo                                    // rows it writes: those of a COPY; SQLite runs it once for each of them
	await func() error                             // returns when the cargo is complete
}

// session is one connection inside a transaction.
type session interface {
	// run executes the statements in order, in one round trip where there is one.
	run(ctx context.Context, list []statement) error
	// later executes changes before the commit, in the same round trip where there is one:
	// then they must fail by themselves when they meet other rows than they were meant for. New
	// rows do, unless somebody's trigger leaves one out: then the outcome is unclear.
	later(ctx context.Context, list []statement) error
	// rollback leaves the connection clean whatever has happened.
	rollback(ctx context.Context)
	// lost reports whether the connection is gone.
	lost() bool
	// commit ends the transaction; clear is false when the outcome is unknown.
	commit(ctx context.Context) (clear bool, err error)
}

// pgSession pipelines on the native connection. BEGIN travels with the first
// statements, COMMIT with the last.
type pgSession struct {
	conn  *pgx.Conn
	begun bool
	last  []statement
}

var (
	begin  = statement{sql: "BEGIN"}
	commit = statement{sql: "COMMIT"}
)

func (s *pgSession) run(ctx context.Context, list []statement) error {
	if !s.begun {
		list = append([]statement{begin}, list...)
		s.begun = true
	}
	return wireOf(s.conn).pipeline(ctx, list)
}

func (s *pgSession) later(_ context.Context, list []statement) error {
	s.last = list
	return nil
}

// errFailed is a COMMIT that the database turned into a ROLLBACK.
var errFailed = errors.New("store: the transaction had failed")

// errRows is a write that did not meet the rows it was decided on.
var errRows = errors.New("store: other rows changed than were meant")

func (st *statement) changed(n int64) error {
	if st.rows > 0 && n != st.rows {
		return fmt.Errorf("%w: %d, not %d", errRows, n, st.rows)
	}
	return nil
}

func (s *pgSession) rollback(ctx context.Context) {
	if s.conn.PgConn().TxStatus() != 'I' {
		if _, err := s.conn.Exec(ctx, "ROLLBACK"); err != nil {
			_ = s.conn.Close(ctx) // the pool drops a closed connection
		}
	}
}

func (s *pgSession) lost() bool { return s.conn.IsClosed() }

// commit is clear when the server has said that nothing was committed, or is still inside
// the transaction. Silence may mean anything, and so may a fault that was found here in
// the answers to what travelled with a COMMIT.
func (s *pgSession) commit(ctx context.Context) (bool, error) {
	err := s.run(ctx, append(s.last, commit))
	if s.conn.IsClosed() {
		return false, err
	}
	_, said := errors.AsType[*pgconn.PgError](err)
	return said || errors.Is(err, errFailed) || s.conn.PgConn().TxStatus() != 'I', err
}

// native gives fn the pgx connection under a database/sql connection.
func native(c *sql.Conn, fn func(*pgx.Conn) error) error {
	return c.Raw(func(driver any) error { return fn(driver.(*stdlib.Conn).Conn()) })
}

// brief shortens a statement for an error message; it holds no values.
func brief(sql string) string {
	if len(sql) > 60 {
		return sql[:60] + "…"
	}
	return sql
}
