package ui_test

import (
	"context"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/ui"
)

// around renders outer with inner as its content, as a template's braces do.
func around(outer templ.Component, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, templ.Join(inner...)), w)
	})
}

func clock(t testing.TB) ui.Clock {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Singapore")
	if err != nil {
		t.Fatal(err)
	}
	return ui.Clock{Now: time.Date(2026, 11, 21, 8, 45, 0, 0, time.UTC), Zone: zone}
}

func catalogue(t testing.TB) *ui.Catalogue {
	t.Helper()
	c, err := ui.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func shell(title, current string) ui.Shell {
	nav := []ui.NavGroup{
		{Items: []ui.NavItem{{Label: "Dashboard", Icon: "home", Href: "/admin/"}, {Label: "Customers", Icon: "users", Href: "/admin/customers"}, {Label: "Coupons", Icon: "tag", Href: "/admin/coupons"}}},
		{Title: "E-Pins", Items: []ui.NavItem{{Label: "Send E-Pins", Icon: "send", Href: "/admin/epins/send"}, {Label: "E-Pin Management", Icon: "key", Href: "/admin/epins"}}},
		{Title: "Services", Items: []ui.NavItem{{Label: "Refill Coupons", Icon: "bolt", Href: "/admin/refill"}, {Label: "Discount Codes", Icon: "percent", Href: "/admin/discounts"}}},
		{Title: "Work", Items: []ui.NavItem{{Label: "Redeem", Icon: "scan", Href: "/admin/redeem"}, {Label: "Vouchers", Icon: "ticket", Href: "/admin/vouchers"}, {Label: "Distributions", Icon: "note", Href: "/admin/distributions", Count: "2"}, {Label: "Reports", Icon: "chart", Href: "/admin/reports"}, {Label: "Settings", Icon: "gear", Href: "/admin/settings"}}},
	}
	for g := range nav {
		for i := range nav[g].Items {
			nav[g].Items[i].Current = nav[g].Items[i].Label == current
		}
	}
	return ui.Shell{
		Title: title, Org: "Harbour Coffee", Zone: "SGT", ZoneTip: "Asia/Singapore (UTC+8)", Nav: nav, Theme: ui.Auto, Back: "/admin/",
		Account: ui.Account{Name: "Aida Lim", Email: "aida@harbour.example", Role: "Administrator", Links: []ui.Action{{Label: "Profile", Icon: "user", Href: "/admin/profile"}, {Label: "Help", Icon: "help", Href: "/admin/help"}}},
	}
}

func at(day, hour, min int) time.Time { return time.Date(2026, 11, day, hour-8, min, 7, 0, time.UTC) }

func refillRows(c ui.Clock) []ui.Row {
	var rows []ui.Row
	for _, x := range []struct {
		number string
		used   time.Time
	}{
		{"120480 913377 2051", time.Time{}}, {"120771 604418 9326", at(21, 16, 41)}, {"121936 250087 4410", at(21, 16, 43)},
		{"124402 888156 0973", time.Time{}}, {"129054 371520 6648", time.Time{}},
	} {
		used, account, status := "false", templ.Component(ui.Text("")), ui.Status{Tone: ui.OK, Word: "Active"}
		if !x.used.IsZero() {
			used, account, status = "true", ui.Link{Label: "Mei Tan", Href: "/admin/customers/cus_1"}, ui.Status{Word: "Redeemed"}
		}
		rows = append(rows, ui.Row{Key: x.number, Cells: []templ.Component{
			ui.Code{Text: x.number, Copy: true}, ui.Text("TESTING"), ui.Amount("10.00"), ui.Text(used), c.At(x.used), account, status,
			ui.Actions{ui.Menu{ID: "m" + x.number[:6], Icon: "dots", Look: ui.Quiet, Tiny: true, Items: []ui.Action{
				{Label: "Use for a customer", Icon: "wallet", Href: "/x", Dialog: ui.DialogPage}, {Label: "Explain", Icon: "help", Href: "/x"}, {}, {Label: "Void", Icon: "ban", Look: ui.Ends, Href: "/x", Dialog: ui.DialogPage},
			}}},
		}})
	}
	return rows
}

func createForm(fields map[string]string) templ.Component {
	return around(ui.Form{Action: "/admin/refill", Submit: "Save", Cancel: "/admin/refill"}.With(),
		ui.ErrorsOf(fields, ui.Pair{Name: "amount", Value: "Amount (SGD)"}),
		ui.Field{Label: "Description", Name: "description", Value: "TESTING"},
		ui.Field{Label: "Start Prefix", Name: "prefix", Value: "12", Code: true, InputMode: "numeric", Hint: "Numbers will have 16 digits, so that a guess hits one in 2,000,000,000."},
		around(ui.SideBySide(),
			ui.Field{Label: "Quantity", Name: "quantity", Value: "5", InputMode: "numeric"},
			ui.Field{Label: "Amount (SGD)", Name: "amount", Value: "10.005", InputMode: "decimal", Error: fields["amount"]}))
}

func refillPage(c ui.Clock, dialog bool) templ.Component {
	wrong := map[string]string{}
	if dialog {
		wrong["amount"] = "At most two decimals."
	}
	return around(ui.Layout(shell("Refill Coupons", "Refill Coupons")),
		ui.PageHead{Title: "Refill Coupons", Sub: "Numbers that top up a customer's balance, each exactly once.", Actions: []templ.Component{
			ui.Action{Label: "Export", Icon: "download", Href: "/admin/refill/export", Download: true},
			ui.Action{Label: "Create", Icon: "plus", Href: "/admin/refill/new", Dialog: "create", Look: ui.Main},
		}},
		ui.Facts{
			{Label: "Unused", Value: "48,213", Small: "SGD 482,130.00"},
			{Label: "Used today", Value: "1,906", Body: ui.Sparkline{Points: []float64{6, 8, 7, 12, 10, 16, 14, 19, 17, 22, 20, 24, 23}, Title: "Used per hour today, from 6 to 24"}},
			{Label: "Used in 30 days", Value: "31,554", Small: "SGD 315,540.00"},
			{Label: "Being made", Body: ui.Progress{Label: "Deepavali 100,000", Now: ui.ProgressUpdate{Done: 64000, Total: 100000, Note: "64,000 of 100,000 · 16,200 a second · 4 s left"}, URL: "/progress"}},
		},
		around(ui.Card{}.With(),
			ui.FilterBar{Path: "/admin/refill", Query: url.Values{"batch": {"b1"}}, Search: "q", Hint: "Number, description, account", Filters: []ui.Filter{
				{Name: "batch", Label: "Batch", Options: []ui.Option{{Value: "b1", Label: "TESTING"}}},
				{Name: "used", Label: "Used?", Options: []ui.Option{{Value: "true", Label: "true"}, {Value: "false", Label: "false"}}},
				{Label: "Amount", Inputs: []ui.Field{{Label: "Amount", Name: "amount", InputMode: "decimal", Free: true}}},
				{Label: "Account", Inputs: []ui.Field{{Label: "Account", Name: "account", Free: true}}},
				{Label: "Used date", Inputs: []ui.Field{{Label: "From", Name: "from", Type: "date", Free: true}, {Label: "To", Name: "to", Type: "date", Free: true}}},
			}},
			ui.Table{Label: "Refill coupons", Rows: refillRows(c), Columns: []ui.Column{
				{Label: "Number", Lead: true, Keep: true}, {Label: "Description"}, {Label: "Amount", Num: true}, {Label: "Used?"}, {Label: "Used Date", Keep: true}, {Label: "Account"}, {Label: "Status", Badge: true}, {Acts: true, Few: true},
			}},
			ui.Pager{Note: "5 coupons · numbers shown to you for this batch", Right: "SGT"}),
		around(ui.Dialog{ID: "create", Title: "Create refill coupons", Open: dialog, Close: "/admin/refill"}.With(), createForm(wrong)),
	)
}

func discountActs() templ.Component {
	return ui.Actions{
		ui.Action{Label: "Replace", Tiny: true, Href: "/x", Dialog: ui.DialogPage}, ui.Action{Label: "Delete", Look: ui.Ends, Tiny: true, Href: "/x", Dialog: ui.DialogPage},
		ui.Menu{ID: "m" + time.Now().Format("150405.000000000"), Icon: "dots", Look: ui.Quiet, Tiny: true, Items: []ui.Action{{Label: "Event data", Icon: "code", Href: "/x"}}},
	}
}

func customerPage(c ui.Clock) templ.Component {
	available := ui.Table{Label: "Available discount codes", Columns: []ui.Column{{Label: "Code Generated", Lead: true, Keep: true}, {Label: "Value", Keep: true}, {Label: "Type"}, {Label: "Status", Badge: true}, {Label: "Uses", Keep: true}, {Label: "Earning method"}, {Label: "Applies to"}, {Label: "Expires", Keep: true}, {Acts: true}}}
	for _, x := range [][8]string{
		{"PK-4F7T-9M2Q-WX3C", "10.00 off", "Fixed amount", "Active", "0 of 1", "Loyalty", "ALL", "31 Dec 2026"},
		{"PK-77HD-0VN5-6RTE", "15 %", "Percentage off", "Active", "1 of 3", "Manual", "Collection: Beans", "30 Nov 2026"},
		{"PK-2QZM-81KB-XJ4N", "Free shipping", "Free shipping", "Reserved", "0 of 1", "Automation", "ALL", ""},
	} {
		tone := ui.OK
		if x[3] == "Reserved" {
			tone = ui.Info
		}
		available.Rows = append(available.Rows, ui.Row{Cells: []templ.Component{ui.Code{Text: x[0], Copy: true}, ui.Text(x[1]), ui.Soft(x[2]), ui.Status{Tone: tone, Word: x[3]}, ui.Text(x[4]), ui.Soft(x[5]), ui.Soft(x[6]), ui.Text(x[7]), discountActs()}})
	}
	available.Rows = append(available.Rows, ui.Row{Cells: []templ.Component{ui.Code{Text: "WELCOME10", Copy: true}, ui.Text("Free shipping"), ui.Soft("Free shipping"), ui.Status{Tone: ui.OK, Word: "Partly used"}, ui.Text("3 of 100"), ui.Soft("Manual"), ui.Soft("ALL"), ui.Text("31 Dec 2026"),
		ui.Actions{ui.Menu{ID: "malone", Icon: "dots", Look: ui.Quiet, Tiny: true, Items: []ui.Action{{Label: "Explain", Icon: "help", Href: "/x"}}}}}})
	past := ui.Table{Label: "Past discount codes", Columns: []ui.Column{{Label: "Code Generated", Lead: true, Keep: true}, {Label: "Value", Keep: true}, {Label: "Type"}, {Label: "Expiration status", Badge: true}, {Label: "Usage details", Wrap: true}, {Label: "Earning method"}, {Acts: true}}}
	for _, x := range [][6]string{
		{"PK-9T3W-••••-K2HM", "10.00 off", "Fixed amount", "Used", "18 Nov 2026 14:02 · order A-1042", "Loyalty"},
		{"PK-M5XE-••••-7ZQ4", "10.00 off", "Fixed amount", "Deleted", "Priya N. · “should be 10 %” → PK-77HD", "Manual"},
		{"PK-C81R-••••-PD6V", "Free shipping", "Free shipping", "Expired", "31 Oct 2026 23:59", "Automation"},
	} {
		tone := map[string]ui.Tone{"Deleted": ui.Bad, "Expired": ui.Warn}[x[3]]
		past.Rows = append(past.Rows, ui.Row{Cells: []templ.Component{ui.Code{Text: x[0]}, ui.Text(x[1]), ui.Soft(x[2]), ui.Status{Tone: tone, Word: x[3]}, ui.Text(x[4]), ui.Soft(x[5]), ui.Actions{ui.Action{Label: "Explain", Tiny: true, Href: "/x"}}}})
	}
	return around(ui.Layout(shell("Mei Tan", "Customers")),
		ui.PageHead{Crumbs: []ui.Crumb{{Label: "Customers", Href: "/admin/customers"}, {Label: "acct-20418"}}, Avatar: "Mei Tan", Title: "Mei Tan", Sub: "mei.tan@example.com · +65 9123 4567 · member M-20418 · English", Actions: []templ.Component{
			ui.Action{Label: "Add note", Icon: "note", Href: "/x"}, ui.Action{Label: "Message", Icon: "send", Href: "/x"}, ui.Action{Label: "Generate code", Icon: "plus", Look: ui.Main, Href: "/form", Dialog: ui.DialogPage},
		}},
		ui.Facts{{Label: "Balance", Value: "20.00", Small: "SGD", Href: "/x"}, {Label: "Available codes", Value: "3"}, {Label: "Redeemed in 12 months", Value: "14", Small: "SGD 162.50 given"}, {Label: "Consent", Body: ui.Group{ui.Status{Tone: ui.OK, Word: "E-mail"}, ui.Status{Tone: ui.Bad, Word: "SMS off"}}}},
		ui.Tabs{Label: "Customer", Items: []ui.Tab{{Label: "Activity", Href: "/x"}, {Label: "Coupons", Count: "5", Href: "/x"}, {Label: "Discount Codes", Count: "3 · 11", Href: "/x", Current: true}, {Label: "Balance", Href: "/x"}, {Label: "Messages", Count: "8", Href: "/x"}, {Label: "Notes", Count: "2", Href: "/x"}, {Label: "Details", Href: "/x"}}},
		around(ui.Card{Title: "Available Discount Codes", Actions: []templ.Component{ui.FilterBar{Path: "/x", Search: "q", Hint: "Filter"}}}.With(), available),
		around(ui.Card{Title: "Past Discount Codes", Note: "11 codes"}.With(), past, ui.Pager{Note: "3 of 11", Older: "?after=x"}),
	)
}
