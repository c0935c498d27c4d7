package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/id"
)

// Once makes a write repeatable under a key of the caller's: the first answer is
// kept, and Body is what the door writes, the first time and every other time.
type Once struct {
	Key    string                             // as the caller gave it
	Asked  []byte                             // what was asked, as it came
	Render func(result any, err error) []byte // makes the answer; quick, without reads, beside others
	Body   []byte                             // set by the use case
	Replay bool                               // set by the use case: Body is an earlier answer
}

// Request is who asks, and how.
type Request struct {
	By      By
	ID      string // request id
	Address string
	Once    *Once
}

// Replay is what a use case returns as an error when the answer is an earlier one:
// Once.Body has it.
type Replay struct{}

func (Replay) Error() string { return "this request was answered before" }

// do runs a command for a request. The result is T's zero value with Replay when
// the answer is the first one given again.
func do[T any](ctx context.Context, a *App, req Request, c coupon.Command) (T, error) {
	if a.Broken != nil {
		var none T
		return none, a.Broken
	}
	ask := engine.Ask{Command: c, Request: req.ID, Address: req.Address}
	if req.Once != nil && req.Once.Key != "" {
		key, err := a.onceKey(ctx, req)
		if err != nil {
			var none T
			return none, err
		}
		ask.Key, ask.Body, ask.Render = key, req.Once.Asked, req.Once.Render
	}
	reply, err := a.engine.Do(ctx, ask)
	out, _ := reply.Result.(T)
	if reply.Body != nil {
		req.Once.Body = reply.Body
	}
	if reply.Replay {
		req.Once.Replay = true
		return out, Replay{}
	}
	return out, err
}

// record writes an event about what a request did, and makes that its answer.
func record[T any](ctx context.Context, a *App, req Request, result T, events ...coupon.Event) (T, error) {
	return do[T](ctx, a, req, coupon.Record{Events: events, Result: result})
}

// begin is for use cases that work before their command: where the request was answered
// before it returns Replay, and ErrInProgress while another one under its key works in
// this process. asked returns the request; nil means Once.Asked. end lets the key go.
func (a *App) begin(ctx context.Context, req Request, asked func() ([]byte, error)) (end func(), err error) {
	if req.Once == nil || req.Once.Key == "" {
		return func() {}, nil
	}
	if asked == nil {
		asked = func() ([]byte, error) { return req.Once.Asked, nil }
	}
	key, err := a.onceKey(ctx, req)
	if err != nil {
		return nil, err
	}
	end, ok := a.underway.begin(key)
	if !ok {
		return nil, coupon.ErrInProgress
	}
	reply, answered, err := a.engine.Kept(ctx, key, asked)
	if err == nil && answered {
		req.Once.Body, req.Once.Replay, err = reply.Body, true, Replay{}
	}
	if err != nil {
		end()
		return nil, err
	}
	return end, nil
}

// repeatable does administrative work under a request's key: what was answered before is
// answered again, and what work returns is kept. Work that fails is kept nowhere.
func repeatable[T any](ctx context.Context, a *App, req Request, work func() (T, error)) (T, error) {
	end, err := a.begin(ctx, req, nil)
	if err != nil {
		var none T
		return none, err
	}
	defer end()
	out, err := work()
	if err != nil || req.Once == nil || req.Once.Key == "" {
		return out, err
	}
	return record(ctx, a, req, out)
}

// underway are the keys of requests that work in this process.
type underway struct {
	mu   sync.Mutex
	keys map[string]bool
}

// begin takes a key until end is called; not ok when somebody has it.
func (u *underway) begin(key string) (end func(), ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.keys[key] {
		return nil, false
	}
	if u.keys == nil {
		u.keys = map[string]bool{}
	}
	u.keys[key] = true
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.keys, key)
	}, true
}

// onceKey scopes a caller's key to the caller, as a keyed digest: callers build keys
// of codes, and a code must not stand in the database. The time in a key stands before it.
func (a *App) onceKey(ctx context.Context, req Request) (string, error) {
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return "", err
	}
	return req.By.Kind + ":" + req.By.ID + ":" + timeIn(req.Once.Key, org.KeysTimed) + a.Keys.Digest("idempotency key", []byte(req.Once.Key)), nil
}

// timeIn returns the time in a key that begins with a UUID of version 7, in hexadecimal
// milliseconds. Answers that were given one after the other then lie together in the
// database: for a batch of them it has a page or two to write, not one for each. Under keys that
// are older than this they are found as they were kept before.
func timeIn(key string, since time.Time) string {
	at, ok := id.TimeOf(key)
	if !ok || at.Before(since) {
		return ""
	}
	return fmt.Sprintf("%012x.", at.UnixMilli())
}
