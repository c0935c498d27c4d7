package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/scriphq/scrip/internal/fault"
)

// ErrNoBackup is what PostgreSQL's databases get: their own tools do it better.
var ErrNoBackup = fault.New(fault.Conflict, "no_backup", "This is for the embedded database. Use PostgreSQL's own tools, such as pg_dump.")

// Backup writes a copy of an embedded database to a new file, as of one moment, while
// it is in use. A copy that could not be finished is removed.
func (db *DB) Backup(ctx context.Context, path string) (err error) {
	if db.pen == nil {
		return ErrNoBackup
	}
	// SQLite fills an empty file: made here, nobody else may read it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fault.New(fault.Conflict, "file_exists", "There is a file of this name already.").Because(err)
	}
	if err != nil {
		return ErrStorage.Because(err)
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if _, err := db.maintenance.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return fmt.Errorf("store: backup: %w", db.d.classify(err))
	}
	return f.Sync()
}
