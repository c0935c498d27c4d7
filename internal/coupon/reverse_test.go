package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

const day = 24 * time.Hour

func TestReverseGivesEverythingBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindRefill, refill, coupon.Limits{Total: 9, PerCustomer: 9, PerDay: 9, Budget: new(sgd(9000))})
	mei := d.customer("acct-1")
	v := d.issue(cam, "12345")
	r := d.redeem("12345", forCustomer(mei))
	d.refused("invalid", coupon.Reverse{Redemption: r.ID, Reason: " ", By: staff})
	d.refused("not_found", coupon.Reverse{Redemption: "red_other", Reason: "why", By: staff})
	out := must[coupon.Undone](d, d.reverse(r))
	wants(t, "the reversal", []any{out.Reversal.Money, out.Reversal.Whole, out.Redemption.Reversed, out.Redemption.Returned}, []any{sgd(1000), true, 1000, true})
	wants(t, "the voucher", []any{out.Voucher.State, out.Voucher.Uses, out.Voucher.Balance, out.Voucher.Holder}, []any{"active", 0, 1000, mei})
	wants(t, "the balance", out.Balances[0].Minor, 0)
	for key, n := range d.Counters {
		wants(t, string(key), n.Used, 0)
	}
	d.books("issuer SGD -1000, " + outstanding(v) + " SGD 1000")
	d.refused("already_reversed", d.reverse(r))
	d.redeem("12345", forCustomer(mei))
}

func TestReverseInParts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindGift, gift, coupon.Limits{Total: 1, Budget: new(sgd(1000))})
	v := d.issue(cam, "GIFT")
	r := d.redeem("GIFT", taking(sgd(1000)), at("loc_main"))
	for _, c := range []struct {
		name   string
		give   money.Amount
		reason string
	}{
		{"in another currency", money.Amount{Minor: 100, Asset: "USD"}, "currency_mismatch"},
		{"nothing", sgd(0), "invalid"},
		{"less than nothing", sgd(-1), "invalid"},
		{"a cent too much", sgd(1001), "insufficient_balance"},
	} {
		t.Run(c.name, func(t *testing.T) { d.refused(c.reason, d.reverse(r, c.give)) })
	}
	out := must[coupon.Undone](d, d.reverse(r, sgd(400)))
	wants(t, "money comes back, the use does not", []any{out.Voucher.Balance, out.Voucher.Uses, out.Voucher.State, out.Redemption.Returned}, []any{400, 1, "active", false})
	wants(t, "the total stays, the budget goes back", []int64{d.Counters[coupon.TotalCounter(cam.ID)].Used, d.Counters[coupon.BudgetCounter(cam.ID)].Used}, []int64{1, 600})
	d.refused("limit_reached", redeem("GIFT", taking(sgd(100))))
	wants(t, "says", d.refused("insufficient_balance", d.reverse(r, sgd(601))).Msg, "Only 6.00 can still be reversed.")
	out = must[coupon.Undone](d, d.reverse(r))
	wants(t, "the rest, with the use", []any{out.Reversal.Money, out.Voucher.Balance, out.Voucher.Uses, out.Redemption.Returned}, []any{sgd(600), 1000, 0, true})
	d.refused("already_reversed", d.reverse(r, sgd(1)))
	wants(t, "reversals", len(d.Reversals), 2)
	d.books("issuer SGD -1000, " + outstanding(v) + " SGD 1000")
	d.redeem("GIFT", taking(sgd(1000)))
}

func TestReverseAPartOfWhatIsUsedInFull(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mei := d.customer("acct-1")
	v := d.issue(d.campaign(coupon.KindRefill, refill), "12345")
	r := d.redeem("12345", forCustomer(mei))
	must[coupon.Undone](d, d.reverse(r, sgd(400)))
	wants(t, "its use is still used", []any{d.now(v).State, d.now(v).Balance, d.owns(mei, "SGD")}, []any{"redeemed", 400, 600})
	d.refused("already_redeemed", redeem("12345", forCustomer(mei)))
	must[coupon.Undone](d, d.reverse(r))
	wants(t, "and comes back with the rest", []any{d.now(v).State, d.now(v).Balance, d.owns(mei, "SGD")}, []any{"active", 1000, 0})
}

func TestReverseAfterTheCreditIsSpent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mei := d.customer("acct-1")
	d.issue(d.campaign(coupon.KindRefill, refill), "12345")
	r := d.redeem("12345", forCustomer(mei))
	must[coupon.Balance](d, coupon.Adjust{Customer: mei, Money: sgd(-300), Reason: "spent", By: staff})
	d.refused("insufficient_balance", d.reverse(r))
	d.refused("insufficient_balance", d.reverse(r, sgd(701)))
	must[coupon.Undone](d, d.reverse(r, sgd(700)))
	wants(t, "balance", d.owns(mei, "SGD"), 0)
}

func TestF30ReverseAfterTheExpiry(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", expiring(noon.Add(time.Hour)))
	r := d.redeem("GIFT", taking(sgd(1000)))
	d.Pass(2 * time.Hour)
	out := must[coupon.Undone](d, d.reverse(r))
	wants(t, "it comes back expired", []any{out.Voucher.State, out.Voucher.Status("active", "active", false, d.Clock)}, []any{"active", "expired"})
	d.refused("expired", redeem("GIFT", taking(sgd(1))))
	must[coupon.Voucher](d, coupon.Extend{Voucher: v.ID, ExpiresAt: d.Clock.Add(time.Hour), By: staff})
	d.redeem("GIFT", taking(sgd(1000)))
}

func TestReverseAfterVoid(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift, coupon.Limits{Total: 5}), "GIFT")
	r := d.redeem("GIFT", taking(sgd(600)), at("loc_main"))
	d.void(v)
	d.books("issuer SGD -600, location:loc_main SGD 600")
	out := must[coupon.Undone](d, d.reverse(r))
	wants(t, "the money goes on to the issuer", []any{out.Voucher.State, out.Voucher.Balance, out.Voucher.Uses}, []any{"void", 0, 0})
	d.books("")
}

func TestReversalWindow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		days int64
		ok   time.Duration
	}{
		{"ninety days when nothing is said", 0, 90 * day},
		{"as long as the organisation says", 7, 7 * day},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.Org.ReversalDays = c.days
			d.issue(d.campaign(coupon.KindDiscount, uses(2)), "A")
			in, late := d.redeem("A"), d.redeem("A")
			d.Pass(c.ok)
			must[coupon.Undone](d, d.reverse(in))
			d.Pass(time.Microsecond)
			wants(t, "says", d.refused("conflict", d.reverse(late)).Msg, "The time to reverse this redemption is over.")
		})
	}
}

func TestF28AReversalGivesTheOriginalDayBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{PerDay: 1})
	d.issue(cam, "A")
	r := d.redeem("A")
	d.Pass(day)
	d.redeem("A")
	must[coupon.Undone](d, d.reverse(r))
	wants(t, "uses by day", []int64{d.Counters[coupon.DayCounter(cam.ID, "2026-11-21")].Used, d.Counters[coupon.DayCounter(cam.ID, "2026-11-22")].Used}, []int64{0, 1})
	d.refused("daily_limit_reached", redeem("A"))
}

func TestReverseWithoutALedgerValue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	off := with(tenOff, func(doc *coupon.TermsDoc) { doc.Value = worth(sgd(300)) })
	cam := d.campaign(coupon.KindDiscount, off, coupon.Limits{Budget: new(sgd(300))})
	d.issue(cam, "A")
	v := d.issue(cam, "B")
	r := d.redeem("A")
	d.refused("budget_reached", redeem("B"))
	must[coupon.Undone](d, d.reverse(r, sgd(100)))
	wants(t, "a part of the budget", d.Counters[coupon.BudgetCounter(cam.ID)].Used, 200)
	must[coupon.Undone](d, d.reverse(r))
	d.redeem("B")
	wants(t, "no entries", len(d.Entries), 0)
	wants(t, "B", d.now(v).State, "redeemed")
	d.issue(d.campaign(coupon.KindDiscount, tenOff), "TEN")
	ten := d.redeem("TEN")
	d.refused("currency_mismatch", d.reverse(ten, sgd(100)))
	must[coupon.Undone](d, d.reverse(ten))
	d.refused("already_reversed", d.reverse(ten))
}
