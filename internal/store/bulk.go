package store

// insert adds statements that insert the rows.
func insert[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	if len(rows) > 0 {
		*w = append(*w, d.bulk(d.insert(t.any()), t.kinds(), t.of(rows))...)
	}
}

// insertNew inserts the rows whose keys are not there yet.
func insertNew[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	*w = append(*w, anyNumber(d.bulk(d.insert(t.any())+" ON CONFLICT DO NOTHING", t.kinds(), t.of(rows)))...)
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
	sql := d.insert(t.any()) + " ON CONFLICT (" + t.first(t.keys).names("") + ") DO UPDATE SET " + set
	*w = append(*w, d.bulk(sql, t.kinds(), t.of(rows))...)
}

// update sets every column but the keys, which find the row.
func update[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	if len(rows) == 0 {
		return
	}
	last := t.keysLast()
	list := d.bulk(d.update(last.any(), t.keys), last.kinds(), last.of(rows))
	if d.counts {
		list = anyNumber(list)
	}
	*w = append(*w, list...)
}

// remove deletes the rows with these keys; those that are gone already are no fault.
func remove[R any](w *writes, d *dialect, t *table[R], rows []*R) {
	if len(rows) == 0 {
		return
	}
	keys := t.first(t.keys)
	*w = append(*w, anyNumber(d.bulk(d.remove(keys.any()), keys.kinds(), keys.of(rows)))...)
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

// of returns rows of the table for a bulk.
func (t *table[R]) of(list []*R) cargo { return nounRows[R]{t, list} }
