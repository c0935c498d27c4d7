package id_test

import (
	"slices"
	"strings"
	"testing"

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
