package coupon

// Table holds the rows of one noun that a batch has locked or made, by key.
type Table[K comparable, R any] map[K]*slot[R]

type slot[R any] struct {
	row            *R
	fresh, changed bool
}

// Load puts a row as the database has it.
func (t Table[K, R]) Load(k K, r *R) { t[k] = &slot[R]{row: r} }

// Row returns the row as of now in the batch, nil when it was not loaded.
func (t Table[K, R]) Row(k K) *R {
	if s := t[k]; s != nil {
		return s.row
	}
	return nil
}

// Fresh reports whether the batch made the row.
func (t Table[K, R]) Fresh(k K) bool {
	s := t[k]
	return s != nil && s.fresh
}

// split returns the rows the batch made and the rows it changed, in no order.
func (t Table[K, R]) split() (fresh, changed []*R) {
	for _, s := range t {
		switch {
		case s.fresh:
			fresh = append(fresh, s.row)
		case s.changed:
			changed = append(changed, s.row)
		}
	}
	return fresh, changed
}

// edits are one command's changes to a table; the table sees them on commit only.
type edits[K comparable, R any] struct {
	keys  []K
	rows  []*R
	fresh []bool
}

// see returns a row to read: the command's own change of it, or the table's.
func (e *edits[K, R]) see(t Table[K, R], k K) *R {
	for i := range e.keys {
		if e.keys[i] == k {
			return e.rows[i]
		}
	}
	return t.Row(k)
}

// edit returns a row to change, nil when there is none.
func (e *edits[K, R]) edit(t Table[K, R], k K) *R {
	for i := range e.keys {
		if e.keys[i] == k {
			return e.rows[i]
		}
	}
	old := t.Row(k)
	if old == nil {
		return nil
	}
	c := *old
	e.put(k, &c, false)
	return &c
}

// add puts a new row.
func (e *edits[K, R]) add(k K, r *R) { e.put(k, r, true) }

func (e *edits[K, R]) put(k K, r *R, fresh bool) {
	e.keys, e.rows, e.fresh = append(e.keys, k), append(e.rows, r), append(e.fresh, fresh)
}

func (e *edits[K, R]) commit(t Table[K, R]) {
	for i, k := range e.keys {
		s := t[k]
		if s == nil {
			s = &slot[R]{}
			t[k] = s
		}
		s.row = e.rows[i]
		if e.fresh[i] {
			s.fresh = true
		} else {
			s.changed = true
		}
	}
}
