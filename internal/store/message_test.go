package store_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestMessages(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		message := func(id string, customer coupon.CustomerID) coupon.Message {
			return coupon.Message{
				ID: id, Customer: customer, Channel: "sms", Gateway: coupon.OutboxGateway, To: "+6591234567", Subject: "Hi", Sealed: "sealed", Purpose: "sign_in", Voucher: "vch_1",
				State: "queued", By: ada, CreatedAt: start, UpdatedAt: start,
			}
		}
		one, two, three := message("msg_1", "cus_1"), message("msg_2", "cus_2"), message("msg_3", "cus_1")
		for _, m := range []coupon.Message{one, two, three} {
			ok(t, s.CreateMessage(ctx, m, s.event(coupon.EventMessageQueued, m.ID)))
		}
		for customer, want := range map[coupon.CustomerID][]coupon.Message{"": {three, two, one}, "cus_1": {three, one}, "cus_9": nil} {
			got := all(t, 1, func(p coupon.Paging) (coupon.Page[coupon.Message], error) { return s.Messages(ctx, customer, p) })
			equal(t, "of "+string(customer), got, want)
		}
		got, err := s.Message(ctx, "msg_2")
		ok(t, err)
		equal(t, "one", got, two)
		_, err = s.Message(ctx, "msg_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "msg_1"})), "message.queued")
	})
}

// What a gateway made of a message is kept with it; what it says and whom it went to stays.
func TestAMessagesProgress(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m := coupon.Message{ID: "msg_1", Customer: "cus_1", Channel: "sms", To: "+6591234567", Sealed: "sealed", Purpose: "manual", Voucher: "vch_1", State: "queued", CreatedAt: start, UpdatedAt: start}
		ok(t, s.CreateMessage(ctx, m, coupon.Event{}))
		failed := m
		failed.Gateway, failed.State, failed.Attempts, failed.ProviderID, failed.Error = "smpp", coupon.MessageFailed, 3, "p-1", "gateway error"
		failed.NextAt, failed.UpdatedAt, failed.To, failed.Sealed = start.Add(time.Minute), start.Add(time.Second), "other", "other"
		ok(t, s.SaveMessage(ctx, failed, s.event(coupon.EventMessageFailed, "msg_1")))
		failed.To, failed.Sealed = m.To, m.Sealed
		got, err := s.Message(ctx, "msg_1")
		ok(t, err)
		equal(t, "afterwards", got, failed)
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "msg_1"})), "message.failed")
		refused(t, "an unknown one", s.SaveMessage(ctx, coupon.Message{ID: "msg_none"}, coupon.Event{}), fault.NotFound, "")
	})
}

func TestLastMessages(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		for id, voucher := range map[string]coupon.VoucherID{"msg_1": "vch_1", "msg_2": "vch_1", "msg_3": "vch_2", "msg_4": ""} {
			ok(t, s.CreateMessage(ctx, coupon.Message{ID: id, Voucher: voucher}, coupon.Event{}))
		}
		got, err := s.LastMessages(ctx, []coupon.VoucherID{"vch_1", "vch_2", "vch_3"})
		ok(t, err)
		if len(got) != 2 || got["vch_1"].ID != "msg_2" || got["vch_2"].ID != "msg_3" {
			t.Fatalf("%v", got)
		}
		got, err = s.LastMessages(ctx, nil)
		if ok(t, err); len(got) != 0 {
			t.Fatalf("of none: %v", got)
		}
	})
}

// F22: who waits for the voucher while another sends it again finds that it was sent.
func TestSendingAgainTwiceAtOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei := s.customer("Mei", func(c *coupon.Customer) {
			c.Mobile, c.Consent = "+6591234567", map[string]bool{"sms": true}
		})
		v := s.issue(s.campaign(coupon.KindDiscount, twice), func(c *coupon.Issue) { c.Customer.ID = mei.ID })
		send := func(id string) coupon.Send {
			return coupon.Send{Message: coupon.Message{ID: id, Customer: mei.ID, Channel: "sms", Sealed: "sealed", Purpose: coupon.PurposeResend, Voucher: v.ID}, By: ada}
		}
		results := make(chan error, 10)
		for i := range cap(results) {
			go func() {
				_, err := do[coupon.Message](s, send("msg_"+string(rune('a'+i))))
				results <- err
			}()
		}
		sent := 0
		for range cap(results) {
			if err := <-results; err == nil {
				sent++
			} else if fault.Of(err).Code != "sent_just_now" {
				t.Error(err)
			}
		}
		if sent != 1 {
			t.Errorf("sent %d times", sent)
		}
		s.pass(time.Minute)
		must[coupon.Message](s, send("msg_z"))
		page, err := s.Messages(ctx, mei.ID, coupon.Paging{})
		if ok(t, err); len(page.Rows) != 2 {
			t.Errorf("%d messages", len(page.Rows))
		}
	})
}

func TestNotes(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei := s.customer("Mei")
		v := s.issue(s.campaign(coupon.KindDiscount, twice), func(c *coupon.Issue) { c.Customer.ID = mei.ID })
		note := func(id string, n coupon.Note) coupon.Note {
			n.ID, n.Text, n.By = id, "about "+id, ada
			return must[coupon.Note](s, coupon.AddNote{Note: n})
		}
		one, two := note("note_1", coupon.Note{Customer: mei.ID}), note("note_2", coupon.Note{Voucher: v.ID})
		three := note("note_3", coupon.Note{Customer: s.customer("Tan").ID})
		for _, c := range []struct {
			name   string
			filter coupon.NoteFilter
			want   []coupon.Note
		}{
			{"a customer's", coupon.NoteFilter{Customer: mei.ID}, []coupon.Note{two, one}},
			{"a voucher's", coupon.NoteFilter{Voucher: v.ID}, []coupon.Note{two}},
			{"all", coupon.NoteFilter{}, []coupon.Note{three, two, one}},
		} {
			equal(t, c.name, all(t, 1, func(p coupon.Paging) (coupon.Page[coupon.Note], error) { return s.Notes(ctx, c.filter, p) }), c.want)
		}
		got := s.events(coupon.EventFilter{Customer: mei.ID, Types: []coupon.EventType{coupon.EventNoteAdded, coupon.EventMessageQueued}})
		equal(t, "only notes", types(got), "note.added note.added")
	})
}

func TestLastUses(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		mei, tan := s.customer("Mei"), s.customer("Tan")
		codes := s.campaign(coupon.KindDiscount, twice)
		one, two := s.issue(codes), s.issue(codes)
		s.redeem(one.ID, by(mei))
		last := s.redeem(one.ID, by(mei), func(c *coupon.Redeem) { c.Reference = "A-2" })
		s.redeem(two.ID, by(tan))
		got, err := s.LastUses(ctx, mei.ID, []coupon.VoucherID{one.ID, two.ID})
		if ok(t, err); len(got) != 1 || got[one.ID].ID != last.ID || got[one.ID].Reference != "A-2" {
			t.Fatalf("%v", got)
		}
		must[coupon.Undone](s, coupon.Reverse{Redemption: last.ID, Reason: "broken", By: ada})
		got, err = s.LastUses(ctx, mei.ID, []coupon.VoucherID{one.ID})
		if ok(t, err); got[one.ID].ID == last.ID || len(got) != 1 {
			t.Fatalf("%v", got)
		}
	})
}
