package store

import (
	"slices"
	"strconv"
)

// bulkPlan is how rows of a table are written: made once, for putting a text together takes
// longer than a small batch needs for its rows.
type bulkPlan[R any] struct {
	sql   string
	kinds []kind
	t     *table[R] // the columns in the order of the arguments
}

// planKey names a plan, or a query, of a table.
type planKey struct {
	table    any // *table[R]
	how, key string
}

// planned returns what make makes, which is kept.
func planned[P any](d *dialect, table any, how, key string, make func() P) P {
	k := planKey{table, how, key}
	if p, ok := d.plans.Load(k); ok {
		return p.(P)
	}
	p := make()
	d.plans.Store(k, p)
	return p
}

// freshText returns the statement that inserts n rows that are carried.
func freshText[R any](d *dialect, t *table[R], n int) string {
	if n == 1 {
		return planned(d, t, "fresh", "one", func() string { return d.one(t.any()) })
	}
	return planned(d, t, "fresh", "", func() string { return d.fresh(t.any()) })
}

func insertPlan[R any](d *dialect, t *table[R]) bulkPlan[R] {
	return planned(d, t, "insert", "", func() bulkPlan[R] { return bulkPlan[R]{d.insert(t.any()), t.kinds(), t} })
}

// updatePlan takes what the rows have in the last n columns once, behind the arguments for the others.
func updatePlan[R any](d *dialect, t *table[R], n int) bulkPlan[R] {
	return planned(d, t, "update", strconv.Itoa(n), func() bulkPlan[R] {
		own := len(t.cols) - n
		last := t.first(own).keysLast()
		return bulkPlan[R]{d.update(last.any(), t.keys, t.any().columns[own:]), last.kinds(), last}
	})
}

func removePlan[R any](d *dialect, t *table[R]) bulkPlan[R] {
	return planned(d, t, "remove", "", func() bulkPlan[R] {
		keys := t.first(t.keys)
		return bulkPlan[R]{d.remove(keys.any()), keys.kinds(), keys}
	})
}

// rows returns the statements that write rows, with more behind the text.
func (p bulkPlan[R]) rows(d *dialect, rows []*R, more string) []statement {
	return d.bulk(p.sql+more, p.kinds, nounRows[R]{p.t, rows})
}

// insert adds statements that insert the rows.
func insert[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	if len(rows) > 0 {
		*w = append(*w, carried(freshText(d, t, len(rows)), nounRows[R]{t, rows}))
	}
}

// insertNew inserts the rows whose keys are not there yet.
func insertNew[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	*w = append(*w, anyNumber(insertPlan(d, t).rows(d, rows, " ON CONFLICT DO NOTHING"))...)
}

// replace inserts rows, in place of those that have the same keys.
func replace[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	set := ""
	for i, c := range t.cols[t.keys:] {
		if i > 0 {
			set += ", "
		}
		set += c.name + " = excluded." + c.name
	}
	*w = append(*w, insertPlan(d, t).rows(d, rows, " ON CONFLICT ("+t.first(t.keys).names("")+") DO UPDATE SET "+set)...)
}

// update sets every column but the keys, which find the row.
func update[R any](w *writes, d *dialect, t *table[R], rows []*R) { updateWith(w, d, t, nil, rows) }

// updateSharing is update with one value for each of the last columns in which all rows agree.
// PostgreSQL makes an array of every other column and takes it apart, which takes as long as to
// write the rows.
func updateSharing[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	var shared []column[R]
	if d.many {
		shared = agreeing(t.cols[t.keys:], rows)
	}
	updateWith(w, d, t, shared, rows)
}

// updateWith is update with one value for each of shared, which are the table's last columns.
func updateWith[R any](w *writes, d *dialect, t *table[R], shared []column[R], rows []*R) {
	if len(rows) == 0 {
		return
	}
	list := updatePlan(d, t, len(shared)).rows(d, rows, "")
	for i := range list {
		for _, c := range shared {
			list[i].args = append(list[i].args, c.value(rows[0]))
		}
	}
	if d.many {
		list = anyNumber(list)
	}
	*w = append(*w, list...)
}

// agreeing returns the last columns, as many as there are, in which the rows have the same.
func agreeing[R any](cols []column[R], rows []*R) []column[R] {
	n := len(cols)
	for n > 0 && !slices.ContainsFunc(rows, func(r *R) bool { return !cols[n-1].same(rows[0], r) }) {
		n--
	}
	return cols[n:]
}

// remove deletes the rows with these keys; those that are gone already are no fault.
func remove[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	if len(rows) > 0 {
		*w = append(*w, anyNumber(removePlan(d, t).rows(d, rows, ""))...)
	}
}

// anyNumber lets statements change as many rows as there are.
func anyNumber(list []statement) []statement {
	for i := range list {
		list[i].rows = 0
	}
	return list
}

// first returns the first n columns as a table of their own.
func (t *table[R]) first(n int) *table[R] {
	return &table[R]{name: t.name, keys: t.keys, cols: t.cols[:n]}
}

// keysLast returns the table with its keys behind the other columns, the order in
// which an update names them.
func (t *table[R]) keysLast() *table[R] {
	cols := make([]column[R], 0, len(t.cols))
	return &table[R]{name: t.name, keys: t.keys, cols: append(append(cols, t.cols[t.keys:]...), t.cols[:t.keys]...)}
}

func (t *table[R]) kinds() []kind {
	kinds := make([]kind, len(t.cols))
	for i, c := range t.cols {
		kinds[i] = c.kind
	}
	return kinds
}
