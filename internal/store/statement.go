package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// statement is one step of a pipeline: a query when each is given, else a change.
type statement struct {
	sql  string
	args []any
	each func(scan func(dest ...any) error) error // called once a row
	rows int64                                    // rows it must change; 0 means any number
}

// session is one connection inside a transaction.
type session interface {
	// run executes the statements in order, in one round trip where there is one.
	run(ctx context.Context, list []statement) error
	// later executes changes before the commit, in the same round trip where there is one:
	// then they must fail by themselves when they meet other rows than they were meant for.
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

// sqliteSession runs prepared statements on the one writing connection. There is
// one of it; whoever has it writes.
type sqliteSession struct {
	conn     *sql.Conn
	queries  map[string]*sql.Stmt
	changes  map[string]change // prepared on the connection underneath, see execute
	argument []driver.NamedValue
	changed  int64 // rows, since the log was moved
}

// change is a prepared statement of the driver.
type change interface {
	driver.Stmt
	driver.StmtExecContext
}

func newSQLiteSession(conn *sql.Conn) *sqliteSession {
	return &sqliteSession{conn: conn, queries: map[string]*sql.Stmt{}, changes: map[string]change{}}
}

func (s *sqliteSession) begin(ctx context.Context) error {
	_, err := s.conn.ExecContext(context.WithoutCancel(ctx), "BEGIN IMMEDIATE") // or nobody knew whether it has begun
	return err
}

func (s *sqliteSession) run(ctx context.Context, list []statement) error {
	for len(list) > 0 {
		n, err := 1, error(nil)
		if list[0].each != nil {
			err = s.query(ctx, &list[0])
		} else {
			err = s.conn.Raw(func(c any) (err error) {
				n, err = s.execute(ctx, c.(driver.ConnPrepareContext), list)
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", brief(list[n-1].sql), err)
		}
		list = list[n:]
	}
	return nil
}

// execute runs the changes at the head of the list and returns how many it has come
// to. It goes past database/sql, whose care for every row takes as long as the row. When
// ctx ends it stops between two changes.
func (s *sqliteSession) execute(ctx context.Context, c driver.ConnPrepareContext, list []statement) (n int, err error) {
	for n < len(list) && list[n].each == nil {
		st := &list[n]
		n++
		if err := ctx.Err(); err != nil {
			return n, err
		}
		prepared := s.changes[st.sql]
		if prepared == nil {
			made, err := c.PrepareContext(ctx, st.sql)
			if err != nil {
				return n, err
			}
			prepared = made.(change)
			s.changes[st.sql] = prepared
		}
		s.argument = s.argument[:0]
		for i, v := range st.args {
			s.argument = append(s.argument, driver.NamedValue{Ordinal: i + 1, Value: v})
		}
		res, err := prepared.ExecContext(context.WithoutCancel(ctx), s.argument) // the driver would watch ctx for every row
		if err != nil {
			return n, err
		}
		changed, err := res.RowsAffected()
		s.changed += changed
		if err == nil {
			err = st.changed(changed)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (s *sqliteSession) later(ctx context.Context, list []statement) error { return s.run(ctx, list) }

func (s *sqliteSession) query(ctx context.Context, st *statement) error {
	prepared := s.queries[st.sql]
	if prepared == nil {
		var err error
		if prepared, err = s.conn.PrepareContext(ctx, st.sql); err != nil {
			return err
		}
		s.queries[st.sql] = prepared
	}
	rows, err := prepared.QueryContext(ctx, st.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := st.each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *sqliteSession) close() error {
	for _, st := range s.queries {
		_ = st.Close() // the connection closes next
	}
	for _, st := range s.changes {
		_ = st.Close() // likewise
	}
	return s.conn.Close()
}

// rollback fails when the transaction is over already, which is as good.
func (s *sqliteSession) rollback(ctx context.Context) {
	_, _ = s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
}

func (s *sqliteSession) lost() bool { return false }

// commit does not begin when ctx has ended, and is not broken off.
func (s *sqliteSession) commit(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		return true, err
	}
	_, err := s.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT")
	return true, err
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
