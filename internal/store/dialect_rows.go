package store

import (
	"strconv"
	"strings"
)

// unnestRows is one statement for all rows: an array per column.
func unnestRows(alias string, names []string, k []kind) string {
	types := [...]string{kindText: "text[]", kindNumber: "bigint[]", kindFlag: "boolean[]"}
	var b strings.Builder
	b.WriteString("unnest(")
	for i := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1) + "::" + types[k[i]])
	}
	return b.String() + ") AS " + alias + "(" + strings.Join(names, ", ") + ")"
}

// singleRow is a prepared statement that runs once a row: there is no round trip
// to save inside the process.
func singleRow(alias string, names []string, _ []kind) string {
	var b strings.Builder
	b.WriteString("(SELECT ")
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1) + " AS " + n)
	}
	return b.String() + ") AS " + alias
}

func arrayBulk(sql string, k []kind, rows [][]any) []statement {
	args := make([]any, len(k))
	for i, kind := range k {
		switch kind {
		case kindText:
			args[i] = gather[string](rows, i)
		case kindNumber:
			args[i] = gather[int64](rows, i)
		case kindFlag:
			args[i] = gather[bool](rows, i)
		}
	}
	return []statement{{sql: sql, args: args, rows: int64(len(rows))}}
}

func gather[T any](rows [][]any, i int) []T {
	out := make([]T, len(rows))
	for r := range rows {
		out[r] = rows[r][i].(T)
	}
	return out
}

func rowByRow(sql string, _ []kind, rows [][]any) []statement {
	out := make([]statement, len(rows))
	for i := range rows {
		out[i] = statement{sql: sql, args: rows[i], rows: 1}
	}
	return out
}

// On PostgreSQL one statement writes all rows.

func insertArrays(t anyTable) string {
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") SELECT * FROM " + unnestRows("d", t.columns, t.kinds)
}

// updateArrays divides by zero when it does not meet as many rows as it was given, so
// that what travels with it cannot be committed.
func updateArrays(t anyTable, keys int) string {
	others := len(t.columns) - keys
	return "WITH met AS (UPDATE " + t.name + " SET " + equal(", ", "", "d.", t.columns[:others]) + " FROM " + unnestRows("d", t.columns, t.kinds) +
		" WHERE " + equal(" AND ", t.name+".", "d.", t.columns[others:]) + " RETURNING 1)" +
		" SELECT 1 / (CASE WHEN COUNT(*) = CARDINALITY($1) THEN 1 ELSE 0 END) FROM met"
}

func removeArrays(t anyTable) string {
	return "DELETE FROM " + t.name + " WHERE (" + strings.Join(t.columns, ", ") + ") IN (SELECT * FROM " + unnestRows("d", t.columns, t.kinds) + ")"
}

// equal lists "a = b" for each column.
func equal(between, left, right string, columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = left + c + " = " + right + c
	}
	return strings.Join(list, between)
}

// On SQLite a statement writes one row. Its places have no names: the driver would
// look each of them up for every row.

func insertValues(t anyTable) string {
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
}

func updateValues(t anyTable, keys int) string {
	others := len(t.columns) - keys
	return "UPDATE " + t.name + " SET " + strings.Join(t.columns[:others], " = ?, ") + " = ? WHERE " + strings.Join(t.columns[others:], " = ? AND ") + " = ?"
}

func removeValues(t anyTable) string {
	return "DELETE FROM " + t.name + " WHERE " + strings.Join(t.columns, " = ? AND ") + " = ?"
}
