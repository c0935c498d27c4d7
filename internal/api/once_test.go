package api_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// repeats are requests with which every kind of write is tried: each under a key of
// its own must give the same bytes again, and leave one effect.
func repeats(w *world) []ask {
	w.t.Helper()
	gift := w.campaign("gift", nil)
	voucher := func() string { id, _ := w.issue(gift, nil); return "/v1/vouchers/" + id }
	_, code := w.issue(gift, nil)
	_, held := w.issue(gift, nil)
	_, spent := w.issue(w.campaign("discount", nil), nil)
	w.post("/v1/redemptions", object{"code": spent}).is(201)
	undone := w.post("/v1/redemptions", object{"code": code, "money": sgd(10)}).is(201).at("redemptions", 0, "id").(string)
	_, order := w.issue(w.campaign("discount", tenth(object{"limits": object{"per_voucher": 9}})), nil)
	checkout := w.post("/v1/redemptions", object{"codes": []any{order}, "order": cart()}).is(201).at("checkout").(string)
	hold := w.post("/v1/holds", object{"code": held, "money": sgd(10), "seconds": 60}).is(201).id()
	mei := w.customer("acct-1")
	why := object{"reason": "Test"}
	off := voucher()
	w.post(off+"/deactivate", why).is(200)
	batch := w.batch(w.refills(), 2)
	csv := map[string]string{"Content-Type": "text/csv"}
	hook := "/v1/webhooks/" + w.post("/v1/webhooks", object{"url": "https://shop.example"}).is(201).id()
	sent := w.post(hook+"/test", nil).is(202).id()
	first, second := w.upload(gift, "description=First", "code\nEXT-0001").is(201).id(), w.upload(gift, "description=Second", "code\nEXT-0002").is(201).id()
	list := []ask{
		{path: "/v1/campaigns", body: object{"kind": "gift", "name": "Again", "value": object{"type": "amount", "money": sgd(100)}}},
		{method: "PATCH", path: "/v1/campaigns/" + gift, body: object{"name": "Renamed"}},
		{path: "/v1/campaigns/" + gift + "/pause"}, {path: "/v1/campaigns/" + gift + "/activate"},
		{path: "/v1/campaigns/" + gift + "/batches", body: object{"description": "Small", "quantity": 2}},
		{path: "/v1/batches/" + batch + "/freeze", body: why}, {path: "/v1/batches/" + batch + "/unfreeze"},
		{path: "/v1/campaigns/" + gift + "/vouchers", body: object{}},
		{path: voucher() + "/void", body: why}, {path: voucher() + "/delete", body: why}, {path: voucher() + "/deactivate", body: why}, {path: off + "/reactivate"},
		{path: voucher() + "/extend", body: object{"expires_at": "2027-01-01T00:00:00Z"}}, {path: voucher() + "/reassign", body: object{"customer": mei}}, {path: voucher() + "/replace", body: why},
		{path: "/v1/customers", body: object{"source_id": "acct-2"}}, {path: "/v1/customers", body: object{"source_id": "acct-1"}},
		{method: "PATCH", path: "/v1/customers/" + mei, body: object{"name": "Mei"}},
		{path: "/v1/customers/" + mei + "/notes", body: object{"text": "Test"}}, {path: "/v1/customers/" + mei + "/messages", body: object{"channel": "sms", "text": "Test"}},
		{path: "/v1/customers/" + mei + "/adjustments", body: object{"money": sgd(100), "reason": "Test"}},
		{path: "/v1/holds", body: object{"code": code, "money": sgd(10), "seconds": 60}}, {path: "/v1/holds/" + hold + "/release"},
		{path: "/v1/redemptions", body: object{"code": code, "money": sgd(10)}}, {path: "/v1/redemptions", body: object{"code": spent}}, {path: "/v1/redemptions", body: object{"code": "NO-SUCH-CODE"}},
		{path: "/v1/redemptions/" + undone + "/reversal", body: why}, {path: "/v1/redemptions/red_none/reversal", body: why},
		{path: "/v1/campaigns/" + gift + "/imports?description=Third", body: "code\nEXT-0003", header: csv},
		{path: "/v1/imports/" + first + "/confirm"}, {path: "/v1/imports/" + second + "/cancel"},
		{path: voucher() + "/reveal"}, {path: "/v1/batches/" + batch + "/export"},
		{path: "/v1/redemptions", body: object{"codes": []any{order, "NO-SUCH-CODE"}, "order": cart()}}, {path: "/v1/redemptions", body: object{"codes": []any{order}, "order": cart()}},
		{path: "/v1/checkouts/" + checkout + "/reversal", body: why}, {path: "/v1/checkouts/chk_none/reversal", body: why},
		{path: "/v1/campaigns/" + w.campaign("gift", nil) + "/archive"},
		{path: "/v1/webhooks", body: object{"url": "https://shop.example"}}, {method: "PATCH", path: hook, body: object{"description": "x"}}, {path: hook + "/rotate"}, {path: hook + "/test"},
		{path: "/v1/deliveries/" + sent + "/redeliver"}, {path: hook + "/disable"}, {path: hook + "/enable"},
	}
	for i := range list {
		if list[i].method == "" {
			list[i].method = "POST"
		}
		list[i].once = fmt.Sprintf("k %d", i)
	}
	return list
}

func TestRepeatsGetTheFirstAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, a := range repeats(w) {
			first := w.send(a)
			if first.header.Get("Idempotent-Replayed") != "" {
				t.Errorf("%s: the first answer says that it is a repeat", first.what)
			}
			if first.status >= 500 || first.status == 422 {
				t.Errorf("%s: status %d: %s", first.what, first.status, first.body)
			}
			w.clock.pass(1e9)
			again := w.send(a)
			if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("Content-Type") != first.header.Get("Content-Type") {
				t.Errorf("%s: first %d %sagain %d %s", first.what, first.status, first.body, again.status, again.body)
			}
			if again.header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("%s: the repeat does not say that it is one", first.what)
			}
		}
	})
}

func TestEveryWriteIsRepeatable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		tried := map[string]bool{}
		for _, a := range repeats(w) {
			tried[w.api.Endpoint(w.request(a))] = true
		}
		for path, item := range w.api.Document().Paths {
			for method, o := range operations(item) {
				for _, p := range o.Parameters {
					if p.Name == "Idempotency-Key" && !tried[method+" "+path] {
						t.Errorf("%s %s takes a key and is not tried", method, path)
					}
				}
			}
		}
	})
}

func TestParallelRepeatsHaveOneEffect(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("gift", nil), nil)
		for n, key := range []string{"same", "01a22f00-0000-7cc3-98c4-dc0c0c07398f", "01a22f00-0000-7cc3-98c4-dc0c0c07398f once more"} {
			repeatAtOnce(t, w, ask{method: "POST", path: "/v1/redemptions", body: object{"code": code, "money": sgd(100)}, once: key})
			w.get("/v1/vouchers/"+id).has(sgd(900-100*n), "balance").has(n+1, "uses")
		}
	})
}

// repeatAtOnce sends the same many times at once, and wants one first answer.
func repeatAtOnce(t *testing.T, w *world, a ask) {
	t.Helper()
	answers := make([]reply, 40)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = w.send(a) })
	}
	wg.Wait()
	first := 0
	for _, r := range answers {
		if r.status != 201 || !bytes.Equal(r.body, answers[0].body) {
			t.Errorf("%d %s, want %s", r.status, r.body, answers[0].body)
		}
		if r.header.Get("Idempotent-Replayed") == "" {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d answers are the first", first)
	}
}

func TestKeyIsForOneRequest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("gift", nil), nil)
		a := ask{method: "POST", path: "/v1/redemptions", body: object{"code": code, "money": sgd(100)}, once: "K"}
		w.send(a).is(201)
		other := a
		other.body = object{"code": code, "money": sgd(101)}
		w.send(other).fails(409, "idempotency_mismatch")
		other.path, other.body = "/v1/vouchers/"+id+"/void", object{"reason": "Test"}
		w.send(other).fails(409, "idempotency_mismatch")
		w.get("/v1/vouchers/"+id).has(sgd(900), "balance")
		somebody := a
		somebody.key = w.key("redemptions:write")
		w.send(somebody).is(201) // keys of different callers have nothing to do with each other
		w.get("/v1/vouchers/"+id).has(sgd(800), "balance")
		w.restart()
		w.send(a).is(201).has(sgd(100), "redemptions", 0, "money")
		w.get("/v1/vouchers/"+id).has(sgd(800), "balance")
	})
}

func TestKeyIsWellFormed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		a := ask{method: "POST", path: "/v1/customers", body: object{"name": "Mei"}}
		for name, key := range map[string]string{"empty": "", "long": strings.Repeat("k", 256), "a tab": "a\tb", "no ASCII": "ké"} {
			t.Log(name)
			r := a
			r.header = map[string]string{"Idempotency-Key": key}
			w.send(r).fails(422, "invalid", "Idempotency-Key")
		}
		a.once = strings.Repeat("k", 255)
		made := w.send(a).is(201)
		w.send(a).is(201).has(made.id(), "id")
	})
}

// A fault on the way to the command leaves the key free: the request can be corrected.
func TestWrongRequestDoesNotUseTheKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		a := ask{method: "POST", path: "/v1/customers", body: object{"email": "mei"}, once: "K"}
		w.send(a).fails(422, "invalid", "email")
		a.body = object{"email": "mei@example.com"}
		w.send(a).is(201)
	})
}

// The answer to a large order comes again byte for byte.
func TestALargeAnswerComesAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, code := w.issue(w.campaign("discount", tenth(nil)), nil)
		order := cart()
		lines := make([]object, 1000)
		for i := range lines {
			lines[i] = object{"id": fmt.Sprint("\u2028<", i), "quantity": 1, "unit_price": 100 + i}
		}
		order["lines"] = lines
		a := ask2("/v1/redemptions", string(jsonOf(object{"codes": []any{code}, "order": order})), "K")
		first := w.send(a).is(201).has("\u2028<999", "order", "lines", 999, "id")
		for range 2 {
			again := w.send(a).is(201)
			if string(again.body) != string(first.body) || again.header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("%d bytes came first, %d again, %v", len(first.body), len(again.body), again.header)
			}
			w.restart()
		}
		if len(first.body) < 100_000 {
			t.Errorf("%d bytes are not many", len(first.body))
		}
	})
}
