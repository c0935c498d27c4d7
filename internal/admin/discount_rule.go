package admin

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// A rule in the form is a list of groups, joined by "all" or "any". A group holds when all,
// any or none of its rows hold. Rules that are nested deeper are made through the API and
// kept as they are.
const (
	matchAll  = "all"
	matchAny  = "any"
	matchNone = "none"
)

// ruleGroup is a group of the form.
type ruleGroup struct {
	Match string
	Rows  []coupon.Rule
}

// ruleRows are the fields of a row.
func ruleRows() []string {
	return []string{"rule_group", "rule_fact", "rule_name", "rule_op", "rule_value"}
}

// groupsOf takes a rule apart; ok is false where the form cannot show it.
func groupsOf(r *coupon.Rule) (join string, groups []ruleGroup, ok bool) {
	if r.Empty() {
		return matchAll, nil, true
	}
	if g, ok := groupOf(r); ok {
		return matchAll, []ruleGroup{g}, true
	}
	join, list := matchAll, r.All
	if len(r.Any) > 0 {
		join, list = matchAny, r.Any
	}
	if r.Not != nil || r.Fact != "" || len(r.All) > 0 && len(r.Any) > 0 {
		return "", nil, false
	}
	for i := range list {
		g, ok := groupOf(&list[i])
		if !ok {
			return "", nil, false
		}
		if last := len(groups) - 1; i > 0 && list[i].Fact != "" && list[i-1].Fact != "" {
			groups[last].Rows = append(groups[last].Rows, g.Rows...)
			continue
		}
		if list[i].Fact != "" {
			g.Match = join
		}
		groups = append(groups, g)
	}
	return join, groups, true
}

// groupOf returns a rule that is one group.
func groupOf(r *coupon.Rule) (ruleGroup, bool) {
	parts := 0
	for _, has := range []bool{len(r.All) > 0, len(r.Any) > 0, r.Not != nil, r.Fact != ""} {
		if has {
			parts++
		}
	}
	leaf := func(x coupon.Rule) bool { return x.Fact != "" && len(x.All)+len(x.Any) == 0 && x.Not == nil }
	flat := func(list []coupon.Rule) bool {
		return !slices.ContainsFunc(list, func(x coupon.Rule) bool { return !leaf(x) })
	}
	switch {
	case parts != 1:
		return ruleGroup{}, false
	case r.Fact != "":
		return ruleGroup{matchAll, []coupon.Rule{*r}}, true
	case len(r.All) > 0 && flat(r.All):
		return ruleGroup{matchAll, r.All}, true
	case len(r.Any) > 0 && flat(r.Any):
		return ruleGroup{matchAny, r.Any}, true
	case r.Not != nil && leaf(*r.Not):
		return ruleGroup{matchNone, []coupon.Rule{*r.Not}}, true
	case r.Not != nil && r.Not.Fact == "" && len(r.Not.Any) > 0 && len(r.Not.All) == 0 && r.Not.Not == nil && flat(r.Not.Any):
		return ruleGroup{matchNone, r.Not.Any}, true
	}
	return ruleGroup{}, false
}

// rule puts a group together.
func (g ruleGroup) rule() coupon.Rule {
	switch {
	case g.Match == matchNone && len(g.Rows) == 1:
		return coupon.Rule{Not: &g.Rows[0]}
	case g.Match == matchNone:
		return coupon.Rule{Not: &coupon.Rule{Any: g.Rows}}
	case len(g.Rows) == 1:
		return g.Rows[0]
	case g.Match == matchAny:
		return coupon.Rule{Any: g.Rows}
	}
	return coupon.Rule{All: g.Rows}
}

// writeRule fills in a rule as the form shows it.
func (t filled) writeRule(r *coupon.Rule, asset money.Asset) {
	join, groups, ok := groupsOf(r)
	if !ok {
		t.set("rule_kept", "1")
		return
	}
	t.set("rule_join", join)
	for i, g := range groups {
		t.row("rule_match", g.Match)
		for j := range g.Rows {
			fact, name := splitFact(g.Rows[j].Fact)
			op, value := writeComparison(&g.Rows[j], asset)
			t.row("rule_group", strconv.Itoa(i), "rule_fact", fact, "rule_name", name, "rule_op", op, "rule_value", value)
		}
	}
}

func writeComparison(r *coupon.Rule, asset money.Asset) (op, value string) {
	switch v := r.Value.(type) {
	case bool:
		if r.Op == coupon.OpExists {
			return map[bool]string{true: opGiven, false: opMissing}[v], ""
		}
	case int64:
		if isMoney(r.Fact) {
			return r.Op, money.Amount{Minor: v, Asset: asset}.Plain()
		}
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, fmt.Sprint(one))
		}
		return r.Op, strings.Join(list, ", ")
	case string:
		if !textFact(r.Fact) {
			return r.Op, factWritten(v)
		}
	}
	return r.Op, fmt.Sprint(r.Value)
}

// factWritten writes a value as factTyped reads it: text that looks like something else
// stands in quotes.
func factWritten(x any) string {
	s, text := x.(string)
	if !text {
		return fmt.Sprint(x)
	}
	if read, same := factTyped(s).(string); !same || read != s {
		return `"` + s + `"`
	}
	return s
}

// textFact reports whether a fact is text whatever it looks like.
func textFact(fact string) bool {
	return strings.HasPrefix(fact, "customer.") || fact == "order.channel" || fact == "order.currency"
}

// factTyped reads a value: true, false, a whole number, or text, which may stand in quotes.
func factTyped(s string) any {
	if s == "true" || s == "false" {
		return s == "true"
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if len(s) > 1 && strings.HasPrefix(s, `"`) && strings.HasSuffix(s, `"`) {
		return s[1 : len(s)-1]
	}
	return s
}

// groups reads the rows of the form, group by group; row gives each row's place among all.
func (t filled) groups() (matches []string, rows [][]int) {
	matches = t["rule_match"]
	rows = make([][]int, len(matches))
	for i := range t["rule_fact"] {
		if g, err := strconv.Atoi(t.at("rule_group", i)); err == nil && g >= 0 && g < len(rows) {
			rows[g] = append(rows[g], i)
		}
	}
	return matches, rows
}

// readRule puts the form's rows together; before is kept where the form cannot show it.
func (t filled) readRule(bad fault.Fields, asset money.Asset, before *coupon.Rule) *coupon.Rule {
	if t.Has("rule_kept") {
		return before
	}
	matches, rows := t.groups()
	var parts []coupon.Rule
	for g, match := range matches {
		group := ruleGroup{Match: match}
		for _, i := range rows[g] {
			group.Rows = append(group.Rows, t.comparison(bad, i, asset))
		}
		if len(group.Rows) > 0 {
			parts = append(parts, group.rule())
		}
	}
	switch {
	case len(parts) == 0:
		return nil
	case len(parts) == 1:
		return &parts[0]
	case t.Text("rule_join") == matchAny:
		return &coupon.Rule{Any: parts}
	}
	return &coupon.Rule{All: parts}
}

func (t filled) comparison(bad fault.Fields, i int, asset money.Asset) coupon.Rule {
	r := coupon.Rule{Fact: t.at("rule_fact", i), Op: t.at("rule_op", i)}
	value := t.at("rule_value", i)
	if strings.HasSuffix(r.Fact, ".") {
		r.Fact += t.at("rule_name", i)
		if t.at("rule_name", i) == "" {
			bad["rule"] = "Say which metadata is meant."
		}
	}
	switch {
	case r.Op == opGiven || r.Op == opMissing:
		r.Op, r.Value = coupon.OpExists, r.Op == opGiven
	case value == "":
		bad["rule"] = "Each condition compares with a value."
	case r.Op == coupon.OpOneOf:
		var list []any
		for _, s := range (filled{"v": {value}}).names("v") {
			list = append(list, s)
		}
		r.Value = list
	case r.Op == coupon.OpContains || textFact(r.Fact):
		r.Value = strings.Trim(value, `"`)
	case isMoney(r.Fact):
		if minor, err := money.Parse(value, asset); err != nil {
			bad["rule"] = fault.Of(err).Msg
		} else {
			r.Value = minor
		}
	default:
		r.Value = factTyped(value)
	}
	return r
}

// dropRow takes a row out of the rule, and its group with its last row.
func (t filled) dropRow(i int) {
	group := t.at("rule_group", i)
	t.drop(i, "", ruleRows()...)
	if slices.Contains(t["rule_group"], group) {
		return
	}
	g, err := strconv.Atoi(group)
	if err != nil || g < 0 || g >= len(t["rule_match"]) {
		return
	}
	t["rule_match"] = slices.Delete(slices.Clone(t["rule_match"]), g, g+1)
	for j, s := range t["rule_group"] {
		if n, err := strconv.Atoi(s); err == nil && n > g {
			t["rule_group"][j] = strconv.Itoa(n - 1)
		}
	}
}

// addRow adds an empty row to a group; behind the last group, with a group of its own.
func (t filled) addRow(group int) {
	if group >= len(t["rule_match"]) {
		group = len(t["rule_match"])
		t.row("rule_match", matchAll)
	}
	t.row("rule_group", strconv.Itoa(max(0, group)), "rule_fact", orderNote, "rule_name", "", "rule_op", coupon.OpIs, "rule_value", "")
}
