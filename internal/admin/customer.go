package admin

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// customerHead is what stands over every tab of a customer.
type customerHead struct {
	Customer coupon.Customer
	Head     ui.PageHead
	Blocked  bool
	Facts    ui.Facts
	Tabs     ui.Tabs
}

// customerTop reads what stands over every tab; tab is the label of the current one.
func (v *visit) customerTop(tab string) (customerHead, error) {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(v.id()))
	if err != nil {
		return customerHead{}, err
	}
	h := customerHead{Customer: c, Blocked: c.Blocked}
	crumb := c.SourceID
	if crumb == "" {
		crumb = nameOf(c)
	}
	h.Head = ui.PageHead{Crumbs: []ui.Crumb{{Label: "Customers", Href: customersPath}, {Label: crumb}}, Avatar: nameOf(c), Title: nameOf(c), Sub: contacts(c), Actions: v.customerActions(c)}
	if c.Blocked {
		h.Head.Status = &ui.Status{Tone: ui.Bad, Word: "Blocked"}
	}
	h.Facts, err = v.customerFacts(c)
	h.Tabs = v.customerTabs(c, tab)
	return h, err
}

func contacts(c coupon.Customer) string {
	var out []string
	for _, s := range []string{c.Email, c.Mobile} {
		if s != "" {
			out = append(out, s)
		}
	}
	if c.MemberID != "" {
		out = append(out, "member "+c.MemberID)
	}
	if len(out) == 0 {
		return "No contact known"
	}
	return strings.Join(out, " · ")
}

func (v *visit) customerActions(c coupon.Customer) []templ.Component {
	var out []templ.Component
	path := customerPath(c.ID)
	if v.can(coupon.WriteCustomers) {
		out = append(out, ui.Action{Label: "Edit", Icon: "pencil", Href: path + "/edit", Dialog: ui.DialogPage})
	}
	if v.can(coupon.AdjustBalances) {
		out = append(out, ui.Action{Label: "Adjust balance", Icon: "coins", Href: path + "/adjust", Dialog: ui.DialogPage})
	}
	if v.can(coupon.RedeemVouchers) && !c.Blocked {
		out = append(out, ui.Action{Label: "Use voucher", Icon: "bolt", Look: ui.Main, Href: path + "/top-up", Dialog: ui.DialogPage, Title: "Tops the balance up with a refill coupon's number."})
	}
	return out
}

func (v *visit) customerTabs(c coupon.Customer, current string) ui.Tabs {
	path := customerPath(c.ID)
	t := ui.Tabs{Label: "Customer", Items: []ui.Tab{{Label: "Activity", Href: path}}}
	if v.can(coupon.ListVouchers) {
		t.Items = append(t.Items, ui.Tab{Label: "Coupons", Href: path + "/coupons"})
	}
	if v.can(coupon.ReadCustomerLedger) {
		t.Items = append(t.Items, ui.Tab{Label: "Balance", Href: path + "/balance"})
	}
	t.Items = append(t.Items, ui.Tab{Label: "Details", Href: path + "/details"})
	for i := range t.Items {
		t.Items[i].Current = t.Items[i].Label == current
	}
	return t
}

// customerFacts are the figures that matter: what they own, and whether they may be written to.
func (v *visit) customerFacts(c coupon.Customer) (ui.Facts, error) {
	var facts ui.Facts
	if v.can(coupon.ReadCustomerLedger) {
		list, err := v.App.Balances(v.ctx(), v.by, c.ID)
		if err != nil {
			return nil, err
		}
		facts = append(facts, v.balanceFact(c, list))
	}
	if v.can(coupon.ListVouchers) {
		page, err := v.App.Vouchers(v.ctx(), v.by, coupon.VoucherFilter{Holder: c.ID, Status: coupon.StatusActive}, coupon.Paging{Limit: 100})
		if err != nil {
			return nil, err
		}
		n := number(int64(len(page.Rows)))
		if page.Next != "" {
			n += "+"
		}
		facts = append(facts, ui.Fact{Label: "Coupons to use", Value: n, Href: customerPath(c.ID) + "/coupons?status=active"})
	}
	if v.can(coupon.ReadRedemptions) {
		page, err := v.App.Redemptions(v.ctx(), v.by, coupon.RedemptionFilter{Customer: c.ID, From: v.clock.Now.AddDate(-1, 0, 0)}, coupon.Paging{Limit: 100})
		if err != nil {
			return nil, err
		}
		facts = append(facts, redeemedFact(page, v.currency()))
	}
	return append(facts, ui.Fact{Label: "Consent", Body: consents(c)}), nil
}

func (v *visit) balanceFact(c coupon.Customer, list []coupon.Balance) ui.Fact {
	f := ui.Fact{Label: "Balance", Value: figure(0, v.currency()), Small: v.org.Currency, Href: customerPath(c.ID) + "/balance"}
	var others []string
	for _, b := range list {
		if b.Asset == v.currency() {
			f.Value = figure(b.Minor, b.Asset)
		} else if b.Minor != 0 {
			others = append(others, amount(b.Minor, b.Asset))
		}
	}
	if len(others) > 0 {
		f.Small += " · " + strings.Join(others, " · ")
	}
	return f
}

func redeemedFact(page coupon.Page[coupon.RedemptionView], currency money.Asset) ui.Fact {
	var n, gave int64
	for i := range page.Rows {
		if r := &page.Rows[i]; !r.Returned {
			n++
			if r.Money.Asset == currency {
				gave += r.Money.Minor - r.Reversed
			}
		}
	}
	f := ui.Fact{Label: "Redeemed in 12 months", Value: number(n), Small: amount(gave, currency)}
	if page.Next != "" {
		f.Value, f.Small = "100+", ""
	}
	return f
}

// consents shows where a customer may be written to.
func consents(c coupon.Customer) templ.Component {
	badge := func(channel, word string) ui.Status {
		if c.Consent[channel] {
			return ui.Status{Tone: ui.OK, Word: word}
		}
		return ui.Status{Word: word + " off"}
	}
	return ui.Group{badge("email", "E-mail"), badge("sms", "SMS")}
}

// activityPage is the customer's first tab (DC-04): everything that happened.
type activityPage struct {
	customerHead
	History ui.History
	Empty   ui.Empty
	Pager   ui.Pager
}

func (v *visit) customer() error {
	head, err := v.customerTop("Activity")
	if err != nil {
		return err
	}
	p := activityPage{customerHead: head, Empty: ui.Empty{Icon: "history", Title: "Nothing has happened yet", Text: "Redemptions, top-ups, changes and messages of this customer will stand here."}}
	if !v.can(coupon.ReadRedemptions) {
		return v.show(head.Head.Title, p.view())
	}
	form := v.query()
	q := filters(form, "type")
	page, err := v.App.Events(v.ctx(), v.by, coupon.EventFilter{Customer: head.Customer.ID, Type: coupon.EventType(form.Text("type"))}, paging(form))
	if err != nil {
		return err
	}
	if p.History, err = v.told(page.Rows, string(head.Customer.ID)); err != nil {
		return err
	}
	p.Pager = v.pager(shownOf(len(page.Rows), page.Next, "event", "events"), customerPath(head.Customer.ID), q, page.Prev, page.Next)
	return v.show(head.Head.Title, p.view())
}

// couponsPage is the tab with the vouchers a customer holds or has used (CC-04 to CC-07).
type couponsPage struct {
	customerHead
	Note  templ.Component
	Bar   ui.FilterBar
	Bulk  templ.Component
	Table ui.Table
	Pager ui.Pager
}

var customerCouponNames = []string{"status", "serial", "q"}

func (v *visit) customerCouponsFind() error {
	return v.find(customerPath(coupon.CustomerID(v.id()))+"/coupons", nil, customerCouponNames...)
}

func (v *visit) customerCoupons() error {
	head, err := v.customerTop("Coupons")
	if err != nil {
		return err
	}
	form, path := v.query(), customerPath(head.Customer.ID)+"/coupons"
	q := filters(form, customerCouponNames...)
	page, err := v.App.Vouchers(v.ctx(), v.by, coupon.VoucherFilter{
		OfOwner: head.Customer.ID, Status: coupon.Status(form.Text("status")), Serial: form.Text("serial"), Search: form.Text("q"),
	}, paging(form))
	if err != nil {
		return err
	}
	p := couponsPage{customerHead: head, Note: missNote(form)}
	p.Bar = ui.FilterBar{Path: path, Query: q, Search: "q", Hint: "Filter these coupons", Post: path + "/find", Filters: []ui.Filter{statusFilter()}}
	p.Table = ui.Table{Label: "Customer Coupon List", Columns: voucherColumns(), Rows: v.voucherRows(page.Rows, nil), Wide: true, Empty: ui.Empty{Icon: "ticket", Title: "No coupons", Text: "Coupons that this customer holds or has used will stand here."}}
	if len(q) > 0 {
		p.Table.Empty = ui.Empty{Icon: "search", Title: "Nothing fits", Text: "None of this customer's coupons matches.", Actions: []templ.Component{ui.Action{Label: "Show all", Href: path}}}
	}
	p.Bulk = v.bulk(&p.Table, page.Rows, "coupons", with(path, q, "", ""))
	p.Bar.Columns = v.columns("vouchers", with(path, q, "", ""), &p.Table)
	p.Pager = v.pager(shownOf(len(page.Rows), page.Next, "coupon", "coupons"), path, q, page.Prev, page.Next)
	return v.show(head.Head.Title, p.view())
}

// balancePage is the tab with the customer's account, entry by entry.
type balancePage struct {
	customerHead
	Table   ui.Table
	Pager   ui.Pager
	Actions []templ.Component
}

func (v *visit) customerBalance() error {
	head, err := v.customerTop("Balance")
	if err != nil {
		return err
	}
	form, path := v.query(), customerPath(head.Customer.ID)+"/balance"
	page, err := v.App.Entries(v.ctx(), v.by, head.Customer.ID, paging(form))
	if err != nil {
		return err
	}
	p := balancePage{customerHead: head, Table: ui.Table{Label: "Balance entries", Rows: v.entryRows(page.Rows), Columns: []ui.Column{
		{Label: "When", Lead: true, Keep: true}, {Label: "What"}, {Label: "Voucher", Keep: true}, {Label: "Amount", Num: true}, {Label: "Balance", Num: true},
	}, Empty: ui.Empty{Icon: "coins", Title: "No entries yet", Text: "Every top-up, payment and adjustment will stand here with the balance after it."}}}
	p.Pager = v.pager(shownOf(len(page.Rows), page.Next, "entry", "entries"), path, filters(form), page.Prev, page.Next)
	return v.show(head.Head.Title, p.view())
}

func (v *visit) entryRows(list []coupon.EntryView) []ui.Row {
	words := map[coupon.PostingKind]string{coupon.PostTopUp: "Top-up", coupon.PostSpend: "Payment", coupon.PostReverse: "Reversal", coupon.PostAdjust: "Adjustment", coupon.PostIssue: "Issue", coupon.PostEnd: "Ended"}
	var rows []ui.Row
	for i := range list {
		e := &list[i]
		what := words[e.Kind]
		if what == "" {
			what = capital(string(e.Kind))
		}
		from := templ.Component(ui.Text(""))
		if e.Voucher != "" && v.can(coupon.ListVouchers) {
			from = ui.Link{Label: "Open voucher", Href: voucherPath(e.Voucher)}
		}
		rows = append(rows, ui.Row{Cells: []templ.Component{v.clock.At(e.At), ui.Text(what), from, ui.Amount(signed(e.Minor, e.Asset)), ui.Text(amount(e.After, e.Asset))}})
	}
	return rows
}
