package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

func end(v coupon.Voucher, to coupon.VoucherState) coupon.End {
	return coupon.End{Voucher: v.ID, To: to, Reason: "sent by mistake", By: staff}
}

func disable(v coupon.Voucher) coupon.Disable {
	return coupon.Disable{Voucher: v.ID, On: true, Reason: "stolen", By: staff}
}

func enable(v coupon.Voucher) coupon.Disable { return coupon.Disable{Voucher: v.ID, By: staff} }

func (d *desk) extend(v coupon.Voucher, to time.Time) coupon.Extend {
	return coupon.Extend{Voucher: v.ID, ExpiresAt: to, Reason: "asked nicely", By: staff}
}

func reassign(v coupon.Voucher, to coupon.CustomerID) coupon.Reassign {
	return coupon.Reassign{Voucher: v.ID, Customer: coupon.CustomerRef{ID: to}, Reason: "a present", By: staff}
}

// voucherStates bring a gift voucher of 10.00 into each state that a command meets.
var voucherStates = []struct {
	name  string
	apply func(d *desk, v coupon.Voucher)
}{
	{"fresh", func(*desk, coupon.Voucher) {}},
	{"partly used", func(d *desk, _ coupon.Voucher) { d.redeem("GIFT", taking(sgd(400))) }},
	{"held", func(d *desk, _ coupon.Voucher) { d.hold(time.Hour/4, redeem("GIFT", taking(sgd(400)))) }},
	{"expired", func(d *desk, _ coupon.Voucher) { d.Pass(2 * day) }},
	{"lapsed", func(d *desk, v coupon.Voucher) {
		d.Pass(2 * day)
		must[int](d, coupon.Lapse{Vouchers: []coupon.VoucherID{v.ID}})
	}},
	{"deactivated", func(d *desk, v coupon.Voucher) { must[coupon.Voucher](d, disable(v)) }},
	{"frozen", func(d *desk, v coupon.Voucher) {
		must[coupon.Batch](d, coupon.FreezeBatch{ID: v.Batch, Freeze: true, By: staff})
	}},
	{"paused", func(d *desk, v coupon.Voucher) {
		must[coupon.Campaign](d, coupon.SetCampaignState(v.Campaign, coupon.CampaignPaused, staff))
	}},
	{"used up", func(d *desk, _ coupon.Voucher) { d.redeem("GIFT", taking(sgd(1000))) }},
	{"void", func(d *desk, v coupon.Voucher) { must[coupon.Voucher](d, end(v, coupon.VoucherVoid)) }},
	{"deleted", func(d *desk, v coupon.Voucher) { must[coupon.Voucher](d, end(v, coupon.VoucherDeleted)) }},
}

// What may be done with a voucher in which state; "" is allowed. The columns are in
// the order of voucherStates.
var allowed = []struct {
	name string
	cmd  func(d *desk, v coupon.Voucher) coupon.Command
	want [11]string
}{
	{"void", func(_ *desk, v coupon.Voucher) coupon.Command { return end(v, coupon.VoucherVoid) },
		[11]string{"", "", "", "", "", "", "", "", "already_redeemed", "conflict", "conflict"}},
	{"delete", func(_ *desk, v coupon.Voucher) coupon.Command { return end(v, coupon.VoucherDeleted) },
		[11]string{"", "", "", "", "", "", "", "", "already_redeemed", "conflict", "conflict"}},
	{"deactivate", func(_ *desk, v coupon.Voucher) coupon.Command { return disable(v) },
		[11]string{"", "", "", "", "", "conflict", "", "", "", "conflict", "conflict"}},
	{"reactivate", func(_ *desk, v coupon.Voucher) coupon.Command { return enable(v) },
		[11]string{"conflict", "conflict", "conflict", "conflict", "conflict", "", "conflict", "conflict", "conflict", "conflict", "conflict"}},
	{"extend", func(d *desk, v coupon.Voucher) coupon.Command { return d.extend(v, noon.Add(9*day)) },
		[11]string{"", "", "", "", "", "", "", "", "already_redeemed", "conflict", "conflict"}},
	{"reassign", func(d *desk, v coupon.Voucher) coupon.Command { return reassign(v, "cus_other") },
		[11]string{"", "already_redeemed", "held", "", "", "", "", "", "already_redeemed", "conflict", "conflict"}},
	{"replace", func(d *desk, v coupon.Voucher) coupon.Command { return d.replace(v) },
		[11]string{"", "", "", "", "", "", "", "", "already_redeemed", "conflict", "conflict"}},
	{"redeem", func(*desk, coupon.Voucher) coupon.Command { return redeem("GIFT", taking(sgd(100))) },
		[11]string{"", "", "", "expired", "expired", "disabled", "frozen", "paused", "already_redeemed", "not_active", "not_active"}},
}

func TestWhatMayBeDoneInWhichState(t *testing.T) {
	t.Parallel()
	for _, c := range allowed {
		for i, state := range voucherStates {
			t.Run(c.name+" when "+state.name, func(t *testing.T) {
				t.Parallel()
				d := newDesk(t)
				d.Customers["cus_other"] = coupon.Customer{ID: "cus_other"}
				v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", expiring(noon.Add(day)))
				state.apply(d, v)
				d.try(c.want[i], c.cmd(d, v))
			})
		}
	}
}

func TestCommandsOnVouchersThatAreNot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	none := coupon.Voucher{ID: "vch_none"}
	for _, c := range allowed[:7] {
		d.refused("not_found", c.cmd(d, none))
	}
}

func TestReasonsAreMandatory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mei := d.customer("acct-1")
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", heldBy(mei))
	r := d.redeem("GIFT", forCustomer(mei), taking(sgd(100)))
	for _, reason := range []string{"", " \t\n"} {
		for _, c := range []coupon.Command{
			coupon.End{Voucher: v.ID, To: coupon.VoucherVoid, Reason: reason},
			coupon.End{Voucher: v.ID, To: coupon.VoucherDeleted, Reason: reason},
			coupon.Disable{Voucher: v.ID, On: true, Reason: reason},
			coupon.Replace{Voucher: v.ID, Code: d.code("NEW"), Reason: reason},
			coupon.Reverse{Redemption: r.ID, Reason: reason},
			coupon.Adjust{Customer: mei, Money: sgd(100), Reason: reason},
		} {
			if f := d.refused("invalid", c); f.Fields["reason"] == "" {
				t.Errorf("%T: the fault names %v", c, f.Fields)
			}
		}
	}
}

func TestEndReleasesWhatIsLeft(t *testing.T) {
	t.Parallel()
	for _, to := range []coupon.VoucherState{coupon.VoucherVoid, coupon.VoucherDeleted} {
		t.Run(string(to), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
			d.redeem("GIFT", taking(sgd(400)), at("loc_main"))
			h := d.hold(time.Minute, redeem("GIFT", taking(sgd(100))))
			out := must[coupon.Voucher](d, end(v, to))
			wants(t, "the voucher", []any{out.State, out.Balance, out.EndedAt.Equal(noon), out.EndedBy, out.EndedReason}, []any{to, 0, true, "Ada", "sent by mistake"})
			event := d.Events[len(d.Events)-1]
			wants(t, "the event", []any{event.Type, event.Data["reason"], event.Data["released"]}, []any{"voucher." + map[bool]string{true: "voided", false: "deleted"}[to == coupon.VoucherVoid], "sent by mistake", 600})
			wants(t, "what the hold reserved of it", len(d.Reservations), 0)
			d.refused("not_active", redeemHold(h))
			d.books("issuer SGD -400, location:loc_main SGD 400")
			d.refused("conflict", d.issuing(coupon.Campaign{ID: v.Campaign}, "GIFT"))
		})
	}
}

func TestDisableKeepsItsReasonUntilEnabled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
	wants(t, "off", must[coupon.Voucher](d, disable(v)).DisabledReason, "stolen")
	d.refused("disabled", redeem("GIFT", taking(sgd(100))))
	wants(t, "on", must[coupon.Voucher](d, enable(v)).DisabledReason, "")
	d.redeem("GIFT", taking(sgd(100)))
	wants(t, "events", d.Since(len(d.Events)-3), "voucher.deactivated voucher.reactivated voucher.redeemed")
}

func TestF29Extend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		to    time.Time
		field string
	}{
		{"later", noon.Add(2 * day), ""},
		{"sooner, and still in the future", noon.Add(2 * time.Hour), ""},
		{"for ever", time.Time{}, ""},
		{"to a past date", noon.Add(-time.Second), "expires_at"},
		{"to this very moment", noon, "expires_at"},
		{"to before the start", noon.Add(time.Minute), "starts_at"},
		{"to the start", noon.Add(time.Hour), "starts_at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT", expiring(noon.Add(day)), func(c *coupon.Issue) { c.StartsAt = new(noon.Add(time.Hour)) })
			if c.field != "" {
				wants(t, "field", d.refused("invalid", d.extend(v, c.to)).Fields[c.field] != "", true)
				return
			}
			out := must[coupon.Voucher](d, d.extend(v, c.to))
			wants(t, "expiry and version", []any{out.ExpiresAt, out.Version}, []any{c.to, 2})
			data := d.Events[len(d.Events)-1].Data
			wants(t, "before", data["before"], noon.Add(day))
		})
	}
}

func TestReassign(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann, ben := d.customer("ann"), d.customer("ben")
	v := d.issue(d.campaign(coupon.KindCoupon, policy(coupon.Assigned)), "A", heldBy(ann))
	d.refused("invalid", reassign(v, "cus_nobody"))
	out := must[coupon.Voucher](d, reassign(v, ben))
	wants(t, "holder", out.Holder, ben)
	data := d.Events[len(d.Events)-1].Data
	wants(t, "event", []any{data["before"], data["after"], data["reason"]}, []any{ann, ben, "a present"})
	d.refused("not_holder", redeem("A", forCustomer(ann)))
	by := reassign(v, "")
	by.Customer.Key = "source:cy"
	cy := must[coupon.Voucher](d, by).Holder
	wants(t, "a new customer by source id", d.Customers[cy].SourceID, "cy")
	h := d.hold(time.Minute, redeem("A", forCustomer(cy)))
	d.refused("held", reassign(v, ann))
	must[coupon.Hold](d, coupon.ReleaseHold{ID: h.ID, By: till})
	must[coupon.Voucher](d, reassign(v, ann))
	d.redeem("A", forCustomer(ann))
	wants(t, "says", d.refused("already_redeemed", reassign(v, ben)).Msg, "A voucher that has been used stays with its holder.")
}
