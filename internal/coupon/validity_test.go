package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

func inZone(name string) coupon.Organisation { return coupon.Organisation{TimeZone: name}.Zoned() }

// clock reads a local time such as "2026-03-29 01:59".
func clock(t testing.TB, org coupon.Organisation, local string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", local, org.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestF27DaysEndInTheOrganisationsZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, day, end string }{
		{"Singapore is eight hours ahead", "Asia/Singapore", "2026-12-31", "2026-12-31T16:00:00Z"},
		{"Berlin in winter", "Europe/Berlin", "2026-12-31", "2026-12-31T23:00:00Z"},
		{"Berlin in summer", "Europe/Berlin", "2026-07-31", "2026-07-31T22:00:00Z"},
		{"Berlin on the day of 23 hours", "Europe/Berlin", "2026-03-29", "2026-03-29T22:00:00Z"},
		{"Berlin on the day before it", "Europe/Berlin", "2026-03-28", "2026-03-28T23:00:00Z"},
		{"Berlin on the day of 25 hours", "Europe/Berlin", "2026-10-25", "2026-10-25T23:00:00Z"},
		{"Berlin on the day before that", "Europe/Berlin", "2026-10-24", "2026-10-24T22:00:00Z"},
		{"Havana, where the next day has no midnight", "America/Havana", "2026-03-07", "2026-03-08T05:00:00Z"},
		{"Havana, where the day has two midnights", "America/Havana", "2026-10-31", "2026-11-01T04:00:00Z"},
		{"Cairo, where clocks go back at midnight", "Africa/Cairo", "2026-10-29", "2026-10-29T22:00:00Z"},
		{"Apia, which left out a day", "Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"},
		{"an unknown zone counts as UTC", "Moon/Tycho", "2026-12-31", "2027-01-01T00:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			day, err := time.Parse(time.DateOnly, c.day)
			if err != nil {
				t.Fatal(err)
			}
			wants(t, "end of "+c.day, inZone(c.zone).EndOfDay(day).Format(time.RFC3339), c.end)
		})
	}
}

// TestF27TheEndOfADayIsWhereTheNextBegins tries every day of thirty years in zones
// that change their clocks at all hours.
func TestF27TheEndOfADayIsWhereTheNextBegins(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{
		"Asia/Singapore", "Europe/Berlin", "Europe/London", "America/New_York", "America/Havana", "America/Santiago", "America/Asuncion", "Atlantic/Azores",
		"Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Gaza", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Apia", "Antarctica/Troll",
	} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			org := inZone(zone)
			for day := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2035; day = day.AddDate(0, 0, 1) {
				end, today := org.EndOfDay(day), day.Format(time.DateOnly)
				if zone == "Pacific/Apia" && today == "2011-12-30" {
					continue // that day never was
				}
				if last := org.Day(end.Add(-time.Microsecond)); last != today || org.Day(end) <= today {
					t.Fatalf("%s ends at %s: the microsecond before is on %s, the end itself on %s", today, end.In(org.Zone()), last, org.Day(end))
				}
			}
		})
	}
}

func TestF27Span(t *testing.T) {
	t.Parallel()
	fixed := func(s string) *time.Time { return new(clock(t, inZone("UTC"), s)) }
	for _, c := range []struct {
		name, zone, issued string
		validity           coupon.Validity
		starts, expires    string
	}{
		{"nothing said: at once and for ever", "Asia/Singapore", "2026-11-21 12:00", coupon.Validity{}, "-", "-"},
		{"fixed times stay as they are", "Asia/Singapore", "2026-11-21 12:00",
			coupon.Validity{StartsAt: fixed("2026-12-01 00:00"), ExpiresAt: fixed("2026-12-31 15:59")}, "2026-12-01T00:00:00Z", "2026-12-31T15:59:00Z"},
		{"one day is the rest of today and tomorrow", "Asia/Singapore", "2026-11-21 23:59", coupon.Validity{ExpiresAfterDays: 1}, "-", "2026-11-22T16:00:00Z"},
		{"a minute later it is a day later", "Asia/Singapore", "2026-11-22 00:00", coupon.Validity{ExpiresAfterDays: 1}, "-", "2026-11-23T16:00:00Z"},
		{"a start in a day is the next midnight", "Asia/Singapore", "2026-11-21 12:00", coupon.Validity{StartsAfterDays: 1}, "2026-11-21T16:00:00Z", "-"},
		{"a start in seven days, an expiry in thirty", "Asia/Singapore", "2026-11-21 12:00",
			coupon.Validity{StartsAfterDays: 7, ExpiresAfterDays: 30}, "2026-11-27T16:00:00Z", "2026-12-21T16:00:00Z"},
		{"over the end of winter time", "Europe/Berlin", "2026-03-28 12:00", coupon.Validity{ExpiresAfterDays: 1}, "-", "2026-03-29T22:00:00Z"},
		{"over the end of summer time", "Europe/Berlin", "2026-10-24 12:00", coupon.Validity{ExpiresAfterDays: 1}, "-", "2026-10-25T23:00:00Z"},
		{"issued in the hour that comes twice", "Europe/Berlin", "2026-10-25 02:30", coupon.Validity{ExpiresAfterDays: 1}, "-", "2026-10-26T23:00:00Z"},
		{"to the day before one without midnight", "America/Havana", "2026-03-06 00:30", coupon.Validity{ExpiresAfterDays: 1}, "-", "2026-03-08T05:00:00Z"},
		{"to a day without the half hour after midnight", "America/Havana", "2026-03-07 00:30", coupon.Validity{ExpiresAfterDays: 1}, "-", "2026-03-09T04:00:00Z"},
		{"a start on a day without midnight", "America/Havana", "2026-03-07 00:30", coupon.Validity{StartsAfterDays: 1}, "2026-03-08T05:00:00Z", "-"},
		{"over a leap day", "Asia/Singapore", "2028-02-28 12:00", coupon.Validity{ExpiresAfterDays: 1}, "-", "2028-02-29T16:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			org := inZone(c.zone)
			starts, expires := c.validity.Span(org, clock(t, org, c.issued))
			wants(t, "starts and expires", []string{instant(starts), instant(expires)}, []string{c.starts, c.expires})
		})
	}
}

func instant(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format(time.RFC3339)
}

func TestVouchersGetTheirSpanWhenIssued(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.campaign(coupon.KindCoupon, with(tenOff, func(doc *coupon.TermsDoc) { doc.Validity.ExpiresAfterDays = 30 }))
	v := d.issue(c, "A")
	wants(t, "expiry", instant(v.ExpiresAt), "2026-12-21T16:00:00Z")
	d.Pass(v.ExpiresAt.Sub(noon) - time.Microsecond)
	d.redeem("A")
	d.issue(c, "B")
	d.Pass(31*24*time.Hour + time.Microsecond)
	d.refused("expired", redeem("B"))
}

// The window's hours are those on the wall, whatever the clock's offset.
func TestWindows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		zone    string
		window  coupon.Window
		in, out []string
	}{
		{"office hours", "Asia/Singapore", coupon.Window{From: "09:00", To: "17:00"},
			[]string{"2026-11-21 09:00", "2026-11-21 16:59"}, []string{"2026-11-21 08:59", "2026-11-21 17:00", "2026-11-21 00:00"}},
		{"on weekdays", "Asia/Singapore", coupon.Window{Days: []string{"mon", "fri"}, From: "09:00", To: "17:00"},
			[]string{"2026-11-20 12:00", "2026-11-23 12:00"}, []string{"2026-11-21 12:00", "2026-11-20 18:00"}},
		{"whole days", "Asia/Singapore", coupon.Window{Days: []string{"sat"}},
			[]string{"2026-11-21 00:00", "2026-11-21 23:59"}, []string{"2026-11-20 23:59", "2026-11-22 00:00"}},
		{"from an hour to the end of the day", "Asia/Singapore", coupon.Window{From: "18:00"},
			[]string{"2026-11-21 18:00", "2026-11-21 23:59"}, []string{"2026-11-21 17:59", "2026-11-22 00:00"}},
		{"to midnight, said as 24:00", "Asia/Singapore", coupon.Window{From: "18:00", To: "24:00"},
			[]string{"2026-11-21 23:59"}, []string{"2026-11-22 00:00", "2026-11-21 12:00"}},
		{"to midnight, said as 00:00", "Asia/Singapore", coupon.Window{From: "18:00", To: "00:00"},
			[]string{"2026-11-21 23:59"}, []string{"2026-11-22 00:00", "2026-11-21 12:00"}},
		{"over midnight", "Asia/Singapore", coupon.Window{From: "22:00", To: "02:00"},
			[]string{"2026-11-21 22:00", "2026-11-21 23:59", "2026-11-22 00:00", "2026-11-22 01:59"}, []string{"2026-11-21 21:59", "2026-11-22 02:00"}},
		{"over midnight from a Saturday", "Asia/Singapore", coupon.Window{Days: []string{"sat"}, From: "22:00", To: "02:00"},
			[]string{"2026-11-21 22:00", "2026-11-22 01:59"}, []string{"2026-11-21 01:59", "2026-11-22 22:00", "2026-11-23 01:00"}},
		{"over midnight from a Sunday into the week", "Asia/Singapore", coupon.Window{Days: []string{"sun"}, From: "22:00", To: "02:00"},
			[]string{"2026-11-22 22:00", "2026-11-23 01:59"}, []string{"2026-11-22 01:59", "2026-11-23 22:00"}},
		{"round the clock from an hour on", "Asia/Singapore", coupon.Window{Days: []string{"sat"}, From: "09:00", To: "09:00"},
			[]string{"2026-11-21 09:00", "2026-11-22 08:59"}, []string{"2026-11-21 08:59", "2026-11-22 09:00"}},
		{"in a zone of its own", "Asia/Singapore", coupon.Window{From: "09:00", To: "17:00", TimeZone: "Europe/Berlin"},
			[]string{"2026-11-21 16:00", "2026-11-21 23:59"}, []string{"2026-11-21 09:00", "2026-11-22 00:00"}},
		{"through the hour that comes twice", "Europe/Berlin", coupon.Window{Days: []string{"sun"}, From: "02:00", To: "03:00"},
			[]string{"2026-10-25 02:00", "2026-10-25 02:59"}, []string{"2026-10-25 03:00", "2026-10-25 01:59"}},
		{"over the hour that is left out", "Europe/Berlin", coupon.Window{From: "01:30", To: "03:30"},
			[]string{"2026-03-29 01:59", "2026-03-29 03:00", "2026-03-29 03:29"}, []string{"2026-03-29 03:30"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.Org = inZone(c.zone)
			s.conditions(func(d *coupon.Conditions) { d.Windows = []coupon.Window{c.window} })
			s.cmd.Items[0].Money = new(sgd(1))
			for _, local := range c.in {
				s.Clock = clock(t, s.Org, local)
				must[coupon.Redeemed](s.desk, s.cmd)
			}
			for _, local := range c.out {
				s.Clock = clock(t, s.Org, local)
				s.refused("outside_hours", s.cmd)
			}
		})
	}
}
