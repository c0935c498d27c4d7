package admin

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
)

// typedOrder is an order as a person types it: one line of text for each of its lines,
//
//	2 shirt-blue 19.90 summer, shirts
//
// quantity, product, unit price (with * when it is reduced already) and collections.
type typedOrder struct {
	Lines, Shipping, Channel, First string
}

func readOrder(f *httpx.Form) typedOrder {
	return typedOrder{Lines: f.Text("lines"), Shipping: f.Text("shipping"), Channel: f.Text("channel"), First: f.Text("first")}
}

// empty reports whether no order was typed.
func (t typedOrder) empty() bool { return strings.TrimSpace(t.Lines) == "" }

// order reads what was typed, with amounts in a currency. What is wrong is named as the
// form has it: lines, shipping, channel.
func (t typedOrder) order(currency money.Asset) (*coupon.Order, error) {
	o, wrong := &coupon.Order{Currency: currency, Channel: t.Channel}, fault.Fields{}
	for i, text := range strings.Split(strings.TrimSpace(t.Lines), "\n") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		l, err := typedLine(text, currency)
		if err != nil && wrong["lines"] == "" {
			wrong["lines"] = fmt.Sprintf("Line %d: %s", i+1, fault.Of(err).Msg)
		}
		l.ID = strconv.Itoa(len(o.Lines) + 1)
		o.Lines = append(o.Lines, l)
	}
	if t.Shipping != "" {
		minor, err := money.Parse(t.Shipping, currency)
		if err != nil {
			wrong["shipping"] = fault.Of(err).Msg
		}
		o.Shipping = minor
	}
	if t.First != "" {
		first := t.First == "yes"
		o.First = &first
	}
	if len(wrong) == 0 {
		wrong = typedFaults(o.Valid())
	}
	return o, fault.Check(wrong)
}

func typedLine(text string, currency money.Asset) (coupon.Line, error) {
	parts := strings.Fields(text)
	if len(parts) < 3 {
		return coupon.Line{}, fault.Field("lines", "Write quantity, product and unit price, such as 2 shirt-blue 19.90.")
	}
	n, err := strconv.ParseInt(strings.TrimRight(parts[0], "x×"), 10, 64)
	if err != nil {
		return coupon.Line{}, fault.Field("lines", "It begins with a whole number, the quantity.")
	}
	price, reduced := strings.CutSuffix(parts[2], "*")
	minor, err := money.Parse(price, currency)
	if err != nil {
		return coupon.Line{}, err
	}
	l := coupon.Line{Product: parts[1], Quantity: n, UnitPrice: minor, Discounted: reduced}
	for c := range strings.SplitSeq(strings.Join(parts[3:], " "), ",") {
		if c = strings.TrimSpace(c); c != "" {
			l.Collections = append(l.Collections, c)
		}
	}
	return l, nil
}

// typedFaults names the faults of an order as the form has its fields.
func typedFaults(found fault.Fields) fault.Fields {
	wrong := fault.Fields{}
	for name, msg := range found {
		switch {
		case strings.HasPrefix(name, "order.lines["):
			at, _, _ := strings.Cut(strings.TrimPrefix(name, "order.lines["), "]")
			n, _ := strconv.Atoi(at)
			wrong["lines"] = fmt.Sprintf("Line %d: %s", n+1, msg)
		case wrong[strings.TrimPrefix(name, "order.")] == "":
			wrong[strings.TrimPrefix(name, "order.")] = msg
		}
	}
	return wrong
}

// typed writes an order as it would be typed.
func typed(o *coupon.Order) typedOrder {
	t := typedOrder{Channel: o.Channel}
	if o.Shipping > 0 {
		t.Shipping = money.Amount{Minor: o.Shipping, Asset: o.Currency}.Number("en")
	}
	if o.First != nil {
		t.First = map[bool]string{true: "yes", false: "no"}[*o.First]
	}
	var lines []string
	for _, l := range o.Lines {
		name := l.Product
		if name == "" {
			name = l.ID
		}
		price := strings.ReplaceAll(money.Amount{Minor: l.UnitPrice, Asset: o.Currency}.Number("en"), ",", "")
		if l.Discounted {
			price += "*"
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", l.Quantity, strings.ReplaceAll(name, " ", "_"), price, strings.Join(l.Collections, ", "))))
	}
	t.Lines = strings.Join(lines, "\n")
	return t
}
