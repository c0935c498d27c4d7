package money_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/money"
)

func sgd(minor int64) money.Amount { return money.Amount{Minor: minor, Asset: "SGD"} }

func TestAddAndSub(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		a, b     money.Amount
		sum, dif int64
		addErr   error
		subErr   error
	}{
		{"amounts add up", sgd(700), sgd(300), 1000, 400, nil, nil},
		{"zero changes nothing", sgd(5), sgd(0), 5, 5, nil, nil},
		{"below zero is allowed", sgd(-5), sgd(3), -2, -8, nil, nil},
		{"currencies do not mix", sgd(1), money.Amount{Minor: 1, Asset: "USD"}, 0, 0, money.ErrMismatch, money.ErrMismatch},
		{"the top overflows upwards", sgd(math.MaxInt64), sgd(1), 0, math.MaxInt64 - 1, money.ErrOverflow, nil},
		{"the bottom overflows downwards", sgd(math.MinInt64), sgd(1), math.MinInt64 + 1, 0, nil, money.ErrOverflow},
		{"the bottom has no opposite", sgd(0), sgd(math.MinInt64), math.MinInt64, 0, nil, money.ErrOverflow},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sum, err := c.a.Add(c.b)
			if !errors.Is(err, c.addErr) || sum.Minor != c.sum {
				t.Errorf("%v + %v = %v, %v; want %d, %v", c.a, c.b, sum, err, c.sum, c.addErr)
			}
			dif, err := c.a.Sub(c.b)
			if !errors.Is(err, c.subErr) || dif.Minor != c.dif {
				t.Errorf("%v - %v = %v, %v; want %d, %v", c.a, c.b, dif, err, c.dif, c.subErr)
			}
		})
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		of   int64
		rate money.BasisPoints
		want int64
		err  error
	}{
		{"ten percent of 41.85 is 4.19: half goes up", 4185, 1000, 419, nil},
		{"half goes away from zero below it too", -4185, 1000, -419, nil},
		{"less than half goes down", 4184, 1000, 418, nil},
		{"nothing of something", 4185, 0, 0, nil},
		{"all of it", 4185, 10_000, 4185, nil},
		{"one basis point of one cent is nothing", 1, 1, 0, nil},
		{"half of one cent is one cent", 1, 5000, 1, nil},
		{"the largest amount does not overflow", math.MaxInt64, 10_000, math.MaxInt64, nil},
		{"nor the smallest", math.MinInt64, 10_000, math.MinInt64, nil},
		{"more than all is refused", 1, 10_001, 0, money.ErrPercent},
		{"less than nothing is refused", 1, -1, 0, money.ErrPercent},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := sgd(c.of).Share(c.rate)
			if !errors.Is(err, c.err) || got.Minor != c.want {
				t.Errorf("%s of %d = %d, %v; want %d, %v", c.rate, c.of, got.Minor, err, c.want, c.err)
			}
		})
	}
}

func TestShareIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		of, rate := rapid.Int64().Draw(t, "of"), rapid.Int32Range(0, 10_000).Draw(t, "rate")
		got, err := sgd(of).Share(money.BasisPoints(rate))
		if err != nil {
			t.Fatal(err)
		}
		// |2·(got·10000 − of·rate)| ≤ 10000, and on a tie got is the one further from zero.
		off := new(big.Int).Mul(big.NewInt(got.Minor), big.NewInt(10_000))
		off.Sub(off, new(big.Int).Mul(big.NewInt(of), big.NewInt(int64(rate))))
		off.Mul(off, big.NewInt(2))
		tie := off.CmpAbs(big.NewInt(10_000))
		if tie > 0 || tie == 0 && off.Sign() != big.NewInt(of).Sign() {
			t.Fatalf("%d bp of %d = %d", rate, of, got.Minor)
		}
	})
}

func TestAllocate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		total   int64
		weights []int64
		want    []int64
		err     error
	}{
		{"thirds give the odd cent to the earlier line", 100, []int64{1, 1, 1}, []int64{34, 33, 33}, nil},
		{"two odd cents go to the first two", 101, []int64{1, 1, 1}, []int64{34, 34, 33}, nil},
		{"the largest remainder wins over the order", 10, []int64{1, 1, 4}, []int64{2, 2, 6}, nil},
		{"a line without weight gets nothing", 5, []int64{0, 2, 0, 3}, []int64{0, 2, 0, 3}, nil},
		{"one line gets all", 7, []int64{3}, []int64{7}, nil},
		{"nothing is spread over nothing", 0, nil, []int64{}, nil},
		{"nothing is spread over zeros", 0, []int64{0, 0}, []int64{0, 0}, nil},
		{"something over zeros is refused", 1, []int64{0, 0}, nil, money.ErrWeights},
		{"something over no lines is refused", 1, nil, nil, money.ErrWeights},
		{"a negative weight is refused", 1, []int64{2, -1}, nil, money.ErrWeights},
		{"a negative total is refused", -1, []int64{1}, nil, money.ErrWeights},
		{"the largest figures do not overflow", math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64},
			[]int64{1 << 62, 1<<62 - 1}, nil},
		{"a sum beyond 64 bits is refused", 1, []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64}, nil, money.ErrOverflow},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := money.Allocate(c.total, c.weights)
			if !errors.Is(err, c.err) || !slices.Equal(got, c.want) {
				t.Errorf("Allocate(%d, %v) = %v, %v; want %v, %v", c.total, c.weights, got, err, c.want, c.err)
			}
		})
	}
}

func TestAllocateIsFairAndExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "total")
		weight := rapid.OneOf(rapid.Int64Range(0, 9), rapid.Int64Range(0, math.MaxInt64/64))
		weights := rapid.SliceOfN(weight, 1, 40).Draw(t, "weights")
		weights[0]++ // at least one is above zero
		parts, err := money.Allocate(total, weights)
		if err != nil {
			t.Fatal(err)
		}
		var sum, all int64
		for i := range parts {
			sum, all = sum+parts[i], all+weights[i]
		}
		if sum != total {
			t.Fatalf("the parts sum to %d, not %d", sum, total)
		}
		for i, part := range parts {
			// |part·Σw − total·w| < Σw: within one minor unit of the exact share.
			off := new(big.Int).Mul(big.NewInt(part), big.NewInt(all))
			off.Sub(off, new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i])))
			if off.CmpAbs(big.NewInt(all)) >= 0 {
				t.Fatalf("part %d is %d: more than one unit off", i, part)
			}
			if i > 0 && weights[i] == weights[i-1] && part > parts[i-1] {
				t.Fatalf("equal weights, but the later part %d is larger", i)
			}
		}
	})
}

func BenchmarkAllocate(b *testing.B) {
	weights := []int64{1395, 2000, 500, 12, 99, 4500, 1, 700}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.Allocate(3000, weights); err != nil {
			b.Fatal(err)
		}
	}
}
