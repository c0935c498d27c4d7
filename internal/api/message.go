package api

import (
	"context"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// note is a remark on a customer or one of their vouchers.
type note struct {
	ID       string             `json:"id"`
	Customer *coupon.CustomerID `json:"customer"`
	Voucher  *coupon.VoucherID  `json:"voucher"`
	Text     string             `json:"text" doc:"Codes in it are masked"`
	By       actor              `json:"by"`
	At       time.Time          `json:"at"`
}

func noteOf(n *coupon.Note) note {
	return note{n.ID, orNil(n.Customer), orNil(n.Voucher), n.Text, actorOf(n.By), n.CreatedAt}
}

func showNote(n coupon.Note) note { return noteOf(&n) }

func (a *API) notes(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	paging
}) (list[note], error) {
	p, err := a.app.Notes(ctx, c.By, coupon.NoteFilter{Customer: in.ID}, in.paging.paging())
	return ofCustomer(ctx, a, in.ID, listOf(p, noteOf), err)
}

// newNote is what is kept about a customer.
type newNote struct {
	Text string `json:"text" minLength:"1" maxLength:"2000"`
}

func (a *API) addNote(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	Body newNote
}) (kept[note], error) {
	return once(c, http.StatusCreated, showNote, func(req app.Request) (coupon.Note, error) {
		return a.app.AddNote(ctx, req, app.NoteInput{Customer: in.ID, Text: in.Body.Text})
	})
}

// message is one e-mail or SMS to a customer. Its text is not told again: it may hold a code.
type message struct {
	ID        string             `json:"id"`
	Customer  *coupon.CustomerID `json:"customer"`
	Channel   string             `json:"channel" doc:"email or sms"`
	Gateway   string             `json:"gateway" doc:"outbox: it waits for a gateway"`
	To        string             `json:"to"`
	Subject   *string            `json:"subject"`
	Purpose   string             `json:"purpose" doc:"sign_in, issue, resend, manual or notice"`
	Voucher   *coupon.VoucherID  `json:"voucher" doc:"Whose code it brings"`
	State     string             `json:"state" doc:"queued, sending, retrying, sent, delivered, failed, suppressed or unknown"`
	Attempts  int64              `json:"attempts"`
	Error     *string            `json:"error" doc:"Of the last attempt"`
	By        actor              `json:"by"`
	CreatedAt time.Time          `json:"created_at"`
	UpdatedAt time.Time          `json:"updated_at"`
}

func messageOf(m *coupon.Message) message {
	return message{
		ID: m.ID, Customer: orNil(m.Customer), Channel: m.Channel, Gateway: m.Gateway, To: m.To, Subject: orNil(m.Subject), Purpose: m.Purpose, Voucher: orNil(m.Voucher),
		State: m.State, Attempts: m.Attempts, Error: orNil(m.Error), By: actorOf(m.By), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}

func showMessage(m coupon.Message) message { return messageOf(&m) }

func (a *API) messages(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	paging
}) (list[message], error) {
	p, err := a.app.Outbox(ctx, c.By, in.ID, in.paging.paging())
	return ofCustomer(ctx, a, in.ID, listOf(p, messageOf), err)
}

// newMessage is a message to queue.
type newMessage struct {
	Channel string           `json:"channel" enum:"email,sms"`
	Gateway string           `json:"gateway,omitempty" maxLength:"100" doc:"The usual one when left out"`
	Subject string           `json:"subject,omitempty" maxLength:"200" doc:"Of an e-mail"`
	Text    string           `json:"text" minLength:"1" maxLength:"10000" doc:"An SMS: at most six parts"`
	Voucher coupon.VoucherID `json:"voucher,omitempty" maxLength:"100" doc:"Whose code it brings; found by the code in the text when left out"`
}

func (a *API) sendMessage(ctx context.Context, c *call, in *struct {
	byID[coupon.CustomerID]
	Body newMessage
}) (kept[message], error) {
	return once(c, http.StatusCreated, showMessage, func(req app.Request) (coupon.Message, error) {
		b := in.Body
		return a.app.SendMessage(ctx, req, in.ID, app.MessageInput{Channel: b.Channel, Gateway: b.Gateway, Subject: b.Subject, Text: b.Text, Voucher: b.Voucher})
	})
}
