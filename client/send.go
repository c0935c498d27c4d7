package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// request is one request, however often it is sent.
type request struct {
	method, path string
	body         any    // nil: none
	key          string // Idempotency-Key; "" for what changes nothing
}

func newKey() string { return rand.Text() }

// The answers that no repeat makes better.
var (
	errTooLarge   = errors.New("the answer is larger than Options.MaxAnswer")
	errUnreadable = errors.New("the answer is not what this version of the client knows")
)

// send sends a request until it is answered, and reads the answer into out.
func (c *Client) send(ctx context.Context, r request, out any) error {
	var payload []byte
	if r.body != nil {
		var err error
		if payload, err = json.Marshal(r.body); err != nil {
			return errors.New("scrip: the request cannot be written as JSON")
		}
	}
	for try := 0; ; try++ {
		failed := c.try(ctx, r, payload, out)
		if failed == nil {
			return nil
		}
		failed.IdempotencyKey = r.key
		wait, again := c.again(ctx, failed, try)
		if !again {
			return failed
		}
		if err := pause(ctx, wait); err != nil {
			failed.Err = errors.Join(failed.Err, err)
			return failed
		}
	}
}

// try sends a request once.
func (c *Client) try(ctx context.Context, r request, payload []byte, out any) *Error {
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(payload))
	if err != nil {
		return &Error{Err: errors.New("the request cannot be made")}
	}
	req.Header.Set("Authorization", "Bearer "+c.o.Key)
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("User-Agent", "scrip-client")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the address
		}
		return &Error{Err: err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, c.o.MaxAnswer+1))
	switch {
	case err != nil: // broken off: as good as none
		return &Error{Err: err}
	case int64(len(answer)) > c.o.MaxAnswer:
		return &Error{Status: resp.StatusCode, Err: errTooLarge}
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return problem(resp, answer)
	case json.Unmarshal(answer, out) != nil: // its error might show what stood there
		return &Error{Status: resp.StatusCode, Err: errUnreadable}
	}
	return nil
}

// again says whether to repeat after a failure, and when.
func (c *Client) again(ctx context.Context, e *Error, try int) (time.Duration, bool) {
	switch {
	case try >= c.o.Retries, ctx.Err() != nil, !e.temporary():
		return 0, false
	case e.RetryAfter > c.o.MaxPause:
		return 0, false
	}
	wait := min(c.o.Pause<<min(try, 20), c.o.MaxPause)
	wait = max(wait/2+mathrand.N(wait/2+1), e.RetryAfter)
	if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
		return 0, false
	}
	return wait, true
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// problem reads an answer that is an error.
func problem(resp *http.Response, answer []byte) *Error {
	var known struct {
		Type string `json:"type"`
		Error
	}
	e := &known.Error
	if json.Unmarshal(answer, &known) != nil || known.Type != "urn:scrip:"+e.Code {
		e = &Error{} // of somebody between us and the server
	}
	e.Status, e.RetryAfter = resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"))
	return e
}

// retryAfter reads the header: seconds, or a time.
func retryAfter(text string) time.Duration {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
