package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
)

// The sizes of a page.
const (
	pageDefault = 50
	pageMax     = 200
)

// find is a query in the making.
type find struct {
	from  string // SELECT … FROM …
	conds []string
	args  []any
}

// arg adds an argument and returns its placeholder.
func (f *find) arg(v any) string {
	f.args = append(f.args, v)
	return "$" + strconv.Itoa(len(f.args))
}

// fill puts a placeholder for the next of args in place of each ?.
func (f *find) fill(text string, args ...any) string {
	for _, v := range args {
		text = strings.Replace(text, "?", f.arg(v), 1)
	}
	return text
}

// where adds a condition; each ? in it stands for the next of args.
func (f *find) where(cond string, args ...any) { f.conds = append(f.conds, f.fill(cond, args...)) }

// same asks for a value, unless it is "".
func same[S ~string](f *find, column string, value S) {
	if value != "" {
		f.where(column+" = ?", string(value))
	}
}

// owned is same for a column with a partial index, which the planner takes only
// when it sees the index's condition.
func owned[S ~string](f *find, column string, value S) {
	if value != "" {
		f.where(column+" = ? AND "+column+" <> ''", string(value))
	}
}

// between asks for times from from on and before to; zero times mean no end.
func (f *find) between(column string, from, to time.Time) {
	if !from.IsZero() {
		f.where(column+" >= ?", micros(from))
	}
	if !to.IsZero() {
		f.where(column+" < ?", micros(to))
	}
}

// idBetween is between by ids, which begin with their time: their index has the list.
func idBetween(f *find, column, prefix string, from, to time.Time) {
	if !from.IsZero() {
		f.where(column+" >= ?", id.Floor(prefix, from))
	}
	if !to.IsZero() {
		f.where(column+" < ?", id.Floor(prefix, to))
	}
}

// begins returns the condition that a column begins with text, which an index can serve.
func (f *find) begins(column, text string) string {
	return f.fill("("+column+" >= ? AND "+column+" < ?)", text, beyond(text))
}

// sql returns the query with its conditions.
func (f *find) sql() string {
	if len(f.conds) == 0 {
		return f.from
	}
	return f.from + " WHERE " + strings.Join(f.conds, " AND ")
}

// by is one column that a list is sorted by.
type by struct {
	column string
	kind   kind
}

// order sorts a list; its columns together are unique, and all go one way.
type order struct {
	by    []by
	desc  bool
	after func(f *find, last []any, desc bool) // instead of comparing the columns as one
	sort  []string                             // what it is sorted by instead of the columns, to the same effect
}

// than is how what comes later compares.
func than(desc bool) string {
	if desc {
		return "<"
	}
	return ">"
}

func newest(columns ...by) order { return order{by: columns, desc: true} }
func oldest(columns ...by) order { return order{by: columns} }

// from asks for what a page begins with.
func (o *order) from(f *find, p coupon.Paging) error {
	last, err := o.cursor(p)
	if err == nil {
		o.behind(f, last)
	}
	return err
}

// cursor returns the place that a page begins behind, nil for the first page. A page before
// a place goes the other way, the nearest first.
func (o *order) cursor(p coupon.Paging) ([]any, error) {
	cursor, name := p.After, "after"
	if p.Before != "" {
		cursor, name, o.desc = p.Before, "before", !o.desc
	}
	if cursor == "" {
		return nil, nil
	}
	last, err := o.read(cursor)
	if err != nil {
		return nil, fault.Field(name, "This is not a place in this list.").Because(err)
	}
	return last, nil
}

// behind asks for what comes behind a place; nil is no place.
func (o *order) behind(f *find, last []any) {
	if last == nil {
		return
	}
	if o.after != nil {
		o.after(f, last, o.desc)
		return
	}
	names, marks := make([]string, len(o.by)), make([]string, len(o.by))
	for i := range o.by {
		names[i], marks[i] = o.by[i].column, f.arg(last[i])
	}
	f.conds = append(f.conds, "("+strings.Join(names, ", ")+") "+than(o.desc)+" ("+strings.Join(marks, ", ")+")")
}

// read opens a cursor: the sorted columns of the last row that was shown.
func (o *order) read(cursor string) ([]any, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, err
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	if len(parts) != len(o.by) {
		return nil, strconv.ErrSyntax
	}
	last := make([]any, len(parts))
	for i := range parts {
		if last[i], err = readPart(o.by[i].kind, parts[i]); err != nil {
			return nil, err
		}
	}
	return last, nil
}

func readPart(k kind, part json.RawMessage) (any, error) {
	if k == kindNumber {
		var n int64
		err := json.Unmarshal(part, &n)
		return n, err
	}
	var s string
	err := json.Unmarshal(part, &s)
	if err == nil && (!utf8.ValidString(s) || strings.ContainsRune(s, 0)) {
		err = strconv.ErrSyntax // no database takes it
	}
	return s, err
}

func cursorOf(last []any) string { return base64.RawURLEncoding.EncodeToString([]byte(encode(last))) }

// sql returns the ORDER BY.
func (o *order) sql() string {
	names := slices.Clone(o.sort)
	for i := range o.by {
		if o.sort == nil {
			names = append(names, o.by[i].column)
		}
	}
	way := ""
	if o.desc {
		way = " DESC"
	}
	return " ORDER BY " + strings.Join(names, way+", ") + way
}

func pageSize(limit int) int {
	switch {
	case limit <= 0:
		return pageDefault
	case limit > pageMax:
		return pageMax
	}
	return limit
}

// listing is a list of which pages are read.
type listing[R any] struct {
	find
	order order
	into  func(*R) []any // where a row's columns go
	key   func(*R) []any // the sorted columns of a row
	read  func(*R)       // what is to be done with a row that was read; nil: nothing
}

// rows reads the rows of a page and one more.
func (l *listing[R]) rows(ctx context.Context, db *DB, p coupon.Paging) ([]R, error) {
	if err := l.order.from(&l.find, p); err != nil {
		return nil, err
	}
	return l.first(ctx, db, pageSize(p.Limit)+1)
}

// first reads the first rows.
func (l *listing[R]) first(ctx context.Context, db *DB, n int) ([]R, error) {
	rows, err := fetch(ctx, db, l.into, l.sql()+l.order.sql()+" LIMIT "+strconv.Itoa(n), l.args...)
	for i := range rows {
		if l.read != nil {
			l.read(&rows[i])
		}
	}
	return rows, err
}

// page reads one page and one row more, to know whether there is another.
func page[R any](ctx context.Context, db *DB, l *listing[R], p coupon.Paging) (coupon.Page[R], error) {
	rows, err := l.rows(ctx, db, p)
	return cut(rows, pageSize(p.Limit), l.key, p), err
}

// pageOf is page of several lists that are sorted alike, put together.
func pageOf[R any](ctx context.Context, db *DB, lists []*listing[R], p coupon.Paging, compare func(a, b *R) int) (coupon.Page[R], error) {
	var rows []R
	err := db.atOnce(ctx, func(ctx context.Context) (err error) {
		rows, err = together(ctx, lists, compare, func(ctx context.Context, l *listing[R]) ([]R, error) { return l.rows(ctx, db, p) })
		return err
	})
	limit := pageSize(p.Limit)
	return cut(rows[:min(limit+1, len(rows))], limit, lists[0].key, p), err
}

// together reads lists that are sorted alike and sorts what they give.
func together[R any](ctx context.Context, lists []*listing[R], compare func(a, b *R) int, read func(context.Context, *listing[R]) ([]R, error)) ([]R, error) {
	var all []R
	for _, l := range lists {
		rows, err := read(ctx, l)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b R) int {
		if lists[0].order.desc {
			return compare(&b, &a)
		}
		return compare(&a, &b)
	})
	return all, nil
}

// cut drops what was read beyond the page and says where to go on, both ways.
func cut[R any](rows []R, limit int, key func(*R) []any, p coupon.Paging) coupon.Page[R] {
	more := len(rows) > limit
	rows = rows[:min(limit, len(rows))]
	out := coupon.Page[R]{Rows: rows}
	if len(rows) == 0 {
		return out
	}
	back := p.Before != ""
	if back {
		slices.Reverse(rows)
	}
	if more || back {
		out.Next = cursorOf(key(&rows[len(rows)-1]))
	}
	if back && more || !back && p.After != "" {
		out.Prev = cursorOf(key(&rows[0]))
	}
	return out
}

// moment is the key of a reading transaction in a context.
type moment struct{}

// atOnce has what fn fetches with its context be as it was at one moment.
func (db *DB) atOnce(ctx context.Context, fn func(ctx context.Context) error) error {
	if ctx.Value(moment{}) != nil {
		return fn(ctx)
	}
	tx, err := db.read.BeginTx(ctx, snapshot)
	if err != nil {
		return db.d.classify(err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	return fn(context.WithValue(ctx, moment{}, tx))
}

// fetch reads rows from the reading pool.
func fetch[R any](ctx context.Context, db *DB, into func(*R) []any, text string, args ...any) ([]R, error) {
	if db.asked != nil {
		db.asked(text, args)
	}
	query := db.read.QueryContext
	if tx, ok := ctx.Value(moment{}).(*sql.Tx); ok {
		query = tx.QueryContext
	}
	rows, err := query(ctx, text, args...)
	if err != nil {
		return nil, db.d.classify(err)
	}
	defer rows.Close()
	var out []R
	for rows.Next() {
		var r R
		if err := rows.Scan(into(&r)...); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, db.d.classify(rows.Err())
}

// query reads the rows of a noun from the reading pool.
func query[R any](ctx context.Context, db *DB, t *table[R], tail string, args ...any) ([]R, error) {
	return fetch(ctx, db, t.into, "SELECT "+t.names("")+" FROM "+t.name+" "+tail, args...)
}

// one returns the only row, or the fault that there is no such noun.
func one[R any](noun string, rows []R, err error) (R, error) {
	var none R
	switch {
	case err != nil:
		return none, err
	case len(rows) == 0:
		return none, missing(noun)
	}
	return rows[0], nil
}

func missing(noun string) error {
	return fault.New(fault.NotFound, "not_found", "There is no such "+noun+".")
}

// figure reads one number.
func figure(ctx context.Context, db *DB, sql string, args ...any) (int64, error) {
	rows, err := fetch(ctx, db, func(n *int64) []any { return []any{n} }, sql, args...)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0], nil
}
