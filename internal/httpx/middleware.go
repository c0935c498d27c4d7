package httpx

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// Middleware wraps a handler.
type Middleware func(http.Handler) http.Handler

// Chain wraps h so that the first middleware sees the request first.
func Chain(h http.Handler, wraps ...Middleware) http.Handler {
	for _, wrap := range slices.Backward(wraps) {
		h = wrap(h)
	}
	return h
}

type requestIDKey struct{}

// RequestID gives every request an id, in its context and in the header X-Request-Id.
// An id that a client sends is not believed.
func RequestID(newID func() string) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := newID()
			w.Header().Set("X-Request-Id", id)
			next.ServeHTTP(w, r.WithContext(WithRequestID(r.Context(), id)))
		})
	}
}

// WithRequestID returns a context that carries id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestIDOf returns the request id in ctx, or "".
func RequestIDOf(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Recover turns a panic into the door's 500. http.ErrAbortHandler passes through.
func Recover(d Door) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			t := &tracker{ResponseWriter: w}
			defer func() {
				p := recover()
				if p == nil {
					return
				}
				if p == http.ErrAbortHandler {
					panic(p)
				}
				d.Fail(t, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
				if t.begun && t.status < 500 {
					// Half a reply went out: cut the connection, so that nobody takes it for a whole one.
					panic(http.ErrAbortHandler)
				}
			}()
			next.ServeHTTP(t, r)
		})
	}
}

// AccessLog says what AccessLog writes.
type AccessLog struct {
	Log     *slog.Logger
	Now     func() time.Time
	Proxies Proxies
	Path    func(path string) string // hides secrets in a path, see Words; nil keeps paths as they are
}

// Wrap writes one line per request, without query string and body.
func (a AccessLog) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, t := a.Now(), &tracker{ResponseWriter: w}
		path := r.URL.Path
		if a.Path != nil {
			path = a.Path(path)
		}
		defer func() {
			status := t.status
			if status == 0 {
				status = http.StatusOK
			}
			a.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("request_id", w.Header().Get("X-Request-Id")),
				slog.String("method", r.Method),
				slog.String("path", path),
				slog.Int("status", status),
				slog.Int64("bytes", t.bytes),
				slog.Duration("took", a.Now().Sub(start)),
				slog.String("client", a.Proxies.Client(r).String()),
			)
		}()
		next.ServeHTTP(t, r)
	})
}

// BodyLimit bounds the bytes of a request's body; the door answers 413 past it.
type BodyLimit struct {
	Default  int64
	Prefixes map[string]int64 // longer or shorter limits by path prefix, for uploads
}

// Wrap applies the limit with the longest matching prefix.
func (b BodyLimit) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, longest := b.Default, -1
		for p, n := range b.Prefixes {
			if len(p) > longest && strings.HasPrefix(r.URL.Path, p) {
				limit, longest = n, len(p)
			}
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// SameOrigin refuses state-changing requests that a browser sends for another site.
// Browsers say so in Sec-Fetch-Site or Origin; other programs send neither and pass.
func SameOrigin(d Door, trusted ...string) (Middleware, error) {
	guard := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := guard.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	refused := fault.New(fault.Forbidden, "cross_origin", "This request came from another site. Open the page here and try again.")
	guard.SetDenyHandler(d.Handle(func(http.ResponseWriter, *http.Request) error { return refused }))
	return guard.Handler, nil
}
