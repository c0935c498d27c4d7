package api_test

import (
	"strings"
	"testing"
	"time"
)

func TestVoucherIsIssued(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("gift", nil)
		made := w.post("/v1/campaigns/"+c+"/vouchers", object{
			"customer": object{"source_id": "acct-1"}, "expires_at": "2027-01-01T00:00:00Z", "remarks": "Sorry", "earning_method": "automation",
			"source_reference": "flow-7", "metadata": object{"a": "b"},
		}).is(201)
		made.has("automation", "earning_method").has("flow-7", "source_reference").has("Sorry", "remarks").has("2027-01-01T00:00:00Z", "expires_at").
			has(sgd(1000), "balance").has(sgd(1000), "value", "money").has("gift", "kind").has("active", "status").has(nil, "max_uses").has("b", "metadata", "a")
		code, holder := made.at("code").(string), made.at("holder").(string)
		w.get("/v1/customers?source_id=acct-1").is(200).has(holder, "data", 0, "id")
		shown := w.get("/v1/vouchers/"+made.id()).is(200).has(nil, "code").has(holder, "holder")
		if tail := shown.at("tail").(string); !strings.HasSuffix(strings.ReplaceAll(code, "-", ""), tail) {
			t.Errorf("tail %s", tail)
		}
		w.post("/v1/vouchers/lookup", object{"code": " " + strings.ToLower(strings.ReplaceAll(code, "-", " "))}).is(200).has(made.id(), "id")
		w.post("/v1/vouchers/"+made.id()+"/reveal", nil).is(200).has(code, "code").has(made.id(), "voucher")
		w.publish()
		w.get("/v1/events?type=voucher.revealed").has(made.id(), "data", 0, "subject")
		plain := w.post("/v1/campaigns/"+c+"/vouchers", object{}).is(201)
		plain.has("api", "earning_method").has(nil, "holder").has(nil, "source_reference").has(nil, "ended")
	})
}

func TestPublicCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("discount", object{"limits": object{"total": 100, "unlimited_uses": true}})
		made := w.post("/v1/campaigns/"+c+"/vouchers", object{"code": "Welcome-10"}).is(201).has(true, "public").has("Welcome-10", "code")
		w.post("/v1/campaigns/"+c+"/vouchers", object{"code": "WELCOME10"}).fails(409, "conflict", "code")
		w.post("/v1/campaigns/"+c+"/vouchers", object{"code": "ab"}).fails(422, "invalid", "code")
		w.post("/v1/redemptions", object{"code": "welcome 10"}).is(201).has(made.id(), "redemptions", 0, "voucher")
		open := w.campaign("discount", object{"limits": object{"unlimited_uses": true}})
		w.post("/v1/campaigns/"+open+"/vouchers", object{"code": "FREE4ALL"}).fails(422, "invalid", "limits")
		w.post("/v1/campaigns/cmp_none/vouchers", object{}).fails(404, "not_found")
		w.post("/v1/campaigns/"+c+"/vouchers", object{"expires_at": "2026-11-21T03:59:59Z"}).fails(422, "invalid", "expires_at")
		w.post("/v1/campaigns/"+c+"/vouchers", object{"limits": object{"per_voucher": 0}}).fails(422, "invalid", "limits.per_voucher")
		w.post("/v1/campaigns/"+c+"/vouchers", object{"earning_method": "luck"}).fails(422, "invalid", "earning_method")
		w.post("/v1/campaigns/"+c+"/vouchers", object{"customer": "cus_none"}).fails(422, "invalid", "customer")
		w.post("/v1/campaigns/"+c+"/vouchers", object{"customer": object{"email": "a@b.c"}}).fails(422, "invalid", "customer")
	})
}

func TestVoucherActions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.campaign("gift", nil)
		fresh := func() string {
			id, _ := w.issue(c, object{"customer": object{"source_id": "acct-1"}})
			return "/v1/vouchers/" + id
		}
		why := object{"reason": "Printed twice"}

		void := fresh()
		w.post(void+"/void", object{}).fails(422, "invalid", "reason")
		w.post(void+"/void", why).is(200).has("void", "status").has("void", "state").has(sgd(0), "balance").has("Printed twice", "ended", "reason").has("2026-11-21T04:00:00Z", "ended", "at")
		w.post(void+"/delete", why).fails(409, "conflict")
		w.post(void+"/deactivate", why).fails(409, "conflict")

		deleted := fresh()
		w.post(deleted+"/delete", why).is(200).has("deleted", "status")
		w.get(deleted).is(200).has("deleted", "status")

		off := fresh()
		w.post(off+"/deactivate", why).is(200).has("deactivated", "status").has("active", "state").has(true, "disabled").has("Printed twice", "disabled_reason")
		w.post(off+"/deactivate", why).fails(409, "conflict")
		w.post(off+"/reactivate", nil).is(200).has("active", "status").has(false, "disabled")
		w.post(off+"/reactivate", nil).fails(409, "conflict")

		later := fresh()
		w.post(later+"/extend", object{"expires_at": "2026-11-22T00:00:00+08:00"}).is(200).has("2026-11-21T16:00:00Z", "expires_at")
		w.post(later+"/extend", object{"expires_at": "2026-11-21T04:00:00Z"}).fails(422, "invalid", "expires_at")
		w.post(later+"/extend", object{}).fails(422, "invalid", "expires_at")
		w.clock.pass(13 * time.Hour)
		w.get(later).has("expired", "status")
		w.post(later+"/extend", object{"expires_at": "2026-12-01T00:00:00Z", "reason": "Asked for it"}).is(200).has("active", "status")

		given := fresh()
		other := w.customer("acct-2")
		w.post(given+"/reassign", object{"customer": other}).is(200).has(other, "holder")
		w.post(given+"/reassign", object{"customer": object{"source_id": "acct-3"}}).is(200)
		w.post(given+"/reassign", object{"customer": "cus_none"}).fails(422, "invalid", "customer")
		w.post(given+"/reassign", object{}).fails(422, "invalid", "customer")
		for _, action := range []string{"void", "delete", "deactivate", "reactivate"} {
			w.post("/v1/vouchers/vch_none/"+action, why).fails(404, "not_found")
		}
	})
}

func TestVoucherIsReplaced(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("coupon", nil), object{"customer": object{"source_id": "acct-1"}})
		path := "/v1/vouchers/" + id
		w.post(path+"/replace", object{"value": object{"type": "percent", "basis_points": 1000}}).fails(422, "invalid", "reason")
		w.post(path+"/replace", object{"reason": "Wrong value", "value": object{"type": "percent", "basis_points": 20000}}).fails(422, "invalid", "value.basis_points")
		fresh := w.post(path+"/replace", object{"reason": "Wrong value", "value": object{"type": "percent", "basis_points": 1000}}).is(201)
		fresh.has(id, "replaces").has("percent", "value", "type").has(1000, "value", "basis_points").has("active", "status")
		w.get("/v1/vouchers/"+fresh.id()).is(200).has("percent", "value", "type").has(fresh.at("holder"), "holder")
		w.get(path).has("deleted", "status").has(fresh.id(), "replaced_by").has("amount", "value", "type")
		w.post("/v1/redemptions", object{"code": code, "customer": object{"source_id": "acct-1"}}).fails(409, "not_active")
		w.post("/v1/vouchers/"+fresh.id()+"/reveal", nil).is(200)
	})
}

func TestVouchersAreFiltered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		gifts, coupons := w.campaign("gift", nil), w.campaign("coupon", nil)
		mei := w.customer("acct-1")
		held, _ := w.issue(gifts, object{"customer": mei})
		used, code := w.issue(coupons, nil)
		ended, _ := w.issue(coupons, nil)
		w.post("/v1/redemptions", object{"code": code, "customer": mei}).is(201)
		w.post("/v1/vouchers/"+ended+"/void", object{"reason": "Test"}).is(200)
		v := w.get("/v1/vouchers/" + held)
		for query, want := range map[string][]string{
			"":                                    {ended, used, held},
			"kind=gift":                           {held},
			"campaign=" + coupons:                 {ended, used},
			"batch=" + v.at("batch").(string):     {held},
			"holder=" + mei + "&kind=gift":        {held},
			"used_by=" + mei:                      {used},
			"status=void":                         {ended},
			"status=active":                       {held},
			"used=true":                           {used},
			"used=false&kind=coupon":              {ended},
			"amount=1000&kind=gift":               {held},
			"amount=999":                          {},
			"serial=" + v.at("serial").(string):   {held},
			"tail=" + v.at("tail").(string):       {held},
			"used_from=2026-11-21T04:00:00Z":      {used},
			"used_to=2026-11-21T04:00:00Z":        {},
			"campaign=cmp_none&status=redeemed":   {},
			"status=redeemed&campaign=" + coupons: {used},
		} {
			r := w.get("/v1/vouchers?" + query).is(200)
			var page struct{ Data []struct{ ID string } }
			r.into(&page)
			got := map[string]bool{}
			for _, row := range page.Data {
				got[row.ID] = true
			}
			if len(got) != len(want) {
				t.Errorf("%s: %d vouchers, want %d: %s", query, len(got), len(want), r.body)
			}
			for _, id := range want {
				if !got[id] {
					t.Errorf("%s: %s is missing", query, id)
				}
			}
		}
		w.get("/v1/customers/"+mei+"/vouchers?kind=gift").is(200).has(held, "data", 0, "id")
	})
}
