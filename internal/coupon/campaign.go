package coupon

import (
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/money"
)

// CampaignState is stored; activate, pause and archive change it.
type CampaignState string

// The states of a campaign.
const (
	CampaignDraft    CampaignState = "draft"
	CampaignActive   CampaignState = "active"
	CampaignPaused   CampaignState = "paused"
	CampaignArchived CampaignState = "archived"
)

// Campaign is the definition of vouchers. Its promise lies in Terms; limits,
// pause and freeze are live and lie here. Kind, value type and currency are frozen
// once a voucher exists.
type Campaign struct {
	ID           CampaignID
	Kind         Kind
	Name         string
	Description  string
	State        CampaignState
	Terms        TermsID // what vouchers issued from now on are promised
	Limits       Limits
	Code         CodePolicy
	Instructions string
	TermsText    string
	Metadata     map[string]string
	Standing     BatchID // the batch of vouchers issued one by one
	IssuedAny    bool    // whether a voucher exists: known where a change is decided, never in views
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Limits count uses over the whole campaign, always live. Zero means none.
type Limits struct {
	Total       int64         `json:"total,omitempty"`
	PerCustomer int64         `json:"per_customer,omitempty"`
	PerDay      int64         `json:"per_day,omitempty"`
	Budget      *money.Amount `json:"budget,omitempty"`     // amount given, minor units
	Allocation  int64         `json:"allocation,omitempty"` // vouchers that may be issued
}

// Counted is the set of counters a campaign keeps, as bits.
type Counted int64

// The counters.
const (
	CountTotal Counted = 1 << iota
	CountCustomer
	CountDay
	CountBudget
	CountIssued
)

// Counted returns which counters these limits need.
func (l Limits) Counted() Counted {
	var c Counted
	for _, p := range []struct {
		on  bool
		bit Counted
	}{{l.Total > 0, CountTotal}, {l.PerCustomer > 0, CountCustomer}, {l.PerDay > 0, CountDay}, {l.Budget != nil, CountBudget}, {l.Allocation > 0, CountIssued}} {
		if p.on {
			c |= p.bit
		}
	}
	return c
}

// Terms are an immutable version of a campaign's value, conditions, stacking and
// per-voucher limits; a voucher points to the terms it was issued under.
type Terms struct {
	ID        TermsID
	Campaign  CampaignID
	Kind      Kind
	Doc       TermsDoc
	CreatedAt time.Time
}

// TermsDoc is what the terms say, stored as one JSON text.
type TermsDoc struct {
	Value      Value        `json:"value"`
	Conditions Conditions   `json:"conditions"`
	Validity   Validity     `json:"validity"`
	Stacking   Stacking     `json:"stacking"`
	Holder     HolderPolicy `json:"holder_policy"`
	PerVoucher int64        `json:"per_voucher"` // uses; 0 means no limit
	Drawdown   bool         `json:"drawdown,omitempty"`
}

// ValueType says what a voucher is worth.
type ValueType string

// The value types.
const (
	ValueAmount       ValueType = "amount"
	ValuePercent      ValueType = "percent"
	ValueFreeShipping ValueType = "free_shipping"
	ValueItem         ValueType = "item"
	ValueFixedPrice   ValueType = "fixed_price"
	ValuePackage      ValueType = "package"
	ValueUnits        ValueType = "units"
)

// Value is what a voucher gives.
type Value struct {
	Type        ValueType         `json:"type"`
	Money       *money.Amount     `json:"money,omitempty"`
	BasisPoints money.BasisPoints `json:"basis_points,omitempty"`
	Max         *money.Amount     `json:"max,omitempty"`
	Package     string            `json:"package,omitempty"`
	Units       int64             `json:"units,omitempty"`
	Unit        string            `json:"unit,omitempty"`
	Price       *money.Amount     `json:"price,omitempty"`
	AppliesTo   AppliesTo         `json:"applies_to"`
	Get         *ItemSet          `json:"get,omitempty"`
	Buy         *ItemSet          `json:"buy,omitempty"`
}

// AppliesTo narrows a value to a part of an order.
type AppliesTo struct {
	Scope       string   `json:"scope,omitempty"`
	Products    []string `json:"products,omitempty"`
	Collections []string `json:"collections,omitempty"`
	Pick        string   `json:"pick,omitempty"`
	Quantity    int64    `json:"quantity,omitempty"`
	Per         string   `json:"per,omitempty"`

	SkipDiscounted bool `json:"skip_discounted,omitempty"` // leaves lines out whose price is reduced already
}

// ItemSet names units of products, for item values.
type ItemSet struct {
	Products    []string          `json:"products,omitempty"`
	Collections []string          `json:"collections,omitempty"`
	Quantity    int64             `json:"quantity"`
	BasisPoints money.BasisPoints `json:"basis_points,omitempty"`
	Price       *money.Amount     `json:"price,omitempty"`
}

// Stored returns what a voucher of this value holds when issued under kind: an
// amount of an asset, or ok false for values that have no ledger value.
func (t TermsDoc) Stored(kind Kind) (money.Amount, bool) {
	switch t.Value.Type {
	case ValueUnits:
		return money.Amount{Minor: t.Value.Units, Asset: money.Asset("unit:" + t.Value.Unit)}, true
	case ValueAmount:
		if t.Drawdown || kind == KindGift || kind == KindRefill || kind == KindEPin {
			if t.Value.Money == nil {
				return money.Amount{}, true // the batch names the amount
			}
			return *t.Value.Money, true
		}
	}
	return money.Amount{}, false
}

// Conditions narrow who may redeem, where and when.
type Conditions struct {
	MinSubtotal    *money.Amount `json:"min_subtotal,omitempty"`
	MinQuantity    int64         `json:"min_quantity,omitempty"`
	CustomerGroups []string      `json:"customer_groups,omitempty"`
	Customers      []CustomerID  `json:"customers,omitempty"`
	FirstOrder     bool          `json:"first_order,omitempty"`
	Channels       []string      `json:"channels,omitempty"`
	Locations      []LocationID  `json:"locations,omitempty"`
	Windows        []Window      `json:"windows,omitempty"`
	Rule           *Rule         `json:"rule,omitempty"`
	Expert         string        `json:"expert,omitempty"` // a CEL expression; see package expert
}

// needsOrder reports whether the conditions cannot be judged without an order.
func (c Conditions) needsOrder() bool {
	return c.MinSubtotal != nil || c.MinQuantity > 0 || c.FirstOrder || len(c.Channels) > 0 || !c.Rule.Empty() || c.Expert != ""
}

// Window is a weekday and opening-hour window in a named zone; From and To are
// "15:04", To exclusive; To at or before From ends on the next day.
type Window struct {
	Days     []string `json:"days,omitempty"`
	From     string   `json:"from,omitempty"`
	To       string   `json:"to,omitempty"`
	TimeZone string   `json:"time_zone,omitempty"`
}

var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// holds reports whether t lies in the window; zone is used when none is named.
func (w Window) holds(t time.Time, zone *time.Location) bool {
	if w.TimeZone != "" {
		if z, err := time.LoadLocation(w.TimeZone); err == nil {
			zone = z
		}
	}
	t = t.In(zone)
	on := func(day time.Weekday) bool { return len(w.Days) == 0 || slices.Contains(w.Days, weekdays[day]) }
	clock := t.Format("15:04")
	from, to := w.From, w.To
	if from == "" {
		from = "00:00"
	}
	if to == "" {
		to = "24:00"
	}
	if from < to {
		return on(t.Weekday()) && from <= clock && clock < to
	}
	yesterday := (t.Weekday() + 6) % 7
	return on(t.Weekday()) && from <= clock || on(yesterday) && clock < to
}

// Validity says when vouchers issued under the terms start and expire.
type Validity struct {
	StartsAt         *time.Time `json:"starts_at,omitempty"`
	ExpiresAt        *time.Time `json:"expires_at,omitempty"`
	StartsAfterDays  int        `json:"starts_after_days,omitempty"`
	ExpiresAfterDays int        `json:"expires_after_days,omitempty"`
}

// Span returns when a voucher issued at now starts and expires; zero times mean
// at once and never. "Days after issue" end with the organisation's day.
func (v Validity) Span(org Organisation, now time.Time) (starts, expires time.Time) {
	if v.StartsAt != nil {
		starts = *v.StartsAt
	}
	if v.ExpiresAt != nil {
		expires = *v.ExpiresAt
	}
	y, m, d := now.In(org.Zone()).Date()
	day := func(n int) time.Time { return time.Date(y, m, d+n, 0, 0, 0, 0, time.UTC) }
	if v.StartsAfterDays > 0 {
		starts = org.EndOfDay(day(v.StartsAfterDays - 1))
	}
	if v.ExpiresAfterDays > 0 {
		expires = org.EndOfDay(day(v.ExpiresAfterDays))
	}
	return starts, expires
}
