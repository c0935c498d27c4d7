package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// oldestSQLite is the first version in which a checkpoint cannot overtake a writer
// that restarts the log, and so break the database.
const oldestSQLite = "3.51.3"

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
