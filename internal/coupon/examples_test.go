package coupon_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// example is a worked example of docs/discounts.md.
type example struct {
	Name      string `json:"example"`
	Campaigns map[string]struct {
		Kind       coupon.Kind       `json:"kind"`
		Value      coupon.Value      `json:"value"`
		Conditions coupon.Conditions `json:"conditions"`
		Stacking   coupon.Stacking   `json:"stacking"`
	} `json:"campaigns"`
	Order    coupon.Order      `json:"order"`
	Codes    []json.RawMessage `json:"codes"`
	Apply    string            `json:"apply"`
	Discount int64             `json:"discount"`
	Shipping int64             `json:"shipping_discount"`
	Total    int64             `json:"total"`
	Paid     int64             `json:"paid"`
	Due      int64             `json:"due"`
	Lines    map[string]int64  `json:"lines"`
	Wanted   map[string]int64  `json:"wanted"`
	Refused  map[string]string `json:"refused"`
}

func TestExamplesOfTheDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/discounts.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```json\n(.*?)\n```").FindAllSubmatch(text, -1)
	if len(found) < 20 {
		t.Fatalf("the documentation has only %d examples", len(found))
	}
	for _, block := range found {
		var x example
		if err := json.Unmarshal(block[1], &x); err != nil {
			t.Fatalf("%v in %s", err, block[1])
		}
		t.Run(x.Name, func(t *testing.T) {
			t.Parallel()
			x.run(t)
		})
	}
}

func (x *example) run(t *testing.T) {
	d := newDesk(t)
	for name, c := range x.Campaigns {
		if c.Kind == "" {
			c.Kind = coupon.KindDiscount
		}
		doc := coupon.TermsDoc{Value: c.Value, Conditions: c.Conditions, Stacking: c.Stacking}
		doc.Default(c.Kind, nil, false, nil)
		if wrong := coupon.Valid(c.Kind, doc, coupon.Limits{}); len(wrong) > 0 {
			t.Fatalf("campaign %s: %v", name, wrong)
		}
		d.issue(d.campaign(c.Kind, doc), name)
	}
	if wrong := x.Order.Valid(); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	cmd := coupon.Redeem{Order: &x.Order, Possible: x.Apply == "possible", Channel: coupon.ViaAPI, By: till}
	var codes []string
	for _, raw := range x.Codes {
		one := struct {
			Code   string `json:"code"`
			Amount int64  `json:"amount"`
		}{}
		if json.Unmarshal(raw, &one.Code) != nil {
			if err := json.Unmarshal(raw, &one); err != nil {
				t.Fatal(err)
			}
		}
		item := coupon.Item{Fingerprints: []string{one.Code}}
		if one.Amount > 0 {
			item.Money = &money.Amount{Minor: one.Amount, Asset: x.Order.Currency}
		}
		codes, cmd.Items = append(codes, one.Code), append(cmd.Items, item)
	}
	out, err := do[coupon.Redeemed](d, cmd)
	if err != nil {
		x.refusals(t, codes, fault.Of(err).Detail.(*coupon.Rejection).Vouchers)
		return
	}
	x.refusals(t, codes, out.Vouchers)
	p := out.Order
	wants(t, "discount, shipping, total, paid, due", []int64{p.Discount, p.ShippingDiscount, p.Total, p.Paid, p.Due}, []int64{x.Discount, x.Shipping, x.Total, x.Paid, x.Due})
	for _, l := range p.Lines {
		wants(t, "line "+l.ID, l.Discount, x.Lines[l.ID])
	}
	for i, v := range out.Vouchers {
		if w, ok := x.Wanted[codes[i]]; ok {
			wants(t, "wanted by "+codes[i], v.Wanted, w)
		}
	}
}

func (x *example) refusals(t *testing.T, codes []string, list []coupon.Verdict) {
	for i, v := range list {
		wants(t, "reason of "+codes[i], v.Reason, x.Refused[codes[i]])
	}
}
