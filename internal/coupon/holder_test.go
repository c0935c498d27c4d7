package coupon_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

func policy(p coupon.HolderPolicy) coupon.TermsDoc {
	return with(uses(9), func(d *coupon.TermsDoc) { d.Holder = p })
}

// Who may use a voucher that Ann holds, and who becomes the holder of one that
// nobody holds.
func TestHolderPolicies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy coupon.HolderPolicy
		other  string // another customer with Ann's voucher
		nobody string // nobody named with Ann's voucher, over the API
		binds  bool   // the first who uses a free one holds it
	}{
		{coupon.Assigned, "not_holder", "customer_required", true},
		{coupon.Bearer, "not_holder", "customer_required", true},
		{coupon.Claimable, "not_holder", "customer_required", true},
		{coupon.Open, "", "", false},
	} {
		t.Run(string(c.policy), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			ann, ben := d.customer("ann"), d.customer("ben")
			cam := d.campaign(coupon.KindCoupon, policy(c.policy))
			d.issue(cam, "ANNS", heldBy(ann))
			free := d.issue(cam, "FREE")
			d.redeem("ANNS", forCustomer(ann))
			d.try(c.other, redeem("ANNS", forCustomer(ben)))
			d.try(c.nobody, redeem("ANNS"))
			wants(t, "the holder of a free one before it is used", d.now(free).Holder, "")
			d.redeem("FREE", forCustomer(ben))
			wants(t, "ben holds it", d.now(free).Holder == ben, c.binds)
			d.try(c.other, redeem("FREE", forCustomer(ann)))
		})
	}
}

// try runs a command that is refused with this code, or succeeds when it is empty.
func (d *desk) try(code string, c coupon.Command) {
	d.t.Helper()
	if code == "" {
		must[any](d, c)
		return
	}
	d.refused(code, c)
}

func TestWhoIsTakenAtACounter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		how    []func(*coupon.Redeem)
		reason string
	}{
		{"staff in the back office act for the holder", []func(*coupon.Redeem){through(coupon.BackOffice)}, ""},
		{"staff at an outlet act for the holder", []func(*coupon.Redeem){through(coupon.Outlet)}, ""},
		{"a till that names its location acts for the holder", []func(*coupon.Redeem){through(coupon.ViaAPI), at("loc_main")}, ""},
		{"the API without a location does not", []func(*coupon.Redeem){through(coupon.ViaAPI)}, "customer_required"},
		{"the portal does not", []func(*coupon.Redeem){through(coupon.Portal)}, "customer_required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			ann := d.customer("ann")
			cam := d.campaign(coupon.KindCoupon, policy(coupon.Assigned), coupon.Limits{PerCustomer: 5})
			d.issue(cam, "ANNS", heldBy(ann))
			d.try(c.reason, redeem("ANNS", c.how...))
			if c.reason == "" {
				wants(t, "ann's uses", d.Counters[coupon.CustomerCounter(cam.ID, ann)].Used, 1)
				wants(t, "who used it last", d.Voucher("ANNS").LastCustomer, ann)
			}
		})
	}
}

func TestACounterNeedsNoCustomerForWhatNobodyHolds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindCoupon, policy(coupon.Bearer)), "FREE")
	r := d.redeem("FREE", through(coupon.Outlet), at("loc_main"))
	wants(t, "customer and holder", []any{r.Customer, d.Voucher("FREE").Holder}, []any{"", ""})
}

func TestRedeemingMakesAnUnknownSourceIdACustomer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindGift, policy(coupon.Bearer))
	d.issue(cam, "A")
	d.issue(cam, "B")
	as := func(key coupon.CustomerKey) func(*coupon.Redeem) {
		return func(c *coupon.Redeem) { c.Customer.Key = key }
	}
	r := d.redeem("A", as("source:acct-9"))
	wants(t, "made with this source id", d.Customers[r.Customer].SourceID, "acct-9")
	wants(t, "found again", d.redeem("A", as("source:acct-9")).Customer, r.Customer)
	d.refused("invalid", redeem("B", as("email:nobody@example.com")))

	d.issue(cam, "C")
	both := redeem("B", as("source:acct-10"))
	both.Items = append(both.Items, redeem("C").Items...)
	out := must[coupon.Redeemed](d, both)
	if a, b := out.Redemptions[0].Customer, out.Redemptions[1].Customer; a != b || d.Keys["source:acct-10"] != a || len(d.Customers) != 2 {
		t.Errorf("two vouchers in one redemption by a new customer: made %s and %s, the key is %s's, %d customers", a, b, d.Keys["source:acct-10"], len(d.Customers))
	}
}
