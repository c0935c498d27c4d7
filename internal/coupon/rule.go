package coupon

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Rule is a condition as a tree: all of, any of, or not some others, or one comparison of
// a named fact with a value. The empty rule always holds. Facts are
//
//	metadata.NAME             of the order
//	customer.metadata.NAME    of the customer (text)
//	customer.language
//	order.subtotal            minor units, before any voucher
//	order.shipping            minor units
//	order.quantity            units of all lines
//	order.currency, order.channel
type Rule struct {
	All   []Rule `json:"all,omitempty"`
	Any   []Rule `json:"any,omitempty"`
	Not   *Rule  `json:"not,omitempty"`
	Fact  string `json:"fact,omitempty"`
	Op    string `json:"op,omitempty"`
	Value any    `json:"value,omitempty"` // text, an int64, a bool; a list of text for "in"
}

// The comparisons. "exists" takes true or false; eq, ne and exists work for every kind of
// value, in and contains for text, the others for whole numbers.
const (
	OpIs       = "eq"
	OpIsNot    = "ne"
	OpAbove    = "gt"
	OpAtLeast  = "gte"
	OpBelow    = "lt"
	OpAtMost   = "lte"
	OpOneOf    = "in"
	OpContains = "contains"
	OpExists   = "exists"
)

// The largest rules.
const (
	maxRuleDepth = 8
	maxRuleSize  = 200
)

// Empty reports whether a rule asks for nothing.
func (r *Rule) Empty() bool {
	return r == nil || r.Fact == "" && len(r.All) == 0 && len(r.Any) == 0 && r.Not == nil
}

// lookFact finds a fact by its name; ok is false where it is not known.
type lookFact func(name string) (v any, ok bool)

// holds judges the rule. When it fails it returns the comparison that failed first, as a
// sentence.
func (r *Rule) holds(look lookFact) (bool, string) {
	for i := range r.All {
		if ok, why := r.All[i].holds(look); !ok {
			return false, why
		}
	}
	if len(r.Any) > 0 {
		var reasons []string
		for i := range r.Any {
			ok, why := r.Any[i].holds(look)
			if ok {
				reasons = nil
				break
			}
			reasons = append(reasons, strings.TrimSuffix(why, "."))
		}
		if reasons != nil {
			return false, strings.Join(reasons[:min(3, len(reasons))], ", and ") + "."
		}
	}
	if r.Not != nil {
		if ok, _ := r.Not.holds(look); ok {
			return false, "A condition that must not hold does: " + r.Not.words() + "."
		}
	}
	if r.Fact == "" || r.compare(look) {
		return true, ""
	}
	have, ok := look(r.Fact)
	if !ok {
		return false, r.Fact + " is not known; it must be " + r.wants() + "."
	}
	return false, fmt.Sprintf("%s is %v; it must be %s.", r.Fact, have, r.wants())
}

// compare judges one comparison. A fact that is not known fails every one but exists and
// ne.
func (r *Rule) compare(look lookFact) bool {
	have, ok := look(r.Fact)
	switch r.Op {
	case OpExists:
		return ok == (r.Value == true)
	case OpIsNot:
		return !ok || have != r.Value
	case OpIs:
		return ok && have == r.Value
	case OpOneOf:
		return ok && slices.Contains(r.list(), have)
	case OpContains:
		text, isText := have.(string)
		part, _ := r.Value.(string)
		return ok && isText && strings.Contains(text, part)
	}
	n, isNumber := have.(int64)
	want, _ := r.Value.(int64)
	switch r.Op {
	case OpAbove:
		return isNumber && n > want
	case OpAtLeast:
		return isNumber && n >= want
	case OpBelow:
		return isNumber && n < want
	case OpAtMost:
		return isNumber && n <= want
	}
	return false
}

func (r *Rule) list() []any {
	list, _ := r.Value.([]any)
	return list
}

var opWords = map[string]string{
	OpIs: "", OpIsNot: "something else than ", OpAbove: "above ", OpAtLeast: "at least ", OpBelow: "below ", OpAtMost: "at most ", OpOneOf: "one of ", OpContains: "text with ",
}

// wants says what the value must be: "at least 3".
func (r *Rule) wants() string {
	switch {
	case r.Op == OpExists && r.Value == true:
		return "given"
	case r.Op == OpExists:
		return "left out"
	case r.Op == OpOneOf:
		var words []string
		for _, v := range r.list() {
			words = append(words, fmt.Sprint(v))
		}
		return "one of " + strings.Join(words, ", ")
	}
	return opWords[r.Op] + fmt.Sprint(r.Value)
}

// words is the rule as a clause: "metadata.tier is gold and order.quantity is at least 3".
func (r *Rule) words() string {
	var parts []string
	for i := range r.All {
		parts = append(parts, r.All[i].words())
	}
	if len(r.Any) > 0 {
		var any []string
		for i := range r.Any {
			any = append(any, r.Any[i].words())
		}
		parts = append(parts, "("+strings.Join(any, " or ")+")")
	}
	if r.Not != nil {
		parts = append(parts, "not ("+r.Not.words()+")")
	}
	if r.Fact != "" {
		parts = append(parts, r.Fact+" is "+r.wants())
	}
	return strings.Join(parts, " and ")
}

// Words is the rule as a clause, "" when it asks for nothing.
func (r *Rule) Words() string {
	if r.Empty() {
		return ""
	}
	return r.words()
}

// valid puts what is wrong with the rule under name.
func (r *Rule) valid(f fault.Fields, name string) {
	left := maxRuleSize
	if wrong := r.wrong(maxRuleDepth, &left); wrong != "" {
		f[name] = wrong
	}
}

func (r *Rule) wrong(depth int, left *int) string {
	if *left--; depth == 0 || *left < 0 {
		return fmt.Sprintf("A rule has at most %d conditions, nested %d deep.", maxRuleSize, maxRuleDepth)
	}
	inner := slices.Concat(r.All, r.Any)
	if r.Not != nil {
		inner = append(inner, *r.Not)
	}
	for i := range inner {
		if wrong := inner[i].wrong(depth-1, left); wrong != "" {
			return wrong
		}
	}
	if r.Fact == "" {
		if r.Op != "" || r.Value != nil {
			return "A comparison names its fact."
		}
		return ""
	}
	return r.wrongComparison()
}

var knownFacts = []string{"customer.language", "order.subtotal", "order.shipping", "order.quantity", "order.currency", "order.channel"}

func (r *Rule) wrongComparison() string {
	named := strings.TrimPrefix(strings.TrimPrefix(r.Fact, "customer."), "metadata.")
	switch {
	case !slices.Contains(knownFacts, r.Fact) && (named == r.Fact || named == "" || strings.HasPrefix(r.Fact, "customer.") && !strings.HasPrefix(r.Fact, "customer.metadata.")):
		return "Known facts: metadata.NAME, customer.metadata.NAME, " + strings.Join(knownFacts, ", ") + "."
	case len(r.Fact) > 200:
		return "The name of a fact is too long."
	case r.Op != OpExists && !r.fits():
		return "This fact is never of that kind: order.subtotal, order.shipping and order.quantity are whole numbers, and what is known of the customer, the currency and the channel is text."
	}
	switch v := r.Value.(type) {
	case string:
		if unprintable(v) != "" || len(v) > 1000 || !slices.Contains([]string{OpIs, OpIsNot, OpContains}, r.Op) {
			return "Text is compared by eq, ne or contains, or with a list by in."
		}
	case bool:
		if !slices.Contains([]string{OpIs, OpIsNot, OpExists}, r.Op) {
			return "True and false are compared by eq, ne or exists."
		}
	case int64:
		if !slices.Contains([]string{OpIs, OpIsNot, OpAbove, OpAtLeast, OpBelow, OpAtMost}, r.Op) || max(v, -v) > money.MaxMinor {
			return "Whole numbers are compared by eq, ne, gt, gte, lt or lte."
		}
	case []any:
		if r.Op != OpOneOf || len(v) == 0 || len(v) > maxRuleSize || slices.ContainsFunc(v, func(one any) bool { text, ok := one.(string); return !ok || unprintable(text) != "" }) {
			return "A list goes with in, and holds text."
		}
	default:
		return "A value is text, a whole number, true, false, or a list of text."
	}
	return ""
}

// fits reports whether a fact can be of the kind of value it is compared with. Facts of an
// order's metadata are of any kind.
func (r *Rule) fits() bool {
	_, number := r.Value.(int64)
	switch {
	case strings.HasPrefix(r.Fact, "metadata."):
		return true
	case slices.Contains([]string{"order.subtotal", "order.shipping", "order.quantity"}, r.Fact):
		return number
	}
	_, flag := r.Value.(bool)
	return !number && !flag
}
