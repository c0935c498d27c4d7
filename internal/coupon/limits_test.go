package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

func TestF18LimitsAreExact(t *testing.T) {
	t.Parallel()
	off := with(uses(0), func(doc *coupon.TermsDoc) { doc.Value = worth(sgd(300)) })
	for _, c := range []struct {
		name   string
		limits coupon.Limits
		uses   int
		reason string
	}{
		{"in total", coupon.Limits{Total: 3}, 3, "limit_reached"},
		{"per customer", coupon.Limits{PerCustomer: 2}, 2, "customer_limit_reached"},
		{"per day", coupon.Limits{PerDay: 4}, 4, "daily_limit_reached"},
		{"a budget of three uses and a rest", coupon.Limits{Budget: new(sgd(1000))}, 3, "budget_reached"},
		{"a budget of three uses to the cent", coupon.Limits{Budget: new(sgd(900))}, 3, "budget_reached"},
		{"the tightest of all", coupon.Limits{Total: 5, PerCustomer: 4, PerDay: 3, Budget: new(sgd(600))}, 2, "budget_reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			mei := d.customer("acct-1")
			cam := d.campaign(coupon.KindDiscount, off, c.limits)
			d.issue(cam, "A")
			d.issue(cam, "B")
			for i := range c.uses {
				d.redeem([]string{"A", "B"}[i%2], forCustomer(mei))
			}
			d.refused(c.reason, redeem("A", forCustomer(mei)))
			d.refused(c.reason, redeem("B", forCustomer(mei)))
		})
	}
}

func TestOneCustomersLimitIsNotAnothers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann, ben := d.customer("ann"), d.customer("ben")
	d.issue(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{PerCustomer: 1}), "A")
	d.redeem("A", forCustomer(ann))
	d.refused("customer_limit_reached", redeem("A", forCustomer(ann)))
	d.redeem("A", forCustomer(ben))
	d.refused("customer_required", redeem("A"))
}

func TestF28ADayIsTheOrganisations(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{PerDay: 1}), "A")
	d.redeem("A")
	d.Pass(12*time.Hour - time.Microsecond) // a microsecond before midnight in Singapore
	d.refused("daily_limit_reached", redeem("A"))
	d.Pass(time.Microsecond)
	wants(t, "the day of the use", d.redeem("A").Day, "2026-11-22")
	d.refused("daily_limit_reached", redeem("A"))
	d.Pass(-time.Hour) // the clock is set back: the day before is used up still
	d.refused("daily_limit_reached", redeem("A"))
}

func TestLimitsAreLive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindDiscount, uses(0))
	d.issue(cam, "A")
	for range 3 {
		d.redeem("A")
	}
	set := func(l coupon.Limits) {
		must[coupon.Campaign](d, coupon.ChangeCampaign{ID: cam.ID, By: staff, Change: func(c *coupon.Campaign, _ *coupon.TermsDoc) error {
			c.Limits = l
			return nil
		}})
	}
	set(coupon.Limits{Total: 4})
	wants(t, "what was used before counts", d.Counters[coupon.TotalCounter(cam.ID)].Used, 3)
	d.redeem("A")
	d.refused("limit_reached", redeem("A"))
	set(coupon.Limits{Total: 5})
	d.redeem("A")
	set(coupon.Limits{})
	d.redeem("A")
	set(coupon.Limits{Total: 5, PerDay: 9})
	d.refused("limit_reached", redeem("A"))
	wants(t, "the day's uses", d.Counters[coupon.DayCounter(cam.ID, "2026-11-21")].Used, 6)
}
