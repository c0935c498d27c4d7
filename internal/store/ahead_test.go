package store_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// early is a batch's rows, read before its transaction.
type early struct {
	*shop
	counted, stored       coupon.Campaign
	mei                   coupon.Customer
	public, card, coupons coupon.Voucher
	used                  coupon.Redemption
	held                  coupon.Hold
	keys                  coupon.Keys
}

// newEarly makes rows of every kind that batches have in common, and names them.
func newEarly(s *shop) *early {
	e := &early{shop: s}
	e.counted = s.campaign(coupon.KindDiscount, twice, limits(coupon.Limits{Total: 100, PerCustomer: 50, PerDay: 50}))
	e.stored = s.campaign(coupon.KindGift, gift)
	e.mei = s.customer("Mei")
	e.public, e.card, e.coupons = s.issue(e.counted), s.issue(e.stored), s.issue(s.campaign(coupon.KindRefill, refill))
	e.used = s.redeem(e.public.ID, by(e.mei))
	e.held = must[coupon.Held](s, coupon.TakeHold{Redeem: using(e.card.ID, by(e.mei), taking(sgd(100))), For: time.Minute}).Hold
	day := s.now().Format(time.DateOnly)
	e.keys = coupon.Keys{
		Answers: []string{"api:late"}, Campaigns: []coupon.CampaignID{e.counted.ID, e.coupons.Campaign}, OwnCampaigns: []coupon.CampaignID{e.stored.ID},
		Batches: []coupon.BatchID{e.public.Batch, e.card.Batch}, Vouchers: []coupon.VoucherID{e.public.ID, e.card.ID, e.coupons.ID}, Codes: []string{"fp:CODE000001", "fp:FRESH001"},
		Counters:  []coupon.CounterKey{coupon.TotalCounter(e.counted.ID), coupon.CustomerCounter(e.counted.ID, e.mei.ID), coupon.DayCounter(e.counted.ID, day)},
		Customers: []coupon.CustomerID{e.mei.ID}, Balances: []coupon.CustomerID{e.mei.ID}, Holds: []coupon.HoldID{e.held.ID}, Redemptions: []coupon.RedemptionID{e.used.ID},
		OrdersOf: []coupon.CustomerID{e.mei.ID}, ReservationsOf: []coupon.HoldID{e.held.ID}, SentOf: []coupon.VoucherID{e.card.ID}, Terms: []coupon.TermsID{e.public.Terms, e.card.Terms},
	}
	e.keys.Tidy()
	return e
}

// meanwhile is what may happen between reading ahead and the transaction.
var meanwhile = map[string]func(e *early){
	"nothing":        func(*early) {},
	"a use":          func(e *early) { e.redeem(e.public.ID, by(e.mei)) },
	"a first top-up": func(e *early) { e.redeem(e.coupons.ID, by(e.mei)) },
	"a drawdown":     func(e *early) { e.redeem(e.card.ID, by(e.mei), taking(sgd(200))) },
	"an order": func(e *early) {
		e.redeem(e.public.ID, by(e.mei), func(r *coupon.Redeem) {
			r.Order = &coupon.Order{Currency: "SGD", Lines: []coupon.Line{{ID: "l1", Quantity: 1, UnitPrice: 1000}}}
		})
	},
	"a hold": func(e *early) {
		must[coupon.Held](e.shop, coupon.TakeHold{Redeem: using(e.public.ID, by(e.mei)), For: time.Minute})
	},
	"its release": func(e *early) { must[coupon.Hold](e.shop, coupon.ReleaseHold{ID: e.held.ID, By: till}) },
	"a reversal": func(e *early) {
		must[coupon.Undone](e.shop, coupon.Reverse{Redemption: e.used.ID, Reason: "test", By: ada})
	},
	"an end": func(e *early) {
		must[coupon.Voucher](e.shop, coupon.End{Voucher: e.card.ID, To: coupon.VoucherVoid, Reason: "lost", By: ada})
	},
	"another name": func(e *early) {
		must[coupon.Customer](e.shop, coupon.ChangeCustomer{ID: e.mei.ID, Want: e.mei, Change: func(c *coupon.Customer) { c.Name = "Jun" }, By: ada})
	},
	"a voucher issued": func(e *early) { e.issue(e.stored) },
	"a code bound": func(e *early) {
		must[coupon.Voucher](e.shop, coupon.Issue{Campaign: e.counted.ID, Code: named("FRESH001"), Public: true, By: ada})
	},
	"a new customer": func(e *early) { e.customer("Tan") },
	"an answer kept": func(e *early) {
		apply(e.t, e.shop, &coupon.Changes{NewAnswers: []*coupon.Answer{{Key: "api:late", Hash: "h", Sealed: "s", At: start}}})
	},
	"many batches": func(e *early) {
		for range 20 {
			e.customer("Tan " + string(e.code().Voucher))
		}
		e.redeem(e.card.ID, by(e.mei), taking(sgd(100)))
	},
	"what no command did": func(e *early) { ok(e.t, e.Tamper(ctx, "UPDATE voucher SET remarks = 'by hand'")) },
	"another process": func(e *early) {
		db, err := store.Open(ctx, store.Options{URL: e.url, Shared: true})
		ok(e.t, err)
		defer db.Close()
		ok(e.t, db.Tamper(ctx, "UPDATE campaign SET state = 'paused'"))
	},
}

// Whatever is written meanwhile: a batch decides on the rows as they are in its transaction.
func TestABatchDecidesOnRowsAsTheyAre(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for what, happens := range meanwhile {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			eachShop(t, func(t *testing.T, s *shop) {
				e := newEarly(s)
				var got, want *coupon.State
				keep := func(to **coupon.State) func(coupon.Tx, *coupon.State) error {
					return func(_ coupon.Tx, s *coupon.State) error { *to = s; return stop }
				}
				if err := s.WriteAfter(ctx, &e.keys, func() { happens(e) }, keep(&got)); !errors.Is(err, stop) {
					t.Fatal(err)
				}
				if err := s.WriteAfter(ctx, &e.keys, func() { ok(t, s.Tamper(ctx, "UPDATE campaign SET version = version")) }, keep(&want)); !errors.Is(err, stop) {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("got  %+v\nwant %+v", got, want)
				}
			})
		})
	}
}

// On SQLite a batch reads nothing again when nothing was written meanwhile, and after a
// redemption only what it wrote.
func TestWhatNobodyWroteIsReadOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t, storetest.FreshFile(t))
	e := newEarly(s)
	for what, want := range map[string]string{"nothing": "", "a new customer": "", "a drawdown": "voucher"} {
		ok(t, s.WriteAfter(ctx, &coupon.Keys{}, func() {}, func(coupon.Tx, *coupon.State) error { return nil })) // sees the first transactions
		var read []string
		err := s.WriteAfter(ctx, &e.keys, func() {
			meanwhile[what](e)
			s.Asked(func(sql string, _ []any) {
				if _, from, ok := strings.Cut(sql, " FROM "); ok {
					read = append(read, strings.Fields(from)[0])
				}
			})
		}, func(coupon.Tx, *coupon.State) error { s.Asked(nil); return nil })
		ok(t, err)
		if got := strings.Join(read, " "); got != want {
			t.Errorf("after %s: read again %q, want %q", what, got, want)
		}
	}
}
