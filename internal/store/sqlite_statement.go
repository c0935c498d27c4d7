package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"math"
	"strconv"

	"zombiezen.com/go/sqlite"
)

// ready is a prepared statement.
type ready struct {
	*sqlite.Stmt
	places []int // which argument each of its places takes, from 0
	bound  []any // what each place has
	writes bool  // a table that the engine reads, or nobody knows what
}

// newReady finds out where the arguments go. A place is either called after its argument, such
// as $2, which SQLite takes for a name, or has no name and takes the next.
func newReady(text string, made *sqlite.Stmt) (*ready, error) {
	n := made.BindParamCount()
	r := &ready{Stmt: made, places: make([]int, n), bound: make([]any, n), writes: mayWrite(text)}
	for i := range r.places {
		r.places[i] = i
		if name := made.BindParamName(i + 1); name != "" {
			number, err := strconv.Atoi(name[1:])
			if err != nil || number < 1 {
				return nil, fmt.Errorf("store: a place is called %s", name)
			}
			r.places[i] = number - 1
		}
	}
	return r, nil
}

// bind gives every place its argument, unless it has it: rows have much in common.
func (r *ready) bind(args int, value func(i int) any) error {
	for i, from := range r.places {
		if from >= args {
			return fmt.Errorf("store: %d arguments, and a place for one more", args)
		}
		v := value(from)
		if v != nil && v == r.bound[i] {
			continue
		}
		r.bound[i] = v
		switch v := v.(type) {
		case string:
			if len(v) > math.MaxInt32 { // its length would be taken for another
				return fmt.Errorf("store: a text of %d bytes is no argument", len(v))
			}
			r.BindText(i+1, v)
		case int64:
			r.BindInt64(i+1, v)
		case bool:
			r.BindBool(i+1, v)
		default:
			return fmt.Errorf("store: a %T is no argument", v)
		}
	}
	return nil
}

// done ends a run; what was written may be large.
func (r *ready) done() error {
	clear(r.bound)
	return cmp.Or(r.Reset(), r.ClearBindings())
}

// query reads every row.
func (r *ready) query(st *statement) error {
	for {
		more, err := r.Step()
		if err != nil || !more {
			return err
		}
		if err := st.each(r.take); err != nil {
			return err
		}
	}
}

// take reads the row that a statement is at.
func (r *ready) take(dest ...any) error {
	if n := r.ColumnCount(); len(dest) != n {
		return fmt.Errorf("store: %d columns were read for %d", n, len(dest))
	}
	for i, to := range dest {
		if err := r.takeOne(i, to); err != nil {
			return err
		}
	}
	return nil
}

func (r *ready) takeOne(i int, to any) error {
	kind, ok := r.ColumnType(i), true
	switch to := to.(type) {
	case *string:
		if ok = kind == sqlite.TypeText; ok {
			*to = r.ColumnText(i)
		}
	case *int64:
		if ok = kind == sqlite.TypeInteger; ok {
			*to = r.ColumnInt64(i)
		}
	case *bool:
		if ok = kind == sqlite.TypeInteger; ok {
			*to = r.ColumnInt64(i) != 0
		}
	case *any: // which nobody reads
	case sql.Scanner:
		switch kind {
		case sqlite.TypeText:
			return to.Scan(r.ColumnText(i))
		case sqlite.TypeInteger:
			return to.Scan(r.ColumnInt64(i))
		}
		ok = false
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("store: %v was read for a %T", kind, to)
	}
	return nil
}
