package money

import (
	"strconv"
	"strings"
)

// style is how a language writes an amount.
type style struct {
	group, decimal string
	groupFrom      int  // digits of the whole part from which on groups are made
	codeLast       bool // "10.00 SGD" instead of "SGD 10.00"
}

// styleOf returns the style of a language tag (BCP 47) by its first subtag,
// after CLDR 48 with western digits everywhere; English for unknown ones.
func styleOf(lang string) style {
	base, _, _ := strings.Cut(lang, "-")
	switch base {
	case "de":
		return style{group: ".", decimal: ",", groupFrom: 4, codeLast: true}
	case "es":
		return style{group: ".", decimal: ",", groupFrom: 5, codeLast: true}
	case "fr":
		return style{group: "\u202f", decimal: ",", groupFrom: 4, codeLast: true}
	case "pt", "id":
		return style{group: ".", decimal: ",", groupFrom: 4}
	}
	return style{group: ",", decimal: ".", groupFrom: 4} // en, zh, ms, ja, ar
}

// String returns the amount in the program's own form: "SGD 1234.50", and
// "1234 points" for units.
func (a Amount) String() string { return a.with(a.Plain(), false) }

// Format returns the amount as the language writes it, with its currency code:
// "SGD 1,234.50" in English, "1.234,50 SGD" in German. The code is separated by an
// ordinary space: a no-break space is not in the alphabet of SMS (3GPP TS 23.038)
// and would cut a message's length by half.
func (a Amount) Format(lang string) string { return a.with(a.Number(lang), styleOf(lang).codeLast) }

// Number is Format without the currency.
func (a Amount) Number(lang string) string {
	s := styleOf(lang)
	sign, whole, frac := a.parts()
	if len(whole) >= s.groupFrom {
		whole = groups(whole, s.group)
	}
	if frac == "" {
		return sign + whole
	}
	return sign + whole + s.decimal + frac
}

// Plain returns the number with "." and all its decimals but no groups, such as
// "1234.50": what forms are filled with and files carry. Parse reads it back.
func (a Amount) Plain() string {
	sign, whole, frac := a.parts()
	if frac == "" {
		return sign + whole
	}
	return sign + whole + "." + frac
}

func (a Amount) with(number string, codeLast bool) string {
	switch {
	case a.Asset == "":
		return number
	case codeLast || a.Asset.IsUnit():
		return number + " " + a.Asset.Name()
	}
	return a.Asset.Name() + " " + number
}

// parts returns the sign and the digits before and after the decimal sign.
func (a Amount) parts() (sign, whole, frac string) {
	if a.Minor < 0 {
		sign = "-"
	}
	exponent := a.Asset.Exponent()
	digits := strconv.FormatUint(magnitude(a.Minor), 10)
	if missing := exponent + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	cut := len(digits) - exponent
	return sign, digits[:cut], digits[cut:]
}

// groups puts sep between groups of three digits.
func groups(digits, sep string) string {
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}
