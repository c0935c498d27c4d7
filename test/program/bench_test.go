package program_test

import (
	"strings"
	"testing"
)

// What a fill makes are vouchers like any others, and the books add up.
func TestBenchFillMakesWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		p.run("bench", "fill", "--vouchers", "1200", "--customers", "7", "--redeemed", "300")
		p.verified()
		s := p.serve()
		var used, customers struct{ Data []object }
		s.must(200, "GET", "/v1/redemptions?limit=200", nil).into(t, &used)
		s.must(200, "GET", "/v1/customers?limit=200", nil).into(t, &customers)
		if len(used.Data) != 200 || len(customers.Data) != 7 {
			t.Errorf("a page of %d redemptions, %d customers", len(used.Data), len(customers.Data))
		}
		if out, err := p.try("bench", "fill", "--vouchers", "10", "--redeemed", "11"); err == nil || !strings.Contains(err.Error(), "--redeemed") {
			t.Errorf("more redeemed than made: %v\n%s", err, out)
		}
	})
}
