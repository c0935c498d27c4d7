package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/coupon/coupontest"
	"github.com/scriphq/scrip/internal/money"
)

func TestAdjust(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mei := d.customer("acct-1")
	adjust := func(m money.Amount) coupon.Adjust {
		return coupon.Adjust{Customer: mei, Money: m, Reason: "goodwill", By: staff}
	}
	d.refused("insufficient_balance", adjust(sgd(-1)))
	wants(t, "up", must[coupon.Balance](d, adjust(sgd(500))).Minor, 500)
	wants(t, "down", must[coupon.Balance](d, adjust(sgd(-200))).Minor, 300)
	wants(t, "below zero", d.refused("insufficient_balance", adjust(sgd(-301))).Msg, "The balance is only 3.00.")
	d.refused("invalid", adjust(sgd(0)))
	d.refused("invalid", adjust(sgd(money.MaxMinor)))
	must[coupon.Balance](d, adjust(sgd(money.MaxMinor-300)))
	must[coupon.Balance](d, adjust(sgd(-money.MaxMinor)))
	d.refused("not_found", coupon.Adjust{Customer: "cus_none", Money: sgd(1), Reason: "goodwill", By: staff})
	event := d.Events[2]
	wants(t, "the event", []any{event.Type, event.Customer, event.Data["amount"], event.Data["reason"]}, []any{"balance.adjusted", mei, -200, "goodwill"})
	d.books("")
}

func TestLapseAndRevive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", expiring(noon.Add(day)))
	lapse := coupon.Lapse{Vouchers: []coupon.VoucherID{v.ID, "vch_none"}}
	d.redeem("GIFT", taking(sgd(400)), at("loc_main"))
	d.Pass(day - time.Microsecond)
	wants(t, "before the expiry", must[int](d, lapse), 0)
	d.Pass(time.Microsecond)
	wants(t, "at the expiry", must[int](d, lapse), 1)
	wants(t, "the voucher keeps its balance", []any{d.now(v).Balance, d.now(v).Lapsed, d.now(v).State}, []any{600, 600, "active"})
	d.books("issuer SGD -1000, location:loc_main SGD 400, breakage SGD 600")
	wants(t, "again", must[int](d, lapse), 0)
	must[coupon.Voucher](d, d.extend(v, noon.Add(3*day)))
	d.books("issuer SGD -1000, location:loc_main SGD 400, " + outstanding(v) + " SGD 600")
	d.redeem("GIFT", taking(sgd(600)), at("loc_main"))
	d.Pass(5 * day)
	wants(t, "nothing is left to lapse", must[int](d, lapse), 0)
}

func TestLapseLeavesAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(d *desk, v coupon.Voucher)
	}{
		{"what never expires", func(d *desk, v coupon.Voucher) { must[coupon.Voucher](d, d.extend(v, time.Time{})) }},
		{"what is void", func(d *desk, v coupon.Voucher) { d.void(v) }},
		{"what is used up", func(d *desk, _ coupon.Voucher) { d.redeem("GIFT", taking(sgd(1000))) }},
		{"what is held", func(d *desk, _ coupon.Voucher) {
			d.Pass(day - time.Minute)
			d.hold(5*time.Minute, redeem("GIFT", taking(sgd(100))))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", expiring(noon.Add(day)))
			c.do(d, v)
			d.Clock = noon.Add(day + time.Minute)
			wants(t, "lapsed", must[int](d, coupon.Lapse{Vouchers: []coupon.VoucherID{v.ID}}), 0)
		})
	}
}

// What has lapsed and comes back in part lapses again for that part only.
func TestLapseAfterAReversal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", expiring(noon.Add(day)))
	lapse := coupon.Lapse{Vouchers: []coupon.VoucherID{v.ID}}
	r := d.redeem("GIFT", taking(sgd(400)), at("loc_main"))
	d.Pass(2 * day)
	must[int](d, lapse)
	must[coupon.Undone](d, d.reverse(r))
	d.books("issuer SGD -1000, breakage SGD 600, " + outstanding(v) + " SGD 400")
	wants(t, "the rest lapses", must[int](d, lapse), 1)
	wants(t, "lapsed", d.now(v).Lapsed, 1000)
	d.books("issuer SGD -1000, breakage SGD 1000")
	d.void(v)
	d.books("issuer SGD -1000, breakage SGD 1000")
}

func TestUnbalancedPostingsAreFound(t *testing.T) {
	t.Parallel()
	entry := func(posting string, minor int64, asset money.Asset) coupon.Entry {
		return coupon.Entry{Posting: posting, Account: "issuer", Kind: coupon.PostIssue, Asset: asset, Minor: minor}
	}
	for _, c := range []struct {
		name    string
		entries []coupon.Entry
		sound   bool
	}{
		{"a pair", []coupon.Entry{entry("a", 5, "SGD"), entry("a", -5, "SGD")}, true},
		{"a cent off", []coupon.Entry{entry("a", 5, "SGD"), entry("a", -4, "SGD")}, false},
		{"in two currencies", []coupon.Entry{entry("a", 5, "SGD"), entry("a", -5, "USD")}, false},
		{"in two postings", []coupon.Entry{entry("a", 5, "SGD"), entry("b", -5, "SGD")}, false},
		{"nothing", []coupon.Entry{entry("a", 0, "SGD")}, false},
	} {
		if err := coupontest.Unbalanced(c.entries); (err == nil) != c.sound {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
