package api_test

import (
	"strings"
	"testing"
)

func TestCampaign(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		made := w.post("/v1/campaigns", object{
			"kind": "discount", "name": "Spring", "value": object{"type": "percent", "basis_points": 1000, "max": sgd(2000), "applies_to": object{"scope": "lines", "products": []string{"p1"}, "pick": "cheapest", "quantity": 1}},
			"conditions": object{"min_subtotal": sgd(5000), "customer_groups": []string{"gold"}, "channels": []string{"web"},
				"windows": []object{{"days": []string{"mon", "tue"}, "from": "09:00", "to": "17:00", "time_zone": "Asia/Singapore"}}},
			"limits":   object{"per_voucher": 2, "per_customer": 1, "total": 1000, "per_day": 50, "budget": sgd(100000)},
			"validity": object{"expires_at": "2026-12-31T23:59:59+08:00"},
			"stacking": object{"class": "order", "combines_with": []string{"item", "shipping"}, "priority": 5, "basis": "original"},
			"code":     object{"prefix": "SAVE", "length": 12, "alphabet": "safe32", "check": true}, "holder_policy": "open",
			"terms_text": "One per person.", "instructions": "Show it.", "metadata": object{"team": "blue"},
		}).is(201)
		made.has("active", "state").has("2026-12-31T15:59:59Z", "validity", "expires_at").has(nil, "validity", "starts_at")
		got := w.get("/v1/campaigns/" + made.id()).is(200)
		if string(got.body) != string(made.body) {
			t.Errorf("made\n%sshown\n%s", made.body, got.body)
		}
		got.has(1000, "value", "basis_points").has("cheapest", "value", "applies_to", "pick").has(sgd(5000), "conditions", "min_subtotal").
			has("09:00", "conditions", "windows", 0, "from").has(2, "limits", "per_voucher").has(50, "limits", "per_day").has(sgd(100000), "limits", "budget").
			has("original", "stacking", "basis").has(12, "code", "length").has(true, "code", "check").has("blue", "metadata", "team")
	})
}

func TestCampaignDefaults(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		plain := w.post("/v1/campaigns", object{"kind": "discount", "name": "Plain", "value": object{"type": "amount", "money": sgd(500)}}).is(201)
		plain.has(1, "limits", "per_voucher").has("open", "holder_policy").has("safe32", "code", "alphabet").has(true, "code", "check").has(false, "drawdown")
		gift := w.post("/v1/campaigns", object{"kind": "gift", "name": "Gift", "state": "draft", "value": object{"type": "amount", "money": sgd(500)}, "metadata": nil}).is(201)
		gift.has("draft", "state").has(true, "drawdown").has(object{}, "metadata")
		free := w.post("/v1/campaigns", object{"kind": "discount", "name": "Free", "value": object{"type": "percent", "basis_points": 1}, "limits": object{"unlimited_uses": true, "total": 5}}).is(201)
		free.has(true, "limits", "unlimited_uses").has(5, "limits", "total")
	})
}

func TestCampaignIsChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id := w.campaign("discount", object{"description": "As it was", "limits": object{"total": 10, "per_day": 2}})
		path := "/v1/campaigns/" + id
		patch := func(body any) reply { return w.send(ask{method: "PATCH", path: path, body: body}) }
		w.clock.pass(1e9)
		patch(object{"name": "Summer", "description": nil, "limits": object{"total": 20}}).is(200).
			has("Summer", "name").has("As it was", "description").has(20, "limits", "total").has("2026-11-21T04:00:01Z", "updated_at")
		patch(object{"value": object{"type": "amount", "money": sgd(700)}}).is(200).has(sgd(700), "value", "money")
		w.issue(id, nil)
		patch(object{"value": object{"type": "percent", "basis_points": 100}}).fails(422, "invalid", "value.type", "value.money.currency")
		patch(object{"kind": "gift"}).fails(422, "invalid", "kind")
		for _, c := range []struct{ action, state string }{{"pause", "paused"}, {"activate", "active"}, {"archive", "archived"}} {
			w.post(path+"/"+c.action, nil).is(200).has(c.state, "state").has("Summer", "name")
		}
		w.post(path+"/activate", nil).fails(409, "conflict")
		patch(object{"name": "Winter"}).fails(409, "conflict")
		w.post(path+"/archive", nil).is(200)
		w.get(path).is(200).has("archived", "state").has("Summer", "name")
		w.send(ask{method: "PATCH", path: "/v1/campaigns/cmp_none", body: object{"name": "X"}}).fails(404, "not_found")
	})
}

func TestCampaignsAreListed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"Red tea", "Green tea", "Coffee"} {
			w.clock.pass(1e9)
			w.campaign("discount", object{"name": name})
		}
		w.campaign("gift", object{"name": "Green gift", "state": "draft"})
		first := w.get("/v1/campaigns?limit=3").is(200).has("Green gift", "data", 0, "name").has("Coffee", "data", 1, "name")
		next := first.at("next").(string)
		w.get("/v1/campaigns?limit=3&after="+next).is(200).has("Red tea", "data", 0, "name").has(nil, "next")
		w.get("/v1/campaigns?kind=gift").is(200).has("Green gift", "data", 0, "name").has(nil, "next")
		w.get("/v1/campaigns?state=active&search=green").is(200).has("Green tea", "data", 0, "name")
		if n := len(w.get("/v1/campaigns?search=nothing").is(200).at("data").([]any)); n != 0 {
			t.Errorf("%d campaigns begin with nothing", n)
		}
	})
}

func TestCampaignNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		amount := object{"type": "amount", "money": sgd(1000)}
		for _, c := range []struct {
			name   string
			body   object
			fields []string
		}{
			{"nothing", object{}, []string{"kind", "name", "value"}},
			{"no name", object{"kind": "gift", "name": " ", "value": amount}, []string{"name"}},
			{"a long name", object{"kind": "gift", "name": strings.Repeat("é", 201), "value": amount}, []string{"name"}},
			{"an unknown kind", object{"kind": "stamp", "name": "X", "value": amount}, []string{"kind"}},
			{"another capital", object{"kind": "gift", "Name": "X", "value": amount}, []string{"body", "name"}},
			{"no amount", object{"kind": "gift", "name": "X", "value": object{"type": "amount"}}, []string{"value.money"}},
			{"amount zero", object{"kind": "gift", "name": "X", "value": object{"type": "amount", "money": sgd(0)}}, []string{"value.money"}},
			{"amount below zero", object{"kind": "gift", "name": "X", "value": object{"type": "amount", "money": sgd(-1)}}, []string{"value.money"}},
			{"an unknown currency", object{"kind": "gift", "name": "X", "value": object{"type": "amount", "money": object{"amount": 1, "currency": "XXQ"}}}, []string{"value.money"}},
			{"an amount as text", object{"kind": "gift", "name": "X", "value": object{"type": "amount", "money": object{"amount": "10,50", "currency": "SGD"}}}, []string{"value.money.amount"}},
			{"0 percent", object{"kind": "discount", "name": "X", "value": object{"type": "percent", "basis_points": 0}}, []string{"value.basis_points"}},
			{"101 percent", object{"kind": "discount", "name": "X", "value": object{"type": "percent", "basis_points": 10100}}, []string{"value.basis_points"}},
			{"a limit of zero", object{"kind": "gift", "name": "X", "value": amount, "limits": object{"total": 0}}, []string{"limits.total"}},
			{"a start after the end", object{"kind": "gift", "name": "X", "value": amount, "validity": object{"starts_at": "2027-01-02T00:00:00Z", "expires_at": "2027-01-01T00:00:00Z"}}, []string{"validity.starts_at"}},
			{"a date as time", object{"kind": "gift", "name": "X", "value": amount, "validity": object{"expires_at": "2027-01-01"}}, []string{"validity.expires_at"}},
			{"no such day", object{"kind": "gift", "name": "X", "value": amount, "conditions": object{"windows": []object{{"days": []string{"funday"}}}}}, []string{"conditions.windows[0].days[0]"}},
			{"an unknown field", object{"kind": "gift", "name": "X", "value": amount, "discount": 5}, []string{"discount"}},
			{"an unknown field further in", object{"kind": "gift", "name": "X", "value": object{"type": "amount", "money": sgd(1), "amount": 1}}, []string{"value.amount"}},
			{"the server's own field", object{"kind": "gift", "name": "X", "value": amount, "id": "cmp_mine"}, []string{"id"}},
			{"paused at once", object{"kind": "gift", "name": "X", "value": amount, "state": "paused"}, []string{"state"}},
			{"letters before digits", object{"kind": "gift", "name": "X", "value": amount, "code": object{"prefix": "AB", "alphabet": "digits"}}, []string{"code.prefix"}},
			{"metadata that is no text", object{"kind": "gift", "name": "X", "value": amount, "metadata": object{"size": 5}}, []string{"metadata.size"}},
		} {
			t.Log(c.name)
			w.post("/v1/campaigns", c.body).fails(422, "invalid", c.fields...)
		}
	})
}

func TestACampaignShowsThatItSkipsReducedPrices(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", object{"value": object{"type": "percent", "basis_points": 1000, "applies_to": object{"skip_discounted": true}}})
		w.get("/v1/campaigns/"+c).is(200).has(true, "value", "applies_to", "skip_discounted")
	})
}
