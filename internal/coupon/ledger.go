package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/money"
)

// Account names a ledger account: its kind and its owner.
type Account string

// Issuer is the account that vouchers come from.
const Issuer Account = "issuer"

// Breakage is what expired unused.
const Breakage Account = "breakage"

// Outstanding is the control account of a batch's vouchers.
func Outstanding(b BatchID) Account { return Account("outstanding:" + string(b)) }

// CustomerAccount is what a customer owns.
func CustomerAccount(c CustomerID) Account { return Account("customer:" + string(c)) }

// LocationAccount is what was spent at a location; "" is everywhere else.
func LocationAccount(l LocationID) Account {
	if l == "" {
		return "location:online"
	}
	return Account("location:" + string(l))
}

// Entry is one line of a posting: Minor units of Asset come to Account (or leave
// it, below zero). The entries of a posting sum to zero per asset; rows are never
// updated.
type Entry struct {
	Account    Account
	Posting    string // pst_, shared by the entries of one fact; a redemption's shares its UUID
	Line       int64
	Kind       PostingKind
	Asset      money.Asset
	Minor      int64
	Voucher    VoucherID
	Redemption RedemptionID
	Customer   CustomerID // whose list shows it
	At         time.Time
}

// PostingKind says which fact an entry records.
type PostingKind string

// The facts.
const (
	PostIssue   PostingKind = "issue"
	PostTopUp   PostingKind = "top_up"
	PostSpend   PostingKind = "spend"
	PostEnd     PostingKind = "end" // void, delete, replace
	PostLapse   PostingKind = "lapse"
	PostRevive  PostingKind = "revive"
	PostReverse PostingKind = "reverse"
	PostAdjust  PostingKind = "adjust"
)

// post adds the two entries that move m from one account to another; nothing
// is posted for zero. Without a posting, about gets one.
func (e *Effects) post(kind PostingKind, from, to Account, m money.Amount, at time.Time, about Entry) {
	if m.Minor == 0 {
		return
	}
	if about.Posting == "" {
		about.Posting = e.state.IDs.Next("pst")
	}
	about.Kind, about.Asset, about.At = kind, m.Asset, at
	debit, credit := about, about
	debit.Account, debit.Minor, debit.Line = from, -m.Minor, 1
	credit.Account, credit.Minor, credit.Line = to, m.Minor, 2
	e.entries = append(e.entries, debit, credit)
}
