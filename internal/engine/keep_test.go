package engine_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// forty are redemptions of a voucher that everybody may use, each under a key of its own: more
// than the lane makes the answers of by itself.
func (d *desk) forty() []engine.Ask {
	d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "A")
	all := make([]engine.Ask, 40)
	for i := range all {
		all[i] = naming(redeem("A"), "k"+strconv.Itoa(i), "body")
	}
	return all
}

// Answers are made beside the lane: each caller gets its own, and gets it again.
func TestF16AnswersMadeBesideTheLane(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		all := d.forty()
		all[30] = naming(redeem("A"), "k5", "body")  // the same again, in the same batch
		all[31] = naming(redeem("A"), "k5", "other") // and something else under its key
		marks := d.number("SELECT COUNT(*) FROM commit_mark")
		got := together(t, d.Engine, all...)
		wants(t, "commits", d.number("SELECT COUNT(*) FROM commit_mark")-marks, 1)
		seen := map[string]int{}
		for i, a := range got {
			switch {
			case i == 30:
				wants(t, "again", []any{a.err, a.Replay, string(a.Body) == string(got[5].Body)}, []any{nil, true, true})
				continue
			case i == 31:
				wants(t, "something else", code(a.err), "idempotency_mismatch")
				continue
			}
			if other, ok := seen[string(a.Body)]; ok || a.err != nil || a.Replay || len(a.Body) < 100 {
				t.Errorf("answer %d is %q, %v, as that of %d", i, a.Body, a.err, other)
			}
			seen[string(a.Body)] = i
			again, err := d.Do(context.Background(), all[i])
			wants(t, fmt.Sprintf("answer %d again", i), []any{err, again.Replay, string(again.Body)}, []any{nil, true, string(a.Body)})
		}
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 38)
		wants(t, "answers kept", d.number("SELECT COUNT(*) FROM answer"), 38)
	})
}

// One answer that cannot be made costs nobody else's, wherever it is made.
func TestF16AnAnswerThatCannotBeMadeBesideTheLane(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		all := d.forty()
		all[32].Render = func(any, error) []byte { panic("a mistake") }
		for i, a := range together(t, d.Engine, all...) {
			if want := map[bool]string{i == 32: "internal"}[true]; code(a.err) != want {
				t.Errorf("answer %d: %v", i, a.err)
			}
		}
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 39)
	})
}
