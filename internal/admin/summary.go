package admin

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// teller puts campaigns into words: as a person writes amounts and dates, in an
// organisation's zone and currency.
type teller struct {
	writing
	org   coupon.Organisation
	clock ui.Clock
}

func (v *visit) teller() teller { return teller{v.writing, v.org, v.clock} }

// summary says in one sentence what a campaign gives, to whom and until when: "10 % off
// shoes, at most SGD 20.00, once per customer, until 31 Dec 2026 23:59 Asia/Singapore".
func (w teller) summary(kind coupon.Kind, d coupon.TermsDoc, l coupon.Limits) string {
	clauses := []string{w.gives(kind, d)}
	clauses = append(clauses, w.conditionWords(d.Conditions)...)
	clauses = append(clauses, w.limitWords(kind, d, l)...)
	clauses = append(clauses, stackingWords(d.Stacking)...)
	clauses = append(clauses, holderClause(kind, d.Holder), w.spanWords(d.Validity))
	clauses = slices.DeleteFunc(clauses, func(c string) bool { return c == "" })
	out := strings.Join(clauses, ", ")
	first, size := utf8.DecodeRuneInString(out)
	return string(unicode.ToUpper(first)) + out[size:]
}

// gives is the clause of the value: "10 % off shoes, at most SGD 20.00".
func (w teller) gives(kind coupon.Kind, d coupon.TermsDoc) string {
	v, to := d.Value, w.subject(d.Value.AppliesTo)
	out := ""
	switch v.Type {
	case coupon.ValuePercent:
		out = w.percent(v.BasisPoints) + " off " + to
	case coupon.ValueAmount:
		out = w.amountOff(kind, d, to)
	case coupon.ValueFreeShipping:
		out = "free shipping"
	case coupon.ValueFixedPrice:
		out = to + " for " + w.money(v.Price) + " each"
	case coupon.ValueItem:
		out = w.itemWords(v)
	default:
		out = w.worth(d, 0, "")
	}
	if v.Max != nil {
		out += ", at most " + w.money(v.Max)
	}
	if v.AppliesTo.SkipDiscounted {
		out += ", not what is reduced already"
	}
	return out
}

func (w teller) percent(rate money.BasisPoints) string {
	return strings.ReplaceAll(rate.Format(w.lang), " ", "\u00a0")
}

func (w teller) money(m *money.Amount) string {
	if m == nil {
		return "an amount"
	}
	return w.amount(m.Minor, m.Asset)
}

func (w teller) amountOff(kind coupon.Kind, d coupon.TermsDoc, to string) string {
	a := d.Value.AppliesTo
	switch _, stored := d.Stored(kind); {
	case stored:
		return w.worth(d, 0, "")
	case a.Per == coupon.PerUnit && a.Pick != coupon.PickCheapest && a.Pick != coupon.PickDearest:
		return w.money(d.Value.Money) + " off each unit" + ofWhat(a.Products, a.Collections)
	case a.Per == coupon.PerUnit:
		return w.money(d.Value.Money) + " off each of " + to
	}
	return w.money(d.Value.Money) + " off " + to
}

// subject is what a value applies to: "the order", "shoes", "the cheapest 2 units of shoes".
func (w teller) subject(to coupon.AppliesTo) string {
	what := some(append(append([]string{}, to.Collections...), to.Products...))
	switch {
	case to.Pick == coupon.PickCheapest || to.Pick == coupon.PickDearest:
		units := "unit"
		if to.Quantity != 1 {
			units = w.number(to.Quantity) + " units"
		}
		what = "the " + to.Pick + " " + units + ofWhat(to.Products, to.Collections)
	case to.Scope == coupon.ScopeShipping:
		what = "shipping"
	case what == "" && to.Scope == coupon.ScopeLines:
		what = "every line"
	case what == "":
		what = "the order"
	}
	if to.Scope == coupon.ScopeOrderAndShipping {
		what += " and shipping"
	}
	return what
}

func ofWhat(products, collections []string) string {
	if len(products)+len(collections) == 0 {
		return ""
	}
	return " of " + some(append(append([]string{}, collections...), products...))
}

func (w teller) itemWords(v coupon.Value) string {
	if v.Get == nil {
		return "an item"
	}
	set := func(s *coupon.ItemSet) string {
		return w.count(s.Quantity, "unit", "units") + ofWhat(s.Products, s.Collections)
	}
	out, price := set(v.Get), " free"
	switch {
	case v.Get.Price != nil:
		price = " for " + w.money(v.Get.Price) + " each"
	case v.Get.BasisPoints > 0 && v.Get.BasisPoints < money.Whole:
		price = " at " + w.percent(v.Get.BasisPoints) + " off"
	}
	out += price
	if v.Buy != nil {
		out = "buy " + set(v.Buy) + ", get " + out
	}
	if v.AppliesTo.Per == coupon.PerUnit {
		out += " as often as it fits"
	}
	return out
}

// conditionWords are the clauses of what an order and its customer must be.
func (w teller) conditionWords(c coupon.Conditions) []string {
	var out []string
	add := func(on bool, text string) {
		if on {
			out = append(out, text)
		}
	}
	add(c.MinSubtotal != nil, "on orders of "+w.money(c.MinSubtotal)+" or more")
	add(c.MinQuantity > 0, "for "+w.count(c.MinQuantity, "unit", "units")+" or more")
	add(c.FirstOrder, "on a customer's first order")
	add(len(c.CustomerGroups) > 0, "for "+some(c.CustomerGroups))
	add(len(c.Customers) > 0, "for "+w.count(int64(len(c.Customers)), "customer by name", "customers by name"))
	add(len(c.Channels) > 0, "in the channel "+some(c.Channels))
	add(len(c.Locations) > 0, "at "+w.count(int64(len(c.Locations)), "location", "locations"))
	for _, x := range c.Windows {
		out = append(out, windowWords(x))
	}
	if !c.Rule.Empty() {
		out = append(out, "if "+w.ruleWords(c.Rule))
	}
	add(c.Expert != "", "if an expert condition holds")
	return out
}

// windowWords says when: "on Mon, Tue 09:00 to 17:00".
func windowWords(x coupon.Window) string {
	var days []string
	for _, d := range x.Days {
		days = append(days, capital(d))
	}
	out := "on " + strings.Join(days, ", ")
	if len(days) == 0 {
		out = "daily"
	}
	if x.From != "" || x.To != "" {
		out += " " + orText(x.From, "00:00") + " to " + orText(x.To, "24:00")
	}
	if x.TimeZone != "" {
		out += " " + x.TimeZone
	}
	return out
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// limitWords are the clauses of how often.
func (w teller) limitWords(kind coupon.Kind, d coupon.TermsDoc, l coupon.Limits) []string {
	var out []string
	add := func(n int64, text string) {
		if n > 0 {
			out = append(out, text)
		}
	}
	if _, stored := d.Stored(kind); !stored {
		add(d.PerVoucher, "each code "+w.times(d.PerVoucher))
	}
	add(l.PerCustomer, w.times(l.PerCustomer)+" per customer")
	add(l.PerDay, w.times(l.PerDay)+" a day")
	add(l.Total, w.times(l.Total)+" in all")
	if l.Budget != nil {
		out = append(out, "until "+w.money(l.Budget)+" are given")
	}
	add(l.Allocation, w.count(l.Allocation, "voucher", "vouchers")+" at most")
	return out
}

func (w teller) times(n int64) string {
	if n == 1 {
		return "once"
	}
	return w.number(n) + " times"
}

func stackingWords(s coupon.Stacking) []string {
	switch {
	case s.Exclusive || s.CombinesWith != nil && len(s.CombinesWith) == 0:
		return []string{"not with other discounts"}
	case s.CombinesWith != nil && len(s.CombinesWith) < len(coupon.Classes()):
		var names []string
		for _, c := range s.CombinesWith {
			names = append(names, string(c))
		}
		return []string{"only with " + strings.Join(names, " and ") + " discounts"}
	}
	return nil
}

func holderClause(kind coupon.Kind, p coupon.HolderPolicy) string {
	switch {
	case p == coupon.Assigned:
		return "only for the code's holder"
	case p == coupon.Claimable:
		return "for the customer who takes it"
	case p == coupon.Bearer && kind == coupon.KindDiscount:
		return "for whoever uses it first"
	}
	return ""
}

// spanWords says from when until when: "until 31 Dec 2026 23:59 Asia/Singapore".
func (w teller) spanWords(v coupon.Validity) string {
	var parts []string
	switch {
	case v.StartsAt != nil:
		parts = append(parts, "from "+w.clock.Short(*v.StartsAt).String())
	case v.StartsAfterDays > 0:
		parts = append(parts, "from "+w.count(int64(v.StartsAfterDays), "day", "days")+" after issue")
	}
	switch {
	case v.ExpiresAt != nil:
		last := *v.ExpiresAt
		if before := last.Add(-time.Minute); w.org.EndOfDay(before.In(w.org.Zone())).Equal(last) {
			last = before // what ends with a day is good in its last minute
		}
		parts = append(parts, "until "+w.clock.Short(last).String())
	case v.ExpiresAfterDays > 0:
		parts = append(parts, "until "+w.count(int64(v.ExpiresAfterDays), "day", "days")+" after issue")
	}
	out := strings.Join(parts, " ")
	if v.StartsAt != nil || v.ExpiresAt != nil {
		out += " " + w.org.Zone().String()
	}
	return out
}
