// Package fault holds the one error type that crosses layers.
package fault

import (
	"errors"
	"maps"
	"strings"
	"time"
)

// Kind says what a door makes of an error; the zero Kind is Internal.
type Kind uint8

// The kinds, with the HTTP status the API gives them.
const (
	Internal        Kind = iota // 500
	Invalid                     // 422, with Fields
	Unauthenticated             // 401
	Forbidden                   // 403
	NotFound                    // 404
	Conflict                    // 409
	Refused                     // 409, a redemption's refusal
	RateLimited                 // 429 with Retry-After
	Unavailable                 // 503 with Retry-After
	TooLarge                    // 413
)

// Fields maps the name of an input field to one sentence about it.
type Fields map[string]string

// Error is a fault: Code is permanent and documented, Msg is a sentence for
// people and may change, Err is the cause and never leaves the process.
type Error struct {
	Kind       Kind
	Code       string
	Msg        string
	Fields     Fields
	RetryAfter time.Duration
	Detail     any // facts a door may show beside the sentence, e.g. a refusal's vouchers
	Err        error
}

// New returns a fault without a cause.
func New(kind Kind, code, msg string) *Error { return &Error{Kind: kind, Code: code, Msg: msg} }

// Field returns an Invalid fault about one input field.
func Field(name, msg string) *Error {
	return &Error{Kind: Invalid, Code: "invalid", Msg: msg, Fields: Fields{name: msg}}
}

// Check returns an Invalid fault when fields has an entry, else nil.
func Check(fields Fields) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "invalid", Msg: "Some fields need another look.", Fields: fields}
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Code + ": " + strings.TrimSuffix(e.Msg, ".") + ": " + e.Err.Error()
	}
	return e.Code + ": " + e.Msg
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes two faults equal when their codes are equal, so a package-level
// fault can be used as a sentinel even after Because or Saying.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Because returns a copy of e that remembers its cause.
func (e *Error) Because(err error) *Error { c := *e; c.Err = err; return &c }

// Saying returns a copy of e with another sentence.
func (e *Error) Saying(msg string) *Error { c := *e; c.Msg = msg; return &c }

// After returns a copy of e that asks the caller to come back after d.
func (e *Error) After(d time.Duration) *Error { c := *e; c.RetryAfter = d; return &c }

// On returns a copy of e that also names the input field at fault.
func (e *Error) On(field string) *Error {
	c := *e
	c.Fields = maps.Clone(e.Fields)
	if c.Fields == nil {
		c.Fields = Fields{}
	}
	c.Fields[field] = e.Msg
	return &c
}

// Of returns the fault in err's chain; any other error becomes an Internal
// fault with code "internal" and err as its cause. Of(nil) is nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: Internal, Code: "internal", Msg: "Something went wrong on our side.", Err: err}
}
