package admin

import (
	"maps"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

func voucherPath(id coupon.VoucherID) string { return "/admin/vouchers/" + string(id) }

func batchPath(id coupon.BatchID) string { return "/admin/batches/" + string(id) }

func customerPath(id coupon.CustomerID) string { return "/admin/customers/" + string(id) }

// codes are the codes that a page shows in clear.
type codes map[coupon.VoucherID]string

// withPublic adds the codes that everybody may know; where they cannot be opened they
// stay masked.
func (v *visit) withPublic(list []coupon.VoucherView, shown codes) codes {
	public, err := v.App.PublicCodes(v.by, list)
	if err != nil || len(public) == 0 {
		return shown
	}
	maps.Copy(public, shown)
	return public
}

// codeCell shows a voucher's code as far as it may be shown here; copying what is
// masked, or was revealed, leaves an event.
func (v *visit) codeCell(row *coupon.VoucherView, shown codes) ui.Code {
	c := ui.Code{Text: masked(row), Href: voucherPath(row.ID)}
	if code, ok := shown[row.ID]; ok {
		c.Text = code
		c.Copy = row.Public || !v.can(coupon.RevealCodes)
	}
	if v.can(coupon.RevealCodes) && !row.Public {
		c.From = voucherPath(row.ID) + "/copy"
	}
	return c
}

// person links to a customer where the person may see customers.
func (v *visit) person(id coupon.CustomerID, name string) templ.Component {
	if id == "" {
		return ui.Text("")
	}
	if name == "" {
		name = "Customer without a name"
	}
	if !v.can(coupon.ReadMaskedCustomers) {
		return ui.Text(name)
	}
	return ui.Link{Label: name, Href: customerPath(id)}
}

// usedCells are the columns Used? and Used Date as RF-07 names them.
func (v *visit) usedCells(row *coupon.VoucherView) (used, when templ.Component) {
	if row.Uses == 0 {
		return ui.Text("false"), nil
	}
	return ui.Text("true"), v.clock.Short(row.LastUsedAt)
}

func refillColumns() []ui.Column {
	return []ui.Column{
		{Label: "Number", Lead: true, Keep: true}, {Label: "Description"}, {Label: "Amount", Num: true}, {Label: "Used?"}, {Label: "Used Date", Keep: true},
		{Label: "Account"}, {Label: "Status", Badge: true}, {Acts: true, Few: true},
	}
}

// refillRows are vouchers as the desk of refill coupons lists them.
func (v *visit) refillRows(list []coupon.VoucherView, shown codes) []ui.Row {
	var rows []ui.Row
	for i := range list {
		x := &list[i]
		used, when := v.usedCells(x)
		var account templ.Component
		if x.Uses > 0 {
			account = v.person(x.LastCustomer, x.UserName)
		}
		rows = append(rows, ui.Row{Cells: []templ.Component{
			v.codeCell(x, shown), ui.Link{Label: x.BatchDescription, Href: batchPath(x.Batch)}, ui.Amount(v.figure(x.Face, x.Asset)), used, when, account,
			statusOf(x.Shown(v.clock.Now)), v.rowMenu(x),
		}, Off: over(x.State)})
	}
	return rows
}

func voucherColumns() []ui.Column {
	return []ui.Column{
		{Label: "Code", Lead: true, Keep: true}, {Label: "Campaign"}, {Label: "Value", Keep: true}, {Label: "Left", Num: true}, {Label: "Holder", Keep: true}, {Label: "Expires", Keep: true},
		{Label: "Last used", Keep: true}, {Label: "Status", Badge: true}, {Acts: true, Few: true},
	}
}

// voucherRows are vouchers of every kind.
func (v *visit) voucherRows(list []coupon.VoucherView, shown codes) []ui.Row {
	var rows []ui.Row
	shown = v.withPublic(list, shown)
	for i := range list {
		x := &list[i]
		left := templ.Component(ui.Text(""))
		if stored(x) {
			left = ui.Amount(v.figure(x.Balance, x.Asset))
		}
		rows = append(rows, ui.Row{Cells: []templ.Component{
			v.codeCell(x, shown), ui.Link{Label: x.CampaignName, Href: "/admin/coupons/" + string(x.Campaign), Second: second(x)}, ui.Text(v.worthOf(x)), left,
			v.person(x.Holder, x.HolderName), v.expiry(x.ExpiresAt), v.clock.Short(x.LastUsedAt), statusOf(x.Shown(v.clock.Now)), v.rowMenu(x),
		}, Off: over(x.State)})
	}
	return rows
}

// second is the batch of a voucher where it says more than the campaign.
func second(x *coupon.VoucherView) string {
	if x.BatchDescription == x.CampaignName {
		return kindWord(x.Kind)
	}
	return kindWord(x.Kind) + " · " + x.BatchDescription
}

func over(s coupon.VoucherState) bool { return s == coupon.VoucherVoid || s == coupon.VoucherDeleted }

// rowMenu offers what can be done with a voucher.
func (v *visit) rowMenu(x *coupon.VoucherView) templ.Component { return v.rowActs(x) }

// rowActs is rowMenu with some of the acts as buttons before it.
func (v *visit) rowActs(x *coupon.VoucherView, names ...string) templ.Component {
	var out ui.Actions
	items := []ui.Action{{Label: "Open", Icon: "ticket", Href: voucherPath(x.ID)}}
	if v.can(coupon.ReadRedemptions) {
		items = append(items, ui.Action{Label: "Explain", Icon: "help", Href: voucherPath(x.ID) + "/explain"}, ui.Action{Label: "Event data", Icon: "code", Href: voucherPath(x.ID) + "/data", Dialog: ui.DialogPage})
	}
	if x.Public && x.Holder == "" && len(names) > 0 { // everybody's: not to be ended from one customer's page
		return append(out, ui.Menu{ID: "menu-" + string(x.ID), Icon: "dots", Look: ui.Quiet, Tiny: true, Items: items})
	}
	for _, name := range names {
		for _, a := range v.fitting(x) {
			if a.Name == name {
				button := v.actEntry(a, x)
				button.Icon, button.Tiny = "", true
				if a.Name == "replace" {
					button.Look = ui.Usual // it gives as much as it ends
				}
				out = append(out, button)
			}
		}
	}
	if more := v.actions(x, names...); len(more) > 0 {
		items = append(append(items, ui.Action{}), more...)
	}
	return append(out, ui.Menu{ID: "menu-" + string(x.ID), Icon: "dots", Look: ui.Quiet, Tiny: true, Items: items})
}
