package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/testenv"
)

// noted is a command that tells when it has decided for good. What it tells last
// counts: a batch may decide again.
type noted struct {
	coupon.Command
	note func()
}

func (n noted) Decide(e *coupon.Effects, now time.Time) (any, error) {
	out, err := n.Command.Decide(e, now)
	if !errors.Is(err, coupon.ErrMoved) {
		n.note()
	}
	return out, err
}

// order keeps the order in which commands decided.
type order struct {
	mu   sync.Mutex
	list []int
}

func (o *order) of(i int, c coupon.Command) coupon.Command {
	return noted{c, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.list = append(o.list, i)
	}}
}

// last returns each command once, at the place where it decided last.
func (o *order) last() []int {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []int
	seen := map[int]bool{}
	for i := len(o.list) - 1; i >= 0; i-- {
		if n := o.list[i]; !seen[n] {
			seen[n] = true
			out = append([]int{n}, out...)
		}
	}
	return out
}

// endings happen to a voucher at the same moment as its redemptions; after them a
// redemption is refused with the reason.
var endings = []struct {
	name   string
	cmd    func(d *desk, v coupon.Voucher) coupon.Command
	reason string
	event  coupon.EventType // in the voucher's own history; "" when it is another's
}{
	{"void", func(_ *desk, v coupon.Voucher) coupon.Command {
		return coupon.End{Voucher: v.ID, To: coupon.VoucherVoid, Reason: "lost", By: staff}
	}, "not_active", coupon.EventVoucherVoided},
	{"delete", func(_ *desk, v coupon.Voucher) coupon.Command {
		return coupon.End{Voucher: v.ID, To: coupon.VoucherDeleted, Reason: "lost", By: staff}
	}, "not_active", coupon.EventVoucherDeleted},
	{"deactivate", func(_ *desk, v coupon.Voucher) coupon.Command {
		return coupon.Disable{Voucher: v.ID, On: true, Reason: "stolen", By: staff}
	}, "disabled", coupon.EventVoucherDeactivated},
	{"freeze", func(_ *desk, v coupon.Voucher) coupon.Command {
		return coupon.FreezeBatch{ID: v.Batch, Freeze: true, By: staff}
	}, "frozen", ""},
	{"pause", func(_ *desk, v coupon.Voucher) coupon.Command {
		return coupon.SetCampaignState(v.Campaign, coupon.CampaignPaused, staff)
	}, "paused", ""},
	{"a limit", func(_ *desk, v coupon.Voucher) coupon.Command {
		return coupon.ChangeCampaign{ID: v.Campaign, By: staff, Change: func(c *coupon.Campaign, _ *coupon.TermsDoc) error {
			c.Limits.Total = 1
			return nil
		}}
	}, "limit_reached", ""},
	{"replace", func(_ *desk, v coupon.Voucher) coupon.Command {
		return coupon.Replace{Voucher: v.ID, Code: newCode(string(v.ID)), Reason: "wrong", By: staff}
	}, "not_active", coupon.EventVoucherReplaced},
}

// Each round starts redemptions and one ending at once, in an order that chance
// decides: there is one order in which all of it happened, and everybody's answer
// fits it.
func TestF19RedeemAgainstEverythingThatEnds(t *testing.T) {
	t.Parallel()
	for _, ending := range endings {
		t.Run(ending.name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, func(t *testing.T, d *desk) {
				for round := range testenv.Count(6, 200) {
					name := fmt.Sprint(ending.name, round)
					v := d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), name)
					must[coupon.Redeemed](d, redeem(name))
					errs, order := atOnce(d, append(repeat(8, redeem(name)), ending.cmd(d, v)))
					checkOrder(t, errs, order, ending.reason)
					if ending.event != "" {
						d.checkHistory(v.ID, ending.event)
					}
				}
			})
		})
	}
}

func repeat(n int, c coupon.Command) []coupon.Command {
	out := make([]coupon.Command, n)
	for i := range out {
		out[i] = c
	}
	return out
}

// atOnce starts commands in random order and returns their errors, and the order
// in which they were decided.
func atOnce(d *desk, commands []coupon.Command) ([]error, []int) {
	errs := make([]error, len(commands))
	var o order
	var wg sync.WaitGroup
	for _, i := range rand.Perm(len(commands)) {
		wg.Go(func() {
			_, errs[i] = d.Do(context.Background(), engine.Ask{Command: o.of(i, commands[i])})
		})
	}
	wg.Wait()
	return errs, o.last()
}

// checkOrder wants success before the last command, the ending, and its reason after.
func checkOrder(t *testing.T, errs []error, order []int, reason string) {
	t.Helper()
	if len(order) != len(errs) {
		t.Fatalf("%d of %d commands decided", len(order), len(errs))
	}
	end, want := len(errs)-1, ""
	for place, i := range order {
		if i == end {
			want = reason
			if errs[i] != nil {
				t.Errorf("the ending itself: %v", errs[i])
			}
			continue
		}
		if got := code(errs[i]); got != want {
			t.Errorf("at place %d: got %q, want %q", place+1, got, want)
		}
	}
}

// checkHistory wants a voucher's versions to be without gaps, and nothing redeemed
// after the end.
func (d *desk) checkHistory(v coupon.VoucherID, end coupon.EventType) {
	d.t.Helper()
	last := d.number("SELECT version FROM voucher WHERE id = $1", v)
	wants(d.t, "versions in the history", d.number("SELECT COUNT(*) FROM (SELECT version FROM event WHERE subject = $1 UNION SELECT voucher_version FROM redemption WHERE voucher = $1) AS x", v), last)
	late := d.number("SELECT COUNT(*) FROM redemption r JOIN event x ON x.subject = r.voucher AND x.type = $2 WHERE r.voucher = $1 AND r.voucher_version >= x.version", v, end)
	wants(d.t, "redeemed after the end", late, 0)
	wants(d.t, "the end is in the history", d.number("SELECT COUNT(*) FROM event WHERE subject = $1 AND type = $2", v, end), 1)
}

func TestF19RedeemAgainstReassign(t *testing.T) {
	t.Parallel()
	doc := uses(1)
	doc.Holder = coupon.Assigned
	play := func(t *testing.T, desks []*desk) {
		d := desks[0]
		ann, ben := d.customer("ann").ID, d.customer("ben").ID
		cam := d.campaign(coupon.KindCoupon, doc, coupon.Limits{})
		for i := range testenv.Count(8, 200) {
			name := fmt.Sprint("C", i)
			v := d.voucher(cam, name, func(c *coupon.Issue) { c.Customer.ID = ann })
			commands := []coupon.Command{
				coupon.Reassign{Voucher: v.ID, Customer: coupon.CustomerRef{ID: ben}, By: staff}, redeem(name, forCustomer(ann)), redeem(name, forCustomer(ben)),
				redeem(name, func(c *coupon.Redeem) { c.Channel = coupon.Outlet }), // for whoever holds it at that moment
			}
			crowd(desks, len(commands), func(i int) coupon.Command { return commands[i] }, coupon.ErrNotHolder, coupon.ErrAlreadyRedeemed)
			wants(t, "used once, by its holder", d.number("SELECT COUNT(*) FROM redemption r JOIN voucher v ON v.id = r.voucher AND v.holder = r.customer WHERE v.id = $1", v.ID), 1)
		}
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

// The clock of the batch decides: what is decided before the expiry succeeds, what
// is decided at it is refused.
func TestF19RedeemAgainstTheExpiry(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		cam := d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{})
		for round := range testenv.Count(6, 200) {
			name, expires := fmt.Sprint("E", round), d.now().Add(time.Hour)
			d.voucher(cam, name, func(c *coupon.Issue) { c.ExpiresAt = &expires })
			d.pass(time.Hour - time.Microsecond)
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					if _, err := do[coupon.Redeemed](d, redeem(name)); code(err) != "" && code(err) != "expired" {
						t.Errorf("got %v", err)
					}
				})
			}
			wg.Go(func() { d.pass(time.Microsecond) })
			wg.Wait()
			wants(t, "redeemed at the expiry or later", d.number("SELECT COUNT(*) FROM redemption r JOIN voucher v ON v.id = r.voucher WHERE r.at >= v.expires_at"), 0)
			if _, err := do[coupon.Redeemed](d, redeem(name)); code(err) != "expired" {
				t.Errorf("after the expiry: %v", err)
			}
		}
	})
}

// Two processes cannot know each other's order, but the rows can.
func TestF19EndingsBetweenTwoProcesses(t *testing.T) {
	t.Parallel()
	for _, ending := range endings {
		t.Run(ending.name, func(t *testing.T) {
			t.Parallel()
			one, other := twoDesks(t)
			desks := []*desk{one, other}
			for round := range testenv.Count(6, 200) {
				name := fmt.Sprint(ending.name, round)
				v := one.voucher(one.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), name)
				must[coupon.Redeemed](one, redeem(name))
				var mu sync.Mutex
				reasons := map[string]int64{}
				var wg sync.WaitGroup
				for _, i := range rand.Perm(9) {
					wg.Go(func() {
						cmd := coupon.Command(redeem(name))
						if i == 8 {
							cmd = ending.cmd(one, v)
						}
						_, err := desks[i%2].Do(context.Background(), engine.Ask{Command: cmd})
						mu.Lock()
						defer mu.Unlock()
						reasons[code(err)]++
					})
				}
				wg.Wait()
				wants(t, "everybody was answered", reasons[""]+reasons[ending.reason], 9)
				wants(t, "successes without the ending", reasons[""]-1, one.number("SELECT COUNT(*) - 1 FROM redemption WHERE voucher = $1", v.ID))
				if ending.event != "" {
					one.checkHistory(v.ID, ending.event)
				}
			}
			one.audit()
		})
	}
}
