package store_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// plain seals nothing: these tests are not about secrecy.
type plain struct{}

func (plain) Seal(s, row string) string                   { return "sealed:" + row + ":" + strconv.QuoteToASCII(s) }
func (plain) Open(s, row string) (string, error)          { return strconv.Unquote(s[len("sealed:"+row+":"):]) }
func (plain) Digest(_ string, data []byte) string         { return string(data) }
func (plain) DigestIs(stored, _ string, data []byte) bool { return stored == string(data) }
func sgd(minor int64) money.Amount                        { return money.Amount{Minor: minor, Asset: "SGD"} }
func ptr[T any](v T) *T                                   { return &v }

var (
	ctx   = context.Background()
	ada   = coupon.Actor{Kind: "staff", ID: "stf_1", Name: "Ada"}
	till  = coupon.Actor{Kind: "key", ID: "key_1", Name: "till"}
	start = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

	refill = coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValueAmount, Money: ptr(sgd(1000))}, Holder: coupon.Bearer, PerVoucher: 1}
	gift   = coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValueAmount, Money: ptr(sgd(1000))}, Holder: coupon.Bearer, Drawdown: true}
	twice  = coupon.TermsDoc{Value: coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Holder: coupon.Open, PerVoucher: 2}
)

// shop is an engine on a database, with short words for what the tests do. Its clock
// is also the database's.
type shop struct {
	*engine.Engine
	*store.DB
	t     testing.TB
	clock *atomic.Int64
	codes atomic.Int64
	url   string
}

func eachShop(t *testing.T, fn func(t *testing.T, s *shop)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) { fn(t, openShop(t, url)) })
}

func openShop(t testing.TB, url string) *shop {
	t.Helper()
	s := &shop{t: t, clock: &atomic.Int64{}, url: url}
	s.clock.Store(start.UnixMicro())
	s.DB = storetest.Open(t, url, func(o *store.Options) { o.Now = s.now })
	s.Engine = engine.New(engine.Options{Journal: s.DB, Sealer: plain{}, NewID: id.New, Now: s.now})
	t.Cleanup(s.Engine.Close)
	return s
}

func (s *shop) now() time.Time { return time.UnixMicro(s.clock.Load()).UTC() }

func (s *shop) pass(by time.Duration) { s.clock.Add(by.Microseconds()) }

func do[T any](s *shop, c coupon.Command) (T, error) {
	return engine.Run[T](ctx, s.Engine, engine.Ask{Command: c})
}

func must[T any](s *shop, c coupon.Command) T {
	s.t.Helper()
	out, err := do[T](s, c)
	if err != nil {
		s.t.Fatalf("%T: %v", c, err)
	}
	return out
}

func (s *shop) campaign(kind coupon.Kind, doc coupon.TermsDoc, change ...func(*coupon.Campaign)) coupon.Campaign {
	s.t.Helper()
	c := coupon.Campaign{Kind: kind, Name: "Test " + string(kind)}
	for _, f := range change {
		f(&c)
	}
	return must[coupon.Campaign](s, coupon.CreateCampaign{Campaign: c, Terms: doc, By: ada})
}

func limits(l coupon.Limits) func(*coupon.Campaign) {
	return func(c *coupon.Campaign) { c.Limits = l }
}

// code returns a new code; its fingerprint is "fp:" and the code.
func (s *shop) code() coupon.NewCode {
	return named(fmt.Sprintf("CODE%06d", s.codes.Add(1)))
}

func named(code string) coupon.NewCode {
	v := id.New("vch")
	return coupon.NewCode{
		Voucher: coupon.VoucherID(v), Fingerprints: []string{"fp:" + code}, Sealed: plain{}.Seal(code, v), Prefix: code[:4], Tail: code[len(code)-4:],
	}
}

func (s *shop) issue(c coupon.Campaign, change ...func(*coupon.Issue)) coupon.Voucher {
	s.t.Helper()
	cmd := coupon.Issue{Campaign: c.ID, Code: s.code(), By: ada}
	for _, f := range change {
		f(&cmd)
	}
	return must[coupon.Voucher](s, cmd)
}

// batch makes a batch of n vouchers of which the first made exist.
func (s *shop) batch(c coupon.Campaign, n, made int64, change ...func(*coupon.Batch)) coupon.Batch {
	s.t.Helper()
	b := coupon.Batch{Campaign: c.ID, Description: "Harbour Fair", Quantity: n, Source: "generated"}
	for _, f := range change {
		f(&b)
	}
	b = must[coupon.Batch](s, coupon.CreateBatch{Batch: b, By: ada})
	cmd := coupon.IssueChunk{Batch: b.ID, By: ada}
	for range made {
		cmd.Codes = append(cmd.Codes, s.code())
	}
	if made > 0 {
		must[coupon.Progress](s, cmd)
	}
	return b
}

func (s *shop) customer(name string, change ...func(*coupon.Customer)) coupon.Customer {
	s.t.Helper()
	c := coupon.Customer{SourceID: "src-" + name, Name: name}
	for _, f := range change {
		f(&c)
	}
	return must[coupon.Customer](s, coupon.CreateCustomer{Customer: c, By: ada})
}

func using(v coupon.VoucherID, change ...func(*coupon.Redeem)) coupon.Redeem {
	c := coupon.Redeem{Items: []coupon.Item{{Voucher: v}}, Channel: coupon.ViaAPI, By: till}
	for _, f := range change {
		f(&c)
	}
	return c
}

func (s *shop) redeem(v coupon.VoucherID, change ...func(*coupon.Redeem)) coupon.Redemption {
	s.t.Helper()
	return must[coupon.Redeemed](s, using(v, change...)).Redemptions[0]
}

func by(c coupon.Customer) func(*coupon.Redeem) {
	return func(r *coupon.Redeem) { r.Customer.ID = c.ID }
}

func taking(m money.Amount) func(*coupon.Redeem) {
	return func(r *coupon.Redeem) { r.Items[0].Money = &m }
}

func (s *shop) event(kind coupon.EventType, subject string) coupon.Event {
	return coupon.Event{Type: kind, Subject: subject, By: ada, At: s.now()}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func refused(t testing.TB, what string, err error, kind fault.Kind, field string) {
	t.Helper()
	f := fault.Of(err)
	if err == nil || f.Kind != kind || field != "" && f.Fields[field] == "" {
		t.Fatalf("%s: %v, want a fault of kind %d on %q", what, err, kind, field)
	}
}

// all reads a list page by page.
func all[R any](t testing.TB, limit int, read func(coupon.Paging) (coupon.Page[R], error)) []R {
	t.Helper()
	var out []R
	for p := (coupon.Paging{Limit: limit}); ; {
		page, err := read(p)
		ok(t, err)
		out = append(out, page.Rows...)
		if p.After = page.Next; p.After == "" {
			return out
		}
		if len(page.Rows) != limit || len(out) > 10_000 {
			t.Fatalf("a page of %d rows names a next one", len(page.Rows))
		}
	}
}

var errStop = errors.New("stop")

// apply writes rows past the engine.
func apply(t testing.TB, s *shop, c *coupon.Changes) {
	t.Helper()
	c.Mark, c.At = coupon.MarkID(id.New("mrk")), s.now()
	ok(t, s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error { return tx.Apply(ctx, c) }))
}

// waits checks that work does not go on while another process does what is named.
func (s *shop) waits(t *testing.T, name string, work func(context.Context) error) {
	t.Helper()
	err := s.Alone(ctx, name, func() error {
		ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		return work(ctx)
	})
	if err == nil {
		t.Fatalf("%s was done by two at once", name)
	}
}

// places counts the commits, their distinct places, and the last of these.
func (s *shop) places() (marks, places, last int64) {
	s.t.Helper()
	ok(s.t, s.Query(ctx, "SELECT COUNT(*), COUNT(DISTINCT place), MAX(place) FROM commit_mark", &marks, &places, &last))
	return marks, places, last
}
