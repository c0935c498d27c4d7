package admin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// Facts of a rule that carry a name of their own.
const (
	orderNote    = "metadata."
	customerNote = "customer.metadata."
)

// ruleFacts are the facts that the form offers; those with a name end in a dot.
func ruleFacts() []ui.Option {
	return []ui.Option{
		{Value: orderNote, Label: "Order data"}, {Value: "order.subtotal", Label: "Subtotal"}, {Value: "order.shipping", Label: "Shipping"}, {Value: "order.quantity", Label: "Units"},
		{Value: "order.channel", Label: "Sales channel"}, {Value: "order.currency", Label: "Currency"}, {Value: "customer.language", Label: "Language"}, {Value: customerNote, Label: "Customer"},
	}
}

// Comparisons of the form that the engine writes as one with a value.
const (
	opGiven   = "given"
	opMissing = "missing"
)

// ruleOps are the comparisons, as they stand between a fact and its value.
func ruleOps() []ui.Option {
	return []ui.Option{
		{Value: coupon.OpIs, Label: "is"}, {Value: coupon.OpIsNot, Label: "is not"}, {Value: coupon.OpAtLeast, Label: "at least"}, {Value: coupon.OpAtMost, Label: "at most"},
		{Value: coupon.OpAbove, Label: "above"}, {Value: coupon.OpBelow, Label: "below"}, {Value: coupon.OpOneOf, Label: "one of"}, {Value: coupon.OpContains, Label: "contains"},
		{Value: opGiven, Label: "given"}, {Value: opMissing, Label: "not given"},
	}
}

func labelOf(list []ui.Option, value string) string {
	for _, o := range list {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// ruleWords is a rule as a clause: "the subtotal is at least SGD 50.00 and member is true".
func (w teller) ruleWords(r *coupon.Rule) string {
	var parts []string
	for i := range r.All {
		parts = append(parts, w.innerWords(&r.All[i]))
	}
	if len(r.Any) > 0 {
		var any []string
		for i := range r.Any {
			any = append(any, w.innerWords(&r.Any[i]))
		}
		parts = append(parts, strings.Join(any, " or "))
		if len(any) > 1 && (len(r.All) > 0 || r.Not != nil || r.Fact != "") {
			parts[len(parts)-1] = "(" + parts[len(parts)-1] + ")"
		}
	}
	if r.Not != nil {
		parts = append(parts, "not ("+w.ruleWords(r.Not)+")")
	}
	if r.Fact != "" {
		parts = append(parts, w.comparisonWords(r))
	}
	return strings.Join(parts, " and ")
}

// innerWords puts a rule of several parts in brackets.
func (w teller) innerWords(r *coupon.Rule) string {
	if len(r.All)+len(r.Any) > 1 {
		return "(" + w.ruleWords(r) + ")"
	}
	return w.ruleWords(r)
}

func (w teller) comparisonWords(r *coupon.Rule) string {
	fact, name := splitFact(r.Fact)
	if name == "" {
		name = strings.ToLower(labelOf(ruleFacts(), fact))
	}
	if r.Op == coupon.OpExists {
		if r.Value == true {
			return name + " is given"
		}
		return name + " is not given"
	}
	is := " is "
	if slices.Contains([]string{coupon.OpIs, coupon.OpIsNot, coupon.OpContains}, r.Op) {
		is = " "
	}
	return name + is + labelOf(ruleOps(), r.Op) + " " + w.factValue(r)
}

func (w teller) factValue(r *coupon.Rule) string {
	switch v := r.Value.(type) {
	case int64:
		if isMoney(r.Fact) {
			return w.amount(v, money.Asset(w.org.Currency))
		}
		return w.number(v)
	case []any:
		var out []string
		for _, one := range v {
			out = append(out, fmt.Sprint(one))
		}
		return some(out)
	}
	return fmt.Sprint(r.Value)
}

// isMoney reports whether a fact counts minor units.
func isMoney(fact string) bool { return fact == "order.subtotal" || fact == "order.shipping" }

// splitFact takes the name off a fact that carries one.
func splitFact(fact string) (kind, name string) {
	for _, prefix := range []string{customerNote, orderNote} {
		if rest, ok := strings.CutPrefix(fact, prefix); ok {
			return prefix, rest
		}
	}
	return fact, ""
}
