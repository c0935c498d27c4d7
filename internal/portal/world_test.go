package portal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/portal"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/ui"
)

var ctx = context.Background()

// start is a Saturday afternoon in Singapore.
var start = time.Date(2026, 11, 21, 8, 41, 0, 0, time.UTC)

const password = "a kettle of fish"

// watch is a clock that tests set.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func (c *watch) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *watch) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a portal on a real App and database.
type world struct {
	t     testing.TB
	db    *store.DB
	keys  *seal.Keys
	clock *watch
	app   *app.App
	h     http.Handler
	log   bytes.Buffer
	admin app.Request
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, newWorld(t, db)) })
}

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, keys: seal.New(), clock: &watch{at: start}, admin: app.Request{By: app.Program("test"), Address: "198.51.100.1"}}
	w.restart()
	name := "Refill coupons"
	w.must(w.app.CreateCampaign(ctx, w.admin, app.CampaignInput{Kind: coupon.KindRefill, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount}, Code: &coupon.CodePolicy{Alphabet: coupon.Digits}}))
	return w
}

// restart is a new process on the same database.
func (w *world) restart() {
	w.t.Helper()
	if w.app != nil {
		w.app.Close()
	} else {
		w.t.Cleanup(func() { w.app.Close() })
	}
	log := slog.New(httpx.Redact(slog.NewTextHandler(&w.log, nil)))
	w.app = app.New(app.Options{Store: w.db, Journal: w.db, Keys: w.keys, Now: w.clock.now, Log: log})
	catalogue, err := ui.LoadCatalogue()
	if err != nil {
		w.t.Fatal(err)
	}
	assets, err := ui.Static()
	if err != nil {
		w.t.Fatal(err)
	}
	h, err := portal.New(portal.Options{App: w.app, Catalogue: catalogue, Now: w.clock.now, Log: log, Assets: assets})
	if err != nil {
		w.t.Fatal(err)
	}
	w.h = httpx.Chain(h, httpx.RequestID(func() string { return id.New("req") }), httpx.AccessLog{Log: log, Now: w.clock.now}.Wrap)
}

// must fails the test on an error; the value is not looked at.
func (w *world) must(_ any, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refill makes a batch of refill coupons worth ten dollars and returns their numbers.
func (w *world) refill(prefix string, quantity int) []string {
	w.t.Helper()
	b, err := w.app.CreateRefill(ctx, w.admin, app.RefillInput{Description: "TESTING", Prefix: prefix, Quantity: fmt.Sprint(quantity), Amount: "10"})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.fill(b)
}

// lettered makes refill coupons with letters and a check character.
func (w *world) lettered(quantity int64, change func(*app.BatchInput)) []string {
	w.t.Helper()
	name := "Lettered"
	c, err := w.app.CreateCampaign(ctx, w.admin, app.CampaignInput{
		Kind: coupon.KindRefill, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount}, Code: &coupon.CodePolicy{Alphabet: coupon.Safe32, Check: true, Prefix: "GO"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	in := app.BatchInput{Description: "LETTERS", Quantity: quantity, Money: &money.Amount{Minor: 500, Asset: "SGD"}}
	if change != nil {
		change(&in)
	}
	b, err := w.app.CreateBatch(ctx, w.admin, c.ID, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.fill(b)
}

// fill runs the batch's job and returns its numbers.
func (w *world) fill(b coupon.Batch) []string {
	w.t.Helper()
	job, err := w.db.Job(ctx, b.Job)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.app.Generate(ctx, job); err != nil {
		w.t.Fatal(err)
	}
	var codes []string
	err = w.app.ExportBatch(ctx, w.admin, b.ID, "To hand them out", func(_ coupon.VoucherView, code string) error {
		codes = append(codes, code)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return codes
}

// number finds the voucher of a coupon number, as staff see it.
func (w *world) number(code string) coupon.VoucherView {
	w.t.Helper()
	v, err := w.app.Lookup(ctx, w.admin.By, code)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// customer makes a customer with a password.
func (w *world) customer(name, email string) coupon.Customer {
	w.t.Helper()
	c, err := w.app.CreateCustomer(ctx, w.admin, app.CustomerInput{Name: &name, Email: &email})
	if err != nil {
		w.t.Fatal(err)
	}
	w.must(nil, w.app.SetCustomerPassword(ctx, w.admin, c.ID, password))
	return c
}

// person is somebody's browser: it keeps cookies and follows nothing by itself.
type person struct {
	w       *world
	cookies map[string]string
	network string
	headers map[string]string
}

func (w *world) person() *person {
	return &person{w: w, cookies: map[string]string{}, network: "203.0.113.7", headers: map[string]string{}}
}

// signedIn is the browser of a customer who has signed in.
func (w *world) signedIn(contact string) *person {
	w.t.Helper()
	b := w.person()
	if r := b.post("/sign-in", "contact", contact, "password", password, "by", "password"); r.Code != http.StatusSeeOther || b.cookies["customer"] == "" {
		w.t.Fatalf("signing in: %d %s", r.Code, text(r))
	}
	return b
}

func (b *person) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.RemoteAddr = b.network + ":4711"
	for name, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: v})
	}
	for name, v := range b.headers {
		r.Header.Set(name, v)
	}
	out := httptest.NewRecorder()
	b.w.h.ServeHTTP(out, r)
	for _, c := range out.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return out
}

func (b *person) get(path string) *httptest.ResponseRecorder {
	b.w.t.Helper()
	return b.do(http.MethodGet, path, nil)
}

func (b *person) post(path string, pairs ...string) *httptest.ResponseRecorder {
	b.w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

// add uses a coupon number with a fresh form, as a person would.
func (b *person) add(number string) *httptest.ResponseRecorder {
	b.w.t.Helper()
	return b.post("/top-up", "key", nonceOf(b.w.t, b.get("/top-up")), "code", number)
}

// added uses a number and returns the page after it.
func (b *person) added(number string) string {
	b.w.t.Helper()
	r := b.add(number)
	if r.Code != http.StatusSeeOther {
		b.w.t.Fatalf("adding: %d %s", r.Code, text(r))
	}
	return text(b.get(r.Header().Get("Location")))
}

var nonces = regexp.MustCompile(`name="key" value="([A-Z0-9]+)"`)

func nonceOf(t testing.TB, r *httptest.ResponseRecorder) string {
	t.Helper()
	m := nonces.FindStringSubmatch(r.Body.String())
	if m == nil {
		t.Fatalf("no form on the page: %s", text(r))
	}
	return m[1]
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>`)
	spaces = regexp.MustCompile(`[\s\x{a0}]+`)
)

// text is what a person reads on a page.
func text(r *httptest.ResponseRecorder) string {
	return strings.TrimSpace(spaces.ReplaceAllString(tags.ReplaceAllString(r.Body.String(), " "), " "))
}

func see(t testing.TB, where, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("%s: want %q in %q", where, want, page)
		}
	}
}

func status(t testing.TB, where string, r *httptest.ResponseRecorder, want int) {
	t.Helper()
	if r.Code != want {
		t.Fatalf("%s: got %d, want %d: %s", where, r.Code, want, text(r))
	}
}

func unmarshal(t testing.TB, r *httptest.ResponseRecorder, v any) {
	t.Helper()
	if err := json.Unmarshal(r.Body.Bytes(), v); err != nil {
		t.Fatal(err)
	}
}
