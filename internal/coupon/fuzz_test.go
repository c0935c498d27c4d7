package coupon_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
)

// Whatever terms and order arrive as JSON: what is found valid can be judged, and what it
// gives adds up.
func FuzzAnOrderUnderTerms(f *testing.F) {
	f.Add(`{"value":{"type":"percent","basis_points":1000,"max":{"amount":500,"currency":"SGD"}}}`, `{"currency":"SGD","shipping":500,"lines":[{"id":"l1","quantity":3,"unit_price":1395}]}`)
	f.Add(`{"value":{"type":"item","get":{"quantity":2},"buy":{"products":["p"],"quantity":1},"applies_to":{"per":"unit"}}}`, `{"currency":"SGD","lines":[{"id":"l1","product":"p","quantity":3,"unit_price":5},{"id":"l2","quantity":1000000,"unit_price":1}]}`)
	f.Add(`{"value":{"type":"amount","money":{"amount":1000000000000,"currency":"SGD"},"applies_to":{"per":"unit","pick":"dearest","quantity":2}},"stacking":{"basis":"original"}}`, `{"currency":"SGD","lines":[{"id":"l1","quantity":999999,"unit_price":9007199254}]}`)
	f.Add(`{"value":{"type":"fixed_price","price":{"amount":1,"currency":"SGD"}},"conditions":{"rule":{"any":[{"fact":"metadata.a","op":"in","value":["b"]},{"not":{"fact":"order.quantity","op":"gt","value":3}}]}}}`, `{"currency":"SGD","metadata":{"a":"b"},"lines":[{"id":"l1","quantity":1,"unit_price":0}]}`)
	f.Add(`{"value":{"type":"free_shipping"},"conditions":{"rule":{"fact":"metadata.a","op":"eq","value":[1]}}}`, `{"currency":"SGD","metadata":{"a":[1]},"lines":[{"id":"l1","quantity":1,"unit_price":0}]}`)
	f.Fuzz(func(t *testing.T, terms, order string) {
		var doc coupon.TermsDoc
		var o coupon.Order
		if json.NewDecoder(strings.NewReader(terms)).Decode(&doc) != nil || json.NewDecoder(strings.NewReader(order)).Decode(&o) != nil {
			return
		}
		doc.Holder = coupon.Open
		if len(coupon.Valid(coupon.KindDiscount, doc, coupon.Limits{})) > 0 || len(o.Valid()) > 0 {
			return
		}
		d := newDesk(t)
		d.Expert = func(string, map[string]any) (bool, error) { return true, nil }
		d.issue(d.campaign(coupon.KindDiscount, doc), "A")
		out, err := do[coupon.Redeemed](d, on(o, "A"))
		if err == nil {
			addsUp(t, &o, &out)
		}
	})
}
