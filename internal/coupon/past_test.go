package coupon_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// then decides a command as of a moment of the past.
func (d *desk) then(c coupon.Redeem, at time.Time) (string, []string) {
	d.t.Helper()
	ctx, q, k := context.Background(), &coupon.Lookup{}, &coupon.Keys{}
	c.Resolve(q)
	q.Tidy()
	l := coupon.NewLinks()
	if err := d.Resolve(ctx, q, l); err != nil {
		d.t.Fatal(err)
	}
	l.Day = l.Org.Day(at)
	c.Lock(l, k)
	k.Tidy()
	s, err := d.Read(ctx, k)
	if err != nil {
		d.t.Fatal(err)
	}
	s.Links, s.Org, s.IDs = l, l.Org, d.IDs()
	var later []coupon.Event
	for _, ev := range slices.Backward(d.Events) {
		if ev.At.After(at) && slices.Contains(s.Subjects(), ev.Subject) {
			later = append(later, ev)
		}
	}
	unknown, err := s.Rewind(at, later)
	if err != nil {
		return reason(err), unknown
	}
	out, err := c.Decide(s.Begin(), at)
	if err != nil {
		return reason(err), unknown
	}
	return fmt.Sprint(out.(coupon.Redeemed).Left), unknown
}

// A voucher's life, and how it would have been judged at each moment of it.
func TestThePastIsJudgedAsItWas(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindGift, gift)
	v := d.issue(c, "GIFT")
	mei := d.customer("acct-1")
	ask := redeem("GIFT", taking(sgd(300)), forCustomer(mei))
	steps := []struct {
		want string
		do   func()
	}{
		{"[700]", func() { d.redeem("GIFT", taking(sgd(900)), forCustomer(mei)) }},
		{"insufficient_balance", func() {
			for _, r := range d.Redemptions {
				must[coupon.Undone](d, d.reverse(r))
			}
		}},
		{"[700]", func() {
			must[coupon.Voucher](d, coupon.Disable{Voucher: v.ID, On: true, Reason: "test", By: staff})
		}},
		{"disabled", func() { must[coupon.Voucher](d, coupon.Disable{Voucher: v.ID, By: staff}) }},
		{"[700]", func() {
			must[coupon.Batch](d, coupon.FreezeBatch{ID: v.Batch, Freeze: true, Reason: "test", By: staff})
		}},
		{"frozen", func() { must[coupon.Batch](d, coupon.FreezeBatch{ID: v.Batch, By: staff}) }},
		{"[700]", func() { must[coupon.Campaign](d, coupon.SetCampaignState(c.ID, coupon.CampaignPaused, staff)) }},
		{"paused", func() { must[coupon.Campaign](d, coupon.SetCampaignState(c.ID, coupon.CampaignActive, staff)) }},
		{"[700]", func() { d.redeem("GIFT", taking(sgd(1000)), forCustomer(mei)) }},
		{"already_redeemed", func() {
			for _, r := range d.Redemptions {
				if !r.Returned {
					must[coupon.Undone](d, d.reverse(r))
				}
			}
		}},
		{"[700]", func() { d.void(v) }},
		{"not_active", func() {}},
	}
	var moments []time.Time
	for _, s := range steps {
		d.Pass(time.Hour)
		moments = append(moments, d.Now())
		d.Pass(time.Hour)
		s.do()
	}
	for i, s := range steps {
		got, _ := d.then(ask, moments[i])
		wants(t, fmt.Sprint("moment ", i), got, s.want)
	}
	got, _ := d.then(ask, noon.Add(-time.Hour))
	wants(t, "before it was issued", got, "not_found")
}

func TestThePastSaysWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{Total: 5})
	d.issue(c, "A")
	mei := d.customer("acct-1")
	at := d.Now()
	d.Pass(time.Hour)
	_, unknown := d.then(redeem("A", forCustomer(mei)), at)
	wants(t, "of limits", unknown, []string{`How far the limits of "Spring sale" were used then is not kept: the figures are those of today.`})
	must[coupon.Held](d, coupon.TakeHold{Redeem: redeem("A"), For: time.Minute})
	must[coupon.Campaign](d, coupon.ChangeCampaign{ID: c.ID, By: staff, Change: func(c *coupon.Campaign, _ *coupon.TermsDoc) error { c.Limits.Total = 6; return nil }})
	must[coupon.Customer](d, coupon.ChangeCustomer{ID: mei, By: staff, Change: func(c *coupon.Customer) { c.Groups = []string{"gold"} }})
	_, unknown = d.then(redeem("A", forCustomer(mei)), at)
	wants(t, "sentences", len(unknown), 4)
}

// A voucher for whoever uses it first was nobody's before.
func TestThePastKnowsWhoseAVoucherWas(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
	mei, tan := d.customer("acct-1"), d.customer("acct-2")
	at := d.Now()
	d.Pass(time.Hour)
	d.redeem("GIFT", taking(sgd(300)), forCustomer(mei))
	d.refused("not_holder", redeem("GIFT", taking(sgd(300)), forCustomer(tan)))
	got, _ := d.then(redeem("GIFT", taking(sgd(300)), forCustomer(tan)), at)
	wants(t, "then", got, "[700]")
}

func TestThePastDoesNotKnowFirstOrders(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.campaign(coupon.KindDiscount, with(uses(0), func(doc *coupon.TermsDoc) { doc.Conditions.FirstOrder = true })), "A")
	mei := d.customer("acct-1")
	at := d.Now()
	d.Pass(time.Hour)
	must[coupon.Redeemed](d, by(buy(cart(), "A"), mei))
	_, unknown := d.then(by(buy(cart(), "A"), mei), at)
	wants(t, "sentences", unknown, []string{"Whether the customer had ordered before that moment is not kept: it is judged by today."})
}
