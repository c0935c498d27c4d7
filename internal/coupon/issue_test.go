package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

func public(c *coupon.Issue) { c.Public = true }

func atMost(n int64) func(*coupon.Issue) { return func(c *coupon.Issue) { c.MaxUses = &n } }

func TestIssue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mei := d.customer("acct-1")
	cam := d.campaign(coupon.KindGift, gift)
	v := d.issue(cam, "A", heldBy(mei), func(c *coupon.Issue) {
		c.Remarks, c.SourceReference, c.EarningMethod, c.Metadata = "thank you", "S-1", "loyalty", map[string]string{"a": "b"}
	})
	wants(t, "the voucher", []any{v.Serial, v.Sequence, v.State, v.Holder, v.Balance, v.Face, v.Asset, v.MaxUses, v.Version}, []any{"SPRINGSALE-000001", 1, "active", mei, 1000, 1000, "SGD", 0, 1})
	wants(t, "what it was given", []any{v.Remarks, v.SourceReference, v.EarningMethod, v.Metadata, v.Tail, v.Sealed}, []any{"thank you", "S-1", "loyalty", "map[a:b]", "8K3Q", "sealed"})
	wants(t, "the next", []any{d.issue(cam, "B").Serial, d.now(v).EarningMethod, d.Voucher("B").EarningMethod}, []any{"SPRINGSALE-000002", "loyalty", "manual"})
	wants(t, "the standing batch", []any{d.Batches[v.Batch].Made, d.Batches[v.Batch].Quantity}, []any{2, 2})
	d.books("issuer SGD -2000, " + outstanding(v) + " SGD 2000")
	by := d.issuing(cam, "C")
	by.Customer.Key = "source:acct-2"
	wants(t, "a new customer by source id", d.Customers[must[coupon.Voucher](d, by).Holder].SourceID, "acct-2")
	d.refused("conflict", d.issuing(cam, "A"))
	d.refused("invalid", d.issuing(cam, "D", heldBy("cus_nobody")))
	d.refused("not_found", d.issuing(coupon.Campaign{ID: "cmp_none"}, "D"))
}

func TestIssueWithAnAmountOfItsOwn(t *testing.T) {
	t.Parallel()
	open := with(refill, func(doc *coupon.TermsDoc) { doc.Value.Money = nil })
	off := with(tenOff, func(doc *coupon.TermsDoc) { doc.Value = worth(sgd(300)) })
	points := with(gift, func(doc *coupon.TermsDoc) {
		doc.Value = coupon.Value{Type: coupon.ValueUnits, Units: 100, Unit: "POINTS"}
	})
	for _, c := range []struct {
		name    string
		kind    coupon.Kind
		doc     coupon.TermsDoc
		money   *money.Amount
		reason  string
		face    int64
		balance int64
	}{
		{"a gift of another amount", coupon.KindGift, gift, new(sgd(250)), "", 250, 250},
		{"a refill coupon whose campaign names no amount", coupon.KindRefill, open, new(sgd(250)), "", 250, 250},
		{"a refill coupon of no amount at all", coupon.KindRefill, open, nil, "invalid", 0, 0},
		{"an amount off has a face and no balance", coupon.KindDiscount, off, new(sgd(250)), "", 250, 0},
		{"points", coupon.KindGift, points, &money.Amount{Minor: 7, Asset: "unit:POINTS"}, "", 7, 7},
		{"dollars for points", coupon.KindGift, points, new(sgd(7)), "currency_mismatch", 0, 0},
		{"another currency", coupon.KindGift, gift, &money.Amount{Minor: 7, Asset: "USD"}, "currency_mismatch", 0, 0},
		{"nothing", coupon.KindGift, gift, new(sgd(0)), "invalid", 0, 0},
		{"less than nothing", coupon.KindGift, gift, new(sgd(-5)), "invalid", 0, 0},
		{"an amount for a percentage", coupon.KindDiscount, tenOff, new(sgd(250)), "invalid", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			cmd := d.issuing(d.campaign(c.kind, c.doc), "A")
			cmd.Money = c.money
			if c.reason != "" {
				d.refused(c.reason, cmd)
				return
			}
			v := must[coupon.Voucher](d, cmd)
			wants(t, "face and balance", []int64{v.Face, v.Balance}, []int64{c.face, c.balance})
		})
	}
}

func TestIssueWithUsesOfItsOwn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindDiscount, tenOff)
	wants(t, "single use unless said otherwise", d.issue(cam, "A").MaxUses, 1)
	wants(t, "three", d.issue(cam, "B", atMost(3)).MaxUses, 3)
	wants(t, "no limit", d.issue(cam, "C", atMost(0)).MaxUses, 0)
	d.issue(d.campaign(coupon.KindGift, gift), "GIFT", atMost(1))
	d.redeem("GIFT", taking(sgd(400)))
	d.redeem("GIFT", taking(sgd(600))) // the balance decides
}

func TestF29IssueWithASpan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		starts  time.Time
		expires time.Time
		field   string
	}{
		{"a day", noon, noon.Add(day), ""},
		{"an expiry that is now", time.Time{}, noon, "expires_at"},
		{"an expiry in the past", time.Time{}, noon.Add(-day), "expires_at"},
		{"a start after the expiry", noon.Add(2 * day), noon.Add(day), "starts_at"},
		{"a start at the expiry", noon.Add(day), noon.Add(day), "starts_at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			cmd := d.issuing(d.campaign(coupon.KindGift, gift), "A", expiring(c.expires))
			cmd.StartsAt = &c.starts
			if c.field != "" {
				wants(t, "field", d.refused("invalid", cmd).Fields[c.field] != "", true)
				return
			}
			v := must[coupon.Voucher](d, cmd)
			wants(t, "span", []any{v.StartsAt, v.ExpiresAt}, []any{c.starts, c.expires})
		})
	}
}

func TestAPublicCodeNeedsALimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		doc    coupon.TermsDoc
		limits coupon.Limits
		uses   *int64
		ok     bool
	}{
		{"none at all", uses(0), coupon.Limits{}, nil, false},
		{"a daily limit is none", uses(0), coupon.Limits{PerDay: 5}, nil, false},
		{"an allocation is none", uses(0), coupon.Limits{Allocation: 5}, nil, false},
		{"a total", uses(0), coupon.Limits{Total: 5}, nil, true},
		{"per customer", uses(0), coupon.Limits{PerCustomer: 1}, nil, true},
		{"a budget", uses(0), coupon.Limits{Budget: new(sgd(5))}, nil, true},
		{"uses in the terms", uses(3), coupon.Limits{}, nil, true},
		{"uses of its own", uses(0), coupon.Limits{}, new(int64(3)), true},
		{"uses lifted for this one", uses(3), coupon.Limits{}, new(int64(0)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			cmd := d.issuing(d.campaign(coupon.KindDiscount, c.doc, c.limits), "WELCOME10", public)
			cmd.MaxUses = c.uses
			if c.ok {
				wants(t, "public", must[coupon.Voucher](d, cmd).Public, true)
				return
			}
			wants(t, "field", d.refused("invalid", cmd).Fields["limits"] != "", true)
		})
	}
}

func TestAPublicCodeIsBoundAgainOnceItsVoucherIsOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		public bool
		over   func(d *desk, v coupon.Voucher)
		ok     bool
	}{
		{"while it is active", true, func(*desk, coupon.Voucher) {}, false},
		{"while it is deactivated", true, func(d *desk, v coupon.Voucher) { must[coupon.Voucher](d, disable(v)) }, false},
		{"a microsecond before its expiry", true, func(d *desk, _ coupon.Voucher) { d.Pass(day - time.Microsecond) }, false},
		{"at its expiry", true, func(d *desk, _ coupon.Voucher) { d.Pass(day) }, true},
		{"used up", true, func(d *desk, _ coupon.Voucher) { d.redeem("SUMMER") }, true},
		{"void", true, func(d *desk, v coupon.Voucher) { d.void(v) }, true},
		{"deleted", true, func(d *desk, v coupon.Voucher) { must[coupon.Voucher](d, end(v, coupon.VoucherDeleted)) }, true},
		{"any other code is used once for ever", false, func(d *desk, v coupon.Voucher) { d.void(v) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			cam := d.campaign(coupon.KindDiscount, tenOff)
			old := d.issue(cam, "SUMMER", expiring(noon.Add(day)), func(i *coupon.Issue) { i.Public = c.public })
			c.over(d, old)
			cmd := d.issuing(cam, "SUMMER", public)
			if !c.ok {
				wants(t, "field", d.refused("conflict", cmd).Fields["code"] != "", true)
				return
			}
			v := must[coupon.Voucher](d, cmd)
			wants(t, "the event", []any{d.Events[len(d.Events)-2].Type, d.Events[len(d.Events)-2].Data["to"]}, []any{coupon.EventCodeRebound, v.ID})
			wants(t, "the new one is redeemed", d.redeem("SUMMER").Voucher, v.ID)
			if err := d.old(old); err != "expired" && err != "already_redeemed" && err != "not_active" {
				t.Errorf("the former one: %s", err)
			}
		})
	}
}

// old tries a voucher by its id and returns the reason why not.
func (d *desk) old(v coupon.Voucher) string {
	_, err := do[coupon.Redeemed](d, coupon.Redeem{Items: []coupon.Item{{Voucher: v.ID}}, By: till})
	if err == nil {
		return ""
	}
	return reason(err)
}

func TestACodeUnderTheFormerKeyIsNotBoundAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindDiscount, tenOff)
	d.issue(cam, "former", public)
	d.redeem("former")
	cmd := d.issuing(cam, "", public)
	cmd.Code.Fingerprints = []string{"current", "former"}
	wants(t, "says", d.refused("conflict", cmd).Msg, "This code is being moved to a new key. Try again in a minute.")
	r := redeem("")
	r.Items[0].Fingerprints = cmd.Code.Fingerprints
	d.refused("already_redeemed", r)
}

func TestAllocation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{Allocation: 1200})
	d.issue(cam, "A")
	batch := func(n int64) coupon.CreateBatch {
		return coupon.CreateBatch{Batch: coupon.Batch{Campaign: cam.ID, Description: "B", Quantity: n, Source: "generated"}, By: staff}
	}
	f := d.refused("allocation_exhausted", batch(1200))
	wants(t, "says", []string{f.Msg, f.Fields["quantity"]}, []string{"Only 1,199 left.", "Only 1,199 left."})
	must[coupon.Batch](d, batch(1198))
	d.issue(cam, "B")
	d.refused("allocation_exhausted", d.issuing(cam, "C"))
	must[coupon.Campaign](d, edit(cam, func(c *coupon.Campaign, _ *coupon.TermsDoc) { c.Limits.Allocation = 1000 }))
	wants(t, "below what was issued", d.refused("allocation_exhausted", d.issuing(cam, "C")).Msg, "Only 0 left.")
	must[coupon.Campaign](d, edit(cam, func(c *coupon.Campaign, _ *coupon.TermsDoc) { c.Limits.Allocation = 0 }))
	d.issue(cam, "C")
	must[coupon.Campaign](d, edit(cam, func(c *coupon.Campaign, _ *coupon.TermsDoc) { c.Limits.Allocation = 1201 }))
	d.refused("allocation_exhausted", d.issuing(cam, "D"))
}
