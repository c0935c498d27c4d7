package admin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// nonceField is the hidden field that makes pressing twice the same as pressing once.
const nonceField = "nonce"

// nonce is a fresh hidden field for a form that writes.
func nonce() []ui.Pair { return []ui.Pair{{Name: nonceField, Value: rand.Text()}} }

var errNoNonce = fault.New(fault.Invalid, "form_incomplete", "This form was not complete. Open the page again and repeat what you did.")

// once is the request of a form whose write has one effect however often it arrives.
func (v *visit) once(f *httpx.Form) (app.Request, error) {
	key := f.Text(nonceField)
	if len(key) < 16 || len(key) > 64 {
		return app.Request{}, errNoNonce
	}
	req := v.req()
	req.Once = &app.Once{Key: "form:" + key, Asked: []byte(v.r.URL.Path + "?" + f.Values().Encode()), Render: renderAnswer}
	return req, nil
}

// answer is what is kept of a form's first effect.
type answer struct {
	ID     string       `json:"id,omitempty"`
	Kind   fault.Kind   `json:"kind,omitempty"`
	Code   string       `json:"code,omitempty"`
	Msg    string       `json:"msg,omitempty"`
	Fields fault.Fields `json:"fields,omitempty"`
}

func renderAnswer(result any, err error) []byte {
	a := answer{ID: idOf(result)}
	if f := fault.Of(err); f != nil {
		a = answer{Kind: f.Kind, Code: f.Code, Msg: f.Msg, Fields: f.Fields}
	}
	body, err := json.Marshal(a)
	if err != nil {
		return nil // strings and maps of strings only
	}
	return body
}

// idOf names what a command made or changed.
func idOf(result any) string {
	switch x := result.(type) {
	case coupon.Batch:
		return string(x.ID)
	case coupon.Voucher:
		return string(x.ID)
	case coupon.Job:
		return string(x.ID)
	case coupon.Campaign:
		return string(x.ID)
	case coupon.Customer:
		return string(x.ID)
	case coupon.Replaced:
		return string(x.New.ID)
	case coupon.Redeemed:
		if len(x.Redemptions) > 0 {
			return string(x.Redemptions[0].ID)
		}
	case coupon.Undone:
		return string(x.Voucher.ID)
	}
	return ""
}

// settled returns the id of what a form's command made, the first time and every other
// time, and the fault the first time ended in.
func settled(req app.Request, result any, err error) (string, error) {
	if !errors.Is(err, app.Replay{}) {
		return idOf(result), err
	}
	var a answer
	if err := json.Unmarshal(req.Once.Body, &a); err != nil {
		return "", err
	}
	if a.Code != "" {
		return "", &fault.Error{Kind: a.Kind, Code: a.Code, Msg: a.Msg, Fields: a.Fields}
	}
	return a.ID, nil
}

// presses makes the forms of settings repeatable, whose writes do not go through the
// engine. It remembers in this process only: after a restart a form may be sent again.
type presses struct {
	mu    sync.Mutex
	rows  map[string]*press
	order []string
}

type press struct {
	asked [sha256.Size]byte // what was typed, which may be a password
	done  chan struct{}
	id    string
	err   error
}

// maxPresses is how many forms are remembered: far more than are pressed in a day.
const maxPresses = 4096

// once runs write for the first press of a form; the others wait for its outcome.
// A write that failed is forgotten, so that the form can be corrected. A form that comes
// again with other values is refused: it was not saved, and must not say so.
func (p *presses) once(key string, asked [sha256.Size]byte, write func() (string, error)) (string, error) {
	p.mu.Lock()
	if row := p.rows[key]; row != nil {
		p.mu.Unlock()
		if row.asked != asked {
			return "", coupon.ErrIdempotencyMismatch
		}
		<-row.done
		return row.id, row.err
	}
	row := &press{asked: asked, done: make(chan struct{})}
	p.keep(key, row)
	p.mu.Unlock()
	row.err = errNotSaved // what the others are told when write panics
	defer func() {
		if row.err != nil {
			p.mu.Lock()
			delete(p.rows, key)
			p.mu.Unlock()
		}
		close(row.done)
	}()
	row.id, row.err = write()
	return row.id, row.err
}

var errNotSaved = fault.New(fault.Internal, "internal", "This was not saved. Try again.")

func (p *presses) keep(key string, row *press) {
	if p.rows == nil {
		p.rows = map[string]*press{}
	}
	if len(p.order) >= maxPresses {
		delete(p.rows, p.order[0])
		p.order = p.order[1:]
	}
	p.rows[key], p.order = row, append(p.order, key)
}

// press runs a write of settings once per form.
func (v *visit) press(f *httpx.Form, write func() (string, error)) (string, error) {
	key := f.Text(nonceField)
	if len(key) < 16 || len(key) > 64 {
		return "", errNoNonce
	}
	return v.presses.once(v.by.ID+" "+v.r.URL.Path+" "+key, sha256.Sum256([]byte(f.Values().Encode())), write)
}
