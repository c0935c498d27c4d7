// Package client calls the API of a Scrip server from a shop: judge an order at the
// basket, hold the vouchers at the payment page, redeem them after the payment, and take
// them back when units return.
//
//	scrip, err := client.New(client.Options{URL: "https://scrip.example.com", Key: key})
//	out, err := scrip.Redeem(ctx, client.Redeem{Use: client.Use{Codes: client.Codes(typed), Order: &order}})
//	if client.Code(err) == "already_redeemed" { … }
//
// Every request that changes something carries an Idempotency-Key: the caller's, or one
// made for the call. When no answer comes, or the server asks to wait, the request is
// repeated under the same key, so it has one effect however often it is sent. What is
// repeated: broken connections, 429 (but not locked_out), 502, 503 and 504; refusals are
// answers and are not. The pauses double, and Retry-After is honoured.
//
// A key outlives the process: give one that follows from the order ("A-1 redeem"), and
// the same call after a crash gives the first answer.
//
// Codes are sent in bodies only. No error of this package holds one, and it logs nothing.
package client

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say how to reach a server. URL and Key are needed; zero values of the rest are
// sensible.
type Options struct {
	URL string // where the server is: https://scrip.example.com
	Key string // an API key

	HTTP      *http.Client  // one that gives up after 30 seconds when nil; redirects are never followed
	Retries   int           // how often a request is repeated: 4 when 0, never when below 0
	Pause     time.Duration // before the first repeat: 200 ms when 0; twice as long before each further one
	MaxPause  time.Duration // the longest pause: 30 s when 0. Whoever is told to wait longer gets the error at once
	MaxAnswer int64         // the largest answer that is read, in bytes: 32 MiB when 0
}

// Client calls one server with one key. It may be used by many goroutines.
type Client struct {
	base string
	o    Options
	http http.Client
}

// New returns a Client. It fails when the URL or the key is missing.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, errors.New("scrip: Options.URL has to be like https://scrip.example.com")
	}
	if o.Key == "" || strings.ContainsAny(o.Key, " \r\n") {
		return nil, errors.New("scrip: Options.Key has to be an API key")
	}
	o.Retries = cmp.Or(o.Retries, 4)
	o.Pause = cmp.Or(o.Pause, 200*time.Millisecond)
	o.MaxPause = cmp.Or(o.MaxPause, 30*time.Second)
	o.MaxAnswer = cmp.Or(o.MaxAnswer, 32<<20)
	c := &Client{base: strings.TrimRight(o.URL, "/"), o: o, http: http.Client{Timeout: 30 * time.Second}}
	if o.HTTP != nil {
		c.http = *o.HTTP
	}
	// Elsewhere the codes of a body are nobody's business.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c, nil
}

// ask sends what changes nothing.
func ask[T any](ctx context.Context, c *Client, path string, body any) (out T, err error) {
	return out, c.send(ctx, request{method: http.MethodPost, path: path, body: body}, &out)
}

// change sends what changes something, under a key.
func change[T any](ctx context.Context, c *Client, path, key string, body any) (out T, err error) {
	if key == "" {
		key = newKey()
	}
	return out, c.send(ctx, request{method: http.MethodPost, path: path, body: body, key: key}, &out)
}

func look[T any](ctx context.Context, c *Client, path string) (out T, err error) {
	return out, c.send(ctx, request{method: http.MethodGet, path: path}, &out)
}

// at puts an id into an address, and nothing else: a code that is passed for an id by
// mistake would stand in the logs on the way.
func at(before, prefix, id, after string) (string, error) {
	rest, ok := strings.CutPrefix(id, prefix+"_")
	if !ok || rest == "" || strings.ContainsFunc(rest, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') }) {
		return "", errors.New("scrip: an id that begins with " + prefix + "_ is needed")
	}
	return before + id + after, nil
}
