package engine_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// plain hides nothing: these tests are not about secrecy.
type plain struct{}

func (plain) Seal(s, _ string) string { return hex.EncodeToString([]byte(s)) }
func (plain) Open(s, _ string) (string, error) {
	b, err := hex.DecodeString(s)
	return string(b), err
}
func (plain) Digest(_ string, data []byte) string { return string(data) }
func (plain) DigestIs(stored, _ string, data []byte) bool {
	return stored == string(data)
}

var staff = coupon.Actor{Kind: "staff", ID: "stf_1", Name: "Ada"}

// desk is an engine on a database, with short words for what the tests do. It is
// noon in Singapore.
type desk struct {
	*engine.Engine
	t       testing.TB
	db      *store.DB
	journal *journal // between the engine and db
	clock   *atomic.Int64
	sql     *sql.DB // reads beside the program
	stop    func()  // closes the engine, once
}

// eachDesk runs fn on each database, and proves afterwards that the books are sound.
func eachDesk(t *testing.T, fn func(t *testing.T, d *desk), change ...func(*engine.Options)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, storetest.Open(t, url), change...)
		d.sql = reading(t, url)
		fn(t, d)
		d.audit()
	})
}

func newDesk(t testing.TB, db *store.DB, change ...func(*engine.Options)) *desk {
	clock := &atomic.Int64{}
	clock.Store(noon.UnixMicro())
	d := &desk{t: t, db: db, journal: &journal{Journal: db}, clock: clock}
	o := engine.Options{Journal: d.journal, Sealer: plain{}, NewID: id.New, Now: d.now, OneWriter: db.OneWriter()}
	for _, f := range change {
		f(&o)
	}
	d.Engine = engine.New(o)
	d.stop = sync.OnceFunc(d.Close)
	t.Cleanup(d.stop)
	return d
}

var noon = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// reading opens the database a second time, past the program.
func reading(t testing.TB, url string) *sql.DB {
	t.Helper()
	driver, source := "sqlite", "file:"+url+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)"
	if strings.HasPrefix(url, "postgres") {
		driver, source = "pgx", url
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// number reads one number.
func (d *desk) number(query string, args ...any) int64 {
	d.t.Helper()
	var n int64
	if err := d.sql.QueryRow(query, args...).Scan(&n); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// audit proves every stored figure from its rows.
func (d *desk) audit() {
	d.t.Helper()
	found, err := d.db.Verify(context.Background())
	if err != nil {
		d.t.Fatalf("verify: %v", err)
	}
	for _, f := range found {
		d.t.Errorf("the books are wrong: %s: %s should be %d and is %d", f.What, f.ID, f.Want, f.Have)
	}
}

func (d *desk) now() time.Time { return time.UnixMicro(d.clock.Load()).UTC() }

func (d *desk) pass(by time.Duration) { d.clock.Add(by.Microseconds()) }

func do[T any](d *desk, c coupon.Command) (T, error) {
	return engine.Run[T](context.Background(), d.Engine, engine.Ask{Command: c})
}

func must[T any](d *desk, c coupon.Command) T {
	d.t.Helper()
	out, err := do[T](d, c)
	if err != nil {
		d.t.Fatalf("%T: %v", c, err)
	}
	return out
}

func sgd(minor int64) money.Amount { return money.Amount{Minor: minor, Asset: "SGD"} }

func (d *desk) campaign(kind coupon.Kind, doc coupon.TermsDoc, limits coupon.Limits) coupon.Campaign {
	d.t.Helper()
	return must[coupon.Campaign](d, coupon.CreateCampaign{Campaign: coupon.Campaign{Kind: kind, Name: "Test", Limits: limits}, Terms: doc, By: staff})
}

// voucher issues one voucher whose fingerprint is fp.
func (d *desk) voucher(c coupon.Campaign, fp string, change ...func(*coupon.Issue)) coupon.Voucher {
	d.t.Helper()
	cmd := coupon.Issue{Campaign: c.ID, Code: newCode(fp), By: staff}
	for _, f := range change {
		f(&cmd)
	}
	return must[coupon.Voucher](d, cmd)
}

func newCode(fp string) coupon.NewCode {
	return coupon.NewCode{Voucher: coupon.VoucherID(id.New("vch")), Fingerprints: []string{fp}, Sealed: "sealed", Prefix: "", Tail: "8K3Q"}
}

func (d *desk) customer(source string) coupon.Customer {
	d.t.Helper()
	return must[coupon.Customer](d, coupon.CreateCustomer{Customer: coupon.Customer{SourceID: source, Name: "Mei"}, By: staff})
}

func redeem(fp string, change ...func(*coupon.Redeem)) coupon.Redeem {
	c := coupon.Redeem{Items: []coupon.Item{{Fingerprints: []string{fp}}}, Channel: coupon.ViaAPI, By: coupon.Actor{Kind: "key", ID: "key_1", Name: "till"}}
	for _, f := range change {
		f(&c)
	}
	return c
}

func forCustomer(id coupon.CustomerID) func(*coupon.Redeem) {
	return func(c *coupon.Redeem) { c.Customer.ID = id }
}

func taking(m money.Amount) func(*coupon.Redeem) {
	return func(c *coupon.Redeem) { c.Items[0].Money = &m }
}

var (
	refill = coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 1000, Asset: "SGD"}}, Holder: coupon.Bearer, PerVoucher: 1}
	gift   = coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 1000, Asset: "SGD"}}, Holder: coupon.Bearer, Drawdown: true}
	tenOff = coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Holder: coupon.Open, PerVoucher: 1}
)

func uses(n int64) coupon.TermsDoc {
	doc := tenOff
	doc.PerVoucher = n
	return doc
}
