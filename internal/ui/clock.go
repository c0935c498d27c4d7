package ui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// Clock is what a page needs to show times: the time it is shown at, the organisation's
// zone, and the language that dates are written in. Words around them are English.
type Clock struct {
	Now      time.Time
	Zone     *time.Location
	Language Language
}

// Time is a moment on a back-office page: absolute in the organisation's zone, the zone on
// hover, and how long ago beside it when Relative.
type Time struct {
	At       time.Time
	Clock    Clock
	Relative bool
	Day      bool   // the day alone
	Near     bool   // without the year while it is this one, for narrow columns
	Never    string // what the zero time says; a dash when empty
}

// At returns the component of t with how long ago it was.
func (c Clock) At(t time.Time) Time { return Time{At: t, Clock: c, Relative: true} }

// Short returns the component of t without how long ago it was.
func (c Clock) Short(t time.Time) Time { return Time{At: t, Clock: c} }

// Day returns the component of t's day.
func (c Clock) Day(t time.Time) Time { return Time{At: t, Clock: c, Day: true} }

// Render writes the time.
func (t Time) Render(ctx context.Context, w io.Writer) error { return t.view().Render(ctx, w) }

// String returns the time as the page shows it, for sentences.
func (t Time) String() string {
	if t.At.IsZero() {
		return or(t.Never, "—")
	}
	switch l := t.Clock.Language; {
	case l.Code() != "en" && t.Day:
		return l.Date(t.local())
	case l.Code() != "en":
		return l.DateTime(t.local())
	case t.Day:
		return t.local().Format("2 Jan 2006")
	}
	if t.Near && t.local().Year() == t.now().Year() {
		return t.local().Format("2 Jan 15:04")
	}
	return t.local().Format("2 Jan 2006 15:04")
}

// now is the present moment where the reader is.
func (t Time) now() time.Time { return Time{At: t.Clock.Now, Clock: t.Clock}.local() }

// Label returns a day for the edge of a chart; t is in the zone to be shown.
func (c Clock) Label(t time.Time) string {
	if c.Language.Code() == "en" {
		return t.Format("2 Jan")
	}
	return c.Language.Date(t)
}

func (t Time) local() time.Time {
	if t.Clock.Zone == nil {
		return t.At.UTC()
	}
	return t.At.In(t.Clock.Zone)
}

// tip is the time to the second with its zone in full.
func (t Time) tip() string {
	l := t.local()
	return l.Format("Monday, 2 January 2006, 15:04:05 ") + l.Location().String() + " (" + offset(l) + ")"
}

// Ago returns how long before or after now t is, in the largest unit that fits.
func (c Clock) Ago(t time.Time) string {
	d := c.Now.Sub(t)
	late := d >= 0
	d = d.Abs()
	var n int
	unit := ""
	switch {
	case d < 45*time.Second:
		if late {
			return "just now"
		}
		return "in a moment"
	case d < 59*time.Minute+30*time.Second:
		n, unit = int(d.Round(time.Minute)/time.Minute), "min"
	case d < 23*time.Hour+30*time.Minute:
		n, unit = int(d.Round(time.Hour)/time.Hour), "h"
	case d < 60*24*time.Hour:
		n, unit = int(d.Round(24*time.Hour)/(24*time.Hour)), "day"
	case d < 700*24*time.Hour:
		n, unit = int(d/(30*24*time.Hour)), "month"
	default:
		n, unit = int(d/(365*24*time.Hour)), "year"
	}
	if len(unit) > 3 || unit == "day" {
		unit += when(n != 1, "s")
	}
	if late {
		return fmt.Sprintf("%d %s ago", n, unit)
	}
	return fmt.Sprintf("in %d %s", n, unit)
}

// ZoneName returns a short name of the clock's zone now, such as "SGT" or "UTC+8".
func (c Clock) ZoneName() string {
	t := Time{At: c.Now, Clock: c}.local()
	if name, _ := t.Zone(); !strings.ContainsAny(name, "+-") {
		return name
	}
	return offset(t)
}

// ZoneTip returns the zone in full, such as "Asia/Singapore (UTC+8)".
func (c Clock) ZoneTip() string {
	t := Time{At: c.Now, Clock: c}.local()
	return t.Location().String() + " (" + offset(t) + ")"
}

func offset(t time.Time) string {
	_, s := t.Zone()
	if s == 0 {
		return "UTC"
	}
	sign := "+"
	if s < 0 {
		sign, s = "−", -s
	}
	if s%3600 == 0 {
		return fmt.Sprintf("UTC%s%d", sign, s/3600)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, s/3600, s%3600/60)
}
