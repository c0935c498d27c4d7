package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/money"
)

// Staff is a person who signs in to the back office.
type Staff struct {
	ID         StaffID
	Email      string // normalised, unique
	Name       string
	Role       Role
	Locations  []LocationID // a cashier's and an agent's own; empty means all
	Password   string       // argon2id hash
	Disabled   bool
	Language   string
	Theme      string // "auto", "light" or "dark"
	CreatedAt  time.Time
	UpdatedAt  time.Time
	LastSeenAt time.Time
}

// Actor returns the person as the actor of what they do.
func (s *Staff) Actor() Actor { return Actor{Kind: "staff", ID: string(s.ID), Name: s.Name} }

// Session is a sign-in, of staff or of a customer. Only the hash of its token is kept.
type Session struct {
	Token     string // hash
	Kind      string // "staff" or "customer"
	Owner     string // StaffID or CustomerID
	CreatedAt time.Time
	ExpiresAt time.Time
	Address   string
	Agent     string
}

// APIKey is an integrator's key. Only its hash and last four are kept.
type APIKey struct {
	ID         string // key_
	Hash       string
	Name       string
	Tail       string
	Scopes     []string
	MadeBy     string
	CreatedAt  time.Time
	LastUsedAt time.Time
	RevokedAt  time.Time
}

// Actor returns the key as the actor of what it does.
func (k *APIKey) Actor() Actor { return Actor{Kind: "key", ID: k.ID, Name: k.Name} }

// Attempts count wrong codes or passwords of one guesser: a customer, a network
// or a location.
type Attempts struct {
	Key         string // "customer:…", "network:…", "location:…", "sign-in:…"
	Count       int64
	LockedUntil time.Time
	UpdatedAt   time.Time
}

// SignInCode is a one-time code of a customer. Only its keyed digest is kept.
type SignInCode struct {
	Customer  CustomerID
	Digest    string
	Tries     int64
	ExpiresAt time.Time
}

// Import is an upload of external codes: checked first, confirmed then.
type Import struct {
	ID          string // imp_
	Campaign    CampaignID
	Description string
	File        string // its name
	Size        int64
	Hash        string
	Money       money.Amount // of rows that say no amount, 0: each must; without asset, the campaign's
	State       string       // "checking", "pending", "confirming", "confirmed", "failed", "cancelled"
	Rows        int64
	Errors      int64
	Error       string // about the file as a whole
	Batch       BatchID
	Job         JobID
	Earlier     string // an import of the same file for the same campaign
	By          Actor
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// ImportRow is one line of an import. Its code is sealed for Voucher, the id the
// voucher will have.
type ImportRow struct {
	Import      string
	Number      int64 // line of the file, the header being line 1
	Voucher     VoucherID
	Fingerprint string
	Sealed      string
	Prefix      string
	Tail        string
	Minor       int64 // -1: the import's amount
	ExpiresAt   time.Time
	Remarks     string
	Reason      string // why it cannot be taken; "" when it can
}
