package store

import (
	"context"
	"errors"
	"fmt"
)

// Query reads one row past all methods, for tests.
func (db *DB) Query(ctx context.Context, sql string, dest ...any) error {
	return db.read.QueryRowContext(ctx, sql).Scan(dest...)
}

// Tamper changes rows past all methods, for tests.
func (db *DB) Tamper(ctx context.Context, sql string) error {
	return db.apply(ctx, writes{{sql: sql}})
}

// Alone runs fn while this process does what is named, for tests.
func (db *DB) Alone(ctx context.Context, name string, fn func() error) error {
	return db.within(ctx, func(s session) error {
		if err := s.run(ctx, db.only(name)); err != nil {
			return err
		}
		return fn()
	})
}

// Content returns every row of every table, for tests.
func (db *DB) Content(ctx context.Context) (map[string][]string, error) {
	out := map[string][]string{}
	for _, t := range everyTable() {
		rows, err := db.read.QueryContext(ctx, "SELECT "+joined("", t.columns)+" FROM "+t.name+" ORDER BY "+joined("", t.columns))
		if err != nil {
			return nil, err
		}
		out[t.name] = []string{}
		for rows.Next() {
			row, err := t.scan(rows)
			if err != nil {
				return nil, err
			}
			out[t.name] = append(out[t.name], fmt.Sprintln(row...))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return out, nil
}
