package admin_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/admin"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	password   = "a long enough password"
	setupToken = "one-time-token-of-the-console"
	hostile    = `<script>alert("x")</script>`
)

// desk is a back office on a real database.
type desk struct {
	t       testing.TB
	db      *store.DB
	app     *app.App
	site    http.Handler
	log     *strings.Builder
	now     atomic.Int64
	mei     coupon.Customer
	main    coupon.Location
	harbour coupon.Location
	refill  coupon.Batch
	numbers []string // of the refill batch, newest first
	gift    coupon.Campaign
	faulty  string // an import with errors, and one without: see importBoth
	clean   string
	person  map[coupon.Role]coupon.Staff
	session map[coupon.Role]string
}

func (d *desk) clock() time.Time { return time.UnixMicro(d.now.Load()).UTC() }

func (d *desk) pass(by time.Duration) { d.now.Add(by.Microseconds()) }

// empty is a desk that nobody has set up.
func empty(t testing.TB, dbURL string) *desk {
	t.Helper()
	d := &desk{t: t, log: &strings.Builder{}, person: map[coupon.Role]coupon.Staff{}, session: map[coupon.Role]string{}}
	d.now.Store(time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC).UnixMicro())
	db, err := store.Open(t.Context(), store.Options{URL: dbURL, Now: d.clock})
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	_, _, err = db.Migrate(t.Context())
	ok(t, err)
	d.db = db
	d.app = app.New(app.Options{Store: db, Journal: db, Keys: seal.New(), Now: d.clock})
	t.Cleanup(d.app.Close)
	mux := http.NewServeMux()
	back := admin.New(admin.Options{App: d.app, Now: d.clock, Log: slog.New(slog.NewTextHandler(d.log, nil)), Version: "1.0", SetupToken: func() string { return setupToken }})
	mux.Handle("/admin/", back)
	mux.Handle("/setup", back)
	assets, err := ui.Static()
	ok(t, err)
	mux.Handle(ui.StaticPrefix, assets)
	d.site = httpx.Chain(mux, httpx.RequestID(func() string { return "req_test" }))
	return d
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// open is a desk in the middle of its work, on SQLite.
func open(t testing.TB) *desk {
	t.Helper()
	return filled(t, storetest.FreshFile(t))
}

// filled is a desk in the middle of its work.
func filled(t testing.TB, dbURL string) *desk {
	d := empty(t, dbURL)
	ctx := t.Context()
	first := must[coupon.Staff](t)(d.app.SetUp(ctx, app.Request{}, app.SetupInput{Organisation: "Harbour Coffee", Currency: "SGD", TimeZone: "Asia/Singapore", Name: "Aida Lim", Email: "admin@example.com", Password: password}))
	d.person[coupon.Admin] = first
	req := d.as(coupon.Admin)
	d.main = must[coupon.Location](t)(d.app.SaveLocation(ctx, req, "", app.LocationInput{Name: "Main Street"}))
	d.harbour = must[coupon.Location](t)(d.app.SaveLocation(ctx, req, "", app.LocationInput{Name: "Harbour Point"}))
	names := map[coupon.Role]string{coupon.Marketing: "Bala Iyer", coupon.Cashier: "Arif Rahman", coupon.Support: "Priya Nair", coupon.Finance: "Chen Wei", coupon.Developer: "Dewi Putri"}
	for role, name := range names {
		in := app.StaffInput{Name: name, Email: string(role) + "@example.com", Password: password, Role: role}
		if role == coupon.Cashier {
			in.Locations = []coupon.LocationID{d.main.ID}
		}
		d.person[role] = must[coupon.Staff](t)(d.app.SaveStaff(ctx, req, "", in))
	}
	d.fillCustomers()
	d.fillVouchers()
	d.publish()
	return d
}

// as is a request of somebody with a role.
func (d *desk) as(r coupon.Role) app.Request {
	return app.Request{By: app.ByStaff(d.person[r]), ID: "req_seed", Address: "192.0.2.1"}
}

func (d *desk) fillCustomers() {
	req := d.as(coupon.Admin)
	add := func(name, email, mobile, member, source string) coupon.Customer {
		return must[coupon.Customer](d.t)(d.app.CreateCustomer(d.t.Context(), req, app.CustomerInput{
			Name: &name, Email: &email, Mobile: &mobile, MemberID: &member, SourceID: &source, Groups: []string{"Regulars"}, Consent: map[string]bool{"email": true},
		}))
	}
	d.mei = add("Mei Tan", "mei.tan@example.com", "+6591234567", "M-20418", "acct-20418")
	add("Rahul Menon", "rahul@example.com", "+6598765432", "M-20419", "acct-20419")
	add(hostile, "script@example.com", "", "", "acct-666")
}

// fillVouchers makes refill coupons of which two are used, and a gift voucher.
func (d *desk) fillVouchers() {
	ctx, req := d.t.Context(), d.as(coupon.Admin)
	for _, in := range []app.RefillInput{{Description: "Deepavali", Prefix: "55", Quantity: "40", Amount: "25"}, {Description: "TESTING", Prefix: "12", Quantity: "5", Amount: "10"}} {
		d.refill = must[coupon.Batch](d.t)(d.app.CreateRefill(ctx, req, in))
		d.work()
		d.pass(time.Minute)
	}
	page := must[coupon.Page[coupon.VoucherView]](d.t)(d.app.Vouchers(ctx, req.By, coupon.VoucherFilter{Batch: d.refill.ID}, coupon.Paging{}))
	shown := must[map[coupon.VoucherID]string](d.t)(d.app.Shown(ctx, req, page.Rows, string(d.refill.ID)))
	for _, v := range page.Rows {
		d.numbers = append(d.numbers, shown[v.ID])
	}
	for _, n := range d.numbers[:2] {
		d.pass(2 * time.Minute)
		must[coupon.Redeemed](d.t)(d.app.UseVoucher(ctx, app.Request{By: app.ByCustomer(d.mei), Address: "192.0.2.7"}, n))
	}
	name, ten := "Barista set", money.Amount{Minor: 1000, Asset: "SGD"}
	d.gift = must[coupon.Campaign](d.t)(d.app.CreateCampaign(ctx, req, app.CampaignInput{Kind: coupon.KindGift, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount, Money: &ten}, Validity: &coupon.Validity{ExpiresAfterDays: 20}}))
}

// issue issues a gift voucher and returns it with its code.
func (d *desk) issue() app.Issued {
	d.t.Helper()
	p := must[app.Prepared](d.t)(d.app.PrepareIssue(d.t.Context(), d.as(coupon.Admin), d.gift.ID, app.IssueInput{Customer: coupon.CustomerRef{ID: d.mei.ID}, Remarks: hostile}))
	return must[app.Issued](d.t)(d.app.Issue(d.t.Context(), d.as(coupon.Admin), p))
}

// work does the jobs that wait.
func (d *desk) work() {
	d.t.Helper()
	for _, j := range must[[]coupon.Job](d.t)(d.db.ClaimJobs(d.t.Context(), d.clock(), time.Minute, 10)) {
		do := d.app.Generate
		switch j.Kind {
		case coupon.JobImport:
			do = d.app.RunImport
		case coupon.JobBulk:
			d.bulk(j)
			continue
		}
		ok(d.t, do(d.t.Context(), j))
	}
}

// bulk does a bulk change, and ends it as the runner of jobs does.
func (d *desk) bulk(j coupon.Job) {
	d.t.Helper()
	if err := d.app.RunBulk(d.t.Context(), j); err != nil {
		ok(d.t, d.app.GiveUp(d.t.Context(), j, fault.Of(err).Msg))
		return
	}
	ok(d.t, d.db.EndJob(d.t.Context(), j.ID, d.clock(), ""))
}

func (d *desk) publish() {
	d.t.Helper()
	must[int](d.t)(d.db.Publish(d.t.Context()))
}

// sign signs somebody with a role in, once.
func (d *desk) sign(r coupon.Role) string {
	d.t.Helper()
	if d.session[r] == "" {
		token, _, err := d.app.SignIn(d.t.Context(), app.Request{Address: "192.0.2.1"}, d.person[r].Email, password, "test")
		ok(d.t, err)
		d.session[r] = token
	}
	return d.session[r]
}

// reply is what the back office answered.
type reply struct {
	t      testing.TB
	path   string
	Code   int
	Body   string
	To     string // Location
	Header http.Header
}

func (d *desk) send(role coupon.Role, method, path string, form url.Values) reply {
	d.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(context.Background(), method, "http://localhost"+path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if role != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: d.sign(role)})
	}
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	return reply{d.t, method + " " + path, w.Code, w.Body.String(), w.Header().Get("Location"), w.Header()}
}

func (d *desk) get(role coupon.Role, path string) reply {
	d.t.Helper()
	return d.send(role, http.MethodGet, path, nil)
}

// post sends a form with a nonce of its own.
func (d *desk) post(role coupon.Role, path string, pairs ...string) reply {
	d.t.Helper()
	return d.send(role, http.MethodPost, path, form(nonceOf(path, pairs), pairs...))
}

// nonceOf makes a nonce that differs from form to form.
func nonceOf(path string, pairs []string) string {
	return "nonce-" + seal.HashToken(path + strings.Join(pairs, "|") + time.Now().String())[:24]
}

func form(nonce string, pairs ...string) url.Values {
	f := url.Values{"nonce": {nonce}}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

var tags = regexp.MustCompile(`<[^>]*>`)

// text is the page without its tags, entities resolved and space made one.
func (r reply) text() string {
	s := html.UnescapeString(tags.ReplaceAllString(r.Body, " "))
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), " ")
}

// is checks the status.
func (r reply) is(code int) reply {
	r.t.Helper()
	if r.Code != code {
		r.t.Fatalf("%s: got %d to %q, want %d\n%.1500s", r.path, r.Code, r.To, code, r.text())
	}
	return r
}

// shows checks that the page says all of these.
func (r reply) shows(words ...string) reply {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(r.text(), w) {
			r.t.Errorf("%s does not show %q:\n%.2500s", r.path, w, r.text())
		}
	}
	return r
}

// hides checks that the reply has none of these anywhere.
func (r reply) hides(words ...string) reply {
	r.t.Helper()
	for _, w := range words {
		if strings.Contains(r.Body, w) {
			r.t.Errorf("%s has %q", r.path, w)
		}
	}
	return r
}

// has checks that the markup has these.
func (r reply) has(parts ...string) reply {
	r.t.Helper()
	for _, p := range parts {
		if !strings.Contains(r.Body, p) {
			r.t.Errorf("%s lacks %s", r.path, p)
		}
	}
	return r
}

var links = regexp.MustCompile(`rel="(\w+)" href="([^"]*)"`)

// rel is the address of the pager's link.
func (r reply) rel(name string) string {
	r.t.Helper()
	for _, m := range links.FindAllStringSubmatch(r.Body, -1) {
		if m[1] == name {
			return html.UnescapeString(m[2])
		}
	}
	r.t.Fatalf("%s has no link %s", r.path, name)
	return ""
}

var box = regexp.MustCompile(`name="voucher" value="([^"]*)"`)

// boxes are the vouchers that can be ticked, in their order.
func (r reply) boxes() string {
	var out []string
	for _, m := range box.FindAllStringSubmatch(r.Body, -1) {
		out = append(out, m[1])
	}
	return strings.Join(out, " ")
}

// leads checks where a form ended.
func (r reply) leads(prefix string) reply {
	r.t.Helper()
	r.is(http.StatusSeeOther)
	if !strings.HasPrefix(r.To, prefix) {
		r.t.Fatalf("%s leads to %q, want %q", r.path, r.To, prefix)
	}
	return r
}

func record(d *desk, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	return w
}
