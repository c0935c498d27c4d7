package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

func TestSequencesAreTheNumbersThatBeginWithTheDigits(t *testing.T) {
	t.Parallel()
	for _, digits := range []string{"0", "00", "000003", "0000030", "1", "12", "100000", "1000001", "12345678", "999999999999", "1234567890123", "", "x", "-1", "+1", "1x"} {
		ranges := sequences(digits)
		for _, n := range []int64{0, 1, 3, 9, 12, 30, 99_999, 100_000, 100_001, 120_000, 123_456, 999_999, 1_000_000, 1_000_001, 1_000_010, 1_200_000, 12_345_678, 123_456_789, 999_999_999_999} {
			want := digits != "" && strings.HasPrefix(fmt.Sprintf("%06d", n), digits)
			got := slices.ContainsFunc(ranges, func(r [2]int64) bool { return r[0] <= n && n <= r[1] })
			if got != want {
				t.Errorf("%06d begins with %q: %v, want %v", n, digits, got, want)
			}
		}
	}
}

func TestKeysAreWhatIsSearchedBy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{nameKey("  ÄDA Lovelace "), "äda lovelace"},
		{prefixKey("hello-0l"), "HE11001"},
		{prefixKey(""), ""},
		{mobileKey("+65 9123-4567"), "7654321956"},
		{strings.Join(beginnings("ÄB"), ","), ",Ä,ÄB"},
		{strings.Join(beginnings(""), ","), ""},
		{escaped.Replace("50%_!"), "50!%!_!!"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// A cursor opens only in the list it was made for, and holds no text that a
// database would choke on.
func TestACursorFromElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	texts, numbers, both := newest(by{"id", kindText}), newest(by{"n", kindNumber}), newest(by{"id", kindText}, by{"n", kindNumber})
	good := cursorOf([]any{"vch_1", int64(1) << 62})
	if last, err := both.read(good); err != nil || last[0] != "vch_1" || last[1] != int64(1)<<62 {
		t.Fatalf("%v, %v", last, err)
	}
	for _, c := range []struct {
		order  order
		cursor string
	}{
		{texts, "!"}, {texts, "e30"}, {texts, good}, {numbers, good}, {numbers, cursorOf([]any{"x"})}, {texts, cursorOf([]any{1})}, {texts, cursorOf([]any{"a\x00b"})},
		{numbers, cursorOf([]any{1.5})}, {numbers, cursorOf([]any{1e30})}, {texts, cursorOf([]any{nil, nil})}, {both, cursorOf([]any{"a"})},
	} {
		f := find{}
		if err := c.order.from(&f, coupon.Paging{After: c.cursor}); err == nil {
			t.Errorf("%s was accepted: %v %v", c.cursor, f.conds, f.args)
		}
	}
}

func TestARepeatIsTheSameTryByTheSamePerson(t *testing.T) {
	t.Parallel()
	first := coupon.Refusal{ID: "rfs_1", Reason: "expired", Voucher: "vch_1", Customer: "cus_1", By: coupon.Actor{Kind: "staff", ID: "stf_1"}, Reference: "R"}
	key := repeatKey(&first)
	for what, change := range map[string]func(*coupon.Refusal){
		"reason": func(r *coupon.Refusal) { r.Reason = "void" }, "voucher": func(r *coupon.Refusal) { r.Voucher = "vch_2" },
		"customer": func(r *coupon.Refusal) { r.Customer = "cus_2" }, "by": func(r *coupon.Refusal) { r.By.ID = "stf_2" }, "reference": func(r *coupon.Refusal) { r.Reference = "" },
		"where it ends": func(r *coupon.Refusal) { r.Voucher, r.Customer = "vch_1cus_1", "" },
	} {
		other := first
		if change(&other); repeatKey(&other) == key {
			t.Errorf("another %s is the same try", what)
		}
	}
	first.ID, first.Repeats = "rfs_2", 3
	if repeatKey(&first) != key {
		t.Error("another id is another try")
	}
}

func TestAnOldSQLiteIsRefused(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"3.51.3": false, "3.51.10": false, "3.52.0": false, "4.0.0": false, "3.51.3.1": false, "3.51.2": true, "3.9.9": true, "3.51": true, "x": true, "": true} {
		if got := olderThan(version, oldestSQLite); got != want {
			t.Errorf("%q is too old: %v, want %v", version, got, want)
		}
	}
}

// What was slow is kept and renewed beside its readers; what was quick, or failed,
// is read again.
func TestASlowReadingIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, reads, took := &DB{kept: map[string]*kept{}}, 0, time.Second
		ask := func(fail bool) int {
			n, err := slow(t.Context(), db, "x", func(context.Context) (int, error) {
				<-time.After(took)
				if fail {
					return 0, context.Canceled
				}
				reads++
				return reads, nil
			})
			if (err != nil) != fail {
				t.Errorf("%d, %v", n, err)
			}
			return n
		}
		is := func(what string, got, want int) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %d, want %d", what, got, want)
			}
		}
		ask(true)
		is("after a failure", ask(false), 1)
		is("at once", ask(false), 1)
		<-time.After(49 * time.Second)
		is("before it is old", ask(false), 1)
		<-time.After(2 * time.Second)
		is("when it is old", ask(false), 1)
		is("while it is renewed", ask(false), 1)
		<-time.After(2 * time.Second)
		is("renewed", ask(false), 2)
		<-time.After(time.Hour)
		took = 10 * time.Millisecond
		is("when it is far too old", ask(false), 3)
		is("when it is quick", ask(false), 4)
	})
}
