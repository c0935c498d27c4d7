package app

import (
	"slices"
	"testing"

	"github.com/scriphq/scrip/internal/seal"
)

// A code may be of letters only, typed small, in groups.
func TestWhateverMayBeACodeIsLookedAt(t *testing.T) {
	t.Parallel()
	a := &App{Options: Options{Keys: seal.New()}}
	for _, typed := range []string{"frjbshjddbrx", "FRJBSHJDDBRX", "frjb-shjd-dbrx", "frjb shjd dbrx", "Frjb Shjd-Dbrx"} {
		want := a.Keys.Fingerprints("FRJBSHJDDBRX")
		found := slices.ContainsFunc(a.likeCodes("it says "+typed+", and nothing happens"), func(p passage) bool { return slices.Equal(p.prints, want) })
		if !found {
			t.Errorf("%q is not looked at", typed)
		}
	}
}
