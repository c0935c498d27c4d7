package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// ErrNotEmpty is what a copy gets whose target has rows.
var ErrNotEmpty = fault.New(fault.Conflict, "not_empty", "The database to copy to is not empty.")

// anyTable is a noun's columns without the noun's type.
type anyTable struct {
	name    string
	columns []string
	kinds   []kind
}

func (t *table[R]) any() anyTable {
	names := make([]string, len(t.cols))
	for i, c := range t.cols {
		names[i] = c.name
	}
	return anyTable{t.name, names, t.kinds()}
}

// everyTable lists all there is; a test compares it with the schema.
func everyTable() []anyTable {
	return []anyTable{
		organisationTable.any(), locationTable.any(), staffTable.any(), sessionTable.any(), apiKeyTable.any(), campaignTable.any(), termsTable.any(), batchTable.any(),
		voucherTable.any(), codeTable.any(), customerTable.any(), customerKeyTable.any(), loginTable.any(), balanceTable.any(), counterTable.any(), redemptionTable.any(), checkoutTable.any(),
		reversalTable.any(), holdTable.any(), reservationTable.any(), refusalTable.any(), entryTable.any(), eventTable.any(), markTable.any(), answerTable.any(), jobTable.any(),
		leaseTable.any(), messageTable.any(), noteTable.any(), signInCodeTable.any(), attemptsTable.any(), importTable.any(), importRowTable.any(),
		webhookTable.any(), webhookSecretTable.any(), queueTable.any(), deliveryTable.any(), attemptTable.any(),
	}
}

// snapshot is a reading transaction that sees one moment: it is what it says on
// PostgreSQL, and every reading transaction of SQLite sees one anyway.
var snapshot = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

// Copy copies every row to an empty database with the same schema, as of one moment
// and in one transaction: all of it or nothing. Progress is told the rows done so far.
func Copy(ctx context.Context, from, to *DB, progress Progress) error {
	read, err := from.read.BeginTx(ctx, snapshot)
	if err != nil {
		return from.d.classify(err)
	}
	defer func() { _ = read.Rollback() }() // it has only read
	err = to.within(ctx, func(s session) error {
		if err := empty(ctx, s); err != nil {
			return err
		}
		for _, t := range everyTable() {
			if err := t.copy(ctx, read, to.d, s, progress); err != nil {
				return fmt.Errorf("store: copy %s: %w", t.name, err)
			}
		}
		return nil
	})
	if err == nil && to.pen == nil {
		_, err = to.write.ExecContext(ctx, "ANALYZE") // or the plans would be those for empty tables
	}
	return err
}

func empty(ctx context.Context, s session) error {
	for _, t := range everyTable() {
		some := false
		err := s.run(ctx, []statement{{sql: "SELECT 1 FROM " + t.name + " LIMIT 1", each: func(scan func(...any) error) error {
			some = true
			return scan(new(int64))
		}}})
		if err != nil {
			return err
		}
		if some {
			return ErrNotEmpty.Saying("The database to copy to is not empty: there are rows in " + t.name + ".")
		}
	}
	return nil
}

// copy streams one table, a bulk at a time.
func (t anyTable) copy(ctx context.Context, read *sql.Tx, d *dialect, s session, progress Progress) error {
	rows, err := read.QueryContext(ctx, "SELECT "+strings.Join(t.columns, ", ")+" FROM "+t.name)
	if err != nil {
		return err
	}
	defer rows.Close()
	fresh := d.fresh(t)
	done, bulk := int64(0), make(copied, 0, bulkRows)
	flush := func() error {
		if err := s.run(ctx, []statement{carried(fresh, bulk)}); err != nil {
			return err
		}
		done += int64(len(bulk))
		bulk = bulk[:0]
		progress(t.name, done)
		return nil
	}
	for rows.Next() {
		row, err := t.scan(rows)
		if err != nil {
			return err
		}
		if bulk = append(bulk, row); len(bulk) == bulkRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil || len(bulk) == 0 {
		return err
	}
	return flush()
}

// scan reads a row as what it travels as.
func (t anyTable) scan(rows *sql.Rows) ([]any, error) {
	row, dest := make([]any, len(t.kinds)), make([]any, len(t.kinds))
	for i, k := range t.kinds {
		switch k {
		case kindText:
			dest[i] = new(string)
		case kindNumber:
			dest[i] = new(int64)
		case kindFlag:
			dest[i] = new(bool)
		}
	}
	if err := rows.Scan(dest...); err != nil {
		return nil, err
	}
	for i := range dest {
		switch v := dest[i].(type) {
		case *string:
			row[i] = *v
		case *int64:
			row[i] = *v
		case *bool:
			row[i] = *v
		}
	}
	return row, nil
}

// copied are rows as they were scanned.
type copied [][]any

func (c copied) count() int              { return len(c) }
func (c copied) fields() int             { return len(c[0]) }
func (c copied) value(row, col int) any  { return c[row][col] }
func (c copied) part(from, to int) cargo { return c[from:to] }

func (c copied) append(buf []byte, row, col int) []byte {
	switch v := c[row][col].(type) {
	case int64:
		return appendNumber(buf, v)
	case bool:
		return appendFlag(buf, v)
	default:
		return appendText(buf, v.(string))
	}
}
