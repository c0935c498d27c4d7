package api_test

import (
	"strings"
	"testing"
)

func TestBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("gift", nil), nil)
		const secret = "SEKRET-4711"
		for _, c := range []struct {
			name, body string
			status     int
			fault      string
			fields     []string
		}{
			{"nothing", ``, 422, "invalid", []string{"code"}},
			{"not JSON", `{"code":` + secret, 400, "malformed", nil},
			{"half of it", `{"code":"` + secret, 400, "malformed", nil},
			{"two of it", `{"code":"` + secret + `"}{}`, 400, "malformed", nil},
			{"a list", `["` + secret + `"]`, 422, "invalid", []string{"body"}},
			{"a text", `"` + secret + `"`, 422, "invalid", []string{"body"}},
			{"null", `null`, 422, "invalid", []string{"body"}},
			{"deep", `{"metadata":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, 400, "malformed", nil},
			{"very deep", strings.Repeat("[", 500_000), 400, "malformed", nil},
			{"a field twice", `{"code":"` + secret + `","code":"B"}`, 422, "invalid", []string{"code"}},
			{"an unknown field", `{"code":"` + secret + `","cod":"B"}`, 422, "invalid", []string{"cod"}},
			{"a secret as a field", `{"` + secret + `":"` + secret + `"}`, 422, "invalid", []string{"body"}},
			{"NUL, escaped", `{"code":"` + secret + `\u0000"}`, 422, "invalid", []string{"code"}},
			{"NUL, raw", "{\"reference\":\"" + secret + "\x00\"}", 422, "invalid", []string{"reference"}},
			{"broken UTF-8", "{\"reference\":\"" + secret + "\xff\"}", 422, "invalid", []string{"reference"}},
			{"half a surrogate", `{"reference":"` + secret + `\ud800"}`, 422, "invalid", []string{"reference"}},
			{"an exponent", `{"code":"` + secret + `","money":{"amount":1e3,"currency":"SGD"}}`, 422, "invalid", []string{"money.amount"}},
			{"a fraction", `{"code":"` + secret + `","money":{"amount":10.0,"currency":"SGD"}}`, 422, "invalid", []string{"money.amount"}},
			{"more than 2^53-1", `{"code":"` + secret + `","money":{"amount":9007199254740992,"currency":"SGD"}}`, 422, "invalid", []string{"money.amount"}},
			{"a huge number", `{"code":"` + secret + `","money":{"amount":1` + strings.Repeat("0", 100_000) + `,"currency":"SGD"}}`, 422, "invalid", []string{"money.amount"}},
			{"an amount as text", `{"code":"` + secret + `","money":{"amount":"1.000,00","currency":"SGD"}}`, 422, "invalid", []string{"money.amount"}},
			{"just too long", `{"code":"` + strings.Repeat("A", 4<<20) + `"}`, 413, "too_large", nil},
			{"far too long", `{"code":"` + strings.Repeat("A", 8<<20) + `"}`, 413, "too_large", nil},
		} {
			t.Log(c.name)
			r := w.send(ask{method: "POST", path: "/v1/redemptions", body: c.body, once: "K"}).fails(c.status, c.fault, c.fields...)
			if strings.Contains(string(r.body), secret) {
				t.Errorf("%s: the answer says what was sent: %s", c.name, r.body)
			}
		}
		if strings.Contains(w.log.text(), secret) {
			t.Error("the log says what was sent")
		}
		w.post("/v1/redemptions", object{"code": code, "money": sgd(1)}).is(201) // its neighbours are unharmed
		w.get("/v1/vouchers/"+id).has(sgd(999), "balance")
	})
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		send := func(kind string) reply {
			return w.send(ask{method: "POST", path: "/v1/customers", body: `{"name":"Mei"}`, header: map[string]string{"Content-Type": kind}})
		}
		for _, kind := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"} {
			send(kind).is(201)
		}
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "multipart/form-data; boundary=x", ";", "application/merge-patch+json"} {
			send(kind).fails(415, "unsupported_media_type")
		}
	})
}

func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			method, path string
			status       int
			fault        string
			fields       []string
		}{
			{"GET", "/v1/nothing", 404, "no_such_path", nil},
			{"GET", "/v1/", 404, "no_such_path", nil},
			{"GET", "/v1/vouchers/", 404, "no_such_path", nil},
			{"DELETE", "/v1/vouchers", 405, "method_not_allowed", nil},
			{"PUT", "/v1/campaigns/cmp_1", 405, "method_not_allowed", nil},
			{"GET", "/v1/holds", 405, "method_not_allowed", nil},
			{"GET", "/v1/vouchers/lookup", 404, "not_found", nil},
			{"GET", "/v1/vouchers/vch_%00", 404, "not_found", nil},
			{"GET", "/v1/vouchers/%ff", 404, "not_found", nil},
			{"GET", "/v1/vouchers/" + strings.Repeat("x", 200), 404, "not_found", nil},
			{"GET", "/v1/vouchers?code=ABC", 422, "invalid", []string{"code"}},
			{"GET", "/v1/vouchers?KIND=gift", 422, "invalid", []string{"query"}},
			{"GET", "/v1/vouchers?kind=gift&kind=refill", 422, "invalid", []string{"kind"}},
			{"GET", "/v1/vouchers?kind=stamp", 422, "invalid", []string{"kind"}},
			{"GET", "/v1/vouchers?limit=0", 422, "invalid", []string{"limit"}},
			{"GET", "/v1/vouchers?limit=201", 422, "invalid", []string{"limit"}},
			{"GET", "/v1/vouchers?limit=ten", 422, "invalid", []string{"limit"}},
			{"GET", "/v1/vouchers?after=nonsense", 422, "invalid", []string{"after"}},
			{"GET", "/v1/campaigns?after=W10", 422, "invalid", []string{"after"}},
			{"GET", "/v1/vouchers?serial=%00", 422, "invalid", []string{"serial"}},
			{"GET", "/v1/vouchers?serial=%ff", 422, "invalid", []string{"serial"}},
			{"GET", "/v1/vouchers?serial=%zz", 422, "invalid", []string{"query"}},
			{"GET", "/v1/vouchers?used=maybe", 422, "invalid", []string{"used"}},
			{"GET", "/v1/vouchers?amount=10.00", 422, "invalid", []string{"amount"}},
			{"GET", "/v1/redemptions?from=yesterday", 422, "invalid", []string{"from"}},
			{"GET", "/v1/events?order=random", 422, "invalid", []string{"order"}},
		} {
			t.Log(c.method, c.path)
			r := w.send(ask{method: c.method, path: c.path})
			r.fails(c.status, c.fault, c.fields...)
			if c.status == 405 && r.header.Get("Allow") == "" {
				t.Errorf("%s %s: no Allow", c.method, c.path)
			}
		}
		w.get("/v1/vouchers?kind=&status=").is(200)
	})
}
