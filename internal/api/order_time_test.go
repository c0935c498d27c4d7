package api_test

import (
	"testing"
	"time"
)

// F25, F26, F30: an order is judged again when it is redeemed; a hold taken in time is
// honoured until it ends by itself; what comes back too late comes back expired.
func TestAnOrderAcrossTheExpiry(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("discount", tenth(nil)), object{"expires_at": "2026-11-21T04:10:00Z", "limits": object{"per_voucher": 2}})
		ask := object{"codes": []any{code}, "order": cart()}
		held := object{"codes": []any{code}, "order": cart(), "seconds": 900}
		w.post("/v1/validations", ask).is(200).has(true, "valid")
		kept, lost := w.post("/v1/holds", held).is(201).id(), w.post("/v1/holds", held).is(201).id()
		w.post("/v1/validations", ask).is(200).has("held", "vouchers", 0, "reason")
		w.clock.pass(10 * time.Minute)
		w.post("/v1/redemptions", ask).fails(409, "expired")
		w.restart() // nothing runs for a hold
		out := w.post("/v1/redemptions", object{"hold": kept}).is(201).has(419, "order", "discount")
		w.clock.pass(5 * time.Minute)
		w.post("/v1/redemptions", object{"hold": lost}).fails(409, "expired")
		w.post("/v1/checkouts/"+out.at("checkout").(string)+"/reversal", object{"reason": "cancelled"}).is(201)
		w.get("/v1/vouchers/"+id).has("expired", "status").has(0, "uses")
		w.post("/v1/vouchers/"+id+"/extend", object{"expires_at": "2026-12-31T15:59:59Z"}).is(200)
		w.post("/v1/redemptions", ask).is(201)
	})
}

// F28, F30: the day's limit is that of the organisation's day, and a reversal gives the
// use back to the day it was taken from.
func TestOrdersOfADay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, code := w.issue(w.campaign("discount", tenth(object{"limits": object{"unlimited_uses": true, "per_day": 1}})), nil)
		ask := object{"codes": []any{code}, "order": cart()}
		w.clock.pass(12*time.Hour - time.Microsecond) // the last moment of the day in Singapore
		first := w.post("/v1/redemptions", ask).is(201).at("checkout").(string)
		w.post("/v1/redemptions", ask).fails(409, "daily_limit_reached")
		w.clock.pass(time.Microsecond)
		w.post("/v1/redemptions", ask).is(201)
		w.post("/v1/checkouts/"+first+"/reversal", object{"reason": "cancelled"}).is(201)
		w.post("/v1/redemptions", ask).fails(409, "daily_limit_reached")
		w.clock.pass(-time.Microsecond) // a clock that is set back
		w.post("/v1/redemptions", ask).is(201)
		w.post("/v1/redemptions", ask).fails(409, "daily_limit_reached")
	})
}

// F63: an order is judged by what its voucher was promised when it was issued.
func TestOrdersKeepWhatVouchersWerePromised(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", tenth(nil))
		_, old := w.issue(c, nil)
		change := object{"value": object{"type": "percent", "basis_points": 5000}, "conditions": object{"min_subtotal": object{"amount": 90000, "currency": "USD"}}, "stacking": object{"exclusive": true}}
		w.send(ask{method: "PATCH", path: "/v1/campaigns/" + c, body: change}).is(200)
		_, young := w.issue(c, nil)
		w.post("/v1/validations", object{"codes": []any{old}, "order": cart()}).is(200).has(419, "order", "discount")
		w.post("/v1/validations", object{"codes": []any{young}, "order": cart()}).is(200).has("minimum_not_met", "vouchers", 0, "reason")
	})
}

// F50, F49: through an API key the shop is told why; the visitor who guesses on orders
// has to wait, and nobody else.
func TestGuessesOnOrders(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, code := w.issue(w.campaign("discount", tenth(nil)), nil)
		guess := object{"codes": []any{"WRONG-CODE-1"}, "order": cart(), "client": "203.0.113.7"}
		for _, path := range []string{"/v1/validations", "/v1/redemptions", "/v1/explanations", "/v1/validations", "/v1/holds"} {
			body := object{"codes": guess["codes"], "order": guess["order"], "client": guess["client"]}
			if path == "/v1/holds" {
				body["seconds"] = 60
			}
			w.post(path, body)
		}
		good := object{"codes": []any{code}, "order": cart(), "client": "203.0.113.7"}
		once := ask{method: "POST", path: "/v1/redemptions", body: object{"codes": good["codes"], "order": cart(), "client": "203.0.113.7"}, once: "A-1 redeem"}
		if r := w.send(once).is(429); r.at("code") != "locked_out" || r.header.Get("Retry-After") == "" {
			t.Errorf("%s", r.body)
		}
		good["client"] = "203.0.113.8"
		w.post("/v1/validations", good).is(200).has(true, "valid")
		w.clock.pass(time.Minute)
		w.send(once).is(201) // having had to wait is no answer that is kept
	})
}
