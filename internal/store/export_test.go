package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/scriphq/scrip/internal/coupon"
)

// ArrayRows is how many rows of an update travel in one statement on PostgreSQL.
const ArrayRows = arrayRows

// Query reads one row past all methods, for tests.
func (db *DB) Query(ctx context.Context, sql string, dest ...any) error {
	return db.read.QueryRowContext(ctx, sql).Scan(dest...)
}

// Tamper changes rows past all methods, for tests.
func (db *DB) Tamper(ctx context.Context, sql string) error {
	return db.apply(ctx, writes{{sql: sql, each: func(func(...any) error) error { return nil }}})
}

// DiskSays has the database told what a checkpoint met, for tests.
func (db *DB) DiskSays(err error) { db.log.noted(err) }

// WriteAfter is Write, with something that happens between reading ahead and the
// transaction, for tests.
func (db *DB) WriteAfter(ctx context.Context, k *coupon.Keys, between func(), fn func(tx coupon.Tx, s *coupon.State) error) error {
	early := db.readAhead(ctx, k)
	between()
	return db.writeFrom(ctx, early, k, fn)
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
		rows, err := db.read.QueryContext(ctx, "SELECT "+strings.Join(t.columns, ", ")+" FROM "+t.name+" ORDER BY "+strings.Join(t.columns, ", "))
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

// Asked has fn told of every query of the lists, for tests.
func (db *DB) Asked(fn func(sql string, args []any)) { db.asked = fn }

// Plan returns how a query would be answered when nothing is scanned that has a
// usable index, for tests.
func (db *DB) Plan(ctx context.Context, sql string, args ...any) ([]string, error) {
	if db.pen != nil {
		type step struct {
			id, parent, cost int64
			detail           string
		}
		steps, err := fetch(ctx, db, func(s *step) []any { return []any{&s.id, &s.parent, &s.cost, &s.detail} }, "EXPLAIN QUERY PLAN "+sql, args...)
		var lines []string
		for _, s := range steps {
			lines = append(lines, s.detail)
		}
		return lines, err
	}
	conn, err := db.write.Conn(ctx) // which may not scan
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if slices.ContainsFunc(args, func(arg any) bool { _, bulk := arg.(array); return bulk }) {
		return explained(ctx, conn, sql, args)
	}
	rows, err := conn.QueryContext(ctx, "EXPLAIN "+sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, rows.Err()
}

// Echo sends PostgreSQL texts in one pipeline and returns what the query makes of
// each.
func (db *DB) Echo(ctx context.Context, query string, texts ...string) (back []string, err error) {
	var list []statement
	for _, t := range texts {
		list = append(list, statement{sql: query, args: []any{t}, each: func(scan func(...any) error) error {
			back = append(back, "")
			return scan(&back[len(back)-1])
		}})
	}
	err = (&reader{db, db.links}).run(ctx, list)
	return back, err
}

// Stumble panics while it reads the first of many answers.
func (db *DB) Stumble(ctx context.Context) error {
	st := statement{sql: "SELECT GENERATE_SERIES(1, 100000)::text", each: func(func(...any) error) error { panic("stumbled") }}
	return (&reader{db, db.links}).run(ctx, []statement{st, st})
}

// explained returns the plan of a statement whose arguments are rows.
func explained(ctx context.Context, conn *sql.Conn, text string, args []any) (lines []string, err error) {
	st := statement{sql: "EXPLAIN " + text, args: args, each: func(scan func(...any) error) error {
		var line string
		err := scan(&line)
		lines = append(lines, line)
		return err
	}}
	err = native(conn, func(c *pgx.Conn) error { return wireOf(c).pipeline(ctx, []statement{st}) })
	return lines, err
}

// Schema returns the tables and indexes as the database has them, for tests.
func (db *DB) Schema(ctx context.Context) (string, error) {
	text := func(s *string) []any { return []any{s} }
	if db.pen != nil {
		list, err := fetch(ctx, db, text, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'goose_%' AND tbl_name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name")
		return strings.Join(list, ";\n") + ";\n", err
	}
	columns, err := fetch(ctx, db, text, `SELECT c.relname || '.' || a.attname || ' ' || FORMAT_TYPE(a.atttypid, a.atttypmod)
			|| CASE WHEN a.attcollation = 0 OR o.collname = 'default' THEN '' ELSE ' COLLATE ' || o.collname END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation o ON o.oid = a.attcollation
		WHERE c.relnamespace = CURRENT_SCHEMA()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND c.relname NOT LIKE 'goose_%' ORDER BY c.relname, a.attnum`)
	if err != nil {
		return "", err
	}
	others, err := fetch(ctx, db, text, `SELECT REPLACE(d, CURRENT_SCHEMA() || '.', '') FROM (
			SELECT indexdef AS d FROM pg_indexes WHERE schemaname = CURRENT_SCHEMA() AND tablename NOT LIKE 'goose_%'
			UNION ALL SELECT c.conrelid::regclass || ' ' || c.conname || ' ' || PG_GET_CONSTRAINTDEF(c.oid) FROM pg_constraint c
				WHERE c.connamespace = CURRENT_SCHEMA()::regnamespace AND c.conrelid::regclass::text NOT LIKE 'goose_%' AND c.contype IN ('p', 'u', 'c')
			UNION ALL SELECT 'fillfactor ' || relname || ' ' || ARRAY_TO_STRING(reloptions, ' ') FROM pg_class WHERE relnamespace = CURRENT_SCHEMA()::regnamespace AND reloptions IS NOT NULL) AS x ORDER BY d COLLATE "C"`)
	return strings.Join(append(columns, others...), "\n") + "\n", err
}
