package coupon

import (
	"strings"
	"time"
)

// Channels of messages.
const (
	ByEmail = "email"
	BySMS   = "sms"
)

// Purposes of messages.
const (
	PurposeSignIn = "sign_in"
	PurposeResend = "resend" // a voucher's code again
	PurposeManual = "manual" // written by staff
)

// States of a message. Without a gateway it stays queued, in the Outbox.
const (
	MessageQueued     = "queued"
	MessageSending    = "sending"
	MessageRetrying   = "retrying"
	MessageSent       = "sent"
	MessageDelivered  = "delivered"
	MessageFailed     = "failed"
	MessageSuppressed = "suppressed"
	MessageUnknown    = "unknown" // handed over, and the answer was lost
)

// OutboxGateway is where messages wait while no gateway is configured.
const OutboxGateway = "outbox"

// Message is one e-mail or SMS to one customer. What it says is sealed for its id.
type Message struct {
	ID         string // msg_
	Customer   CustomerID
	Channel    string // ByEmail or BySMS
	Gateway    string
	To         string
	Subject    string
	Sealed     string
	Purpose    string
	Voucher    VoucherID // whose code it brings
	State      string
	Attempts   int64
	NextAt     time.Time // of the next attempt
	ProviderID string    // what the gateway calls it
	Error      string    // of the last attempt
	By         Actor     // who wrote it
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// resendPause is how long a voucher is not sent again.
const resendPause = time.Minute

// Send queues a message. Its text is sealed before; whom it goes to, and whether it may,
// is decided here.
type Send struct {
	Message Message
	By      Actor
}

// Resolve looks up where the voucher belongs.
func (c Send) Resolve(q *Lookup) { q.Vouchers = append(q.Vouchers, c.Message.Voucher) }

// Lock reads the customer. A voucher that is sent again is locked, so that two who send
// it at once are told apart.
func (c Send) Lock(l *Links, k *Keys) {
	k.Customers = append(k.Customers, c.Message.Customer)
	if c.Message.Purpose == PurposeResend {
		lockVoucher(c.Message.Voucher, l, k)
		k.SentOf = append(k.SentOf, c.Message.Voucher)
	}
}

// Decide refuses who has no address or gave no consent, and a voucher that cannot be
// used or was sent less than a minute ago.
func (c Send) Decide(e *Effects, now time.Time) (any, error) {
	m := c.Message
	cus := e.customers.see(e.state.Customers, m.Customer)
	if cus == nil {
		return nil, missing("customer")
	}
	if err := cus.MayGet(m.Channel); err != nil {
		return nil, err
	}
	if m.Purpose == PurposeResend {
		if err := e.mayResend(m.Voucher, m.Customer, now); err != nil {
			return nil, err
		}
	}
	m.To, m.State, m.By, m.CreatedAt, m.UpdatedAt = cus.address(m.Channel), MessageQueued, c.By, now, now
	e.messages = append(e.messages, m)
	data := map[string]any{"channel": m.Channel, "purpose": m.Purpose, "gateway": m.Gateway}
	if m.Voucher != "" {
		data["voucher"] = m.Voucher
	}
	e.event(Event{Type: EventMessageQueued, Subject: m.ID, Customer: m.Customer, By: c.By, At: now, Data: data})
	return m, nil
}

// mayResend holds while a voucher is the customer's, can be used and was not sent just now.
func (e *Effects) mayResend(id VoucherID, to CustomerID, now time.Time) error {
	v, err := e.existing(id)
	if err != nil {
		return err
	}
	cam, batch := e.campaign(v.Campaign), e.batch(v.Batch)
	if cam == nil || batch == nil {
		return ErrMoved
	}
	if v.Holder != to {
		return ErrConflict.Saying("This customer does not hold the voucher.")
	}
	switch s := v.Status(cam.State, batch.State, false, now); s {
	case StatusActive, StatusPartlyUsed:
	default:
		return ErrConflict.Saying("Only a voucher that can be used is sent again. This one is " + strings.ReplaceAll(string(s), "_", " ") + ".")
	}
	if wait := e.sent(id).Add(resendPause).Sub(now); wait > 0 {
		return ErrSentJustNow.After(wait)
	}
	return nil
}

// sent returns when a voucher was last sent again, the commands before in the batch included.
func (e *Effects) sent(id VoucherID) time.Time {
	last := e.state.Sent[id]
	for i := range e.state.done.messages {
		if m := &e.state.done.messages[i]; m.Voucher == id && m.Purpose == PurposeResend && m.CreatedAt.After(last) {
			last = m.CreatedAt
		}
	}
	return last
}

// MayGet returns nil when the customer may be written to by a channel, else why not.
func (c *Customer) MayGet(channel string) error {
	word := map[string]string{ByEmail: "e-mail", BySMS: "SMS"}[channel]
	switch {
	case c.Blocked:
		return ErrConflict.Saying("This customer is blocked and gets no messages.")
	case c.address(channel) == "" && channel == ByEmail:
		return ErrNoContact.Saying("No e-mail address is known.")
	case c.address(channel) == "":
		return ErrNoContact.Saying("No mobile number is known.")
	case !c.Consent[channel]:
		return ErrNoConsent.Saying("The customer has not consented to " + word + ". Nothing was sent.")
	}
	return nil
}

func (c *Customer) address(channel string) string {
	if channel == BySMS {
		return c.Mobile
	}
	return c.Email
}

// Note is a person's remark on a customer or a voucher. Nobody changes or deletes it.
type Note struct {
	ID        string // note_
	Customer  CustomerID
	Voucher   VoucherID
	Text      string
	By        Actor
	CreatedAt time.Time
}

// AddNote keeps a note. One on a voucher stands in its holder's history too.
type AddNote struct {
	Note Note
}

// Resolve looks up where the voucher belongs.
func (c AddNote) Resolve(q *Lookup) { q.Vouchers = append(q.Vouchers, c.Note.Voucher) }

// Lock reads the customer.
func (c AddNote) Lock(l *Links, k *Keys) {
	k.Customers = append(k.Customers, c.Note.Customer, l.Vouchers[c.Note.Voucher].Holder)
}

// Decide adds the note and the event that shows it.
func (c AddNote) Decide(e *Effects, now time.Time) (any, error) {
	n := c.Note
	n.CreatedAt = now
	subject := string(n.Customer)
	if n.Voucher != "" {
		link, ok := e.state.Links.Vouchers[n.Voucher]
		if !ok {
			return nil, missing("voucher")
		}
		if subject = string(n.Voucher); n.Customer == "" {
			n.Customer = link.Holder
		}
	}
	if n.Customer != "" && e.customers.see(e.state.Customers, n.Customer) == nil {
		return nil, missing("customer")
	}
	e.notes = append(e.notes, n)
	e.event(Event{Type: EventNoteAdded, Subject: subject, Customer: n.Customer, By: n.By, At: now, Data: map[string]any{"note": n.ID, "text": n.Text}})
	return n, nil
}
