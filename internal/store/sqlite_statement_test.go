package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
)

func openSlips(t *testing.T) *sqliteSession {
	t.Helper()
	s, err := connectSQLite(filepath.Join(t.TempDir(), "slips.db"), []string{"journal_mode(wal)"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	runOn(t, s, statement{sql: "CREATE TABLE slip (id TEXT PRIMARY KEY, said TEXT NOT NULL, n BIGINT NOT NULL, done BOOLEAN NOT NULL) WITHOUT ROWID"})
	return s
}

func runOn(t *testing.T, s *sqliteSession, list ...statement) {
	t.Helper()
	if err := s.run(context.Background(), list); err != nil {
		t.Fatal(err)
	}
}

type slip struct {
	id, said string
	n        int64
	done     bool
}

var slipTable = &table[slip]{"slip", 1, []column[slip]{
	text("id", func(n *slip) *string { return &n.id }),
	text("said", func(n *slip) *string { return &n.said }),
	number("n", func(n *slip) *int64 { return &n.n }),
	flag("done", func(n *slip) *bool { return &n.done }),
}}

func slipsOf(t *testing.T, s *sqliteSession, where string, args ...any) []slip {
	t.Helper()
	var out []slip
	runOn(t, s, statement{sql: "SELECT id, said, n, done FROM slip " + where + " ORDER BY id", args: args, each: func(scan func(...any) error) error {
		var n slip
		err := scan(slipTable.into(&n)...)
		out = append(out, n)
		return err
	}})
	return out
}

func TestRowsKeepWhatTheyHaveInCommonWithTheOneBefore(t *testing.T) {
	t.Parallel()
	s := openSlips(t)
	text := insertValues(slipTable.any())
	first := []*slip{{"a", "same", 1, true}, {"b", "same", 1, true}, {"c", "", 0, false}, {"d", "", 1, false}}
	runOn(t, s, carried(text, nounRows[slip]{slipTable, first}))
	then := []*slip{{"e", "", 1, false}, {"f", "same", 1, true}} // the first is like the last of the run before
	runOn(t, s, carried(text, nounRows[slip]{slipTable, then}))
	var want []slip
	for _, n := range slices.Concat(first, then) {
		want = append(want, *n)
	}
	if got := slipsOf(t, s, ""); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := slipsOf(t, s, "WHERE said = $2 AND n = $1 AND id > $3 AND said = $2", int64(1), "same", "a"); len(got) != 2 || got[0].id != "b" || got[1].id != "f" {
		t.Errorf("arguments in another order than their places found %v", got)
	}
}

func TestAStatementRefusesWhatItCannotTake(t *testing.T) {
	t.Parallel()
	s := openSlips(t)
	said := func(part string, st statement) {
		t.Helper()
		if err := s.run(context.Background(), []statement{st}); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: got %v, want %q", st.sql, err, part)
		}
	}
	into := func(dest ...any) func(func(...any) error) error {
		return func(scan func(...any) error) error { return scan(dest...) }
	}
	var word string
	var n int64
	runOn(t, s, statement{sql: "INSERT INTO slip VALUES ('a', 'b', 1, 1)"})
	said("a place for one more", statement{sql: "DELETE FROM slip WHERE id = $2", args: []any{"a"}})
	said("a float64 is no argument", statement{sql: "DELETE FROM slip WHERE id = $1", args: []any{1.5}})
	said("a <nil> is no argument", statement{sql: "DELETE FROM slip WHERE id <> $1", args: []any{nil}})
	said("a change returned a row", statement{sql: "UPDATE slip SET n = 3 RETURNING id", rows: 1})
	said("a place is called :id", statement{sql: "DELETE FROM slip WHERE id = :id", args: []any{"a"}})
	said("SQLITE_INTEGER was read for a *string", statement{sql: "SELECT n FROM slip", each: into(&word)})
	said("SQLITE_TEXT was read for a *int64", statement{sql: "SELECT said FROM slip", each: into(&n)})
	said("SQLITE_NULL was read for a *string", statement{sql: "SELECT NULL", each: into(&word)})
	said("1 columns were read for 2", statement{sql: "SELECT said FROM slip", each: into(&word, &n)})
	said("other rows changed than were meant: 1, not 2", statement{sql: "UPDATE slip SET n = 2", rows: 2})

	twice := []*slip{{"x", "", 1, false}, {"x", "", 1, false}}
	err := s.run(context.Background(), []statement{carried(insertValues(slipTable.any()), nounRows[slip]{slipTable, twice})})
	if codeSQLite(err) != sqlite.ResultConstraintPrimaryKey {
		t.Errorf("a key that is there already gave %v", err)
	}
	if codeSQLite(errors.New("anything")) != 0 || codeSQLite(nil) != 0 {
		t.Error("what is no error of SQLite has a code of its own")
	}
	if got := slipsOf(t, s, "WHERE id = $1", "a"); len(got) != 1 || got[0].n != 2 {
		t.Errorf("after all of that there was %v", got)
	}
}
