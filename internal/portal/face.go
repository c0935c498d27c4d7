package portal

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// soon is when a voucher begins to say how many days are left.
const soon = 14 * 24 * time.Hour

// secondsOf writes d in whole seconds, rounded up.
func secondsOf(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// digits returns the digits of any script in s, as ASCII.
func digits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if d, ok := money.Digit(r); ok {
			b.WriteByte(byte('0' + d))
		}
	}
	return b.String()
}

// face writes vouchers and amounts for one person.
type face struct {
	text   ui.Language
	zone   *time.Location
	now    time.Time
	places map[coupon.LocationID]string
}

// money writes an amount with its currency or unit.
func (f face) money(minor int64, a money.Asset) string {
	return f.text.Money(minor, a.Exponent(), a.Name())
}

// number writes an amount without its currency.
func (f face) number(minor int64, a money.Asset) string {
	return strings.Trim(f.text.Money(minor, a.Exponent(), ""), " \u00a0")
}

// percent writes basis points as a percentage without needless decimals.
func (f face) percent(bp money.BasisPoints) string {
	switch {
	case bp%100 == 0:
		return f.text.Number(int64(bp / 100))
	case bp%10 == 0:
		return strings.Trim(f.text.Money(int64(bp/10), 1, ""), " \u00a0")
	}
	return strings.Trim(f.text.Money(int64(bp), 2, ""), " \u00a0")
}

// worth says what a voucher gives; short is for the stub of a ticket.
func (f face) worth(v *coupon.VoucherView, short bool) string {
	if _, stored := v.Doc.Stored(v.Kind); stored && v.Asset != "" {
		if v.Balance > 0 {
			return f.money(v.Balance, v.Asset)
		}
		return f.money(v.Face, v.Asset)
	}
	value := v.Doc.Value
	switch value.Type {
	case coupon.ValueAmount:
		if v.Asset == "" {
			return ""
		}
		return f.text.Say("voucher.amount_off", "amount", f.money(v.Face, v.Asset))
	case coupon.ValuePercent:
		if short {
			return f.text.Say("voucher.percent", "percent", f.percent(value.BasisPoints))
		}
		return f.text.Say("voucher.percent_off", "percent", f.percent(value.BasisPoints))
	case coupon.ValueFreeShipping:
		return f.text.Say("voucher.free_shipping")
	case coupon.ValueItem:
		return f.text.Say("voucher.item")
	case coupon.ValueFixedPrice:
		if value.Price != nil {
			return f.text.Say("voucher.price", "amount", f.money(value.Price.Minor, value.Price.Asset))
		}
	case coupon.ValuePackage:
		return value.Package
	}
	return ""
}

// uses says how often a voucher can still be used, or what is left of it; "" says nothing.
func (f face) uses(v *coupon.VoucherView) string {
	switch {
	case v.Doc.Drawdown && v.Asset != "" && v.Balance < v.Face:
		return f.text.Say("voucher.left", "left", f.number(v.Balance, v.Asset), "total", f.number(v.Face, v.Asset))
	case v.MaxUses == 1:
		return f.text.Say("voucher.once")
	case v.MaxUses > 1:
		return f.text.Count("voucher.uses", max(0, v.MaxUses-v.Uses))
	}
	return ""
}

// until says when a voucher ends. An expiry at midnight means the end of the day before.
func (f face) until(v *coupon.VoucherView) string {
	if v.ExpiresAt.IsZero() {
		return f.text.Say("voucher.no_expiry")
	}
	last := v.ExpiresAt.In(f.zone)
	if last.Hour() == 0 && last.Minute() == 0 && last.Second() == 0 {
		return f.text.Say("voucher.until", "date", f.text.Date(last.Add(-time.Second)))
	}
	return f.text.Say("voucher.until", "date", f.text.DateTime(last))
}

// valid says from when, if not yet, and until when.
func (f face) valid(v *coupon.VoucherView) string {
	from := ""
	if v.StartsAt.After(f.now) {
		from = f.text.Say("voucher.from", "date", f.text.DateTime(v.StartsAt.In(f.zone)))
	}
	return join(from, f.until(v))
}

// where names the locations of a voucher; top-ups happen here and say nothing.
func (f face) where(v *coupon.VoucherView) string {
	if toUp(v.Kind) {
		return ""
	}
	var names []string
	for _, id := range v.Doc.Conditions.Locations {
		if name := f.places[id]; name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return f.text.Say("voucher.everywhere")
	}
	return strings.Join(names, ", ")
}

// toUp reports whether vouchers of a kind top up a balance.
func toUp(k coupon.Kind) bool { return k == coupon.KindRefill || k == coupon.KindEPin }

// tones are the colours of the shown statuses; what is over is plain.
var tones = map[coupon.Status]ui.Tone{
	coupon.StatusActive: ui.OK, coupon.StatusPartlyUsed: ui.Info, coupon.StatusReserved: ui.Warn, coupon.StatusScheduled: ui.Info,
	coupon.StatusDeactivated: ui.Warn, coupon.StatusFrozen: ui.Warn, coupon.StatusPaused: ui.Warn, coupon.StatusDraft: ui.Warn,
}

// status is the badge of a voucher.
func (f face) status(v *coupon.VoucherView) ui.Status {
	s := v.Shown(f.now)
	return ui.Status{Tone: tones[s], Word: f.text.Say("status." + string(s))}
}

// hint is the badge of a ticket: only what is not plainly usable needs one, or what
// ends soon.
func (f face) hint(v *coupon.VoucherView) *ui.Status {
	left := v.ExpiresAt.Sub(f.now)
	switch v.Shown(f.now) {
	case coupon.StatusActive, coupon.StatusPartlyUsed:
		if v.ExpiresAt.IsZero() || left > soon {
			return nil
		}
		days := int64((left + 24*time.Hour - 1) / (24 * time.Hour))
		return &ui.Status{Tone: ui.Warn, Word: f.text.Count("voucher.days_left", days)}
	}
	s := f.status(v)
	return &s
}

// usedOn is when a voucher was used last; "" when it was not.
func (f face) usedOn(v *coupon.VoucherView) string {
	if v.LastUsedAt.IsZero() {
		return ""
	}
	return f.text.DateTime(v.LastUsedAt.In(f.zone))
}

// used says so in a sentence.
func (f face) used(v *coupon.VoucherView) string {
	if v.LastUsedAt.IsZero() {
		return ""
	}
	return f.text.Say("voucher.used_on", "date", f.usedOn(v))
}

// ticket is a voucher in the wallet.
func (f face) ticket(v *coupon.VoucherView, over bool) ui.Ticket {
	t := ui.Ticket{Title: v.CampaignName, Worth: f.worth(v, true), Href: "/vouchers/" + string(v.ID), Status: f.hint(v), Over: over}
	if over {
		t.Lines = compact(f.used(v))
		if v.LastUsedAt.IsZero() && !v.ExpiresAt.IsZero() {
			t.Lines = compact(join(f.until(v)))
		}
		return t
	}
	t.Lines = compact(join(f.uses(v), f.until(v)), f.where(v))
	return t
}

// join puts facts side by side, as one line that begins with a capital where the script
// has capitals.
func join(parts ...string) string {
	line := strings.Join(compact(parts...), " · ")
	first, size := utf8.DecodeRuneInString(line)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + line[size:]
}

// compact drops empty texts.
func compact(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
