package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// pricedOf is the order as the document describes it.
func pricedOf(p *coupon.Priced) *priced {
	shareOf := func(s *coupon.Share) share { return share(*s) }
	return &priced{
		Currency: string(p.Currency), Subtotal: p.Subtotal, Discount: p.Discount, Shipping: p.Shipping, ShippingDiscount: p.ShippingDiscount, Total: p.Total,
		Paid: p.Paid, Due: p.Due, ShippingBy: each(p.ShippingBy, shareOf),
		Lines: each(p.Lines, func(l *coupon.PricedLine) pricedLine {
			return pricedLine{l.ID, l.Subtotal, l.Discount, l.Total, each(l.By, shareOf)}
		}),
	}
}

// What is written by hand is what encoding/json would write, wherever an order stands.
func TestOrdersAreWrittenAsDocumented(t *testing.T) {
	t.Parallel()
	a, b, c := coupon.Share{Voucher: "vch_a", Discount: 5}, coupon.Share{Voucher: "vch_b", Paid: 9007199254740991}, coupon.Share{Voucher: "vch_\"c", Discount: -1, Paid: 7}
	for _, o := range []*coupon.Priced{
		{},
		{Currency: "USD", Subtotal: 1, Discount: 2, Shipping: 3, ShippingDiscount: 4, Total: 5, Paid: 6, Due: 7, ShippingBy: []coupon.Share{b},
			Lines: []coupon.PricedLine{{ID: "l1", Subtotal: 8, Discount: 9, Total: 10, By: []coupon.Share{a, b}}, {ID: "l2"}, {ID: "\"<&>\\\u2028é\n\x7f", By: []coupon.Share{b, c, a, a}}}},
	} {
		want := strings.TrimSpace(string(encode(pricedOf(o))))
		text := "why <not>"
		for name, v := range map[string]any{
			"a validation":              validation{Valid: true, Order: (*shown)(o), Vouchers: []validatedVoucher{{Tail: "<b>", Text: &text}}},
			"a redemption":              redeemed{Checkout: "chk_1", Order: (*shown)(o)},
			"a hold":                    hold{ID: "hld_1", Order: (*shown)(o), CreatedAt: time.Unix(0, 0)},
			"what is refused of a hold": hold{Order: (*shown)(o), Refused: []refusedVoucher{{Tail: "x"}}},
			"an explanation":            explanation{Order: (*shown)(o)},
			"a list":                    list[checkout]{Data: []checkout{{ID: "chk_1", Order: (*shown)(o)}}},
		} {
			got := string(encode(v))
			if !strings.Contains(got, `"order":`+want) || !strings.HasSuffix(got, "}\n") {
				t.Errorf("%s: %s lacks %s", name, got, want)
			}
			var plain strings.Builder
			enc := json.NewEncoder(&plain)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(v); err != nil || plain.String() != got {
				t.Errorf("%s: %v\n%s\nis written as\n%s", name, err, plain.String(), got)
			}
		}
	}
	if got := string(encode(validation{})); got != "{\"valid\":false,\"vouchers\":null,\"order\":null}\n" {
		t.Error(got)
	}
}
