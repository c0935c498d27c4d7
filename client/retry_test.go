package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scriphq/scrip/client"
)

// cart is the order of the documentation's example: 3 × 13.95 with shipping of 5.00.
func cart() *client.Order {
	return &client.Order{Reference: "A-1", Currency: "USD", Shipping: 500, Channel: "web",
		Lines: []client.Line{{ID: "l1", Product: "p1", SKU: "p1-red", Collections: []string{"shoes"}, Quantity: 3, UnitPrice: 1395}}}
}

func wants(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

const gateway = "<html>Bad gateway</html>"

// F16: whatever the wire does to the answer, a redemption has one effect, and its answer
// comes in the end.
func TestARepeatHasOneEffect(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		campaign := w.campaign()
		for _, f := range []fate{
			{"the connection breaks before the server has it", false, broken},
			{"the connection breaks after the server has committed", true, broken},
			{"the answer breaks off half-way", true, half},
			{"502 instead of the answer", true, says(502, "text/html", gateway)},
			{"504 instead of the answer", true, says(504, "text/html", gateway)},
			{"503 before the server has it", false, says(503, "application/problem+json", `{"type":"urn:scrip:unavailable","code":"unavailable"}`)},
			{"429 before the server has it", false, says(429, "application/problem+json", `{"type":"urn:scrip:rate_limited","code":"rate_limited"}`)},
		} {
			issued, err := w.Issue(ctx, campaign, client.NewVoucher{})
			if err != nil {
				t.Fatal(err)
			}
			w.wire.plans(f, f)
			out, err := w.Redeem(ctx, client.Redeem{Use: client.Use{Codes: client.Codes(issued.Code), Order: cart()}})
			if err != nil {
				t.Errorf("%s: %v", f.name, err)
				continue
			}
			wants(t, f.name+": discount", out.Order.Discount, 419)
			keys := w.wire.sent()
			wants(t, f.name+": keys", len(slices.Compact(slices.Clone(keys))), 1)
			if len(keys) < 3 || keys[0] == "" {
				t.Errorf("%s: %d requests under the key %q", f.name, len(keys), keys[0])
			}
			w.wire.plans()
			v, err := w.Voucher(ctx, issued.ID)
			wants(t, f.name+": uses", []any{v.Uses, err}, []any{1, nil})
		}
		found, err := w.db.Verify(ctx)
		wants(t, "differences", []any{len(found), err}, []any{0, nil})
	})
}

func TestWhatNeverAnswersIsUnclear(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		issued, err := w.Issue(ctx, w.campaign(), client.NewVoucher{})
		if err != nil {
			t.Fatal(err)
		}
		c := w.client(client.Options{Retries: 2})
		lost := fate{"lost", true, broken}
		w.wire.plans(slices.Repeat([]fate{lost}, 20)...)
		r := client.Redeem{Use: client.Use{Codes: client.Codes(issued.Code), Order: cart()}}
		_, err = c.Redeem(ctx, r)
		e, ok := errors.AsType[*client.Error](err)
		if !ok || !e.Unclear() || e.IdempotencyKey == "" {
			t.Fatalf("got %v", err)
		}
		wants(t, "a broken connection", errors.Is(err, io.EOF), true)
		w.wire.plans()
		r.IdempotencyKey = e.IdempotencyKey
		out, err := c.Redeem(ctx, r)
		wants(t, "the first answer", []any{len(out.Redemptions), err}, []any{1, nil})
		v, err := c.Voucher(ctx, issued.ID)
		wants(t, "uses", []any{v.Uses, err}, []any{1, nil})
	})
}

// A key of the caller's is sent as it is; a refusal is an answer, and not repeated.
func TestRefusalsAreNotRepeated(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		issued, err := w.Issue(ctx, w.campaign(), client.NewVoucher{})
		if err != nil {
			t.Fatal(err)
		}
		r := client.Redeem{Use: client.Use{Codes: client.Codes(issued.Code), Order: cart()}, IdempotencyKey: "A-1 redeem"}
		for range 2 {
			_, err = w.Redeem(ctx, r)
			wants(t, "the same answer", err, nil)
		}
		w.wire.plans()
		r.Order.Reference, r.IdempotencyKey = "A-2", "A-2 redeem"
		_, err = w.Redeem(ctx, r)
		wants(t, "used", client.Code(err), "already_redeemed")
		r.Order.Reference = "A-3"
		_, err = w.Redeem(ctx, r)
		wants(t, "another body", client.Code(err), "idempotency_mismatch")
		wants(t, "requests", w.wire.sent(), []string{"A-2 redeem", "A-2 redeem"})
		_, err = w.Validate(ctx, r.Use)
		wants(t, "no key for what changes nothing", []any{err, w.wire.sent()[2]}, []any{nil, ""})
	})
}

// script answers requests in turn, without a network.
type script struct {
	answers []func() (*http.Response, error)
	at      []time.Time
}

// RoundTrip answers the next request.
func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.at = append(s.at, time.Now())
	n := min(len(s.at), len(s.answers)) - 1
	return s.answers[n]()
}

func answer(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func scripted(t testing.TB, o client.Options, answers ...func() (*http.Response, error)) (*client.Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	o.URL, o.Key, o.HTTP = "http://127.0.0.1", "scrip_key", &http.Client{Transport: s}
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func pauses(s *script) []time.Duration {
	var out []time.Duration
	for i := 1; i < len(s.at); i++ {
		out = append(out, s.at[i].Sub(s.at[i-1]).Truncate(time.Second))
	}
	return out
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		date := time.Now().Add(7*time.Second + 12*time.Second).UTC().Format(http.TimeFormat)
		c, s := scripted(t, client.Options{}, answer(429, "", "Retry-After", "7"), answer(503, "", "Retry-After", date), answer(200, `{"id":"vch_1"}`))
		v, err := c.Lookup(ctx, "A")
		wants(t, "answer", []any{v.ID, err}, []any{"vch_1", nil})
		wants(t, "pauses", pauses(s), []time.Duration{7 * time.Second, 12 * time.Second})
	})
}

func TestPausesGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s := scripted(t, client.Options{Pause: 10 * time.Second, MaxPause: 25 * time.Second}, answer(503, ""))
		_, err := c.Lookup(ctx, "A")
		wants(t, "error", err, "scrip: status 503")
		for i, most := range []time.Duration{10, 20, 25, 25} {
			if got := pauses(s)[i]; got < most*time.Second/2-time.Second || got > most*time.Second {
				t.Errorf("pause %d is %s", i+1, got)
			}
		}
		wants(t, "requests", len(s.at), 5)
	})
}

func TestNobodyWaitsForNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer func() (*http.Response, error)
		within time.Duration
		want   string
	}{
		{"longer than the longest pause", answer(503, "", "Retry-After", "31"), time.Hour, "scrip: status 503"},
		{"longer than the caller waits", answer(503, "", "Retry-After", "20"), 10 * time.Second, "scrip: status 503"},
		{"locked out", answer(429, `{"type":"urn:scrip:locked_out","code":"locked_out","request_id":"req_1"}`, "Retry-After", "2"), time.Hour, "scrip: locked_out (status 429, request req_1)"},
		{"a mistake of the server", answer(500, `{"type":"urn:scrip:internal","code":"internal","request_id":"req_1"}`), time.Hour, "scrip: internal (status 500, request req_1)"},
		{"a redirect", answer(307, "", "Location", "http://127.0.0.2/"), time.Hour, "scrip: status 307"},
		{"too long an answer", answer(200, `{"id":"vch_1234567890"}`), time.Hour, "scrip: status 200: the answer is larger than Options.MaxAnswer"},
		{"no JSON", answer(200, "SAVE-7Q4K"), time.Hour, "scrip: status 200: the answer is not what this version of the client knows"},
		{"somebody else's problem", answer(404, `{"code":"SAVE-7Q4K"}`), time.Hour, "scrip: status 404"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := client.Options{}
				if tt.name == "too long an answer" {
					o.MaxAnswer = 20
				}
				c, s := scripted(t, o, tt.answer)
				ctx, cancel := context.WithTimeout(ctx, tt.within)
				defer cancel()
				begun := time.Now()
				_, err := c.Lookup(ctx, "SAVE-7Q4K")
				wants(t, "error", err, tt.want)
				wants(t, "requests and time", []any{len(s.at), time.Since(begun)}, []any{1, 0 * time.Second})
			})
		})
	}
}

func TestACallerWhoLeavesIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s := scripted(t, client.Options{}, func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(50*time.Millisecond, cancel)
		_, err := c.Lookup(ctx, "A")
		wants(t, "why", []bool{errors.Is(err, context.Canceled), errors.Is(err, io.ErrUnexpectedEOF)}, []bool{true, true})
		wants(t, "requests", len(s.at), 1)
	})
}
