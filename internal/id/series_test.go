package id_test

import (
	"slices"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/id"
)

func TestASeriesSharesAllButTheNumber(t *testing.T) {
	t.Parallel()
	told := time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)
	s := id.NewSeries(id.New("mrk"), told)
	first := s.First("mrk")
	made := []string{first}
	for n := range int64(5000) {
		next := s.Next("mrk")
		if !id.Valid("mrk", next) || id.Number(next) != n+1 || id.Nth("mrk", next, 0) != first || next[len(next)-4:] != id.Digits(n+1) {
			t.Fatalf("the id after %d is %s, number %d", n, next, id.Number(next))
		}
		made = append(made, next)
	}
	if !slices.IsSorted(made) || len(slices.Compact(slices.Clone(made))) != len(made) {
		t.Error("they are not in order, or not different")
	}
	red := s.Next("red")
	if !id.Valid("red", red) || id.Nth("mrk", red, 0) != first || id.Number(red) != 5001 {
		t.Errorf("another noun's is %s", red)
	}
	if floor := id.Floor("mrk", told); first < floor || made[len(made)-1] >= id.Floor("mrk", told.Add(time.Microsecond)) {
		t.Errorf("%s is not of its time", first)
	}
	if later := id.NewSeries(id.New("mrk"), told).First("mrk"); later <= made[len(made)-1] {
		t.Errorf("%s sorts before %s", later, made[len(made)-1])
	}
}

func TestASeriesHasAnEnd(t *testing.T) {
	t.Parallel()
	s := id.NewSeries(id.New("mrk"), time.Now())
	for range id.Most {
		s.Number()
	}
	if last := id.Nth("mrk", s.First("mrk"), id.Most); !id.Valid("mrk", last) || id.Number(last) != id.Most {
		t.Errorf("the last is %s, number %d", last, id.Number(last))
	}
	defer func() {
		if recover() == nil {
			t.Error("it goes on")
		}
	}()
	s.Number()
}

func TestWhatIsNoIdHasNoNumber(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "red_7", "mrk"} {
		if id.Number(s) != 0 || id.Nth("red", s, 3) != s {
			t.Errorf("%q has the number %d and became %q", s, id.Number(s), id.Nth("red", s, 3))
		}
	}
}
