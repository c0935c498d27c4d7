package engine_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/testenv"
)

// orderRaces are races of checkouts: they take part in races.
var orderRaces = []race{
	{"F15 two checkouts for the last use of a code", raceLastUse},
	{"F17 orders that one gift voucher pays for", raceGiftOrders},
	{"F18 the budget of fifty orders", raceOrderBudget},
	{"F18 orders that take two uses of one total", raceOrderTotal},
	{"F18 a first order, through two campaigns", raceFirstOrder},
	{"F18 a first order of somebody new", raceFirstOrderOfNew},
	{"F18 a first order that is held, through two campaigns", raceFirstOrderHeld},
	{"F20 one unit that comes back twice", raceUnit},
	{"F20 units, the whole order and its redemptions reversed at once", raceReturns},
	{"orders that name their codes in every order", raceCrossed},
	{"a hold on an order against other orders", raceOrderHold},
	{"a budget that holds and orders share", raceBudgetHeld},
	{"one hold on an order redeemed many times", raceOrderHoldRedeemed},
}

// invalid is any fault of a field.
var invalid = fault.Field("lines", "More than were bought.")

// purchase is an order of 41.85 in three units, with shipping of 5.00.
func purchase() *coupon.Order {
	return &coupon.Order{Reference: "A-1", Currency: "SGD", Shipping: 500, Lines: []coupon.Line{{ID: "l1", Product: "p1", Quantity: 3, UnitPrice: 1395}}}
}

// buy redeems codes on the order, all of them or none.
func buy(codes ...string) coupon.Redeem {
	c := coupon.Redeem{Order: purchase(), Channel: coupon.ViaAPI, By: coupon.Actor{Kind: "key", ID: "key_1", Name: "shop"}}
	for _, fp := range codes {
		c.Items = append(c.Items, coupon.Item{Fingerprints: []string{fp}})
	}
	return c
}

func buyFor(who coupon.CustomerID, codes ...string) coupon.Redeem {
	c := buy(codes...)
	c.Customer.ID = who
	return c
}

func raceLastUse(t *testing.T, desks []*desk) {
	d := desks[0]
	last := d.voucher(d.campaign(coupon.KindDiscount, uses(1), coupon.Limits{}), "LAST")
	other := d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "OTHER")
	won := crowd(desks, 50, func(int) coupon.Command { return buy("OTHER", "LAST") }, coupon.ErrAlreadyRedeemed)
	wants(t, "of 50 orders", won, 1)
	wants(t, "checkouts", d.number("SELECT COUNT(*) FROM checkout"), 1)
	wants(t, "uses", d.number("SELECT uses FROM voucher WHERE id = $1", last.ID), 1)
	wants(t, "uses of the other code: nobody loses it with the last", d.number("SELECT uses FROM voucher WHERE id = $1", other.ID), 1)
}

func raceGiftOrders(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
	small := func(int) coupon.Command {
		c := buy("GIFT")
		c.Order.Shipping, c.Order.Lines[0].Quantity, c.Order.Lines[0].UnitPrice = 0, 1, 300
		return c
	}
	wants(t, "of 30 orders of 3.00 on 10.00", crowd(desks, 30, small, coupon.ErrAlreadyRedeemed, coupon.ErrInsufficient), 4)
	wants(t, "paid", d.number("SELECT SUM(minor) FROM redemption"), 1000)
	wants(t, "left", d.number("SELECT balance FROM voucher"), 0)

	d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "TEN")
	won := crowd(desks, 2, func(int) coupon.Command {
		c := buy("TEN")
		c.Items[0].Money = &money.Amount{Minor: 600, Asset: "SGD"}
		return c
	}, coupon.ErrInsufficient)
	wants(t, "of 6.00 and 6.00 on 10.00", won, 1)
}

// raceOrderBudget: an order takes 4.19; the budget is 30.00.
func raceOrderBudget(t *testing.T, desks []*desk) {
	d := desks[0]
	budget := sgd(3000)
	cam := d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Budget: &budget})
	d.voucher(cam, "A")
	d.voucher(cam, "B")
	won := crowd(desks, 50, func(i int) coupon.Command { return buy([]string{"A", "B"}[i%2]) }, coupon.ErrBudget)
	wants(t, "of 50 orders", won, 7)
	wants(t, "spent", d.number("SELECT used FROM counter"), 7*419)
}

// raceOrderTotal: each order takes two uses or none, so the seventh use goes to nobody.
func raceOrderTotal(t *testing.T, desks []*desk) {
	d := desks[0]
	cam := d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Total: 7})
	d.voucher(cam, "A")
	d.voucher(cam, "B")
	won := crowd(desks, 50, func(i int) coupon.Command {
		if i%2 == 0 {
			return buy("A", "B")
		}
		return buy("B", "A")
	}, coupon.ErrLimitReached)
	wants(t, "of 50 orders", won, 3)
	wants(t, "uses", d.number("SELECT used FROM counter"), 6)
	wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 6)
}

// welcome issues a code of each of two campaigns for a customer's first order.
func welcome(d *desk) {
	doc := uses(0)
	doc.Conditions.FirstOrder = true
	for _, code := range []string{"WELCOME", "HELLO"} {
		d.voucher(d.campaign(coupon.KindDiscount, doc, coupon.Limits{}), code)
	}
}

func raceFirstOrder(t *testing.T, desks []*desk) {
	d := desks[0]
	welcome(d)
	for i := range 5 {
		who := d.customer(fmt.Sprint("acct-", i)).ID
		won := crowd(desks, 10, func(i int) coupon.Command { return buyFor(who, []string{"WELCOME", "HELLO"}[i/2%2]) }, coupon.ErrNotEligible)
		wants(t, "first orders", won, 1)
	}
	wants(t, "checkouts", d.number("SELECT COUNT(*) FROM checkout"), 5)
}

func raceFirstOrderOfNew(t *testing.T, desks []*desk) {
	d := desks[0]
	welcome(d)
	for i := range 5 {
		won := crowd(desks, 10, func(n int) coupon.Command {
			c := buy([]string{"WELCOME", "HELLO"}[n/2%2])
			c.Customer.Key = coupon.SourceKey(fmt.Sprint("new-", i))
			return c
		}, coupon.ErrNotEligible)
		wants(t, "first orders", won, 1)
	}
	wants(t, "customers", d.number("SELECT COUNT(*) FROM customer"), 5)
}

// raceFirstOrderHeld: of the holds on a customer's first order, one becomes it.
func raceFirstOrderHeld(t *testing.T, desks []*desk) {
	d := desks[0]
	welcome(d)
	who := d.customer("acct-1").ID
	var holds []coupon.HoldID
	for i := range 10 {
		redeem := buyFor(who, []string{"WELCOME", "HELLO"}[i/2%2])
		holds = append(holds, must[coupon.Held](d, coupon.TakeHold{Redeem: redeem, For: coupon.MaxHold}).Hold.ID)
	}
	won := crowd(desks, 12, func(i int) coupon.Command {
		if i >= len(holds) {
			return buyFor(who, "HELLO")
		}
		return coupon.Redeem{Hold: holds[i], By: staff}
	}, coupon.ErrNotEligible)
	wants(t, "first orders", won, 1)
	wants(t, "checkouts", d.number("SELECT COUNT(*) FROM checkout"), 1)
}

func returning(k coupon.CheckoutID, lines ...coupon.ReturnLine) coupon.ReverseCheckout {
	return coupon.ReverseCheckout{Checkout: k, Lines: lines, Reason: "came back", By: staff}
}

func raceUnit(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Total: 100}), "A")
	d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
	k := must[coupon.Redeemed](d, buy("A", "GIFT")).Checkout
	unit := coupon.ReturnLine{ID: "l1", Quantity: 1}
	must[coupon.UndoneCheckout](d, returning(k, coupon.ReturnLine{ID: "l1", Quantity: 2}))
	before := d.number("SELECT SUM(reversed) FROM redemption")
	won := crowd(desks, 20, func(int) coupon.Command { return returning(k, unit) }, invalid, coupon.ErrAlreadyReversed)
	wants(t, "of 20 returns of the last unit", won, 1)
	wants(t, "reversals", d.number("SELECT COUNT(*) FROM reversal"), 4)
	if after := d.number("SELECT SUM(reversed) FROM redemption"); after <= before || after > d.number("SELECT SUM(minor) FROM redemption") {
		t.Errorf("%d were given back after %d", after, before)
	}
}

// raceReturns: three units, the whole order and both redemptions come back at once; what
// was given comes back once, to the cent.
func raceReturns(t *testing.T, desks []*desk) {
	d := desks[0]
	budget := sgd(100_000)
	for i := range 4 {
		a, b := fmt.Sprint("A", i), fmt.Sprint("B", i)
		d.voucher(d.campaign(coupon.KindDiscount, uses(1), coupon.Limits{Budget: &budget, PerDay: 5}), a)
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), b)
		out := must[coupon.Redeemed](d, buy(a, b))
		crowd(desks, 16, func(n int) coupon.Command {
			switch n % 8 {
			case 0:
				return returning(out.Checkout)
			case 1, 2:
				return reversing(out.Redemptions[n%8-1].ID)
			}
			return returning(out.Checkout, coupon.ReturnLine{ID: "l1", Quantity: 1})
		}, invalid, coupon.ErrAlreadyReversed)
		wants(t, "left to reverse", d.number("SELECT SUM(minor - reversed) FROM redemption"), 0)
		wants(t, "uses, spent and of the day", d.number("SELECT SUM(used) FROM counter"), 0)
		wants(t, "open vouchers", d.number("SELECT SUM(open_uses) FROM checkout"), 0)
		again := must[coupon.Redeemed](d, buy(a)) // its use is back, and goes back once more
		must[coupon.UndoneCheckout](d, returning(again.Checkout))
	}
}

// raceCrossed: rows are locked in one order whatever the orders name first.
func raceCrossed(t *testing.T, desks []*desk) {
	d := desks[0]
	codes := []string{"A", "B", "C", "D"}
	who := []coupon.CustomerID{d.customer("ann").ID, d.customer("ben").ID}
	for _, code := range codes {
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Total: 1000, PerCustomer: 1000, PerDay: 1000}), code)
	}
	won := crowd(desks, 60, func(i int) coupon.Command {
		return buyFor(who[i/2%2], codes[i%4], codes[(i+1+i/4%3)%4])
	})
	wants(t, "orders", won, 60)
	wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 120)
}

func raceOrderHold(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindDiscount, uses(1), coupon.Limits{}), "A")
	won := crowd(desks, 40, func(i int) coupon.Command {
		if i/2%2 == 0 {
			return buy("A")
		}
		return coupon.TakeHold{Redeem: buy("A"), For: coupon.MaxHold}
	}, coupon.ErrHeld, coupon.ErrAlreadyRedeemed)
	wants(t, "ordered or held", won, 1)
}

// raceBudgetHeld: what is held of a budget is nobody else's, and comes back with its hold.
func raceBudgetHeld(t *testing.T, desks []*desk) {
	d := desks[0]
	budget := sgd(3000)
	d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Budget: &budget}), "A")
	won := crowd(desks, 50, func(i int) coupon.Command {
		if i/2%2 == 0 {
			return buy("A")
		}
		return coupon.TakeHold{Redeem: buy("A"), For: coupon.MaxHold}
	}, coupon.ErrHeld, coupon.ErrBudget)
	wants(t, "ordered or held", won, 7)
	for _, each := range desks {
		each.pass(coupon.MaxHold)
	}
	crowd(desks, 20, func(int) coupon.Command { return buy("A") }, coupon.ErrBudget)
	wants(t, "ordered in the end", d.number("SELECT COUNT(*) FROM checkout"), 7)
	wants(t, "spent", d.number("SELECT used FROM counter"), 7*419)
}

func raceOrderHoldRedeemed(t *testing.T, desks []*desk) {
	d := desks[0]
	d.voucher(d.campaign(coupon.KindDiscount, uses(1), coupon.Limits{}), "A")
	d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
	h := must[coupon.Held](d, coupon.TakeHold{Redeem: buy("A", "GIFT"), For: coupon.MaxHold}).Hold
	won := crowd(desks, 20, func(int) coupon.Command { return coupon.Redeem{Hold: h.ID, By: staff} }, coupon.ErrAlreadyRedeemed)
	wants(t, "redeemed", won, 1)
	wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 2)
}

// F16: one key, one order, and one answer for all who ask.
func TestF16OneKeyOneOrder(t *testing.T) {
	t.Parallel()
	play := func(t *testing.T, desks []*desk) {
		d := desks[0]
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Total: 100}), "A")
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		answers := make([]string, 40)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				c := buy("A", "GIFT")
				c.Customer.Key = coupon.SourceKey("acct-1")
				ask := keyed(c, "A-1 redeem", "body")
				ask.Render = func(result any, err error) []byte {
					r, _ := result.(coupon.Redeemed) // none where another process was first: that is thrown away
					return fmt.Appendf(nil, "%s %v", r.Checkout, err)
				}
				reply, err := desks[i%len(desks)].Do(context.Background(), ask)
				if err != nil {
					t.Errorf("call %d: %v", i, err)
				}
				answers[i] = string(reply.Body)
			})
		}
		wg.Wait()
		for i, a := range answers {
			if a != answers[0] || !strings.HasPrefix(a, "chk_") {
				t.Errorf("answer %d is %q, the first %q", i, a, answers[0])
			}
		}
		wants(t, "checkouts", d.number("SELECT COUNT(*) FROM checkout"), 1)
		wants(t, "uses", d.number("SELECT used FROM counter"), 1)
		wants(t, "left of the gift", d.number("SELECT SUM(balance) FROM voucher"), 0)
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

// F19: an order against everything that ends one of its codes; the other code is used as
// often as there are orders.
func TestF19OrdersAgainstEverythingThatEnds(t *testing.T) {
	t.Parallel()
	for _, ending := range endings {
		t.Run(ending.name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, func(t *testing.T, d *desk) {
				other := d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "OTHER")
				for round := range testenv.Count(3, 100) {
					name := fmt.Sprint(ending.name, round)
					v := d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), name)
					must[coupon.Redeemed](d, buy(name, "OTHER"))
					errs, order := atOnce(d, append(repeat(6, buy("OTHER", name)), ending.cmd(d, v)))
					checkOrder(t, errs, order, ending.reason)
					if ending.event != "" {
						d.checkHistory(v.ID, ending.event)
					}
				}
				wants(t, "uses of the other code", d.number("SELECT uses FROM voucher WHERE id = $1", other.ID), d.number("SELECT COUNT(*) FROM checkout"))
			})
		})
	}
}

// F25, F26: an order that was held while its codes were valid is honoured until the hold
// ends by its own time; one that was not is refused.
func TestF25AnOrderAcrossTheExpiry(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		expires := d.now().Add(10 * time.Minute)
		soon := func(c *coupon.Issue) { c.ExpiresAt = &expires }
		d.voucher(d.campaign(coupon.KindDiscount, uses(3), coupon.Limits{Total: 3}), "A", soon)
		hold := coupon.TakeHold{Redeem: buy("A"), For: coupon.MaxHold}
		kept, lost := must[coupon.Held](d, hold).Hold, must[coupon.Held](d, hold).Hold
		d.pass(10 * time.Minute)
		_, err := do[coupon.Redeemed](d, buy("A"))
		wants(t, "without a hold", code(err), "expired")
		out := must[coupon.Redeemed](d, coupon.Redeem{Hold: kept.ID, By: staff})
		wants(t, "with one", out.Order.Discount, 419)
		d.pass(5 * time.Minute)
		_, err = do[coupon.Redeemed](d, coupon.Redeem{Hold: lost.ID, By: staff})
		wants(t, "when the hold is over", code(err), "expired")
		must[coupon.UndoneCheckout](d, returning(out.Checkout)) // F30
		_, err = do[coupon.Redeemed](d, buy("A"))
		wants(t, "given back expired", code(err), "expired")
		wants(t, "uses", d.number("SELECT uses FROM voucher"), 0)
	})
}
