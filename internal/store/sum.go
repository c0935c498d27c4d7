package store

import "strconv"

// Sums of amounts are made of two: of what the amounts have above 2^32 and of what they
// have below. Neither can overflow, whatever stands in the rows, on either database.
const half = "4294967296"

func halves(expr string) (high, low string) {
	return "SUM((" + expr + ") / " + half + ")", "SUM((" + expr + ") % " + half + ")"
}

// most is where a sum stops growing, in both directions: two of them can be added.
const most = 1<<62 - 1

// total is the sum of an expression over a group, 0 over no rows.
func total(expr string) string {
	high, low := halves(expr)
	top, limit := strconv.Itoa(1<<30-1), strconv.Itoa(most)
	return "CAST(COALESCE(CASE WHEN " + high + " >= " + top + " THEN " + limit + " WHEN " + high + " <= -" + top + " THEN -" + limit +
		" ELSE " + high + " * " + half + " + " + low + " END, 0) AS BIGINT)"
}

// notZero is the condition that the exact sum of a group is not zero.
func notZero(expr string) string {
	high, low := halves(expr)
	return high + " * " + half + " <> -" + low
}

// plus adds totals.
func plus(a, b int64) int64 { return max(-most, min(a+b, most)) }
