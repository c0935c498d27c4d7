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

// cargo is the rows that a bulk writes.
type cargo interface {
	count() int
	fields() int
	value(row, col int) any                 // as an argument of a statement
	append(buf []byte, row, col int) []byte // as an element of an array
	part(from, to int) cargo
}

// arrayRows is how many rows one statement writes: of more, the database writes the first
// while the next are put together.
const arrayRows = 400

func arrayBulk(sql string, k []kind, r cargo) []statement {
	var out []statement
	for from, n := 0, r.count(); from < n; from += arrayRows {
		part := r.part(from, min(from+arrayRows, n))
		args := make([]any, len(k))
		for i := range k {
			args[i] = array{part, i, k[i]}
		}
		out = append(out, statement{sql: sql, args: args, rows: int64(part.count())})
	}
	return out
}

// carried is one statement that has its rows with it, until it gets to each.
func carried(sql string, r cargo) statement {
	return statement{sql: sql, cargo: r, rows: int64(r.count())}
}

func rowByRow(sql string, _ []kind, r cargo) []statement { return []statement{carried(sql, r)} }

// nounRows are rows of a noun.
type nounRows[R any] struct {
	t    *table[R]
	rows []*R
}

func (n nounRows[R]) count() int { return len(n.rows) }

func (n nounRows[R]) fields() int { return len(n.t.cols) }

func (n nounRows[R]) value(row, col int) any { return n.t.cols[col].value(n.rows[row]) }

func (n nounRows[R]) part(from, to int) cargo { return nounRows[R]{n.t, n.rows[from:to]} }

func (n nounRows[R]) append(buf []byte, row, col int) []byte {
	switch c := &n.t.cols[col]; c.kind {
	case kindNumber:
		return appendNumber(buf, c.number(n.rows[row]))
	case kindFlag:
		return appendFlag(buf, c.flag(n.rows[row]))
	default:
		return appendText(buf, c.text(n.rows[row]))
	}
}

// On PostgreSQL one statement writes many rows.

func insertArrays(t anyTable) string {
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") SELECT * FROM " + unnestRows("d", t.columns, t.kinds)
}

// insertOne inserts one row. PostgreSQL says at once that the rows of a COPY may come, which takes
// longer than to insert one.
func insertOne(t anyTable) string {
	places := make([]string, len(t.columns))
	for i := range places {
		places[i] = "$" + strconv.Itoa(i+1)
	}
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
}

// updateArrays divides by zero when it does not meet as many rows as it was given, so
// that what travels with it cannot be committed.
func updateArrays(t anyTable, keys int, shared []string) string {
	others := len(t.columns) - keys
	set := equals("", "d.", t.columns[:others])
	for i, c := range shared {
		set = append(set, c+" = $"+strconv.Itoa(len(t.columns)+1+i))
	}
	return "WITH met AS (UPDATE " + t.name + " SET " + strings.Join(set, ", ") + " FROM " + unnestRows("d", t.columns, t.kinds) +
		" WHERE " + strings.Join(equals(t.name+".", "d.", t.columns[others:]), " AND ") + " RETURNING 1)" +
		" SELECT 1 / (CASE WHEN COUNT(*) = CARDINALITY($1) THEN 1 ELSE 0 END) FROM met"
}

func removeArrays(t anyTable) string {
	return "DELETE FROM " + t.name + " WHERE (" + strings.Join(t.columns, ", ") + ") IN (SELECT * FROM " + unnestRows("d", t.columns, t.kinds) + ")"
}

// equals lists "a = b" for each column.
func equals(left, right string, columns []string) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = left + c + " = " + right + c
	}
	return list
}

// On SQLite a statement writes one row.

func insertValues(t anyTable) string {
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
}

func updateValues(t anyTable, keys int, _ []string) string {
	others := len(t.columns) - keys
	return "UPDATE " + t.name + " SET " + strings.Join(t.columns[:others], " = ?, ") + " = ? WHERE " + strings.Join(t.columns[others:], " = ? AND ") + " = ?"
}

func removeValues(t anyTable) string {
	return "DELETE FROM " + t.name + " WHERE " + strings.Join(t.columns, " = ? AND ") + " = ?"
}
