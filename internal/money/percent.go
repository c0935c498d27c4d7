package money

import (
	"errors"
	"strconv"
	"strings"
)

// BasisPoints is a rate in hundredths of a percent: 10_000 is 100 %.
type BasisPoints int32

// Whole is 100 %.
const Whole BasisPoints = 10_000

// String returns the rate for people, such as "12.5 %".
func (b BasisPoints) String() string { return b.Format("en") }

// Format returns the rate with the decimal sign of the language, such as
// "12,5 %" in German. Decimals that are zero are left out.
func (b BasisPoints) Format(lang string) string {
	sign := ""
	if b < 0 {
		sign = "-"
	}
	n := magnitude(int64(b))
	text := sign + strconv.FormatUint(n/100, 10)
	if n%100 != 0 {
		frac := strconv.FormatUint(100+n%100, 10)[1:]
		text += styleOf(lang).decimal + strings.TrimRight(frac, "0")
	}
	return text + " %"
}

// ParsePercent reads a percentage as people type it: "10", "12.5", "12,5 %",
// with the digits of any script. It returns 0 to 10_000; whether 0 makes sense is
// the caller's rule. Its faults are ErrAmount, ErrDecimals, ErrNegative and
// ErrPercent.
func ParsePercent(text string) (BasisPoints, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "%٪％﹪")
	runs, signs, err := figures(text)
	if err != nil {
		return 0, asPercent(err)
	}
	whole, frac := runs[0], ""
	switch {
	case len(signs) > 1 || len(signs) == 1 && !strings.Contains(".,"+decimalOnly, signs):
		return 0, ErrAmount.Saying(percentSentence)
	case len(signs) == 1 && runs[1] == "":
		return 0, ErrAmount.Saying(percentSentence)
	case len(signs) == 1:
		frac = runs[1]
	}
	if len(frac) > 2 {
		return 0, ErrDecimals.Saying(atMost(2))
	}
	n, err := minorOf(whole, frac, 2)
	if err != nil || n > int64(Whole) {
		return 0, ErrPercent
	}
	return BasisPoints(n), nil
}

const percentSentence = "Write the percentage in digits, such as 10 or 12.5."

// asPercent gives the faults of figures a sentence about percentages.
func asPercent(err error) error {
	if errors.Is(err, ErrNegative) {
		return ErrNegative.Saying("A percentage cannot be negative.")
	}
	return ErrAmount.Saying(percentSentence)
}
