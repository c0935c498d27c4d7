package httpx_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
)

func handler(f func(w http.ResponseWriter, r *http.Request)) http.Handler { return http.HandlerFunc(f) }

func TestRequestID(t *testing.T) {
	t.Parallel()
	var seen string
	h := httpx.Chain(handler(func(_ http.ResponseWriter, r *http.Request) { seen = httpx.RequestIDOf(r.Context()) }),
		httpx.RequestID(func() string { return "req_1" }))
	r := get("/")
	r.Header.Set("X-Request-Id", "made-up")
	w := serve(h, r)
	if seen != "req_1" || w.Header().Get("X-Request-Id") != "req_1" {
		t.Errorf("in context %q, in header %q", seen, w.Header().Get("X-Request-Id"))
	}
	if got := httpx.RequestIDOf(t.Context()); got != "" {
		t.Errorf("no id became %q", got)
	}
}

func TestChainOrder(t *testing.T) {
	t.Parallel()
	var order string
	mark := func(s string) httpx.Middleware {
		return func(next http.Handler) http.Handler {
			return handler(func(w http.ResponseWriter, r *http.Request) { order += s; next.ServeHTTP(w, r) })
		}
	}
	serve(httpx.Chain(handler(func(http.ResponseWriter, *http.Request) {}), mark("a"), mark("b")), get("/"))
	if order != "ab" {
		t.Errorf("order %q", order)
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	d, log := door()
	w := serve(httpx.Chain(handler(func(http.ResponseWriter, *http.Request) { panic("nil map") }), httpx.Recover(d)), get("/"))
	if w.Code != 500 || strings.Contains(w.Body.String(), "nil map") {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "nil map") || !strings.Contains(log.String(), "middleware_test.go") {
		t.Errorf("logged %q, want the panic and its stack", log)
	}
}

func TestRecoverCutsHalfAReply(t *testing.T) {
	t.Parallel()
	d, _ := door()
	h := httpx.Chain(handler(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic("late")
	}), httpx.Recover(d))
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the connection was not cut")
		}
	}()
	serve(h, get("/"))
}

func TestAccessLogKeepsSecretsOut(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	now := time.Date(2026, 11, 21, 16, 41, 0, 0, time.UTC)
	a := httpx.AccessLog{
		Log: slog.New(slog.NewTextHandler(&log, nil)), Path: httpx.Words{"w": true}.Path,
		Now: func() time.Time { now = now.Add(time.Millisecond); return now },
	}
	h := httpx.Chain(handler(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }), a.Wrap)
	serve(h, httptest.NewRequest("POST", "/w/TOKEN?code=QUERY", strings.NewReader("code=BODY")))
	for _, secret := range []string{"TOKEN", "QUERY", "BODY"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log: %s", secret, &log)
		}
	}
	for _, fact := range []string{"method=POST", "path=/w/…", "status=404", "took=1ms", "client=192.0.2.1"} {
		if !strings.Contains(log.String(), fact) {
			t.Errorf("%s is missing: %s", fact, &log)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	d, _ := door()
	read := d.Handle(func(_ http.ResponseWriter, r *http.Request) error {
		_, err := io.ReadAll(r.Body)
		return err
	})
	h := httpx.Chain(read, httpx.BodyLimit{Default: 8, Prefixes: map[string]int64{"/up": 16, "/up/small": 2}}.Wrap)
	for _, c := range []struct {
		name, path string
		n, status  int
	}{
		{"just enough", "/", 8, 200}, {"one too many", "/", 9, 413},
		{"an upload may be larger", "/up/file", 16, 200}, {"but not endless", "/up/file", 17, 413},
		{"the longest prefix wins", "/up/small", 3, 413},
	} {
		if w := serve(h, httptest.NewRequest("POST", c.path, strings.NewReader(strings.Repeat("x", c.n)))); w.Code != c.status {
			t.Errorf("%s: got %d, want %d", c.name, w.Code, c.status)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	d, _ := door()
	guard, err := httpx.SameOrigin(d, "https://partner.example")
	if err != nil {
		t.Fatal(err)
	}
	h := httpx.Chain(handler(func(http.ResponseWriter, *http.Request) {}), guard)
	for _, c := range []struct {
		name, method, header, value string
		status                      int
	}{
		{"a form of this site", "POST", "Sec-Fetch-Site", "same-origin", 200},
		{"a form of another site", "POST", "Sec-Fetch-Site", "cross-site", 403},
		{"a link from another site", "GET", "Sec-Fetch-Site", "cross-site", 200},
		{"an old browser on another site", "POST", "Origin", "https://evil.example", 403},
		{"an old browser here", "POST", "Origin", "http://example.com", 200},
		{"no origin to compare", "POST", "Origin", "null", 403},
		{"a trusted origin", "POST", "Origin", "https://partner.example", 200},
		{"another program", "POST", "User-Agent", "till", 200},
	} {
		r := httptest.NewRequest(c.method, "http://example.com/", nil)
		r.Header.Set(c.header, c.value)
		if w := serve(h, r); w.Code != c.status {
			t.Errorf("%s: got %d, want %d", c.name, w.Code, c.status)
		}
	}
	if _, err := httpx.SameOrigin(d, "not an origin"); err == nil {
		t.Error("a malformed origin was accepted")
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	proxies := mustProxies(t, "192.0.2.0/24")
	h := httpx.Chain(handler(func(http.ResponseWriter, *http.Request) {}), httpx.SecurityHeaders(proxies))
	w := serve(h, get("/"))
	for name, want := range map[string]string{
		"Content-Security-Policy": httpx.CSP, "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "Strict-Transport-Security": "", "X-Frame-Options": "DENY",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if strings.Contains(httpx.CSP, "unsafe") {
		t.Error("the policy allows inline code")
	}
	r := get("/")
	r.Header.Set("X-Forwarded-Proto", "https")
	w = serve(h, r)
	if w.Header().Get("Strict-Transport-Security") == "" || w.Header().Get("Cross-Origin-Opener-Policy") != "same-origin" {
		t.Errorf("https headers are missing: %v", w.Header())
	}
}

func TestLimited(t *testing.T) {
	t.Parallel()
	d, _ := door()
	now := time.Unix(1_800_000_000, 0)
	limit := httpx.NewRateLimit(httpx.Rate{Burst: 1, Per: 10 * time.Second}, 10)
	h := httpx.Chain(handler(func(http.ResponseWriter, *http.Request) {}),
		httpx.Limited(d, limit, func() time.Time { return now }, func(r *http.Request) string { return r.Header.Get("Key") }))
	r := get("/")
	r.Header.Set("Key", "a")
	if w := serve(h, r); w.Code != 200 || w.Header().Get("RateLimit") != `"default";r=0;t=10` || w.Header().Get("RateLimit-Policy") != `"default";q=1;w=10` {
		t.Errorf("first: %d %v", w.Code, w.Header())
	}
	if w := serve(h, r); w.Code != 429 || w.Header().Get("Retry-After") != "10" {
		t.Errorf("second: %d %v", w.Code, w.Header())
	}
	for range 3 {
		if w := serve(h, get("/")); w.Code != 200 {
			t.Errorf("uncounted: %d", w.Code)
		}
	}
}

func TestStatusKnowsEveryKind(t *testing.T) {
	t.Parallel()
	for k := fault.Internal; k <= fault.TooLarge; k++ {
		if s := httpx.Status(k); s < 400 || k != fault.Internal && s == 500 {
			t.Errorf("kind %d has status %d", k, s)
		}
	}
}
