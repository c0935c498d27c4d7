package program_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	scrip "github.com/scriphq/scrip/client"
)

// shop is an integrating developer with a key of the shop's, and a receiver of webhooks.
type shop struct {
	*server
	*scrip.Client
	hook *listener
}

// J8, all of it: what a developer does to bring vouchers into a shop.
func TestJ8AShopFromItsKeyToItsWebhooks(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := &shop{server: p.serve("--webhook-networks", "127.0.0.0/8"), hook: listen(t)}
		s.Client = s.with(s.makesKey(t))
		s.registers(t)
		var campaign object
		s.must(201, "POST", "/v1/campaigns", object{"kind": "discount", "name": "Spring", "value": object{"type": "percent", "basis_points": 1000}}).into(t, &campaign)
		v := s.issues(t, campaign["id"].(string))
		s.buys(t, v)
		s.isTold(t, v)
		s.appears(t, v)
		s.isRefused(t, v)
		s.stop()
		p.verified()
	})
}

func (s *shop) with(key string) *scrip.Client {
	s.t.Helper()
	c, err := scrip.New(scrip.Options{URL: s.base, Key: key})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// done is the answer of a call that may not fail.
func done[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// makesKey does J8.1: the key is seen once.
func (s *shop) makesKey(t *testing.T) string {
	key := strings.TrimSpace(s.run("key", "create", "--name", "shop", "--scopes", "vouchers:write,vouchers:read,customers:write,customers:read,redemptions:write,redemptions:read"))
	list := s.run("key", "list")
	if !strings.HasPrefix(key, "scrip_") || strings.Contains(list, key) || !strings.Contains(list, "shop") {
		t.Errorf("the list of keys is %q", list)
	}
	return key
}

// issues does the first half of J8.7.
func (s *shop) issues(t *testing.T, campaign string) scrip.Issued {
	mei := done[scrip.Customer](t)(s.CreateCustomer(t.Context(), scrip.NewCustomer{SourceID: "acct-1", Name: "Mei Tan", Email: "mei@example.com"}))
	return done[scrip.Issued](t)(s.Issue(t.Context(), campaign, scrip.NewVoucher{
		Customer: scrip.CustomerRef{ID: mei.ID}, EarningMethod: "automation", SourceReference: "welcome-mail", IdempotencyKey: "acct-1 welcome",
	}))
}

// buys does J8.2 to J8.5.
func (s *shop) buys(t *testing.T, v scrip.Issued) {
	ctx := t.Context()
	uses := func(want int64) {
		t.Helper()
		if got := done[scrip.Voucher](t)(s.Lookup(ctx, strings.ToLower(v.Code))); got.Uses != want {
			t.Errorf("%d uses, want %d", got.Uses, want)
		}
	}
	use := scrip.Use{Codes: scrip.Codes(v.Code), Customer: scrip.CustomerRef{SourceID: "acct-1"}, Client: "203.0.113.7",
		Order: &scrip.Order{Reference: "A-1", Currency: "USD", Shipping: 500, Lines: []scrip.Line{{ID: "l1", Product: "p1", Quantity: 3, UnitPrice: 1395}}}}
	if got := done[scrip.Validation](t)(s.Validate(ctx, use)); !got.Valid || got.Order.Discount != 419 || got.Order.Due != 4266 {
		t.Fatalf("validated: %+v", got)
	}
	uses(0)
	hold := done[scrip.Hold](t)(s.Hold(ctx, scrip.NewHold{Use: use, Seconds: 600}))
	if got := done[scrip.Validation](t)(s.Validate(ctx, use)); got.Valid || got.Vouchers[0].Reason != "held" {
		t.Errorf("while it is held: %+v", got)
	}
	r := scrip.Redeem{Hold: hold.ID, IdempotencyKey: "K"}
	first := done[scrip.Redeemed](t)(s.Redeem(ctx, r))
	again := done[scrip.Redeemed](t)(s.Redeem(ctx, r))
	if first.Redemptions[0].ID != again.Redemptions[0].ID || first.Order.Discount != 419 {
		t.Errorf("first %+v, then %+v", first, again)
	}
	uses(1)
	if _, err := s.Redeem(ctx, scrip.Redeem{Use: use, IdempotencyKey: "K"}); scrip.Code(err) != "idempotency_mismatch" {
		t.Errorf("another body under K: %v", err)
	}
	one := scrip.ReverseCheckout{Reason: "One came back", Lines: []scrip.Return{{Line: "l1", Quantity: 1}}}
	if got := done[scrip.Reversed](t)(s.ReverseCheckout(ctx, first.Checkout, one)); got.Reversals[0].Money.Amount != 140 || got.Reversals[0].Whole {
		t.Errorf("a third came back: %+v", got)
	}
	if got := done[scrip.Reversed](t)(s.ReverseCheckout(ctx, first.Checkout, scrip.ReverseCheckout{Reason: "Cancelled"})); got.Reversals[0].Money.Amount != 279 || !got.Reversals[0].Whole {
		t.Errorf("the rest came back: %+v", got)
	}
	uses(0)
}

// listener takes webhooks: the first one breaks it, once, and it gives what it gets to
// whoever looks.
type listener struct {
	*httptest.Server
	t      testing.TB
	secret atomic.Value
	broken atomic.Bool
	failed chan scrip.Event
	got    chan scrip.Event
}

func listen(t *testing.T) *listener {
	r := &listener{t: t, failed: make(chan scrip.Event, 100), got: make(chan scrip.Event, 100)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP trusts nothing but the signature.
func (r *listener) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the sender has gone
	}
	e, err := scrip.ReadEvent(req.Header, body, time.Now(), r.secret.Load().(string))
	if err != nil {
		r.t.Errorf("a webhook: %v", err)
	}
	if r.broken.CompareAndSwap(true, false) {
		r.failed <- e
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	r.got <- e
}

func next(t testing.TB, from chan scrip.Event) scrip.Event {
	t.Helper()
	select {
	case e := <-from:
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("no webhook came within half a minute")
	}
	return scrip.Event{}
}

// registers does the beginning of J8.6.
func (s *shop) registers(t *testing.T) {
	var made object
	s.must(201, "POST", "/v1/webhooks", object{"url": s.hook.URL + "/scrip", "types": []string{"voucher.issued", "voucher.redeemed", "voucher.reversed"}}).into(t, &made)
	s.hook.secret.Store(made["secret"].(string))
	s.hook.broken.Store(true)
}

// isTold does the rest of J8.6: of one voucher the events come in order, so the first one
// keeps the others waiting until it is tried again; then it is sent again by hand.
func (s *shop) isTold(t *testing.T, v scrip.Issued) {
	lost := next(t, s.hook.failed)
	var told []string
	var version int64
	for range 4 {
		e := next(t, s.hook.got)
		told = append(told, e.Type)
		if e.Data.Subject != v.ID || e.Data.Version <= version || strings.Contains(e.Data.ID+e.Data.Subject, v.Code) {
			t.Errorf("told %+v after version %d", e, version)
		}
		version = e.Data.Version
	}
	if got := strings.Join(told, " "); got != "voucher.issued voucher.redeemed voucher.reversed voucher.reversed" || lost.Type != "voucher.issued" {
		t.Errorf("told %s, %s in vain", got, lost.Type)
	}
	s.repeats(t, lost)
}

// repeats sends the lost event once more by hand: it is the same event.
func (s *shop) repeats(t *testing.T, lost scrip.Event) {
	var hooks, sent struct{ Data []object }
	s.must(200, "GET", "/v1/webhooks", nil).into(t, &hooks)
	s.must(200, "GET", "/v1/webhooks/"+hooks.Data[0]["id"].(string)+"/deliveries", nil).into(t, &sent)
	for _, d := range sent.Data {
		if d["event"] != lost.Data.ID {
			continue
		}
		var shown struct{ Tried []object }
		s.must(200, "GET", "/v1/deliveries/"+d["id"].(string), nil).into(t, &shown)
		if len(shown.Tried) < 2 || shown.Tried[0]["status"] != 500.0 {
			t.Errorf("the tries were %v", shown.Tried)
		}
		s.must(202, "POST", "/v1/deliveries/"+d["id"].(string)+"/redeliver", object{})
		if e := next(t, s.hook.got); e.Data.ID != lost.Data.ID {
			t.Errorf("sent again is %s, not %s", e.Data.ID, lost.Data.ID)
		}
		return
	}
	t.Errorf("no delivery of %s in %v", lost.Data.ID, sent.Data)
}

// appears does the other half of J8.7: support sees the code on the customer's page.
func (s *shop) appears(t *testing.T, v scrip.Issued) {
	office := newVisitor(t, s.base)
	office.submit("/admin/sign-in", "email", "ada@example.com", "password", "correct horse battery")
	page := office.get("/admin/customers/" + v.Holder + "/codes")
	for _, want := range []string{v.Tail, "Automation", "welcome-mail"} {
		if !strings.Contains(page, want) {
			t.Errorf("the customer's codes do not show %q", want)
		}
	}
}

// isRefused does J8.8.
func (s *shop) isRefused(t *testing.T, v scrip.Issued) {
	ctx := context.Background()
	reader := s.with(strings.TrimSpace(s.run("key", "create", "--name", "reports", "--scopes", "redemptions:read")))
	_, err := reader.Redeem(ctx, scrip.Redeem{Use: scrip.Use{Code: v.Code}})
	if scrip.Code(err) != "forbidden" || !strings.Contains(err.Error(), "403") {
		t.Errorf("without the scope: %v", err)
	}
	typo := []byte(v.Code)
	at := len(typo) - 2
	typo[at] = map[bool]byte{true: '3', false: '2'}[typo[at] == '2']
	for code, want := range map[string]string{"NO-SUCH-CODE": "not_found", string(typo): "mistyped"} {
		if _, err := s.Lookup(ctx, code); scrip.Code(err) != want {
			t.Errorf("a wrong code: %v, want %s", err, want)
		}
	}
	left := func() int {
		limit := s.must(200, "GET", "/v1/vouchers?limit=1", nil).header.Get("RateLimit")
		_, rest, _ := strings.Cut(limit, "r=")
		n, err := strconv.Atoi(strings.Split(rest, ";")[0])
		if err != nil {
			t.Fatalf("RateLimit is %q", limit)
		}
		return n
	}
	if most := left(); most <= 0 || left() > most {
		t.Errorf("the rate limit does not count down from %d", most)
	}
}
