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
	if v.can(coupon.RedeemVouchers) && !c.Blocked {
		out = append(out, ui.Action{Label: "Use voucher", Icon: "bolt", Href: path + "/top-up", Dialog: ui.DialogPage, Title: "Tops the balance up with a refill coupon's number."})
	}
	if v.can(coupon.IssueVouchers) {
		out = append(out, generateAction(c.ID))
	}
	var more []ui.Action
	if v.can(coupon.SendMessages) {
		more = append(more, noteAction(c.ID, ""))
	}
	if v.can(coupon.WriteCustomers) {
		more = append(more, ui.Action{Label: "Edit", Icon: "pencil", Href: path + "/edit", Dialog: ui.DialogPage})
	}
	if v.can(coupon.AdjustBalances) {
		more = append(more, ui.Action{Label: "Adjust balance", Icon: "coins", Href: path + "/adjust", Dialog: ui.DialogPage})
	}
	if len(more) > 0 {
		out = append(out, ui.Menu{ID: "customer-actions", Label: "Actions", Items: more})
	}
	return out
}

func (v *visit) customerTabs(c coupon.Customer, current string) ui.Tabs {
	path := customerPath(c.ID)
	t := ui.Tabs{Label: "Customer", Items: []ui.Tab{{Label: "Activity", Href: path}}}
	if v.can(coupon.ListVouchers) {
		t.Items = append(t.Items, ui.Tab{Label: "Coupons", Href: path + "/coupons"}, ui.Tab{Label: "Discount Codes", Href: path + "/codes"})
	}
	if v.can(coupon.ReadCustomerLedger) {
		t.Items = append(t.Items, ui.Tab{Label: "Balance", Href: path + "/balance"})
	}
	if v.can(coupon.ReadMessages) {
		t.Items = append(t.Items, ui.Tab{Label: "Messages", Href: path + "/messages"}, ui.Tab{Label: "Notes", Href: path + "/notes"})
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
		page, err := v.App.Vouchers(v.ctx(), v.by, coupon.VoucherFilter{Holder: c.ID, Statuses: available}, coupon.Paging{Limit: 100})
		if err != nil {
			return nil, err
		}
		n := v.number(int64(len(page.Rows)))
		if page.Next != "" {
			n += "+"
		}
		facts = append(facts, ui.Fact{Label: "Vouchers to use", Value: n, Small: v.discountsAmong(page.Rows)})
	}
	if v.can(coupon.ReadRedemptions) {
		page, err := v.App.Redemptions(v.ctx(), v.by, coupon.RedemptionFilter{Customer: c.ID, From: v.clock.Now.AddDate(-1, 0, 0)}, coupon.Paging{Limit: 100})
		if err != nil {
			return nil, err
		}
		facts = append(facts, v.redeemedFact(page, v.currency()))
	}
	return append(facts, ui.Fact{Label: "Consent", Body: consents(c)}), nil
}

// discountsAmong says how many of a customer's vouchers are discount codes.
func (w writing) discountsAmong(list []coupon.VoucherView) string {
	n := 0
	for i := range list {
		if list[i].Kind == coupon.KindDiscount {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return w.count(int64(n), "discount code", "discount codes")
}

func (v *visit) balanceFact(c coupon.Customer, list []coupon.Balance) ui.Fact {
	f := ui.Fact{Label: "Balance", Value: v.figure(0, v.currency()), Small: v.org.Currency, Href: customerPath(c.ID) + "/balance"}
	var others []string
	for _, b := range list {
		if b.Asset == v.currency() {
			f.Value = v.figure(b.Minor, b.Asset)
		} else if b.Minor != 0 {
			others = append(others, v.amount(b.Minor, b.Asset))
		}
	}
	if len(others) > 0 {
		f.Small += " · " + strings.Join(others, " · ")
	}
	return f
}

func (w writing) redeemedFact(page coupon.Page[coupon.RedemptionView], currency money.Asset) ui.Fact {
	var n, gave int64
	for i := range page.Rows {
		if r := &page.Rows[i]; !r.Returned {
			n++
			if r.Money.Asset == currency {
				gave += r.Money.Minor - r.Reversed
			}
		}
	}
	f := ui.Fact{Label: "Redeemed in 12 months", Value: w.number(n), Small: w.amount(gave, currency)}
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
	Actions []templ.Component
	Kinds   ui.Chips
	History ui.History
	Empty   ui.Empty
	Pager   ui.Pager
}

// eventGroup is one choice of the activity's filter.
type eventGroup struct {
	name, label, icon string
	types             []coupon.EventType
}

// eventGroups are what the activity can be narrowed to; the first is all of it.
func eventGroups() []eventGroup {
	return []eventGroup{
		{"", "All", "history", nil},
		{"notes", "Notes", "note", []coupon.EventType{coupon.EventNoteAdded}},
		{"messages", "Messages", "mail", []coupon.EventType{coupon.EventMessageQueued, coupon.EventMessageFailed, coupon.EventSignInCodeShown}},
		{"uses", "Redemptions", "check", []coupon.EventType{coupon.EventVoucherRedeemed, coupon.EventVoucherReversed, coupon.EventVoucherHeld, coupon.EventVoucherReleased}},
		{"vouchers", "Vouchers", "ticket", []coupon.EventType{
			coupon.EventVoucherIssued, coupon.EventVoucherVoided, coupon.EventVoucherDeleted, coupon.EventVoucherDeactivated, coupon.EventVoucherReactivated, coupon.EventVoucherExtended,
			coupon.EventVoucherReassigned, coupon.EventVoucherReplaced, coupon.EventVoucherLapsed, coupon.EventVoucherRevealed, coupon.EventRevealRefused,
		}},
		{"customer", "Customer", "user", []coupon.EventType{coupon.EventCustomerCreated, coupon.EventCustomerChanged, coupon.EventBalanceAdjusted, coupon.EventPasswordChanged, coupon.EventLockoutCleared, coupon.EventAccessRefused}},
	}
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
	form, path := v.query(), customerPath(head.Customer.ID)
	q := filters(form, "show")
	filter := coupon.EventFilter{Customer: head.Customer.ID}
	p.Kinds.Label = "Show events"
	for _, g := range eventGroups() {
		chosen := g.name == form.Text("show")
		p.Kinds.Items = append(p.Kinds.Items, ui.Chip{Label: g.label, Icon: g.icon, Href: with(path, nil, "show", g.name), Current: chosen})
		if chosen && g.name != "" {
			filter.Types = g.types
			p.Empty = ui.Empty{Icon: g.icon, Title: "Nothing of this kind", Text: "No such events have happened.", Actions: []templ.Component{ui.Action{Label: "Show all", Href: path}}}
		}
	}
	if v.can(coupon.SendMessages) {
		p.Actions = []templ.Component{
			messageAction(head.Customer.ID, coupon.BySMS), messageAction(head.Customer.ID, coupon.ByEmail),
			ui.Menu{ID: "activity-more", Icon: "dots", Look: ui.Quiet, Items: []ui.Action{noteAction(head.Customer.ID, "")}},
		}
	}
	page, err := v.App.Events(v.ctx(), v.by, filter, paging(form))
	if err != nil {
		return err
	}
	if p.History, err = v.told(page.Rows, string(head.Customer.ID)); err != nil {
		return err
	}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "event", "events"), customerPath(head.Customer.ID), q, page.Prev, page.Next)
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
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "entry", "entries"), path, filters(form), page.Prev, page.Next)
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
		rows = append(rows, ui.Row{Cells: []templ.Component{v.clock.At(e.At), ui.Text(what), from, ui.Amount(v.signed(e.Minor, e.Asset)), ui.Text(v.amount(e.After, e.Asset))}})
	}
	return rows
}
