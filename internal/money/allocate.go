package money

import (
	"math/bits"

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
	rests := make([]uint64, len(weights))
	left := total
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		q, r := bits.Div64(hi, lo, sum) // hi < sum, because total < 2^64 and w ≤ sum
		parts[i], rests[i] = int64(q), r
		left -= int64(q)
	}
	if left > 0 {
		toLargest(parts, rests, left, sum)
	}
	return parts, nil
}

// toLargest gives one unit each to the n parts with the largest rests, of equal ones to
// the earlier. Rests are below most. It looks for the smallest rest that gets one by
// halving, which takes a fraction of the time of sorting them.
func toLargest(parts []int64, rests []uint64, n int64, most uint64) {
	least, above := uint64(0), most // n or more rests are at least least, fewer are at least above
	for above-least > 1 {
		half := least + (above-least)/2
		if atLeast(rests, half) >= n {
			least = half
		} else {
			above = half
		}
	}
	equal := n - atLeast(rests, least+1) // units for those that are just least
	for i, r := range rests {
		switch {
		case r > least:
			parts[i]++
		case r == least && equal > 0:
			parts[i]++
			equal--
		}
	}
}

// atLeast counts the rests from limit on.
func atLeast(rests []uint64, limit uint64) int64 {
	n := int64(0)
	for _, r := range rests {
		if r >= limit {
			n++
		}
	}
	return n
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
