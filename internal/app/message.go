package app

import (
	"context"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// The longest messages: an e-mail in characters, an SMS in segments.
const (
	maxEmail = 10_000
	MaxSMS   = 6
)

// MessageInput is a message that somebody writes to a customer.
type MessageInput struct {
	Channel string // coupon.ByEmail or coupon.BySMS
	Gateway string // one of Gateways; the first when ""
	Subject string // of an e-mail
	Text    string
	Voucher coupon.VoucherID // whose code it brings; found in the text when ""
}

// Gateways lists what messages of a channel can be sent by. As long as none is configured
// they wait in the Outbox.
func (a *App) Gateways(string) []string { return []string{coupon.OutboxGateway} }

// check says what is wrong with a message, and takes the usual gateway.
func (a *App) checkMessage(in *MessageInput) error {
	f := fields{}
	ways := a.Gateways(in.Channel)
	if in.Gateway == "" {
		in.Gateway = ways[0]
	}
	if !slices.Contains(ways, in.Gateway) {
		f.wrong("gateway", "There is no such gateway.")
	}
	switch in.Channel {
	case coupon.ByEmail:
		f.text("subject", in.Subject, 200, true)
		if strings.ContainsAny(in.Subject, "\r\n") {
			f.wrong("subject", "One line only.")
		}
		f.text("text", in.Text, maxEmail, true)
	case coupon.BySMS:
		in.Subject = ""
		f.text("text", in.Text, maxEmail, true)
		if coupon.MeasureSMS(in.Text).Segments > MaxSMS {
			f.wrong("text", "This is longer than 6 SMS. Shorten it, or send an e-mail.")
		}
	default:
		f.wrong("channel", "Known channels: email, sms.")
	}
	return f.err()
}

// SendMessage queues a message that somebody wrote. A code in its text ties it to the
// voucher; the code of somebody else's voucher is refused.
func (a *App) SendMessage(ctx context.Context, req Request, to coupon.CustomerID, in MessageInput) (coupon.Message, error) {
	if err := req.By.May(coupon.SendMessages); err != nil {
		return coupon.Message{}, err
	}
	if err := a.checkMessage(&in); err != nil {
		return coupon.Message{}, err
	}
	if in.Voucher != "" {
		v, err := a.Store.Voucher(ctx, in.Voucher)
		if err != nil && fault.Of(err).Kind != fault.NotFound {
			return coupon.Message{}, err
		}
		if err != nil || v.Holder != to {
			return coupon.Message{}, fault.Field("voucher", "The customer holds no such voucher.")
		}
	}
	bare, err := a.masked(ctx, in.Subject)
	if err == nil && bare != in.Subject {
		err = fault.Field("subject", "Codes belong into the text, which is kept encrypted.")
	}
	if err != nil {
		return coupon.Message{}, err
	}
	codes, err := a.codesIn(ctx, in.Text)
	if err != nil {
		return coupon.Message{}, err
	}
	for i := range codes {
		v := codes[i].voucher
		switch {
		case v.Public || v.ID == "":
		case v.Holder != "" && v.Holder != to:
			return coupon.Message{}, fault.Field("text", "The code "+coupon.Masked(v.Prefix, v.Tail)+" belongs to another customer.")
		case in.Voucher == "":
			in.Voucher = v.ID
		}
	}
	return a.queue(ctx, req, to, in, coupon.PurposeManual)
}

func (a *App) queue(ctx context.Context, req Request, to coupon.CustomerID, in MessageInput, purpose string) (coupon.Message, error) {
	m := coupon.Message{ID: a.NewID("msg"), Customer: to, Channel: in.Channel, Gateway: in.Gateway, Subject: in.Subject, Purpose: purpose, Voucher: in.Voucher}
	m.Sealed = a.Keys.Seal(in.Text, m.ID)
	return do[coupon.Message](ctx, a, req, coupon.Send{Message: m, By: req.By.Actor})
}

// CodePlace is where a text takes the code of the voucher that is sent.
const CodePlace = "{code}"

// Resend sends a voucher's holder its code again: the same code in a new message, at most
// once a minute. The text has CodePlace where the code goes.
func (a *App) Resend(ctx context.Context, req Request, id coupon.VoucherID, in MessageInput) (coupon.Message, error) {
	if err := req.By.May(coupon.SendMessages); err != nil {
		return coupon.Message{}, err
	}
	v, err := a.Store.Voucher(ctx, id)
	if err != nil {
		return coupon.Message{}, err
	}
	if v.Holder == "" {
		return coupon.Message{}, coupon.ErrConflict.Saying("Nobody holds this voucher, so there is nobody to send it to.")
	}
	if !strings.Contains(in.Text, CodePlace) {
		return coupon.Message{}, fault.Field("text", "The text needs "+CodePlace+", where the code goes.")
	}
	code, err := a.Keys.Open(v.Sealed, string(v.ID))
	if err != nil {
		return coupon.Message{}, err
	}
	in.Text, in.Voucher = strings.ReplaceAll(in.Text, CodePlace, code), id
	if err := a.checkMessage(&in); err != nil {
		return coupon.Message{}, err
	}
	return a.queue(ctx, req, v.Holder, in, coupon.PurposeResend)
}

// Outbox lists messages; the customer's own when one is named.
func (a *App) Outbox(ctx context.Context, by By, c coupon.CustomerID, p coupon.Paging) (coupon.Page[coupon.Message], error) {
	if err := by.May(coupon.ReadMessages); err != nil {
		return coupon.Page[coupon.Message]{}, err
	}
	return a.Store.Messages(ctx, c, p)
}

// ReadMessage returns a message with its text, codes masked. What signs a customer in is
// not told.
func (a *App) ReadMessage(ctx context.Context, by By, id string) (coupon.Message, string, error) {
	if err := by.May(coupon.ReadMessages); err != nil {
		return coupon.Message{}, "", err
	}
	m, err := a.Store.Message(ctx, id)
	if err != nil || m.Purpose == coupon.PurposeSignIn {
		return m, "", err
	}
	text, err := a.Keys.Open(m.Sealed, m.ID)
	if err != nil {
		return m, "", err
	}
	text, err = a.masked(ctx, text)
	return m, text, err
}

// ShowMessage is ReadMessage that also tells administrators a sign-in code, and leaves an
// event then.
func (a *App) ShowMessage(ctx context.Context, req Request, id string) (coupon.Message, string, error) {
	m, text, err := a.ReadMessage(ctx, req.By, id)
	if err != nil || m.Purpose != coupon.PurposeSignIn {
		return m, text, err
	}
	if err := req.By.May(coupon.ManageSettings); err != nil {
		return m, "", err
	}
	ev := a.event(req, coupon.EventSignInCodeShown, m.ID, nil)
	ev.Customer = m.Customer
	if _, err := do[int](ctx, a, Request{By: req.By, ID: req.ID, Address: req.Address}, coupon.Record{Events: []coupon.Event{ev}}); err != nil {
		return m, "", err
	}
	text, err = a.Keys.Open(m.Sealed, m.ID)
	return m, text, err
}

// Deliveries returns the latest message that brought each voucher's code.
func (a *App) Deliveries(ctx context.Context, by By, ids []coupon.VoucherID) (map[coupon.VoucherID]coupon.Message, error) {
	if err := by.May(coupon.ListVouchers); err != nil {
		return nil, err
	}
	return a.Store.LastMessages(ctx, ids)
}

// LastUses returns a customer's latest use of each voucher.
func (a *App) LastUses(ctx context.Context, by By, who coupon.CustomerID, ids []coupon.VoucherID) (map[coupon.VoucherID]coupon.RedemptionView, error) {
	if err := by.May(coupon.ReadRedemptions); err != nil {
		return nil, err
	}
	return a.Store.LastUses(ctx, who, ids)
}
