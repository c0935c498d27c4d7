package admin

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const customersPath = "/admin/customers"

// customersPage lists customers; ‘View’ and the person icon open one.
type customersPage struct {
	Actions []templ.Component
	Note    templ.Component
	Bar     ui.FilterBar
	Table   ui.Table
	Pager   ui.Pager
}

func (v *visit) customers() error {
	form := v.query()
	q := filters(form, "q", "group")
	page, err := v.App.Customers(v.ctx(), v.by, coupon.CustomerFilter{Search: form.Text("q"), Group: form.Text("group")}, paging(form))
	if err != nil {
		return err
	}
	p := customersPage{Note: missNote(form), Bar: ui.FilterBar{Path: customersPath, Query: q, Search: "q", Hint: "Name, e-mail, mobile, id, code", Post: customersPath + "/find", Filters: []ui.Filter{
		{Label: "Group", Inputs: []ui.Field{{Label: "Group", Name: "group", Free: true}}},
	}}}
	add := ui.Action{Label: "Add customer", Icon: "plus", Look: ui.Main, Href: customersPath + "/new", Dialog: ui.DialogPage}
	empty := ui.Empty{Icon: "users", Title: "No customers yet", Text: "Customers hold vouchers and balances. They appear here when you add them, or when they first redeem something under an id of their own."}
	if len(q) > 0 {
		empty = ui.Empty{Icon: "search", Title: "Nobody fits", Text: "No customer matches. The search looks at the beginning of names and e-mail addresses, at the end of mobile numbers, and at whole ids.", Actions: []templ.Component{ui.Action{Label: "Show all", Href: customersPath}}}
	}
	if v.can(coupon.WriteCustomers) {
		p.Actions = []templ.Component{add}
		empty.Actions = append(empty.Actions, add)
	}
	p.Table = ui.Table{Label: "Customers", Empty: empty, Rows: v.customerRows(page.Rows), Columns: []ui.Column{
		{Label: "Customer", Lead: true}, {Label: "E-mail", Wrap: true}, {Label: "Mobile", Keep: true}, {Label: "Member"}, {Label: "Groups"}, {Label: "Since", Keep: true}, {Label: "Status", Badge: true}, {Acts: true},
	}}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "customer", "customers"), customersPath, q, page.Prev, page.Next)
	return v.show("Customers", p.view())
}

// customersFind ends a search for a customer. A whole code leads to who holds it, or has
// used it; it stands in no address. What customers are called goes first: a mobile number
// looks like a code.
func (v *visit) customersFind() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	q, typed := filters(f, "group"), f.Text("q")
	q.Del("after")
	q.Del("before")
	x, missing := v.App.Lookup(v.ctx(), v.by, typed)
	switch {
	case typed == "":
		return httpx.SeeOther(v.w, with(customersPath, q, "", ""))
	case missing == nil:
		return v.toOwner(&x)
	case !notFound(missing) && !invalid(missing):
		return missing
	}
	page, err := v.App.Customers(v.ctx(), v.by, coupon.CustomerFilter{Search: typed}, coupon.Paging{Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Rows) == 0 && codeLike(typed) {
		return httpx.SeeOther(v.w, with(customersPath, q, "miss", missed(missing)))
	}
	return httpx.SeeOther(v.w, with(customersPath, q, "q", typed))
}

// toOwner leads to the customer behind a voucher, or to the voucher that has none.
func (v *visit) toOwner(x *coupon.VoucherView) error {
	who := x.Holder
	if who == "" {
		who = x.LastCustomer
	}
	if who == "" {
		return v.to(voucherPath(x.ID), "Nobody holds this voucher or has used it.")
	}
	tab := "/coupons"
	if x.Kind == coupon.KindDiscount {
		tab = "/codes"
	}
	return httpx.SeeOther(v.w, with(customerPath(who)+tab, nil, "serial", x.Serial))
}

func (v *visit) customerRows(list []coupon.Customer) []ui.Row {
	var rows []ui.Row
	for _, c := range list {
		path := customerPath(c.ID)
		status := ui.Status{Tone: ui.OK, Word: "Active"}
		if c.Blocked {
			status = ui.Status{Tone: ui.Bad, Word: "Blocked"}
		}
		rows = append(rows, ui.Row{Off: c.Blocked, Cells: []templ.Component{
			ui.Link{Label: nameOf(c), Href: path, Second: c.SourceID, Main: true}, ui.Text(c.Email), ui.Text(c.Mobile), ui.Text(c.MemberID), ui.Text(strings.Join(c.Groups, ", ")),
			v.clock.Day(c.CreatedAt), status,
			ui.Actions{ui.Action{Label: "View", Tiny: true, Href: path}, ui.Action{Label: "Profile of " + nameOf(c), Icon: "user", Bare: true, Tiny: true, Look: ui.Quiet, Href: path, Title: "Customer profile"}},
		}})
	}
	return rows
}

// oneCustomer finds the customer that a form names, by id, key or name; a fault of the
// field where nobody or several fit.
func (v *visit) oneCustomer(field, typed string) (coupon.Customer, error) {
	if typed == "" {
		return coupon.Customer{}, fault.Field(field, "Say which customer.")
	}
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(typed))
	if err == nil || !notFound(err) {
		return c, err
	}
	if c, err = v.App.CustomerTyped(v.ctx(), v.by, typed); err == nil || !notFound(err) {
		return c, err
	}
	page, err := v.App.Customers(v.ctx(), v.by, coupon.CustomerFilter{Search: typed}, coupon.Paging{Limit: 6})
	switch {
	case err != nil:
		return coupon.Customer{}, err
	case len(page.Rows) == 1:
		return page.Rows[0], nil
	case len(page.Rows) == 0:
		return coupon.Customer{}, fault.Field(field, "There is no such customer.")
	}
	var names []string
	for _, c := range page.Rows[:min(5, len(page.Rows))] {
		names = append(names, nameOf(c))
	}
	return coupon.Customer{}, fault.Field(field, "Several fit: "+strings.Join(names, ", ")+". Use the e-mail address or an id.")
}
