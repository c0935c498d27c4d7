package ui

import (
	"strconv"
	"strings"
	"time"
)

// Date returns the day of t in the language's customary form; t is in the zone to be shown.
func (l Language) Date(t time.Time) string {
	months := strings.Split(l.Say("date.months"), "|")
	month := strconv.Itoa(int(t.Month()))
	if len(months) == 12 {
		month = months[t.Month()-1]
	}
	return l.Say("date.day", "day", strconv.Itoa(t.Day()), "month", month, "year", strconv.Itoa(t.Year()))
}

// Clock returns the time of day of t, to the minute.
func (l Language) Clock(t time.Time) string { return t.Format("15:04") }

// DateTime returns day and time of t.
func (l Language) DateTime(t time.Time) string {
	return l.Say("date.time", "date", l.Date(t), "time", l.Clock(t))
}

// Number returns n with the language's marks between the thousands.
func (l Language) Number(n int64) string { return l.decimal(n, 0) }

// Money returns an amount of minor units with its currency, such as "SGD 20.00" or
// "20,00 EUR"; exponent is the currency's number of decimals.
func (l Language) Money(minor int64, exponent int, currency string) string {
	// A no-break space keeps the amount on one line.
	return strings.ReplaceAll(l.Say("money", "amount", l.decimal(minor, exponent), "currency", currency), " ", "\u00a0")
}

func (l Language) decimal(n int64, exponent int) string {
	digits := strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
	if pad := exponent + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	whole, part := digits[:len(digits)-exponent], digits[len(digits)-exponent:]
	var b strings.Builder
	if n < 0 {
		b.WriteString("−")
	}
	for i, d := range whole {
		if left := len(whole) - i; i > 0 && left%3 == 0 {
			b.WriteString(l.mark("number.group", ","))
		}
		b.WriteRune(d)
	}
	if part != "" {
		b.WriteString(l.mark("number.decimal", ".") + part)
	}
	return b.String()
}

func (l Language) mark(key, other string) string {
	if !l.Has(key) {
		return other
	}
	return l.Say(key)
}
