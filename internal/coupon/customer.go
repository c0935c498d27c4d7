package coupon

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/money"
)

// Customer is somebody who holds vouchers or a balance. E-mail is normalised,
// mobile E.164. Natural keys are unique, each through its row in the look-up table.
type Customer struct {
	ID        CustomerID
	SourceID  string // the caller's own id
	Name      string
	Email     string
	Mobile    string
	MemberID  string
	Groups    []string
	Language  string
	Consent   map[string]bool // by channel: "email", "sms"
	Blocked   bool
	Metadata  map[string]string
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// CustomerKey is a natural key of a customer: "source:…", "email:…", "mobile:…"
// or "member:…".
type CustomerKey string

// SourceKey returns the natural key of a caller's own id.
func SourceKey(sourceID string) CustomerKey { return CustomerKey("source:" + sourceID) }

// EmailKey returns the natural key of a normalised e-mail address.
func EmailKey(email string) CustomerKey { return CustomerKey("email:" + strings.ToLower(email)) }

// MobileKey returns the natural key of an E.164 number.
func MobileKey(mobile string) CustomerKey { return CustomerKey("mobile:" + mobile) }

// MemberKey returns the natural key of a member id.
func MemberKey(member string) CustomerKey { return CustomerKey("member:" + member) }

// Keys returns the customer's natural keys, with the input field of each.
func (c *Customer) Keys() map[CustomerKey]string {
	keys := map[CustomerKey]string{}
	if c.SourceID != "" {
		keys[SourceKey(c.SourceID)] = "source_id"
	}
	if c.Email != "" {
		keys[EmailKey(c.Email)] = "email"
	}
	if c.Mobile != "" {
		keys[MobileKey(c.Mobile)] = "mobile"
	}
	if c.MemberID != "" {
		keys[MemberKey(c.MemberID)] = "member_id"
	}
	return keys
}

// MaskEmail returns an e-mail address of which its owner knows that it is theirs.
func MaskEmail(email string) string {
	at := strings.IndexByte(email, '@')
	if at <= 0 {
		return email
	}
	_, first := utf8.DecodeRuneInString(email)
	return email[:first] + "…" + email[at:]
}

// MaskMobile returns the end of a mobile number.
func MaskMobile(mobile string) string {
	if len(mobile) <= 4 {
		return mobile
	}
	return "…" + mobile[len(mobile)-4:]
}

// CustomerRef names a customer by id or by a natural key; a redeeming command
// makes an unknown source id into a new customer.
type CustomerRef struct {
	ID  CustomerID
	Key CustomerKey
}

// None reports whether nobody is named.
func (r CustomerRef) None() bool { return r.ID == "" && r.Key == "" }

// BalanceKey names one customer's balance of one asset.
type BalanceKey struct {
	Customer CustomerID
	Asset    money.Asset
}

// Balance is what a customer owns, minor units, never below zero.
type Balance struct {
	BalanceKey
	Minor int64
}
