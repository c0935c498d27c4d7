package money

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/scriphq/scrip/internal/fault"
)

// The faults of typed amounts. Their sentences name a way to write it right.
var (
	ErrAsset     = fault.New(fault.Invalid, "currency_unknown", "This is not a currency.")
	ErrAmount    = fault.New(fault.Invalid, "amount_invalid", "Write the amount in digits, such as 10.00.")
	ErrNegative  = fault.New(fault.Invalid, "amount_negative", "An amount cannot be negative.")
	ErrDecimals  = fault.New(fault.Invalid, "amount_decimals", "The amount has too many decimals.")
	ErrAmbiguous = fault.New(fault.Invalid, "amount_ambiguous", "The amount can be read in two ways.")
)

// maxTyped is far more than the longest amount with separators, in bytes.
const maxTyped = 128

// decimalOnly and groupOnly stand for separators that can mean one thing only;
// "." and "," can mean both.
const (
	decimalOnly = "d" // U+066B
	groupOnly   = " '"
)

// Parse reads an amount as people type it and returns minor units, 0 to
// MaxMinor: "10", "10,50", "1.000,00", "1,000.00", "1 000.00", "1'000", with the
// digits of any script. It never guesses: a lone "." or "," before exactly three
// digits is refused as ErrAmbiguous where it could be read as thousands and as
// decimals. It is read as thousands where the asset has no decimals, and "." is
// read as the decimal sign where the asset has three or more. Other faults are
// ErrAmount, ErrNegative, ErrDecimals, ErrOverflow and ErrAsset.
func Parse(text string, asset Asset) (int64, error) {
	if !asset.Valid() {
		return 0, ErrAsset
	}
	runs, signs, err := figures(text)
	if err != nil {
		return 0, err
	}
	decimal, err := hasDecimals(runs, signs, asset.Exponent())
	if err != nil {
		return 0, err
	}
	frac := ""
	if decimal {
		last := len(runs) - 1
		frac = runs[last]
		if frac == "" {
			return 0, ErrAmount
		}
		runs, signs = runs[:last], signs[:last-1]
	}
	if !grouped(runs, signs) {
		return 0, ErrAmount
	}
	if len(frac) > asset.Exponent() {
		return 0, tooManyDecimals(asset)
	}
	return minorOf(strings.Join(runs, ""), frac, asset.Exponent())
}

// figures splits text into runs of ASCII digits and the separators between
// them: len(runs) is len(signs)+1, and at least one run is not empty.
func figures(text string) (runs []string, signs string, err error) {
	if len(text) > maxTyped {
		return nil, "", ErrAmount
	}
	text = strings.TrimFunc(text, blank)
	var run, seps []byte
	digits := 0
	for _, r := range text {
		if d, ok := Digit(r); ok {
			run = append(run, byte('0'+d))
			digits++
			continue
		}
		sign := separator(r)
		switch {
		case sign == 0:
			continue
		case sign == '-' && digits == 0:
			return nil, "", ErrNegative
		case sign == '-' || sign == '?':
			return nil, "", ErrAmount
		}
		runs, run = append(runs, string(run)), run[:0]
		seps = append(seps, sign)
	}
	if digits == 0 {
		return nil, "", ErrAmount
	}
	return append(runs, string(run)), string(seps), nil
}

// separator folds the separators of all scripts: "." and "," for themselves,
// "d" and "'" for those of one meaning, " " for spaces, "-" for minus signs, 0 for
// invisible marks of direction, "?" for everything else.
func separator(r rune) byte {
	switch r {
	case '.', '．':
		return '.'
	case ',', '，', '،':
		return ','
	case '٫':
		return decimalOnly[0]
	case '\'', '’', '٬', '＇':
		return '\''
	case '-', '−', '－', '‐', '‑', '–', '(':
		return '-'
	}
	if unicode.IsSpace(r) {
		return ' '
	}
	if unicode.Is(unicode.Bidi_Control, r) {
		return 0
	}
	return '?'
}

func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\uFEFF'
}

// hasDecimals decides whether the last separator is the decimal sign.
func hasDecimals(runs []string, signs string, exponent int) (bool, error) {
	if signs == "" {
		return false, nil
	}
	last := signs[len(signs)-1]
	switch {
	case strings.IndexByte(groupOnly, last) >= 0:
		return false, nil
	case last == decimalOnly[0]:
		return true, nil
	case len(signs) > 1:
		return strings.Count(signs, string(last)) == 1, nil
	}
	head, tail := runs[0], runs[1]
	if len(tail) != 3 || head == "" || len(head) > 3 || head[0] == '0' {
		return true, nil
	}
	switch {
	case exponent == 0:
		return false, nil
	case exponent < 3:
		return false, ErrAmbiguous.Saying(atMost(exponent) + " For thousands write " + head + tail + ".")
	case last == ',':
		return false, ErrAmbiguous.Saying("This can be read in two ways: write " + head + tail + " or " + head + "." + tail + ".")
	}
	return true, nil
}

// grouped reports whether the separators stand where thousands are separated,
// or as in India (12,34,567), and are all of one kind.
func grouped(runs []string, signs string) bool {
	last := len(runs) - 1
	if last == 0 {
		return true
	}
	if strings.Count(signs, signs[:1]) != len(signs) || strings.Contains(signs, decimalOnly) {
		return false
	}
	if len(runs[last]) != 3 || runs[0] == "" || len(runs[0]) > 3 {
		return false
	}
	size := 3
	if last > 1 && len(runs[1]) == 2 {
		size = 2
	}
	for _, run := range runs[1:last] {
		if len(run) != size {
			return false
		}
	}
	return len(runs[0]) <= size
}

// minorOf joins digits to minor units, or says ErrOverflow above MaxMinor.
// frac has at most exponent digits.
func minorOf(whole, frac string, exponent int) (int64, error) {
	digits := strings.TrimLeft(whole+frac+strings.Repeat("0", exponent-len(frac)), "0")
	if digits == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > MaxMinor {
		return 0, ErrOverflow
	}
	return n, nil
}

func tooManyDecimals(asset Asset) error {
	switch {
	case asset.Exponent() > 0:
		return ErrDecimals.Saying(atMost(asset.Exponent()))
	case asset.IsUnit():
		return ErrDecimals.Saying("Whole numbers only.")
	}
	return ErrDecimals.Saying(string(asset) + " has no decimals.")
}

// atMost says how many decimals an amount may have; n is 1 to 4.
func atMost(n int) string {
	return "At most " + [...]string{"no", "one", "two", "three", "four"}[n] + " decimals."
}

// Digit returns the value of a decimal digit of any script (Unicode category
// Nd, where digits stand in runs of ten from zero to nine).
func Digit(r rune) (int, bool) {
	if r < 0x80 {
		return int(r - '0'), '0' <= r && r <= '9'
	}
	for _, t := range unicode.Nd.R16 {
		if uint32(t.Lo) <= uint32(r) && uint32(r) <= uint32(t.Hi) {
			return int(uint32(r)-uint32(t.Lo)) % 10, true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if t.Lo <= uint32(r) && uint32(r) <= t.Hi {
			return int(uint32(r)-t.Lo) % 10, true
		}
	}
	return 0, false
}
