package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/money"
)

// Paging asks for one page of a list. After is the cursor of the page before; "" is
// the beginning. Before, instead, is the Prev of the page after it. Newest rows come first
// unless a list says otherwise.
type Paging struct {
	After  string
	Before string
	Limit  int // 1 to 200; 0 means 50
}

// Page is one page of a list; Next is "" on the last one, Prev on the first.
type Page[R any] struct {
	Rows []R
	Next string
	Prev string
}

// CampaignFilter narrows a list of campaigns.
type CampaignFilter struct {
	Kind   Kind
	State  CampaignState
	Search string // begins a word of the name
}

// CampaignView is a campaign with the terms it issues under.
type CampaignView struct {
	Campaign
	Doc TermsDoc
}

// BatchFilter narrows a list of batches. Standing ones are left out.
type BatchFilter struct {
	Campaign CampaignID
	Kind     Kind
	State    BatchState
	Search   string // begins the description
}

// BatchView is a batch with its campaign and what became of its vouchers.
type BatchView struct {
	Batch
	Kind         Kind
	CampaignName string
	Used         int64 // vouchers used at least once
	UsedMinor    int64 // what they gave, minor units
	Open         int64 // active, unused, not expired
	OpenMinor    int64 // what is left on open vouchers, minor units
	JobState     JobState
	JobError     string
	JobStarted   time.Time
}

// VoucherFilter narrows a list of vouchers. Those of a batch that is being made
// or was given up are never listed, but by naming the batch.
type VoucherFilter struct {
	IDs      []VoucherID // any of these; when empty, all
	Campaign CampaignID
	Batch    BatchID
	Kind     Kind
	Except   Kind // all but this one
	Holder   CustomerID
	Public   bool       // only codes that everybody may know
	UsedBy   CustomerID // who used it last
	OfOwner  CustomerID // holder or last user
	Shared   bool       // with OfOwner: also what others used later, such as public codes
	Status   Status     // as shown at Now
	Statuses []Status   // one of these, as shown at Now
	Used     *bool      // uses > 0
	Minor    *int64     // face value, minor units
	Tail     string     // last four, canonical
	Serial   string     // begins the serial
	Search   string     // begins the batch's description or the serial, or is the tail
	Codes    []string   // fingerprints: the whole code was typed in
	UsedFrom time.Time
	UsedTo   time.Time
	Expiring time.Time // expires after Now, at this moment at the latest
	Now      time.Time
}

// VoucherView is a voucher with everything its status and its lists show.
type VoucherView struct {
	Voucher
	Kind             Kind
	CampaignName     string
	CampaignState    CampaignState
	BatchDescription string
	BatchState       BatchState
	HolderName       string // or what else the holder is known by, contacts masked
	UserName         string // of LastCustomer, likewise
	Held             bool   // live holds reserve all that is left
	Doc              TermsDoc
}

// Shown returns the derived status.
func (v *VoucherView) Shown(now time.Time) Status {
	return v.Status(v.CampaignState, v.BatchState, v.Held, now)
}

// CustomerFilter narrows a list of customers.
type CustomerFilter struct {
	Search string // begins the name or e-mail, is the member id, source id or the end of the mobile number
	Group  string
	Masked bool // an e-mail address is found whole only and a mobile not at all, so that nobody feels their way to them
}

// RedemptionFilter narrows a list of redemptions.
type RedemptionFilter struct {
	Voucher   VoucherID
	Customer  CustomerID
	Campaign  CampaignID
	Checkout  CheckoutID
	Location  LocationID
	Reference string
	From, To  time.Time
}

// CheckoutFilter narrows a list of checkouts.
type CheckoutFilter struct {
	Customer  CustomerID
	Reference string
}

// RedemptionView is a redemption with its reversals and names.
type RedemptionView struct {
	Redemption
	Reversals    []Reversal
	CustomerName string // or what else the customer is known by, contacts masked
	CampaignName string
	LocationName string
}

// RefusalFilter narrows a list of refusals.
type RefusalFilter struct {
	Voucher  VoucherID
	Customer CustomerID
	Campaign CampaignID
	Reason   string
	From, To time.Time
}

// NoteFilter narrows a list of notes.
type NoteFilter struct {
	Customer CustomerID
	Voucher  VoucherID
}

// EventFilter narrows a list of events. Without Subject and Customer it is the
// feed, which shows published events only, in their published order when Oldest.
type EventFilter struct {
	Subject  string
	Customer CustomerID
	Type     EventType
	Types    []EventType // one of these
	By       string      // actor id
	From, To time.Time
	Oldest   bool // oldest first, for readers that follow the feed
}

// EntryView is a ledger entry of one customer with the balance after it.
type EntryView struct {
	Entry
	After int64 // minor units
}

// Figures are the dashboard's numbers at a moment, by asset where money is meant.
type Figures struct {
	Issued, Redeemed, OpenCount, Expiring int64 // vouchers; Expiring within 30 days
	RedeemedToday                         int64
	Refused30                             int64
	Customers                             int64
	Outstanding                           []Balance        // by asset, Customer empty
	Liability                             []CampaignFigure // of Outstanding, the largest ten of each asset
	CustomerBalances                      []Balance
	Days                                  []DayFigure // the last 30 days, oldest first
}

// CampaignFigure is what a campaign's vouchers hold, in one asset.
type CampaignFigure struct {
	Campaign CampaignID
	Name     string
	Asset    money.Asset
	Count    int64 // vouchers that hold something
	Minor    int64
}

// OpenFigure is how many vouchers are open (active, unused, not expired) and what
// they hold, in one asset.
type OpenFigure struct {
	Asset money.Asset
	Count int64
	Minor int64
}

// DayFigure is one day of a chart.
type DayFigure struct {
	Day   string // the organisation's calendar day
	Count int64
	Minor int64
}

// CampaignUse is how one campaign is used. Given, and Minor of the days, leave out what
// was given back.
type CampaignUse struct {
	Issued     int64        // vouchers, those being made too
	Uses       int64        // redemptions that were not wholly given back
	Given      []Balance    // by asset, Customer empty
	Asset      money.Asset  // of Days
	Days       []DayFigure  // the last 30 days, oldest first
	BudgetUsed int64        // minor units of the budget, 0 without one
	Refusals   []ReasonUses // of the last 30 days, the most frequent six
}

// ReasonUses is how often tries were refused for one reason.
type ReasonUses struct {
	Reason string
	Count  int64
}

// Difference is one thing that verify found wrong.
type Difference struct {
	What string // e.g. "voucher balances of a batch against its control account"
	ID   string
	Want int64
	Have int64
}
