package store_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// market is a shop with vouchers in every situation.
type market struct {
	*shop
	refills, gifts, codes        coupon.Campaign
	fair, frozen, making, failed coupon.Batch
	mei, tan                     coupon.Customer
	public                       coupon.VoucherID
}

func newMarket(s *shop) *market {
	m := &market{shop: s, mei: s.customer("Mei"), tan: s.customer("Tan")}
	m.refills = s.campaign(coupon.KindRefill, refill)
	m.gifts = s.campaign(coupon.KindGift, gift)
	m.codes = s.campaign(coupon.KindDiscount, twice)
	m.fair = s.batch(m.refills, 7, 7)
	m.frozen = s.batch(m.gifts, 2, 2, func(b *coupon.Batch) { b.Description = "Old Fair" })
	m.making = s.batch(m.refills, 5, 3, func(b *coupon.Batch) { b.Description = "Harbour Night" })
	m.failed = s.batch(m.gifts, 5, 3)
	must[coupon.Batch](s, coupon.FailBatch{Batch: m.failed.ID, Sum: sgd(3000), Why: "no", By: ada})
	must[coupon.Batch](s, coupon.FreezeBatch{ID: m.frozen.ID, Freeze: true, By: ada})
	m.use()
	m.end()
	return m
}

func (m *market) use() {
	s, fair := m.shop, m.made(m.fair)
	s.redeem(fair[0].ID, by(m.mei))
	s.redeem(fair[1].ID, by(m.tan))
	s.pass(time.Hour)
	partly := s.issue(m.gifts, func(c *coupon.Issue) { c.Customer.ID = m.mei.ID })
	s.redeem(partly.ID, taking(sgd(400)), by(m.mei))
	held := s.issue(m.codes, func(c *coupon.Issue) { c.Customer.ID = m.tan.ID; c.MaxUses = ptr(int64(1)) })
	must[coupon.Held](s, coupon.TakeHold{Redeem: using(held.ID), For: time.Minute})
	m.public = s.issue(m.codes, func(c *coupon.Issue) { c.Public, c.MaxUses = true, ptr(int64(2)) }).ID
	for hours := range 3 {
		s.issue(m.codes, func(c *coupon.Issue) { c.StartsAt = ptr(s.now().Add(time.Duration(5-hours) * time.Hour)) })
	}
}

func (m *market) end() {
	s, fair := m.shop, m.made(m.fair)
	must[coupon.Voucher](s, coupon.End{Voucher: fair[2].ID, To: coupon.VoucherVoid, Reason: "test", By: ada})
	must[coupon.Voucher](s, coupon.End{Voucher: fair[3].ID, To: coupon.VoucherDeleted, Reason: "test", By: ada})
	must[coupon.Voucher](s, coupon.Disable{Voucher: fair[4].ID, On: true, Reason: "test", By: ada})
	for state, c := range map[coupon.CampaignState]coupon.Campaign{coupon.CampaignPaused: s.campaign(coupon.KindEPin, gift), coupon.CampaignDraft: s.campaign(coupon.KindCoupon, twice)} {
		s.issue(c)
		s.issue(c)
		must[coupon.Campaign](s, coupon.SetCampaignState(c.ID, state, ada))
	}
	for n := range 3 {
		s.issue(m.codes, func(c *coupon.Issue) { c.ExpiresAt = ptr(s.now().Add(time.Duration(2-n%2) * time.Second)) })
	}
	s.pass(2 * time.Second)
}

// made returns the vouchers of a batch by sequence.
func (m *market) made(b coupon.Batch) []coupon.VoucherView {
	m.t.Helper()
	var out []coupon.VoucherView
	ok(m.t, m.EachVoucher(ctx, b.ID, func(v coupon.VoucherView) error { out = append(out, v); return nil }))
	return out
}

func (m *market) list(f coupon.VoucherFilter) []coupon.VoucherView {
	m.t.Helper()
	f.Now = m.now()
	return all(m.t, 3, func(p coupon.Paging) (coupon.Page[coupon.VoucherView], error) { return m.Vouchers(ctx, f, p) })
}

// filterCase is a filter and what it means.
type filterCase struct {
	name   string
	filter coupon.VoucherFilter
	holds  func(v coupon.VoucherView) bool
}

func (m *market) cases() []filterCase {
	fair := m.made(m.fair)
	later := fair[1].LastUsedAt.Add(time.Minute)
	cases := []filterCase{
		{"no filter", coupon.VoucherFilter{}, func(coupon.VoucherView) bool { return true }},
		{"a campaign", coupon.VoucherFilter{Campaign: m.refills.ID}, func(v coupon.VoucherView) bool { return v.Campaign == m.refills.ID }},
		{"a kind", coupon.VoucherFilter{Kind: coupon.KindGift}, func(v coupon.VoucherView) bool { return v.Kind == coupon.KindGift }},
		{"a kind without campaigns", coupon.VoucherFilter{Kind: "none"}, func(coupon.VoucherView) bool { return false }},
		{"a holder", coupon.VoucherFilter{Holder: m.mei.ID}, func(v coupon.VoucherView) bool { return v.Holder == m.mei.ID }},
		{"the last user", coupon.VoucherFilter{UsedBy: m.mei.ID}, func(v coupon.VoucherView) bool { return v.LastCustomer == m.mei.ID }},
		{"an owner", coupon.VoucherFilter{OfOwner: m.tan.ID}, func(v coupon.VoucherView) bool { return v.Holder == m.tan.ID || v.LastCustomer == m.tan.ID }},
		{"an owner and a kind", coupon.VoucherFilter{OfOwner: m.tan.ID, Kind: coupon.KindDiscount}, func(v coupon.VoucherView) bool {
			return v.Holder == m.tan.ID && v.Kind == coupon.KindDiscount
		}},
		{"an owner and several statuses", coupon.VoucherFilter{OfOwner: m.tan.ID, Statuses: []coupon.Status{coupon.StatusActive, coupon.StatusPartlyUsed}}, func(v coupon.VoucherView) bool {
			s := v.Shown(m.now())
			return (v.Holder == m.tan.ID || v.LastCustomer == m.tan.ID) && (s == coupon.StatusActive || s == coupon.StatusPartlyUsed)
		}},
		{"an owner and all kinds but one", coupon.VoucherFilter{OfOwner: m.tan.ID, Except: coupon.KindDiscount}, func(v coupon.VoucherView) bool {
			return (v.Holder == m.tan.ID || v.LastCustomer == m.tan.ID) && v.Kind != coupon.KindDiscount
		}},
		{"used", coupon.VoucherFilter{Used: ptr(true)}, func(v coupon.VoucherView) bool { return v.Uses > 0 }},
		{"unused", coupon.VoucherFilter{Used: ptr(false)}, func(v coupon.VoucherView) bool { return v.Uses == 0 }},
		{"a kind and unused", coupon.VoucherFilter{Kind: coupon.KindRefill, Used: ptr(false)}, func(v coupon.VoucherView) bool { return v.Kind == coupon.KindRefill && v.Uses == 0 }},
		{"named ones", coupon.VoucherFilter{IDs: []coupon.VoucherID{fair[2].ID, m.public, fair[6].ID, "vch_none"}}, func(v coupon.VoucherView) bool {
			return v.ID == fair[2].ID || v.ID == m.public || v.ID == fair[6].ID
		}},
		{"named ones that are public", coupon.VoucherFilter{IDs: []coupon.VoucherID{fair[2].ID, m.public}, Public: true}, func(v coupon.VoucherView) bool { return v.ID == m.public }},
		{"a named one with a status", coupon.VoucherFilter{IDs: []coupon.VoucherID{fair[2].ID, m.public}, Status: coupon.StatusVoid}, func(v coupon.VoucherView) bool { return v.ID == fair[2].ID }},
		{"one nobody knows", coupon.VoucherFilter{IDs: []coupon.VoucherID{"vch_none"}}, func(coupon.VoucherView) bool { return false }},
		{"an amount", coupon.VoucherFilter{Minor: ptr(int64(1000))}, func(v coupon.VoucherView) bool { return v.Face == 1000 }},
		{"no amount", coupon.VoucherFilter{Minor: ptr(int64(0))}, func(v coupon.VoucherView) bool { return v.Face == 0 }},
		{"a tail", coupon.VoucherFilter{Tail: fair[5].Tail}, func(v coupon.VoucherView) bool { return v.Tail == fair[5].Tail }},
		{"used from then on", coupon.VoucherFilter{UsedFrom: later}, func(v coupon.VoucherView) bool { return !v.LastUsedAt.Before(later) }},
		{"used before", coupon.VoucherFilter{UsedTo: later}, func(v coupon.VoucherView) bool { return !v.LastUsedAt.IsZero() && v.LastUsedAt.Before(later) }},
		{"a serial", coupon.VoucherFilter{Serial: "HARBOURFAIR-000003"}, func(v coupon.VoucherView) bool { return v.Serial == "HARBOURFAIR-000003" }},
		{"a code", coupon.VoucherFilter{Codes: []string{"fp:none", "fp:" + code(fair[6])}}, func(v coupon.VoucherView) bool { return v.ID == fair[6].ID }},
		{"a code nobody has", coupon.VoucherFilter{Codes: []string{"fp:none"}}, func(coupon.VoucherView) bool { return false }},
		{"a holder's serial", coupon.VoucherFilter{Holder: m.tan.ID, Serial: "TESTDISCOUNT-"}, func(v coupon.VoucherView) bool {
			return v.Holder == m.tan.ID && v.Kind == coupon.KindDiscount
		}},
		{"a serial and another search", coupon.VoucherFilter{Serial: "TESTDISCOUNT-", Search: "harbour"}, func(coupon.VoucherView) bool { return false }},
		{"a serial and the same search", coupon.VoucherFilter{Serial: "HARBOURFAIR-000001", Search: "harbour"}, func(v coupon.VoucherView) bool { return v.ID == fair[0].ID }},
		{"no serial and a search", coupon.VoucherFilter{Serial: "NONE-", Search: "harbour"}, func(coupon.VoucherView) bool { return false }},
		{"used of a kind", coupon.VoucherFilter{Kind: coupon.KindRefill, Status: coupon.StatusRedeemed}, func(v coupon.VoucherView) bool {
			return v.Kind == coupon.KindRefill && v.State == coupon.VoucherRedeemed
		}},
		{"a search that may be a code", coupon.VoucherFilter{Search: code(fair[6]), Codes: []string{"fp:" + code(fair[6])}}, func(v coupon.VoucherView) bool { return v.ID == fair[6].ID }},
	}
	for _, status := range statuses {
		cases = append(cases, filterCase{"status " + string(status), coupon.VoucherFilter{Status: status}, func(v coupon.VoucherView) bool { return v.Shown(m.now()) == status }})
	}
	for _, typed := range []string{"harbour", "HARBOUR FAIR", "OldFair", "old f", "HarbourFair-", "harbourfair-00000", "HARBOURFAIR-0000030", "TESTGIFT-", "-", "%", "no such", fair[5].Tail, strings.ToLower(fair[5].Tail)} {
		upper := strings.ToUpper(typed)
		cases = append(cases, filterCase{"search " + typed, coupon.VoucherFilter{Search: typed}, func(v coupon.VoucherView) bool {
			return strings.HasPrefix(strings.ToLower(v.BatchDescription), strings.ToLower(typed)) || strings.HasPrefix(v.Serial, upper) || v.Tail == upper
		}}, filterCase{"serial " + typed, coupon.VoucherFilter{Serial: typed}, func(v coupon.VoucherView) bool { return strings.HasPrefix(v.Serial, upper) }})
	}
	return cases
}

func code(v coupon.VoucherView) string {
	s, _ := plain{}.Open(v.Sealed, string(v.ID))
	return s
}

// sorted puts the newest first, or whatever order the filter's query has.
func sorted(f coupon.VoucherFilter, list []coupon.VoucherView) []coupon.VoucherView {
	byBatch := f.Search != "" || f.Serial != "" || len(f.Codes) > 0 || f.Status == coupon.StatusFrozen
	slices.SortStableFunc(list, func(a, b coupon.VoucherView) int {
		switch {
		case byBatch && f.Holder == "":
			return cmp.Or(strings.Compare(string(b.Batch), string(a.Batch)), int(b.Sequence-a.Sequence))
		case f.Status == coupon.StatusExpired:
			return cmp.Or(b.ExpiresAt.Compare(a.ExpiresAt), strings.Compare(string(b.ID), string(a.ID)))
		case f.Status == coupon.StatusScheduled:
			return cmp.Or(a.StartsAt.Compare(b.StartsAt), strings.Compare(string(a.ID), string(b.ID)))
		}
		return strings.Compare(string(b.ID), string(a.ID))
	})
	return list
}

// Every filter gives exactly the vouchers that meet it, in its order, whichever
// query it takes.
func TestVoucherFilters(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m := newMarket(s)
		everything := m.list(coupon.VoucherFilter{})
		if !slices.IsSortedFunc(everything, func(a, b coupon.VoucherView) int { return -strings.Compare(string(a.ID), string(b.ID)) }) {
			t.Fatal("not the newest first")
		}
		for _, c := range m.cases() {
			want := []coupon.VoucherView{}
			for _, v := range everything {
				if c.holds(v) {
					want = append(want, v)
				}
			}
			equal(t, c.name, serials(m.list(c.filter)), serials(sorted(c.filter, want)))
		}
	})
}

func serials(list []coupon.VoucherView) []string {
	out := []string{}
	for _, v := range list {
		out = append(out, v.Serial+" "+string(v.ID))
	}
	return out
}

func TestNothingOfAnUnfinishedBatchIsSeenUnlessItIsNamed(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m := newMarket(s)
		for _, v := range m.list(coupon.VoucherFilter{}) {
			if v.Batch == m.making.ID || v.Batch == m.failed.ID {
				t.Fatalf("listed: %+v", v.Voucher)
			}
		}
		for _, b := range []coupon.Batch{m.making, m.failed} {
			list := m.list(coupon.VoucherFilter{Batch: b.ID})
			if len(list) != 3 || list[0].Sequence != 3 || list[2].Sequence != 1 {
				t.Fatalf("by name: %v", serials(list))
			}
			_, err := s.Voucher(ctx, list[0].ID)
			refused(t, "by id", err, fault.NotFound, "")
			_, err = s.VoucherByCode(ctx, []string{"fp:" + code(list[0])})
			refused(t, "by code", err, fault.NotFound, "")
		}
	})
}

// A customer without a name is called by what else is known; a contact stands there masked.
func TestWhatACustomerWithoutANameIsCalled(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m := newMarket(s)
		v := m.made(m.fair)[0]
		for _, c := range []struct {
			known coupon.Customer
			want  string
		}{
			{coupon.Customer{Email: "èva@example.com", Mobile: "+6591234567", MemberID: "M-1", SourceID: "acct-1"}, "è…@example.com"}, {coupon.Customer{Mobile: "+6591234567", MemberID: "M-1"}, "…4567"},
			{coupon.Customer{MemberID: "M-1", SourceID: "acct-1"}, "M-1"}, {coupon.Customer{SourceID: "acct-1"}, "acct-1"}, {coupon.Customer{}, ""},
		} {
			change := func(to *coupon.Customer) {
				to.Name, to.Email, to.Mobile, to.MemberID, to.SourceID = "", c.known.Email, c.known.Mobile, c.known.MemberID, c.known.SourceID
			}
			must[coupon.Customer](s, coupon.ChangeCustomer{ID: v.LastCustomer, Want: c.known, Change: change, By: ada})
			shown, err := s.Voucher(ctx, v.ID)
			if ok(t, err); shown.UserName != c.want {
				t.Errorf("%+v is called %q, want %q", c.known, shown.UserName, c.want)
			}
			uses, err := s.Redemptions(ctx, coupon.RedemptionFilter{Voucher: v.ID}, coupon.Paging{})
			if ok(t, err); uses.Rows[0].CustomerName != c.want {
				t.Errorf("in redemptions: %q, want %q", uses.Rows[0].CustomerName, c.want)
			}
		}
	})
}

func TestAVoucherIsShownWithItsNamesAndTerms(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m := newMarket(s)
		fair := m.made(m.fair)
		v, err := s.Voucher(ctx, fair[0].ID)
		ok(t, err)
		if v.HolderName != "Mei" || v.UserName != "Mei" || v.CampaignName != m.refills.Name || v.BatchDescription != "Harbour Fair" || v.Kind != coupon.KindRefill ||
			v.CampaignState != coupon.CampaignActive || v.BatchState != coupon.BatchActive || v.Held {
			t.Fatalf("%+v", v)
		}
		equal(t, "terms", v.Doc, refill)
		byCode, err := s.VoucherByCode(ctx, []string{"fp:none", "fp:" + code(fair[0])})
		ok(t, err)
		equal(t, "by code", byCode, v)
		held := m.list(coupon.VoucherFilter{Status: coupon.StatusReserved})[0]
		if !held.Held {
			t.Fatal("not shown as held")
		}
		s.pass(time.Minute)
		over, err := s.Voucher(ctx, held.ID)
		if ok(t, err); over.Held {
			t.Fatal("held after the hold's end")
		}
		_, err = s.Voucher(ctx, "vch_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
		_, err = s.VoucherByCode(ctx, nil)
		refused(t, "an unknown code", err, fault.NotFound, "")
	})
}

func TestEachVoucherStreamsInSequence(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		b := s.batch(s.campaign(coupon.KindRefill, refill), 1201, 1201)
		s.batch(s.campaign(coupon.KindRefill, refill), 3, 3) // its neighbour
		next := int64(1)
		ok(t, s.EachVoucher(ctx, b.ID, func(v coupon.VoucherView) error {
			if v.Sequence != next || v.Doc.PerVoucher != 1 {
				t.Fatalf("%+v, want sequence %d", v, next)
			}
			next++
			return nil
		}))
		if next != 1202 {
			t.Fatalf("%d vouchers", next-1)
		}
		n := 0
		err := s.EachVoucher(ctx, b.ID, func(coupon.VoucherView) error { n++; return errStop })
		if n != 1 || err != errStop {
			t.Fatalf("%d calls, %v", n, err)
		}
	})
}

// What is no text finds nothing, or is said to be no text; it is never our failure.
func TestASearchForWhatIsNoText(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		s.issue(s.campaign(coupon.KindRefill, refill))
		for _, bad := range []string{"a\x00b", "\xff\xfe"} {
			for name, f := range map[string]coupon.VoucherFilter{"search": {Search: bad}, "serial": {Serial: bad}, "tail": {Tail: bad}} {
				page, err := s.Vouchers(ctx, f, coupon.Paging{})
				if kind := fault.Of(err); err != nil && kind.Kind != fault.Invalid || len(page.Rows) != 0 {
					t.Errorf("%s %q: %d rows, %v", name, bad, len(page.Rows), err)
				}
			}
		}
	})
}

// Where there are more campaigns of a kind, or more batches that a search may mean,
// than a query has branches, the list is the same.
func TestALongListOfCampaignsIsListedAsWell(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		const many = 43
		var want []string
		for range many {
			c := s.campaign(coupon.KindRefill, refill)
			want = append(want, string(s.issue(c).ID))
		}
		s.issue(s.campaign(coupon.KindGift, gift))
		slices.Reverse(want)
		m := &market{shop: s}
		for name, f := range map[string]coupon.VoucherFilter{"kind": {Kind: coupon.KindRefill}, "search": {Search: "test refill"}, "serial": {Serial: "TESTREFILL-"}} {
			var got []string
			for _, v := range m.list(f) {
				got = append(got, string(v.ID))
			}
			equal(t, name, got, want)
		}
	})
}

// A public code that somebody else used later is still among what a customer used.
func TestWhatOthersUsedLaterIsStillTheCustomers(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei, tan := s.customer("Mei"), s.customer("Tan")
		v := s.issue(s.campaign(coupon.KindDiscount, coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Holder: coupon.Open}))
		s.redeem(v.ID, by(mei))
		s.redeem(v.ID, by(tan))
		for who, want := range map[coupon.CustomerID][2]int{mei.ID: {0, 1}, tan.ID: {1, 1}} {
			for i, shared := range []bool{false, true} {
				page, err := s.Vouchers(ctx, coupon.VoucherFilter{OfOwner: who, Shared: shared}, coupon.Paging{})
				ok(t, err)
				equal(t, "found", len(page.Rows), want[i])
			}
		}
	})
}
