package admin

import (
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// place is one entry of the navigation, and who sees it.
type place struct {
	group, label, icon, href string
	access                   access
}

// places is the navigation in its order.
func places() []place {
	return []place{
		{"", "Dashboard", "home", "/admin/", may(coupon.ReadCampaigns)},
		{"", "Customers", "users", "/admin/customers", may(coupon.ReadMaskedCustomers)},
		{"", "Coupons", "tag", "/admin/coupons", may(coupon.ReadCampaigns)},
		{"", "Discount Codes", "percent", discountsPath, may(coupon.ReadCampaigns)},
		{"Services", "Refill Coupons", "bolt", "/admin/refill", may(coupon.ListVouchers)},
		{"Work", "Redeem", "scan", "/admin/redeem", may(coupon.RedeemVouchers)},
		{"Work", "Vouchers", "ticket", "/admin/vouchers", may(coupon.ListVouchers)},
		{"Work", "Reports", "chart", "/admin/events", may(coupon.ReadEvents)},
		{"Work", "Settings", "gear", "/admin/settings", may(coupon.ManageSettings, coupon.ManageKeys, coupon.SendMessages)},
	}
}

// nav is the navigation as this person sees it.
func (v *visit) nav() []ui.NavGroup {
	here := v.place
	if here == "" {
		here = placeOf(v.r.URL.Path)
	}
	var out []ui.NavGroup
	for _, p := range places() {
		if !p.access.admits(v.by.Role) {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Title != p.group {
			out = append(out, ui.NavGroup{Title: p.group})
		}
		last := &out[len(out)-1]
		last.Items = append(last.Items, ui.NavItem{Label: p.label, Icon: p.icon, Href: p.href, Current: p.href == here})
	}
	return out
}

// placeOf returns the place that a path lies in.
func placeOf(path string) string {
	if path == "/admin/" {
		return path
	}
	list := places()
	i := slices.IndexFunc(list, func(p place) bool {
		return p.href != "/admin/" && (path == p.href || strings.HasPrefix(path, p.href+"/"))
	})
	if i < 0 {
		return ""
	}
	return list[i].href
}

// home is the first place of a role.
func home(r coupon.Role) string {
	for _, p := range places() {
		if p.access.admits(r) {
			return p.href
		}
	}
	return "/admin/help"
}

// placeOfKind is where the vouchers of a kind are kept.
func placeOfKind(k coupon.Kind) (label, href string) {
	switch k {
	case coupon.KindRefill:
		return "Refill Coupons", "/admin/refill"
	case coupon.KindDiscount:
		return "Discount Codes", discountsPath
	}
	return "Coupons", "/admin/coupons"
}
