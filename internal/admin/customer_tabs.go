package admin

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// vouchersTab is a tab with a customer's vouchers: Coupons, and Discount Codes.
type vouchersTab struct {
	customerHead
	Note     templ.Component
	Bar      ui.FilterBar
	Bulk     templ.Component
	Sections []section
}

// section is one table of a tab with its own place in its own list.
type section struct {
	Title   string
	Actions []templ.Component // the filter bar, in a head that has room for it
	Table   ui.Table
	Pager   ui.Pager
}

// lookOf is what a tab lists, and how: the kinds of vouchers differ in columns and buttons only.
type lookOf struct {
	path, one, many string
	columns         []ui.Column
	row             func(*visit, *deskRow) ui.Row
}

// section reads a part of a tab; place tells its cursors from those of the other parts.
func (v *visit) section(l lookOf, f coupon.VoucherFilter, q url.Values, place string) (section, []coupon.VoucherView, error) {
	after, before := place+"after", place+"before"
	page, err := v.App.Vouchers(v.ctx(), v.by, f, coupon.Paging{After: q.Get(after), Before: q.Get(before), Limit: 50})
	if err != nil {
		return section{}, nil, err
	}
	rows, err := v.deskRows(f.OfOwner, page.Rows)
	if err != nil {
		return section{}, nil, err
	}
	s := section{Table: ui.Table{Columns: append([]ui.Column{}, l.columns...), Dense: true}}
	for i := range rows {
		s.Table.Rows = append(s.Table.Rows, l.row(v, &rows[i]))
	}
	s.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, l.one, l.many), l.path, q, "", "")
	if page.Prev != "" {
		s.Pager.Newer = with(l.path, without(q, after), before, page.Prev)
	}
	if page.Next != "" {
		s.Pager.Older = with(l.path, without(q, before), after, page.Next)
	}
	return s, page.Rows, nil
}

// without returns a query less one parameter.
func without(q url.Values, name string) url.Values {
	out := url.Values{}
	for k, list := range q {
		if k != name {
			out[k] = list
		}
	}
	return out
}

var customerCouponNames = []string{"status", "serial", "q"}

func (v *visit) customerCouponsFind() error {
	return v.find(customerPath(coupon.CustomerID(v.id()))+"/coupons", nil, customerCouponNames...)
}

// customerCoupons is the tab with all vouchers but discount codes (CC-04 to CC-09).
func (v *visit) customerCoupons() error {
	head, err := v.customerTop("Coupons")
	if err != nil {
		return err
	}
	form, path := v.query(), customerPath(head.Customer.ID)+"/coupons"
	q := filters(form, customerCouponNames...)
	v.from = with(path, q, "", "")
	look := lookOf{path: path, one: "coupon", many: "coupons", columns: couponColumns(), row: (*visit).couponRow}
	s, list, err := v.section(look, coupon.VoucherFilter{
		OfOwner: head.Customer.ID, Shared: true, Except: coupon.KindDiscount, Status: coupon.Status(form.Text("status")), Serial: form.Text("serial"), Search: form.Text("q"),
	}, q, "")
	if err != nil {
		return err
	}
	p := vouchersTab{customerHead: head, Note: missNote(form)}
	p.Bar = ui.FilterBar{Path: path, Query: q, Search: "q", Hint: "Filter these coupons", Post: path + "/find", Filters: []ui.Filter{statusFilter()}}
	s.Table.Label = "Customer Coupon List"
	s.Table.Empty = ui.Empty{Icon: "ticket", Title: "No coupons", Text: "Coupons, gift vouchers and E-Pins that this customer holds or has used will stand here."}
	if len(q) > 0 {
		s.Table.Empty = nothingFits("None of this customer's coupons matches.", path)
	}
	p.Bulk = v.bulk(&s.Table, list, "coupons", v.from, false)
	p.Bar.Columns = v.columns("customer", v.from, &s.Table)
	p.Sections = []section{s}
	return v.show(head.Head.Title, p.view())
}

func nothingFits(text, path string) ui.Empty {
	return ui.Empty{Icon: "search", Title: "Nothing fits", Text: text, Actions: []templ.Component{ui.Action{Label: "Show all", Href: path}}}
}

func couponColumns() []ui.Column {
	return []ui.Column{
		{Label: "Code", Lead: true, Keep: true}, {Label: "Coupon"}, {Label: "Value"}, {Label: "Status", Badge: true}, {Label: "Usage Details", Wrap: true}, {Label: "Earning Method"}, {Label: "Issue Remarks"}, {Label: "Message"},
		{Acts: true},
	}
}

func (v *visit) couponRow(r *deskRow) ui.Row {
	value := ui.Link{Label: v.worthOf(r.VoucherView)}
	if stored(r.VoucherView) && r.Balance != r.Face && r.State == coupon.VoucherActive {
		value.Second = v.amount(r.Balance, r.Asset) + " left"
	}
	return ui.Row{Off: over(r.State), Cells: []templ.Component{
		v.codeCell(r.VoucherView, r.shown), ui.Link{Label: r.CampaignName, Href: campaignPath(r.Campaign), Second: second(r.VoucherView)}, value, v.lasting(r, statusOf(r.status)), v.usage(r),
		earned(r.VoucherView), ui.Text(r.Remarks), v.delivery(r.sent), v.rowActs(r.VoucherView, "redeem", "void", "resend"),
	}}
}

var customerCodeNames = []string{"serial", "q", "after", "before", "open_after", "open_before"}

func (v *visit) customerCodesFind() error {
	return v.find(customerPath(coupon.CustomerID(v.id()))+"/codes", nil, "serial", "q")
}

// customerCodes is the tab Discount Codes: what can be used, and what is past (DC-05 to DC-17).
func (v *visit) customerCodes() error {
	head, err := v.customerTop("Discount Codes")
	if err != nil {
		return err
	}
	form, path := v.query(), customerPath(head.Customer.ID)+"/codes"
	q := filters(form, customerCodeNames...)
	v.from = with(path, q, "", "")
	look := lookOf{path: path, one: "code", many: "codes", columns: codeColumns(), row: (*visit).codeRow}
	filter := coupon.VoucherFilter{OfOwner: head.Customer.ID, Shared: true, Kind: coupon.KindDiscount, Serial: form.Text("serial"), Search: form.Text("q"), Statuses: available}
	open, _, err := v.section(look, filter, q, "open_")
	if err != nil {
		return err
	}
	filter.Statuses = past()
	over, _, err := v.section(look, filter, q, "")
	if err != nil {
		return err
	}
	p := vouchersTab{customerHead: head, Note: missNote(form), Bulk: templ.NopComponent}
	p.Bar = ui.FilterBar{Path: path, Query: without(without(q, "open_after"), "open_before"), Search: "q", Hint: "Filter these codes", Post: path + "/find"}
	open.Title, open.Table.Label, open.Table.Empty = "Available Discount Codes", "Available Discount Codes", v.noCodes(head.Customer)
	over.Title, over.Table.Label = "Past Discount Codes", "Past Discount Codes"
	over.Table.Empty = ui.Empty{Icon: "history", Title: "No past codes", Text: "Codes that were used, deleted or have expired stand here, with when, by whom and why."}
	if filter.Search != "" || filter.Serial != "" {
		open.Table.Empty, over.Table.Empty = nothingFits("No available code matches.", path), nothingFits("No past code matches.", path)
	}
	open.Actions = []templ.Component{p.Bar}
	for i := range over.Table.Columns {
		c := &over.Table.Columns[i]
		c.Few = c.Acts // the menu alone
	}
	p.Sections = []section{open, over}
	return v.show(head.Head.Title, p.view())
}

// available are the statuses of what a customer can still use, now or soon.
var available = []coupon.Status{coupon.StatusActive, coupon.StatusPartlyUsed, coupon.StatusScheduled, coupon.StatusReserved}

// past are all the others.
func past() []coupon.Status {
	return []coupon.Status{
		coupon.StatusRedeemed, coupon.StatusDeleted, coupon.StatusExpired, coupon.StatusVoid, coupon.StatusDeactivated, coupon.StatusFrozen, coupon.StatusPaused, coupon.StatusDraft,
	}
}

func (v *visit) noCodes(c coupon.Customer) ui.Empty {
	e := ui.Empty{Icon: "tag", Title: "No codes to use", Text: "Discount codes this customer can use stand here."}
	if v.can(coupon.IssueVouchers) {
		e.Actions = []templ.Component{generateAction(c.ID)}
	}
	return e
}

func codeColumns() []ui.Column {
	return []ui.Column{
		{Label: "Code Generated", Lead: true, Keep: true}, {Label: "Value"}, {Label: "Type"}, {Label: "Expiration Status", Badge: true}, {Label: "Usage Details", Wrap: true}, {Label: "Earning Method"},
		{Label: "Applies to"}, {Label: "Created / Updated"}, {Label: "Message"}, {Acts: true},
	}
}

// stamps are when a voucher was made and, below, last changed (DC-15).
func (v *visit) stamps(x *coupon.VoucherView) templ.Component {
	return ui.Stacked{First: ui.Time{At: x.CreatedAt, Clock: v.clock, Near: true}, Second: ui.Time{At: x.UpdatedAt, Clock: v.clock, Near: true}.String()}
}

// lasting is the badge of a voucher, and below it until when it can be used.
func (v *visit) lasting(r *deskRow, s ui.Status) templ.Component {
	end := v.expiry(r.ExpiresAt)
	switch {
	case r.ExpiresAt.IsZero() && slices.Contains(available, r.status):
		return ui.Stacked{First: s, Second: "no expiry"}
	case r.ExpiresAt.IsZero(), r.status == coupon.StatusExpired, r.State != coupon.VoucherActive:
		return s
	}
	return ui.Stacked{First: s, Second: "until " + end.String()}
}

func (v *visit) codeRow(r *deskRow) ui.Row {
	status, buttons := statusOf(r.status), []string{"replace", "delete"}
	if !slices.Contains(available, r.status) {
		buttons = nil // they are rarely asked for: the menu has them
	}
	if r.status == coupon.StatusRedeemed {
		status.Word = "Used"
	}
	return ui.Row{Off: over(r.State), Cells: []templ.Component{
		v.codeCell(r.VoucherView, r.shown), ui.Text(v.worthOf(r.VoucherView)), ui.Text(typeOf(r.VoucherView)), v.lasting(r, status), v.usage(r), earned(r.VoucherView),
		applies(r.Doc), v.stamps(r.VoucherView), v.delivery(r.sent), v.rowActs(r.VoucherView, buttons...),
	}}
}
