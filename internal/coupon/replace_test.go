package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

func (d *desk) replace(v coupon.Voucher, change ...func(*coupon.Replace)) coupon.Replace {
	c := coupon.Replace{Voucher: v.ID, Code: d.code("NEW-" + d.NewID("n")), Reason: "wrong value", By: staff}
	for _, f := range change {
		f(&c)
	}
	return c
}

func TestReplaceLinksBothWaysAndMovesTheValue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mei := d.customer("acct-1")
	old := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", heldBy(mei), expiring(noon.Add(day)), func(c *coupon.Issue) {
		c.Remarks, c.SourceReference, c.EarningMethod, c.Metadata = "for her birthday", "S-1", "loyalty", map[string]string{"a": "b"}
	})
	d.redeem("GIFT", forCustomer(mei), taking(sgd(400)), at("loc_main"))
	out := must[coupon.Replaced](d, d.replace(old))
	wants(t, "the old one", []any{out.Old.State, out.Old.ReplacedBy, out.Old.EndedReason, out.Old.Balance}, []any{"deleted", out.New.ID, "wrong value", 0})
	wants(t, "the new one", []any{out.New.State, out.New.Replaces, out.New.Balance, out.New.Face, out.New.Uses, out.New.Holder, out.New.ExpiresAt, out.New.Terms},
		[]any{"active", old.ID, 600, 1000, 0, mei, old.ExpiresAt, old.Terms})
	wants(t, "inherited", []any{out.New.Remarks, out.New.SourceReference, out.New.EarningMethod, out.New.Metadata}, []any{"for her birthday", "S-1", "manual", "map[a:b]"})
	wants(t, "events", d.Since(len(d.Events)-3), "voucher.deleted voucher.replaced voucher.issued")
	d.books("issuer SGD -1000, location:loc_main SGD 400, " + outstanding(out.New) + " SGD 600")
	d.refused("not_active", redeem("GIFT", forCustomer(mei), taking(sgd(1))))
	must[coupon.Redeemed](d, coupon.Redeem{Items: []coupon.Item{{Voucher: out.New.ID, Money: new(sgd(600))}}, Customer: coupon.CustomerRef{ID: mei}, By: till})
}

func TestReplaceByAnotherValue(t *testing.T) {
	t.Parallel()
	percent := coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}
	off := with(tenOff, func(doc *coupon.TermsDoc) { doc.Value, doc.PerVoucher = worth(sgd(1000)), 2 })
	for _, c := range []struct {
		name    string
		kind    coupon.Kind
		doc     coupon.TermsDoc
		value   coupon.Value
		maxUses int64
		balance int64
	}{
		{"10.00 off was meant to be 10 %", coupon.KindDiscount, off, percent, 2, 0},
		{"10 % was meant to be 10.00 off", coupon.KindDiscount, uses(3), worth(sgd(1000)), 3, 0},
		{"a gift of 10.00 was meant to be one of 20.00", coupon.KindGift, gift, worth(sgd(2000)), 0, 2000},
		{"a gift of 10.00 was meant to be 10 %, once", coupon.KindGift, gift, percent, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			old := d.issue(d.campaign(c.kind, c.doc), "OLD")
			out := must[coupon.Replaced](d, d.replace(old, func(r *coupon.Replace) { r.Value = &c.value }))
			wants(t, "uses and balance", []any{out.New.MaxUses, out.New.Balance}, []any{c.maxUses, c.balance})
			wants(t, "the campaign's own terms stay", []any{out.New.Terms == old.Terms, d.Campaigns[old.Campaign].Terms}, []any{false, old.Terms})
			wants(t, "its terms say", d.Terms[out.New.Terms].Doc.Value.Type, c.value.Type)
			for range max(1, out.New.MaxUses) {
				must[coupon.Redeemed](d, coupon.Redeem{Items: []coupon.Item{{Voucher: out.New.ID, Money: new(sgd(2000))}}, By: till})
			}
			d.refused("already_redeemed", coupon.Redeem{Items: []coupon.Item{{Voucher: out.New.ID, Money: new(sgd(2000))}}, By: till})
		})
	}
}

func TestReplaceKeepsTheUsesThatAreLeft(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	old := d.issue(d.campaign(coupon.KindDiscount, uses(3)), "A")
	d.redeem("A")
	wants(t, "two of three", must[coupon.Replaced](d, d.replace(old)).New.MaxUses, 2)
}

func TestF29ReplaceAndTheExpiry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		given   *time.Time
		field   string
		expires time.Time
	}{
		{"an expired one starts a new life", nil, "", time.Time{}},
		{"until when is said", new(noon.Add(5 * day)), "", noon.Add(5 * day)},
		{"to the past", new(noon.Add(day)), "expires_at", time.Time{}},
		{"to another past", new(noon.Add(time.Hour)), "expires_at", time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", expiring(noon.Add(day)))
			d.Pass(2 * day)
			must[int](d, coupon.Lapse{Vouchers: []coupon.VoucherID{v.ID}})
			cmd := d.replace(v, func(r *coupon.Replace) { r.ExpiresAt = c.given })
			if c.field != "" {
				wants(t, "field", d.refused("invalid", cmd).Fields[c.field] != "", true)
				return
			}
			out := must[coupon.Replaced](d, cmd)
			wants(t, "expiry and balance", []any{out.New.ExpiresAt, out.New.Balance}, []any{c.expires, 1000})
			wants(t, "outstanding", d.Sums()[outstanding(out.New)+" SGD"], 1000)
		})
	}
}

func TestReplaceWithACodeThatIsTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindGift, gift)
	old := d.issue(cam, "OLD")
	d.issue(cam, "TAKEN")
	d.refused("conflict", d.replace(old, func(r *coupon.Replace) { r.Code = d.code("TAKEN") }))
	d.refused("conflict", d.replace(old, func(r *coupon.Replace) { r.Code = d.code("OLD") }))
	wants(t, "the old one", d.now(old).State, coupon.VoucherActive)
}

func TestReplaceCountsAsIssuedButIsNotStopped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindGift, gift, coupon.Limits{Allocation: 1})
	old := d.issue(cam, "OLD")
	d.refused("allocation_exhausted", d.issuing(cam, "SECOND"))
	must[coupon.Replaced](d, d.replace(old))
	wants(t, "issued", d.Counters[coupon.IssuedCounter(cam.ID)].Used, 2)
}
