package coupon_test

import (
	"context"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// BenchmarkRedeemDecide measures the decision alone: the rows are loaded, nothing
// is written.
func BenchmarkRedeemDecide(b *testing.B) {
	for _, c := range []struct {
		name   string
		kind   coupon.Kind
		doc    coupon.TermsDoc
		limits coupon.Limits
		change []func(*coupon.Redeem)
	}{
		{"discount", coupon.KindDiscount, uses(0), coupon.Limits{}, nil},
		{"every_limit", coupon.KindDiscount, uses(0), coupon.Limits{Total: 1 << 40, PerCustomer: 1 << 40, PerDay: 1 << 40, Budget: new(sgd(1 << 40))}, nil},
		{"drawdown", coupon.KindGift, gift, coupon.Limits{}, []func(*coupon.Redeem){taking(sgd(1)), at("loc_main")}},
		{"refill", coupon.KindRefill, refill, coupon.Limits{}, nil},
		{"refused", coupon.KindGift, gift, coupon.Limits{}, []func(*coupon.Redeem){taking(sgd(1001))}},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := newDesk(b)
			cmd := redeem("A", append(c.change, forCustomer(d.customer("acct-1")))...)
			d.issue(d.campaign(c.kind, c.doc, c.limits), "A")
			state := loaded(b, d, cmd)
			now := d.Now()
			b.ReportAllocs()
			for b.Loop() {
				_, err := cmd.Decide(state.Begin(), now)
				if (err != nil) != (c.name == "refused") {
					b.Fatal(err)
				}
			}
		})
	}
}

// loaded returns the rows of one command, as the engine would have them.
func loaded(b *testing.B, d *desk, cmd coupon.Command) *coupon.State {
	b.Helper()
	q, k := &coupon.Lookup{}, &coupon.Keys{}
	cmd.Resolve(q)
	l := coupon.NewLinks()
	if err := d.Resolve(context.Background(), q, l); err != nil {
		b.Fatal(err)
	}
	l.Day = l.Org.Day(d.Now())
	cmd.Lock(l, k)
	k.Tidy()
	s, err := d.Read(context.Background(), k)
	if err != nil {
		b.Fatal(err)
	}
	s.Links, s.Org, s.IDs = l, l.Org, d.IDs()
	return s
}
