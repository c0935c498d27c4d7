package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The refill job through the API, as the issue's worked example has it.
func TestRefill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		codes := w.codes(w.batch(w.refills(), 5))
		mei := w.customer("acct-1")
		use := func(code string) reply {
			return w.post("/v1/redemptions", object{"code": code, "customer": mei, "reference": "R-1", "transaction": object{"type": "top_up", "reference": "T-1"}})
		}
		first := use(codes[0]).is(201)
		first.has([]object{{"customer": mei, "amount": 1000, "currency": "SGD"}}, "balances").has(nil, "order").has(sgd(1000), "redemptions", 0, "money").
			has("R-1", "redemptions", 0, "reference").has(object{"type": "top_up", "reference": "T-1"}, "redemptions", 0, "transaction").has(mei, "redemptions", 0, "customer").
			has(sgd(0), "redemptions", 0, "reversed").has([]any{}, "redemptions", 0, "reversals").has("2026-11-21T04:00:00Z", "redemptions", 0, "at").has(first.at("checkout"), "redemptions", 0, "checkout")
		w.clock.pass(time.Second)
		use(strings.ToLower(codes[1][:4]+" - "+codes[1][4:])).is(201).has(2000, "balances", 0, "amount")
		use(codes[0]).fails(409, "already_redeemed").has([]object{{"tail": codes[0][len(codes[0])-4:], "reason": "already_redeemed"}}, "vouchers")
		w.get("/v1/customers/"+mei+"/balances").has([]object{sgd(2000)}, "data")
		id := first.at("redemptions", 0, "id").(string)
		shown := w.get("/v1/redemptions/" + id).is(200)
		if string(jsonOf(shown.at())) != string(jsonOf(first.at("redemptions", 0))) {
			t.Errorf("answered %s\nshown %s", jsonOf(first.at("redemptions", 0)), shown.body)
		}
		w.get("/v1/vouchers/"+first.at("redemptions", 0, "voucher").(string)).has("redeemed", "status").has(1, "uses").has(mei, "holder").has("2026-11-21T04:00:00Z", "last_used_at").has(mei, "last_used_by")
		w.get("/v1/redemptions?customer="+mei+"&limit=1").is(200).has(sgd(1000), "data", 0, "money")
		w.get("/v1/redemptions?reference=R-1&to=2026-11-21T04:00:01Z").has(id, "data", 0, "id").has(nil, "next")
		w.get("/v1/redemptions?location=loc_none").has([]any{}, "data")
		w.get("/v1/redemptions/red_none").fails(404, "not_found")

		undo := "/v1/redemptions/" + id + "/reversal"
		w.post(undo, object{}).fails(422, "invalid", "reason")
		w.post(undo, object{"reason": "Wrong customer", "money": object{"amount": 1, "currency": "EUR"}}).fails(409, "currency_mismatch", "money")
		w.post(undo, object{"reason": "Wrong customer", "money": sgd(400)}).is(201).has(sgd(400), "reversals", 0, "money").has(false, "reversals", 0, "whole").has(1600, "balances", 0, "amount")
		w.post(undo, object{"reason": "Wrong customer"}).is(201).has(sgd(600), "reversals", 0, "money").has(true, "reversals", 0, "whole").has(1000, "balances", 0, "amount")
		w.post(undo, object{"reason": "Wrong customer"}).fails(409, "already_reversed")
		w.get("/v1/redemptions/"+id).has(sgd(1000), "reversed").has(true, "returned").has("Wrong customer", "reversals", 0, "reason")
		w.post("/v1/redemptions/red_none/reversal", object{"reason": "Test"}).fails(404, "not_found")
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", object{"limits": object{"per_voucher": 2, "per_customer": 1}, "validity": object{"starts_at": "2026-11-21T05:00:00Z", "expires_at": "2026-11-21T06:00:00Z"}})
		id, code := w.issue(c, nil)
		tail := w.get("/v1/vouchers/" + id).at("tail")
		try := func(status int, reason string, parts object) {
			t.Helper()
			body := object{"code": code, "customer": object{"source_id": "acct-1"}}
			for k, v := range parts {
				body[k] = v
			}
			r := w.post("/v1/redemptions", body)
			if reason == "" {
				r.is(status).has(nil, "redemptions", 0, "transaction").has(nil, "redemptions", 0, "reference")
				return
			}
			r.fails(status, reason).has([]object{{"tail": tail, "reason": reason}}, "vouchers")
		}
		try(409, "not_started", nil)
		w.clock.pass(time.Hour)
		try(409, "customer_required", object{"customer": nil})
		try(201, "", nil)
		try(409, "customer_limit_reached", nil)
		w.post("/v1/vouchers/"+id+"/deactivate", object{"reason": "Test"}).is(200)
		try(409, "disabled", object{"customer": object{"source_id": "acct-2"}})
		w.post("/v1/vouchers/"+id+"/reactivate", nil).is(200)
		w.post("/v1/campaigns/"+c+"/pause", nil).is(200)
		try(409, "paused", object{"customer": object{"source_id": "acct-2"}})
		w.post("/v1/campaigns/"+c+"/activate", nil).is(200)
		w.clock.pass(time.Hour)
		try(409, "expired", object{"customer": object{"source_id": "acct-2"}})
		w.stop() // the clerk has written everything down
		w.begin()
		page := w.get("/v1/refusals?voucher="+id+"&reason=expired").is(200).has("api", "data", 0, "channel").has(tail, "data", 0, "tail").has(nil, "data", 0, "reference")
		checks := page.at("data", 0, "checks").([]any)
		if len(checks) < 10 {
			t.Errorf("%d checks were kept", len(checks))
		}
		if n := len(w.get("/v1/refusals?campaign=" + c).at("data").([]any)); n != 6 {
			t.Errorf("%d refusals, want 6", n)
		}
	})
}

func TestDrawdown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("gift", nil), nil)
		w.post("/v1/redemptions", object{"code": code}).fails(409, "amount_required")
		w.post("/v1/redemptions", object{"code": code, "money": sgd(200)}).is(201).has(sgd(200), "redemptions", 0, "money").has([]any{}, "balances")
		w.post("/v1/redemptions", object{"codes": []any{object{"code": code, "amount": 300}}}).is(201).has(sgd(300), "redemptions", 0, "money")
		w.post("/v1/redemptions", object{"voucher": id, "money": sgd(501)}).fails(409, "insufficient_balance")
		w.post("/v1/redemptions", object{"codes": []any{code}, "money": sgd(100)}).is(201)
		w.post("/v1/redemptions", object{"code": code, "money": object{"amount": 1, "currency": "EUR"}}).fails(409, "currency_mismatch")
		w.get("/v1/vouchers/"+id).has(sgd(400), "balance").has("partly_used", "status").has(3, "uses")
		for name, body := range map[string]object{
			"money zero":         {"code": code, "money": sgd(0)},
			"money below zero":   {"code": code, "money": sgd(-5)},
			"no such currency":   {"code": code, "money": object{"amount": 1, "currency": "XXQ"}},
			"the amount twice":   {"codes": []any{object{"code": code, "amount": 1}}, "money": sgd(1)},
			"units without name": {"code": code, "money": object{"amount": 1, "currency": "unit:"}},
		} {
			t.Log(name)
			w.post("/v1/redemptions", body).fails(422, "invalid", "money")
		}
	})
}

func TestRedemptionNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, code := w.issue(w.campaign("gift", nil), nil)
		for _, path := range []string{"/v1/redemptions", "/v1/validations", "/v1/holds"} {
			for _, c := range []struct {
				name, field string
				body        object
			}{
				{"nothing", "code", object{}},
				{"no code", "code", object{"code": ""}},
				{"a blank code", "code", object{"code": " - "}},
				{"a code too long", "code", object{"code": strings.Repeat("A", 65)}},
				{"a code as number", "code", object{"code": 12345678}},
				{"no codes", "codes", object{"codes": []any{}}},
				{"31 codes", "codes", object{"codes": strings.Split(strings.Repeat("A", 31), "")}},
				{"a blank among codes", "codes[1]", object{"codes": []any{code, "- "}}},
				{"an amount that goes with none of two", "money", object{"codes": []any{code, "B"}, "money": sgd(1)}},
				{"what is possible without an order", "apply", object{"code": code, "apply": "possible"}},
				{"a code and codes", "code", object{"code": code, "codes": []any{code}}},
				{"a code and a voucher", "code", object{"code": code, "voucher": "vch_1"}},
				{"half a code", "codes[0]", object{"codes": []any{object{"amount": 5}}}},
				{"an amount of zero", "codes[0]", object{"codes": []any{object{"code": code, "amount": 0}}}},
				{"no such location", "location", object{"code": code, "location": "loc_none"}},
				{"no such purpose", "transaction.type", object{"code": code, "transaction": object{"type": "gambling"}}},
				{"NUL in the reference", "reference", object{"code": code, "reference": "a\x00"}},
				{"a bell in the reference", "reference", object{"code": code, "reference": "a\a"}},
				{"a long reference", "reference", object{"code": code, "reference": strings.Repeat("x", 201)}},
				{"an empty order", "order.lines", object{"code": code, "order": object{"currency": "SGD"}}},
				{"another capital", "body", object{"code": code, "CODE": "!"}},
				{"a customer in words", "customer", object{"code": code, "customer": object{"name": "Mei"}}},
				{"apply somehow", "apply", object{"code": code, "apply": "some"}},
			} {
				t.Log(path, c.name)
				if path == "/v1/holds" {
					c.body["seconds"] = 60
				}
				w.post(path, c.body).fails(422, "invalid", c.field)
			}
		}
		w.post("/v1/redemptions", object{"hold": "hld_none"}).fails(404, "not_found")
		w.post("/v1/redemptions", object{"hold": "hld_none", "code": code}).fails(422, "invalid", "hold")
		w.post("/v1/redemptions", object{"voucher": "vch_none"}).fails(404, "not_found")
		for _, seconds := range []any{0, 901, -1, nil, "60"} {
			w.post("/v1/holds", object{"code": code, "money": sgd(1), "seconds": seconds}).fails(422, "invalid", "seconds")
		}
	})
}

func TestValidation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("discount", nil), nil)
		v := w.post("/v1/validations", object{"code": code, "customer": object{"source_id": "nobody"}, "client": "203.0.113.7"}).is(200)
		v.has(true, "valid").has(nil, "order").has(id, "vouchers", 0, "voucher").has(nil, "vouchers", 0, "reason").
			has(1000, "vouchers", 0, "discount").has(1000, "vouchers", 0, "wanted").has(0, "vouchers", 0, "paid").has("SGD", "vouchers", 0, "currency")
		w.get("/v1/vouchers/"+id).has(0, "uses")
		w.get("/v1/customers?source_id=nobody").has([]any{}, "data")
		w.post("/v1/redemptions", object{"code": code}).is(201)
		w.post("/v1/validations", object{"code": code}).is(200).has(false, "valid").has("already_redeemed", "vouchers", 0, "reason").has(id, "vouchers", 0, "voucher")
		_, gift := w.issue(w.campaign("gift", nil), nil)
		w.post("/v1/validations", object{"codes": []any{object{"code": gift, "amount": 700}}}).is(200).has(700, "vouchers", 0, "paid").has(0, "vouchers", 0, "discount")
		percent := w.campaign("discount", object{"value": object{"type": "percent", "basis_points": 1000}})
		pid, _ := w.issue(percent, nil)
		w.post("/v1/validations", object{"voucher": pid}).is(200).has(true, "valid").has(nil, "vouchers", 0, "currency")
	})
}

func TestUnknownAndMistypedCodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, code := w.issue(w.campaign("gift", nil), nil)
		typo := []byte(code)
		for i := range typo { // one wrong character before the check character
			if typo[i] >= '2' && typo[i] <= '8' {
				typo[i]++
				break
			}
			if typo[i] >= 'A' && typo[i] <= 'G' {
				typo[i] = 'H'
				break
			}
		}
		for _, path := range []string{"/v1/redemptions", "/v1/validations", "/v1/holds", "/v1/vouchers/lookup"} {
			for reason, wrong := range map[string]string{"mistyped": string(typo), "not_found": "NO-SUCH-CODE-AT-ALL"} {
				body := object{"code": wrong}
				if path == "/v1/holds" {
					body["seconds"] = 60
				}
				w.post(path, body).fails(404, reason)
				w.send(ask{method: "POST", path: path, body: body, once: path + reason}).fails(404, reason)
				w.send(ask{method: "POST", path: path, body: body, once: path + reason}).fails(404, reason)
			}
		}
	})
}

func TestHold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("discount", nil), nil)
		held := w.post("/v1/holds", object{"code": code, "seconds": 600, "reference": "A-1"}).is(201).has("2026-11-21T04:10:00Z", "expires_at").has("open", "state").has(id, "vouchers", 0, "voucher")
		w.post("/v1/validations", object{"code": code}).is(200).has(false, "valid").has("held", "vouchers", 0, "reason")
		w.post("/v1/redemptions", object{"code": code}).fails(409, "held")
		w.get("/v1/vouchers/"+id).has("reserved", "status")
		w.post("/v1/redemptions", object{"hold": held.id()}).is(201).has(id, "redemptions", 0, "voucher").has("A-1", "redemptions", 0, "reference").has(held.id(), "redemptions", 0, "hold")
		w.post("/v1/redemptions", object{"hold": held.id()}).fails(409, "already_redeemed")
		w.post("/v1/holds/"+held.id()+"/release", nil).fails(409, "conflict")

		_, other := w.issue(w.campaign("discount", nil), nil)
		second := w.post("/v1/holds", object{"code": other, "seconds": 1}).is(201)
		w.post("/v1/holds/"+second.id()+"/release", nil).is(200).has("released", "state")
		w.post("/v1/redemptions", object{"hold": second.id()}).fails(409, "not_active")
		third := w.post("/v1/holds", object{"code": other, "seconds": 900}).is(201)
		w.clock.pass(900 * time.Second)
		w.post("/v1/redemptions", object{"hold": third.id()}).fails(409, "expired")
		w.post("/v1/redemptions", object{"code": other}).is(201)
		w.post("/v1/holds/hld_none/release", nil).fails(404, "not_found")
	})
}

func TestEventsAreListed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("gift", nil), nil)
		mei := w.customer("acct-1")
		for i := range 3 {
			w.clock.pass(time.Second)
			w.post("/v1/redemptions", object{"code": code, "money": sgd(100), "customer": mei, "reference": fmt.Sprint("R-", i)}).is(201)
		}
		w.get("/v1/events?type=voucher.redeemed").is(200).has([]any{}, "data")
		w.publish()
		page := w.get("/v1/events?type=voucher.redeemed&order=oldest&limit=2").is(200).has("R-0", "data", 0, "data", "reference").has("R-1", "data", 1, "data", "reference").
			has(id, "data", 0, "subject").has("key", "data", 0, "by", "kind").has(mei, "data", 0, "customer")
		w.get("/v1/events?type=voucher.redeemed&order=oldest&after="+page.at("next").(string)).is(200).has("R-2", "data", 0, "data", "reference").has(nil, "next")
		w.get("/v1/events?subject="+id+"&limit=1").is(200).has("R-2", "data", 0, "data", "reference").has("voucher.redeemed", "data", 0, "type")
		if n := len(w.get("/v1/events?customer=" + mei).at("data").([]any)); n != 4 {
			t.Errorf("%d events of the customer, want 4", n)
		}
	})
}
