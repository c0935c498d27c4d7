package coupon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/coupon/coupontest"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// desk is a world without a database, with short words for what the tests do. It is
// noon in Singapore on Saturday, 21 November 2026.
type desk struct {
	*coupontest.World
	t testing.TB
}

var (
	noon  = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	staff = coupon.Actor{Kind: "staff", ID: "stf_1", Name: "Ada"}
	till  = coupon.Actor{Kind: "key", ID: "key_1", Name: "till"}
)

func newDesk(t testing.TB) *desk {
	return &desk{World: coupontest.NewWorld(coupon.Organisation{Name: "Harbour Coffee", TimeZone: "Asia/Singapore", Currency: "SGD"}, noon), t: t}
}

func sgd(minor int64) money.Amount { return money.Amount{Minor: minor, Asset: "SGD"} }

// The usual terms.
var (
	gift   = coupon.TermsDoc{Value: worth(sgd(1000)), Holder: coupon.Bearer, Drawdown: true}
	refill = coupon.TermsDoc{Value: worth(sgd(1000)), Holder: coupon.Bearer, PerVoucher: 1}
	tenOff = coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Holder: coupon.Open, PerVoucher: 1}
)

func worth(m money.Amount) coupon.Value { return coupon.Value{Type: coupon.ValueAmount, Money: &m} }

// with returns terms with one thing changed.
func with(doc coupon.TermsDoc, change func(*coupon.TermsDoc)) coupon.TermsDoc {
	change(&doc)
	return doc
}

func uses(n int64) coupon.TermsDoc {
	return with(tenOff, func(d *coupon.TermsDoc) { d.PerVoucher = n })
}

// do runs a command; a fault of the program, unlike a refusal, ends the test.
func do[T any](d *desk, c coupon.Command) (T, error) {
	d.t.Helper()
	out, err := d.Do(c)
	if err != nil && fault.Of(err).Kind == fault.Internal {
		d.t.Fatalf("%T: %v", c, err)
	}
	t, _ := out.(T)
	return t, err
}

func must[T any](d *desk, c coupon.Command) T {
	d.t.Helper()
	out, err := do[T](d, c)
	if err != nil {
		d.t.Fatalf("%T: %v", c, err)
	}
	return out
}

// refused runs a command that must fail with this code and leave nothing behind.
func (d *desk) refused(code string, c coupon.Command) *fault.Error {
	d.t.Helper()
	entries, events := len(d.Entries), len(d.Events)
	out, err := do[any](d, c)
	f := fault.Of(err)
	if f == nil || f.Code != code {
		d.t.Fatalf("%T: got %v, %v; want %s", c, out, err, code)
	}
	if len(d.Entries) != entries || len(d.Events) != events {
		d.t.Fatalf("%T: refused, and yet it wrote", c)
	}
	return f
}

func (d *desk) campaign(kind coupon.Kind, doc coupon.TermsDoc, limits ...coupon.Limits) coupon.Campaign {
	d.t.Helper()
	c := coupon.Campaign{Kind: kind, Name: "Spring sale"}
	if len(limits) > 0 {
		c.Limits = limits[0]
	}
	return must[coupon.Campaign](d, coupon.CreateCampaign{Campaign: c, Terms: doc, By: staff})
}

// issue issues a voucher whose code has the fingerprint fp.
func (d *desk) issue(c coupon.Campaign, fp string, change ...func(*coupon.Issue)) coupon.Voucher {
	d.t.Helper()
	return must[coupon.Voucher](d, d.issuing(c, fp, change...))
}

func (d *desk) issuing(c coupon.Campaign, fp string, change ...func(*coupon.Issue)) coupon.Issue {
	cmd := coupon.Issue{Campaign: c.ID, Code: d.code(fp), By: staff}
	for _, f := range change {
		f(&cmd)
	}
	return cmd
}

func (d *desk) code(fp string) coupon.NewCode {
	return coupon.NewCode{Voucher: coupon.VoucherID(d.NewID("vch")), Fingerprints: []string{fp}, Sealed: "sealed", Tail: "8K3Q"}
}

func (d *desk) customer(source string, groups ...string) coupon.CustomerID {
	d.t.Helper()
	return must[coupon.Customer](d, coupon.CreateCustomer{Customer: coupon.Customer{SourceID: source, Name: "Mei", Groups: groups}, By: staff}).ID
}

func heldBy(id coupon.CustomerID) func(*coupon.Issue) {
	return func(c *coupon.Issue) { c.Customer.ID = id }
}

func expiring(at time.Time) func(*coupon.Issue) { return func(c *coupon.Issue) { c.ExpiresAt = &at } }

func redeem(fp string, change ...func(*coupon.Redeem)) coupon.Redeem {
	c := coupon.Redeem{Items: []coupon.Item{{Fingerprints: []string{fp}}}, Channel: coupon.ViaAPI, By: till}
	for _, f := range change {
		f(&c)
	}
	return c
}

func (d *desk) redeem(fp string, change ...func(*coupon.Redeem)) coupon.Redemption {
	d.t.Helper()
	return must[coupon.Redeemed](d, redeem(fp, change...)).Redemptions[0]
}

func forCustomer(id coupon.CustomerID) func(*coupon.Redeem) {
	return func(c *coupon.Redeem) { c.Customer.ID = id }
}

func taking(m money.Amount) func(*coupon.Redeem) {
	return func(c *coupon.Redeem) { c.Items[0].Money = &m }
}

func at(l coupon.LocationID) func(*coupon.Redeem) {
	return func(c *coupon.Redeem) { c.Location = l }
}

func through(ch coupon.Channel) func(*coupon.Redeem) {
	return func(c *coupon.Redeem) { c.Channel = ch }
}

func toppingUp(c *coupon.Redeem) { c.Transaction.Type = coupon.TopUp }

func (d *desk) reverse(r coupon.Redemption, m ...money.Amount) coupon.Reverse {
	c := coupon.Reverse{Redemption: r.ID, Reason: "the customer changed her mind", By: staff}
	if len(m) > 0 {
		c.Money = &m[0]
	}
	return c
}

func (d *desk) void(v coupon.Voucher) coupon.Voucher {
	d.t.Helper()
	return must[coupon.Voucher](d, coupon.End{Voucher: v.ID, To: coupon.VoucherVoid, Reason: "lost", By: staff})
}

// now returns a voucher as it is now.
func (d *desk) now(v coupon.Voucher) coupon.Voucher { return d.Vouchers[v.ID] }

func (d *desk) owns(c coupon.CustomerID, asset money.Asset) int64 {
	return d.Balances[coupon.BalanceKey{Customer: c, Asset: asset}].Minor
}

// books asserts the sums of the ledger, written "account asset minor, …" in any order.
func (d *desk) books(want string) {
	d.t.Helper()
	sums := d.Sums()
	for _, line := range strings.Split(want, ", ") {
		i := strings.LastIndexByte(line, ' ')
		if i < 0 {
			continue
		}
		if got := fmt.Sprint(sums[line[:i]]); got != line[i+1:] {
			d.t.Errorf("books: %s is %s, want %s", line[:i], got, line[i+1:])
		}
		delete(sums, line[:i])
	}
	for account, n := range sums {
		d.t.Errorf("books: %s is %d, want nothing", account, n)
	}
}

// outstanding names the control account of a voucher's batch.
func outstanding(v coupon.Voucher) string { return string(coupon.Outstanding(v.Batch)) }

// wants compares two printed values.
func wants(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

// reason returns the code of a fault.
func reason(err error) string { return fault.Of(err).Code }
