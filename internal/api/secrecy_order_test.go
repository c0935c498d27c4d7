package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// F55: the codes of orders stand in no log, header, event, webhook, refusal, problem or
// explanation, whatever becomes of the order.
func TestCodesOfOrdersStandNowhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		shop := &shopHooks{status: 200}
		w.app.Hooks = shop
		w.post("/v1/webhooks", object{"url": "https://shop.example/scrip"}).is(201)
		mei := w.customer("acct-1")
		_, ten := w.issue(w.campaign("discount", tenth(object{"limits": object{"unlimited_uses": true}})), object{"customer": mei})
		_, far := w.issue(w.campaign("discount", tenth(object{"conditions": object{"min_subtotal": object{"amount": 90000, "currency": "USD"}}})), object{"code": "WELCOME90"})
		_, gift := w.issue(w.campaign("gift", object{"value": object{"type": "amount", "money": object{"amount": 5000, "currency": "USD"}}}), nil)
		codes := []string{ten, far, gift, "NO-SUCH-CODE-HERE", "BROKEN\u0007CODE-4711"}
		check := hides(codes)
		for i, body := range orderBodies(codes, mei) {
			for _, path := range []string{"/v1/validations", "/v1/explanations", "/v1/qualifications", "/v1/holds", "/v1/redemptions"} {
				for range 2 { // the second is a replay
					check(w.send(ask{method: "POST", path: path, body: body, once: fmt.Sprint(path, i)}))
				}
			}
		}
		hold := w.post("/v1/holds", object{"codes": []any{ten, gift}, "order": cart(), "customer": mei, "seconds": 60}).is(201)
		check(hold)
		out := w.post("/v1/redemptions", object{"hold": hold.id()}).is(201)
		check(out)
		path := "/v1/checkouts/" + out.at("checkout").(string)
		check(w.post(path+"/reversal", object{"reason": "one came back", "lines": []object{{"id": "l1", "quantity": 1}}}).is(201))
		check(w.post(path+"/reversal", object{"reason": "cancelled"}).is(201))
		check(w.post("/v1/qualifications", object{"customer": mei, "order": cart()}).is(200))

		w.restart() // what was refused is written down by then
		w.app.Hooks = shop
		w.publish()
		w.deliver()
		stored := w.get("/v1/refusals").is(200).at("data", 0, "id")
		check(w.post("/v1/explanations", object{"refusal": stored}).is(200))
		for _, path := range []string{path, "/v1/checkouts", "/v1/redemptions", "/v1/refusals", "/v1/events", "/v1/vouchers", "/v1/customers/" + mei + "/vouchers", "/metrics"} {
			check(w.send(ask{method: "GET", path: path, address: "127.0.0.1"}).is(200))
		}
		if len(shop.got) < 5 {
			t.Errorf("only %d webhooks were sent", len(shop.got))
		}
		for _, p := range shop.got {
			for _, c := range codes {
				if stands(p.Body+p.URL+p.ID, c) {
					t.Errorf("a code is sent: %s", p.Body)
				}
			}
		}
		w.logHides(codes)
	})
}

// orderBodies are orders with the codes, good ones and such as a client should not send.
func orderBodies(codes []string, who string) []object {
	all := make([]any, len(codes))
	for i, c := range codes {
		all[i] = c
	}
	out := []object{{"codes": all, "order": cart()}, {"codes": all, "order": cart(), "apply": "possible", "seconds": 1}}
	for _, c := range codes {
		wrong := cart()
		wrong["lines"] = []object{{"id": "l1", "quantity": 0, "unit_price": 1}}
		unknown := cart()
		unknown[c] = 1
		out = append(out,
			object{"codes": []any{c}, "order": cart(), "customer": who}, object{"codes": []any{c}, "order": cart(), "seconds": 1}, object{"codes": []any{object{"code": c, "amount": 1}}, "order": cart()},
			object{"codes": []any{c, c}, "order": cart()}, object{"codes": []any{c}, "order": wrong}, object{"codes": []any{c}, "order": unknown}, object{"codes": []any{[]string{c}}, "order": cart()},
			object{"codes": []any{object{"code": c, "amount": c}}, "order": cart()}, object{"codes": c, "order": cart()}, object{"codes": []any{strings.Repeat(c, 60)}, "order": cart()},
			object{"codes": []any{c}, "order": c}, object{"refusal": c}, object{"hold": c}, object{"customer": c, "order": cart()}, object{"codes": []any{c}, "order": cart(), "apply": c})
	}
	return out
}
