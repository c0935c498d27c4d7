// Package httpx is what every door has in common: handlers that return errors,
// replies that are written whole or not at all, and middleware.
package httpx

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// Func is a handler that reports failure instead of writing it.
type Func func(w http.ResponseWriter, r *http.Request) error

// ErrorFunc writes a fault in the language of one door: a page, or a problem document.
type ErrorFunc func(w http.ResponseWriter, r *http.Request, f *fault.Error) error

// Door turns handlers that return errors into http.Handlers.
type Door struct {
	Log    *slog.Logger
	Render ErrorFunc
}

// Handle adapts f: a returned error is logged by its kind and written by the door's Render.
// Where f has already begun its reply, the error is only logged.
func (d Door) Handle(f Func) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracker{ResponseWriter: w}
		if err := f(t, r); err != nil {
			d.Fail(t, r, err)
		}
	})
}

// Fail logs err by its kind and writes it, unless the reply has begun or the client has left.
func (d Door) Fail(w http.ResponseWriter, r *http.Request, err error) {
	f := asFault(err)
	gone := errors.Is(err, context.Canceled) && r.Context().Err() != nil
	if !gone {
		d.log(r, f)
	}
	if t, ok := w.(*tracker); gone || ok && t.begun {
		return
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(f.RetryAfter)))
	}
	if err := d.Render(w, r, f); err != nil {
		d.Log.ErrorContext(r.Context(), "error page failed", "request_id", RequestIDOf(r.Context()), "error", err.Error())
		if t, ok := w.(*tracker); !ok || !t.begun {
			http.Error(w, f.Msg, Status(f.Kind))
		}
	}
}

func (d Door) log(r *http.Request, f *fault.Error) {
	level := slog.LevelInfo
	switch f.Kind {
	case fault.Unauthenticated, fault.Forbidden, fault.RateLimited:
	case fault.Unavailable:
		level = slog.LevelWarn
	case fault.Internal:
		level = slog.LevelError
	default:
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", RequestIDOf(r.Context())),
		slog.String("fault", f.Code),
		slog.String("method", r.Method),
		slog.String("route", r.Pattern),
	}
	if f.Err != nil {
		attrs = append(attrs, slog.String("error", f.Err.Error()))
	}
	d.Log.LogAttrs(r.Context(), level, "request failed", attrs...)
}

// Status returns the HTTP status of a kind of fault.
func Status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict, fault.Refused:
		return http.StatusConflict
	case fault.RateLimited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusInternalServerError
	}
}

// asFault is fault.Of that also knows the errors of net/http.
func asFault(err error) *fault.Error {
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(big.Limit).Because(err)
	}
	return fault.Of(err)
}

func tooLarge(limit int64) *fault.Error {
	return fault.New(fault.TooLarge, "too_large", "This is more than the "+size(limit)+" that can be sent at once.")
}

// size writes n bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatInt(n>>20, 10) + " MiB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

// seconds rounds d up to whole seconds, at least 1, as Retry-After wants them.
func seconds(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}

// tracker remembers whether the reply has begun, its status and its size.
type tracker struct {
	http.ResponseWriter
	begun  bool
	status int
	bytes  int64
}

// WriteHeader passes the first final status on; informational ones do not begin the reply.
func (t *tracker) WriteHeader(code int) {
	if code >= 200 && !t.begun {
		t.begun, t.status = true, code
	}
	t.ResponseWriter.WriteHeader(code)
}

// Write begins the reply with 200 when nothing else has.
func (t *tracker) Write(p []byte) (int, error) {
	if !t.begun {
		t.begun, t.status = true, http.StatusOK
	}
	n, err := t.ResponseWriter.Write(p)
	t.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }
