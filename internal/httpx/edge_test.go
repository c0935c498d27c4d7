package httpx_test

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/httpx"
)

func mustProxies(t testing.TB, list ...string) httpx.Proxies {
	t.Helper()
	p, err := httpx.ParseProxies(list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestClient(t *testing.T) {
	t.Parallel()
	p := mustProxies(t, "10.0.0.0/8", "::1", "")
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"no proxy", "203.0.113.7:99", "", "203.0.113.7"},
		{"a stranger's header is not believed", "203.0.113.7:99", "8.8.8.8", "203.0.113.7"},
		{"one proxy", "10.1.1.1:99", "203.0.113.7", "203.0.113.7"},
		{"two proxies", "10.1.1.1:99", "203.0.113.7, 10.2.2.2", "203.0.113.7"},
		{"what the client made up stands further left", "10.1.1.1:99", "1.1.1.1, 203.0.113.7", "203.0.113.7"},
		{"only proxies", "10.1.1.1:99", "10.9.9.9", "10.9.9.9"},
		{"with a port", "10.1.1.1:99", "203.0.113.7:4711", "203.0.113.7"},
		{"six in brackets", "10.1.1.1:99", "[2001:db8::5]", "2001:db8::5"},
		{"rubbish stops the walk", "10.1.1.1:99", "203.0.113.7, unknown", "10.1.1.1"},
		{"a mapped address", "[::ffff:10.1.1.1]:99", "::ffff:203.0.113.7", "203.0.113.7"},
		{"an unknown peer", "@", "203.0.113.7", "invalid IP"},
	} {
		r := get("/")
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := p.Client(r).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if _, err := httpx.ParseProxies([]string{"10.0.0.0/99"}); err == nil {
		t.Error("a network that is none was accepted")
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "::ffff:203.0.113.7": "203.0.113.7",
		"2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := httpx.Network(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	if got := httpx.Network(netip.Addr{}); got != "unknown" {
		t.Errorf("the zero address: %s", got)
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	jar := httpx.Cookies{Proxies: mustProxies(t, "192.0.2.0/24")}
	plain, tlsReq, proxied, liar := get("/"), get("/"), get("/"), get("/")
	tlsReq.TLS = &tls.ConnectionState{}
	proxied.Header.Set("X-Forwarded-Proto", "https")
	liar.Header.Set("X-Forwarded-Proto", "https")
	liar.RemoteAddr = "203.0.113.7:99"
	for _, c := range []struct {
		name   string
		r      *http.Request
		cookie string
		secure bool
	}{
		{"plain http", plain, "session", false}, {"https", tlsReq, "__Host-session", true},
		{"https at the proxy", proxied, "__Host-session", true}, {"a stranger says https", liar, "session", false},
	} {
		w := httptest.NewRecorder()
		jar.Set(w, c.r, httpx.Cookie{Name: "session", Value: "v", For: time.Hour})
		got := w.Result().Cookies()[0]
		if got.Name != c.cookie || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Path != "/" || got.Domain != "" || got.MaxAge != 3600 {
			t.Errorf("%s: %+v", c.name, got)
		}
		back := c.r.Clone(t.Context())
		back.AddCookie(got)
		if v := jar.Value(back, "session"); v != "v" {
			t.Errorf("%s: read back %q", c.name, v)
		}
		w = httptest.NewRecorder()
		jar.Clear(w, c.r, "session")
		if got := w.Result().Cookies()[0]; got.MaxAge != -1 || got.Name != c.cookie {
			t.Errorf("%s: cleared with %+v", c.name, got)
		}
	}
	tlsReq.AddCookie(&http.Cookie{Name: "session", Value: "planted over http"})
	if v := jar.Value(tlsReq, "session"); v != "" {
		t.Errorf("under https the plain cookie gave %q", v)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := httpx.NewRateLimit(httpx.Rate{Burst: 3, Per: 30 * time.Second}, 2)
	for i := range 3 {
		if v := l.Take("a", now); !v.OK || v.Remaining != 2-i {
			t.Fatalf("request %d: %+v", i, v)
		}
	}
	if v := l.Take("a", now); v.OK || v.Retry != 10*time.Second || v.Err() == nil {
		t.Errorf("past the burst: %+v", v)
	}
	if v := l.Peek("a", now); v.OK {
		t.Errorf("a look found a token in an empty bucket: %+v", v)
	}
	if v := l.Take("a", now.Add(-time.Hour)); v.OK {
		t.Error("a clock set back refilled the bucket")
	}
	if v := l.Take("a", now.Add(10*time.Second)); !v.OK {
		t.Errorf("one token is back after 10 s: %+v", v)
	}
	if v := l.Peek("b", now); !v.OK || v.Remaining != 3 {
		t.Errorf("a look took a token: %+v", v)
	}
	if v := l.Take("b", now); !v.OK {
		t.Error("another key has its own bucket")
	}
	l.Take("c", now) // the third key: a, longest unused, is forgotten
	if v := l.Take("a", now.Add(10*time.Second)); v.Remaining != 2 {
		t.Errorf("memory is not bounded: %+v", v)
	}
	if v := l.Take("a", now.Add(time.Hour)); v.Remaining != 2 {
		t.Errorf("a bucket filled past its burst: %+v", v)
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(httpx.Redact(slog.NewTextHandler(&out, nil)))
	log = log.With("token", "S1").WithGroup("http").With("Cookie", "S2")
	log.Info("m", "code", "S3", "codes", []string{"S4"}, "session_token", "S5", "api.secret", "S6", "fault", "expired",
		slog.Group("in", "password", "S7", "name", "Mei"), "Authorization", "S8", "who", lazy{}, "status_code", 409)
	for _, secret := range []string{"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s got through: %s", secret, &out)
		}
	}
	for _, fact := range []string{"http.fault=expired", "http.in.name=Mei", "status_code=409", "token=" + httpx.Hidden} {
		if !strings.Contains(out.String(), fact) {
			t.Errorf("%s is missing: %s", fact, &out)
		}
	}
}

// lazy gives its attributes only when asked.
type lazy struct{}

func (lazy) LogValue() slog.Value { return slog.GroupValue(slog.String("password", "S9")) }
