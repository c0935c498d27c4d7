package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/testenv"
)

// storm is everything that can happen to orders, by many at once and at random.
type storm struct {
	desks    []*desk
	codes    []string
	vouchers []coupon.VoucherID
	who      []coupon.CustomerID
	campaign coupon.CampaignID // whose limits move

	mu          sync.Mutex
	holds       []coupon.HoldID
	checkouts   []coupon.CheckoutID
	redemptions []coupon.RedemptionID
	done        map[string]int
}

const stormTotal, stormBudget = 60, 20_000

// TestAStormOfOrders: after it, every stored figure is the sum of its rows, no limit was
// passed, and nothing was given back that was not given.
func TestAStormOfOrders(t *testing.T) {
	t.Parallel()
	t.Run("at one desk", func(t *testing.T) {
		t.Parallel()
		eachDesk(t, func(t *testing.T, d *desk) { newStorm(d).rage(t) }, func(o *engine.Options) { o.Lanes = 2 })
	})
	t.Run("between two processes", func(t *testing.T) {
		t.Parallel()
		one, other := twoDesks(t)
		newStorm(one, other).rage(t)
		one.audit()
	})
}

func newStorm(desks ...*desk) *storm {
	d := desks[0]
	s := &storm{desks: desks, done: map[string]int{}}
	add := func(name string, cam coupon.Campaign) {
		s.codes, s.vouchers = append(s.codes, name), append(s.vouchers, d.voucher(cam, name).ID)
	}
	budget, first := sgd(stormBudget), uses(0)
	first.Conditions.FirstOrder = true
	shared := d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Total: stormTotal, PerCustomer: 30, PerDay: 50, Budget: &budget})
	s.campaign = shared.ID
	for i := range 3 {
		add(fmt.Sprint("SHARED", i), shared)
		add(fmt.Sprint("ONCE", i), d.campaign(coupon.KindDiscount, uses(1), coupon.Limits{}))
		add(fmt.Sprint("GIFT", i), d.campaign(coupon.KindGift, gift, coupon.Limits{}))
		add(fmt.Sprint("FIRST", i), d.campaign(coupon.KindDiscount, first, coupon.Limits{}))
		s.who = append(s.who, d.customer(fmt.Sprint("acct-", i)).ID)
	}
	return s
}

func (s *storm) rage(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			d := s.desks[i%len(s.desks)]
			for range testenv.Count(40, 1_000) {
				c := s.any()
				out, err := d.Do(context.Background(), engine.Ask{Command: c})
				s.note(t, c, out.Result, err)
			}
		})
	}
	wg.Wait()
	d := s.desks[0]
	var used, spent int64
	used = d.number("SELECT COUNT(*) FROM redemption WHERE campaign = $1 AND returned = FALSE", s.campaign)
	spent = d.number("SELECT COALESCE(SUM(minor - reversed), 0) FROM redemption WHERE campaign = $1", s.campaign)
	if used > stormTotal || spent > stormBudget {
		t.Errorf("%d uses of %d, %d spent of %d", used, stormTotal, spent, stormBudget)
	}
	wants(t, "given back beyond what was given", d.number("SELECT COUNT(*) FROM redemption WHERE reversed > minor OR reversed < 0"), 0)
	wants(t, "reversed in full but not returned", d.number("SELECT COUNT(*) FROM redemption WHERE returned <> (reversed = minor)"), 0)
	for _, id := range s.checkouts {
		s.checkReturns(t, id)
	}
	for _, kind := range []string{"coupon.Redeem", "coupon.TakeHold", "coupon.ReverseCheckout", "coupon.Reverse", "coupon.ReleaseHold"} {
		if s.done[kind] == 0 {
			t.Errorf("no %s succeeded: %v", kind, s.done)
		}
	}
}

// checkReturns wants no more units back than were bought, and of each voucher what its
// redemption says.
func (s *storm) checkReturns(t *testing.T, id coupon.CheckoutID) {
	t.Helper()
	d := s.desks[0]
	k, err := d.db.Checkout(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range k.Order.Lines {
		if n := k.Back.Units[l.ID]; n < 0 || n > l.Quantity {
			t.Errorf("%s: %d of %d units came back", id, n, l.Quantity)
		}
	}
	for v, given := range k.Back.Given {
		var sum int64
		for _, minor := range given {
			sum += minor
		}
		reversed := d.number("SELECT reversed FROM redemption WHERE checkout = $1 AND voucher = $2", string(id), string(v))
		whole := d.number("SELECT COUNT(*) FROM redemption WHERE checkout = $1 AND voucher = $2 AND returned", string(id), string(v)) > 0
		if sum != reversed && (!whole || sum > reversed) {
			t.Errorf("%s: by its lines %d came back of %s, by its redemption %d", id, sum, v, reversed)
		}
	}
}

// some returns one of a list, the zero value of an empty one.
func some[T any](list []T) (out T) {
	if len(list) > 0 {
		out = list[rand.IntN(len(list))]
	}
	return out
}

// any returns a command that may succeed.
func (s *storm) any() coupon.Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := rand.IntN(20); {
	case n < 7:
		return s.order()
	case n < 10:
		return coupon.TakeHold{Redeem: s.order(), For: time.Minute}
	case n < 12 && len(s.holds) > 0:
		return coupon.Redeem{Hold: some(s.holds), By: staff}
	case n == 12:
		return coupon.ReleaseHold{ID: some(s.holds), By: staff}
	case n < 16:
		return returning(some(s.checkouts), coupon.ReturnLine{ID: "l1", Quantity: 1})
	case n == 16:
		return returning(some(s.checkouts))
	case n == 17:
		return reversing(some(s.redemptions))
	case n == 18:
		return coupon.Disable{Voucher: some(s.vouchers), On: rand.IntN(3) == 0, Reason: "storm", By: staff}
	}
	s.desks[0].pass(time.Duration(rand.IntN(40)) * time.Second)
	return s.order()
}

// order buys with one to four codes, as they come.
func (s *storm) order() coupon.Redeem {
	var codes []string
	for _, i := range rand.Perm(len(s.codes))[:1+rand.IntN(4)] {
		codes = append(codes, s.codes[i])
	}
	c := buyFor(some(s.who), codes...)
	c.Possible = rand.IntN(2) == 0
	if rand.IntN(3) == 0 {
		c.Order.Lines = append(c.Order.Lines, coupon.Line{ID: "l2", Quantity: 2, UnitPrice: int64(rand.IntN(700))})
	}
	for i := range c.Items {
		if codes[i][0] == 'G' && rand.IntN(2) == 0 {
			c.Items[i].Money = &money.Amount{Minor: 1 + rand.Int64N(400), Asset: "SGD"}
		}
	}
	return c
}

// note remembers what was made. Whatever is refused has a reason of ours.
func (s *storm) note(t *testing.T, c coupon.Command, result any, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if k := fault.Of(err).Kind; k == fault.Internal || k == fault.Unavailable {
			t.Errorf("%T: %v", c, err)
		}
		return
	}
	s.done[fmt.Sprintf("%T", c)]++
	switch r := result.(type) {
	case coupon.Held:
		s.holds = append(s.holds, r.Hold.ID)
	case coupon.Redeemed:
		s.checkouts = append(s.checkouts, r.Checkout)
		for i := range r.Redemptions {
			s.redemptions = append(s.redemptions, r.Redemptions[i].ID)
		}
	}
}
