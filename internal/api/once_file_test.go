package api_test

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// Only what asks, and changes nothing, does without an Idempotency-Key.
func TestEveryWriteTakesAKey(t *testing.T) {
	t.Parallel()
	asks := []string{"POST /v1/vouchers/lookup", "POST /v1/validations", "POST /v1/explanations", "POST /v1/qualifications"}
	each(t, func(t *testing.T, w *world) {
		for path, item := range w.api.Document().Paths {
			for method, o := range operations(item) {
				keyed := false
				for _, p := range o.Parameters {
					keyed = keyed || p.Name == "Idempotency-Key"
				}
				if endpoint := method + " " + path; keyed == (method == "GET" || slices.Contains(asks, endpoint)) {
					t.Errorf("%s: takes a key: %v", endpoint, keyed)
				}
			}
		}
	})
}

func TestUploadIsRepeatable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("gift", nil)
		a := ask{method: "POST", path: "/v1/campaigns/" + c + "/imports?description=X", body: "code\nEXT-0001\n", once: "K", header: map[string]string{"Content-Type": "text/csv"}}
		first := w.send(a).is(201)
		w.post("/v1/imports/"+first.id()+"/cancel", nil).is(200)
		if again := w.send(a); !bytes.Equal(again.body, first.body) {
			t.Errorf("first %s again %s", first.body, again.body)
		}
		w.get("/v1/imports?campaign="+c).is(200).has(nil, "next").has(first.id(), "data", 0, "id")
		if list := w.get("/v1/imports?campaign=" + c).at("data").([]any); len(list) != 1 {
			t.Errorf("%d imports, want 1", len(list))
		}
		other := a
		other.body = "code\nEXT-0002\n"
		w.send(other).fails(409, "idempotency_mismatch")
		other.body, other.path = a.body, strings.Replace(a.path, "=X", "=Y", 1)
		w.send(other).fails(409, "idempotency_mismatch")
		wrong := a
		wrong.once, wrong.body = "L", "colour\nred\n"
		w.send(wrong).fails(422, "invalid", "file")
		wrong.body = "code\nEXT-0003\n" // a wrong file does not use the key
		w.send(wrong).is(201)
		if n := w.events("import.uploaded"); n != 2 {
			t.Errorf("%d uploads have left an event, want 2", n)
		}
	})
}

// events counts the events of a type.
func (w *world) events(kind coupon.EventType) int {
	w.t.Helper()
	w.publish()
	page, err := w.app.Store.Events(ctx, coupon.EventFilter{Type: kind}, coupon.Paging{Limit: 200})
	if err != nil {
		w.t.Fatal(err)
	}
	return len(page.Rows)
}

// A mismatch is found before anything is done, not after.
func TestMismatchDoesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.upload(w.campaign("gift", nil), "description=X", "code\nEXT-0001").is(201).id()
		w.send(ask{method: "POST", path: "/v1/customers", body: object{"name": "Mei"}, once: "K"}).is(201)
		for _, action := range []string{"confirm", "cancel"} {
			w.send(ask{method: "POST", path: "/v1/imports/" + id + "/" + action, once: "K"}).fails(409, "idempotency_mismatch")
		}
		w.get("/v1/imports/"+id).has("pending", "state")
	})
}

func TestParallelConfirmsUnderOneKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.upload(w.campaign("gift", nil), "description=X", "code\nEXT-0001").is(201).id()
		a := ask{method: "POST", path: "/v1/imports/" + id + "/confirm", once: "K"}
		answers := make([]reply, 20)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = w.send(a) })
		}
		wg.Wait()
		first := w.send(a).is(200)
		for _, r := range answers {
			if r.status == 409 {
				r.fails(409, "in_progress")
				continue
			}
			if r.status != 200 || !bytes.Equal(r.body, first.body) {
				t.Errorf("%d %s, want %s", r.status, r.body, first.body)
			}
		}
		if n := w.events("import.confirmed"); n != 1 {
			t.Errorf("%d events, want 1", n)
		}
	})
}

// An export that is asked for again is the file of the first time, though its vouchers
// have moved on, and has no second event.
func TestExportIsRepeatable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		gift := w.campaign("gift", nil)
		one, code := w.issue(gift, nil)
		two, _ := w.issue(gift, nil)
		batch := w.get("/v1/vouchers/" + one).is(200).at("batch").(string)
		a := ask{method: "POST", path: "/v1/batches/" + batch + "/export", once: "K"}
		first := w.send(a).is(200)
		if !strings.Contains(string(first.body), code) || strings.Count(string(first.body), "\n") != 3 {
			t.Fatalf("not the export of two vouchers: %s", first.body)
		}
		w.post("/v1/vouchers/"+one+"/void", object{"reason": "Test"}).is(200)
		w.post("/v1/vouchers/"+two+"/extend", object{"expires_at": "2030-01-01T00:00:00Z"}).is(200)
		w.issue(gift, nil)
		again := w.send(a).is(200)
		if !bytes.Equal(again.body, first.body) || again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("first %s%v\nagain %s%v", first.body, first.header, again.body, again.header)
		}
		if n := w.events("batch.exported"); n != 1 {
			t.Errorf("%d events, want 1", n)
		}
		if fresh := w.post(a.path, nil).is(200); bytes.Equal(fresh.body, first.body) {
			t.Error("an export without the key is of the past")
		}
		other := a
		other.path = "/v1/batches/" + w.batch(w.refills(), 1) + "/export"
		w.send(other).fails(409, "idempotency_mismatch")
		other = a
		other.body = object{"reason": "Printing"}
		w.send(other).fails(409, "idempotency_mismatch")
		other.once = "L"
		w.send(other).is(200)
		other.body = object{"reason": strings.Repeat("x", 501)}
		other.once = ""
		w.send(other).fails(422, "invalid", "reason")
		w.publish()
		page, err := w.app.Store.Events(ctx, coupon.EventFilter{Type: "batch.exported"}, coupon.Paging{Limit: 1})
		if err != nil || page.Rows[0].Data["reason"] != "Printing" {
			t.Errorf("the event tells %v, %v", page.Rows, err)
		}
	})
}

func TestRevealIsRepeatable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("gift", nil), nil)
		a := ask{method: "POST", path: "/v1/vouchers/" + id + "/reveal", once: "K"}
		for range 3 {
			w.send(a).is(200).has(code, "code")
		}
		if n := w.events("voucher.revealed"); n != 1 {
			t.Errorf("%d events, want 1", n)
		}
	})
}
