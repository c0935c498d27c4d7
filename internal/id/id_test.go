package id_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/id"
)

func TestIdsSortByTheTimeTheyWereMade(t *testing.T) {
	t.Parallel()
	var made []string
	for range 5000 {
		made = append(made, id.New("vch"))
	}
	if !slices.IsSorted(made) || len(slices.Compact(slices.Clone(made))) != len(made) {
		t.Error("ids are not in the order in which they were made, or are not different")
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	good := id.New("vch")
	for s, want := range map[string]bool{
		good: true, id.Sibling("red", good): false, "vch_": false, "": false, good + "0": false, good[:len(good)-1]: false,
		strings.ToUpper(good): false, "vch_" + strings.Repeat("z", id.Size): false, "vch_" + strings.Repeat("\x00", id.Size): false,
	} {
		if id.Valid("vch", s) != want {
			t.Errorf("Valid(%q) is %v", s, !want)
		}
	}
	if s := id.Sibling("chk", good); !id.Valid("chk", s) || s[len("chk"):] != good[len("vch"):] {
		t.Errorf("the sibling of %s is %s", good, s)
	}
}

func TestAnIdOfATimeThatWasToldSortsByIt(t *testing.T) {
	t.Parallel()
	told := time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)
	fresh := id.New("red")
	s := id.At(fresh, told, 7)
	if !id.Valid("red", s) || s[len(s)-10:] != fresh[len(fresh)-10:] {
		t.Errorf("%s became %s", fresh, s)
	}
	inOrder := []string{
		id.Floor("red", told), id.At(id.New("red"), told, 6), s, id.At(id.New("red"), told, 1<<14-1), id.Floor("red", told.Add(time.Microsecond)),
		id.At(id.New("red"), told.Add(time.Microsecond), 1), id.At(id.New("red"), told.Add(time.Millisecond), 0), id.Floor("red", told.Add(time.Second)),
	}
	if !slices.IsSorted(inOrder) {
		t.Errorf("not in order: %q", inOrder)
	}
	if now := time.Now(); fresh < id.Floor("red", now.Add(-time.Minute)) || fresh > id.Floor("red", now.Add(time.Minute)) {
		t.Errorf("%s was not made now", fresh)
	}
	for _, s := range []string{"", "red_7", "mrk"} {
		if id.At(s, told, 1) != s {
			t.Errorf("%q became %q", s, id.At(s, told, 1))
		}
	}
}
