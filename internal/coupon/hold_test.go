package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

func (d *desk) hold(length time.Duration, c coupon.Redeem) coupon.Hold {
	d.t.Helper()
	return must[coupon.Held](d, coupon.TakeHold{Redeem: c, For: length}).Hold
}

func redeemHold(h coupon.Hold) coupon.Redeem {
	return coupon.Redeem{Hold: h.ID, Channel: coupon.ViaAPI, By: till}
}

func TestHoldReservesAndIsRedeemed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, tenOff), "A")
	h := d.hold(10*time.Minute, redeem("A"))
	wants(t, "nothing is used", []any{d.Voucher("A").Uses, d.Voucher("A").State, h.State, h.ExpiresAt.Sub(noon)}, []any{0, "active", "open", "10m0s"})
	d.refused("held", redeem("A"))
	d.refused("held", coupon.TakeHold{Redeem: redeem("A"), For: time.Minute})
	r := must[coupon.Redeemed](d, redeemHold(h)).Redemptions[0]
	wants(t, "the redemption names the hold", r.Hold, h.ID)
	wants(t, "the hold and what it reserved", []any{d.Holds[h.ID].State, len(d.Reservations)}, []any{"consumed", 0})
	d.refused("already_redeemed", redeemHold(h))
	d.refused("conflict", coupon.ReleaseHold{ID: h.ID, By: till})
	d.refused("not_found", redeemHold(coupon.Hold{ID: "hld_other"}))
	d.refused("not_found", coupon.ReleaseHold{ID: "hld_other", By: till})
}

func TestHoldIsRedeemedAsItWasTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann, ben := d.customer("ann"), d.customer("ben")
	cam := d.campaign(coupon.KindGift, with(gift, func(doc *coupon.TermsDoc) {
		doc.Conditions.Locations, doc.Holder = []coupon.LocationID{"loc_main"}, coupon.Assigned
	}), coupon.Limits{PerCustomer: 1})
	d.issue(cam, "ANNS", heldBy(ann))
	d.issue(cam, "BENS", heldBy(ben))
	cmd := redeem("ANNS", taking(sgd(200)), at("loc_main"), through(coupon.Outlet))
	cmd.Items = append(cmd.Items, redeem("BENS", taking(sgd(300))).Items...)
	cmd.Reference, cmd.Transaction = "R-1", coupon.Transaction{Type: coupon.Purchase, Reference: "P-1"}
	h := d.hold(time.Minute, cmd)
	out := must[coupon.Redeemed](d, coupon.Redeem{Hold: h.ID, By: till})
	for i, want := range []any{
		[]any{ann, sgd(200), "loc_main", "R-1", "purchase", "P-1", "outlet"},
		[]any{ben, sgd(300), "loc_main", "R-1", "purchase", "P-1", "outlet"},
	} {
		r := out.Redemptions[i]
		wants(t, "redemption", []any{r.Customer, r.Money, r.Location, r.Reference, r.Transaction.Type, r.Transaction.Reference, r.Channel}, want)
	}
}

func TestF25AHoldHonoursTheExpiry(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	hours := with(uses(5), func(doc *coupon.TermsDoc) { doc.Conditions.Windows = []coupon.Window{{To: "12:30"}} })
	cam := d.campaign(coupon.KindDiscount, hours)
	d.issue(cam, "A", expiring(noon.Add(2*time.Minute)))
	h := d.hold(15*time.Minute, redeem("A"))
	d.Pass(10 * time.Minute)
	d.refused("expired", redeem("A"))
	must[coupon.Redeemed](d, redeemHold(h))

	d.issue(cam, "B")
	h = d.hold(15*time.Minute, redeem("B"))
	d.Pass(10 * time.Minute)
	late := d.hold(15*time.Minute, redeem("B"))
	d.Pass(14 * time.Minute) // 12:34
	d.refused("outside_hours", redeem("B"))
	wants(t, "the first hold has ended", d.refused("expired", redeemHold(h)).Msg, "This hold has ended.")
	must[coupon.Redeemed](d, redeemHold(late))
}

func TestF26AHoldEndsByItsOwnTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, tenOff), "A")
	h := d.hold(time.Minute, redeem("A"))
	d.Pass(time.Minute - time.Microsecond)
	d.refused("held", redeem("A"))
	d.Pass(time.Microsecond)
	d.refused("expired", redeemHold(h))
	events := len(d.Events)
	wants(t, "releasing it now changes nothing", must[coupon.Hold](d, coupon.ReleaseHold{ID: h.ID, By: till}).State, "open")
	wants(t, "and says nothing", len(d.Events), events)
	d.redeem("A")
}

func TestHoldLasts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, tenOff), "A")
	for _, length := range []time.Duration{-time.Second, 0, time.Second - 1, coupon.MaxHold + 1} {
		d.refused("invalid", coupon.TakeHold{Redeem: redeem("A"), For: length})
	}
	d.hold(coupon.MaxHold, redeem("A"))
}

func TestReleaseHold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{Total: 1}), "A")
	h := d.hold(time.Minute, redeem("A"))
	out := must[coupon.Hold](d, coupon.ReleaseHold{ID: h.ID, By: till})
	wants(t, "released", []any{out.State, len(d.Reservations), d.Events[len(d.Events)-1].Type}, []any{"released", 0, coupon.EventVoucherReleased})
	events := len(d.Events)
	wants(t, "twice", must[coupon.Hold](d, coupon.ReleaseHold{ID: h.ID, By: till}).State, "released")
	wants(t, "twice says nothing", len(d.Events), events)
	wants(t, "a released hold", d.refused("not_active", redeemHold(h)).Msg, "This hold was released.")
	d.redeem("A")
}

func TestHoldsAddUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
	first := d.hold(10*time.Minute, redeem("GIFT", taking(sgd(400))))
	d.hold(time.Minute, redeem("GIFT", taking(sgd(500))))
	d.refused("held", redeem("GIFT", taking(sgd(101))))
	d.redeem("GIFT", taking(sgd(100)))
	d.refused("held", redeem("GIFT", taking(sgd(1))))
	wants(t, "more than there is at all", d.refused("insufficient_balance", redeem("GIFT", taking(sgd(901)))).Msg, "9.00 left.")
	must[coupon.Redeemed](d, redeemHold(first))
	d.refused("held", redeem("GIFT", taking(sgd(1))))
	d.Pass(time.Minute)
	d.redeem("GIFT", taking(sgd(500)))
	d.refused("already_redeemed", redeem("GIFT", taking(sgd(1))))
}

func TestOneHoldOfOneVoucherTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, uses(2), coupon.Limits{Total: 2}), "A")
	twice := redeem("A")
	twice.Items = append(twice.Items, twice.Items[0])
	thrice := redeem("A")
	thrice.Items = append(thrice.Items, twice.Items...)
	d.refused("held", coupon.TakeHold{Redeem: thrice, For: time.Minute})
	h := d.hold(time.Minute, twice)
	d.refused("held", redeem("A"))
	wants(t, "redeemed", len(must[coupon.Redeemed](d, redeemHold(h)).Redemptions), 2)

	mei := d.customer("acct-1")
	v := d.issue(d.campaign(coupon.KindCoupon, with(uses(2), func(doc *coupon.TermsDoc) { doc.Holder = coupon.Bearer })), "B")
	twice = redeem("B", forCustomer(mei))
	twice.Items = append(twice.Items, twice.Items[0])
	must[coupon.Redeemed](d, redeemHold(d.hold(time.Minute, twice)))
	wants(t, "the first use binds it", d.now(v).Holder, mei)
}

func TestHoldsReserveTheLimits(t *testing.T) {
	t.Parallel()
	off := with(uses(0), func(doc *coupon.TermsDoc) { doc.Value = worth(sgd(300)) })
	for _, c := range []struct {
		name   string
		limits coupon.Limits
	}{
		{"the total", coupon.Limits{Total: 2}},
		{"the customer's", coupon.Limits{PerCustomer: 2}},
		{"the day's", coupon.Limits{PerDay: 2}},
		{"the budget", coupon.Limits{Budget: new(sgd(800))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			mei := d.customer("acct-1")
			cam := d.campaign(coupon.KindDiscount, off, c.limits)
			d.issue(cam, "A")
			d.issue(cam, "B")
			h := d.hold(time.Minute, redeem("A", forCustomer(mei)))
			d.redeem("B", forCustomer(mei))
			wants(t, "says", d.refused("held", redeem("B", forCustomer(mei))).Msg, "What is left is reserved at the moment.")
			must[coupon.Redeemed](d, redeemHold(h))
			if f := d.refused(reachedBy(c.limits), redeem("B", forCustomer(mei))); f.Msg == "" {
				t.Error("no sentence")
			}
		})
	}
}

func reachedBy(l coupon.Limits) string {
	switch {
	case l.Total > 0:
		return "limit_reached"
	case l.PerCustomer > 0:
		return "customer_limit_reached"
	case l.PerDay > 0:
		return "daily_limit_reached"
	}
	return "budget_reached"
}

func TestWhatBeatsAHold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		do     func(d *desk, v coupon.Voucher)
		reason string
	}{
		{"void", func(d *desk, v coupon.Voucher) { d.void(v) }, "not_active"},
		{"delete", func(d *desk, v coupon.Voucher) {
			must[coupon.Voucher](d, coupon.End{Voucher: v.ID, To: coupon.VoucherDeleted, Reason: "wrong", By: staff})
		}, "not_active"},
		{"deactivate", func(d *desk, v coupon.Voucher) {
			must[coupon.Voucher](d, coupon.Disable{Voucher: v.ID, On: true, Reason: "stolen", By: staff})
		}, "disabled"},
		{"freeze", func(d *desk, v coupon.Voucher) {
			must[coupon.Batch](d, coupon.FreezeBatch{ID: v.Batch, Freeze: true, By: staff})
		}, "frozen"},
		{"pause", func(d *desk, v coupon.Voucher) {
			must[coupon.Campaign](d, coupon.SetCampaignState(v.Campaign, coupon.CampaignPaused, staff))
		}, "paused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
			h := d.hold(time.Minute, redeem("GIFT", taking(sgd(400))))
			c.do(d, v)
			d.refused(c.reason, redeemHold(h))
		})
	}
}
