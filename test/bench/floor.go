package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/testenv"
)

// floor is a database with the same schema, which a plain program without the
// engine fills and uses: the rows are those that Scrip has written for the same.
type floor struct {
	sqlite  bool
	url     string
	db      *sql.DB
	one     *clerk // SQLite has one writer, which all share
	drop    func() error
	rows    map[string]template
	prints  []string // fingerprints of vouchers that are not used yet
	holders []string
}

// template is a row of the program's: new rows are like it.
type template struct {
	table   string
	columns []string
	values  []any
}

// newFloor makes the database and learns from a used one what rows look like.
func newFloor(ctx context.Context, p *place) (*floor, error) {
	f := &floor{sqlite: p.url == "", drop: func() error { return nil }, rows: map[string]template{}}
	driver, source := "pgx", ""
	if f.sqlite {
		f.url = "sqlite:" + filepath.Join(p.data, "floor", "scrip.db")
		driver, source = "sqlite", "file:"+filepath.Join(p.data, "floor", "scrip.db")+"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(4000)"
	} else {
		var err error
		if f.url, f.drop, err = testenv.NewSchema(os.Getenv(testenv.PostgresVar)); err != nil {
			return nil, err
		}
		source = f.url
	}
	db, err := store.Open(ctx, store.Options{URL: f.url})
	if err != nil {
		return nil, err
	}
	_, _, err = db.Migrate(ctx)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	if f.db, err = sql.Open(driver, source); err != nil {
		return nil, err
	}
	if f.sqlite {
		f.db.SetMaxOpenConns(1)
	}
	if err := f.learn(ctx, p); err != nil {
		return nil, err
	}
	if f.sqlite {
		f.one, err = f.clerk(ctx)
	}
	return f, err
}

func (f *floor) close() error { return errors.Join(f.db.Close(), f.drop()) }

// learn reads one row of each table from the program's own database.
func (f *floor) learn(ctx context.Context, p *place) error {
	driver, source := "pgx", p.url
	if f.sqlite {
		driver, source = "sqlite", "file:"+filepath.Join(p.data, "scrip.db")+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	defer db.Close()
	for table, where := range map[string]string{
		"voucher": "uses = 0", "code": "voucher <> ''", "redemption": "voucher <> ''", "answer": "sealed <> ''", "balance": "minor > 0",
		"entry": "redemption <> ''", "customer": "id <> ''",
	} {
		t, err := oneRow(ctx, db, table, where)
		if err != nil {
			return err
		}
		f.rows[table] = t
	}
	return nil
}

func oneRow(ctx context.Context, db *sql.DB, table, where string) (template, error) {
	t := template{table: table}
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+table+" WHERE "+where+" LIMIT 1")
	if err != nil {
		return t, err
	}
	defer rows.Close()
	if t.columns, err = rows.Columns(); err != nil {
		return t, err
	}
	if !rows.Next() {
		return t, fmt.Errorf("the program wrote no row of %s: %w", table, errors.Join(rows.Err(), sql.ErrNoRows))
	}
	t.values = make([]any, len(t.columns))
	dest := make([]any, len(t.columns))
	for i := range dest {
		dest[i] = &t.values[i]
	}
	return t, rows.Scan(dest...)
}

// like returns the row's values with some of them changed.
func (t template) like(change map[string]any) []any {
	out := append([]any{}, t.values...)
	for i, c := range t.columns {
		if v, ok := change[c]; ok {
			out[i] = v
		}
	}
	return out
}

// length is how long the row's text is.
func (t template) length(column string) int {
	return len(t.values[slices.Index(t.columns, column)].(string))
}

func (t template) insert() string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES (", t.table, strings.Join(t.columns, ", "))
	for i := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// random returns n characters that do not compress.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}

// load writes n vouchers with their codes in the quickest way the database has:
// COPY, or one transaction of prepared inserts.
func (f *floor) load(ctx context.Context, n int) error {
	batch := id.New("bat")
	voucher, code := f.rows["voucher"], f.rows["code"]
	ids, prints := make([]string, n), make([]string, n)
	for i := range n {
		ids[i], prints[i] = id.New("vch"), random(24)
	}
	vouchers := func(i int) []any {
		return voucher.like(map[string]any{"id": ids[i], "batch": batch, "sequence": int64(i), "serial": fmt.Sprintf("FLOOR-%09d", i), "sealed": random(56), "tail": random(4)})
	}
	codes := func(i int) []any { return code.like(map[string]any{"fingerprint": prints[i], "voucher": ids[i]}) }
	f.prints = append(f.prints, prints...)
	return f.copyAll(ctx, n, []template{voucher, code}, []func(int) []any{vouchers, codes})
}

// analyze tells the planner what was loaded: the plain program's plans are made once, and
// made on empty tables they would scan for ever.
func (f *floor) analyze(ctx context.Context) error {
	if f.sqlite {
		return nil
	}
	_, err := f.db.ExecContext(ctx, "ANALYZE")
	return err
}

// people writes customers who own a balance.
func (f *floor) people(ctx context.Context, n int) error {
	for range n {
		f.holders = append(f.holders, id.New("cus"))
	}
	return f.copyAll(ctx, n, []template{f.rows["balance"]}, []func(int) []any{func(i int) []any {
		return f.rows["balance"].like(map[string]any{"customer": f.holders[i], "minor": int64(0)})
	}})
}

func (f *floor) copyAll(ctx context.Context, n int, tables []template, rows []func(int) []any) error {
	if f.sqlite {
		return f.one.insertAll(ctx, n, tables, rows)
	}
	conn, err := pgx.Connect(ctx, f.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for t, table := range tables {
		next := func(i int) ([]any, error) { return rows[t](i), nil }
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{table.table}, table.columns, pgx.CopyFromSlice(n, next)); err != nil {
			return err
		}
	}
	return nil
}
