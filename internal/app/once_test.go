package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/seal"
)

func TestAnswersLieInTheOrderOfTheTimesInTheirKeys(t *testing.T) {
	t.Parallel()
	keys := seal.New()
	a := &App{Options: Options{Keys: keys}}
	kept := func(key string) string {
		return a.onceKey(Request{By: ByKey(coupon.APIKey{ID: "key_1"}), Once: &Once{Key: key}})
	}
	// RFC 9562, appendix A.6, at later times: each a millisecond, an hour and a year after the one before.
	times := []string{
		"01a22f00-0000-7cc3-98c4-dc0c0c07398f", "01a22f00-0001-7000-8000-000000000000", "01a22f36-ee81-7cc3-98c4-dc0c0c07398f", "01a9ac3a-8e81-7cc3-98c4-dc0c0c07398f",
	}
	var list []string
	for _, key := range times {
		list = append(list, kept(key))
		if again := kept(key); again != list[len(list)-1] {
			t.Errorf("%s is kept under %s and under %s", key, again, list[len(list)-1])
		}
	}
	if !slices.IsSorted(list) {
		t.Errorf("not in order: %q", list)
	}
	if a, b := kept(times[0]+" redeem"), kept(times[0]+" cancel"); a == b || a[:20] != b[:20] {
		t.Errorf("two keys of one moment are kept under %s and %s", a, b)
	}
	for what, key := range map[string]string{
		"a key of before they had times": "01a22ee6-afff-7cc3-98c4-dc0c0c07398f", "a random UUID": "919108f7-52d1-4320-9bac-f847db4148a8",
		"an order's": "A-1 redeem", "a code": "7K3Q-9F2M-XWRT",
	} {
		if got, digest := kept(key), keys.Digest("idempotency key", []byte(key)); got != "key:key_1:"+digest || strings.Contains(got, key) {
			t.Errorf("%s is kept under %s", what, got)
		}
	}
}
