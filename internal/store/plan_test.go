package store_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// The tables that grow to millions, by the names that queries give them.
var (
	scanned = regexp.MustCompile(`^SCAN (v|voucher|r|redemption|e|entry|event|code|k|p|customer|h|u|m|commit_mark|answer|reservation|i|import_row|d|a|q|webhook_delivery|webhook_attempt|webhook_queue)$`)
	seq     = regexp.MustCompile(`Seq Scan on (voucher|redemption|entry|event|code|customer|customer_key|commit_mark|answer|reservation|refusal|import_row|balance|webhook_delivery|webhook_attempt|webhook_queue)\b`)
)

// lists asks for every list there is, in every way that takes another query.
func lists(t *testing.T, s *shop) map[string]func() error {
	t.Helper()
	m := newMarket(s)
	newHook(s)
	fair := m.made(m.fair)
	all := map[string]func() error{
		"customers": func() error { _, err := s.Customers(ctx, coupon.CustomerFilter{}, coupon.Paging{}); return err },
		"search": func() error {
			_, err := s.Customers(ctx, coupon.CustomerFilter{Search: "+6591234"}, coupon.Paging{})
			return err
		},
		"by key":     func() error { _, err := s.CustomerByKey(ctx, "source:src-Mei"); return err },
		"entries":    func() error { _, err := s.Entries(ctx, m.mei.ID, coupon.Paging{}); return err },
		"balances":   func() error { _, err := s.Balances(ctx, m.mei.ID); return err },
		"by code":    func() error { _, err := s.VoucherByCode(ctx, []string{"fp:" + code(fair[0])}); return err },
		"each":       func() error { return s.EachVoucher(ctx, m.fair.ID, func(coupon.VoucherView) error { return nil }) },
		"batch":      func() error { _, err := s.Batch(ctx, m.fair.ID); return err },
		"batches":    func() error { _, err := s.Batches(ctx, coupon.BatchFilter{}, coupon.Paging{}); return err },
		"open sum":   func() error { _, err := s.OpenSum(ctx, m.fair.ID); return err },
		"lapse":      func() error { _, err := s.LapseDue(ctx, s.now(), 10); return err },
		"codes":      func() error { _, err := s.TakenCodes(ctx, []string{"x"}); return err },
		"rows":       func() error { _, err := s.ImportRows(ctx, "imp_1", true, coupon.Paging{}); return err },
		"each row":   func() error { _, err := s.EachImportRow(ctx, "imp_1", 1, 10); return err },
		"days":       func() error { _, err := s.VoucherDays(ctx, coupon.KindGift, "2026-11-01"); return err },
		"campaign":   func() error { _, err := s.CampaignUse(ctx, m.fair.Campaign, "SGD", s.now()); return err },
		"publish":    func() error { _, err := s.Publish(ctx); return err },
		"feed":       func() error { _, err := s.Feed(ctx, coupon.FeedPlace{}, 10); return err },
		"due":        func() error { _, err := s.DueDeliveries(ctx, "whk_1", s.now(), 10); return err },
		"deliveries": func() error { _, err := s.Deliveries(ctx, coupon.DeliveryFilter{}, coupon.Paging{}); return err },
		"of a webhook": func() error {
			_, err := s.Deliveries(ctx, coupon.DeliveryFilter{Webhook: "whk_1"}, coupon.Paging{})
			return err
		},
		"that failed": func() error {
			_, err := s.Deliveries(ctx, coupon.DeliveryFilter{Webhook: "whk_1", State: coupon.DeliveryFailed}, coupon.Paging{})
			return err
		},
		"delivery":    func() error { _, err := s.Delivery(ctx, "dlv_1"); return err },
		"redemption":  func() error { _, err := s.Redemption(ctx, "red_1"); return err },
		"all refused": func() error { _, err := s.Refusals(ctx, coupon.RefusalFilter{}, coupon.Paging{}); return err },
	}
	for _, c := range m.cases() {
		all["vouchers: "+c.name] = func() error { _, err := s.Vouchers(ctx, c.filter, coupon.Paging{}); return err }
	}
	for name, f := range map[string]coupon.RedemptionFilter{
		"": {}, "voucher": {Voucher: "v"}, "customer": {Customer: "c"}, "campaign": {Campaign: "c"}, "checkout": {Checkout: "chk_1"}, "location": {Location: "l"}, "reference": {Reference: "r"},
		"time": {From: start, To: start.Add(time.Hour)},
	} {
		all["redemptions: "+name] = func() error { _, err := s.Redemptions(ctx, f, coupon.Paging{}); return err }
	}
	for name, f := range map[string]coupon.EventFilter{
		"": {}, "oldest": {Oldest: true}, "subject": {Subject: "x"}, "customer": {Customer: "c"}, "staff": {By: "stf_1"}, "rare": {Type: coupon.EventVoucherVoided},
	} {
		all["events: "+name] = func() error { _, err := s.Events(ctx, f, coupon.Paging{}); return err }
	}
	return all
}

// No list walks through a table that grows to millions without an index. The sizes
// of these tests' tables would make a planner walk; so it may not, and what it walks
// through in spite of that has no index to use.
func TestEveryListHasAnIndex(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		type query struct {
			sql  string
			args []any
		}
		for name, ask := range lists(t, s) {
			var queries []query
			s.Asked(func(sql string, args []any) { queries = append(queries, query{sql, args}) })
			err := ask()
			s.Asked(nil)
			if err != nil && !strings.Contains(err.Error(), "not_found") {
				t.Fatalf("%s: %v", name, err)
			}
			for _, q := range queries {
				explain(t, s.DB, name, q.sql, q.args)
			}
		}
	})
}

func explain(t *testing.T, db *store.DB, name, sql string, args []any) {
	t.Helper()
	plan, err := db.Plan(ctx, sql, args...)
	ok(t, err)
	for _, step := range plan {
		if scanned.MatchString(step) || seq.MatchString(step) {
			t.Errorf("%s: %s\n%s\n%s", name, step, sql, strings.Join(plan, "\n"))
			return
		}
	}
}

// A redemption changes no column that is in an index of voucher: else PostgreSQL would
// write the row anew in all of them.
func TestARedeemedVoucherMovesInNoIndex(t *testing.T) {
	t.Parallel()
	changed := regexp.MustCompile(`\b(holder|state|uses|balance|first_used_at|last_used_at|last_customer|version|updated_at)\b`)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		schema, err := db.Schema(ctx)
		ok(t, err)
		n := 0
		for row := range strings.Lines(schema) {
			if _, index, ok := strings.Cut(row, " ON voucher "); ok {
				if n++; changed.MatchString(index) {
					t.Error(row)
				}
			}
		}
		if n < 5 {
			t.Errorf("%d indexes were found", n)
		}
	})
}
