package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

func TestCustomersAreFoundByWhatPeopleType(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		for _, c := range []coupon.Customer{
			{Name: "zoë Tan", Email: "zoe@example.com", Groups: []string{"vip"}}, {Name: "Ann", Mobile: "+6591234567", Groups: []string{"vip gold", `a"b`}},
			{Name: "ANN", MemberID: "M-7", Email: "zed@example.com"}, {Name: "Bo", SourceID: "acct-1"}, {Name: "Özil", Groups: []string{"VIP"}}, {},
		} {
			must[coupon.Customer](s, coupon.CreateCustomer{Customer: c, By: ada})
		}
		list := func(f coupon.CustomerFilter) string {
			rows := all(t, 2, func(p coupon.Paging) (coupon.Page[coupon.Customer], error) { return s.Customers(ctx, f, p) })
			names := []string{}
			for _, c := range rows {
				names = append(names, c.Name)
			}
			return strings.Join(names, ",")
		}
		for _, c := range []struct{ search, group, want string }{
			{"", "", ",Ann,ANN,Bo,zoë Tan,Özil"},
			{"an", "", "Ann,ANN"}, {"ZOË", "", "zoë Tan"}, {"tan", "", ""}, {"z", "", "ANN,zoë Tan"}, {"ZED@", "", "ANN"}, {"M-7", "", "ANN"}, {"m-7", "", ""}, {"M-", "", ""},
			{"acct-1", "", "Bo"}, {"acct", "", ""}, {"4567", "", "Ann"}, {"+65 9123 4567", "", "Ann"}, {"567", "", ""}, {"9123", "", ""}, {"%", "", ""}, {"öz", "", "Özil"},
			{"", "vip", "zoë Tan"}, {"", "VIP", "Özil"}, {"", `a"b`, "Ann"}, {"", "gold", ""}, {"a", "vip gold", "Ann"},
		} {
			if got := list(coupon.CustomerFilter{Search: c.search, Group: c.group}); got != c.want {
				t.Errorf("search %q, group %q: %s, want %s", c.search, c.group, got, c.want)
			}
		}
		for search, want := range map[string]string{"an": "Ann,ANN", "z": "zoë Tan", "zed@": "", "ZED@example.com": "ANN", "4567": "", "+65 9123 4567": "", "M-7": "ANN"} {
			if got := list(coupon.CustomerFilter{Search: search, Masked: true}); got != want {
				t.Errorf("search %q by who may not see contacts: %s, want %s", search, got, want)
			}
		}
	})
}

func TestACustomerIsFoundByAKey(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		want := s.customer("Mei", func(c *coupon.Customer) {
			c.Email, c.Groups, c.Consent, c.Metadata = "mei@example.com", []string{"vip"}, map[string]bool{"sms": true}, map[string]string{"a": "b"}
		})
		for _, read := range []func() (coupon.Customer, error){
			func() (coupon.Customer, error) { return s.Customer(ctx, want.ID) },
			func() (coupon.Customer, error) { return s.CustomerByKey(ctx, coupon.EmailKey("MEI@example.com")) },
			func() (coupon.Customer, error) { return s.CustomerByKey(ctx, coupon.SourceKey("src-Mei")) },
		} {
			got, err := read()
			ok(t, err)
			equal(t, "customer", got, want)
		}
		_, err := s.Customer(ctx, "cus_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
		_, err = s.CustomerByKey(ctx, coupon.EmailKey("nobody@example.com"))
		refused(t, "an unknown key", err, fault.NotFound, "")
	})
}

func TestEntriesShowTheBalanceAfterEach(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei, tan := s.customer("Mei"), s.customer("Tan")
		adjust := func(who coupon.Customer, minor int64, asset money.Asset) {
			must[coupon.Balance](s, coupon.Adjust{Customer: who.ID, Money: money.Amount{Minor: minor, Asset: asset}, Reason: "test", By: ada})
		}
		for _, minor := range []int64{500, -200, 1000, 50} {
			adjust(mei, minor, "SGD")
			adjust(mei, minor*2, "unit:points")
			adjust(tan, 7777, "SGD")
		}
		cam := s.campaign(coupon.KindRefill, refill)
		s.redeem(s.issue(cam).ID, by(mei))
		adjust(mei, -30, "SGD")
		must[coupon.Undone](s, coupon.Reverse{Redemption: s.redeem(s.issue(cam).ID, by(mei)).ID, Reason: "test", By: ada})
		s.redeem(s.issue(s.campaign(coupon.KindGift, gift)).ID, by(mei), taking(sgd(100))) // goes to a shop
		rows := all(t, 2, func(p coupon.Paging) (coupon.Page[coupon.EntryView], error) { return s.Entries(ctx, mei.ID, p) })
		slices.Reverse(rows)
		sums := map[money.Asset]int64{}
		for _, e := range rows {
			if sums[e.Asset] += e.Minor; e.After != sums[e.Asset] || e.Customer != mei.ID {
				t.Fatalf("%+v, want %d after it", e, sums[e.Asset])
			}
		}
		balances, err := s.Balances(ctx, mei.ID)
		ok(t, err)
		equal(t, "balances", balances, []coupon.Balance{
			{BalanceKey: coupon.BalanceKey{Customer: mei.ID, Asset: "SGD"}, Minor: 2320}, {BalanceKey: coupon.BalanceKey{Customer: mei.ID, Asset: "unit:points"}, Minor: 2700},
		})
		if sums["SGD"] != 2320 || sums["unit:points"] != 2700 || len(rows) != 12 {
			t.Fatalf("%d entries sum to %v", len(rows), sums)
		}
		empty, err := s.Entries(ctx, "cus_none", coupon.Paging{})
		if ok(t, err); len(empty.Rows) != 0 || empty.Next != "" {
			t.Fatalf("%+v", empty)
		}
	})
}

func TestAPageHasFiftyRowsUnlessAskedAndNeverMoreThanTwoHundred(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		s.batch(s.campaign(coupon.KindRefill, refill), 201, 201)
		for limit, want := range map[int]int{0: 50, -1: 50, 1: 1, 200: 200, 1000: 200} {
			page, err := s.Vouchers(ctx, coupon.VoucherFilter{}, coupon.Paging{Limit: limit})
			if ok(t, err); len(page.Rows) != want || page.Next == "" {
				t.Errorf("limit %d: %d rows, next %q", limit, len(page.Rows), page.Next)
			}
		}
		_, err := s.Vouchers(ctx, coupon.VoucherFilter{}, coupon.Paging{After: "nonsense"})
		refused(t, "a bad cursor", err, fault.Invalid, "after")
	})
}
