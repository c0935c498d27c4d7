package coupon

import (
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// Class is what a discount works on; it says which discounts combine, and in which order
// those of one priority apply.
type Class string

// The classes, in the order in which they apply.
const (
	ClassItem     Class = "item"
	ClassOrder    Class = "order"
	ClassShipping Class = "shipping"
)

// Classes lists every class.
func Classes() []Class { return []Class{ClassItem, ClassOrder, ClassShipping} }

func (c Class) rank() int { return slices.Index(Classes(), c) }

// Stacking says how a voucher combines with others in one order.
type Stacking struct {
	Class        Class   `json:"class,omitempty"`        // "": after the value, see TermsDoc.Class
	CombinesWith []Class `json:"combines_with,omitzero"` // nil: with every class
	Exclusive    bool    `json:"exclusive,omitempty"`    // with no other discount
	Priority     int     `json:"priority,omitempty"`     // higher goes first
	Basis        string  `json:"basis,omitempty"`        // what percentages and minimums are measured on: remaining or original
}

// Class returns the class of the terms: the one they name, else what their value works on.
func (d TermsDoc) Class() Class {
	v := d.Value
	switch {
	case d.Stacking.Class != "":
		return d.Stacking.Class
	case v.Type == ValueFreeShipping, v.AppliesTo.Scope == ScopeShipping:
		return ClassShipping
	case v.Type == ValueItem, v.Type == ValueFixedPrice, v.narrow():
		return ClassItem
	}
	return ClassOrder
}

// narrow reports whether a value applies to some lines only, or to units of them.
func (v Value) narrow() bool {
	to := v.AppliesTo
	return to.Scope == ScopeLines || len(to.Products)+len(to.Collections) > 0 || to.Per == PerUnit || to.Pick == PickCheapest || to.Pick == PickDearest
}

// needsOrder reports whether what a value gives cannot be known without an order.
func (v Value) needsOrder() bool {
	return v.Type == ValueItem || v.Type == ValueFixedPrice || v.narrow()
}

func (t *try) class() Class { return t.t.Doc.Class() }

// allows reports whether the terms combine with a class.
func (s Stacking) allows(c Class) bool {
	return !s.Exclusive && (s.CombinesWith == nil || slices.Contains(s.CombinesWith, c))
}

// combines refuses a discount that does not go with those before it. Stored values pay
// and go with everything.
func combines(t *try) *fault.Error {
	if t.stored {
		return nil
	}
	for _, other := range t.company {
		mine, theirs := t.t.Doc.Stacking, other.t.Doc.Stacking
		switch {
		case mine.Exclusive:
			return ErrNotCombinable.Saying("This voucher is used alone.")
		case theirs.Exclusive:
			return ErrNotCombinable.Saying("The voucher ending in " + other.v.Tail + " is used alone.")
		case !mine.allows(other.class()) || !theirs.allows(t.class()):
			return ErrNotCombinable.Saying("This voucher cannot be used together with the one ending in " + other.v.Tail + ".")
		}
	}
	return nil
}

func combinesFigures(t *try) (any, any) {
	s := t.t.Doc.Stacking
	want := "any"
	if s.Exclusive || s.CombinesWith != nil && len(s.CombinesWith) == 0 {
		want = "none"
	} else if s.CombinesWith != nil {
		want = words(s.CombinesWith)
	}
	var have []Class
	for _, other := range t.company {
		have = append(have, other.class())
	}
	return want, words(have)
}

func words[S ~string](list []S) string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}
