package coupon

import (
	"context"
	"slices"
	"time"
)

// Command is one change. The engine resolves immutable links without locks, locks
// the rows the command names, and lets it decide on them, in memory.
type Command interface {
	// Resolve names what must be looked up before rows can be named.
	Resolve(q *Lookup)
	// Lock names the rows to lock, from what was looked up.
	Lock(l *Links, k *Keys)
	// Decide says what changes, or refuses. It may run again on other rows, so it
	// touches nothing but e.
	Decide(e *Effects, now time.Time) (any, error)
}

// Lookup is what a batch wants resolved.
type Lookup struct {
	Fingerprints []string
	Vouchers     []VoucherID
	Redemptions  []RedemptionID
	Holds        []HoldID
	Checkouts    []CheckoutID // all their redemptions are resolved
	Customers    []CustomerKey
	Campaigns    []CampaignID
	Batches      []BatchID

	Locks bool // what is found will be locked: by a lane, not by a validation
}

// VoucherLink says where a voucher belongs. Holder and Counted may move between
// resolve and lock; decisions compare them with the locked rows.
type VoucherLink struct {
	Voucher  VoucherID
	Campaign CampaignID
	Kind     Kind // of the campaign
	Terms    TermsID
	Batch    BatchID
	Holder   CustomerID
	Counted  Counted
	Fresh    bool // made by this very batch
}

// RedemptionLink says where a redemption belongs.
type RedemptionLink struct {
	VoucherLink
	Checkout CheckoutID
	Customer CustomerID
	Day      string
	Asset    string
}

// CampaignLink says what issuing for a campaign needs.
type CampaignLink struct {
	Terms    TermsID
	Standing BatchID
	Counted  Counted
}

// Links is what was resolved, without locks.
type Links struct {
	Org         Organisation
	Day         string // the organisation's calendar day of the batch
	Codes       map[string]VoucherLink
	Vouchers    map[VoucherID]VoucherLink
	Redemptions map[RedemptionID]RedemptionLink
	Holds       map[HoldID]*Hold
	Customers   map[CustomerKey]CustomerID
	Campaigns   map[CampaignID]CampaignLink
	Batches     map[BatchID]CampaignID // their campaigns are in Campaigns too
	Jobs        map[BatchID]JobID

	moved map[CustomerKey]bool // given in this batch to a customer whose rows may not be locked
}

// NewLinks returns empty links with their maps made.
func NewLinks() *Links {
	return &Links{
		Codes: map[string]VoucherLink{}, Vouchers: map[VoucherID]VoucherLink{}, Redemptions: map[RedemptionID]RedemptionLink{},
		Holds: map[HoldID]*Hold{}, Customers: map[CustomerKey]CustomerID{}, Campaigns: map[CampaignID]CampaignLink{}, Batches: map[BatchID]CampaignID{},
		Jobs: map[BatchID]JobID{}, moved: map[CustomerKey]bool{},
	}
}

// Code returns the link of the first fingerprint that is known.
func (l *Links) Code(fingerprints []string) (VoucherLink, bool) {
	_, link, ok := l.bound(fingerprints)
	return link, ok
}

// bound also returns which of the fingerprints it is.
func (l *Links) bound(fingerprints []string) (string, VoucherLink, bool) {
	for _, f := range fingerprints {
		if link, ok := l.Codes[f]; ok {
			return f, link, true
		}
	}
	return "", VoucherLink{}, false
}

// Keys names the rows of a batch. They are locked in the order of the fields, then
// of the keys: answers, campaigns, batches, vouchers, codes, counters, balances,
// holds, redemptions, checkouts, jobs. Customers and terms are read, not locked, unless a command
// changes the customer.
type Keys struct {
	Answers        []string
	Campaigns      []CampaignID // shared
	OwnCampaigns   []CampaignID // exclusively
	Batches        []BatchID    // shared
	OwnBatches     []BatchID    // exclusively
	Vouchers       []VoucherID
	Codes          []string // that may be bound to another voucher
	Counters       []CounterKey
	Customers      []CustomerID
	OwnCustomers   []CustomerID
	Balances       []CustomerID // every balance of these customers
	Holds          []HoldID
	Redemptions    []RedemptionID
	Checkouts      []CheckoutID
	Jobs           []JobID
	Terms          []TermsID
	ReservationsOf []HoldID     // every reservation of these holds
	OrdersOf       []CustomerID // whether these customers have ordered
	SentOf         []VoucherID  // when these were last sent again
}

// Tidy sorts the keys and drops repeats and blanks.
func (k *Keys) Tidy() {
	tidy(&k.Answers)
	tidy(&k.Campaigns)
	tidy(&k.OwnCampaigns)
	tidy(&k.Batches)
	tidy(&k.OwnBatches)
	tidy(&k.Vouchers)
	tidy(&k.Codes)
	tidy(&k.Counters)
	tidy(&k.Customers)
	tidy(&k.OwnCustomers)
	tidy(&k.Balances)
	tidy(&k.Holds)
	tidy(&k.Redemptions)
	tidy(&k.Jobs)
	tidy(&k.Terms)
	tidy(&k.ReservationsOf)
	tidy(&k.SentOf)
	tidy(&k.Checkouts)
	tidy(&k.OrdersOf)
}

// Tidy sorts what is to be looked up and drops repeats and blanks.
func (q *Lookup) Tidy() {
	tidy(&q.Fingerprints)
	tidy(&q.Vouchers)
	tidy(&q.Redemptions)
	tidy(&q.Holds)
	tidy(&q.Checkouts)
	tidy(&q.Customers)
	tidy(&q.Campaigns)
	tidy(&q.Batches)
}

func tidy[S ~string](list *[]S) {
	slices.Sort(*list)
	*list = slices.Compact(*list)
	if len(*list) > 0 && (*list)[0] == "" {
		*list = (*list)[1:]
	}
}

// Tx is one writing transaction.
type Tx interface {
	// Apply writes a batch, one statement per table, its mark first, and answers last: see
	// Changes.Answered.
	Apply(ctx context.Context, c *Changes) error
}

// Journal is the store as the engine sees it.
type Journal interface {
	// Resolve follows immutable links without locks, and adds them to l. What l says of the
	// customers that are asked for is as they are now.
	Resolve(ctx context.Context, q *Lookup, l *Links) error
	// Read reads the rows that keys names without locking them.
	Read(ctx context.Context, k *Keys) (*State, error)
	// Write locks the rows that keys names, leaves out what is missing, runs fn on them in
	// the same transaction, and commits it.
	Write(ctx context.Context, k *Keys, fn func(tx Tx, s *State) error) error
	// Committed reports, after a commit whose outcome is unknown, whether the batch
	// with this mark is in the database; when it is not, it never will be.
	Committed(ctx context.Context, mark MarkID) (bool, error)
}
