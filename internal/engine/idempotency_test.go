package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/store"
)

// full is what a full disk gives.
var full = store.ErrStorage

// keyed is a command under an idempotency key, whose answer shows what became of it.
func keyed(c coupon.Command, key, body string) engine.Ask {
	return engine.Ask{Command: c, Key: key, Body: []byte(body), Render: func(result any, err error) []byte {
		switch r := result.(type) {
		case coupon.Redeemed:
			if err == nil && len(r.Redemptions) > 0 {
				return []byte("redeemed")
			}
		}
		return fmt.Appendf(nil, "%v %v", result, err)
	}}
}

// naming renders the ids that were made, which no second run would make again.
func naming(c coupon.Command, key, body string) engine.Ask {
	ask := keyed(c, key, body)
	ask.Render = func(result any, err error) []byte { return fmt.Appendf(nil, "%+v %v", result, err) }
	return ask
}

func TestF16OneKeyOneEffect(t *testing.T) {
	t.Parallel()
	play := func(t *testing.T, desks []*desk) {
		d := desks[0]
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		bodies := make([]string, 40)
		var wg sync.WaitGroup
		for i := range bodies {
			wg.Go(func() {
				reply, err := desks[i%len(desks)].Do(context.Background(), naming(redeem("GIFT", taking(sgd(100))), "till-1", "body"))
				if err != nil {
					t.Errorf("call %d: %v", i, err)
				}
				bodies[i] = string(reply.Body)
			})
		}
		wg.Wait()
		for i, b := range bodies {
			if b != bodies[0] || len(b) < 100 {
				t.Errorf("answer %d is %q, the first %q", i, b, bodies[0])
			}
		}
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 1)
	}
	t.Run("at one desk", func(t *testing.T) {
		t.Parallel()
		eachDesk(t, func(t *testing.T, d *desk) { play(t, []*desk{d}) })
	})
	t.Run("between two processes", func(t *testing.T) {
		t.Parallel()
		one, other := twoDesks(t)
		play(t, []*desk{one, other})
		one.audit()
	})
}

func TestF16AnotherBodyUnderTheSameKey(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		got := together(t, d.Engine, // in the same batch, and again below
			keyed(redeem("GIFT", taking(sgd(100))), "k", "one"), keyed(redeem("GIFT", taking(sgd(200))), "k", "two"), keyed(redeem("GIFT", taking(sgd(200))), "other", "two"))
		wants(t, "answers", codesOf(got), "[ idempotency_mismatch ]")
		_, err := d.Do(context.Background(), keyed(redeem("GIFT", taking(sgd(100))), "k", "two"))
		wants(t, "later", code(err), "idempotency_mismatch")
		wants(t, "left", d.number("SELECT balance FROM voucher"), 700)
	})
}

// A refusal is an answer too: it repeats, though the reason may be gone.
func TestF16RefusalsRepeat(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		v := d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		must[coupon.Voucher](d, coupon.Disable{Voucher: v.ID, On: true, Reason: "stolen", By: staff})
		ask := naming(redeem("GIFT", taking(sgd(100))), "k", "body")
		first, err := d.Do(context.Background(), ask)
		wants(t, "first", []any{code(err), first.Replay}, []any{"disabled", false})
		must[coupon.Voucher](d, coupon.Disable{Voucher: v.ID, By: staff})
		again, err := d.Do(context.Background(), ask)
		wants(t, "again", []any{err, again.Replay, string(again.Body) == string(first.Body), len(again.Body) > 0}, []any{nil, true, true, true})
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 0)
		unknown := naming(redeem("NONE"), "k2", "body")
		first, err = d.Do(context.Background(), unknown)
		wants(t, "an unknown code", code(err), "not_found")
		again, _ = d.Do(context.Background(), unknown)
		wants(t, "repeats too", []any{again.Replay, string(again.Body) == string(first.Body)}, []any{true, true})
	})
}

// A fault on our side is no answer: the same key may succeed later.
func TestF16FaultsAreNotKept(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		ask := keyed(redeem("GIFT", taking(sgd(100))), "k", "body")
		for _, broken := range []func() (any, error){
			func() (any, error) { panic("a mistake") },
			func() (any, error) { return nil, errors.New("a mistake") },
			func() (any, error) { return nil, full },
		} {
			bad := ask
			bad.Command = spoiled{Command: ask.Command, decide: broken}
			if _, err := d.Do(context.Background(), bad); err == nil {
				t.Fatal("it did not fail")
			}
		}
		reply, err := d.Do(context.Background(), ask)
		wants(t, "afterwards", []any{err, reply.Replay, string(reply.Body)}, []any{nil, false, "redeemed"})
	})
}

// The answers outlive the process.
func TestF16KeysSurviveARestart(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		ask := naming(redeem("GIFT", taking(sgd(100))), "k", "body")
		first, err := d.Do(context.Background(), ask)
		if err != nil {
			t.Fatal(err)
		}
		next := newDesk(t, d.db)
		next.pass(24 * time.Hour)
		again, err := next.Do(context.Background(), ask)
		wants(t, "after a restart", []any{err, again.Replay, string(again.Body) == string(first.Body)}, []any{nil, true, true})
	})
}
