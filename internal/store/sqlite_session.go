package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/scriphq/scrip/internal/coupon"
)

// sqliteSession runs prepared statements on one connection. It goes past database/sql,
// whose care for every row takes as long as the row. There is one session that writes;
// whoever has it writes, or reads while nobody does.
type sqliteSession struct {
	conn      *sql.Conn
	prepared  map[string]*ready
	arguments []driver.NamedValue
	values    []driver.Value
	changed   int64 // rows, by this transaction

	version int64    // of the database, as this connection last saw it
	foreign bool     // another connection has written since
	touched *touched // what this transaction wrote of what the engine reads
}

// ready is a prepared statement.
type ready struct {
	run    prepared
	writes bool // a table that the engine reads, or nobody knows what
}

// prepared is a statement of the driver.
type prepared interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newSQLiteSession(conn *sql.Conn) *sqliteSession {
	return &sqliteSession{conn: conn, prepared: map[string]*ready{}}
}

// run stops between two statements when ctx ends; none is broken off.
func (s *sqliteSession) run(ctx context.Context, list []statement) error {
	at := 0
	return s.conn.Raw(func(c any) (err error) {
		defer func() {
			if cause := recover(); cause != nil { // it would cost the connection
				err = fmt.Errorf("store: panic: %s: %v\n%s", brief(list[at].sql), cause, debug.Stack())
			}
		}()
		for at = range list {
			err := ctx.Err()
			if err == nil {
				err = s.one(ctx, c.(driver.ConnPrepareContext), &list[at])
			}
			if err != nil {
				return fmt.Errorf("%s: %w", brief(list[at].sql), err)
			}
		}
		return nil
	})
}

func (s *sqliteSession) one(ctx context.Context, c driver.ConnPrepareContext, st *statement) error {
	plan, err := s.prepare(c, st.sql)
	if err != nil {
		return err
	}
	if plan.writes && s.touched == nil {
		s.touched = &touched{everything: true}
	}
	if st.cargo != nil {
		return s.write(ctx, plan, st)
	}
	s.arguments = s.arguments[:0]
	for _, v := range st.args {
		s.argument(v)
	}
	if st.each != nil {
		return s.query(plan, st)
	}
	n, err := s.change(plan)
	return cmp.Or(err, st.changed(n))
}

func (s *sqliteSession) argument(v any) {
	s.arguments = append(s.arguments, driver.NamedValue{Ordinal: len(s.arguments) + 1, Value: v})
}

// write runs a statement once for each of its rows, unless ctx ends between two.
func (s *sqliteSession) write(ctx context.Context, plan *ready, st *statement) error {
	if st.await != nil {
		if err := st.await(); err != nil {
			return err
		}
	}
	changed, fields := int64(0), st.cargo.fields()
	for row := range st.cargo.count() {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.arguments = s.arguments[:0]
		for col := range fields {
			s.argument(st.cargo.value(row, col))
		}
		n, err := s.change(plan)
		if err != nil {
			return err
		}
		changed += n
	}
	return st.changed(changed)
}

// change returns how many rows were changed.
func (s *sqliteSession) change(plan *ready) (int64, error) {
	res, err := plan.run.ExecContext(context.Background(), s.arguments) // the driver would watch another for every row
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	s.changed += n
	return n, err
}

func (s *sqliteSession) prepare(c driver.ConnPrepareContext, text string) (*ready, error) {
	if st := s.prepared[text]; st != nil {
		return st, nil
	}
	made, err := c.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	st := &ready{made.(prepared), mayWrite(text)}
	s.prepared[text] = st
	return st, nil
}

func (s *sqliteSession) query(plan *ready, st *statement) (err error) {
	rows, err := plan.run.QueryContext(context.Background(), s.arguments)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, rows.Close()) }()
	for n := len(rows.Columns()); len(s.values) < n; {
		s.values = append(s.values, nil)
	}
	row := s.values[:len(rows.Columns())]
	for {
		if err := rows.Next(row); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := st.each(func(dest ...any) error { return takeRow(row, dest) }); err != nil {
			return err
		}
	}
}

// takeRow reads a row into what the columns gave for it.
func takeRow(row []driver.Value, dest []any) error {
	if len(dest) != len(row) {
		return fmt.Errorf("store: %d columns were read for %d", len(row), len(dest))
	}
	for i, to := range dest {
		if err := takeValue(row[i], to); err != nil {
			return err
		}
	}
	return nil
}

func takeValue(v driver.Value, to any) error {
	ok := true
	switch to := to.(type) {
	case *string:
		*to, ok = v.(string)
	case *int64:
		*to, ok = v.(int64)
	case *bool:
		var n int64
		n, ok = v.(int64)
		*to = n != 0
	case *any:
		*to = v
	case sql.Scanner:
		return to.Scan(v)
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("store: a %T was read for a %T", v, to)
	}
	return nil
}

// control runs a statement that begins or ends a transaction; nothing breaks it off, or
// nobody knew whether it has begun.
func (s *sqliteSession) control(text string) error {
	return s.conn.Raw(func(c any) error {
		plan, err := s.prepare(c.(driver.ConnPrepareContext), text)
		if err == nil {
			_, err = plan.run.ExecContext(context.Background(), nil)
		}
		return err
	})
}

// begin also finds out whether another connection, which may be another process's, has
// written since the last time.
func (s *sqliteSession) begin() error {
	if err := s.control("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	s.touched, s.foreign, s.changed = nil, false, 0
	version := s.version
	err := s.run(context.Background(), []statement{{sql: "PRAGMA data_version", each: func(scan func(...any) error) error { return scan(&version) }}})
	if err != nil {
		s.rollback(context.Background())
		return err
	}
	s.foreign, s.version = version != s.version, version
	return nil
}

// look reads what all statements ask as it was at one moment.
func (s *sqliteSession) look(ctx context.Context, list []statement) error {
	if len(list) == 1 { // is one moment by itself
		return s.run(ctx, list)
	}
	if err := s.control("BEGIN"); err != nil {
		return err
	}
	err := s.run(ctx, list)
	s.rollback(ctx)
	return err
}

func (s *sqliteSession) later(ctx context.Context, list []statement) error { return s.run(ctx, list) }

// rollback fails when the transaction is over already, which is as good.
func (s *sqliteSession) rollback(context.Context) { _ = s.control("ROLLBACK") }

func (s *sqliteSession) lost() bool { return false }

// commit does not begin when ctx has ended.
func (s *sqliteSession) commit(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		return true, err
	}
	return true, s.control("COMMIT")
}

func (s *sqliteSession) close() error {
	for _, st := range s.prepared {
		_ = st.run.Close() // the connection closes next
	}
	return s.conn.Close()
}

// sqliteReaders are sessions that read by keys, with plans made once.
type sqliteReaders struct {
	pool *sql.DB
	free chan *sqliteSession // nil stands for one that is not open yet
}

func newSQLiteReaders(pool *sql.DB, n int) *sqliteReaders {
	r := &sqliteReaders{pool: pool, free: make(chan *sqliteSession, n)}
	for range n {
		r.free <- nil
	}
	return r
}

// run looks on a session that nobody else has meanwhile.
func (r *sqliteReaders) run(ctx context.Context, list []statement) error {
	var s *sqliteSession
	select {
	case s = <-r.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.free <- s }()
	if s == nil {
		conn, err := r.pool.Conn(ctx)
		if err != nil {
			return coupon.ErrAway.Because(err)
		}
		s = newSQLiteSession(conn)
	}
	return s.look(ctx, list)
}

// close waits for those that read; later reads are answered with ErrAway.
func (r *sqliteReaders) close() error {
	var first error
	for range cap(r.free) {
		if s := <-r.free; s != nil {
			first = cmp.Or(first, s.close())
		}
	}
	first = cmp.Or(first, r.pool.Close())
	for range cap(r.free) {
		r.free <- nil
	}
	return first
}
