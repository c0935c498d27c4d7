package httpx

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Events is a stream of server-sent events, for pages that watch something move.
type Events struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// NewEvents begins the stream. The handler should end it when the request's context ends and
// after some seconds at the latest, so that a program that ends need not wait for it; browsers
// come back by themselves within a second.
func NewEvents(w http.ResponseWriter) (*Events, error) {
	e := &Events{w: w, rc: http.NewResponseController(w)}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // some proxies would collect the stream otherwise
	w.WriteHeader(http.StatusOK)
	return e, e.write("retry: 1000\n\n") // browsers would let three seconds pass
}

// Send writes one event with v as JSON. An error means that the client has left.
func (e *Events) Send(event string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return e.write(fmt.Sprintf("event: %s\ndata: %s\n\n", event, data))
}

// Ping writes a comment, so that proxies keep a quiet stream open.
func (e *Events) Ping() error { return e.write(": ping\n\n") }

func (e *Events) write(s string) error {
	// A stream outlives the server's write timeout; each event gets its own.
	err := e.rc.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if _, err := e.w.Write([]byte(s)); err != nil {
		return err
	}
	return e.rc.Flush()
}
