package expert_test

import (
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/expert"
)

// facts are an order of many lines.
func facts(lines int) map[string]any {
	list := []any{}
	for range lines {
		list = append(list, map[string]any{"product": "p2", "collections": []string{"shoes"}, "quantity": int64(2)})
	}
	return map[string]any{
		"order":    map[string]any{"lines": list, "channel": "web", "metadata": map[string]any{"tier": "gold"}},
		"customer": map[string]any{"groups": []string(nil), "metadata": map[string]string(nil)}, "now": time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC),
	}
}

func TestExpressionsGoThroughWhatIsThere(t *testing.T) {
	t.Parallel()
	j := expert.NewJudge()
	for source, want := range map[string]bool{
		`order.lines.exists(l, l.product == "p2" && l.quantity >= 2)`:                     true,
		`order.lines.exists(l, l.collections.exists(c, c == "hats"))`:                     false,
		`order.lines[0].collections.all(c, c == "shoes")`:                                 true,
		`order.lines.filter(l, l.quantity > 1).map(l, l.quantity).size() == 3`:            true,
		`order.lines.filter(l, l.quantity > 1).exists(l, "shoes" in l.collections)`:       true,
		`["web", "app"].exists(c, c == order.channel)`:                                    true,
		`[order.channel].exists(c, c == "app")`:                                           false,
		`"p2" in order.lines.map(l, l.product)`:                                           true,
		`order.metadata.exists(k, k == "tier")`:                                           true,
		`has(order.metadata.tier) && "gold" in customer.groups || has(customer.metadata)`: true,
	} {
		if holds, err := j.Holds(source, facts(3)); err != nil || holds != want {
			t.Errorf("%s: %v, %v", source, holds, err)
		}
	}
}

// Lists that grow by themselves would be compared for ever, and every other command would
// wait for it.
func TestExpressionsMakeNoListsToGoThrough(t *testing.T) {
	t.Parallel()
	j := expert.NewJudge()
	for _, source := range []string{
		`[[1]]` + strings.Repeat(`.map(a, [a, a])`, 60) + `.exists(l, l == l)`,
		`[[1]]` + strings.Repeat(`.map(a, a + a)`, 60) + `.exists(l, 0 in l)`,
		`[[1]].exists(a, [[a, a]].exists(b, [[b, b]].exists(c, c == c)))`,
		`order.lines.map(l, [l, l]).exists(l, l == l)`,
		`order.lines.map(l, l.quantity > 1, [l, l]).filter(l, true).exists(l, l == l)`,
		`(order.lines + order.lines).exists(l, true)`,
	} {
		if err := j.Check(source); err == nil {
			t.Errorf("%s: allowed", source)
		}
	}
}

func TestAnExpressionHasABoundedCost(t *testing.T) {
	t.Parallel()
	j := expert.NewJudge()
	if holds, err := j.Holds(`order.lines.all(a, order.lines.all(b, order.lines == order.lines))`, facts(1000)); err == nil {
		t.Errorf("%v", holds)
	}
}
