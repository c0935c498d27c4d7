package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// Component is a page or a part of one that can write itself; templ's components are such.
type Component interface {
	Render(ctx context.Context, w io.Writer) error
}

// Reply writes v as JSON, only after it has been encoded whole.
func Reply(w http.ResponseWriter, code int, v any) error {
	return replyJSON(w, code, "application/json", v)
}

// Page writes c as an HTML document, only after it has been rendered whole.
// Pages are private and never kept by a cache, unless the handler said otherwise.
func Page(w http.ResponseWriter, r *http.Request, code int, c Component) error {
	var buf bytes.Buffer
	if err := c.Render(r.Context(), &buf); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	return send(w, code, &buf)
}

// SeeOther sends the browser to path with GET, which is how every successful form ends.
func SeeOther(w http.ResponseWriter, path string) error {
	w.Header().Set("Location", path)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// LocalPath returns s when it is a path on this site, else fallback: the guard for every
// address that comes back from a browser, such as the page to return to after sign-in.
func LocalPath(s, fallback string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t\x00") {
		return fallback
	}
	if u, err := url.Parse(s); err != nil || u.IsAbs() || u.Host != "" {
		return fallback
	}
	return s
}

// problem is the body of RFC 9457, with our members.
type problem struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Code      string       `json:"code"`
	Fields    fault.Fields `json:"fields,omitempty"`
	RequestID string       `json:"request_id,omitempty"`
}

// Problem is the ErrorFunc of doors that speak JSON: application/problem+json.
func Problem(w http.ResponseWriter, r *http.Request, f *fault.Error) error {
	w.Header().Set("Cache-Control", "no-store")
	return replyJSON(w, Status(f.Kind), "application/problem+json", problem{
		Type: "about:blank", Title: f.Msg, Status: Status(f.Kind), Code: f.Code,
		Fields: f.Fields, RequestID: RequestIDOf(r.Context()),
	})
}

func replyJSON(w http.ResponseWriter, code int, contentType string, v any) error {
	var buf bytes.Buffer
	if err := json.NewEncoder(&buf).Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	return send(w, code, &buf)
}

// send writes what is complete. Its own failure means that the client has left.
func send(w http.ResponseWriter, code int, buf *bytes.Buffer) error {
	w.WriteHeader(code)
	_, err := buf.WriteTo(w)
	return err
}
