package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/scriphq/scrip/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer is what an older program gets from the schema of a newer one.
var ErrNewer = fault.New(fault.Conflict, "schema_newer", "This database was written by a newer version of Scrip. Use that version.")

// ErrOlder is what a command gets that works beside a server, and so may not migrate.
var ErrOlder = fault.New(fault.Conflict, "schema_older", "This database is of an older version of Scrip. Use that version, or stop its server and run scrip database migrate.")

// How long a process waits for another that migrates, looking how often.
const (
	migrateLook = 200 * time.Millisecond
	migrateWait = 3000 // looks: ten minutes
)

// Migrate brings the schema up to this program's, forward only. It returns the
// versions before and after. Of several processes that begin at once one migrates, and
// the others wait for it.
func (db *DB) Migrate(ctx context.Context) (before, after int64, err error) {
	for range migrateTries {
		if before, after, err = db.migrate(ctx); !db.d.raced(err) {
			break
		}
	}
	return before, after, err
}

// migrateTries is how often a process may find that another has just made the tables
// that migrations are remembered in.
const migrateTries = 10

func (db *DB) migrate(ctx context.Context) (before, after int64, err error) {
	p, err := db.provider()
	if err != nil {
		return 0, 0, err
	}
	if before, err = db.version(ctx); err != nil {
		return 0, 0, fmt.Errorf("store: schema version: %w", err)
	}
	newest := newestOf(p)
	if before > newest {
		return before, before, ErrNewer
	}
	if before == newest {
		return before, before, nil
	}
	if _, err := p.Up(ctx); err != nil {
		return before, before, fmt.Errorf("store: migrate: %w", err)
	}
	return before, newest, nil
}

func newestOf(p *goose.Provider) int64 {
	list := p.ListSources()
	return list[len(list)-1].Version
}

// Fits reports whether there is a schema, and returns ErrOlder or ErrNewer when it is
// another version's. It changes nothing.
func (db *DB) Fits(ctx context.Context) (some bool, err error) {
	p, err := db.provider()
	if err != nil {
		return false, err
	}
	if some, err = db.hasTable(ctx, organisationTable.name); err != nil || !some {
		return false, err
	}
	have, err := db.version(ctx)
	switch newest := newestOf(p); {
	case err != nil:
		return true, fmt.Errorf("store: schema version: %w", err)
	case have > newest:
		return true, ErrNewer
	case have < newest:
		return true, ErrOlder
	}
	return true, nil
}

// version returns the schema's version, 0 for none. It does without the lock: a process
// that was killed holds it for a while, and a start with nothing to do is not to wait.
func (db *DB) version(ctx context.Context) (version int64, err error) {
	if some, err := db.hasTable(ctx, "goose_db_version"); err != nil || !some {
		return 0, err
	}
	err = db.read.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version").Scan(&version)
	return version, err
}

func (db *DB) provider() (*goose.Provider, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var list []*goose.Migration
	for _, name := range names {
		m, err := db.migration(name)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	options := []goose.ProviderOption{goose.WithGoMigrations(list...), goose.WithDisableGlobalRegistry(true)}
	if db.pen != nil { // its file is locked already
		return goose.NewProvider(goose.DialectSQLite3, db.maintenance, nil, options...)
	}
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(migrateLook, migrateWait))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db.write, nil, append(options, goose.WithLocker(locker))...)
}

// migration reads one file, whose statements end with a semicolon at the end of a
// line, and puts in what the databases call differently.
func (db *DB) migration(name string) (*goose.Migration, error) {
	content, err := migrations.ReadFile(name)
	if err != nil {
		return nil, err
	}
	version, err := strconv.ParseInt(strings.SplitN(path.Base(name), "_", 2)[0], 10, 64)
	if err != nil {
		return nil, err
	}
	text := db.d.tokens.Replace(string(content))
	run := func(ctx context.Context, tx *sql.Tx) error {
		for s := range strings.SplitSeq(text, ";\n") {
			if s = strings.TrimSpace(s); s == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", brief(s), err)
			}
		}
		return nil
	}
	return goose.NewGoMigration(version, &goose.GoFunc{RunTx: run}, nil), nil
}
