package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

func reachable(change func(*coupon.Customer)) coupon.CreateCustomer {
	c := coupon.Customer{SourceID: "mei", Name: "Mei", Email: "mei@example.com", Mobile: "+6591234567", Consent: map[string]bool{"email": true, "sms": true}}
	change(&c)
	return coupon.CreateCustomer{Customer: c, By: staff}
}

func TestSend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		change  func(*coupon.Customer)
		channel string
		refused string
	}{
		{"an SMS goes to the mobile number", func(*coupon.Customer) {}, "sms", ""},
		{"an e-mail goes to the address", func(*coupon.Customer) {}, "email", ""},
		{"without consent nothing is sent", func(c *coupon.Customer) { c.Consent["sms"] = false }, "sms", "no_consent"},
		{"consent to one channel is none to the other", func(c *coupon.Customer) { c.Consent = map[string]bool{"email": true} }, "sms", "no_consent"},
		{"who has no number gets no SMS", func(c *coupon.Customer) { c.Mobile = "" }, "sms", "no_contact"},
		{"who has no address gets no e-mail", func(c *coupon.Customer) { c.Email = "" }, "email", "no_contact"},
		{"who is blocked gets nothing", func(c *coupon.Customer) { c.Blocked = true }, "sms", "conflict"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			cus := must[coupon.Customer](d, reachable(c.change))
			send := coupon.Send{Message: coupon.Message{ID: "msg_1", Customer: cus.ID, Channel: c.channel, Sealed: "sealed", Purpose: coupon.PurposeManual}, By: staff}
			if c.refused != "" {
				d.refused(c.refused, send)
				wants(t, "messages", len(d.Messages), 0)
				return
			}
			m := must[coupon.Message](d, send)
			wants(t, "to", m.To, map[string]string{"sms": "+6591234567", "email": "mei@example.com"}[c.channel])
			wants(t, "state", m.State, coupon.MessageQueued)
			wants(t, "messages", len(d.Messages), 1)
			last := d.Events[len(d.Events)-1]
			wants(t, "event", last.Type, coupon.EventMessageQueued)
			wants(t, "customer of the event", last.Customer, cus.ID)
		})
	}
}

// F22: a voucher is sent again at most once a minute, by whoever; and only while it can be used.
func TestResend(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cus := must[coupon.Customer](d, reachable(func(*coupon.Customer) {}))
	cam := d.campaign(coupon.KindCoupon, tenOff)
	v := d.issue(cam, "ONE", heldBy(cus.ID))
	send := func(id string, to coupon.CustomerID) coupon.Send {
		return coupon.Send{Message: coupon.Message{ID: id, Customer: to, Channel: "sms", Sealed: "sealed", Purpose: coupon.PurposeResend, Voucher: v.ID}, By: staff}
	}
	must[coupon.Message](d, send("msg_1", cus.ID))
	d.Pass(59 * time.Second)
	f := d.refused("sent_just_now", send("msg_2", cus.ID))
	wants(t, "the wait", f.RetryAfter, time.Second)
	d.Pass(time.Second)
	must[coupon.Message](d, send("msg_3", cus.ID))
	d.Pass(time.Hour)
	other := must[coupon.Customer](d, reachable(func(c *coupon.Customer) { c.SourceID, c.Email, c.Mobile = "other", "other@example.com", "+6598765432" }))
	d.refused("conflict", send("msg_4", other.ID))
	must[coupon.Voucher](d, coupon.Disable{Voucher: v.ID, On: true, Reason: "fraud", By: staff})
	d.refused("conflict", send("msg_5", cus.ID))
	must[coupon.Voucher](d, coupon.End{Voucher: v.ID, To: coupon.VoucherVoid, Reason: "gone", By: staff})
	d.refused("conflict", send("msg_6", cus.ID))
	wants(t, "messages", len(d.Messages), 2)
}

func TestAddNote(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann := d.customer("ann")
	v := d.issue(d.campaign(coupon.KindCoupon, tenOff), "ONE", heldBy(ann))
	n := must[coupon.Note](d, coupon.AddNote{Note: coupon.Note{ID: "note_1", Customer: ann, Text: "called", By: staff}})
	wants(t, "when", n.CreatedAt, d.Now())
	e := d.Events[len(d.Events)-1]
	wants(t, "subject", e.Subject, string(ann))
	wants(t, "text", e.Data["text"], "called")
	n = must[coupon.Note](d, coupon.AddNote{Note: coupon.Note{ID: "note_2", Voucher: v.ID, Text: "odd", By: staff}})
	wants(t, "the holder's too", n.Customer, ann)
	e = d.Events[len(d.Events)-1]
	wants(t, "subject", e.Subject, string(v.ID))
	wants(t, "customer", e.Customer, ann)
	d.refused("not_found", coupon.AddNote{Note: coupon.Note{ID: "note_3", Customer: "cus_none", Text: "x", By: staff}})
	d.refused("not_found", coupon.AddNote{Note: coupon.Note{ID: "note_4", Voucher: "vch_none", Text: "x", By: staff}})
	wants(t, "notes", len(d.Notes), 2)
}
