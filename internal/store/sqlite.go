package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	driver "modernc.org/sqlite"
	"zombiezen.com/go/sqlite"
)

// oldestSQLite is the first version in which a checkpoint cannot overtake a writer
// that restarts the log, and so break the database.
const oldestSQLite = "3.51.3"

func (db *DB) openSQLite(o Options) error {
	db.d = sqliteDialect.of()
	path := strings.TrimPrefix(strings.TrimPrefix(o.URL, "sqlite:"), "//")
	if _, err := os.Stat(path); o.Existing && errors.Is(err, os.ErrNotExist) {
		return ErrNoDatabase.Because(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return ErrStorage.Because(err)
	}
	if !o.Shared {
		var err error
		if db.lock, err = lockFile(path + ".lock"); err != nil {
			return err
		}
	}
	pragmas := func(extra ...string) []string {
		return append([]string{"busy_timeout(10000)", "foreign_keys(1)", "temp_store(memory)"}, extra...)
	}
	pooled := func(list []string, more url.Values) (*sql.DB, error) {
		q := url.Values{"_pragma": list}
		maps.Copy(q, more)
		return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	}
	writer := pragmas("journal_mode(wal)", "synchronous(full)", "wal_autocheckpoint("+logPages+")", "cache_size(-24576)")
	// A reader forgets its pages at the next commit, so its cache need not be large. What
	// allocates memory for SQLite rounds up to powers of two: a cache takes twice what it says.
	reader := pragmas("query_only(1)", "cache_size(-1024)")
	pen, err := connectSQLite(path, writer) // makes the file before the readers want it
	if err != nil {
		return errors.Join(ErrStorage.Because(err), db.Close())
	}
	db.pen = make(chan *sqliteSession, 1)
	db.pen <- pen
	if db.maintenance, err = pooled(writer, url.Values{"_txlock": {"immediate"}}); err != nil {
		return errors.Join(ErrStorage.Because(err), db.Close())
	}
	if !o.Shared {
		if db.file, err = os.Open(path); err != nil {
			return errors.Join(ErrStorage.Because(err), db.Close())
		}
	}
	db.log = newCheckpointer(db.maintenance, db.file, db.pen)
	if db.read, err = pooled(reader, nil); err != nil {
		return errors.Join(ErrStorage.Because(err), db.Close())
	}
	db.read.SetMaxOpenConns(8)
	db.read.SetMaxIdleConns(8)
	db.readers = newSQLiteReaders(func() (*sqliteSession, error) { return connectSQLite(path, reader) }, sqliteReading)
	if err := checkSQLite(context.Background(), db.read); err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

// checkSQLite refuses to work with an SQLite that can lose data.
func checkSQLite(ctx context.Context, pool *sql.DB) error {
	var version string
	if err := pool.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return ErrStorage.Because(err)
	}
	if olderThan(version, oldestSQLite) {
		return fmt.Errorf("store: SQLite %s can damage a database; this program needs %s", version, oldestSQLite)
	}
	return nil
}

// olderThan compares versions such as "3.51.3" number by number; what is no number
// counts as old.
func olderThan(version, oldest string) bool {
	have, want := strings.Split(version, "."), strings.Split(oldest, ".")
	for i := range want {
		if i >= len(have) {
			return true
		}
		h, err := strconv.Atoi(have[i])
		w, _ := strconv.Atoi(want[i])
		if err != nil || h != w {
			return err != nil || h < w
		}
	}
	return false
}

// codeSQLite returns SQLite's extended code of what went wrong, whichever connection it came
// from; 0 when it is something else.
func codeSQLite(err error) sqlite.ResultCode {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return sqlite.ResultCode(e.Code())
	}
	if code := sqlite.ErrCode(err); code != sqlite.ResultError {
		return code
	}
	return 0
}
