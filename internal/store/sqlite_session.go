package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/scriphq/scrip/internal/coupon"
)

// sqliteSession runs prepared statements on one connection of its own, which nobody locks:
// whoever has the session is alone with it. There is one that writes; whoever has that
// writes, or reads while nobody does.
type sqliteSession struct {
	conn     *sqlite.Conn
	prepared map[string]*ready
	changed  int64 // rows, by this transaction
	broken   bool  // nobody knows in what state it is

	version int64    // of the database, as this connection last saw it
	foreign bool     // another connection has written since
	touched *touched // what this transaction wrote of what the engine reads
}

// connectSQLite opens a connection with these pragmas. The first says how long it waits for
// locks: until then it would wait for ever.
func connectSQLite(path string, pragmas []string) (*sqliteSession, error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return nil, err
	}
	for _, p := range pragmas {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+p, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return &sqliteSession{conn: conn, prepared: map[string]*ready{}}, nil
}

// run stops between two statements when ctx ends; none is broken off.
func (s *sqliteSession) run(ctx context.Context, list []statement) (err error) {
	at := 0
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("store: panic: %s: %v\n%s", brief(list[at].sql), cause, debug.Stack())
		}
	}()
	for at = range list {
		err := ctx.Err()
		if err == nil {
			err = s.one(ctx, &list[at])
		}
		if err != nil {
			return fmt.Errorf("%s: %w", brief(list[at].sql), err)
		}
	}
	return nil
}

func (s *sqliteSession) one(ctx context.Context, st *statement) (err error) {
	plan, err := s.prepare(st.sql)
	if err != nil {
		return err
	}
	if plan.writes && s.touched == nil {
		s.touched = &touched{everything: true}
	}
	defer func() { err = cmp.Or(err, plan.done()) }()
	if st.cargo != nil {
		return s.write(ctx, plan, st)
	}
	if err := plan.bind(len(st.args), func(i int) any { return st.args[i] }); err != nil {
		return err
	}
	if st.each != nil {
		return plan.query(st)
	}
	n, err := s.change(plan)
	return cmp.Or(err, st.changed(n))
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
		if err := plan.bind(fields, func(col int) any { return st.cargo.value(row, col) }); err != nil {
			return err
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
	more, err := plan.Step()
	if err != nil {
		return 0, err
	}
	if more { // it would not be over, and the number that of the one before
		return 0, errors.New("store: a change returned a row")
	}
	n := int64(s.conn.Changes())
	s.changed += n
	return n, plan.Reset()
}

func (s *sqliteSession) prepare(text string) (*ready, error) {
	if st := s.prepared[text]; st != nil {
		return st, nil
	}
	made, err := s.conn.Prepare(text)
	if err != nil {
		return nil, err
	}
	st, err := newReady(text, made)
	if err != nil {
		return nil, err
	}
	s.prepared[text] = st
	return st, nil
}

// control runs a statement that begins or ends a transaction; nothing breaks it off, or
// nobody knew whether it has begun.
func (s *sqliteSession) control(text string) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.broken, err = true, fmt.Errorf("store: panic: %s: %v\n%s", text, cause, debug.Stack())
		}
	}()
	if s.broken {
		return coupon.ErrAway
	}
	plan, err := s.prepare(text)
	if err == nil {
		_, err = plan.Step()
		err = cmp.Or(err, plan.Reset())
	}
	return err
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
	err := s.control("COMMIT")
	return !s.broken, err
}

// close also ends what the session has prepared.
func (s *sqliteSession) close() error { return s.conn.Close() }
