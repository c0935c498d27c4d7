package coupon

import (
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// ruleHolds judges the conditions as a tree. A live hold was taken when they held for its
// customer.
func ruleHolds(t *try) *fault.Error {
	rule := t.t.Doc.Conditions.Rule
	if t.basket == nil || rule.Empty() || t.promised {
		return nil
	}
	if ok, why := rule.holds(t.fact); !ok {
		return ErrNotApplicable.Saying("A condition does not hold: " + why)
	}
	return nil
}

func ruleFigures(t *try) (any, any) {
	if rule := t.t.Doc.Conditions.Rule; t.basket != nil && !rule.Empty() {
		return rule.words(), nil
	}
	return nil, nil
}

// fact looks a fact of a rule up.
func (t *try) fact(name string) (any, bool) {
	o := t.basket.order
	if key, ok := strings.CutPrefix(name, "metadata."); ok {
		v, known := o.Metadata[key]
		return v, known
	}
	if key, ok := strings.CutPrefix(name, "customer.metadata."); ok {
		if t.customer == nil {
			return nil, false
		}
		v, known := t.customer.Metadata[key]
		return v, known
	}
	switch name {
	case "customer.language":
		return t.language(), t.language() != ""
	case "order.subtotal":
		return o.Subtotal(), true
	case "order.shipping":
		return o.Shipping, true
	case "order.quantity":
		return o.Quantity(), true
	case "order.currency":
		return string(o.Currency), true
	case "order.channel":
		return o.Channel, o.Channel != ""
	}
	return nil, false
}

func (t *try) language() string {
	if t.customer == nil {
		return ""
	}
	return t.customer.Language
}

// expertHolds judges the expression. One that cannot be judged, because it needs a fact
// that is not there or costs too much, does not hold.
func expertHolds(t *try) *fault.Error {
	source := t.t.Doc.Conditions.Expert
	if t.basket == nil || source == "" || t.promised {
		return nil
	}
	switch ok, err := t.e.state.Expert(source, t.expertFacts()); {
	case err != nil:
		return ErrNotApplicable.Saying("The expert condition could not be judged: " + err.Error())
	case !ok:
		return ErrNotApplicable.Saying("The expert condition does not hold.")
	}
	return nil
}

func expertFigures(t *try) (any, any) {
	return orNothing(t.t.Doc.Conditions.Expert), nil
}

// expertFacts is what an expression sees: order, customer and now; documented in
// docs/discounts.md.
func (t *try) expertFacts() map[string]any {
	o := t.basket.order
	lines := make([]any, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = map[string]any{"id": l.ID, "product": l.Product, "sku": l.SKU, "collections": l.Collections, "quantity": l.Quantity, "unit_price": l.UnitPrice, "discounted": l.Discounted}
	}
	order := map[string]any{
		"reference": o.Reference, "currency": string(o.Currency), "shipping": o.Shipping, "channel": o.Channel, "metadata": map[string]any(o.Metadata),
		"subtotal": o.Subtotal(), "quantity": o.Quantity(), "lines": lines,
	}
	customer := map[string]any{"id": string(t.who), "groups": []string{}, "language": t.language(), "metadata": map[string]string{}}
	if t.customer != nil {
		customer["groups"], customer["metadata"] = t.customer.Groups, t.customer.Metadata
	}
	return map[string]any{"order": order, "customer": customer, "now": t.now}
}
