package coupon_test

import (
	"slices"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

func TestNaturalKeys(t *testing.T) {
	t.Parallel()
	c := coupon.Customer{SourceID: "acct-1", Email: "Mei@Example.com", Mobile: "+6591234567", MemberID: "M-1"}
	wants(t, "keys", c.Keys(), "map[email:mei@example.com:email member:M-1:member_id mobile:+6591234567:mobile source:acct-1:source_id]")
	wants(t, "none", (&coupon.Customer{Name: "Mei"}).Keys(), "map[]")
	wants(t, "nobody", []bool{coupon.CustomerRef{}.None(), coupon.CustomerRef{ID: "cus_1"}.None(), coupon.CustomerRef{Key: "source:1"}.None()}, []bool{true, false, false})
}

func TestF24NaturalKeysAreUnique(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	create := func(c coupon.Customer) coupon.CreateCustomer { return coupon.CreateCustomer{Customer: c, By: staff} }
	first := must[coupon.Customer](d, create(coupon.Customer{SourceID: "acct-1", Email: "mei@example.com", Mobile: "+6591234567", MemberID: "M-1"}))
	for _, c := range []struct {
		customer coupon.Customer
		field    string
		says     string
	}{
		{coupon.Customer{SourceID: "acct-1"}, "source_id", "Another customer has this source id."},
		{coupon.Customer{Email: "MEI@example.com"}, "email", "Another customer has this email."},
		{coupon.Customer{Mobile: "+6591234567"}, "mobile", "Another customer has this mobile."},
		{coupon.Customer{MemberID: "M-1"}, "member_id", "Another customer has this member id."},
	} {
		f := d.refused("conflict", create(c.customer))
		if f.Fields[c.field] != c.says || f.Detail != first.ID {
			t.Errorf("%s: %v about %v", c.field, f.Fields, f.Detail)
		}
	}
	must[coupon.Customer](d, create(coupon.Customer{Name: "Somebody without keys"}))
	wants(t, "customers", len(d.Customers), 2)
}

func TestChangeCustomerMovesKeys(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	create := func(source string) coupon.Customer {
		return must[coupon.Customer](d, coupon.CreateCustomer{Customer: coupon.Customer{SourceID: source, Email: source + "@example.com"}, By: staff})
	}
	mei, ben := create("mei"), create("ben")
	change := func(email string) coupon.ChangeCustomer {
		return coupon.ChangeCustomer{ID: mei.ID, Want: coupon.Customer{Email: email}, Change: func(c *coupon.Customer) { c.Email, c.Name = email, "Mei" }, By: staff}
	}
	d.refused("conflict", change("ben@example.com"))
	out := must[coupon.Customer](d, change("mei@example.org"))
	wants(t, "version", out.Version, 2)
	wants(t, "keys", []any{d.Keys["email:mei@example.org"], d.Keys["email:mei@example.com"], d.Keys["source:mei"], d.Keys["email:ben@example.com"]}, []any{mei.ID, "", mei.ID, ben.ID})
	event := d.Events[len(d.Events)-1]
	wants(t, "the history names fields, never contact data", []any{event.Type, event.Data["changed"]}, []any{coupon.EventCustomerChanged, "[name email]"})
	must[coupon.Customer](d, change(""))
	wants(t, "no e-mail any more", d.Keys["email:mei@example.org"], "")
	d.refused("not_found", coupon.ChangeCustomer{ID: "cus_none", Change: func(*coupon.Customer) {}})
}

func TestRecordWritesEventsOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	wants(t, "written", must[int](d, coupon.Record{Events: []coupon.Event{{Type: coupon.EventVoucherRevealed, Subject: "vch_1", By: staff}}}), 1)
	wants(t, "the event", []any{d.Events[0].At.Equal(noon), d.Events[0].N, d.Events[0].ID()}, []any{true, 1, coupon.EventID(d.Events[0].Mark, 1)})
}

// Rows are locked in one order by every process, so no two wait for each other.
func TestKeysAreSortedAndNamedOnce(t *testing.T) {
	t.Parallel()
	k := coupon.Keys{Vouchers: []coupon.VoucherID{"b", "", "a", "b", ""}, Counters: []coupon.CounterKey{"z", "y"}, Codes: []string{"2", "1", "2"}}
	k.Tidy()
	wants(t, "keys", []any{k.Vouchers, k.Counters, k.Codes}, []any{"[a b]", "[y z]", "[1 2]"})
	q := coupon.Lookup{Fingerprints: []string{"b", "a", "b"}, Campaigns: []coupon.CampaignID{"", ""}}
	q.Tidy()
	wants(t, "look-ups", []any{q.Fingerprints, q.Campaigns}, []any{"[a b]", "[]"})
}

// mayCases is the table of docs/security.md, permission by permission.
var mayCases = map[coupon.Permission]string{
	coupon.ReadCampaigns: "admin marketing support finance", coupon.WriteCampaigns: "admin marketing", coupon.FreezeBatches: "admin marketing",
	coupon.ListVouchers: "admin marketing support finance", coupon.RevealCodes: "admin support", coupon.ExportCodes: "admin marketing",
	coupon.IssueVouchers: "admin marketing support", coupon.ChangeVouchers: "admin marketing support", coupon.RedeemVouchers: "admin cashier support",
	coupon.ReverseRedemptions: "admin support", coupon.CreateDistributions: "admin marketing", coupon.ConfirmDistribution: "admin marketing",
	coupon.MergeCustomers: "admin support", coupon.EraseCustomers: "admin", coupon.AdjustBalances: "admin", coupon.ManageSettings: "admin", coupon.ManageKeys: "admin developer",
	coupon.ReadWebhooks: "admin developer", coupon.ManageWebhooks: "admin developer",
	coupon.ReadLedger: "admin finance", coupon.SendMessages: "admin marketing support", coupon.ReadMessages: "admin marketing support", coupon.WriteCustomers: "admin marketing support",
}

func TestRolesMay(t *testing.T) {
	t.Parallel()
	for p, want := range mayCases {
		var roles []coupon.Role
		for _, r := range coupon.Roles() {
			if r.May(p) {
				roles = append(roles, r)
			}
		}
		wants(t, string(p), roles, "["+want+"]")
	}
	if slices.ContainsFunc(coupon.Roles(), func(r coupon.Role) bool { return r.May("no:such") }) || coupon.Role("").May(coupon.ReadCampaigns) {
		t.Error("somebody may what nobody may")
	}
}
