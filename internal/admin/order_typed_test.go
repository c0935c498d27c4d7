package admin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func TestAnOrderIsTypedAndWrittenAlike(t *testing.T) {
	t.Parallel()
	text := "2 shirt-blue 19.90 summer, shirts\n1 scarf 24.00*\n3 1 1234.00"
	o, err := typedOrder{Lines: "  2x  shirt-blue 19.90 summer , shirts\n\n1 scarf 24*\r\n3 1 1234.00", Shipping: "5,00", Channel: "web", First: "yes"}.order("SGD")
	if err != nil {
		t.Fatal(err)
	}
	want := []coupon.Line{
		{ID: "1", Product: "shirt-blue", Quantity: 2, UnitPrice: 1990, Collections: []string{"summer", "shirts"}}, {ID: "2", Product: "scarf", Quantity: 1, UnitPrice: 2400, Discounted: true},
		{ID: "3", Product: "1", Quantity: 3, UnitPrice: 123400},
	}
	if d := cmp.Diff(want, o.Lines); d != "" || o.Shipping != 500 || !*o.First {
		t.Error(d, o.Shipping, o.First)
	}
	if d := cmp.Diff(typedOrder{Lines: text, Shipping: "5.00", Channel: "web", First: "yes"}, typed(o)); d != "" {
		t.Error(d)
	}
}

func TestWhatIsWrongWithATypedOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		order       typedOrder
		field, says string
	}{
		{typedOrder{Lines: "shirt"}, "lines", "Line 1: Write quantity, product and unit price"},
		{typedOrder{Lines: "1 a 1.00\ntwo b 1.00"}, "lines", "Line 2: It begins with a whole number"},
		{typedOrder{Lines: "1 a 1.005"}, "lines", "Line 1: "},
		{typedOrder{Lines: "0 a 1.00"}, "lines", "Line 1: A whole number from 1"},
		{typedOrder{Lines: "1 a 1.00", Shipping: "free"}, "shipping", ""},
		{typedOrder{}, "lines", "An order has at least one line."},
	} {
		_, err := c.order.order("SGD")
		f := fault.Of(err)
		if f == nil || f.Fields[c.field] == "" || !strings.Contains(f.Fields[c.field], c.says) {
			t.Errorf("%+v: %v", c.order, err)
		}
	}
}
