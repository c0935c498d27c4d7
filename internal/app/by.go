package app

import (
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// ErrForbidden is what a person or key gets who may not do something.
var ErrForbidden = fault.New(fault.Forbidden, "forbidden", "Your role does not allow this.")

// By is who acts, with what they may do.
type By struct {
	coupon.Actor
	Role      coupon.Role         // of staff
	Locations []coupon.LocationID // of staff who are tied to some; empty means all
	Scopes    []string            // of an API key
	Customer  coupon.CustomerID   // of a customer in the portal
	system    bool
}

// Program returns the program itself as the one who acts, for background work and
// the command line: it may do everything.
func Program(what string) By { return By{Actor: coupon.System(what), system: true} }

// ByStaff returns a member of staff as the one who acts.
func ByStaff(s coupon.Staff) By {
	return By{Actor: s.Actor(), Role: s.Role, Locations: s.Locations}
}

// ByKey returns an API key as the one who acts.
func ByKey(k coupon.APIKey) By { return By{Actor: k.Actor(), Scopes: k.Scopes} }

// ByCustomer returns a customer as the one who acts.
func ByCustomer(c coupon.Customer) By {
	name := c.Name
	if name == "" {
		name = "Customer"
	}
	return By{Actor: coupon.Actor{Kind: "customer", ID: string(c.ID), Name: name}, Customer: c.ID}
}

// May returns nil when the permission is given, else ErrForbidden.
func (b By) May(p coupon.Permission) error {
	if b.Can(p) {
		return nil
	}
	if b.Kind == "key" {
		return ErrForbidden.Saying("This key lacks the scope " + scopeOf(p) + ".")
	}
	return ErrForbidden
}

// Can reports whether the permission is given.
func (b By) Can(p coupon.Permission) bool {
	switch b.Kind {
	case "staff":
		return b.Role.May(p)
	case "key":
		scope := scopeOf(p)
		return slices.Contains(b.Scopes, "all") || slices.Contains(b.Scopes, scope)
	}
	return b.system
}

// MayAt returns nil when the permission is given at the location.
func (b By) MayAt(p coupon.Permission, l coupon.LocationID) error {
	if err := b.May(p); err != nil {
		return err
	}
	if len(b.Locations) > 0 && !slices.Contains(b.Locations, l) {
		return ErrForbidden.Saying("You may not act for this location.")
	}
	return nil
}

// Scopes lists every scope of an API key.
func Scopes() []string {
	return []string{
		"campaigns:read", "campaigns:write", "vouchers:read", "vouchers:write", "vouchers:reveal", "vouchers:export", "customers:read", "customers:write",
		"redemptions:read", "redemptions:write", "ledger:read", "ledger:write", "messages:read", "messages:write", "events:read", "settings:read", "settings:write", "all",
	}
}

// scopes maps a permission to the scope that gives it to a key, where the two are
// not called the same.
var scopes = map[coupon.Permission]string{
	coupon.FreezeBatches: "campaigns:write", coupon.ListVouchers: "vouchers:read", coupon.ExportMasked: "vouchers:read", coupon.IssueVouchers: "vouchers:write",
	coupon.ChangeVouchers: "vouchers:write", coupon.ReverseRedemptions: "redemptions:write", coupon.LookUpCustomers: "customers:read",
	coupon.ReadMaskedCustomers: "customers:read", coupon.MergeCustomers: "customers:write", coupon.EraseCustomers: "customers:write",
	coupon.SendMessages: "messages:write", coupon.ReadCustomerLedger: "ledger:read", coupon.AdjustBalances: "ledger:write", coupon.ManageKeys: "settings:write",
	coupon.ReadWebhooks: "settings:read", coupon.ManageWebhooks: "settings:write",
}

func scopeOf(p coupon.Permission) string {
	if s, ok := scopes[p]; ok {
		return s
	}
	return string(p)
}

// checkScopes refuses unknown scopes.
func checkScopes(list []string) error {
	if len(list) == 0 {
		return fault.Field("scopes", "Name at least one scope.")
	}
	for _, s := range list {
		if !slices.Contains(Scopes(), s) {
			return fault.Field("scopes", "There is no such scope. Known: "+strings.Join(Scopes(), ", ")+".")
		}
	}
	return nil
}
