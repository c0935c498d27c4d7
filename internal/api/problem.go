package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
)

// problem is the body of every answer that is an error: RFC 9457 with our members.
type problem struct {
	Type      string            `json:"type" doc:"urn:scrip: and the code"`
	Title     string            `json:"title" doc:"A sentence for people; it may change"`
	Status    int               `json:"status" doc:"The HTTP status"`
	Code      string            `json:"code" doc:"What went wrong, for programs; it never changes"`
	Fields    map[string]string `json:"fields,omitempty" doc:"What is wrong with each field"`
	Vouchers  []refusedVoucher  `json:"vouchers,omitempty" doc:"Why each voucher was refused"`
	Existing  coupon.CustomerID `json:"existing,omitempty" doc:"Who has the natural key that was to be taken"`
	RequestID string            `json:"request_id" doc:"Names this request in the server's log"`
}

// refusedVoucher is one voucher of a refusal.
type refusedVoucher struct {
	Index  *int   `json:"index,omitempty" doc:"Of an order: its place among the vouchers that were named, from 0"`
	Tail   string `json:"tail" doc:"The last characters of its code"`
	Reason string `json:"reason" doc:"A code of this list"`
}

// refusedOf lists the vouchers that were refused.
func refusedOf(r *coupon.Rejection) []refusedVoucher {
	var list []refusedVoucher
	for i, v := range r.Vouchers {
		if v.Reason != "" {
			list = append(list, refusedVoucher{&i, v.Tail, v.Reason})
		}
	}
	if r.Vouchers == nil {
		for _, one := range r.Refusals {
			list = append(list, refusedVoucher{nil, one.Tail, one.Reason})
		}
	}
	return list
}

// The faults of HTTP itself.
var (
	errNoSuchPath  = fault.New(fault.NotFound, "no_such_path", "There is nothing at this address.")
	errMethod      = fault.New(fault.Invalid, "method_not_allowed", "This address does not know that method.")
	errMediaType   = fault.New(fault.Invalid, "unsupported_media_type", "Send JSON, with Content-Type: application/json.")
	errUnavailable = fault.New(fault.Unavailable, "unavailable", "This is not possible at the moment. Try again soon.")
	errNotReady    = fault.New(fault.Unavailable, "not_ready", "The server cannot work yet: the database, the keys or the set-up is missing.")
	errInternal    = fault.New(fault.Internal, "internal", "Something went wrong on our side.")
)

// status is the HTTP status of a fault: its kind's, but for the few that are about
// HTTP.
func status(f *fault.Error) int {
	switch f.Code {
	case errMalformed.Code:
		return http.StatusBadRequest
	case errMethod.Code:
		return http.StatusMethodNotAllowed
	case errMediaType.Code:
		return http.StatusUnsupportedMediaType
	}
	return httpx.Status(f.Kind)
}

// public is the fault as strangers may see it: our own troubles have one sentence.
func public(f *fault.Error) *fault.Error {
	switch {
	case f.Kind == fault.Internal:
		return errInternal
	case f.Is(coupon.ErrRetry), f.Is(coupon.ErrUnclear):
		return errUnavailable
	}
	return f
}

// problemOf returns the body for a fault.
func problemOf(f *fault.Error, requestID string) (int, problem) {
	f = public(f)
	p := problem{Type: "urn:scrip:" + f.Code, Title: f.Msg, Status: status(f), Code: f.Code, Fields: f.Fields, RequestID: requestID}
	switch d := f.Detail.(type) {
	case *coupon.Rejection:
		p.Vouchers = refusedOf(d)
	case coupon.CustomerID:
		p.Existing = d
	}
	return p.Status, p
}

// fail is the httpx.ErrorFunc of this door.
func fail(w http.ResponseWriter, r *http.Request, f *fault.Error) error {
	code, body := problemOf(f, httpx.RequestIDOf(r.Context()))
	h := w.Header()
	switch {
	case f.Kind == fault.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="scrip"`)
	case (f.Kind == fault.RateLimited || f.Kind == fault.Unavailable) && h.Get("Retry-After") == "":
		h.Set("Retry-After", "1")
	}
	return reply(w, code, encode(body))
}

// Headers that every answer has. Nobody adds to them.
var (
	asJSON     = []string{"application/json"}
	asProblem  = []string{"application/problem+json"}
	notStored  = []string{"no-store"}
	notGuessed = []string{"nosniff"}
)

// reply writes a complete answer.
func reply(w http.ResponseWriter, code int, body []byte) error {
	h := w.Header()
	h["Content-Type"] = asJSON
	if code >= http.StatusBadRequest {
		h["Content-Type"] = asProblem
	}
	h["Cache-Control"], h["X-Content-Type-Options"] = notStored, notGuessed
	w.WriteHeader(code)
	_, err := w.Write(body)
	return err
}

// encode returns v as one line of JSON. It panics where a type cannot be encoded,
// which is a mistake of ours that the first test finds.
func encode(v any) []byte {
	var buf bytes.Buffer
	encodeLine(&buf, v)
	return buf.Bytes()
}

func encodeLine(buf *bytes.Buffer, v any) {
	if order := orderIn(reflect.ValueOf(v)); order != nil {
		encodeMembers(buf, reflect.ValueOf(v), order)
	} else {
		encodeInto(buf, v)
	}
	buf.WriteByte('\n')
}

func encodeInto(buf *bytes.Buffer, v any) {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	buf.Truncate(buf.Len() - 1) // the line's end
}

// orNil returns a pointer to v, or nil for the zero value: what is not there is null.
func orNil[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// moment returns a time as the API writes it, null for never.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
