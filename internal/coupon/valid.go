package coupon

import (
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// Default fills in what a kind leaves open: its holder policy, drawdown for gift
// vouchers, and single use unless somebody said otherwise.
func (d *TermsDoc) Default(kind Kind, perVoucher *int64, unlimited bool, drawdown *bool) {
	if d.Holder == "" {
		d.Holder = map[Kind]HolderPolicy{KindCoupon: Assigned, KindGift: Bearer, KindRefill: Bearer, KindEPin: Bearer, KindDiscount: Open}[kind]
	}
	d.Drawdown = kind == KindGift
	if drawdown != nil {
		d.Drawdown = *drawdown
	}
	switch {
	case unlimited || d.Drawdown:
		d.PerVoucher = 0
	case perVoucher != nil:
		d.PerVoucher = *perVoucher
	default:
		d.PerVoucher = 1
	}
}

// Valid checks a campaign's definition and returns what is wrong, by field.
func Valid(kind Kind, d TermsDoc, l Limits) fault.Fields {
	f := fault.Fields{}
	if !slices.Contains(Kinds(), kind) {
		f["kind"] = "Known kinds: coupon, gift, refill, epin, discount."
	}
	if !slices.Contains([]HolderPolicy{Assigned, Bearer, Claimable, Open}, d.Holder) {
		f["holder_policy"] = "Known policies: assigned, bearer, claimable, open."
	}
	validValue(kind, d, f)
	validConditions(d.Conditions, f)
	for name, n := range map[string]int64{"per_voucher": d.PerVoucher, "total": l.Total, "per_customer": l.PerCustomer, "per_day": l.PerDay, "allocation": l.Allocation} {
		if n < 0 || n > money.MaxMinor {
			f["limits."+name] = "A limit is a whole number above zero."
		}
	}
	validMoney(l.Budget, money.MaxMinor, "limits.budget", f)
	oneCurrency(d, l, f)
	validStacking(d.Stacking, f)
	v := d.Validity
	if v.StartsAt != nil && v.ExpiresAt != nil && !v.StartsAt.Before(*v.ExpiresAt) {
		f["validity.starts_at"] = "The start lies after the expiry."
	}
	if v.StartsAfterDays < 0 || v.StartsAfterDays > 36500 {
		f["validity.starts_after_days"] = "Between 0 and 36500 days."
	}
	if v.ExpiresAfterDays < 0 || v.ExpiresAfterDays > 36500 {
		f["validity.expires_after_days"] = "Between 0 and 36500 days."
	}
	return f
}

func validValue(kind Kind, d TermsDoc, f fault.Fields) {
	v := d.Value
	switch v.Type {
	case ValueAmount:
		if v.Money == nil && kind != KindRefill && kind != KindEPin {
			f["value.money"] = "Say the amount."
		}
	case ValuePercent:
		if v.BasisPoints < 1 || v.BasisPoints > money.Whole {
			f["value.basis_points"] = "Between 1 and 10000 basis points (0.01 % to 100 %)."
		}
	case ValueUnits:
		if v.Units < 1 || v.Units > MaxValue {
			f["value.units"] = "A whole number from 1 to 1,000,000,000,000."
		}
		if !money.Asset("unit:" + v.Unit).Valid() {
			f["value.unit"] = "Up to 32 letters, digits, - or _."
		}
	case ValuePackage:
		if v.Package == "" || len(v.Package) > 200 {
			f["value.package"] = "Name the package, in up to 200 characters."
		}
	case ValueFreeShipping:
	case ValueFixedPrice:
		if v.Price == nil {
			f["value.price"] = "Say the price."
		}
	case ValueItem:
		if v.Get == nil {
			f["value.get"] = "Say how many units of what."
		}
	default:
		f["value.type"] = "Known types: amount, percent, free_shipping, item, fixed_price, package, units."
	}
	validMoney(v.Money, MaxValue, "value.money", f)
	validMoney(v.Max, MaxValue, "value.max", f)
	validMoney(v.Price, MaxValue, "value.price", f)
	validAppliesTo(v, f)
	validItems(v, f)
	switch _, stored := d.Stored(kind); {
	case d.Drawdown && !stored:
		f["drawdown"] = "Only an amount or units can be drawn down."
	case stored && (v.narrow() || v.AppliesTo.SkipDiscounted || v.AppliesTo.Scope == ScopeShipping):
		f["value.applies_to"] = "What stores a value pays for the whole order."
	}
}

// MaxValue is the most that one voucher is worth, or one amount that somebody gives: ten
// billion in a currency of two decimals, in minor units. Sums and balances go up to
// money.MaxMinor.
const MaxValue = 1_000_000_000_000

// WrongValue says what is wrong with an amount that somebody gives; "" is nothing.
func WrongValue(m money.Amount) string { return wrongMoney(m, MaxValue) }

func wrongMoney(m money.Amount, most int64) string {
	switch {
	case !m.Asset.Valid():
		return "This is not a currency of ISO 4217."
	case m.Minor < 1:
		return "The amount must be above zero."
	case m.Minor > most:
		return "The amount is at most " + money.Amount{Minor: most, Asset: m.Asset}.Number("en") + "."
	}
	return ""
}

// validMoney checks an amount where one is given: a known currency, from 1 to most.
func validMoney(m *money.Amount, most int64, name string, f fault.Fields) {
	if m == nil {
		return
	}
	if wrong := wrongMoney(*m, most); wrong != "" {
		f[name] = wrong
	}
}

func validConditions(c Conditions, f fault.Fields) {
	validMoney(c.MinSubtotal, MaxValue, "conditions.min_subtotal", f)
	if c.MinQuantity < 0 || c.MinQuantity > money.MaxMinor {
		f["conditions.min_quantity"] = "A whole number above zero."
	}
	validNames(f, "conditions.channels", c.Channels)
	validNames(f, "conditions.customer_groups", c.CustomerGroups)
	if c.Rule != nil {
		c.Rule.valid(f, "conditions.rule")
	}
	for _, w := range c.Windows {
		for _, d := range w.Days {
			if !slices.Contains(weekdays[:], d) {
				f["conditions.windows"] = "Days are mon, tue, wed, thu, fri, sat, sun."
			}
		}
		for _, clock := range []string{w.From, w.To} {
			if _, err := time.Parse("15:04", clock); (err != nil || len(clock) != 5) && clock != "" && clock != "24:00" {
				f["conditions.windows"] = "Hours are written 09:00."
			}
		}
		if _, err := time.LoadLocation(w.TimeZone); err != nil {
			f["conditions.windows"] = "There is no such time zone."
		}
	}
}
