package coupon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// Whoever holds two carts at once has one first order all the same.
func TestHoldsMakeNoSecondFirstOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, with(tenOff, func(doc *coupon.TermsDoc) { doc.PerVoucher, doc.Conditions.FirstOrder = 0, true })), "A")
	mei, tan := d.customer("acct-1"), d.customer("acct-2")
	var holds []coupon.HoldID
	for range 3 {
		holds = append(holds, must[coupon.Held](d, coupon.TakeHold{Redeem: by(buy(cart(), "A"), mei), For: 10 * time.Minute}).Hold.ID)
	}
	must[coupon.Redeemed](d, coupon.Redeem{Hold: holds[0], By: till})
	d.refused("not_eligible", coupon.Redeem{Hold: holds[1], By: till})
	d.issue(d.campaign(coupon.KindDiscount, uses(0)), "B")
	must[coupon.Redeemed](d, by(buy(cart(), "B"), tan))
	d.refused("not_eligible", by(coupon.Redeem{Hold: holds[2], By: till}, tan))
}

// A hold keeps what was promised to a customer, not to another one.
func TestAHoldIsForItsCustomer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rule := &coupon.Rule{Fact: "customer.language", Op: coupon.OpIs, Value: "en"}
	d.issue(d.campaign(coupon.KindDiscount, with(tenOff, func(doc *coupon.TermsDoc) { doc.PerVoucher, doc.Conditions.Rule = 0, rule })), "A")
	mei, tan := d.customer("acct-1"), d.customer("acct-2")
	change(d.Customers, mei, func(c *coupon.Customer) { c.Language = "en" })
	held := must[coupon.Held](d, coupon.TakeHold{Redeem: by(buy(cart(), "A"), mei), For: 10 * time.Minute})
	d.refused("not_applicable", by(coupon.Redeem{Hold: held.Hold.ID, By: till}, tan))
	change(d.Customers, mei, func(c *coupon.Customer) { c.Language = "de" })
	must[coupon.Redeemed](d, by(coupon.Redeem{Hold: held.Hold.ID, By: till}, mei))
}

// Where nobody says whose an order is, it is the holder's: of one, not of two.
func TestAnOrderIsOneCustomers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindDiscount, with(uses(0), func(doc *coupon.TermsDoc) { doc.Holder = coupon.Assigned }))
	mei, tan := d.customer("acct-1"), d.customer("acct-2")
	d.issue(c, "MEI", heldBy(mei))
	d.issue(c, "TAN", heldBy(tan))
	order := func(codes ...string) coupon.Redeem {
		b := buy(cart(), codes...)
		b.Channel = coupon.Outlet
		return b
	}
	f := d.refused("invalid", order("MEI", "TAN"))
	wants(t, "field", fault.Of(f).Fields["customer"] != "", true)
	d.refused("not_holder", by(order("MEI", "TAN"), mei))
	out := must[coupon.Redeemed](d, order("MEI"))
	wants(t, "customer", d.Checkouts[out.Checkout].Customer, mei)
}

// Every voucher of an order may be refused: of an order of ten thousand lines, none of
// them keeps all.
func TestARefusalKeepsSoMuchOfAnOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, with(tenOff, func(doc *coupon.TermsDoc) { doc.Conditions.Channels = []string{"app"} })), "A")
	kept := func(o coupon.Order) *coupon.Order {
		return coupon.RefusalsOf(nil, d.refused("not_applicable", buy(o, "A")))[0].Order
	}
	wants(t, "small", []int{len(kept(cart()).Lines), kept(cart()).LeftOut}, []int{2, 0})
	large := coupon.Order{Currency: "SGD"}
	for i := range 10_000 {
		large.Lines = append(large.Lines, coupon.Line{ID: fmt.Sprint(i), Collections: []string{strings.Repeat("x", 200)}, Quantity: 1, UnitPrice: 1})
	}
	o := kept(large)
	wants(t, "all lines", len(o.Lines)+o.LeftOut, 10_000)
	if n := len(o.Lines); n < 100 || n > 500 {
		t.Errorf("%d lines are kept", n)
	}
}
