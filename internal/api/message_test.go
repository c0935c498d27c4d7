package api_test

import (
	"strings"
	"testing"
)

func TestNotes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		path := "/v1/customers/" + w.customer("acct-1") + "/notes"
		made := w.post(path, object{"text": "Called: wants a refund"}).is(201).has("Called: wants a refund", "text").has("key", "by", "kind")
		w.get(path).is(200).has(made.id(), "data", 0, "id").has(nil, "next")
		w.get(strings.Replace(path, "/notes", "/events?type=note.added", 1)).is(200).has("Called: wants a refund", "data", 0, "data", "text")
		first := w.send(ask{method: "POST", path: path, body: object{"text": "once"}, once: "k1"}).is(201)
		again := w.send(ask{method: "POST", path: path, body: object{"text": "once"}, once: "k1"}).is(201)
		if string(first.body) != string(again.body) {
			t.Errorf("first\n%sagain\n%s", first.body, again.body)
		}
		w.post(path, object{"text": " "}).fails(422, "invalid", "text")
		w.post("/v1/customers/cus_none/notes", object{"text": "x"}).fails(404, "not_found")
		w.get("/v1/customers/cus_none/notes").fails(404, "not_found")
	})
}

// J7.7, DC-21: a message is queued for who consented, and is tied to the voucher whose code it brings.
func TestMessages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := w.post("/v1/customers", object{"source_id": "acct-1", "email": "mei@example.com", "mobile": "+6591234567", "consent": object{"sms": true}}).is(201).id()
		path := "/v1/customers/" + mei + "/messages"
		w.post(path, object{"channel": "email", "subject": "Hi", "text": "Hello"}).fails(409, "no_consent")
		w.post("/v1/customers/"+w.customer("acct-2")+"/messages", object{"channel": "sms", "text": "Hello"}).fails(409, "no_contact")
		w.post(path, object{"channel": "sms", "text": "Hello", "gateway": "smpp"}).fails(422, "invalid", "gateway")
		campaign := w.post("/v1/campaigns", object{"kind": "discount", "name": "Spring", "value": object{"type": "percent", "basis_points": 1000}}).is(201).id()
		v := w.post("/v1/campaigns/"+campaign+"/vouchers", object{"customer": mei, "earning_method": "automation", "source_reference": "flow-7"}).is(201).
			has("automation", "earning_method").has("flow-7", "source_reference")
		code, _ := v.at("code").(string)
		sent := w.post(path, object{"channel": "sms", "text": "Your code: " + code}).is(201).has("queued", "state").has("+6591234567", "to").has(v.id(), "voucher").has("outbox", "gateway")
		list := w.get(path).is(200).has(sent.id(), "data", 0, "id")
		if strings.Contains(string(list.body), code) || strings.Contains(string(sent.body), code) {
			t.Error("the code is told again")
		}
		w.get("/v1/customers/cus_none/messages").fails(404, "not_found")
	})
}
