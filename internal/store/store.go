// Package store remembers: both databases behind one SQL text. It decides nothing.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// ErrStorage is what a full disk, a read-only folder or a broken file give.
var ErrStorage = fault.New(fault.Unavailable, "storage", "The storage refuses to write. Nothing was changed.").After(10 * time.Second)

// ErrNoDatabase is what Existing gives where nothing has been made yet.
var ErrNoDatabase = fault.New(fault.NotFound, "no_database", "There is no database of Scrip here yet.")

// DB is one installation's database. Close it when done.
type DB struct {
	d     *dialect
	write *sql.DB // PostgreSQL: for all that writes but the engine
	read  *sql.DB
	lanes *sql.DB             // PostgreSQL: the engine's batches, from their look-up to the commit
	links *sql.DB             // PostgreSQL: what else is read by keys, with plans made once
	pen   chan *sqliteSession // SQLite's one writer: nobody writes but who holds it; nil when closed
	lock  *os.File            // of a SQLite database: one process only

	readers     *sqliteReaders // SQLite: what is read by keys
	maintenance *sql.DB        // SQLite: a second writer, used while nothing else writes
	file        *os.File       // SQLite's database; to close it gives away the locks that SQLite has on it
	log         *checkpointer
	written     written // SQLite

	now   func() time.Time
	asked func(sql string, args []any) // told of each query of a list and each statement of the engine: tests look at their plans

	org      fresh[coupon.Organisation]
	policies fresh[[]coupon.CodePolicy]

	mu    sync.Mutex
	terms map[coupon.TermsID]*coupon.Terms
	kept  map[string]*kept
	noted map[string]time.Time // when a use of a key or a person was written last
	sweep sweep
}

// sqliteReading is how many ask by keys at a time on SQLite: more than there are cores to
// spare beside the writer.
const sqliteReading = 4

// Options say how a database is opened.
type Options struct {
	URL    string // postgres://…, or sqlite:PATH, or a path
	Shared bool   // beside a server: leaves the lock of the data folder to it
	// Existing refuses to open a database without Scrip's schema, and makes no file.
	Existing bool
	Now      func() time.Time // the clock by which vouchers are shown as reserved or open; nil: the system's
}

// Open opens the database, without changing its schema: see Migrate.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{now: o.Now, terms: map[coupon.TermsID]*coupon.Terms{}, kept: map[string]*kept{}, noted: map[string]time.Time{}}
	if db.now == nil {
		db.now = time.Now
	}
	open := db.openSQLite
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		open = db.openPostgres
	}
	if err := open(o); err != nil {
		return nil, err
	}
	if err := db.read.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open: %w", err), db.Close())
	}
	if o.Existing {
		some, err := db.hasTable(ctx, organisationTable.name)
		if err == nil && !some {
			err = ErrNoDatabase
		}
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

func (db *DB) openPostgres(o Options) error {
	db.d = postgres.of()
	cfg, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return fault.Field("database", "This is not a PostgreSQL address.").Because(err)
	}
	cfg.RuntimeParams["application_name"] = "scrip"
	cfg.RuntimeParams["jit"] = "off" // what we ask is over before it is compiled
	lists := cfg.Copy()
	// A list's best plan depends on what is asked for: one made for any value walks
	// through millions of rows for a campaign that has three.
	lists.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	// To merge two sorted tables is never the best way to a page; to look whether it might be
	// takes half the time of making the plan, which takes longer than to run it.
	lists.RuntimeParams["enable_mergejoin"] = "off"
	db.read = pool(lists, 16)
	lane := cfg.Copy()
	// On a young database the planner has seen empty tables and would scan them for
	// ever; every statement of a lane has an index. (What has none costs so much by this that
	// it would be compiled first.)
	lane.RuntimeParams["enable_seqscan"] = "off"
	// And none is worth planning again for every batch.
	lane.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	// Of those that are free the last one that was used is taken. Batches have theirs to
	// themselves, so that they stay with a process of the database that has their pages, plans
	// and tables at hand.
	db.lanes, db.write, db.links = pool(lane, 4), pool(lane, 4), pool(lane, 8)
	return nil
}

// pool opens as many connections as are wanted at once, size at most, and keeps them.
func pool(cfg *pgx.ConnConfig, size int) *sql.DB {
	p := stdlib.OpenDB(*cfg)
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size)
	return p
}

// hasTable looks for a table in the schema.
func (db *DB) hasTable(ctx context.Context, name string) (bool, error) {
	tables := 0
	err := db.read.QueryRowContext(ctx, db.d.tables, name).Scan(&tables)
	return tables > 0, err
}

// Lanes is how many batches of the engine pay side by side: while one is written and
// committed, the next is looked up, and on PostgreSQL locked and decided.
const Lanes = 2

// OneWriter reports whether the database runs one transaction at a time.
func (db *DB) OneWriter() bool { return db.pen != nil }

// Kind returns "sqlite" or "postgres".
func (db *DB) Kind() string { return db.d.name }

// Close closes every connection; once closed, writes are answered with ErrAway.
// Closing again does nothing.
func (db *DB) Close() error {
	var errs []error
	if db.pen != nil {
		s := <-db.pen
		db.pen <- nil
		if s == nil {
			return nil
		}
		if db.log != nil && db.log.failed.Load() {
			db.log.close()
			return errLost // the last connection that closes would begin the log anew
		}
		errs = append(errs, s.close())
	}
	if db.log != nil {
		db.log.close()
	}
	if db.readers != nil {
		errs = append(errs, db.readers.close())
	}
	for _, p := range []*sql.DB{db.read, db.lanes, db.links, db.maintenance, db.write} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	if db.file != nil && db.read.Stats().OpenConnections+db.maintenance.Stats().OpenConnections == 0 { // else the process's end closes it
		errs = append(errs, db.file.Close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return errors.Join(errs...)
}

// Write locks rows, runs fn on them and commits, in one transaction. When the outcome of
// the commit is unknown it returns coupon.ErrUnclear.
func (db *DB) Write(ctx context.Context, k *coupon.Keys, fn func(tx coupon.Tx, s *coupon.State) error) error {
	var early *ahead
	if db.pen != nil && len(db.pen) == 0 { // who need not wait reads with the writer's cache
		early = db.readAhead(ctx, k)
	}
	return db.writeFrom(ctx, early, k, fn)
}

func (db *DB) writeFrom(ctx context.Context, early *ahead, k *coupon.Keys, fn func(tx coupon.Tx, s *coupon.State) error) error {
	return db.withinOn(ctx, db.lanes, func(s session) error {
		t := &tx{db: db, session: s}
		state, err := early.lock(ctx, t, k)
		if err != nil {
			return err
		}
		return fn(t, state)
	})
}

// within runs fn on a session and commits it.
func (db *DB) within(ctx context.Context, fn func(session) error) error {
	return db.withinOn(ctx, db.write, fn)
}

// withinOn is within on a connection of a pool, where there is one.
func (db *DB) withinOn(ctx context.Context, pool *sql.DB, fn func(session) error) error {
	if db.pen != nil {
		return db.withinSQLite(ctx, fn)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return coupon.ErrAway.Because(err)
	}
	defer conn.Close()
	return native(conn, func(c *pgx.Conn) error {
		return db.finish(ctx, &pgSession{conn: c}, fn)
	})
}

func (db *DB) withinSQLite(ctx context.Context, fn func(session) error) error {
	s, err := db.takePen(ctx)
	if err != nil {
		return err
	}
	defer func() { db.pen <- s }()
	if db.log.failed.Load() {
		return errLost
	}
	if err := s.begin(); err != nil {
		return db.d.classify(err)
	}
	defer func() { db.log.after(s) }()
	if s.foreign {
		db.written.note(&touched{everything: true})
	}
	err = db.finish(ctx, s, fn)
	if s.touched != nil {
		db.written.note(s.touched)
	}
	return err
}

// takePen waits until nobody else writes; who takes the pen gives it back.
func (db *DB) takePen(ctx context.Context) (*sqliteSession, error) {
	select {
	case s := <-db.pen:
		if s == nil {
			db.pen <- nil
			return nil, coupon.ErrAway
		}
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (db *DB) finish(ctx context.Context, s session, fn func(session) error) (err error) {
	over := false
	defer func() {
		if !over {
			s.rollback(ctx)
		}
	}()
	if err := fn(s); err != nil {
		if s.lost() {
			return coupon.ErrAway.Because(err)
		}
		return db.d.classify(err)
	}
	clear, err := s.commit(ctx)
	over = err == nil
	if err != nil && !clear {
		return coupon.ErrUnclear.Because(err)
	}
	if err != nil {
		return db.d.classify(err)
	}
	return nil
}

// tx is one writing transaction of the engine.
type tx struct {
	db *DB
	session
}

func (t *tx) run(ctx context.Context, list []statement) error {
	t.db.tell(list)
	return t.session.run(ctx, list)
}

func (t *tx) later(ctx context.Context, list []statement) error {
	t.db.tell(list)
	return t.session.later(ctx, list)
}

// wrote says what the transaction writes, to those who read ahead of theirs.
func (t *tx) wrote(c *coupon.Changes) {
	if s, ok := t.session.(*sqliteSession); ok {
		s.touched = touchedBy(c)
	}
}

// tell names what the engine asks to whoever looks at plans.
func (db *DB) tell(list []statement) {
	for i := 0; db.asked != nil && i < len(list); i++ {
		st := &list[i]
		args := st.args
		if st.cargo != nil && st.await == nil { // those of the first row, unless it is in the making
			for col := range st.cargo.fields() {
				args = append(args, st.cargo.value(0, col))
			}
		}
		db.asked(st.sql, args)
	}
}
