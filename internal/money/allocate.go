package money

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/scriphq/scrip/internal/fault"
)

// ErrWeights is Allocate's fault for weights that cannot carry the total.
var ErrWeights = fault.New(fault.Invalid, "not_allocatable", "There is nothing to spread the amount over.")

// Allocate spreads total over the weights in proportion, by largest remainder
// (Hare–Niemeyer): every part is the exact share rounded down or up to a whole
// minor unit, the parts sum to total exactly, and of equal remainders the earlier
// entry gets the unit. total and weights are not negative; a total above zero with
// no weight above zero is ErrWeights, weights whose sum exceeds 64 bits ErrOverflow.
func Allocate(total int64, weights []int64) ([]int64, error) {
	sum, err := sumOf(total, weights)
	if err != nil {
		return nil, err
	}
	parts := make([]int64, len(weights))
	if total == 0 {
		return parts, nil
	}
	rests := make([]remainder, len(weights))
	left := total
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		q, r := bits.Div64(hi, lo, sum) // hi < sum, because total < 2^64 and w ≤ sum
		parts[i], rests[i] = int64(q), remainder{i, r}
		left -= int64(q)
	}
	if left == 0 {
		return parts, nil
	}
	slices.SortFunc(rests, func(a, b remainder) int {
		if a.rest != b.rest {
			return cmp.Compare(b.rest, a.rest)
		}
		return a.index - b.index
	})
	for _, r := range rests[:left] {
		parts[r.index]++
	}
	return parts, nil
}

type remainder struct {
	index int
	rest  uint64
}

// sumOf adds the weights and refuses what cannot be allocated.
func sumOf(total int64, weights []int64) (uint64, error) {
	var sum uint64
	for _, w := range weights {
		if w < 0 {
			return 0, ErrWeights
		}
		next, carry := bits.Add64(sum, uint64(w), 0)
		if carry != 0 {
			return 0, ErrOverflow
		}
		sum = next
	}
	if total < 0 || total > 0 && sum == 0 {
		return 0, ErrWeights
	}
	return sum, nil
}
