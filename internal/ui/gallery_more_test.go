package ui_test

import (
	"testing"

	"github.com/a-h/templ"
	"rsc.io/qr"

	"github.com/scriphq/scrip/internal/ui"
)

// squares returns the path of a QR code's dark modules, with the quiet zone around it.
func squares(t testing.TB, text string) ui.QR {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	return ui.QR{Src: "", Path: ui.QRPath(code.Size, code.Black), Size: code.Size + 8}
}

func portalShell(l ui.Language, title string, all []ui.Language) ui.PortalShell {
	return ui.PortalShell{
		Title: title, Org: "Harbour Coffee", Home: "/", Text: l, Languages: all, Theme: ui.Auto, Back: "/", Customer: "Mei Tan", Profile: "/profile", Contact: "help@harbour.example",
		Nav: []ui.NavItem{{Label: l.Say("wallet.title"), Icon: "ticket", Href: "/", Current: true}, {Label: l.Say("topup.title"), Icon: "bolt", Href: "/top-up"}, {Label: l.Say("balance.title"), Icon: "coins", Href: "/balance"}, {Label: l.Say("profile.title"), Icon: "user", Href: "/profile"}},
	}
}

func portalPage(t testing.TB, l ui.Language, all []ui.Language) templ.Component {
	until := clock(t).Now.AddDate(0, 0, 9)
	wrong := ""
	if l.Code() == "de" || l.Code() == "ar" {
		wrong = l.Say("refusal.stranger")
	}
	return around(ui.PortalLayout(portalShell(l, l.Say("wallet.title"), all)),
		templ.Raw("<h1>"+l.Say("wallet.hello", "name", "Mei")+"</h1>"),
		around(ui.Purse{Label: l.Say("balance.title"), Sum: l.Money(2000, 2, "SGD")}.With(), ui.UseVoucher{Action: "/top-up", Label: l.Say("topup.number"), Submit: l.Say("topup.add"), Error: wrong, Value: "1204 8091"}),
		ui.Tabs{Label: l.Say("wallet.title"), Items: []ui.Tab{{Label: l.Say("wallet.active"), Count: l.Number(3), Href: "/", Current: true}, {Label: l.Say("wallet.history"), Href: "/history"}}},
		ui.Ticket{Title: "Beans, any bag", Worth: l.Say("voucher.percent", "percent", "15"), Href: "/v", Lines: []string{l.Count("voucher.uses", 3) + " · " + l.Say("voucher.until", "date", l.Date(until)), l.Say("voucher.everywhere")}},
		ui.Ticket{Title: "Barista set", Worth: l.Money(800, 2, "SGD"), Href: "/v", Lines: []string{l.Say("voucher.left", "left", "8.00", "total", "10.00") + " · " + l.Say("voucher.until", "date", l.Date(until)), "Main Street, Harbour Point"}, Status: &ui.Status{Tone: ui.Warn, Word: l.Count("voucher.days_left", 9)}},
		ui.Ticket{Title: "Free delivery", Worth: l.Say("voucher.free_shipping"), Lines: []string{l.Say("voucher.once") + " · " + l.Say("voucher.no_expiry")}, Over: true, Status: &ui.Status{Word: l.Say("status.redeemed")}},
	)
}

func voucherPage(t testing.TB, l ui.Language) templ.Component {
	q := squares(t, "PK-4F7T-9M2Q-WX3C")
	return around(ui.PortalLayout(portalShell(l, "Barista set", nil)),
		ui.VoucherFace{Title: "Barista set", Worth: l.Money(800, 2, "SGD"), Status: ui.Status{Tone: ui.OK, Word: l.Say("status.active")}, QR: q,
			Code: ui.Code{Text: "PK-4F7T-9M2Q-WX3C", Copy: true}, Lines: []string{l.Say("voucher.show")}},
		ui.Moves{{What: l.Say("move.top_up"), When: "21 Nov 2026, 16:41", Sum: "+10.00", After: "20.00"}, {What: l.Say("move.paid"), When: "20 Nov 2026, 09:02", Sum: "−4.50", After: "10.00"}},
		ui.Live{URL: "/live", Version: "3"})
}

func tillPage() templ.Component {
	return around(ui.Layout(shell("Redeem", "Redeem")), templ.Raw(`<div class="till">`),
		ui.PageHead{Title: "Redeem", Sub: "Main Street · till 2 · Arif", Actions: []templ.Component{ui.Action{Label: "Last 20", Icon: "list", Look: ui.Quiet, Href: "/x"}}},
		ui.Result{Tone: ui.OK, Title: "SGD 5.00 redeemed", Text: "3.00 is left on the voucher."},
		ui.Field{Label: "Code", Name: "code", Value: "7Q4K 90TM XW3C 2", Code: true, Big: true, KeepFocus: true},
		around(ui.Card{}.With(), ui.Status{Tone: ui.Info, Word: "Partly used"}, templ.Raw(`<p class="worth">SGD 8.00</p>`),
			ui.KeyValues{{Key: "Holder", Text: "Mei T."}, {Key: "Valid until", Text: "31 Dec 2026, end of day"}, {Key: "Terms", Text: "Not on alcohol. One bill at a time."}},
			around(ui.SideBySide(), ui.Field{Label: "Amount", Name: "amount", Value: "5.00", Before: "SGD"}, ui.Field{Label: "Reference", Name: "reference", Value: "R-1001"}),
			ui.Action{Label: "Confirm SGD 5.00", Icon: "check", Look: ui.Main, Large: true, Wide: true}),
		ui.Result{Tone: ui.Bad, Title: "Already redeemed", Text: "Used on 21 Nov 2026 at 14:02 in Harbour Point."},
		templ.Raw(`</div>`))
}

func signInPage(l ui.Language) templ.Component {
	return around(ui.PlainLayout(ui.PlainShell{Title: "Sign in", Org: "Harbour Coffee", Theme: ui.Auto, Text: l, Foot: "Scrip 1.0"}), templ.Raw("<h1>Sign in</h1>"),
		ui.Notice{Tone: ui.Bad, Text: l.Say("signin.failed")},
		around(ui.Form{Action: "/admin/sign-in"}.With(), ui.Field{Label: "E-mail address", Name: "email", Type: "email", Autocomplete: "username", Value: "aida@harbour.example"}, ui.Field{Label: "Password", Name: "password", Type: "password", Autocomplete: "current-password"},
			ui.Action{Label: "Sign in", Look: ui.Main, Wide: true}))
}

func everything(t testing.TB) templ.Component {
	c := clock(t)
	day := func(n int) ui.Bar {
		return ui.Bar{Label: c.Day(c.Now.AddDate(0, 0, n-30)).String(), Value: float64(300 + n*n%170*4), Text: c.Ago(c.Now)}
	}
	chart := ui.BarChart{Label: "Redemptions per day", Columns: [2]string{"Day", "Redeemed"}, Top: "1,000"}
	for n := range 30 {
		chart.Bars = append(chart.Bars, day(n))
	}
	s := shell("Gallery", "Dashboard")
	s.Flash, s.Trouble = ui.Flash{Tone: ui.OK, Text: "5 refill coupons were made."}, "The database cannot be written. Reading goes on."
	bulk := refillRows(c)
	return around(ui.Layout(s), ui.PageHead{Title: "Every component", Status: &ui.Status{Tone: ui.Info, Word: "Draft"}, Actions: []templ.Component{
		ui.Menu{ID: "acts", Label: "Actions", Items: []ui.Action{{Label: "Print", Icon: "printer", Print: true}, {Label: "Freeze", Icon: "snowflake", Post: "/freeze"}}},
		ui.Action{Label: "Cannot", Disabled: true, Title: "Your role may not do this."}, ui.Action{Label: "End it", Look: ui.Ends, Icon: "trash", Href: "/form", Dialog: ui.DialogPage}}},
		ui.Facts{{Label: "Value", Value: "SGD 10.00"}, {Label: "Uses of each", Value: "Until its value is used up"}, {Label: "Uses in total", Value: "No limit"}},
		around(ui.Card{Title: "Over time", Pad: true}.With(), chart),
		around(ui.Card{Title: "Ticked rows"}.With(), ui.Bulk{ID: "bulk", Action: "/bulk", Noun: "coupons", Buttons: []ui.Action{{Label: "Export", Tiny: true}, {Label: "Deactivate", Tiny: true, Look: ui.Ends}}},
			ui.Table{Label: "Rows", Pick: "voucher", Bulk: "bulk", Rows: bulk, Columns: []ui.Column{{Label: "Number", Lead: true, Sort: "descending", Href: "?sort=n"}, {Label: "Description"}, {Label: "Amount", Num: true}, {Label: "Used?"}, {Label: "Used Date"}, {Label: "Account"}, {Label: "Status", Badge: true}, {Acts: true, Few: true}}},
			ui.Pager{Note: "50 of about 48,000", Newer: "?before=a", Older: "?after=b"}),
		around(ui.Card{}.With(), ui.Table{Empty: ui.Empty{Icon: "ticket", Title: "No vouchers yet", Text: "Vouchers of this campaign appear here once a batch has been made.", Actions: []templ.Component{ui.Action{Label: "Make a batch", Icon: "plus", Look: ui.Main, Href: "/x"}}}}),
		around(ui.Card{Title: "Activity"}.With(), ui.History{
			{Icon: "check", Tone: ui.OK, Title: "Redeemed", By: "Arif at Main Street", At: c.At(at(21, 16, 41)), Text: "SGD 5.00 of voucher PK-••••-WX3C · reference R-1001", Event: `{"type":"voucher.redeemed","amount":{"amount":500,"currency":"SGD"},"partial":true,"note":null}`},
			{Icon: "trash", Tone: ui.Bad, Title: "Deleted", By: "Priya N.", At: c.At(at(20, 9, 2)), Quote: "should be 10 %"}, {Icon: "mail", Tone: ui.Info, Title: "E-mail sent", By: "Distribution 12", At: c.At(at(1, 9, 0))}}),
		around(ui.Card{Title: "Form", Pad: true}.With(), around(ui.Form{Action: "/x", Files: true, Submit: "Save", Cancel: "/", Extra: []ui.Action{{Label: "Save and add another", Name: "more", Value: "1"}}}.With(),
			ui.Select{Label: "Location", Name: "location", Empty: "Choose a location", Error: "Choose a location.", Options: []ui.Option{{Value: "1", Label: "Main Street"}, {Value: "2", Label: "Harbour Point", Group: "North"}}},
			ui.Choices{Legend: "Send Mass Coupon Via", Name: "via", Row: true, Values: []string{"email"}, Options: []ui.Option{{Value: "email", Label: "Email"}, {Value: "sms", Label: "SMS", Hint: "160 characters a part"}}},
			ui.Field{Label: "Coupon Distribute File", Name: "file", Type: "file", Accept: ".csv"}, ui.Field{Label: "Value", Name: "value", After: "%", Optional: true, Suggest: []string{"5", "10"}},
			ui.Textarea{Label: "SMS Message", Name: "sms", MaxLength: 480, Count: true, Value: "Dear Mei"}, ui.Checkbox{Label: "Stackable", Name: "stackable", Checked: true, Hint: "May be combined with other codes."})),
		around(ui.Card{Title: "Void this voucher?", Pad: true}.With(), ui.Confirm{Action: "/void", Text: "It can never be used again.", Thing: ui.KeyValues{{Key: "Voucher", Body: ui.Code{Text: "PK-4F7T-••••-WX3C"}}, {Key: "Id", Body: ui.Code{Text: "vch_06gvvfqiu1phtv2q5e638ufj7l8", Copy: true}}, {Key: "Value", Text: "SGD 10.00"}, {Key: "Holder", Text: "Mei Tan"}}, Ask: true, Submit: "Void it", Icon: "ban", Danger: true, Cancel: "/"}),
		ui.Notice{Tone: ui.Info, Title: "Numbers are masked", Text: "Show numbers needs a permission and is noted down.", Actions: []templ.Component{ui.Action{Label: "Show numbers", Icon: "eye", Post: "/reveal", Tiny: true}}},
		ui.Notice{Tone: ui.Warn, Text: "This batch is frozen."}, ui.Steps{Items: []string{"Upload", "Check", "Confirm"}, At: 1})
}
