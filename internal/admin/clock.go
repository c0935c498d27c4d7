package admin

import (
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/ui"
)

const themeLife = 365 * 24 * time.Hour

// waitWord says how long somebody has to wait.
func (w writing) waitWord(d time.Duration) string {
	switch {
	case d <= time.Minute:
		return w.count(max(1, int64(d.Round(time.Second)/time.Second)), "second", "seconds")
	case d <= time.Hour:
		return w.count(int64((d+time.Minute-1)/time.Minute), "minute", "minutes")
	}
	return w.count(int64((d+time.Hour-1)/time.Hour), "hour", "hours")
}

// day reads a date of a form or address as the organisation's day; the zero time when
// it is none.
func (v *visit) day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, v.org.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// span reads the days from and to, both included, of a filter.
func (v *visit) span(from, to string) (time.Time, time.Time) {
	start, end := v.day(from), v.day(to)
	if !end.IsZero() {
		end = v.org.EndOfDay(end)
	}
	return start.UTC(), end.UTC()
}

// until reads the last day of something: its end is the end of that day.
func (v *visit) until(name, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	d := v.day(s)
	if d.IsZero() {
		return d, fault.Field(name, "Write the day like 2026-12-31.")
	}
	return v.org.EndOfDay(d), nil
}

// lastDay returns the day that an expiry is the end of, for a date field.
func lastDay(o coupon.Organisation, expires time.Time) string {
	if expires.IsZero() {
		return ""
	}
	return expires.Add(-time.Microsecond).In(o.Zone()).Format(time.DateOnly)
}

// stamp writes a time for a file: in the organisation's zone, with its offset.
func (v *visit) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(v.org.Zone()).Format("2006-01-02 15:04:05 -07:00")
}

// expiry shows until when something can be used: the day where it is a day's end.
func (v *visit) expiry(t time.Time) ui.Time {
	if t.IsZero() {
		return ui.Time{Never: "No expiry"}
	}
	if local := t.In(v.org.Zone()); local.Hour() == 0 && local.Minute() == 0 && local.Second() == 0 {
		return ui.Time{At: t.Add(-time.Second), Clock: v.clock, Day: true}
	}
	return v.clock.Short(t)
}
