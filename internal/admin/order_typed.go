package admin

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// orderForm is where an order is typed in, a row for each of its lines: to try a campaign
// that is being made, and to explain a voucher.
type orderForm struct {
	In       filled
	Fields   fault.Fields
	Currency string
	Action   string // where the buttons that add and take away lines send the form
}

// orderLabels are the fields of the form on Explain, for the summary of what is wrong.
func orderLabels() []ui.Pair {
	return []ui.Pair{pair("try_shipping", "Shipping"), pair("try_channel", "Sales channel"), pair("try_metadata", "Order metadata"), pair("customer", "Customer"), pair("at", "As of")}
}

// f fills a field in with what was typed and what is wrong with it.
func (o orderForm) f(x ui.Field) ui.Field {
	x.Value, x.Error, x.Free = o.In.Text(x.Name), o.Fields[x.Name], true
	return x
}

// wrong is what is wrong with a line.
func (o orderForm) wrong(i int) string {
	for _, name := range append(tryRows(), "try_line") {
		if msg := o.Fields[cellOf(name, i)]; msg != "" {
			return msg
		}
	}
	return ""
}

// invalid says of a cell that it is what is wrong with its line.
func (o orderForm) invalid(name string, i int) templ.Attributes {
	if o.Fields[cellOf(name, i)] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": cellOf("try_line", i) + "-error"}
}

func cellOf(name string, row int) string { return name + "-" + strconv.Itoa(row) }

// tryRows are the cells of a line.
func tryRows() []string {
	return append(keptCells(), "try_product", "try_collections", "try_quantity", "try_price")
}

// keptCells are what a line has that is not typed: they come with an order that a shop sent.
func keptCells() []string { return []string{"try_id", "try_sku"} }

func emptyLine() []string {
	return []string{"try_id", "", "try_sku", "", "try_product", "", "try_collections", "", "try_quantity", "1", "try_price", ""}
}

// emptyOrder is an order that nobody has begun to type.
func emptyOrder() filled {
	t := filled{}
	t.row(emptyLine()...)
	return t
}

// actOrder adds or takes away a line; false is another button.
func (t filled) actOrder(what string, row int) bool {
	switch what {
	case "line_add":
		t.row(emptyLine()...)
	case "line_drop":
		t.drop(row, "try_reduced", tryRows()...)
	default:
		return false
	}
	return true
}

// orderTyped reads an order; nil when no line was typed. What is wrong is named as the
// form has it: "try_price-0" is the price of the first row.
func orderTyped(bad fault.Fields, t filled, asset money.Asset) *coupon.Order {
	o, wrong := &coupon.Order{Currency: asset, Channel: t.Text("try_channel"), Metadata: coupon.Facts{}}, fault.Fields{}
	var rows []int
	for i := range t["try_price"] {
		if t.at("try_price", i) == "" && t.at("try_product", i)+t.at("try_collections", i) == "" {
			continue
		}
		rows = append(rows, i)
		o.Lines = append(o.Lines, lineTyped(wrong, t, i, asset))
	}
	if m := t.money(wrong, "try_shipping", asset); m != nil {
		o.Shipping = m.Minor
	}
	for name, value := range t.pairs(wrong, "try_metadata") {
		o.Metadata[name] = factTyped(value)
	}
	if first := t.Text("try_first"); first != "" {
		yes := first == "yes"
		o.First = &yes
	}
	if len(o.Lines) == 0 {
		if len(o.Metadata) > 0 || o.Shipping > 0 || o.Channel != "" || o.First != nil || len(wrong) > 0 {
			bad["try_lines"] = "Type in a line: how many units, and the price of one."
		}
		return nil
	}
	if len(wrong) == 0 {
		wrong = typedFaults(o.Valid(), rows)
	}
	maps.Copy(bad, wrong)
	return o
}

// lineTyped reads one row.
func lineTyped(bad fault.Fields, t filled, i int, asset money.Asset) coupon.Line {
	l := coupon.Line{ID: t.at("try_id", i), SKU: t.at("try_sku", i), Product: t.at("try_product", i), Discounted: t.marked("try_reduced", i, "1")}
	if l.ID == "" {
		l.ID = strconv.Itoa(i + 1)
	}
	l.Collections = filled{"v": {t.at("try_collections", i)}}.names("v")
	var err error
	if l.Quantity, err = strconv.ParseInt(t.at("try_quantity", i), 10, 64); err != nil || l.Quantity < 1 {
		bad[cellOf("try_quantity", i)] = fmt.Sprintf("Line %d: say how many units, as a whole number.", i+1)
	}
	if l.UnitPrice, err = money.Parse(t.at("try_price", i), asset); err != nil {
		bad[cellOf("try_price", i)] = fmt.Sprintf("Line %d: say the price of one, such as 19.90.", i+1)
	}
	return l
}

// typedFaults names the faults of an order as the form has its fields.
func typedFaults(found fault.Fields, rows []int) fault.Fields {
	cells := map[string]string{"quantity": "try_quantity", "unit_price": "try_price", "product": "try_product", "collections": "try_collections"}
	wrong := fault.Fields{}
	for name, msg := range found {
		rest, ok := strings.CutPrefix(name, "order.lines[")
		if !ok {
			wrong["try_"+strings.TrimPrefix(name, "order.")] = msg
			continue
		}
		at, part, _ := strings.Cut(rest, "].")
		n, err := strconv.Atoi(strings.TrimSuffix(at, "]"))
		if err != nil || n >= len(rows) {
			wrong["try_lines"] = msg
			continue
		}
		cell := cells[part]
		if cell == "" {
			cell = "try_line"
		}
		wrong[cellOf(cell, rows[n])] = fmt.Sprintf("Line %d: %s", rows[n]+1, msg)
	}
	return wrong
}

// mostRows is how many lines of an order stand in a form, at most.
const mostRows = 200

// typed writes an order as it would be typed; of a very large one the first lines.
func typed(o *coupon.Order) filled {
	t := filled{}
	t.set("try_channel", o.Channel)
	if o.Shipping > 0 {
		t.set("try_shipping", money.Amount{Minor: o.Shipping, Asset: o.Currency}.Plain())
	}
	if o.First != nil {
		t.set("try_first", map[bool]string{true: "yes", false: "no"}[*o.First])
	}
	var facts []string
	for _, name := range slices.Sorted(maps.Keys(o.Metadata)) {
		facts = append(facts, name+" = "+factWritten(o.Metadata[name]))
	}
	t.set("try_metadata", strings.Join(facts, "\n"))
	for i := range o.Lines[:min(len(o.Lines), mostRows)] {
		l := &o.Lines[i]
		t.row("try_id", l.ID, "try_sku", l.SKU, "try_product", l.Product, "try_collections", strings.TrimSpace(listed(l.Collections)), "try_quantity", strconv.FormatInt(l.Quantity, 10), "try_price", money.Amount{Minor: l.UnitPrice, Asset: o.Currency}.Plain())
		if l.Discounted {
			t.row("try_reduced", strconv.Itoa(i)+":1")
		}
	}
	return t
}
