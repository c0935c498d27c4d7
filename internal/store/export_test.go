package store

import "context"

// Query reads one row past all methods, for tests.
func (db *DB) Query(ctx context.Context, sql string, dest ...any) error {
	return db.read.QueryRowContext(ctx, sql).Scan(dest...)
}

// Tamper changes rows past all methods, for tests.
func (db *DB) Tamper(ctx context.Context, sql string) error {
	return db.apply(ctx, writes{{sql: sql}})
}
