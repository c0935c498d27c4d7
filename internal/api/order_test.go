package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
)

// cart is the order of the documentation's example: 3 × 13.95 with shipping of 5.00.
func cart() object {
	return object{"reference": "A-1", "currency": "USD", "shipping": 500, "channel": "web",
		"lines": []object{{"id": "l1", "product": "p1", "sku": "p1-red", "collections": []string{"shoes"}, "quantity": 3, "unit_price": 1395}}}
}

func tenth(parts object) object {
	body := object{"value": object{"type": "percent", "basis_points": 1000}}
	for k, v := range parts {
		body[k] = v
	}
	return body
}

// Journey J8, steps 2 to 5: validate, hold, redeem with the hold, again, reverse.
func TestJ8AShopsCheckout(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", tenth(object{"limits": object{"total": 1}}))
		id, code := w.issue(c, nil)
		mei := w.customer("acct-1")
		ask := object{"codes": []any{code}, "order": cart(), "customer": object{"source_id": "acct-1"}}
		want := object{"currency": "USD", "subtotal": 4185, "discount": 419, "shipping": 500, "shipping_discount": 0, "total": 4266, "paid": 0, "due": 4266, "shipping_by": []any{},
			"lines": []object{{"id": "l1", "subtotal": 4185, "discount": 419, "total": 3766, "by": []object{{"voucher": id, "discount": 419, "paid": 0}}}}}
		w.post("/v1/validations", ask).is(200).has(true, "valid").has(want, "order").has(419, "vouchers", 0, "discount").has(419, "vouchers", 0, "wanted").has(nil, "vouchers", 0, "reason")
		w.get("/v1/vouchers/"+id).has(0, "uses").has("active", "status")

		ask["seconds"] = 600
		hold := w.post("/v1/holds", ask).is(201).has(want, "order").has("2026-11-21T04:10:00Z", "expires_at").at("id")
		delete(ask, "seconds")
		w.post("/v1/validations", ask).is(200).has(false, "valid").has("held", "vouchers", 0, "reason").has(4685, "order", "due")

		body := string(jsonOf(object{"hold": hold}))
		first := w.send(ask2("/v1/redemptions", body, "K")).is(201).has(want, "order").has(mei, "redemptions", 0, "customer").has("A-1", "redemptions", 0, "reference")
		again := w.send(ask2("/v1/redemptions", body, "K")).is(201)
		if string(again.body) != string(first.body) {
			t.Errorf("the second answer is another: %s", again.body)
		}
		w.send(ask2("/v1/redemptions", string(jsonOf(ask)), "K")).fails(409, "idempotency_mismatch")
		w.get("/v1/vouchers/"+id).has(1, "uses")

		checkout := "/v1/checkouts/" + first.at("checkout").(string)
		w.get(checkout).is(200).has(want, "order").has([]any{}, "returned").has(false, "reversed").has(mei, "customer")
		w.get("/v1/checkouts?reference=A-1").is(200).has(first.at("checkout"), "data", 0, "id")
		w.post(checkout+"/reversal", object{"reason": "one came back", "lines": []object{{"id": "l1", "quantity": 1}}}).is(201).
			has(object{"amount": 140, "currency": "USD"}, "reversals", 0, "money").has(false, "reversals", 0, "whole")
		w.get(checkout).has([]object{{"id": "l1", "quantity": 1}}, "returned")
		w.post(checkout+"/reversal", object{"reason": "too many", "lines": []object{{"id": "l1", "quantity": 3}}}).fails(422, "invalid", "lines[0].quantity")
		w.post(checkout+"/reversal", object{"reason": "cancelled"}).is(201).has(object{"amount": 279, "currency": "USD"}, "reversals", 0, "money").has(true, "reversals", 0, "whole")
		w.post(checkout+"/reversal", object{"reason": "cancelled"}).fails(409, "already_reversed")
		w.get(checkout).has(true, "reversed")
		w.get("/v1/vouchers/"+id).has(0, "uses").has("active", "status")
		w.post("/v1/redemptions", ask).is(201) // the campaign's one use is back
	})
}

func ask2(path, body, once string) ask {
	return ask{method: "POST", path: path, body: body, once: once}
}

func TestSeveralCodesOnAnOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, ten := w.issue(w.campaign("discount", tenth(nil)), nil)
		_, free := w.issue(w.campaign("discount", object{"value": object{"type": "free_shipping"}}), nil)
		_, alone := w.issue(w.campaign("discount", tenth(object{"stacking": object{"exclusive": true, "priority": -1}})), nil)
		_, gift := w.issue(w.campaign("gift", object{"value": object{"type": "amount", "money": object{"amount": 5000, "currency": "USD"}}}), nil)
		mei := w.customer("acct-1")
		use := func(apply string, codes ...any) object {
			return object{"codes": codes, "order": cart(), "customer": mei, "apply": apply}
		}
		w.post("/v1/validations", use("all", gift, free, ten)).is(200).has(object{"currency": "USD", "subtotal": 4185, "discount": 419, "shipping": 500, "shipping_discount": 500, "total": 3766, "paid": 3766, "due": 0,
			"lines": w.post("/v1/validations", use("all", gift, free, ten)).at("order", "lines"), "shipping_by": w.post("/v1/validations", use("all", gift, free, ten)).at("order", "shipping_by")}, "order")
		w.post("/v1/validations", use("all", object{"code": gift, "amount": 700}, ten)).is(200).has(700, "order", "paid").has(3566, "order", "due").has(700, "vouchers", 0, "paid").has(0, "vouchers", 0, "discount")
		w.post("/v1/redemptions", use("all", ten, alone, "WRONG-CODE")).fails(409, "not_combinable").has([]object{{"index": 1, "tail": tailOf(alone), "reason": "not_combinable"}, {"index": 2, "tail": "", "reason": "not_found"}}, "vouchers")
		w.post("/v1/redemptions", use("all", ten, alone)).fails(409, "not_combinable")
		w.post("/v1/validations", use("possible", ten, "WRONG-CODE", alone)).is(200).has(true, "valid").has("not_found", "vouchers", 1, "reason").has("not_combinable", "vouchers", 2, "reason").has(419, "order", "discount")
		w.post("/v1/validations", use("all", ten, "WRONG-CODE")).is(200).has(false, "valid").has("not_found", "vouchers", 1, "reason").has(0, "order", "discount")
		w.post("/v1/validations", use("all", "WRONG-CODE")).fails(404, "not_found")
		w.post("/v1/redemptions", use("all", ten, ten)).fails(422, "invalid", "codes")
		part := use("possible", ten, "WRONG-CODE")
		part["seconds"] = 60
		held := w.post("/v1/holds", part).is(201).has([]object{{"index": 1, "tail": "", "reason": "not_found"}}, "refused").has(419, "order", "discount").id()
		w.post("/v1/holds/"+held+"/release", nil).is(200)
		out := w.post("/v1/redemptions", use("possible", ten, alone, gift)).is(201).has(419, "order", "discount").has(4266, "order", "paid").has("not_combinable", "vouchers", 1, "reason")
		if n := len(out.at("redemptions").([]any)); n != 2 {
			t.Errorf("%d redemptions", n)
		}
		w.restart() // what was refused is written down by then
		w.get("/v1/refusals?customer="+mei).is(200).has("not_combinable", "data", 0, "reason")
	})
}

func tailOf(code string) string { return code[len(code)-4:] }

func TestOrdersThatCannotBe(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		_, code := w.issue(w.campaign("discount", tenth(nil)), nil)
		line := func(more string) string { return `{"id":"l2","quantity":1,"unit_price":5` + more + `}` }
		many := strings.Repeat(`{"id":"l","quantity":1,"unit_price":1},`, 10_001)
		for _, c := range []struct{ name, lines, field string }{
			{"a price below zero", strings.Replace(line(""), ":5", ":-5", 1), "order.lines[1].unit_price"},
			{"no units", strings.Replace(line(""), `"quantity":1`, `"quantity":0`, 1), "order.lines[1].quantity"},
			{"half a unit", strings.Replace(line(""), `"quantity":1`, `"quantity":0.5`, 1), "order.lines[1].quantity"},
			{"more than fits", strings.Replace(strings.Replace(line(""), `"quantity":1`, `"quantity":1000000`, 1), ":5", ":1000000000000", 1), "order.lines[1].unit_price"},
			{"more than any number", strings.Replace(line(""), ":5", ":99999999999999999999", 1), "order.lines[1].unit_price"},
			{"another currency", line(`,"currency":"EUR"`), "order.lines[1].currency"},
			{"an id twice", strings.Replace(line(""), "l2", "l1", 1), "order.lines[1].id"},
			{"no id", strings.Replace(line(""), `"id":"l2",`, "", 1), "order.lines[1].id"},
			{"an unknown field", line(`,"price":5`), "order.lines[1].price"},
			{"10,001 lines", many[:len(many)-1], "order.lines[10000]"},
		} {
			body := `{"codes":["` + code + `"],"order":{"currency":"USD","lines":[{"id":"l1","quantity":1,"unit_price":100},` + c.lines + `]}}`
			for _, path := range []string{"/v1/validations", "/v1/redemptions"} {
				r := w.send(ask{method: "POST", path: path, body: body}).is(422)
				if fields, _ := r.at("fields").(map[string]any); fields[c.field] == nil {
					t.Errorf("%s: %v does not name %s", c.name, fields, c.field)
				}
			}
		}
		nothing := cart()
		nothing["metadata"] = object{"note": nil}
		w.post("/v1/validations", object{"codes": []any{code}, "order": nothing}).is(200).has(true, "valid")
		w.post("/v1/validations", object{"codes": []any{code}, "order": object{"currency": "USD", "lines": []any{}}}).fails(422, "invalid", "order.lines")
		w.post("/v1/validations", object{"codes": []any{code}, "order": object{"currency": "XYZ", "lines": cart()["lines"]}}).fails(422, "invalid", "order.currency")
	})
}

func TestWhyAVoucherWasRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", tenth(object{"conditions": object{"min_subtotal": object{"amount": 5000, "currency": "USD"}, "rule": object{"all": []object{{"fact": "metadata.tier", "op": "eq", "value": "gold"}}},
			"expert": `order.lines.exists(l, l.product == "p1")`}}))
		w.get("/v1/campaigns/"+c).is(200).has("gold", "conditions", "rule", "all", 0, "value").has(`order.lines.exists(l, l.product == "p1")`, "conditions", "expert")
		_, code := w.issue(c, nil)
		mei := w.customer("acct-1")
		ask := object{"codes": []any{code}, "order": cart(), "customer": mei}
		w.post("/v1/redemptions", ask).fails(409, "minimum_not_met")
		check := func(r reply, name string) map[string]any {
			for _, c := range r.at("vouchers", 0, "checks").([]any) {
				if c := c.(map[string]any); c["check"] == name {
					return c
				}
			}
			t.Fatalf("no check %s in %s", name, r.body)
			return nil
		}
		now := w.post("/v1/explanations", ask).is(200).has(false, "valid").has("minimum_not_met", "vouchers", 0, "reason")
		if m := check(now, "min_subtotal"); fmt.Sprint(m["passed"], m["want"], m["have"], ": ", m["text"]) != "false 5000 4185: Spend USD 8.15 more: the minimum is 50.00." {
			t.Errorf("%v", m)
		}
		if m := check(now, "rule"); m["passed"] != false || m["text"] != "A condition does not hold: metadata.tier is not known; it must be gold." {
			t.Errorf("%v", m)
		}
		if m := check(now, "expert"); m["passed"] != true {
			t.Errorf("%v", m)
		}
		w.clock.pass(time.Hour)
		w.restart()
		stored := w.get("/v1/refusals?customer="+mei).at("data", 0, "id").(string)
		then := w.post("/v1/explanations", object{"refusal": stored}).is(200).has("2026-11-21T04:00:00Z", "refusal", "at").has(cart(), "refusal", "order").has("minimum_not_met", "vouchers", 0, "reason")
		if m := check(then, "min_subtotal"); fmt.Sprint(m["want"], m["have"]) != "5000 4185" {
			t.Errorf("%v", m)
		}
		w.post("/v1/explanations", object{"refusal": stored, "code": code}).fails(422, "invalid", "refusal")
		w.post("/v1/explanations", object{"refusal": "rfs_none"}).fails(404, "not_found")
		w.post("/v1/campaigns", tenth(object{"kind": "discount", "name": "X", "conditions": object{"expert": "order.("}})).fails(422, "invalid", "conditions.expert")
		w.post("/v1/campaigns", tenth(object{"kind": "discount", "name": "X", "conditions": object{"rule": object{"fact": "weather", "op": "eq", "value": "fine"}}})).fails(422, "invalid", "conditions.rule")
	})
}

func TestQualifications(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := w.customer("acct-1")
		issue := func(parts object, public string) string {
			more := object{"customer": mei}
			if public != "" {
				more = object{"code": public}
			}
			id, _ := w.issue(w.campaign("discount", tenth(parts)), more)
			return id
		}
		small := issue(nil, "")
		far := issue(object{"conditions": object{"min_subtotal": object{"amount": 9000, "currency": "USD"}}}, "")
		near := issue(object{"conditions": object{"min_subtotal": object{"amount": 5385, "currency": "USD"}}}, "")
		large := issue(object{"value": object{"type": "percent", "basis_points": 2000}, "limits": object{"per_customer": 1}}, "WELCOME20")
		other := issue(object{"conditions": object{"channels": []string{"app"}}}, "")
		r := w.post("/v1/qualifications", object{"customer": mei, "order": cart()}).is(200)
		for i, want := range []string{large, small, near, far, other} {
			r.has(want, "data", i, "voucher")
		}
		r.has(837, "data", 0, "discount").has(true, "data", 0, "public").has(nil, "data", 0, "missing").has(1200, "data", 2, "missing", "amount").has("not_applicable", "data", 4, "reason").has(nil, "data", 4, "missing")
		w.post("/v1/qualifications", object{"customer": object{"source_id": "nobody"}, "order": cart()}).is(200).has(large, "data", 0, "voucher")
		w.post("/v1/qualifications", object{"customer": mei}).fails(422, "invalid", "order")
	})
}

func TestWhyItWasRefusedThen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("discount", tenth(nil)), nil)
		ask := object{"codes": []any{code}, "order": cart()}
		at := func(moment string) reply {
			return w.post("/v1/explanations", object{"codes": ask["codes"], "order": ask["order"], "at": moment})
		}
		w.clock.pass(time.Hour)
		w.post("/v1/vouchers/"+id+"/deactivate", object{"reason": "Test"}).is(200)
		w.clock.pass(time.Hour)
		w.post("/v1/vouchers/"+id+"/reactivate", nil).is(200)
		w.clock.pass(time.Hour)
		w.post("/v1/redemptions", ask).is(201)
		w.clock.pass(time.Hour)
		at("2026-11-21T04:30:00Z").is(200).has(true, "valid").has(419, "order", "discount").has("2026-11-21T04:30:00Z", "at").has([]any{}, "unknown")
		at("2026-11-21T05:30:00Z").is(200).has("disabled", "vouchers", 0, "reason")
		at("2026-11-21T06:30:00Z").is(200).has(true, "valid")
		at("2026-11-21T07:30:00Z").is(200).has("already_redeemed", "vouchers", 0, "reason")
		at("2026-11-21T03:30:00Z").fails(404, "not_found")
		at("2026-11-22T04:00:00Z").fails(422, "invalid", "at")
	})
}

// Where nobody says whose the order is, the holder of that moment is asked for.
func TestAVoucherWasSomebodyElsesThen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		shop, err := w.app.SaveLocation(ctx, program, "", app.LocationInput{Name: "Harbour"})
		if err != nil {
			t.Fatal(err)
		}
		id, code := w.issue(w.campaign("discount", tenth(object{"holder_policy": "assigned"})), object{"customer": w.customer("acct-1")})
		w.clock.pass(time.Hour)
		w.post("/v1/vouchers/"+id+"/reassign", object{"customer": w.customer("acct-2")}).is(200)
		w.clock.pass(time.Hour)
		w.post("/v1/explanations", object{"codes": []any{code}, "order": cart(), "location": shop.ID, "at": "2026-11-21T04:30:00Z"}).is(200).has(true, "valid")
	})
}

// What cannot be used hides nothing that can, however much of it there is.
func TestQualificationsLookPastWhatIsOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := w.customer("acct-1")
		good, _ := w.issue(w.campaign("discount", tenth(nil)), object{"customer": mei})
		over := w.campaign("discount", tenth(nil))
		for range 200 {
			w.issue(over, object{"customer": mei})
		}
		w.post("/v1/campaigns/"+over+"/pause", nil).is(200)
		w.post("/v1/qualifications", object{"customer": mei, "order": cart()}).is(200).has(good, "data", 0, "voucher")
	})
}
