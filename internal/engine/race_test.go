package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/fault"
)

// crowd runs n commands at once, shared out over the desks, and returns how many
// succeeded; every failure must be one of the expected refusals.
func crowd(desks []*desk, n int, cmd func(i int) coupon.Command, refusals ...error) int {
	t := desks[0].t
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	for _, i := range rand.Perm(n) {
		wg.Go(func() {
			_, err := desks[i%len(desks)].Do(context.Background(), engine.Ask{Command: cmd(i)})
			switch {
			case err == nil:
				won.Add(1)
			case !among(err, refusals):
				t.Errorf("command %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	return int(won.Load())
}

func among(err error, refusals []error) bool {
	for _, r := range refusals {
		if errors.Is(err, r) {
			return true
		}
	}
	return false
}

// race is played at one desk, and between two processes on one database.
type race struct {
	name string
	play func(t *testing.T, desks []*desk)
}

var races = []race{
	{"F18 three hundred tills and fifty uses", raceUses},
	{"F15 fifty at once for one refill coupon", raceSingleUse},
	{"F17 drawdowns never go below zero", raceDrawdown},
	{"F18 the campaign's total", raceTotal},
	{"F18 the customer's limit", racePerCustomer},
	{"F18 the day's limit", racePerDay},
	{"F18 the budget", raceBudget},
	{"F20 reversals of one redemption", raceReversals},
	{"F20 reversals in parts", racePartialReversals},
	{"holds and redemptions of the same uses", raceHolds},
	{"one hold redeemed many times", raceHoldRedeemed},
	{"an allocation that vouchers and batches share", raceAllocation},
	{"one code for many vouchers", raceCode},
	{"F24 one new customer from all sides", raceCustomer},
	{"a public code that is bound again", raceRebinding},
	{"one balance adjusted from all sides", raceAdjust},
	{"one voucher ended, replaced and used", raceEnds},
}

func TestRacesAtOneDesk(t *testing.T) {
	t.Parallel()
	for _, race := range slices.Concat(races, orderRaces) {
		t.Run(race.name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, func(t *testing.T, d *desk) { race.play(t, []*desk{d}) }, func(o *engine.Options) { o.Lanes = 2 })
		})
	}
}

func TestRacesBetweenTwoProcesses(t *testing.T) {
	t.Parallel()
	for _, race := range slices.Concat(races, orderRaces) {
		t.Run(race.name, func(t *testing.T) {
			t.Parallel()
			one, other := twoDesks(t)
			race.play(t, []*desk{one, other})
			one.audit()
		})
	}
}

func wants(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

func raceUses(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindDiscount, uses(50), coupon.Limits{}), "SPRING")
	won := crowd(desks, 300, func(int) coupon.Command { return redeem("SPRING") }, coupon.ErrAlreadyRedeemed)
	wants(t, "of 300 tills, with 50 uses", won, 50)
	wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 50)
}

func raceSingleUse(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindRefill, refill, coupon.Limits{}), "12345")
	cus := d.customer("acct-1")
	won := crowd(desks, 50, func(int) coupon.Command { return redeem("12345", forCustomer(cus.ID)) }, coupon.ErrAlreadyRedeemed)
	wants(t, "of 50 for a single use", won, 1)
	wants(t, "entries of top-ups", d.number("SELECT COUNT(*) FROM entry WHERE kind = 'top_up'"), 2)
	wants(t, "balance", d.number("SELECT minor FROM balance"), 1000)
}

func raceDrawdown(t *testing.T, desks []*desk) {
	d := desks[0]
	cam := d.campaign(coupon.KindGift, gift, coupon.Limits{})
	for i := range 8 {
		code := fmt.Sprint("GIFT", i)
		d.voucher(cam, code)
		won := crowd(desks, 2, func(int) coupon.Command { return redeem(code, taking(sgd(600))) }, coupon.ErrInsufficient)
		wants(t, "drawdowns of 6.00 from 10.00", won, 1)
	}
	d.voucher(cam, "LAST")
	won := crowd(desks, 40, func(i int) coupon.Command { return redeem("LAST", taking(sgd(30))) }, coupon.ErrInsufficient)
	wants(t, "of 40 drawdowns of 0.30", won, 33)
	wants(t, "left", d.number("SELECT SUM(balance) FROM voucher"), 8*400+10)
}

// limited issues two vouchers that share a campaign's limits, none of which has a
// counter yet, and has many redeem them.
func limited(desks []*desk, limits coupon.Limits, who func(i int) coupon.CustomerID, reached error) int {
	d := desks[0]
	doc := uses(0)
	doc.Value = gift.Value // 10.00 off
	cam := d.campaign(coupon.KindDiscount, doc, limits)
	for _, code := range []string{"A", "B"} {
		d.voucher(cam, code)
	}
	return crowd(desks, 60, func(i int) coupon.Command {
		return redeem([]string{"A", "B"}[i%2], forCustomer(who(i)))
	}, reached)
}

func nobody(int) coupon.CustomerID { return "" }

func raceTotal(t *testing.T, desks []*desk) {
	wants(t, "of 60 with a total of 7", limited(desks, coupon.Limits{Total: 7}, nobody, coupon.ErrLimitReached), 7)
}

func racePerCustomer(t *testing.T, desks []*desk) {
	who := []coupon.CustomerID{desks[0].customer("ann").ID, desks[0].customer("ben").ID, desks[0].customer("cy").ID}
	won := limited(desks, coupon.Limits{PerCustomer: 3}, func(i int) coupon.CustomerID { return who[i%3] }, coupon.ErrCustomerLimit)
	wants(t, "of 60 by three customers, three each", won, 9)
	wants(t, "most by one", desks[0].number("SELECT MAX(used) FROM counter"), 3)
}

func racePerDay(t *testing.T, desks []*desk) {
	wants(t, "of 60 with 11 a day", limited(desks, coupon.Limits{PerDay: 11}, nobody, coupon.ErrDailyLimit), 11)
}

func raceBudget(t *testing.T, desks []*desk) {
	budget := sgd(9990)
	wants(t, "of 60 at 10.00 with a budget of 99.90", limited(desks, coupon.Limits{Budget: &budget}, nobody, coupon.ErrBudget), 9)
}

func reversing(r coupon.RedemptionID) coupon.Reverse {
	return coupon.Reverse{Redemption: r, Reason: "order cancelled", By: staff}
}

func raceReversals(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindRefill, refill, coupon.Limits{Total: 5, PerDay: 5}), "12345")
	r := must[coupon.Redeemed](d, redeem("12345", forCustomer(d.customer("acct-1").ID))).Redemptions[0]
	won := crowd(desks, 30, func(int) coupon.Command { return reversing(r.ID) }, coupon.ErrAlreadyReversed)
	wants(t, "of 30 reversals", won, 1)
	wants(t, "uses that count", d.number("SELECT SUM(used) FROM counter"), 0)
}

func racePartialReversals(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
	r := must[coupon.Redeemed](d, redeem("GIFT", taking(sgd(1000)))).Redemptions[0]
	won := crowd(desks, 30, func(int) coupon.Command {
		c, m := reversing(r.ID), sgd(70)
		c.Money = &m
		return c
	}, coupon.ErrInsufficient)
	wants(t, "of 30 reversals of 0.70 of 10.00", won, 14)
}

func raceHolds(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindDiscount, uses(20), coupon.Limits{Total: 15}), "A")
	won := crowd(desks, 60, func(i int) coupon.Command {
		if i%2 == 0 {
			return redeem("A")
		}
		return coupon.TakeHold{Redeem: redeem("A"), For: coupon.MaxHold}
	}, coupon.ErrHeld, coupon.ErrLimitReached)
	wants(t, "redeemed or held", won, 15)
	wants(t, "redeemed and held", d.number("SELECT (SELECT COUNT(*) FROM redemption) + (SELECT COUNT(*) FROM hold)"), 15)
}

func raceHoldRedeemed(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
	h := must[coupon.Held](d, coupon.TakeHold{Redeem: redeem("GIFT", taking(sgd(300))), For: coupon.MaxHold}).Hold
	won := crowd(desks, 30, func(i int) coupon.Command {
		if i%10 == 9 {
			return coupon.ReleaseHold{ID: h.ID, By: staff}
		}
		return coupon.Redeem{Hold: h.ID, By: staff}
	}, coupon.ErrAlreadyRedeemed, coupon.ErrNotActive, coupon.ErrConflict)
	redeemed := d.number("SELECT COUNT(*) FROM redemption")
	if redeemed > 1 || redeemed == 1 && won != 1 || redeemed == 0 && won != 3 {
		t.Errorf("redeemed %d times, %d commands succeeded", redeemed, won)
	}
}

func raceAllocation(t *testing.T, desks []*desk) {
	d := desks[0]
	cam := d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{Allocation: 20})
	crowd(desks, 30, func(i int) coupon.Command {
		if i%3 == 0 {
			return coupon.CreateBatch{Batch: coupon.Batch{Campaign: cam.ID, Description: "B", Quantity: 2, Source: "generated"}, By: staff}
		}
		return coupon.Issue{Campaign: cam.ID, Code: newCode(fmt.Sprint("C", i)), By: staff}
	}, coupon.ErrAllocation)
	wants(t, "issued", d.number("SELECT SUM(quantity) FROM batch"), 20)
}

func raceCode(t *testing.T, desks []*desk) {
	d := desks[0]
	cam := d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{})
	other := d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{})
	won := crowd(desks, 20, func(i int) coupon.Command {
		return coupon.Issue{Campaign: []coupon.CampaignID{cam.ID, other.ID}[i%2], Code: newCode("SAME"), By: staff}
	}, coupon.ErrConflict)
	wants(t, "vouchers of one code", won, 1)
	wants(t, "vouchers", d.number("SELECT COUNT(*) FROM voucher"), 1)
}

func raceCustomer(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{PerCustomer: 100}), "A")
	byKey := redeem("A", func(c *coupon.Redeem) { c.Customer.Key = coupon.SourceKey("acct-new") })
	won := crowd(desks, 40, func(i int) coupon.Command {
		if i%5 == 0 {
			return coupon.CreateCustomer{Customer: coupon.Customer{SourceID: "acct-new"}, By: staff}
		}
		return byKey
	}, coupon.ErrConflict)
	wants(t, "customers", d.number("SELECT COUNT(*) FROM customer"), 1)
	wants(t, "uses", d.number("SELECT used FROM counter"), 32)
	if won != 32 && won != 33 {
		t.Errorf("%d succeeded: 32 redemptions and at most one creation", won)
	}
}

func raceRebinding(t *testing.T, desks []*desk) {
	d := desks[0]
	cam := d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{})
	other := d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{})
	public := func(c *coupon.Issue) { c.Public = true }
	for i := range 10 {
		code := fmt.Sprint("SUMMER", i)
		d.voucher(cam, code, public)
		must[coupon.Redeemed](d, redeem(code))
		won := crowd(desks, 6, func(i int) coupon.Command {
			c := coupon.Issue{Campaign: []coupon.CampaignID{cam.ID, other.ID}[i%2], Code: newCode(code), By: staff}
			public(&c)
			return c
		}, coupon.ErrConflict)
		wants(t, "new vouchers of the code", won, 1)
		must[coupon.Redeemed](d, redeem(code))
	}
}

func raceAdjust(t *testing.T, desks []*desk) {
	d := desks[0]
	cus := d.customer("acct-1").ID
	won := crowd(desks, 60, func(i int) coupon.Command {
		by := int64(100)
		if i%2 == 0 {
			by = -30
		}
		return coupon.Adjust{Customer: cus, Money: sgd(by), Reason: "count", By: staff}
	}, coupon.ErrInsufficient)
	wants(t, "balance", d.number("SELECT minor FROM balance"), 3000-30*(won-30))
}

func raceEnds(t *testing.T, desks []*desk) {
	d := desks[0]
	cam := d.campaign(coupon.KindGift, gift, coupon.Limits{})
	for i := range 10 {
		v := d.voucher(cam, fmt.Sprint("GIFT", i))
		won := crowd(desks, 4, func(n int) coupon.Command {
			switch n {
			case 0:
				return coupon.End{Voucher: v.ID, To: coupon.VoucherVoid, Reason: "lost", By: staff}
			case 1:
				return coupon.End{Voucher: v.ID, To: coupon.VoucherDeleted, Reason: "wrong", By: staff}
			case 2:
				return coupon.Replace{Voucher: v.ID, Code: newCode(fmt.Sprint("NEW", i)), Reason: "wrong", By: staff}
			}
			return redeem(fmt.Sprint("GIFT", i), taking(sgd(1000)))
		}, coupon.ErrConflict, coupon.ErrAlreadyRedeemed, coupon.ErrNotActive)
		wants(t, "ended, replaced or used up", won, 1)
	}
}

// code returns the code of a fault, "" of none.
func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}
