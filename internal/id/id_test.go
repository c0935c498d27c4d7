package id_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

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
	of := func(at time.Time) string { return id.NewSeries(id.New("red"), at).Next("red") }
	inOrder := []string{
		id.Floor("red", told), of(told), of(told), of(told), id.Floor("red", told.Add(time.Microsecond)),
		of(told.Add(time.Microsecond)), of(told.Add(time.Millisecond)), id.Floor("red", told.Add(time.Second)),
	}
	if !slices.IsSorted(inOrder) {
		t.Errorf("not in order: %q", inOrder)
	}
	fresh := id.New("red")
	if now := time.Now(); fresh < id.Floor("red", now.Add(-time.Minute)) || fresh > id.Floor("red", now.Add(time.Minute)) {
		t.Errorf("%s was not made now", fresh)
	}
	if s := id.NewSeries("red_7", told).Next("mrk"); s != "red_7" {
		t.Errorf("what is no id became %q", s)
	}
}

func TestTimeOf(t *testing.T) {
	t.Parallel()
	example := time.Date(2022, 2, 22, 19, 22, 22, 0, time.UTC) // RFC 9562, appendix A.6
	for text, want := range map[string]time.Time{
		"017F22E2-79B0-7CC3-98C4-DC0C0C07398F":        example,
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f redeem": example,
		"919108f7-52d1-4320-9bac-f847db4148a8":        {}, // version 4
		"017f22e2-79b0-7cc3-c8c4-dc0c0c07398f":        {}, // another variant
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398":         {},
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g":        {},
		"{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}":      {},
		"017f22e279b07cc398c4dc0c0c07398f a redeem":   {},
		"": {},
	} {
		at, ok := id.TimeOf(text)
		if !at.Equal(want) || ok == want.IsZero() {
			t.Errorf("%q: got %v, %v", text, at, ok)
		}
	}
	if at, ok := id.TimeOf(uuid.Must(uuid.NewV7()).String()); !ok || time.Since(at).Abs() > time.Minute {
		t.Errorf("a new one has %v", at)
	}
}
