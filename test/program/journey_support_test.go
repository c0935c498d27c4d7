package program_test

import (
	"strings"
	"testing"

	"github.com/scriphq/scrip/test/browser"
)

// help is an agent's browser on a server with a customer whose codes give trouble.
type help struct {
	*server
	page  *browser.Page
	admin *visitor
	mei   string
	// Codes of Mei's, in the order of the journey.
	used, gone, wrong, lost, coffee, tea code
}

// code is a voucher as the API tells it once.
type code struct {
	ID, Code, Tail string
}

// openHelp fills an installation and signs an agent in.
func openHelp(t *testing.T, b *browser.Browser, p *place, journey string) *help {
	t.Helper()
	h := &help{server: p.serve()}
	h.admin = newVisitor(t, h.base)
	h.admin.submit("/admin/sign-in", "email", "ada@example.com", "password", "correct horse battery")
	h.admin.submit("/admin/settings/locations/new", "name", "Main Street")
	h.admin.submit("/admin/settings/staff/new", "name", "Priya Nair", "email", "priya@example.com", "role", "support", "password", journeyPassword)
	var made struct{ ID string }
	h.must(201, "POST", "/v1/customers", object{
		"source_id": "acct-20418", "name": "Mei Tan", "email": "mei.tan@example.com", "mobile": "+6591234567", "member_id": "M-20418", "consent": object{"email": true, "sms": true},
	}).into(t, &made)
	h.mei = made.ID
	ten := object{"amount": 1000, "currency": "SGD"}
	off := h.campaign("discount", "Welcome back", object{"type": "amount", "money": ten})
	beans := h.campaign("discount", "Beans week", object{"type": "percent", "basis_points": 1500, "applies_to": object{"scope": "lines", "collections": []string{"beans"}}})
	gift := h.campaign("gift", "Coffee for two", object{"type": "amount", "money": ten})
	h.used, h.gone = h.issue(off, "loyalty", "500 points"), h.issue(off, "manual", "")
	h.wrong, h.lost = h.issue(off, "automation", "flow-7"), h.issue(beans, "manual", "")
	h.coffee, h.tea = h.issue(gift, "manual", ""), h.issue(gift, "manual", "")
	h.must(201, "POST", "/v1/redemptions", object{"code": h.used.Code, "customer": h.mei, "transaction": object{"type": "order", "reference": "A-1042"}})
	h.must(201, "POST", "/v1/customers/"+h.mei+"/messages", object{"channel": "email", "subject": "Your code", "text": "Here it is: " + h.lost.Code})
	h.tamper("UPDATE message SET state = 'failed', attempts = 3, error = 'gateway error: 550 mailbox full'")
	h.page = b.Open(t, journey, h.base+"/admin/sign-in", browser.Light)
	h.page.Fill("E-mail address", "priya@example.com")
	h.page.Fill("Password", journeyPassword)
	h.page.Click("Sign in")
	return h
}

func (h *help) campaign(kind, name string, value object) string {
	var made struct{ ID string }
	h.must(201, "POST", "/v1/campaigns", object{"kind": kind, "name": name, "value": value}).into(h.t, &made)
	return made.ID
}

func (h *help) issue(campaign, method, source string) (c code) {
	h.must(201, "POST", "/v1/campaigns/"+campaign+"/vouchers", object{"customer": h.mei, "earning_method": method, "source_reference": source, "expires_at": "2099-12-31T16:00:00Z"}).into(h.t, &c)
	return c
}

// row is the text of the table row of a voucher.
func (h *help) row(c code) string {
	for _, row := range h.page.Texts("tbody tr") {
		if cell, _, _ := strings.Cut(row, "\t"); strings.Contains(cell, c.Tail) || strings.Contains(strings.SplitN(row, "Replace", 2)[0], "…"+c.Tail) {
			return row
		}
	}
	h.t.Fatalf("no row of …%s: %q", c.Tail, h.page.Texts("tbody tr"))
	return ""
}

func (h *help) rowHas(c code, words ...string) {
	h.t.Helper()
	row := h.row(c)
	for _, w := range words {
		if !strings.Contains(strings.Join(strings.Fields(row), " "), w) {
			h.t.Errorf("the row of …%s lacks %q: %q", c.Tail, w, row)
		}
	}
}

// J5, J8.7; DC-01 to DC-26, CC-01 to CC-14.
func TestJ5Support(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	eachPlace(t, func(t *testing.T, p *place) {
		h := openHelp(t, b, p, "J5-"+map[bool]string{true: "sqlite", false: "postgres"}[p.url == ""])
		h.finds()
		h.unusable()
		h.wrongValue()
		h.notReceived()
		h.notes()
		h.coupons()
		p.verified()
	})
}

// finds does J5.1 and J5.2.
func (h *help) finds() {
	p := h.page
	p.Click("Customers")
	p.Fill("Name, e-mail, mobile, id, code", "9123 4567")
	p.Press("\r")
	p.See("Mei Tan")
	p.Pictures("1-found")
	p.ClickAt(`a[title="Customer profile"]`)
	p.See("Send SMS")
	p.Pictures("2-activity")
	p.ClickAt(`main a[href$="/codes"]`)
	p.See("Available Discount Codes")
	p.See("Past Discount Codes")
	h.rowHas(h.wrong, "Automation", "flow-7") // J8.7
}

// unusable does J5.3: used, with time and order; deleted, by whom and why.
func (h *help) unusable() {
	p := h.page
	h.rowHas(h.used, "Used", "A-1042", "1 of 1 used", "Through a loyalty program", "500 points")
	p.ClickIn("…"+h.gone.Tail, "Delete")
	p.Fill("Reason", "Promised in the chat by mistake")
	p.Click("Delete it")
	p.See("Its history stays.")
	h.rowHas(h.gone, "Deleted", "by Priya Nair", "“Promised in the chat by mistake”")
	p.Pictures("3-unusable")
}

// wrongValue does J5.4 and J5.5.
func (h *help) wrongValue() {
	p := h.page
	h.rowHas(h.wrong, "SGD 10.00 off", "Fixed amount off")
	p.ClickIn("…"+h.wrong.Tail, "Replace")
	p.Fill("Type", "Percentage off")
	p.Fill("Value", "10")
	p.See("The customer gets 10 % off instead of SGD 10.00 off.")
	p.Fill("Reason", "10 % was promised")
	p.Pictures("4-replace")
	p.Click("Replace")
	p.See("replaced by")
	p.See("replaces ")
	p.See("10 % off")
	p.Pictures("5-replaced")
	p.ClickIn("…"+h.used.Tail, "More")
	p.Click("Event data")
	p.See(`"earning_method"`)
	p.See(`"usage_limit"`)
	p.See(`"applies_to"`)
	p.Pictures("6-event-data")
	p.Press("\u001b")
}

// notReceived does J5.6.
func (h *help) notReceived() {
	p := h.page
	h.rowHas(h.lost, "E-mail failed", "gateway error: 550 mailbox full", "Specific Collection", "beans", "15 % off")
	p.ClickIn("…"+h.lost.Tail, "Copy")
	p.Until(`document.getElementById("said")?.textContent === "Copied"`)
	p.Click("Activity")
	p.See("Code revealed")
	p.Click("Send SMS")
	p.See("One SMS holds 160 characters")
	p.Fill("Text", "Dear Mei, sorry for the wait. Your code: "+h.lost.Code)
	p.See("1 SMS")
	p.Pictures("7-sms")
	p.Click("Send SMS")
	p.See("waits in the Outbox")
	p.See("Message written")
	p.ClickAt(`main a[href$="/codes"]`)
	h.rowHas(h.lost, "SMS queued")
	p.Click("Messages")
	p.See("+6591234567")
	p.ClickIn("+6591234567", "Show")
	p.See("sorry for the wait")
	if p.Shows(h.lost.Code) {
		h.t.Error("the message shows the code")
	}
	p.Pictures("8-message")
	p.Press("\u001b")
}

// notes does J5.7.
func (h *help) notes() {
	p := h.page
	p.Click("Activity")
	p.Click("More")
	p.Click("Add Note")
	p.Fill("Note", "Called back: the SMS arrived. "+h.lost.Code)
	p.Pictures("9-note")
	p.Click("Add note")
	p.See("Called back: the SMS arrived.")
	p.See("Priya Nair")
	if p.Shows(h.lost.Code) {
		h.t.Error("the note shows the code")
	}
	p.ClickAt(`nav[aria-label="Show events"] a[href$="show=notes"]`)
	p.See("1 event")
	p.Gone("Message written")
	p.Pictures("10-notes-only")
}

// coupons does J5.8 to J5.11.
func (h *help) coupons() {
	p := h.page
	p.ClickAt(`nav[aria-label="Customer"] a[href$="/coupons"]`)
	p.Fill("Filter these coupons", "Coffee")
	p.Press("\r")
	p.See("2 coupons")
	p.Pictures("11-coupons")
	p.ClickIn("…"+h.coffee.Tail, "Resend")
	p.See("the same as before")
	p.Pictures("12-resend")
	p.Click("Resend")
	p.See("is on its way again")
	h.rowHas(h.coffee, "SMS queued")
	p.ClickIn("…"+h.coffee.Tail, "Resend")
	p.Allow("429")
	p.Click("Resend")
	p.See("less than a minute ago")
	p.Click("Cancel")
	p.ClickIn("…"+h.coffee.Tail, "Redeem")
	p.Fill("Amount", "10")
	p.Fill("Reference", "R-9")
	p.Pictures("13-redeem")
	p.Click("Confirm")
	p.See("The voucher was redeemed.")
	h.rowHas(h.coffee, "Redeemed", "R-9", "Main Street")
	p.ClickIn("…"+h.tea.Tail, "Void")
	p.Fill("Reason", "Issued twice")
	p.Click("Void it")
	p.See("The voucher is void.")
	h.rowHas(h.tea, "Voided", "“Issued twice”")
	if n := len(p.Texts("tbody td.acts a.btn")); n != 0 {
		h.t.Errorf("%d buttons are left", n)
	}
	p.Pictures("14-voided")
	h.admin.submit("/admin/customers/"+h.mei+"/password", "password", journeyPassword)
	mei := newVisitor(h.t, h.base)
	mei.submit("/sign-in", "contact", "mei.tan@example.com", "password", journeyPassword)
	if page := mei.get("/vouchers/" + h.tea.ID); !strings.Contains(page, "No longer valid") {
		h.t.Error("the customer's page does not say that the voucher is void")
	}
	p.ClickAt(`tbody a[href="/admin/vouchers/` + h.coffee.ID + `"]`)
	p.ClickAt(`a[href$="/reverse"]`)
	p.Fill("Reason", "Wrong customer")
	p.Click("Reverse")
	p.See("Redemption reversed")
	p.See("Active")
	p.Go(h.base + "/admin/customers/" + h.mei + "?show=uses")
	p.See("Wrong customer")
	p.See("reference R-9")
	p.Pictures("15-both-facts")
}
