package app

import (
	"slices"
	"testing"
	"time"
)

func TestAnswersLieInTheOrderOfTheTimesInTheirKeys(t *testing.T) {
	t.Parallel()
	// RFC 9562, appendix A.6, at other times: each a millisecond, an hour and a year after the one before.
	keys := []string{
		"01a22f00-0000-7cc3-98c4-dc0c0c07398f", "01a22f00-0001-7000-8000-000000000000", "01a22f36-ee81-7cc3-98c4-dc0c0c07398f", "01a9ac3a-8e81-7cc3-98c4-dc0c0c07398f",
	}
	var list []string
	for _, key := range keys {
		list = append(list, timeIn(key, time.Time{}))
	}
	if !slices.IsSorted(list) || slices.Contains(list, "") || len(slices.Compact(slices.Clone(list))) != len(list) {
		t.Errorf("not in order: %q", list)
	}
	for _, key := range []string{"919108f7-52d1-4320-9bac-f847db4148a8", "A-1 redeem", "7K3Q-9F2M-XWRT"} {
		if got := timeIn(key, time.Time{}); got != "" {
			t.Errorf("%s has the time %s", key, got)
		}
	}
	since := time.UnixMilli(0x01a22f000001)
	if got := []string{timeIn(keys[0], since), timeIn(keys[1], since)}; got[0] != "" || got[1] == "" {
		t.Errorf("since the second of them was made they have the times %q", got)
	}
}
