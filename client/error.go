package client

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is why a call failed: a refusal, a mistake in the request, or no answer. Nothing
// in it is a code or part of a body that was sent.
type Error struct {
	Status   int               `json:"-"`        // of HTTP; 0 when no whole answer came
	Code     string            `json:"code"`     // what went wrong, for programs: already_redeemed, expired, invalid …; "" when the answer was not the server's
	Title    string            `json:"title"`    // a sentence for people; it may change
	Fields   map[string]string `json:"fields"`   // what is wrong with each field of a 422
	Vouchers []Refused         `json:"vouchers"` // why each voucher was refused
	Existing string            `json:"existing"` // the id of who has the natural key that was to be taken

	RequestID      string        `json:"request_id"` // names the request in the server's log
	RetryAfter     time.Duration `json:"-"`          // how long the server asks to wait
	IdempotencyKey string        `json:"-"`          // under which it was sent, the last time too
	Err            error         `json:"-"`          // why there was no answer, or none that could be read
}

// Refused is one voucher of a refusal.
type Refused struct {
	Index  int    `json:"index"` // its place among the codes of an order, from 0
	Tail   string `json:"tail"`  // the last characters of its code
	Reason string `json:"reason"`
}

// Error says what happened in one line.
func (e *Error) Error() string {
	switch {
	case e.Status == 0:
		return fmt.Sprintf("scrip: no answer: %v", e.Err)
	case e.Err != nil:
		return fmt.Sprintf("scrip: status %d: %v", e.Status, e.Err)
	case e.Code == "":
		return fmt.Sprintf("scrip: status %d", e.Status)
	}
	about := ""
	if len(e.Fields) > 0 {
		about = " " + strings.Join(slices.Sorted(maps.Keys(e.Fields)), ", ")
	}
	return fmt.Sprintf("scrip: %s%s (status %d, request %s)", e.Code, about, e.Status, e.RequestID)
}

// Unwrap returns why there was no answer.
func (e *Error) Unwrap() error { return e.Err }

// Unclear reports whether the server may have done what was asked although the call
// failed. Repeat it later with the same body and IdempotencyKey.
func (e *Error) Unclear() bool { return e.Status == 0 || e.Status >= 500 }

// temporary reports whether a repeat may help. Whoever is locked out tried wrong codes:
// that is for the shop's visitor to know, not to be waited for.
func (e *Error) temporary() bool {
	switch e.Status {
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return e.Err != errTooLarge
	case http.StatusTooManyRequests:
		return e.Code != "locked_out"
	}
	return false
}

// Code returns the code of a failed call: already_redeemed, expired, not_found … It is ""
// for nil and for what is no *Error.
func Code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}
