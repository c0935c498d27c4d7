package api_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

func TestWithoutKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		secret, k, err := w.app.CreateKey(ctx, program, "till", []string{"all"})
		if err != nil {
			t.Fatal(err)
		}
		refused := func(header map[string]string) {
			t.Helper()
			r := w.send(ask{method: "GET", path: "/v1/campaigns", key: "none", header: header}).fails(401, "unauthenticated")
			if r.header.Get("WWW-Authenticate") == "" {
				t.Error("no WWW-Authenticate")
			}
		}
		for _, header := range []string{"", "Bearer", "Bearer ", "Basic " + secret, secret, "Bearer " + secret + "x", "Bearer " + strings.Repeat("x", 10_000)} {
			refused(map[string]string{"Authorization": header})
		}
		w.send(ask{method: "GET", path: "/v1/campaigns", key: "none", header: map[string]string{"Authorization": "bearer  " + secret}}).is(200)
		if err := w.app.RevokeKey(ctx, program, k.ID); err != nil {
			t.Fatal(err)
		}
		refused(map[string]string{"Authorization": "Bearer " + secret})
	})
}

// Every endpoint is open to a key that has just the scope it documents, and closed to
// one that has all others.
func TestScopes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		with, without := map[string]string{}, map[string]string{}
		for _, scope := range app.Scopes() {
			var others []string
			for _, other := range app.Scopes() {
				if other != scope && other != "all" && (scope != "settings:read" || other != "settings:write") {
					others = append(others, other)
				}
			}
			with[scope], without[scope] = w.key(scope), w.key(others...)
		}
		tried := 0
		for path, item := range w.api.Document().Paths {
			for method, o := range operations(item) {
				if len(o.Security) == 0 {
					continue
				}
				tried++
				scope := o.Security[0]["key"][0]
				a := ask{method: method, path: strings.ReplaceAll(path, "{id}", "xyz_none"), body: bodies[method+" "+path], address: "203.0.113.9"}
				if strings.HasSuffix(path, "/imports") && method == "POST" {
					a.body, a.header = "code\nABC", map[string]string{"Content-Type": "text/csv"}
				}
				a.key = without[scope]
				w.send(a).fails(403, "forbidden")
				a.key = with[scope]
				if r := w.send(a); r.status == 403 || r.status == 401 || r.status >= 500 || r.status == 422 && r.at("fields", "body") != nil {
					t.Errorf("%s with %s: status %d: %s", r.what, scope, r.status, r.body)
				}
			}
		}
		if tried < 40 {
			t.Errorf("only %d endpoints were tried", tried)
		}
	})
}

// bodies are such that permission is what decides.
var bodies = map[string]any{
	"POST /v1/webhooks": object{"url": "https://shop.example"}, "PATCH /v1/webhooks/{id}": object{"description": "x"},
	"POST /v1/campaigns":                  object{"kind": "gift", "name": "Gift", "value": object{"type": "amount", "money": sgd(100)}},
	"PATCH /v1/campaigns/{id}":            object{"name": "Gift"},
	"POST /v1/campaigns/{id}/batches":     object{"description": "X", "quantity": 1},
	"POST /v1/vouchers/lookup":            object{"code": "ABC-DEF"},
	"POST /v1/vouchers/{id}/extend":       object{"expires_at": "2027-01-01T00:00:00Z"},
	"POST /v1/vouchers/{id}/reassign":     object{"customer": object{"source_id": "a"}},
	"POST /v1/vouchers/{id}/replace":      object{"reason": "Test"},
	"POST /v1/vouchers/{id}/void":         object{"reason": "Test"},
	"POST /v1/vouchers/{id}/delete":       object{"reason": "Test"},
	"POST /v1/vouchers/{id}/deactivate":   object{"reason": "Test"},
	"POST /v1/customers":                  object{"name": "Mei"},
	"PATCH /v1/customers/{id}":            object{"name": "Mei"},
	"POST /v1/customers/{id}/notes":       object{"text": "Test"},
	"POST /v1/customers/{id}/messages":    object{"channel": "sms", "text": "Test"},
	"POST /v1/customers/{id}/adjustments": object{"money": sgd(1), "reason": "Test"},
	"POST /v1/validations":                object{"code": "ABC-DEF"},
	"POST /v1/holds":                      object{"code": "ABC-DEF", "seconds": 5},
	"POST /v1/redemptions":                object{"code": "ABC-DEF"},
	"POST /v1/redemptions/{id}/reversal":  object{"reason": "Test"},
	"POST /v1/checkouts/{id}/reversal":    object{"reason": "Test"},
	"POST /v1/explanations":               object{"refusal": "rfs_none"},
	"POST /v1/qualifications":             object{"order": cart()},
}

func TestRateLimitOfAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.FreshFile(t), api.Options{Rate: httpx.Rate{Burst: 3, Per: 30 * time.Second}})
	for left := 2; left >= 0; left-- {
		r := w.get("/v1/campaigns").is(200)
		if got := r.header.Get("RateLimit"); !strings.Contains(got, "r="+strconv.Itoa(left)+";") || r.header.Get("RateLimit-Policy") != `"default";q=3;w=30` {
			t.Errorf("RateLimit %q, RateLimit-Policy %q", got, r.header.Get("RateLimit-Policy"))
		}
	}
	if r := w.get("/v1/campaigns").fails(429, "rate_limited"); r.header.Get("Retry-After") != "10" {
		t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
	}
	w.send(ask{method: "GET", path: "/v1/campaigns", key: w.key("all")}).is(200)
	w.clock.pass(10 * time.Second)
	w.get("/v1/campaigns").is(200)
}

func TestUnknownKeysAreBraked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.FreshFile(t), api.Options{Strangers: httpx.Rate{Burst: 5, Per: time.Minute}})
	known := ask{method: "GET", path: "/v1/campaigns", address: "203.0.113.7"}
	w.send(known).is(200)
	for i := range 5 {
		w.send(ask{method: "GET", path: "/v1/campaigns", key: "wrong" + strconv.Itoa(i), address: "203.0.113.7"}).fails(401, "unauthenticated")
	}
	if r := w.send(ask{method: "GET", path: "/v1/campaigns", key: "wrong", address: "203.0.113.7"}).fails(429, "rate_limited"); r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.send(known).is(200)
	w.send(ask{method: "GET", path: "/v1/campaigns", key: "wrong", address: "203.0.113.8"}).fails(401, "unauthenticated")
}

func TestClientsWhoGuessHaveToWait(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, code := w.issue(w.campaign("gift", nil), nil)
		try := func(client, code string) reply {
			return w.post("/v1/validations", object{"code": code, "money": sgd(1), "client": client})
		}
		for range 4 {
			try("203.0.113.7", "NO-SUCH-CODE").fails(404, "not_found")
		}
		w.send(ask{method: "POST", path: "/v1/redemptions", body: object{"code": "NO-SUCH-CODE", "client": "203.0.113.7"}, once: "K"}).fails(404, "not_found")
		var last time.Duration
		for range 4 { // each miss more waits longer
			r := try("203.0.113.7", code).fails(429, "locked_out")
			seconds, err := strconv.Atoi(r.header.Get("Retry-After"))
			wait := time.Duration(seconds) * time.Second
			if err != nil || wait <= last {
				t.Errorf("Retry-After %q after %v", r.header.Get("Retry-After"), last)
			}
			last = wait
			w.clock.pass(wait)
			try("203.0.113.7", "NO-SUCH-CODE").fails(404, "not_found")
		}
		w.post("/v1/redemptions", object{"code": code, "money": sgd(1), "client": "203.0.113.7"}).fails(429, "locked_out")
		w.post("/v1/holds", object{"code": code, "money": sgd(1), "client": "203.0.113.7", "seconds": 9}).fails(429, "locked_out")
		w.restart()
		try("203.0.113.7", code).fails(429, "locked_out")
		try("203.0.113.8", code).is(200)
		w.post("/v1/validations", object{"code": code, "money": sgd(1)}).is(200) // the key itself never waits
		other := ask{method: "POST", path: "/v1/validations", body: object{"code": code, "money": sgd(1), "client": "203.0.113.7"}, key: w.key("redemptions:write")}
		w.send(other).is(200) // clients of another key are other people
		w.clock.pass(time.Hour)
		try("203.0.113.7", code).is(200)
	})
}

func TestManyWrongCodesRaiseAnAlert(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.FreshFile(t), api.Options{})
	for range 101 {
		w.post("/v1/vouchers/lookup", object{"code": "NO-SUCH-CODE"}).fails(404, "not_found")
	}
	if n := strings.Count(w.log.text(), "ALERT: unusually many wrong codes"); n != 1 {
		t.Errorf("%d alerts, want 1:\n%s", n, w.log.text())
	}
	w.post("/v1/vouchers/lookup", object{"code": "NO-SUCH-CODE"}).fails(404, "not_found") // and nobody is locked
}

func TestHealth(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.send(ask{method: "GET", path: "/healthz", key: "none"}).is(200).has("ok", "status").has("test", "version")
		w.send(ask{method: "GET", path: "/readyz", key: "none"}).is(200).has("ok", "status")
		w.get("/v1/campaigns").is(200)
		near := w.send(ask{method: "GET", path: "/metrics", key: "none", address: "127.0.0.1"}).is(200)
		for _, want := range []string{`scrip_http_requests_total{method="GET",route="/v1/campaigns",status="2xx"} 1`, `scrip_http_request_seconds_bucket{method="GET",route="/v1/campaigns",le="10"} 1`} {
			if !strings.Contains(string(near.body), want) {
				t.Errorf("no %s", want)
			}
		}
		w.send(ask{method: "GET", path: "/metrics", key: "none", address: "10.1.2.3"}).is(200)
		w.send(ask{method: "GET", path: "/metrics", key: "none", address: "203.0.113.7"}).fails(401, "unauthenticated")
		w.send(ask{method: "GET", path: "/metrics", key: "none", address: "127.0.0.1", header: map[string]string{"X-Forwarded-For": "203.0.113.7"}}).fails(401, "unauthenticated")
		w.send(ask{method: "GET", path: "/metrics", key: w.key("campaigns:read"), address: "203.0.113.7"}).fails(403, "forbidden")
		w.send(ask{method: "GET", path: "/metrics", key: w.key("settings:read"), address: "203.0.113.7"}).is(200)
	})
}

func TestReadinessFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db, err := store.Open(ctx, store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, keys: seal.New(), clock: &clock{at: start}, log: &notes{}, db: db}
		w.begin()
		ready := func() reply { return w.send(ask{method: "GET", path: "/readyz", key: "none"}) }
		if r := ready().fails(503, "not_ready").has("Scrip has not been set up.", "title"); r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		admin := storetest.Admin()
		if err := db.SetUp(ctx, storetest.Organisation(), admin, coupon.Event{Type: coupon.EventSetUp, Subject: "org", By: admin.Actor(), At: start}); err != nil {
			t.Fatal(err)
		}
		ready().is(200)
		a := ask{method: "GET", path: "/v1/campaigns", key: w.key("all")}
		w.send(a).is(200)
		w.app.Broken = seal.ErrKeysMissing
		ready().fails(503, "not_ready").has("The secret keys are missing or do not fit this database: nothing can be changed until the right key file is back.", "title")
		w.app.Broken = nil
		w.clock.pass(time.Minute)
		w.stop()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		ready().fails(503, "not_ready").has("The database does not answer.", "title")
		w.send(ask{method: "GET", path: "/healthz", key: "none"}).is(200)
		if r := w.send(a); r.status < 500 || strings.Contains(string(r.body), "sql") || strings.Contains(string(r.body), "closed") {
			t.Errorf("without a database: %d %s", r.status, r.body)
		}
		if !strings.Contains(w.log.text(), "closed") {
			t.Error("the log does not say the cause")
		}
	})
}
