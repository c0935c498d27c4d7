package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// F55: a code that was made, sent or answered stands in no log, header, address, event,
// problem or figure, whatever a client does with it.
func TestCodesStandNowhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		gift := w.campaign("gift", object{"limits": object{"total": 100}})
		_, spent := w.issue(gift, nil)
		id, code := w.issue(gift, nil)
		made := w.codes(w.batch(w.refills(), 3))
		codes := append([]string{spent, code, "NO-SUCH-CODE-HERE", "BROKEN\u0007CODE-4711"}, made...)
		check := hides(codes)
		for i, c := range codes {
			for _, path := range []string{"/v1/vouchers/lookup", "/v1/validations", "/v1/holds", "/v1/redemptions"} {
				for _, body := range []object{
					{"code": c, "customer": object{"source_id": "acct-1"}}, {"code": c, "money": sgd(1)}, {"codes": []any{object{"code": c, "amount": 1}}},
					{"code": c, "seconds": 1}, {"codes": []any{c, c}}, {"code": c, "code ": c}, {"code": []string{c}}, {"code": c, c: 1}, {"codes": object{"code": c}},
					{"code": c + c + c + c + c + c}, {"code": c, "reference": "\x00"}, {"code": c, "customer": "cus_none"},
				} {
					check(w.send(ask{method: "POST", path: path, body: body, once: fmt.Sprint(path, i, body)}))
				}
				check(w.send(ask{method: "POST", path: path, body: `{"code":"` + c}))
			}
		}
		w.post("/v1/vouchers/"+id+"/reveal", nil).is(200)
		w.stop()
		w.begin()
		w.publish()
		for _, path := range []string{"/v1/campaigns", "/v1/batches", "/v1/vouchers", "/v1/redemptions", "/v1/refusals", "/v1/events", "/v1/customers", "/metrics"} {
			check(w.send(ask{method: "GET", path: path, address: "127.0.0.1"}).is(200))
		}
		for _, path := range []string{"/v1/vouchers/" + code, "/v1/vouchers?serial=" + made[0], "/v1/redemptions/" + made[0]} {
			check(w.get(path)) // a client that does what it should not
		}
		for _, pattern := range w.api.Endpoints() {
			if strings.Contains(pattern, "{code}") {
				t.Errorf("%s has a code in its address", pattern)
			}
		}
		w.logHides(codes)
	})
}

// hides returns what fails when one of the codes stands in an answer.
func hides(codes []string) func(r reply) {
	return func(r reply) {
		r.t.Helper()
		for _, c := range codes {
			for name, values := range r.header {
				if stands(strings.Join(values, " "), c) {
					r.t.Errorf("%s: a code stands in the header %s", r.what, name)
				}
			}
			if stands(string(r.body), c) {
				r.t.Errorf("%s: a code stands in the answer %s", r.what, r.body)
			}
		}
	}
}

func (w *world) logHides(codes []string) {
	w.t.Helper()
	for _, c := range codes {
		for line := range strings.Lines(w.log.text()) {
			if stands(line, c) {
				w.t.Errorf("a code stands in the log: %s", line)
			}
		}
	}
}

// stands reports whether a text holds a code in any of its forms.
func stands(text, code string) bool {
	plain := strings.ReplaceAll(code, "-", "")
	canonical, err := coupon.Canonical(code)
	return strings.Contains(text, code) || strings.Contains(text, plain) || err == nil && strings.Contains(text, canonical)
}

// 300 tills, 50 uses: the last use goes to exactly one of them.
func TestTillsShareAVoucher(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, code := w.issue(w.campaign("discount", nil), object{"limits": object{"per_voucher": 50}})
		var mu sync.Mutex
		got := map[int]int{}
		var wg sync.WaitGroup
		for range 300 {
			wg.Go(func() {
				r := w.post("/v1/redemptions", object{"code": code})
				mu.Lock()
				defer mu.Unlock()
				got[r.status]++
			})
		}
		wg.Wait()
		if got[201] != 50 || got[409] != 250 {
			t.Errorf("answers %v, want 50 of 201 and 250 of 409", got)
		}
		w.get("/v1/vouchers/"+id).has(50, "uses").has("redeemed", "status")
	})
}
