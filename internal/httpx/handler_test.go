package httpx_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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

// door returns a JSON door and what it logs.
func door() (httpx.Door, *bytes.Buffer) {
	var log bytes.Buffer
	return httpx.Door{Log: slog.New(slog.NewJSONHandler(&log, nil)), Render: httpx.Problem}, &log
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(path string) *http.Request { return httptest.NewRequest("GET", path, nil) }

func TestDoorWritesFaults(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		err    error
		status int
		code   string
		logged string
	}{
		{"invalid is not logged", fault.Field("amount", "At most two decimals."), 422, "invalid", ""},
		{"unauthenticated is information", fault.New(fault.Unauthenticated, "signed_out", "x"), 401, "signed_out", "INFO"},
		{"forbidden is information", fault.New(fault.Forbidden, "forbidden", "x"), 403, "forbidden", "INFO"},
		{"not found is silent", fault.New(fault.NotFound, "not_found", "x"), 404, "not_found", ""},
		{"conflict is silent", fault.New(fault.Conflict, "conflict", "x"), 409, "conflict", ""},
		{"a refusal is a conflict", fault.New(fault.Refused, "expired", "x"), 409, "expired", ""},
		{"rate limits are information", fault.New(fault.RateLimited, "rate_limited", "x").After(1500 * time.Millisecond), 429, "rate_limited", "INFO"},
		{"unavailable is a warning", fault.New(fault.Unavailable, "busy", "x"), 503, "busy", "WARN"},
		{"anything else is internal", errors.New("disk on fire"), 500, "internal", "ERROR"},
		{"too large", &http.MaxBytesError{Limit: 2 << 20}, 413, "too_large", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, log := door()
			w := serve(d.Handle(func(http.ResponseWriter, *http.Request) error { return c.err }), get("/x"))
			var body struct{ Code, Title string }
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.status || body.Code != c.code {
				t.Errorf("got %d %s, want %d %s", w.Code, body.Code, c.status, c.code)
			}
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
			if strings.Contains(w.Body.String(), "disk on fire") {
				t.Error("the cause left the process")
			}
			if c.logged == "" && log.Len() > 0 || !strings.Contains(log.String(), c.logged) {
				t.Errorf("logged %q, want level %q", log, c.logged)
			}
		})
	}
}

func TestDoorSendsRetryAfterInWholeSeconds(t *testing.T) {
	t.Parallel()
	d, _ := door()
	w := serve(d.Handle(func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Unavailable, "busy", "x").After(1500 * time.Millisecond)
	}), get("/"))
	if got := w.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After %q, want 2", got)
	}
}

func TestDoorKeepsABegunReply(t *testing.T) {
	t.Parallel()
	d, log := door()
	w := serve(d.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = io.WriteString(w, "first half")
		return errors.New("then it broke")
	}), get("/"))
	if w.Code != 200 || w.Body.String() != "first half" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "then it broke") {
		t.Error("the failure was not logged")
	}
}

func TestDoorSaysNothingToAClientThatLeft(t *testing.T) {
	t.Parallel()
	d, log := door()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := serve(d.Handle(func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }), get("/").WithContext(ctx))
	if log.Len() > 0 || w.Body.Len() > 0 {
		t.Errorf("logged %q, wrote %q", log, w.Body)
	}
}

func TestDoorFallsBackWhenItsPageFails(t *testing.T) {
	t.Parallel()
	d, log := door()
	d.Render = func(http.ResponseWriter, *http.Request, *fault.Error) error { return errors.New("no template") }
	w := serve(d.Handle(func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.NotFound, "not_found", "There is nothing here.")
	}), get("/"))
	if w.Code != 404 || !strings.Contains(w.Body.String(), "There is nothing here.") {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "no template") {
		t.Error("the failing page was not logged")
	}
}

type component struct{ err error }

func (c component) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, "<p>half a page")
	return errors.Join(err, c.err)
}

func TestReplyWritesOnlyWhatIsComplete(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := httpx.Reply(w, 201, make(chan int)); err == nil || w.Body.Len() > 0 {
		t.Errorf("a value that JSON cannot hold: err %v, body %q", err, w.Body)
	}
	if err := httpx.Page(w, get("/"), 200, component{errors.New("broken part")}); err == nil || w.Body.Len() > 0 {
		t.Errorf("a page that fails: err %v, body %q", err, w.Body)
	}
	w = httptest.NewRecorder()
	if err := httpx.Page(w, get("/"), 200, component{}); err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	w = httptest.NewRecorder()
	if err := httpx.Reply(w, 201, map[string]int{"n": 1}); err != nil || w.Code != 201 || w.Body.String() != "{\"n\":1}\n" {
		t.Errorf("got %d %q %v", w.Code, w.Body, err)
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"/", "/admin/refill?batch=b_1&x=//y", "/w/abc#top"} {
		if got := httpx.LocalPath(good, "/f"); got != good {
			t.Errorf("%q became %q", good, got)
		}
	}
	for _, bad := range []string{"", "admin", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", "javascript:alert(1)", "/\tx", "/%zz"} {
		if got := httpx.LocalPath(bad, "/f"); got != "/f" {
			t.Errorf("%q passed as %q", bad, got)
		}
	}
}
