package app_test

import (
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// held issues a voucher to a customer.
func (d *importDesk) held(who coupon.CustomerID) app.Issued {
	d.t.Helper()
	p, err := d.PrepareIssue(d.t.Context(), d.req, d.campaign, app.IssueInput{Customer: coupon.CustomerRef{ID: who}, Money: &money.Amount{Minor: 1000, Asset: "SGD"}})
	if err != nil {
		d.t.Fatal(err)
	}
	v, err := d.Issue(d.t.Context(), d.req, p)
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

func (d *importDesk) consents(c coupon.Customer) {
	d.t.Helper()
	if _, err := d.ChangeCustomer(d.t.Context(), d.req, c.ID, app.CustomerInput{Consent: map[string]bool{"sms": true, "email": true}}); err != nil {
		d.t.Fatal(err)
	}
}

func TestSendMessage(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		mine := d.held(mei.ID)
		name := "Rahul"
		rahul, err := d.CreateCustomer(t.Context(), d.req, app.CustomerInput{Name: &name})
		expect(t, "another customer", err, nil)
		theirs := d.held(rahul.ID)
		send := func(in app.MessageInput) (coupon.Message, error) {
			return d.SendMessage(t.Context(), d.req, mei.ID, in)
		}
		_, err = send(app.MessageInput{Channel: "sms", Text: "Hello"})
		expect(t, "without consent", err, coupon.ErrNoConsent)
		d.consents(mei)
		for _, c := range []struct {
			name, field string
			in          app.MessageInput
		}{
			{"a carrier pigeon", "channel", app.MessageInput{Channel: "pigeon", Text: "x"}},
			{"no text", "text", app.MessageInput{Channel: "sms", Text: "  "}},
			{"no subject", "subject", app.MessageInput{Channel: "email", Text: "x"}},
			{"a header in the subject", "subject", app.MessageInput{Channel: "email", Subject: "Hi\r\nBcc: all@example.com", Text: "x"}},
			{"a code in the subject", "subject", app.MessageInput{Channel: "email", Subject: "Your " + mine.Code, Text: "x"}},
			{"seven SMS", "text", app.MessageInput{Channel: "sms", Text: strings.Repeat("a", 153*6+1)}},
			{"no such gateway", "gateway", app.MessageInput{Channel: "sms", Gateway: "smpp", Text: "x"}},
			{"somebody else's voucher", "voucher", app.MessageInput{Channel: "sms", Text: "x", Voucher: theirs.Voucher.ID}},
			{"somebody else's code", "text", app.MessageInput{Channel: "sms", Text: "Use " + strings.ToLower(theirs.Code)}},
		} {
			if _, err := send(c.in); fault.Of(err) == nil || fault.Of(err).Fields[c.field] == "" {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		m, err := send(app.MessageInput{Channel: "sms", Text: "Dear Mei, here it is again: " + strings.ReplaceAll(mine.Code, "-", " ") + "."})
		expect(t, "a message", err, nil)
		if m.Voucher != mine.Voucher.ID || m.State != coupon.MessageQueued || m.Gateway != coupon.OutboxGateway || m.To != "+6591234567" || strings.Contains(m.Sealed, "Dear") {
			t.Errorf("%+v", m)
		}
		got, text, err := d.ReadMessage(t.Context(), d.req.By, m.ID)
		expect(t, "reading it", err, nil)
		if want := "Dear Mei, here it is again: " + coupon.Masked(mine.Voucher.Prefix, mine.Voucher.Tail) + "."; text != want || got.ID != m.ID {
			t.Errorf("shown as %q, want %q", text, want)
		}
		last, err := d.Deliveries(t.Context(), d.req.By, []coupon.VoucherID{mine.Voucher.ID, theirs.Voucher.ID})
		if expect(t, "deliveries", err, nil); len(last) != 1 || last[mine.Voucher.ID].ID != m.ID {
			t.Errorf("%v", last)
		}
	})
}

// CC-14, F22: the same code in one new message, at most once a minute.
func TestResendIsTheSameCode(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		d.consents(mei)
		v := d.held(mei.ID)
		again := app.MessageInput{Channel: "sms", Text: "Your code: {code}"}
		_, err := d.Resend(t.Context(), d.req, v.Voucher.ID, app.MessageInput{Channel: "sms", Text: "Your code"})
		if fault.Of(err) == nil || fault.Of(err).Fields["text"] == "" {
			t.Errorf("without the code: %v", err)
		}
		m, err := d.Resend(t.Context(), d.req, v.Voucher.ID, again)
		expect(t, "once", err, nil)
		text, err := d.Keys.Open(m.Sealed, m.ID)
		if expect(t, "opening it", err, nil); text != "Your code: "+v.Code {
			t.Errorf("it says %q", text)
		}
		_, err = d.Resend(t.Context(), d.req, v.Voucher.ID, again)
		expect(t, "twice", err, coupon.ErrSentJustNow)
		_, err = d.Resend(t.Context(), d.req, d.held("").Voucher.ID, again)
		expect(t, "to nobody", err, coupon.ErrConflict)
		cashier := app.Request{By: app.ByStaff(coupon.Staff{ID: "stf_c", Name: "Arif", Role: coupon.Cashier})}
		_, err = d.Resend(t.Context(), cashier, v.Voucher.ID, again)
		expect(t, "by a cashier", err, app.ErrForbidden)
		page, err := d.Outbox(t.Context(), d.req.By, mei.ID, coupon.Paging{})
		if expect(t, "the outbox", err, nil); len(page.Rows) != 1 {
			t.Errorf("%d messages", len(page.Rows))
		}
	})
}

// F55: codes that somebody types into a note are masked before it is kept.
func TestNotesKeepNoCodes(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		mei := d.mei()
		v, other := d.held(mei.ID), d.held("")
		shown, second := coupon.Masked(v.Voucher.Prefix, v.Voucher.Tail), coupon.Masked(other.Voucher.Prefix, other.Voucher.Tail)
		bare := strings.ReplaceAll(other.Code, "-", "")
		for typed, want := range map[string]string{
			"called about " + v.Code:                    "called about " + shown,
			v.Code + ", " + strings.ToLower(bare) + "!": shown + ", " + second + "!",
			"at 14:02 of 2026-11-21, order A-1042":      "at 14:02 of 2026-11-21, order A-1042",
			"no code at all":                            "no code at all",
		} {
			n, err := d.AddNote(t.Context(), d.req, app.NoteInput{Customer: mei.ID, Text: typed})
			if expect(t, typed, err, nil); n.Text != want {
				t.Errorf("%q became %q, want %q", typed, n.Text, want)
			}
		}
		_, err := d.AddNote(t.Context(), d.req, app.NoteInput{Text: "about nobody"})
		if fault.Of(err) == nil || fault.Of(err).Fields["customer"] == "" {
			t.Error(err)
		}
		_, err = d.AddNote(t.Context(), d.req, app.NoteInput{Customer: mei.ID, Text: strings.Repeat("x", 2001)})
		if fault.Of(err) == nil || fault.Of(err).Fields["text"] == "" {
			t.Error(err)
		}
		_, err = d.AddNote(t.Context(), d.req, app.NoteInput{Customer: mei.ID, Text: strings.Repeat("A1B2C3 ", 280)})
		expect(t, "a note full of what may be codes", err, nil)
		page, err := d.Notes(t.Context(), d.req.By, coupon.NoteFilter{Customer: mei.ID}, coupon.Paging{})
		if expect(t, "notes", err, nil); len(page.Rows) != 5 || page.Rows[0].By != d.req.By.Actor {
			t.Errorf("%d notes", len(page.Rows))
		}
	})
}
