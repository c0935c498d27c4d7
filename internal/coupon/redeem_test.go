package coupon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// change changes a row behind the commands' backs, for states that take long to reach.
func change[K comparable, R any](rows map[K]R, k K, f func(*R)) {
	r := rows[k]
	f(&r)
	rows[k] = r
}

// scene is one gift voucher of 10.00 and everything around it, for a test to spoil.
type scene struct {
	*desk
	cmd coupon.Redeem
	v   coupon.VoucherID
	who coupon.CustomerID
}

func newScene(t *testing.T) *scene {
	d := newDesk(t)
	v := d.issue(d.campaign(coupon.KindGift, gift), "GIFT")
	s := &scene{desk: d, v: v.ID, who: d.customer("acct-1", "gold")}
	s.cmd = redeem("GIFT", taking(sgd(200)), forCustomer(s.who), at("loc_main"))
	return s
}

func (s *scene) voucher(f func(*coupon.Voucher)) { change(s.Vouchers, s.v, f) }

func (s *scene) batch(state coupon.BatchState) {
	change(s.Batches, s.Vouchers[s.v].Batch, func(b *coupon.Batch) { b.State = state })
}

func (s *scene) campaign(f func(*coupon.Campaign)) { change(s.Campaigns, s.Vouchers[s.v].Campaign, f) }

func (s *scene) limits(l coupon.Limits) {
	s.campaign(func(c *coupon.Campaign) { c.Limits = l })
}

func (s *scene) used(key coupon.CounterKey, n int64) {
	s.Counters[key] = coupon.Counter{Key: key, Campaign: s.cam(), Used: n}
}

func (s *scene) cam() coupon.CampaignID { return s.Vouchers[s.v].Campaign }

func (s *scene) terms(f func(*coupon.TermsDoc)) {
	t := *s.Terms[s.Vouchers[s.v].Terms]
	f(&t.Doc)
	s.Terms[t.ID] = &t
}

func (s *scene) conditions(f func(*coupon.Conditions)) {
	s.terms(func(d *coupon.TermsDoc) { f(&d.Conditions) })
}

var redeemCases = []struct {
	name   string
	spoil  func(s *scene)
	reason string
}{
	{"a sound voucher is redeemed", func(*scene) {}, ""},
	{"an unknown code", func(s *scene) { s.cmd.Items[0].Fingerprints = []string{"OTHER"} }, "not_found"},
	{"an unknown id", func(s *scene) { s.cmd.Items[0] = coupon.Item{Voucher: "vch_other"} }, "not_found"},
	{"a batch that is being made", func(s *scene) { s.batch(coupon.BatchCreating) }, "not_active"},
	{"a batch that was given up", func(s *scene) { s.batch(coupon.BatchFailed) }, "not_active"},
	{"a void voucher", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.State = coupon.VoucherVoid }) }, "not_active"},
	{"a deleted voucher", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.State = coupon.VoucherDeleted }) }, "not_active"},
	{"a voucher that is used up", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.State = coupon.VoucherRedeemed }) }, "already_redeemed"},
	{"a deactivated voucher", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.Disabled = true }) }, "disabled"},
	{"a frozen batch", func(s *scene) { s.batch(coupon.BatchFrozen) }, "frozen"},
	{"a paused campaign", func(s *scene) { s.campaign(func(c *coupon.Campaign) { c.State = coupon.CampaignPaused }) }, "paused"},
	{"a campaign that is a draft", func(s *scene) { s.campaign(func(c *coupon.Campaign) { c.State = coupon.CampaignDraft }) }, "not_active"},
	{"an archived campaign", func(s *scene) { s.campaign(func(c *coupon.Campaign) { c.State = coupon.CampaignArchived }) }, "not_active"},
	{"before the start", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.StartsAt = noon.Add(time.Hour) }) }, "not_started"},
	{"the start itself is in time", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.StartsAt = noon }) }, ""},
	{"after the expiry", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.ExpiresAt = noon.Add(-time.Hour) }) }, "expired"},
	{"the expiry itself is too late", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.ExpiresAt = noon }) }, "expired"},
	{"a microsecond before the expiry is in time", func(s *scene) {
		s.voucher(func(v *coupon.Voucher) { v.ExpiresAt = noon.Add(time.Microsecond) })
	}, ""},
	{"outside the hours", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.Windows = []coupon.Window{{From: "13:00"}} })
	}, "outside_hours"},
	{"one of several windows is enough", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.Windows = []coupon.Window{{From: "13:00"}, {Days: []string{"sat"}}} })
	}, ""},
	{"nobody is named where customers are counted", func(s *scene) {
		s.limits(coupon.Limits{PerCustomer: 1})
		s.cmd.Customer = coupon.CustomerRef{}
	}, "customer_required"},
	{"nobody is named where a group is asked for", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.CustomerGroups = []string{"gold"} })
		s.cmd.Customer = coupon.CustomerRef{}
	}, "customer_required"},
	{"somebody else's voucher", func(s *scene) {
		s.voucher(func(v *coupon.Voucher) { v.Holder = "cus_else" })
	}, "not_holder"},
	{"a blocked customer", func(s *scene) {
		change(s.Customers, s.who, func(c *coupon.Customer) { c.Blocked = true })
	}, "not_eligible"},
	{"a customer of another group", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.CustomerGroups = []string{"silver"} })
	}, "not_eligible"},
	{"one common group is enough", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.CustomerGroups = []string{"silver", "gold"} })
	}, ""},
	{"a customer who is not listed", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.Customers = []coupon.CustomerID{"cus_else"} })
	}, "not_eligible"},
	{"a customer who does not exist", func(s *scene) { s.cmd.Customer.ID = "cus_nobody" }, "invalid"},
	{"no location where some are listed", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.Locations = []coupon.LocationID{"loc_main"} })
		s.cmd.Location = ""
	}, "location_required"},
	{"a location that is not listed", func(s *scene) {
		s.conditions(func(c *coupon.Conditions) { c.Locations = []coupon.LocationID{"loc_harbour"} })
	}, "wrong_location"},
	{"a minimum without an order", func(s *scene) {
		m := sgd(500)
		s.conditions(func(c *coupon.Conditions) { c.MinSubtotal = &m })
	}, "order_required"},
	{"a gift voucher tops nothing up", func(s *scene) { toppingUp(&s.cmd) }, "not_applicable"},
	{"an amount in another currency", func(s *scene) { s.cmd.Items[0].Money = &money.Amount{Minor: 200, Asset: "USD"} }, "currency_mismatch"},
	{"a limit of uses that is reached", func(s *scene) { s.voucher(func(v *coupon.Voucher) { v.MaxUses, v.Uses = 2, 2 }) }, "limit_reached"},
	{"a drawdown without an amount", func(s *scene) { s.cmd.Items[0].Money = nil }, "amount_required"},
	{"an amount of nothing", func(s *scene) { s.cmd.Items[0].Money = new(sgd(0)) }, "amount_required"},
	{"an amount below nothing", func(s *scene) { s.cmd.Items[0].Money = new(sgd(-200)) }, "amount_required"},
	{"a cent more than there is", func(s *scene) { s.cmd.Items[0].Money = new(sgd(1001)) }, "insufficient_balance"},
	{"all there is", func(s *scene) { s.cmd.Items[0].Money = new(sgd(1000)) }, ""},
	{"a part of what is used in full", func(s *scene) { s.terms(func(d *coupon.TermsDoc) { d.Drawdown = false }) }, "amount_required"},
	{"the campaign's total is reached", func(s *scene) {
		s.limits(coupon.Limits{Total: 3})
		s.used(coupon.TotalCounter(s.cam()), 3)
	}, "limit_reached"},
	{"the last of the campaign's total", func(s *scene) {
		s.limits(coupon.Limits{Total: 3})
		s.used(coupon.TotalCounter(s.cam()), 2)
	}, ""},
	{"the customer's limit is reached", func(s *scene) {
		s.limits(coupon.Limits{PerCustomer: 1})
		s.used(coupon.CustomerCounter(s.cam(), s.who), 1)
	}, "customer_limit_reached"},
	{"another customer's uses do not count", func(s *scene) {
		s.limits(coupon.Limits{PerCustomer: 1})
		s.used(coupon.CustomerCounter(s.cam(), "cus_else"), 1)
	}, ""},
	{"the day's limit is reached", func(s *scene) {
		s.limits(coupon.Limits{PerDay: 1})
		s.used(coupon.DayCounter(s.cam(), "2026-11-21"), 1)
	}, "daily_limit_reached"},
	{"yesterday's uses do not count", func(s *scene) {
		s.limits(coupon.Limits{PerDay: 1})
		s.used(coupon.DayCounter(s.cam(), "2026-11-20"), 1)
	}, ""},
	{"a cent over the budget", func(s *scene) {
		s.limits(coupon.Limits{Budget: new(sgd(1000))})
		s.used(coupon.BudgetCounter(s.cam()), 801)
	}, "budget_reached"},
	{"the budget to the cent", func(s *scene) {
		s.limits(coupon.Limits{Budget: new(sgd(1000))})
		s.used(coupon.BudgetCounter(s.cam()), 800)
	}, ""},
	{"a budget in another currency", func(s *scene) {
		s.limits(coupon.Limits{Budget: &money.Amount{Minor: 1000, Asset: "USD"}})
	}, "currency_mismatch"},
}

func TestRedeemRefusesWithItsReason(t *testing.T) {
	t.Parallel()
	for _, c := range redeemCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			c.spoil(s)
			if c.reason == "" {
				must[coupon.Redeemed](s.desk, s.cmd)
				return
			}
			f := s.refused(c.reason, s.cmd)
			if f.Kind == fault.Refused && f.Detail.(*coupon.Rejection).Refusals[0].Reason != c.reason {
				t.Errorf("the refusal says %+v", f.Detail)
			}
		})
	}
}

// TestRedeemChecksInOrder spoils everything at once: each repair uncovers the next
// reason, down to the last.
func TestRedeemChecksInOrder(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	spoilEverything(s)
	for _, step := range []struct {
		reason string
		repair func()
	}{
		{"not_active", func() { s.batch(coupon.BatchFrozen) }},
		{"not_active", func() { s.voucher(func(v *coupon.Voucher) { v.State = coupon.VoucherActive }) }},
		{"disabled", func() { s.voucher(func(v *coupon.Voucher) { v.Disabled = false }) }},
		{"frozen", func() { s.batch(coupon.BatchActive) }},
		{"paused", func() { s.campaign(func(c *coupon.Campaign) { c.State = coupon.CampaignActive }) }},
		{"not_started", func() { s.voucher(func(v *coupon.Voucher) { v.StartsAt = time.Time{} }) }},
		{"expired", func() { s.voucher(func(v *coupon.Voucher) { v.ExpiresAt = time.Time{} }) }},
		{"outside_hours", func() { s.conditions(func(c *coupon.Conditions) { c.Windows = nil }) }},
		{"customer_required", func() { s.cmd.Customer.ID = s.who }},
		{"not_holder", func() { s.voucher(func(v *coupon.Voucher) { v.Holder = s.who }) }},
		{"not_eligible", func() { s.conditions(func(c *coupon.Conditions) { c.CustomerGroups = nil }) }},
		{"location_required", func() { s.cmd.Location = "loc_main" }},
		{"wrong_location", func() { s.conditions(func(c *coupon.Conditions) { c.Locations = nil }) }},
		{"order_required", func() { s.conditions(func(c *coupon.Conditions) { c.FirstOrder = false }) }},
		{"not_applicable", func() { s.cmd.Transaction = coupon.Transaction{} }},
		{"currency_mismatch", func() { s.cmd.Items[0].Money = new(sgd(1001)) }},
		{"limit_reached", func() { s.voucher(func(v *coupon.Voucher) { v.MaxUses = 0 }) }},
		{"insufficient_balance", func() { s.cmd.Items[0].Money = new(sgd(200)) }},
		{"limit_reached", func() { s.used(coupon.TotalCounter(s.cam()), 0) }},
		{"customer_limit_reached", func() { s.used(coupon.CustomerCounter(s.cam(), s.who), 0) }},
		{"daily_limit_reached", func() { s.used(coupon.DayCounter(s.cam(), "2026-11-21"), 0) }},
		{"budget_reached", func() { s.used(coupon.BudgetCounter(s.cam()), 0) }},
	} {
		s.refused(step.reason, s.cmd)
		step.repair()
	}
	must[coupon.Redeemed](s.desk, s.cmd)
}

func spoilEverything(s *scene) {
	s.batch(coupon.BatchCreating)
	s.limits(coupon.Limits{Total: 1, PerCustomer: 1, PerDay: 1, Budget: new(sgd(200))})
	s.campaign(func(c *coupon.Campaign) { c.State = coupon.CampaignPaused })
	s.voucher(func(v *coupon.Voucher) {
		v.State, v.Disabled, v.StartsAt, v.ExpiresAt, v.Holder, v.MaxUses, v.Uses = coupon.VoucherVoid, true, noon.Add(time.Hour), noon.Add(-time.Hour), "cus_else", 1, 1
	})
	s.conditions(func(c *coupon.Conditions) {
		c.Windows, c.CustomerGroups, c.Locations, c.FirstOrder = []coupon.Window{{From: "13:00"}}, []string{"silver"}, []coupon.LocationID{"loc_harbour"}, true
	})
	for _, key := range []coupon.CounterKey{
		coupon.TotalCounter(s.cam()), coupon.CustomerCounter(s.cam(), s.who), coupon.DayCounter(s.cam(), "2026-11-21"), coupon.BudgetCounter(s.cam()),
	} {
		s.used(key, 1)
	}
	s.cmd.Customer, s.cmd.Location, s.cmd.Transaction.Type = coupon.CustomerRef{}, "", coupon.TopUp
	s.cmd.Items[0].Money = &money.Amount{Minor: 1001, Asset: "USD"}
}

func TestExplainShowsEveryCheckWithItsFigures(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	spoilEverything(s)
	s.cmd.Explain = true
	refusal := s.refused("not_active", s.cmd).Detail.(*coupon.Rejection).Refusals[0]
	var failed []string
	for _, r := range refusal.Checks {
		if !r.Passed {
			failed = append(failed, r.Check+"="+r.Reason)
		}
		if r.Text == "" || r.Passed != (r.Reason == "") {
			t.Errorf("a check without a sentence or with a wrong reason: %+v", r)
		}
	}
	wants(t, "failed checks", strings.Join(failed, " "), "batch_complete=not_active not_ended=not_active not_disabled=disabled not_paused=paused started=not_started "+
		"not_expired=expired within_hours=outside_hours customer_known=customer_required at_location=location_required order_known=order_required tops_up=not_applicable "+
		"currency=currency_mismatch uses_left=limit_reached campaign_total=limit_reached per_day=daily_limit_reached budget=currency_mismatch")
}

func TestExplainShowsLimitsWithTheirUse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		limits coupon.Limits
		want   string
	}{
		{"limits", coupon.Limits{Total: 5, PerCustomer: 4, PerDay: 3, Budget: new(sgd(2000))},
			"uses_left <nil>/1 balance_left 200/800 balance_bounded <nil>/<nil> campaign_total 5/1 per_customer 4/1 per_day 3/1 budget 2000/200"},
		{"no limits", coupon.Limits{}, "uses_left <nil>/1 balance_left 200/800 balance_bounded <nil>/<nil> campaign_total <nil>/0 per_customer <nil>/0 per_day <nil>/0 budget <nil>/<nil>"},
	} {
		s := newScene(t)
		s.limits(c.limits)
		must[coupon.Redeemed](s.desk, s.cmd)
		s.batch(coupon.BatchFrozen)
		s.cmd.Explain = true
		var figures []string
		for _, r := range s.refused("frozen", s.cmd).Detail.(*coupon.Rejection).Refusals[0].Checks {
			if !strings.Contains(c.want, r.Check+" ") {
				continue
			}
			figures = append(figures, fmt.Sprintf("%s %v/%v", r.Check, r.Want, r.Have))
		}
		wants(t, c.name, strings.Join(figures, " "), c.want)
	}
}

func TestARefusalSaysWhatADoorMayShow(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.batch(coupon.BatchFrozen)
	s.cmd.Reference = "R-1001"
	r := s.refused("frozen", s.cmd).Detail.(*coupon.Rejection).Refusals[0]
	wants(t, "refusal", []any{r.Reason, r.Voucher, r.Campaign, r.Customer, r.Tail, r.By.ID, r.Channel, r.Location, r.Reference, r.At.Equal(noon)},
		[]any{"frozen", s.v, s.cam(), s.who, "8K3Q", "key_1", "api", "loc_main", "R-1001", true})
}
