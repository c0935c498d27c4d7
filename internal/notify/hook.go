package notify

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// What is asked of a receiver.
const (
	hookTimeout = 10 * time.Second // for all of a request and its answer
	hookKept    = 1 << 10          // bytes of an answer that are kept
	hookRead    = 64 << 10         // bytes of an answer that are read, so that the connection can be used again
)

// Hooks send to the receivers of webhooks. They follow no redirect and use no proxy, and
// reach no private network but the allowed ones, whatever a name resolves to.
type Hooks struct {
	Allowed []netip.Prefix
	client  *http.Client
}

// NewHooks returns Hooks that may reach the allowed private networks too.
func NewHooks(allowed []netip.Prefix) *Hooks { return newHooks(allowed, nil, hookTimeout) }

func newHooks(allowed []netip.Prefix, names *net.Resolver, timeout time.Duration) *Hooks {
	dial := &net.Dialer{Timeout: timeout, Control: guard(allowed), Resolver: names}
	return &Hooks{Allowed: allowed, client: &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dial.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: timeout, MaxIdleConns: 100, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: hookRead,
		},
	}}
}

// Post sends a request and returns what was answered, or why nothing was.
func (h *Hooks) Post(ctx context.Context, p coupon.HookPost) coupon.HookAnswer {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, strings.NewReader(p.Body))
	if err != nil {
		return coupon.HookAnswer{Error: "The address cannot be read."}
	}
	for name, v := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "Scrip", "webhook-id": p.ID, "webhook-timestamp": strconv.FormatInt(p.At.Unix(), 10), "webhook-signature": p.Signature,
	} {
		r.Header.Set(name, v)
	}
	res, err := h.client.Do(r)
	if err != nil {
		return coupon.HookAnswer{Error: whyNot(err)}
	}
	defer res.Body.Close()
	a := coupon.HookAnswer{Status: res.StatusCode}
	text, err := io.ReadAll(io.LimitReader(res.Body, hookKept))
	a.Text = plain(text)
	if err == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(res.Body, hookRead))
	}
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		a.Error = "It redirected elsewhere, which is not followed."
	case !a.Delivered():
		a.Error = "It answered " + strconv.Itoa(res.StatusCode) + "."
	case err != nil && ctx.Err() != nil:
		a.Error = whyNot(err)
	}
	return a
}

// whyNot says in words why there was no answer, without the address, which is known.
func whyNot(err error) string {
	var name *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errTarget):
		return "The address is in a private network, which this installation does not allow."
	case errors.As(err, &name):
		return "The name of the address was not found."
	case errors.As(err, &timeout) && timeout.Timeout():
		return "There was no answer within " + strconv.Itoa(int(hookTimeout.Seconds())) + " seconds."
	}
	for _, known := range [][2]string{
		{"connection refused", "The connection was refused."}, {"connection reset", "The connection was reset."}, {"x509:", "Its certificate is not valid."},
		{"tls:", "No secure connection was possible."}, {"EOF", "The connection was closed without an answer."},
	} {
		if strings.Contains(err.Error(), known[0]) {
			return known[1]
		}
	}
	return "There was no answer."
}

// plain makes text of what came: valid UTF-8 without zero bytes, which no database takes.
func plain(b []byte) string {
	return strings.ReplaceAll(strings.ToValidUTF8(string(b), "\uFFFD"), "\x00", "\uFFFD")
}
