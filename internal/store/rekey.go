package store

import (
	"context"
	"fmt"
	"strconv"
)

// Progress is told how many rows of a table long work has done so far.
type Progress func(table string, done int64)

// sealedIn names a table with sealed values and the column with the id that each is
// sealed for. Key and, where there is one, number sort and find the rows.
type sealedIn struct{ table, key, number, row string }

var (
	sealedVouchers = sealedIn{"voucher", "id", "", "id"}
	sealedRows     = sealedIn{"import_row", "import", "number", "voucher"}
	allSealed      = []sealedIn{sealedVouchers, {"answer", "answer_key", "", "answer_key"}, sealedRows, {"message", "id", "", "id"}, {"webhook_secret", "id", "", "id"}}
)

// sealedRow is a row whose sealed value, or a fingerprint, is rewritten.
type sealedRow struct {
	key    string
	number int64
	row    string
	sealed string
	old    string
	fresh  string
}

var rewriteTable = &table[sealedRow]{"", 2, []column[sealedRow]{
	text("k", func(r *sealedRow) *string { return &r.key }),
	number("n", func(r *sealedRow) *int64 { return &r.number }),
	text("was", func(r *sealedRow) *string { return &r.old }),
	text("fresh", func(r *sealedRow) *string { return &r.fresh }),
}}

// Reseal calls again with every sealed value and the id it is sealed for, and writes
// what it returns; what comes back the same is left alone. It goes in chunks, so a run
// that was interrupted begins anew and finds less to do. It returns how many it wrote.
func (db *DB) Reseal(ctx context.Context, chunk int, again func(sealed, rowID string) (string, error), progress Progress) (int64, error) {
	written := int64(0)
	for _, t := range allSealed {
		set := "UPDATE " + t.table + " SET sealed = d.fresh FROM %s WHERE " + t.matches() + " AND " + t.table + ".sealed = d.was"
		err := db.eachSealed(ctx, t, chunk, progress, func(rows []sealedRow) error {
			var list []*sealedRow
			for i := range rows {
				r := &rows[i]
				fresh, err := again(r.sealed, r.row)
				if err != nil {
					return err
				}
				if fresh != r.sealed {
					r.old, r.fresh = r.sealed, fresh
					list = append(list, r)
				}
			}
			written += int64(len(list))
			return db.rewrite(ctx, set, list)
		})
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// Refingerprint calls prints with every sealed code and its voucher's id, and puts the
// first fingerprint it returns in place of the others, in the look-up table and in
// imports that are not confirmed. It goes in chunks, as Reseal does.
func (db *DB) Refingerprint(ctx context.Context, chunk int, prints func(sealed, rowID string) ([]string, error), progress Progress) (int64, error) {
	written := int64(0)
	for _, t := range []struct {
		sealedIn
		set string
	}{
		{sealedVouchers, "UPDATE code SET fingerprint = d.fresh FROM %s WHERE code.fingerprint = d.was"},
		{sealedRows, "UPDATE import_row SET fingerprint = d.fresh FROM %s WHERE " + sealedRows.matches() + " AND import_row.fingerprint = d.was"},
	} {
		err := db.eachSealed(ctx, t.sealedIn, chunk, progress, func(rows []sealedRow) error {
			var list []*sealedRow
			for i := range rows {
				all, err := prints(rows[i].sealed, rows[i].row)
				if err != nil {
					return err
				}
				for _, old := range all[1:] {
					list = append(list, &sealedRow{key: rows[i].key, number: rows[i].number, old: old, fresh: all[0]})
				}
			}
			written += int64(len(rows))
			return db.rewrite(ctx, t.set, list)
		})
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// matches finds the row of a sealedRow d.
func (t sealedIn) matches() string {
	cond := t.table + "." + t.key + " = d.k"
	if t.number != "" {
		cond += " AND " + t.table + "." + t.number + " = d.n"
	}
	return cond
}

// eachSealed reads the rows that hold a sealed value, chunk by chunk.
func (db *DB) eachSealed(ctx context.Context, t sealedIn, chunk int, progress Progress, fn func([]sealedRow) error) error {
	number, order, after := "0", t.key, t.key+" > $1 AND $2 >= 0"
	if t.number != "" {
		number, order, after = t.number, t.key+", "+t.number, "("+t.key+", "+t.number+") > ($1, $2)"
	}
	sql := "SELECT " + t.key + ", " + number + ", " + t.row + ", sealed FROM " + t.table + " WHERE " + after + " ORDER BY " + order + " LIMIT " + strconv.Itoa(chunk)
	into := func(r *sealedRow) []any { return []any{&r.key, &r.number, &r.row, &r.sealed} }
	for last, done := (sealedRow{}), int64(0); ; {
		rows, err := fetch(ctx, db, into, sql, last.key, last.number)
		if err != nil || len(rows) == 0 {
			return err
		}
		last, done = rows[len(rows)-1], done+int64(len(rows))
		if err := fn(withSeal(rows)); err != nil {
			return err
		}
		if progress != nil {
			progress(t.table, done)
		}
	}
}

// withSeal leaves out rows without a sealed value, such as faulty lines of an import.
func withSeal(rows []sealedRow) []sealedRow {
	some := rows[:0]
	for _, r := range rows {
		if r.sealed != "" {
			some = append(some, r)
		}
	}
	return some
}

// rewrite changes the rows that still are as they were read.
func (db *DB) rewrite(ctx context.Context, set string, list []*sealedRow) error {
	if len(list) == 0 {
		return nil
	}
	t := rewriteTable.any()
	sql := fmt.Sprintf(set, db.d.rows("d", t.columns, t.kinds))
	return db.apply(ctx, anyNumber(db.d.bulk(sql, t.kinds, nounRows[sealedRow]{rewriteTable, list})))
}
