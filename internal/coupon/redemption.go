package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
)

// TransactionType says what a redemption was for.
type TransactionType string

// The transaction types.
const (
	TopUp           TransactionType = "top_up"
	Purchase        TransactionType = "purchase"
	PackagePurchase TransactionType = "package_purchase"
	Registration    TransactionType = "registration"
	Upgrade         TransactionType = "upgrade"
	OrderPlaced     TransactionType = "order"
	OtherUse        TransactionType = "other"
)

// TransactionTypes lists every transaction type.
func TransactionTypes() []TransactionType {
	return []TransactionType{TopUp, Purchase, PackagePurchase, Registration, Upgrade, OrderPlaced, OtherUse}
}

// Transaction is what a redemption was for, and the caller's reference to it.
type Transaction struct {
	Type      TransactionType `json:"type,omitempty"`
	Reference string          `json:"reference,omitempty"`
}

// Redemption is one use of one voucher. Money is what it gave, in minor units;
// its asset is empty where no amount is known.
type Redemption struct {
	ID          RedemptionID
	Checkout    CheckoutID
	Voucher     VoucherID
	Campaign    CampaignID
	Batch       BatchID
	Customer    CustomerID
	By          Actor
	Channel     Channel
	Location    LocationID
	Reference   string
	Transaction Transaction
	Money       money.Amount
	To          Account // where the money went; "" when none moved
	Hold        HoldID
	Day         string // the organisation's calendar day, for the daily limit
	Reversed    int64  // minor units given back so far
	Returned    bool   // the use was given back: wholly reversed
	Serial      string // the voucher's, for lists
	Prefix      string
	Tail        string
	Version     int64
	At          time.Time

	// What the history says of it beyond that.
	Uses           int64 // the voucher's, with this one
	VoucherVersion int64 // the voucher's version after it
	Bound          bool  // it made the customer the holder
	Request        string
	Address        string
}

// Event returns the fact that the voucher was redeemed. It is written nowhere else: a
// redemption's id has the number that is the event's place within the commit, and but for the
// number it is the mark's.
func (r *Redemption) Event() Event {
	return Event{
		Mark: MarkID(id.Nth("mrk", string(r.ID), 0)), N: id.Number(string(r.ID)), Type: EventVoucherRedeemed, Subject: string(r.Voucher), Version: r.VoucherVersion,
		Campaign: r.Campaign, Customer: r.Customer, By: r.By, Request: r.Request, Address: r.Address, Data: r.facts(), At: r.At,
	}
}

func (r *Redemption) facts() map[string]any {
	d := map[string]any{"redemption": string(r.ID), "channel": string(r.Channel), "uses": r.Uses}
	put := func(k, v string) {
		if v != "" {
			d[k] = v
		}
	}
	put("reference", r.Reference)
	put("location", string(r.Location))
	put("transaction", string(r.Transaction.Type))
	put("transaction_reference", r.Transaction.Reference)
	if r.Money.Asset != "" {
		d["amount"], d["currency"] = r.Money.Minor, string(r.Money.Asset)
	}
	if r.Bound {
		d["bound"] = true
	}
	return d
}

// Reversal undoes a redemption, wholly or in part.
type Reversal struct {
	ID         ReversalID
	Redemption RedemptionID
	Voucher    VoucherID
	Customer   CustomerID
	Money      money.Amount
	Whole      bool // it gave the use back
	Reason     string
	By         Actor
	At         time.Time
}

// HoldState is the stored state of a hold; a hold past its end is over whatever
// is stored.
type HoldState string

// The states of a hold.
const (
	HoldOpen     HoldState = "open"
	HoldReleased HoldState = "released"
	HoldConsumed HoldState = "consumed"
)

// MaxHold is the longest a hold may last.
const MaxHold = 15 * time.Minute

// Hold reserves uses, amounts and limits between validation and redemption. It
// ends by its own time: what it reserves is counted only while now is before
// ExpiresAt, so nothing has to run for it to end.
type Hold struct {
	ID        HoldID
	State     HoldState
	Customer  CustomerID
	Request   HoldRequest
	By        Actor
	CreatedAt time.Time
	ExpiresAt time.Time
	Version   int64
}

// HoldRequest is what the hold was taken for, stored as JSON and redeemed as it is.
type HoldRequest struct {
	Items       []HeldItem  `json:"items"`
	Location    LocationID  `json:"location,omitempty"`
	Reference   string      `json:"reference,omitempty"`
	Transaction Transaction `json:"transaction"`
	Channel     Channel     `json:"channel"`
	Order       *Order      `json:"order,omitempty"`
}

// HeldItem is one voucher of a hold, and whom its use counts for.
type HeldItem struct {
	Voucher  VoucherID    `json:"voucher"`
	Tail     string       `json:"tail"`
	Customer CustomerID   `json:"customer,omitempty"`
	Money    money.Amount `json:"money"`
}

// Reservation is what one hold takes of one subject: a voucher or a counter.
type Reservation struct {
	Subject   string // a VoucherID or a CounterKey
	Hold      HoldID
	Uses      int64
	Minor     int64
	ExpiresAt time.Time
}

// CounterKey names a counter of uses: see TotalCounter and its siblings.
type CounterKey string

// TotalCounter counts the uses of a campaign's vouchers.
func TotalCounter(c CampaignID) CounterKey { return CounterKey(c) + "/total" }

// DayCounter counts them on one calendar day of the organisation.
func DayCounter(c CampaignID, day string) CounterKey { return CounterKey(string(c) + "/day/" + day) }

// CustomerCounter counts them for one customer.
func CustomerCounter(c CampaignID, cus CustomerID) CounterKey {
	return CounterKey(string(cus) + "/" + string(c))
}

// BudgetCounter sums the amounts a campaign gave, in minor units.
func BudgetCounter(c CampaignID) CounterKey { return CounterKey(c) + "/budget" }

// IssuedCounter counts the vouchers a campaign issued.
func IssuedCounter(c CampaignID) CounterKey { return CounterKey(c) + "/issued" }

// Counter counts what a limit limits. It exists only while its limit does.
type Counter struct {
	Key      CounterKey
	Campaign CampaignID
	Used     int64
}

// Refusal is a try that was refused, kept to be explained.
type Refusal struct {
	ID        RefusalID
	Reason    string // a code of faults.go
	Voucher   VoucherID
	Campaign  CampaignID
	Customer  CustomerID
	Tail      string
	By        Actor
	Channel   Channel
	Location  LocationID
	Reference string
	Order     *Order // what it was tried on; nil without an order
	Checks    []CheckResult
	Repeats   int64 // the same try again within a minute
	At        time.Time
}
