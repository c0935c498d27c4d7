package admin

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// An order that a shop sent is what it was when it was shown in rows and read again.
func TestAnOrderIsTypedAndWrittenAlike(t *testing.T) {
	t.Parallel()
	first := true
	sent := &coupon.Order{
		Currency: "SGD", Shipping: 500, Channel: "web", First: &first,
		Metadata: coupon.Facts{"delivery": "pickup", "points": int64(12), "member": true, "zip": "0123", "odd": `"quoted"`, "number": "42"},
		Lines: []coupon.Line{
			{ID: "l1", Product: "shirt-blue", SKU: "S-1", Quantity: 2, UnitPrice: 1990, Collections: []string{"summer", "shirts"}}, {ID: "l2", Product: "scarf", Quantity: 1, UnitPrice: 2400, Discounted: true},
			{ID: "l3", SKU: "only a SKU", Quantity: 3, UnitPrice: 123400},
		},
	}
	bad := fault.Fields{}
	read := orderTyped(bad, typed(sent), "SGD")
	if d := cmp.Diff(sent, read); d != "" || len(bad) > 0 {
		t.Error(d, bad)
	}
	large := &coupon.Order{Currency: "SGD"}
	for i := range mostRows + 50 {
		large.Lines = append(large.Lines, coupon.Line{ID: strconv.Itoa(i), Quantity: 1, UnitPrice: 100})
	}
	if n := len(typed(large)["try_price"]); n != mostRows {
		t.Errorf("%d rows of a very large order", n)
	}
	if o := orderTyped(bad, emptyOrder(), "SGD"); o != nil || len(bad) > 0 {
		t.Errorf("nothing was typed, and it became %+v %v", o, bad)
	}
}

func TestWhatIsWrongWithATypedOrder(t *testing.T) {
	t.Parallel()
	line := func(product, quantity, price string) filled {
		f := emptyOrder() // a blank row before the one that is meant
		f.row("try_id", "", "try_sku", "", "try_product", product, "try_collections", "", "try_quantity", quantity, "try_price", price)
		return f
	}
	with := func(f filled, name, value string) filled {
		f[name] = []string{value}
		return f
	}
	for _, c := range []struct {
		order       filled
		field, says string
	}{
		{line("shirt", "1", ""), "try_price-1", "Line 2: say the price of one"},
		{line("shirt", "two", "1.00"), "try_quantity-1", "Line 2: say how many units"},
		{line("shirt", "0", "1.00"), "try_quantity-1", "Line 2: "},
		{line("shirt", "1.5", "1.00"), "try_quantity-1", "Line 2: "},
		{line("shirt", "1000001", "1.00"), "try_quantity-1", "Line 2: "},
		{line("shirt", "1", "1.005"), "try_price-1", "Line 2: "},
		{line("shirt", "1", "-1"), "try_price-1", "Line 2: "},
		{line("shirt", "1", "1e3"), "try_price-1", "Line 2: "},
		{line(strings.Repeat("x", 400), "1", "1"), "try_product-1", "Line 2: "},
		{with(line("shirt", "1", "1"), "try_shipping", "free"), "try_shipping", ""},
		{with(line("shirt", "1", "1"), "try_metadata", "no sign"), "try_metadata", "name = value"},
		{with(emptyOrder(), "try_channel", "web"), "try_lines", "Type in a line"},
	} {
		bad := fault.Fields{}
		orderTyped(bad, c.order, "SGD")
		if bad[c.field] == "" || !strings.Contains(bad[c.field], c.says) {
			t.Errorf("%v: %v", c.order, bad)
		}
	}
}
