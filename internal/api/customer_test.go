package api_test

import (
	"strings"
	"testing"
)

func TestCustomer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, nobody := range []object{{}, {"name": " ", "email": ""}, {"groups": []string{"gold"}}} {
			w.post("/v1/customers", nobody).fails(422, "invalid", "name")
		}
		w.post("/v1/customers", object{"email": " Jo@Bücher.example "}).is(201).has("jo@bücher.example", "email")
		made := w.post("/v1/customers", object{
			"source_id": "acct-1", "name": "Mei Lin", "email": "Mei.Lin@Example.com", "mobile": "9123 4567", "member_id": "M-1", "groups": []string{"gold"},
			"language": "zh-hans", "consent": object{"email": true, "sms": false}, "metadata": object{"tier": "2"},
		}).is(201)
		made.has("acct-1", "source_id").has("mei.lin@example.com", "email").has("+6591234567", "mobile").has("zh-Hans", "language").has("gold", "groups", 0).
			has(true, "consent", "email").has("active", "state").has("2", "metadata", "tier")
		path := "/v1/customers/" + made.id()
		if got := w.get(path).is(200); string(got.body) != string(made.body) {
			t.Errorf("made\n%sshown\n%s", made.body, got.body)
		}
		for field, taken := range map[string]object{
			"source_id": {"source_id": "acct-1"}, "email": {"email": "mei.lin@example.com"}, "mobile": {"mobile": "+65 9123 4567"}, "member_id": {"member_id": "M-1"},
		} {
			w.post("/v1/customers", taken).fails(409, "conflict", field).has(made.id(), "existing")
		}
		patch := func(body any) reply { return w.send(ask{method: "PATCH", path: path, body: body}) }
		patch(object{"name": "Mei L.", "email": nil, "state": "blocked", "member_id": ""}).is(200).
			has("Mei L.", "name").has("mei.lin@example.com", "email").has("blocked", "state").has(nil, "member_id")
		other := w.customer("acct-2")
		w.send(ask{method: "PATCH", path: "/v1/customers/" + other, body: object{"source_id": "acct-1"}}).fails(409, "conflict", "source_id").has(made.id(), "existing")
		w.get("/v1/customers?search=mei").is(200)
		w.get("/v1/customers?group=gold").is(200).has(made.id(), "data", 0, "id")
		w.get("/v1/customers?source_id=acct-2").is(200).has(other, "data", 0, "id").has(nil, "next")
		w.get("/v1/customers?source_id=acct-9").is(200).has([]any{}, "data")
		patch(object{"state": "active"}).is(200).has("active", "state")
		for _, part := range []string{"", "/balances", "/entries", "/vouchers", "/events"} {
			w.get("/v1/customers/cus_none"+part).fails(404, "not_found")
			w.get(path + part).is(200)
		}
	})
}

func TestCustomerNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			name, field string
			body        object
		}{
			{"no e-mail", "email", object{"email": "mei"}},
			{"a domain without a dot", "email", object{"email": "mei@example"}},
			{"a display name", "email", object{"email": "Mei <mei@example.com>"}},
			{"a spreadsheet's number", "mobile", object{"mobile": "6.59E+09"}},
			{"letters", "mobile", object{"mobile": "call me"}},
			{"no language", "language", object{"name": "Mei", "language": "!"}},
			{"a long name", "name", object{"name": strings.Repeat("x", 201)}},
			{"control characters", "name", object{"name": "a\u0007b"}},
			{"NUL", "name", object{"name": "a\x00b"}},
			{"a blank group", "groups", object{"groups": []string{" "}}},
			{"consent in words", "consent.email", object{"consent": object{"email": "yes"}}},
			{"another state", "state", object{"state": "happy"}},
			{"a list of metadata", "metadata", object{"metadata": []string{"a"}}},
		} {
			t.Log(c.name)
			w.post("/v1/customers", c.body).fails(422, "invalid", c.field)
		}
	})
}

func TestBalanceIsAdjusted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.customer("acct-1")
		path := "/v1/customers/" + id
		adjust := func(minor int) reply {
			return w.post(path+"/adjustments", object{"money": sgd(minor), "reason": "Goodwill"})
		}
		adjust(500).is(201).has([]object{{"customer": id, "amount": 500, "currency": "SGD"}}, "balances")
		adjust(-200).is(201).has(300, "balances", 0, "amount")
		adjust(-301).fails(409, "insufficient_balance", "money")
		adjust(0).fails(422, "invalid", "money")
		w.post(path+"/adjustments", object{"money": sgd(1)}).fails(422, "invalid", "reason")
		w.post(path+"/adjustments", object{"money": object{"amount": 1, "currency": "XXQ"}, "reason": "Test"}).fails(422, "invalid", "money")
		w.post("/v1/customers/cus_none/adjustments", object{"money": sgd(1), "reason": "Test"}).fails(404, "not_found")
		w.get(path + "/balances").is(200).has(object{"data": []object{sgd(300)}, "next": nil})
		first := w.get(path+"/entries?limit=1").is(200).has(sgd(-200), "data", 0, "money").has(300, "data", 0, "balance").has("adjust", "data", 0, "kind")
		w.get(path+"/entries?after="+first.at("next").(string)).is(200).has(sgd(500), "data", 0, "money").has(500, "data", 0, "balance")
		w.get(path+"/events?type=balance.adjusted").is(200).has("Goodwill", "data", 0, "data", "reason")
	})
}
