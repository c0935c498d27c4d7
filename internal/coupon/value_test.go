package coupon_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

func TestDrawdownOfTen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
	for _, c := range []struct {
		name  string
		take  int64
		says  string // of a refusal
		left  int64
		state coupon.VoucherState
	}{
		{"two leave eight", 200, "", 800, coupon.VoucherActive},
		{"five leave three", 500, "", 300, coupon.VoucherActive},
		{"four are refused", 400, "3.00 left.", 300, coupon.VoucherActive},
		{"three finish it", 300, "", 0, coupon.VoucherRedeemed},
	} {
		cmd := redeem("GIFT", taking(sgd(c.take)), at("loc_main"))
		if c.says != "" {
			wants(t, c.name, d.refused("insufficient_balance", cmd).Msg, c.says)
		} else {
			wants(t, c.name, must[coupon.Redeemed](d, cmd).Left, []int64{c.left})
		}
		now := d.now(v)
		wants(t, c.name, []any{now.Balance, now.State}, []any{c.left, c.state})
	}
	d.refused("already_redeemed", redeem("GIFT", taking(sgd(1))))
	wants(t, "uses", d.now(v).Uses, 3)
	d.books("issuer SGD -1000, location:loc_main SGD 1000")
}

func TestDrawdownOfPoints(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	points := with(gift, func(doc *coupon.TermsDoc) {
		doc.Value = coupon.Value{Type: coupon.ValueUnits, Units: 100, Unit: "POINTS"}
	})
	d.issue(d.campaign(coupon.KindGift, points), "P")
	taken := money.Amount{Minor: 60, Asset: "unit:POINTS"}
	d.redeem("P", taking(taken))
	wants(t, "says", d.refused("insufficient_balance", redeem("P", taking(taken))).Msg, "40 left.")
	d.refused("currency_mismatch", redeem("P", taking(sgd(10))))
	d.books("issuer unit:POINTS -100, " + outstanding(d.Voucher("P")) + " unit:POINTS 40, location:online unit:POINTS 60")
}

func TestRefillToTheBalance(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindRefill, refill)
	mei := d.customer("acct-1")
	d.issue(cam, "1201")
	d.issue(cam, "1202")
	d.refused("customer_required", redeem("1201", through(coupon.Outlet)))

	out := must[coupon.Redeemed](d, redeem("1201", forCustomer(mei)))
	wants(t, "the first shows", out.Balances, []coupon.Balance{{BalanceKey: coupon.BalanceKey{Customer: mei, Asset: "SGD"}, Minor: 1000}})
	wants(t, "the transaction", out.Redemptions[0].Transaction.Type, coupon.TopUp)
	wants(t, "the posting", d.Entries[len(d.Entries)-1].Kind, coupon.PostTopUp)
	d.refused("already_redeemed", redeem("1201", forCustomer(mei)))
	out = must[coupon.Redeemed](d, redeem("1202", forCustomer(mei)))
	wants(t, "the second shows", out.Balances[0].Minor, 2000)
	wants(t, "the voucher", []any{d.Voucher("1202").State, d.Voucher("1202").Balance, d.Voucher("1202").Holder}, []any{"redeemed", 0, mei})
	d.books("issuer SGD -2000, customer:" + string(mei) + " SGD 2000")
}

// Top-ups kept adding to a balance past 2^53, where it could neither be read exactly nor
// be adjusted down again.
func TestF59ABalanceStaysExact(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mei := d.customer("acct-1")
	d.issue(d.campaign(coupon.KindRefill, refill), "1201")
	adjust := func(m money.Amount) coupon.Adjust {
		return coupon.Adjust{Customer: mei, Money: m, Reason: "goodwill", By: staff}
	}
	must[coupon.Balance](d, adjust(sgd(money.MaxMinor-999)))
	wants(t, "too much", d.refused("not_applicable", redeem("1201", forCustomer(mei))).Msg, "The customer's balance would become too large.")
	must[coupon.Balance](d, adjust(sgd(-1)))
	out := must[coupon.Redeemed](d, redeem("1201", forCustomer(mei)))
	wants(t, "all that fits", out.Balances[0].Minor, int64(money.MaxMinor))
}

func TestSeveralRefillsInOneGoShowOneBalance(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindRefill, refill)
	mei := d.customer("acct-1")
	d.issue(cam, "1201")
	d.issue(cam, "1202")
	both := redeem("1201", forCustomer(mei))
	both.Items = append(both.Items, redeem("1202").Items...)
	out := must[coupon.Redeemed](d, both)
	wants(t, "balances", out.Balances, []coupon.Balance{{BalanceKey: coupon.BalanceKey{Customer: mei, Asset: "SGD"}, Minor: 2000}})
	if out.Redemptions[0].Checkout != out.Checkout || out.Redemptions[1].Checkout != out.Checkout || out.Checkout == "" {
		t.Errorf("two redemptions, one checkout: %+v", out)
	}
	d.issue(cam, "1203")
	both.Items[0].Fingerprints = []string{"1203"}
	d.refused("already_redeemed", both)
	wants(t, "a refused one refuses all", d.Voucher("1203").State, coupon.VoucherActive)
}

func TestF61RefillInAnotherCurrency(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	in := func(asset money.Asset) coupon.Campaign {
		return d.campaign(coupon.KindRefill, with(refill, func(doc *coupon.TermsDoc) { doc.Value = worth(money.Amount{Minor: 1000, Asset: asset}) }))
	}
	singapore, america := in("SGD"), in("USD")
	points := d.campaign(coupon.KindRefill, with(refill, func(doc *coupon.TermsDoc) {
		doc.Value = coupon.Value{Type: coupon.ValueUnits, Units: 100, Unit: "POINTS"}
	}))
	mei := d.customer("acct-1")
	for fp, c := range map[string]coupon.Campaign{"S1": singapore, "S2": singapore, "U1": america, "P1": points} {
		d.issue(c, fp)
	}
	both := redeem("S1", forCustomer(mei))
	both.Items = append(both.Items, redeem("U1").Items...)
	d.refused("currency_mismatch", both)
	d.redeem("S1", forCustomer(mei))
	f := d.refused("currency_mismatch", redeem("U1", forCustomer(mei)))
	wants(t, "says", f.Msg, "The balance is in SGD, this voucher is in USD.")
	d.redeem("P1", forCustomer(mei))
	d.redeem("S2", forCustomer(mei))
	wants(t, "dollars and points", []int64{d.owns(mei, "SGD"), d.owns(mei, "unit:POINTS"), d.owns(mei, "USD")}, []int64{2000, 100, 0})
}

func TestEPinsTopUpOrPay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindEPin, refill)
	mei := d.customer("acct-1")
	for _, fp := range []string{"TOP", "PAY"} {
		d.issue(cam, fp, heldBy(mei))
	}
	wants(t, "a top-up goes to", d.redeem("TOP", forCustomer(mei), toppingUp).To, coupon.CustomerAccount(mei))
	pay := redeem("PAY", forCustomer(mei))
	pay.Transaction = coupon.Transaction{Type: coupon.PackagePurchase, Reference: "PKG-77"}
	r := must[coupon.Redeemed](d, pay).Redemptions[0]
	wants(t, "a purchase", []any{r.To, r.Transaction.Reference, r.Money}, []any{coupon.LocationAccount(""), "PKG-77", sgd(1000)})
	wants(t, "balance", d.owns(mei, "SGD"), 1000)
}

func TestEPinOfAPackageTopsNothingUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindEPin, with(refill, func(doc *coupon.TermsDoc) {
		doc.Value = coupon.Value{Type: coupon.ValuePackage, Package: "starter"}
	}))
	mei := d.customer("acct-1")
	d.issue(cam, "A")
	d.refused("not_applicable", redeem("A", forCustomer(mei), toppingUp))
	out := must[coupon.Redeemed](d, redeem("A", forCustomer(mei)))
	wants(t, "balances", []any{len(out.Balances), len(d.Balances), len(d.Entries)}, []any{0, 0, 0})
}

func TestUsesWithoutALedgerValue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, uses(2)), "TWICE")
	off := with(tenOff, func(doc *coupon.TermsDoc) { doc.Value = worth(sgd(300)) })
	d.issue(d.campaign(coupon.KindDiscount, off), "THREE")
	wants(t, "a percentage gives no amount that is known", d.redeem("TWICE").Money, money.Amount{})
	d.redeem("TWICE")
	d.refused("already_redeemed", redeem("TWICE"))
	wants(t, "an amount off is recorded", d.redeem("THREE").Money, sgd(300))
	d.books("")
	wants(t, "entries", len(d.Entries), 0)
}

// The second use of one voucher in one redemption sees the first.
func TestOneVoucherTwiceInOneRedemption(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
	twice := redeem("GIFT", taking(sgd(600)))
	twice.Items = append(twice.Items, redeem("GIFT", taking(sgd(500))).Items...)
	d.refused("insufficient_balance", twice)
	twice.Items[1].Money = new(sgd(400))
	out := must[coupon.Redeemed](d, twice)
	wants(t, "left", out.Left, []int64{400, 0})
	last := d.Events[len(d.Events)-2:]
	wants(t, "uses in the events", []any{last[0].Data["uses"], last[1].Data["uses"]}, []any{1, 2})
	wants(t, "versions in the events", []any{last[0].Version, last[1].Version}, []any{2, 3})
}
