package coupon

import (
	"fmt"
	"time"

	"github.com/scriphq/scrip/internal/money"
)

// VoucherState is what is stored of a voucher's life; the rest follows from the
// clock, the flag, the batch and the campaign (see Voucher.Status).
type VoucherState string

// The four stored states.
const (
	VoucherActive   VoucherState = "active"
	VoucherRedeemed VoucherState = "redeemed"
	VoucherVoid     VoucherState = "void"
	VoucherDeleted  VoucherState = "deleted"
)

// Voucher is one redeemable thing. Amounts are minor units of Asset; zero times
// mean never.
type Voucher struct {
	ID              VoucherID
	Serial          string // batch label and sequence, printed and searchable
	Sequence        int64
	Sealed          string // the code, encrypted; opened only on reveal, copy, export and send
	Prefix, Tail    string // what lists show of the code
	Public          bool   // a code everybody may know, never masked
	Campaign        CampaignID
	Terms           TermsID
	Batch           BatchID
	Holder          CustomerID
	Assigned        CustomerID // the holder it was given to; not who became the holder by using it
	State           VoucherState
	Disabled        bool
	DisabledReason  string
	StartsAt        time.Time
	ExpiresAt       time.Time
	Uses, MaxUses   int64 // MaxUses 0 means no limit
	Asset           money.Asset
	Face            int64 // what it was issued with
	Balance         int64 // what is left of a stored value
	Lapsed          int64 // the part of Balance that the books moved to breakage
	EarningMethod   string
	SourceReference string
	Remarks         string
	Metadata        map[string]string
	EndedAt         time.Time
	EndedBy         string
	EndedReason     string
	Replaces        VoucherID
	ReplacedBy      VoucherID
	FirstUsedAt     time.Time
	LastUsedAt      time.Time
	LastCustomer    CustomerID // who used it last
	Version         int64
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// give makes a customer the holder; nobody takes it from its holder.
func (v *Voucher) give(to CustomerID) { v.Holder, v.Assigned = to, to }

// Status is what a voucher is shown as.
type Status string

// The shown statuses, in the order in which they win.
const (
	StatusDeleted     Status = "deleted"
	StatusVoid        Status = "void"
	StatusRedeemed    Status = "redeemed"
	StatusExpired     Status = "expired"
	StatusDeactivated Status = "deactivated"
	StatusFrozen      Status = "frozen"
	StatusPaused      Status = "paused"
	StatusDraft       Status = "draft"
	StatusScheduled   Status = "scheduled"
	StatusReserved    Status = "reserved"
	StatusPartlyUsed  Status = "partly_used"
	StatusActive      Status = "active"
)

// Status derives what is shown from the stored state and its surroundings; held
// says whether a live hold reserves all that is left of it.
func (v *Voucher) Status(c CampaignState, b BatchState, held bool, now time.Time) Status {
	switch {
	case v.State == VoucherDeleted:
		return StatusDeleted
	case v.State == VoucherVoid:
		return StatusVoid
	case v.State == VoucherRedeemed:
		return StatusRedeemed
	case !v.ExpiresAt.IsZero() && !now.Before(v.ExpiresAt):
		return StatusExpired
	case v.Disabled:
		return StatusDeactivated
	case b == BatchFrozen:
		return StatusFrozen
	case c == CampaignPaused, c == CampaignArchived:
		return StatusPaused
	case b == BatchCreating, b == BatchFailed, c == CampaignDraft:
		return StatusDraft
	case now.Before(v.StartsAt):
		return StatusScheduled
	case held:
		return StatusReserved
	case v.Uses > 0:
		return StatusPartlyUsed
	}
	return StatusActive
}

// BatchState is the state of a batch; vouchers of a batch that is being created
// are invisible.
type BatchState string

// The states of a batch.
const (
	BatchCreating BatchState = "creating"
	BatchActive   BatchState = "active"
	BatchFrozen   BatchState = "frozen"
	BatchFailed   BatchState = "failed" // given up; its vouchers never appear
)

// Batch is one act of making vouchers for a campaign, generated or imported.
type Batch struct {
	ID          BatchID
	Campaign    CampaignID
	Description string
	Label       string // begins the serials of its vouchers
	Prefix      string
	Code        CodePolicy // as fitted to the guess-resistance floor
	OneIn       int64      // one guess in this many hits a voucher under the prefix
	Quantity    int64      // asked for; of a standing batch: issued so far
	Made        int64
	Money       money.Amount // wins over the campaign's; zero asset means none
	Source      string       // "generated", "imported" or "standing"
	State       BatchState
	ExpiresAt   time.Time
	Job         JobID
	Version     int64
	MadeBy      Actor
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Serial returns the serial of the batch's nth voucher, counted from 1.
func (b *Batch) Serial(n int64) string { return fmt.Sprintf("%s-%06d", b.Label, n) }
