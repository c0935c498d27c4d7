package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// newHistory is a market with everything that can happen to a voucher: counted uses,
// partial and whole reversals, expiry, revival, replacement, a public code that moved, an
// order of which a unit came back.
func newHistory(s *shop) (*market, coupon.Campaign) {
	m := newMarket(s)
	capped := s.campaign(coupon.KindGift, gift, limits(coupon.Limits{Total: 100, PerCustomer: 100, PerDay: 100, Budget: ptr(sgd(100_000)), Allocation: 1000}))
	s.batch(capped, 5, 5)
	for _, who := range []coupon.Customer{m.mei, m.tan} {
		v := s.issue(capped)
		s.redeem(v.ID, taking(sgd(300)), by(who))
		r := s.redeem(v.ID, taking(sgd(700)), by(who))
		must[coupon.Undone](s, coupon.Reverse{Redemption: r.ID, Money: ptr(sgd(200)), Reason: "test", By: ada})
		s.pass(24 * time.Hour)
		gone := s.redeem(s.issue(capped).ID, taking(sgd(50)), by(who))
		must[coupon.Undone](s, coupon.Reverse{Redemption: gone.ID, Reason: "test", By: ada})
	}
	soon := s.issue(capped, func(c *coupon.Issue) { c.ExpiresAt = ptr(s.now().Add(time.Minute)) })
	revived := s.issue(capped, func(c *coupon.Issue) { c.ExpiresAt = ptr(s.now().Add(time.Minute)) })
	s.pass(time.Hour)
	must[int](s, coupon.Lapse{Vouchers: []coupon.VoucherID{soon.ID, revived.ID}})
	must[coupon.Voucher](s, coupon.Extend{Voucher: revived.ID, ExpiresAt: s.now().Add(time.Hour), By: ada})
	must[coupon.Replaced](s, coupon.Replace{Voucher: revived.ID, Code: s.code(), Reason: "test", By: ada})
	public := func() coupon.Voucher {
		return s.issue(m.codes, func(c *coupon.Issue) { c.Code, c.Public, c.MaxUses = named("WELCOME10"), true, ptr(int64(5)) })
	}
	first := public()
	must[coupon.Voucher](s, coupon.End{Voucher: first.ID, To: coupon.VoucherVoid, Reason: "test", By: ada})
	public()
	must[coupon.Held](s, coupon.TakeHold{Redeem: using(s.issue(m.codes).ID), For: time.Minute})
	s.order(m.mei.ID)
	return m, capped
}

func TestASoundDatabaseHasNoDifference(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		_, capped := newHistory(s)
		s.sound("before")
		must[coupon.Campaign](s, coupon.ChangeCampaign{ID: capped.ID, By: ada, Change: func(c *coupon.Campaign, _ *coupon.TermsDoc) error {
			c.Limits = coupon.Limits{Total: 1000}
			return nil
		}})
		s.sound("after a limit was dropped")
	})
}

func (s *shop) sound(when string) {
	s.t.Helper()
	list, err := s.Verify(ctx)
	ok(s.t, err)
	equal(s.t, when, list, []coupon.Difference(nil))
}

// tampering changes one row behind the program's back.
type tampering struct {
	name, do, undo string
	want           []string
}

func (m *market) tamperings(capped coupon.Campaign) []tampering {
	fair := m.made(m.fair)
	used, fresh, other, void := string(fair[0].ID), string(fair[5].ID), string(fair[6].ID), string(fair[2].ID)
	held := m.list(coupon.VoucherFilter{Status: coupon.StatusPartlyUsed})
	drawn := string(held[slices.IndexFunc(held, func(v coupon.VoucherView) bool { return v.Campaign == capped.ID })].ID)
	voucher := func(set, id string) string { return "UPDATE voucher SET " + set + " WHERE id = '" + id + "'" }
	counter := func(set, key string) string {
		return "UPDATE counter SET " + set + " WHERE counter_key = '" + string(capped.ID) + key + "'"
	}
	const (
		account, holds, batch, owns         = "posting", "a voucher holds", "the vouchers of a batch", "a customer's balance"
		counts, uses, state, ended, oneCode = "a counter", "used as often", "redeemed when", "was ended", "has one code"
		belongs, orphan, hold, reversed     = "belong together", "a code belongs", "open hold", "its reversals"
		gives, open                         = "the redemptions of an order", "an order counts"
	)
	return []tampering{
		{"a voucher's balance", voucher("balance = balance + 1", fresh), voucher("balance = balance - 1", fresh), []string{batch, holds}},
		{"what lapsed of a voucher", voucher("lapsed = 5", fresh), voucher("lapsed = 0", fresh), []string{batch, holds}},
		{"the balances of two vouchers", voucher("balance = balance + CASE WHEN id = '"+fresh+"' THEN -1 ELSE 1 END", fresh+"' OR id = '"+other),
			voucher("balance = balance + CASE WHEN id = '"+fresh+"' THEN 1 ELSE -1 END", fresh+"' OR id = '"+other), []string{holds, holds}},
		{"an entry of a chunk", "UPDATE entry SET minor = minor + 1 WHERE account = 'outstanding:" + string(m.fair.ID) + "' AND voucher = ''",
			"UPDATE entry SET minor = minor - 1 WHERE account = 'outstanding:" + string(m.fair.ID) + "' AND voucher = ''", []string{account, batch}},
		{"an entry that is gone", "UPDATE entry SET account = 'x' WHERE account = 'customer:" + string(m.mei.ID) + "'", "UPDATE entry SET account = 'customer:" + string(m.mei.ID) + "' WHERE account = 'x'", []string{owns}},
		{"a customer's balance", "UPDATE balance SET minor = minor + 1 WHERE customer = '" + string(m.mei.ID) + "'", "UPDATE balance SET minor = minor - 1 WHERE customer = '" + string(m.mei.ID) + "'", []string{owns}},
		{"the count of uses", counter("used = used + 1", "/total"), counter("used = used - 1", "/total"), []string{counts}},
		{"a day's count", counter("used = used + 1", "/day/2026-11-21"), counter("used = used - 1", "/day/2026-11-21"), []string{counts}},
		{"the budget", counter("used = used - 1", "/budget"), counter("used = used + 1", "/budget"), []string{counts}},
		{"what was issued", counter("used = used - 1", "/issued"), counter("used = used + 1", "/issued"), []string{counts}},
		{"a customer's count", "UPDATE counter SET used = used + 1 WHERE counter_key = '" + string(m.mei.ID) + "/" + string(capped.ID) + "'",
			"UPDATE counter SET used = used - 1 WHERE counter_key = '" + string(m.mei.ID) + "/" + string(capped.ID) + "'", []string{counts}},
		{"a counter that is gone", counter("counter_key = 'x'", "/total"), "UPDATE counter SET counter_key = '" + string(capped.ID) + "/total' WHERE counter_key = 'x'", []string{counts, counts}},
		{"a counter of a campaign without limits", "INSERT INTO counter (counter_key, campaign, used) VALUES ('" + string(m.refills.ID) + "/total', '" + string(m.refills.ID) + "', 3)",
			"DELETE FROM counter WHERE campaign = '" + string(m.refills.ID) + "'", []string{counts}},
		{"a voucher's uses", voucher("uses = uses + 1", drawn), voucher("uses = uses - 1", drawn), []string{uses}},
		{"a used voucher's state", voucher("state = 'active'", used), voucher("state = 'redeemed'", used), []string{state}},
		{"an unused voucher's state", voucher("state = 'redeemed'", fresh), voucher("state = 'active'", fresh), []string{state}},
		{"a voided voucher's balance", voucher("balance = 1", void), voucher("balance = 0", void), []string{batch, holds, ended}},
		{"a voided voucher's state", voucher("state = 'active'", void), voucher("state = 'void'", void), []string{state}},
		{"a code without a voucher", "UPDATE code SET voucher = 'vch_none' WHERE voucher = '" + fresh + "'", "UPDATE code SET voucher = '" + fresh + "' WHERE voucher = 'vch_none'", []string{orphan, oneCode}},
		{"a code that is gone", "UPDATE code SET voucher = '" + other + "' WHERE voucher = '" + fresh + "'",
			"UPDATE code SET voucher = '" + fresh + "' WHERE fingerprint = 'fp:" + code(fair[5]) + "'", []string{oneCode, oneCode}},
		{"a hold's state", "UPDATE hold SET state = 'consumed'", "UPDATE hold SET state = 'open'", []string{hold, hold}},
		{"a reservation's hold", "UPDATE reservation SET hold = hold || 'x'", "UPDATE reservation SET hold = SUBSTR(hold, 1, 30)", []string{hold, hold}},
		{"what was reversed", "UPDATE redemption SET reversed = 1 WHERE voucher = '" + used + "'", "UPDATE redemption SET reversed = 0 WHERE voucher = '" + used + "'", []string{reversed}},
		{"a reversal", "UPDATE reversal SET minor = minor + 1 WHERE minor = 50 AND customer = '" + string(m.mei.ID) + "'", "UPDATE reversal SET minor = minor - 1 WHERE minor = 51", []string{reversed}},
		{"a use that was given back", "UPDATE redemption SET returned = TRUE WHERE voucher = '" + used + "'", "UPDATE redemption SET returned = FALSE WHERE voucher = '" + used + "'", []string{uses}},
		{"what an order gave", "UPDATE checkout SET discount = discount + 1", "UPDATE checkout SET discount = discount - 1", []string{gives}},
		{"what was paid of an order", "UPDATE checkout SET paid = paid - 1", "UPDATE checkout SET paid = paid + 1", []string{gives}},
		{"what an order has open", "UPDATE checkout SET open_uses = 0", "UPDATE checkout SET open_uses = 2", []string{open}},
		{"a redemption's batch", "UPDATE redemption SET batch = 'x' WHERE voucher = '" + used + "'", "UPDATE redemption SET batch = '" + string(m.fair.ID) + "' WHERE batch = 'x'", []string{belongs}},
	}
}

// F64: verify finds each row that was tampered with, and nothing else.
func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m, capped := newHistory(s)
		s.sound("before")
		for _, c := range m.tamperings(capped) {
			ok(t, s.Tamper(ctx, c.do))
			list, err := s.Verify(ctx)
			ok(t, err)
			if !found(list, c.want) {
				var all []string
				for _, d := range list {
					all = append(all, fmt.Sprintf("%s: %s: want %d, have %d", d.What, d.ID, d.Want, d.Have))
				}
				t.Errorf("%s: want %q, found:\n%s", c.name, c.want, strings.Join(all, "\n"))
			}
			ok(t, s.Tamper(ctx, c.undo))
			s.sound("after undoing " + c.name)
		}
	})
}

// found reports whether the differences are, in order, what is wanted.
func found(list []coupon.Difference, want []string) bool {
	if len(list) != len(want) {
		return false
	}
	for i := range list {
		if !strings.Contains(list[i].What, want[i]) || list[i].ID == "" || list[i].Want == list[i].Have {
			return false
		}
	}
	return true
}
