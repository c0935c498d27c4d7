package admin

import (
	"strconv"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

func discountValues() []ui.Option {
	return []ui.Option{
		{Value: string(coupon.ValuePercent), Label: "Percent off"}, {Value: string(coupon.ValueAmount), Label: "Amount off"}, {Value: string(coupon.ValueFreeShipping), Label: "Free shipping"},
		{Value: string(coupon.ValueItem), Label: "Items, or buy x get y"}, {Value: string(coupon.ValueFixedPrice), Label: "A fixed price"},
	}
}

// scopes are what a value may apply to; lines by themselves only where somebody chose them.
func scopes(chosen string) []ui.Option {
	out := []ui.Option{{Value: coupon.ScopeShipping, Label: "Shipping"}, {Value: coupon.ScopeOrderAndShipping, Label: "The goods and shipping"}}
	if chosen == coupon.ScopeLines {
		out = append(out, ui.Option{Value: coupon.ScopeLines, Label: "The goods, as a discount on items"})
	}
	return out
}

func classOptions() []ui.Option {
	return []ui.Option{{Value: string(coupon.ClassItem), Label: "Items"}, {Value: string(coupon.ClassOrder), Label: "The whole order"}, {Value: string(coupon.ClassShipping), Label: "Shipping"}}
}

func holders() []ui.Option {
	var out []ui.Option
	for _, h := range []coupon.HolderPolicy{coupon.Assigned, coupon.Bearer, coupon.Claimable, coupon.Open} {
		out = append(out, ui.Option{Value: string(h), Label: holderWord(h)})
	}
	return out
}

// alphabets are what codes are made of; one that was chosen through the API stays.
func alphabets(chosen string) []ui.Option {
	out := []ui.Option{{Value: coupon.Digits, Label: "Digits"}}
	if chosen == coupon.Safe32 {
		return append(out, ui.Option{Value: chosen, Label: "Letters and digits without look-alikes"})
	}
	if chosen != "" && chosen != coupon.Digits {
		return append(out, ui.Option{Value: chosen, Label: "The characters " + chosen})
	}
	return out
}

func ruleMatches() []ui.Option {
	return []ui.Option{{Value: matchAll, Label: "All of these hold"}, {Value: matchAny, Label: "Any of these holds"}, {Value: matchNone, Label: "None of these holds"}}
}

// discountLabels are the fields of the form in their order.
func discountLabels() []ui.Pair {
	return append([]ui.Pair{
		pair("name", "Name"), pair("description", "Description"), pair("value", "Value"), pair("percent", "Percent"), pair("amount", "Amount"), pair("price", "Price of one"), pair("max", "At most"),
		pair("get_quantity", "Units given"), pair("get_percent", "Percent off"), pair("get_price", "Price of one given"), pair("get_collections", "Of the collections"), pair("get_products", "Or the products"),
		pair("buy_quantity", "Units to buy for it"), pair("buy_collections", "Bought of the collections"), pair("buy_products", "Or of the products"), pair("per", "How often in one order"),
		pair("scope", "Applies to"), pair("collections", "Only these collections"), pair("products", "Only these products"), pair("pick", "Of what fits"), pair("pick_quantity", "How many"),
		pair("min_subtotal", "Minimum of the order"), pair("min_quantity", "Minimum of units"), pair("customer_groups", "Customer groups"), pair("channels", "Sales channels"), pair("customers", "Certain customers only"),
		pair("windows", "Days and hours"), pair("rule", "Conditions on the order"), pair("combines", "With other discounts"), pair("class", "Counts as a discount on"), pair("priority", "Priority"), pair("basis", "Measured on"),
		pair("length", "Characters behind it"), pair("alphabet", "Made of"), pair("expert", "Expert condition"), pair("metadata", "Metadata"), pair("try_shipping", "Shipping"), pair("try_customer", "Customer"),
		pair("try_metadata", "Order metadata"),
	}, ruleLabels()...)
}

func (p discountForm) sub() string {
	if p.fresh() {
		return "It starts as a draft: nothing can be issued or used before it is activated."
	}
	return "What is issued from now on follows the new rules. Vouchers that exist keep the rules they were issued under; limits count for all."
}

func (p discountForm) saveWord() string {
	if p.fresh() {
		return "Save as a draft"
	}
	return "Save"
}

// advancedOpen reports whether something under Advanced is set or wrong.
func (p discountForm) advancedOpen() bool {
	for _, name := range []string{"prefix", "length", "alphabet", "class", "priority", "basis", "expert", "metadata"} {
		if p.In.Text(name) != "" || p.Fields[name] != "" {
			return true
		}
	}
	return false
}

func quietWord(n int) string {
	if n == 1 {
		return "1 more check passed"
	}
	return strconv.Itoa(n) + " more checks passed"
}

func checkTone(passed bool) string {
	if passed {
		return "ok"
	}
	return "bad"
}

func checkIcon(passed bool) string {
	if passed {
		return "check"
	}
	return "x"
}
