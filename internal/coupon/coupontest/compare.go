package coupontest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Seen is what the rows of one sequence look like. Counters and ledger accounts
// that come to nothing may be missing.
type Seen struct {
	Vouchers map[coupon.VoucherID]coupon.Voucher
	Balances map[coupon.BalanceKey]int64
	Counters map[coupon.CounterKey]int64
	Ledger   map[string]int64 // "account asset"
}

// Subjects names what to look at.
type Subjects struct {
	Campaigns []coupon.CampaignID
	Customers []coupon.CustomerID
	Batches   []coupon.BatchID
}

func (m *Model) subjects() Subjects {
	var s Subjects
	for _, c := range m.campaigns {
		s.Campaigns, s.Batches = append(s.Campaigns, c.id), append(s.Batches, c.standing.id)
	}
	for _, b := range m.batches {
		s.Batches = append(s.Batches, b.id)
	}
	for _, c := range m.customers {
		s.Customers = append(s.Customers, c.id)
	}
	return s
}

// agree compares an answer with what was expected, and learns the ids in it.
func (m *Model) agree(o outcome, answer any) error {
	switch a := answer.(type) {
	case coupon.Campaign:
		if o.campaign != nil {
			o.campaign.id, o.campaign.standing.id = a.ID, a.Standing
		}
	case coupon.Batch:
		if o.batch != nil {
			o.batch.id = a.ID
		}
	case coupon.Voucher:
		return o.voucher.is(a)
	case coupon.Replaced:
		return o.voucher.is(a.New)
	case coupon.Redeemed:
		return o.redeemed(a)
	case coupon.Held:
		o.hold.id = a.Hold.ID
		return same("held", len(a.Items), len(o.hold.items), func(i int) error {
			return o.hold.items[i].who.is(a.Items[i].Customer)
		})
	case coupon.Hold:
		return equal("hold", a.State, o.hold.state)
	case coupon.Undone:
		r := o.redemptions[0]
		return cmp.Or(o.voucher.is(a.Voucher), equal("given back", a.Reversal.Money.Minor, o.minor), equal("reversed", a.Redemption.Reversed, r.reversed),
			equal("returned", a.Redemption.Returned, r.returned))
	case coupon.Progress:
		return equal("made", a.Done, o.minor)
	case coupon.Balance:
		return equal("balance", a.Minor, o.minor)
	case int:
		return equal("lapsed", int64(a), o.minor)
	}
	return nil
}

func (o outcome) redeemed(a coupon.Redeemed) error {
	if err := equal("left", fmt.Sprint(a.Left), fmt.Sprint(o.left)); err != nil {
		return err
	}
	err := same("redemptions", len(a.Redemptions), len(o.redemptions), func(i int) error {
		got, want := a.Redemptions[i], o.redemptions[i]
		want.id = got.ID
		return cmp.Or(want.who.is(got.Customer), equal("amount", got.Money, money.Amount{Minor: want.minor, Asset: want.asset}), equal("day", got.Day, want.day))
	})
	for _, b := range a.Balances {
		i := slices.IndexFunc(o.redemptions, func(r *redemption) bool { return r.who != nil && r.who.id == b.Customer })
		err = cmp.Or(err, equal("balance", b.Minor, o.redemptions[i].who.balances[b.Asset]))
	}
	return err
}

func same(what string, got, want int, each func(i int) error) error {
	if got != want {
		return fmt.Errorf("%s: got %d, want %d", what, got, want)
	}
	for i := range got {
		if err := each(i); err != nil {
			return fmt.Errorf("%s %d: %w", what, i, err)
		}
	}
	return nil
}

func equal[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}

// is compares a customer's id; the first time it learns it.
func (c *customer) is(id coupon.CustomerID) error {
	switch {
	case c == nil:
		return equal("customer", id, "")
	case c.id == "":
		c.id = id
	}
	return equal("customer", id, c.id)
}

// is compares everything the model knows of a voucher.
func (v *voucher) is(row coupon.Voucher) error {
	got := fmt.Sprint(row.ID, row.State, row.Disabled, row.Public, row.Uses, "/", row.MaxUses, row.Face, row.Balance, row.Lapsed, row.Asset, row.StartsAt.UnixMicro(), row.ExpiresAt.UnixMicro())
	want := fmt.Sprint(v.id, v.state, v.disabled, v.public, v.uses, "/", v.most, v.face, v.balance, v.lapsed, v.terms.asset, v.starts.UnixMicro(), v.expires.UnixMicro())
	return cmp.Or(equal("voucher", got, want), v.holder.is(row.Holder))
}

// compare compares rows with the model.
func (m *Model) compare(seen Seen) error {
	if err := equal("vouchers", len(seen.Vouchers), len(m.vouchers)); err != nil {
		return err
	}
	for _, v := range m.vouchers {
		if err := v.is(seen.Vouchers[v.id]); err != nil {
			return err
		}
	}
	balances, ledger := map[string]int64{}, map[string]int64{}
	for _, c := range m.customers {
		for asset, n := range c.balances {
			balances[string(c.id)+" "+string(asset)] = n
		}
	}
	got := map[string]int64{}
	for k, n := range seen.Balances {
		got[string(k.Customer)+" "+string(k.Asset)] = n
	}
	for a, n := range m.ledger {
		ledger[a.String()] += n
	}
	counters := map[string]int64{}
	for k, n := range seen.Counters {
		counters[string(k)] = n
	}
	return cmp.Or(differ("balances", got, balances), differ("ledger", seen.Ledger, ledger), differ("counters", counters, m.counters(seen)))
}

func (a account) String() string {
	switch {
	case a.batch != nil:
		a.name = coupon.Outstanding(a.batch.id)
	case a.owner != nil:
		a.name = coupon.CustomerAccount(a.owner.id)
	}
	return string(a.name) + " " + string(a.asset)
}

// counters counts what limits count: of today, of the days that were seen and of
// every customer.
func (m *Model) counters(seen Seen) map[string]int64 {
	out := map[string]int64{}
	for _, c := range m.campaigns {
		if c.limits.Total > 0 {
			out[string(coupon.TotalCounter(c.id))] = m.count(c, all)
		}
		if c.limits.Budget != nil {
			out[string(coupon.BudgetCounter(c.id))] = m.spent(c)
		}
		if c.limits.Allocation > 0 {
			out[string(coupon.IssuedCounter(c.id))] = c.issued
		}
		for _, r := range m.redemptions {
			if c.limits.PerDay > 0 && r.voucher.campaign == c {
				out[string(coupon.DayCounter(c.id, r.day))] = m.count(c, func(o *redemption) bool { return o.day == r.day })
			}
		}
		for _, who := range m.customers {
			if c.limits.PerCustomer > 0 {
				out[string(coupon.CustomerCounter(c.id, who.id))] = m.count(c, func(r *redemption) bool { return r.who == who })
			}
		}
	}
	return out
}

// differ compares sums, where what is missing counts as nothing.
func differ(what string, got, want map[string]int64) error {
	var wrong []string
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if got[k] != want[k] {
			wrong = append(wrong, fmt.Sprintf("%s: got %d, want %d", k, got[k], want[k]))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if _, ok := got[k]; !ok && want[k] != 0 {
			wrong = append(wrong, fmt.Sprintf("%s: got nothing, want %d", k, want[k]))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %s", what, strings.Join(wrong, "; "))
}
