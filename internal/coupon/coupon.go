// Package coupon is the domain: what vouchers are, which commands change them
// and how each command decides. It knows no SQL, no HTTP, no clock and no log:
// the rows a decision needs are given to it, and so is the time.
//
// The words: a Campaign is the definition; Terms are an immutable version of
// what it promises; a Batch is one act of making vouchers; a Voucher is one
// redeemable thing and its code the secret string; the Holder is the customer it
// is assigned to; a Redemption is one use, undone by a Reversal; a Hold is a short
// reservation; a Balance is what a customer owns here; a Refusal is a try that was
// refused; an Event is one append-only fact.
package coupon

import (
	"time"
)

// Ids are UUIDv7 with the noun's prefix; see package id.
type (
	CampaignID   string // cmp_
	TermsID      string // trm_
	BatchID      string // bat_
	VoucherID    string // vch_
	CustomerID   string // cus_
	LocationID   string // loc_
	StaffID      string // stf_
	RedemptionID string // red_
	ReversalID   string // rev_
	CheckoutID   string // chk_
	HoldID       string // hld_
	RefusalID    string // rfs_
	JobID        string // job_
	MarkID       string // mrk_, one per engine commit
	WebhookID    string // whk_
	DeliveryID   string // dlv_
)

// Kind sets labels and defaults of a campaign; it never changes the rules.
type Kind string

// The kinds.
const (
	KindCoupon   Kind = "coupon"
	KindGift     Kind = "gift"
	KindRefill   Kind = "refill"
	KindEPin     Kind = "epin"
	KindDiscount Kind = "discount"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{KindCoupon, KindGift, KindRefill, KindEPin, KindDiscount} }

// HolderPolicy says who may use a voucher.
type HolderPolicy string

// The policies: only its holder; the first who uses it; a customer who takes
// one; anybody within the limits.
const (
	Assigned  HolderPolicy = "assigned"
	Bearer    HolderPolicy = "bearer"
	Claimable HolderPolicy = "claimable"
	Open      HolderPolicy = "open"
)

// Channel is the door a redemption came through.
type Channel string

// The channels.
const (
	BackOffice Channel = "back_office"
	Outlet     Channel = "outlet"
	Portal     Channel = "portal"
	ViaAPI     Channel = "api"
)

// Actor is who acts: a member of staff, a customer, an API key or the program.
type Actor struct {
	Kind string // "staff", "customer", "key" or "system"
	ID   string
	Name string // as shown in histories, e.g. "Priya N."
}

// System is the actor of background work.
func System(what string) Actor { return Actor{Kind: "system", ID: what, Name: what} }

// Organisation is the installation's own row; there is one.
type Organisation struct {
	Name           string
	TimeZone       string // IANA name
	Currency       string // ISO 4217
	Language       string
	SupportContact string
	ReversalDays   int64     // how long a redemption may be reversed, in days; 0 means 90
	SupportCap     int64     // the largest amount support issues by hand, in minor units of Currency; 0 means any
	RevealCap      int64     // how many codes one member of staff may see a day, in the organisation's zone; 0 means any
	KeyCheck       string    // tells whether the secret keys are the ones this data was written with
	KeysTimed      time.Time // since when answers are kept by the times in their idempotency keys; zero: always
	CreatedAt      time.Time
	Version        int64

	zone *time.Location // see Zoned
}

// Zoned returns a copy that has its time zone loaded, so that Zone is cheap.
func (o Organisation) Zoned() Organisation {
	o.zone = o.Zone()
	return o
}

// Zone returns the organisation's time zone, UTC when the name is unknown.
func (o Organisation) Zone() *time.Location {
	if o.zone != nil {
		return o.zone
	}
	if z, err := time.LoadLocation(o.TimeZone); err == nil {
		return z
	}
	return time.UTC
}

// Day returns the organisation's calendar day of t as "2006-01-02".
func (o Organisation) Day(t time.Time) string { return t.In(o.Zone()).Format(time.DateOnly) }

// EndOfDay returns the first instant of the day after day in the organisation's
// zone. A date-only expiry means this instant, because an expiry is exclusive.
func (o Organisation) EndOfDay(day time.Time) time.Time {
	y, m, d := day.Date()
	next := time.Date(y, m, d+1, 0, 0, 0, 0, o.Zone())
	begun, ends := next.ZoneBounds()
	switch {
	case next.Day() == d: // clocks spring over the next day's midnight: it has none
		next = ends
	case next.Add(-1).Day() != d: // clocks fall back over it: it has two
		_, was := begun.Add(-1).Zone()
		_, is := next.Zone()
		next = next.Add(-time.Duration(was-is) * time.Second)
	}
	return next.UTC()
}

func (o Organisation) reversalWindow() time.Duration {
	days := o.ReversalDays
	if days == 0 {
		days = 90
	}
	return time.Duration(days) * 24 * time.Hour
}

// Location is where staff redeem.
type Location struct {
	ID        LocationID
	Name      string
	Closed    bool
	CreatedAt time.Time
	UpdatedAt time.Time
}
