package api_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// shopHooks stands for a receiver: it takes only what it is told to.
type shopHooks struct {
	mu     sync.Mutex
	status int
	got    []coupon.HookPost
}

func (h *shopHooks) Check(address string) error {
	if !strings.HasPrefix(address, "https://") {
		return fault.Field("url", "The address must begin with https://.")
	}
	return nil
}

func (h *shopHooks) Post(_ context.Context, p coupon.HookPost) coupon.HookAnswer {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, p)
	if h.status >= 300 {
		return coupon.HookAnswer{Status: h.status, Text: "<script>", Error: "It answered 500."}
	}
	return coupon.HookAnswer{Status: h.status}
}

// J8-6: a webhook is made, breaks, is seen to be retried, and sent again by hand.
func TestJ8Webhooks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		shop := &shopHooks{status: 500}
		w.app.Hooks = shop
		made := w.post("/v1/webhooks", object{"url": "https://shop.example/scrip", "types": []string{"voucher.issued", "voucher.redeemed"}}).is(201)
		hook := "/v1/webhooks/" + made.id()
		if !strings.HasPrefix(made.at("secret").(string), "whsec_") {
			t.Fatal(string(made.body))
		}
		for _, path := range []string{"/v1/webhooks", hook} {
			if r := w.get(path).is(200); strings.Contains(string(r.body), "whsec_") {
				t.Errorf("%s tells the secret", path)
			}
		}
		_, code := w.issue(w.campaign("gift", nil), nil)
		w.post("/v1/redemptions", object{"code": code, "money": sgd(1000)}).is(201)
		w.deliver()
		list := w.get(hook + "/deliveries?state=pending").is(200)
		if rows := list.at("data").([]any); len(rows) != 2 {
			t.Fatalf("%s", list.body)
		}
		first := list.at("data").([]any)[1].(object)
		one := "/v1/deliveries/" + first["id"].(string)
		d := w.get(one).is(200)
		if d.at("next_at") == nil || d.at("status").(float64) != 500 || len(d.at("tried").([]any)) != 1 || d.at("body").(object)["type"] != "voucher.issued" {
			t.Fatalf("%s", d.body)
		}
		shop.status = 200
		w.post(one+"/redeliver", nil).is(202)
		w.deliver()
		if d = w.get(one).is(200); d.at("state") != "delivered" || len(d.at("tried").([]any)) != 2 {
			t.Fatalf("%s", d.body)
		}
		if rows := w.get(hook + "/deliveries?state=delivered").at("data").([]any); len(rows) != 2 {
			t.Fatalf("%v", rows)
		}
		for _, p := range shop.got {
			if stands(p.Body, code) {
				t.Errorf("a code is sent: %s", p.Body)
			}
		}
	})
}

func TestWebhooksAreChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		w.app.Hooks = &shopHooks{status: 200}
		w.post("/v1/webhooks", object{"url": "http://shop.example"}).is(422)
		w.post("/v1/webhooks", object{"url": "https://shop.example", "types": []string{"session.started"}}).is(422)
		hook := "/v1/webhooks/" + w.post("/v1/webhooks", object{"url": "https://shop.example"}).is(201).id()
		changed := w.send(ask{method: "PATCH", path: hook, body: object{"description": "Shop"}}).is(200)
		if changed.at("description") != "Shop" || changed.at("url") != "https://shop.example" {
			t.Fatalf("%s", changed.body)
		}
		if s := w.post(hook+"/rotate", nil).is(200).at("secret").(string); !strings.HasPrefix(s, "whsec_") {
			t.Fatal(s)
		}
		test := w.post(hook+"/test", nil).is(202)
		w.deliver()
		if d := w.get("/v1/deliveries/" + test.id()).is(200); d.at("state") != "delivered" || d.at("type") != "webhook.test" {
			t.Fatalf("%s", d.body)
		}
		w.post(hook+"/disable", nil).is(200)
		w.post(hook+"/disable", nil).is(409)
		w.post(hook+"/test", nil).is(409)
		w.post("/v1/deliveries/"+test.id()+"/redeliver", nil).is(409)
		w.post(hook+"/enable", nil).is(200)
		w.get("/v1/webhooks/whk_none").is(404)
		w.get("/v1/deliveries/dlv_none").is(404)
		reader := w.key("settings:read")
		w.send(ask{method: "GET", path: hook, key: reader}).is(200)
		w.send(ask{method: "POST", path: hook + "/rotate", key: reader}).is(403)
	})
}

// deliver does what the program does by itself all the time.
func (w *world) deliver() {
	w.t.Helper()
	w.publish()
	for _, step := range []func(context.Context) error{w.app.SpreadEvents, w.app.Deliver} {
		if err := step(ctx); err != nil {
			w.t.Fatal(err)
		}
	}
}
