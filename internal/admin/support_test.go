package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// codesOfMei are the discount codes that the support desk is asked about.
type codesOfMei struct {
	tenOff, tenPercent                                      coupon.Campaign
	used, deleted, wrong, lost, loyal, expired, void, later app.Issued
}

// discount makes a campaign of discount codes.
func (d *desk) discount(name string, value coupon.Value) coupon.Campaign {
	d.t.Helper()
	return must[coupon.Campaign](d.t)(d.app.CreateCampaign(d.t.Context(), d.as(coupon.Admin), app.CampaignInput{Kind: coupon.KindDiscount, Name: &name, Value: &value}))
}

// give issues a voucher of a campaign to Mei.
func (d *desk) give(c coupon.Campaign, change ...func(*app.IssueInput)) app.Issued {
	d.t.Helper()
	in := app.IssueInput{Customer: coupon.CustomerRef{ID: d.mei.ID}, EarningMethod: "manual"}
	for _, f := range change {
		f(&in)
	}
	p := must[app.Prepared](d.t)(d.app.PrepareIssue(d.t.Context(), d.as(coupon.Admin), c.ID, in))
	return must[app.Issued](d.t)(d.app.Issue(d.t.Context(), d.as(coupon.Admin), p))
}

func until(t time.Time) func(*app.IssueInput) {
	return func(in *app.IssueInput) { in.ExpiresAt = &t }
}

// troubles fills Mei's Discount Codes tab with the cases that agents are asked about.
func (d *desk) troubles() codesOfMei {
	d.t.Helper()
	ctx := d.t.Context()
	ten := money.Amount{Minor: 1000, Asset: "SGD"}
	c := codesOfMei{
		tenOff:     d.discount("Welcome back", coupon.Value{Type: coupon.ValueAmount, Money: &ten}),
		tenPercent: d.discount("Beans week", coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000, AppliesTo: coupon.AppliesTo{Scope: "lines", Collections: []string{"beans"}}}),
	}
	shipping := d.discount("Ship free", coupon.Value{Type: coupon.ValueFreeShipping})
	end := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	c.expired = d.give(shipping, until(d.clock().Add(time.Hour)), func(in *app.IssueInput) { in.EarningMethod = "automation" })
	c.used = d.give(c.tenOff, func(in *app.IssueInput) { in.EarningMethod, in.SourceReference = "loyalty", "500 points" })
	c.deleted, c.void = d.give(c.tenPercent), d.give(shipping)
	d.pass(2 * time.Hour)
	key := app.Request{By: app.Program("shop"), ID: "req_shop"}
	must[coupon.Redeemed](d.t)(d.app.Redeem(ctx, key, app.RedeemInput{Voucher: c.used.Voucher.ID, Customer: coupon.CustomerRef{ID: d.mei.ID}, Channel: coupon.ViaAPI, Transaction: coupon.Transaction{Type: coupon.OrderPlaced, Reference: "A-1042"}}))
	d.pass(time.Hour)
	must[coupon.Voucher](d.t)(d.app.Delete(ctx, d.as(coupon.Support), c.deleted.Voucher.ID, "promised in the chat by mistake"))
	must[coupon.Voucher](d.t)(d.app.Void(ctx, d.as(coupon.Admin), c.void.Voucher.ID, "campaign ended early"))
	c.loyal = d.give(shipping, func(in *app.IssueInput) { in.EarningMethod, in.SourceReference = "loyalty", "order 8831" })
	c.later = d.give(c.tenPercent, func(in *app.IssueInput) { start := end.AddDate(0, 0, -20); in.StartsAt, in.ExpiresAt = &start, &end })
	c.lost, c.wrong = d.give(c.tenPercent, until(end)), d.give(c.tenOff, until(end))
	d.pass(time.Minute)
	m := coupon.Message{
		ID: d.app.NewID("msg"), Customer: d.mei.ID, Channel: "email", Gateway: "smtp", To: d.mei.Email, Subject: "Your code", Purpose: "manual", Voucher: c.lost.Voucher.ID,
		State: coupon.MessageFailed, Attempts: 3, Error: "gateway error: 550 mailbox full", By: d.as(coupon.Admin).By.Actor, CreatedAt: d.clock(), UpdatedAt: d.clock(),
	}
	m.Sealed = d.app.Keys.Seal("Your code is "+c.lost.Code, m.ID)
	ok(d.t, d.db.CreateMessage(ctx, m, coupon.Event{Type: coupon.EventMessageFailed, Subject: m.ID, Customer: d.mei.ID, At: d.clock(), Data: map[string]any{"channel": "email", "error": m.Error}}))
	d.pass(time.Minute)
	d.publish()
	return c
}

func (d *desk) codesTab() string { return "/admin/customers/" + string(d.mei.ID) + "/codes" }

// reachable lets Mei be written to by SMS too.
func (d *desk) reachable(sms bool) {
	d.t.Helper()
	must[coupon.Customer](d.t)(d.app.ChangeCustomer(d.t.Context(), d.as(coupon.Admin), d.mei.ID, app.CustomerInput{Consent: map[string]bool{"email": true, "sms": sms}}))
}

func tail(x app.Issued) string { return "…" + x.Voucher.Tail }

// halves are the texts of the two sections of the tab.
func (d *desk) halves(path string) (available, past string) {
	d.t.Helper()
	text := d.get(coupon.Support, path).is(http.StatusOK).text()
	_, rest, _ := strings.Cut(text, "Available Discount Codes")
	available, past, ok := strings.Cut(rest, "Past Discount Codes")
	if !ok {
		d.t.Fatalf("no two sections: %s", text)
	}
	return available, past
}

func has(t *testing.T, what, text string, words ...string) {
	t.Helper()
	text = strings.ReplaceAll(text, "\u2060", "")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q: %s", what, w, text)
		}
	}
}

// DC-05 to DC-17: two sections with every column, and no doubt what a code is worth.
func TestDiscountCodesTab(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		c := d.troubles()
		available, past := d.halves(d.codesTab())
		head := []string{"Code Generated", "Value", "Type", "Expiration Status", "Usage Details", "Earning Method", "Applies to", "Created / Updated", "Message"}
		has(t, "Available", available, append(head, tail(c.wrong), tail(c.lost), tail(c.loyal), tail(c.later), "SGD 10.00 off", "Fixed amount off", "10 % off", "Percentage off", "Free shipping", "Active", "Scheduled",
			"Not used", "0 of 1 used", "Manually", "Through a loyalty program", "order 8831", "ALL", "Specific Collection", "beans", "31 Dec 2026", "E-mail failed", "gateway error: 550 mailbox full", "4 codes")...)
		has(t, "Past", past, append(head, tail(c.used), tail(c.deleted), tail(c.expired), tail(c.void), "Used", "Deleted", "Expired", "Voided", "Used 21 Nov 2026 16:06 · Order · A-1042", "1 of 1 used",
			"Deleted 21 Nov 2026 17:06 by Priya Nair", "“promised in the chat by mistake”", "never used", "Automation", "4 codes")...)
		for _, x := range []app.Issued{c.used, c.deleted, c.expired, c.void} {
			if strings.Contains(available, tail(x)) {
				t.Errorf("%s stands among the available ones", tail(x))
			}
		}
		d.get(coupon.Support, d.codesTab()).hides(c.wrong.Code, c.used.Code)
		d.get(coupon.Support, strings.Replace(d.codesTab(), "/codes", "/coupons", 1)).hides(tail(c.wrong)).has(`aria-label="Customer Coupon List"`)
		found := d.post(coupon.Support, d.codesTab()+"/find", "q", c.wrong.Code).leads(d.codesTab() + "?serial=").To
		one, none := d.halves(found)
		has(t, "the one found", one, tail(c.wrong), "1 code")
		has(t, "the other section", none, "Nothing fits")
		d.get(coupon.Finance, d.codesTab()).is(200).hides("/replace", "/delete", "/copy", "/generate")
	})
}

// J5.4, DC-18, DC-19, DC-24: a fixed amount where a percentage was promised, corrected in one step.
func TestReplaceWithAnotherValue(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		c := d.troubles()
		path, back := "/admin/vouchers/"+string(c.wrong.Voucher.ID), url.QueryEscape(d.codesTab())
		d.get(coupon.Support, path+"/replace?back="+back).shows("Replace this voucher?", "SGD 10.00 off", "The customer gets SGD 10.00 off, as before.").has(`value="10.00"`, `value="2026-12-31"`, `name="back" value="`+d.codesTab()+`"`)
		preview := func(kind, value string) string {
			return d.post(coupon.Support, path+"/replace/preview", "type", kind, "value", value, "until", "2026-12-31").is(200).Body
		}
		has(t, "preview", preview("percent", "10"), "The customer gets 10\u00a0% off instead of SGD\u00a010.00 off.")
		has(t, "preview of free shipping", preview("free_shipping", ""), "Free shipping instead")
		has(t, "preview of nonsense", preview("percent", "ten"), "The customer had")
		replace := func(kind, value, last, reason string) reply {
			return d.post(coupon.Support, path+"/replace", "type", kind, "value", value, "until", last, "reason", reason, "back", d.codesTab())
		}
		replace("percent", "101", "2026-12-31", "x").is(422).has(`id="value-error"`, `value="101"`)
		replace("percent", "10", "2026-12-31", "").is(422).has(`id="reason-error"`)
		replace("percent", "10", "2020-12-31", "x").is(422).has(`value="2020-12-31"`)
		replace("percent", "10", "2026-12-31", "10 % was promised").leads(d.codesTab())
		available, past := d.halves(d.codesTab())
		has(t, "Available", available, "replaces "+tail(c.wrong), "10 % off", "31 Dec 2026")
		has(t, "Past", past, tail(c.wrong), "SGD 10.00 off", "Deleted", "“10 % was promised” · replaced by")
		d.get(coupon.Admin, d.codesTab()).shows("10 % off")
	})
}

// DC-13: the row's event data is JSON with the facts and the whole history, codes masked.
func TestEventData(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.troubles()
	r := d.get(coupon.Support, "/admin/vouchers/"+string(c.used.Voucher.ID)+"/data").is(200).hides(c.used.Code)
	for _, part := range []string{`"earning_method": "loyalty"`, `"source_reference": "500 points"`, `"usage_limit": 1`, `"usage_count": 1`, `"applies_to": "ALL"`, `"created_at":`, `"updated_at":`, `"type": "Fixed amount off"`, `"voucher.redeemed"`, `"voucher.issued"`} {
		if !strings.Contains(strings.ReplaceAll(r.text(), " ", ""), strings.ReplaceAll(part, " ", "")) {
			t.Errorf("lacks %s: %s", part, r.text())
		}
	}
	r.has("data-copy=", `class="k"`)
}

// DC-19: a code made for this customer, right from the tab.
func TestGenerate(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.troubles()
	path := "/admin/customers/" + string(d.mei.ID) + "/generate"
	d.get(coupon.Support, path).shows("Generate a code", "Beans week – 10 % off", "Welcome back – SGD 10.00 off", "Barista set – SGD 10.00").has(`label="Discount code"`).hides("TESTING")
	d.post(coupon.Support, path, "campaign", "").is(422).has(`id="campaign-error"`)
	d.post(coupon.Support, path, "campaign", string(c.tenPercent.ID), "until", "2020-01-01").is(422)
	d.post(coupon.Support, path, "campaign", string(c.tenPercent.ID), "until", "2027-01-31", "remarks", "Late delivery").leads(d.codesTab())
	available, _ := d.halves(d.codesTab())
	has(t, "Available", available, "31 Jan 2027", "5 codes")
	d.post(coupon.Support, path, "campaign", string(d.gift.ID)).leads("/admin/customers/" + string(d.mei.ID) + "/coupons")
	d.get(coupon.Support, "/admin/customers/"+string(d.mei.ID)).shows("Issued", "Priya Nair", "Generate code")
}

// DC-21, DC-22, J7.7: messages by gateway, with their length, and only with consent.
func TestSendFromTheActivityTab(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		c := d.troubles()
		mei := "/admin/customers/" + string(d.mei.ID)
		d.get(coupon.Support, mei+"/message?channel=sms").shows("Nothing can be sent", "has not consented to SMS", "Send e-mail instead").hides(`name="text"`)
		d.post(coupon.Support, mei+"/message", "channel", "sms", "text", "Hello").is(http.StatusConflict).shows("has not consented to SMS")
		d.reachable(true)
		d.get(coupon.Support, mei+"/message?channel=sms").shows("Send SMS", "+6591234567", "Outbox (no gateway yet)", "One SMS holds 160 characters").hides(`name="subject"`)
		d.get(coupon.Support, mei+"/message?channel=email").shows("Send e-mail", "mei.tan@example.com", "Subject")
		preview := func(text string) string {
			return d.post(coupon.Support, mei+"/message/preview", "text", text).is(200).Body
		}
		has(t, "a short text", preview("Hello"), "5 characters · 1 SMS · 155 left · SMS alphabet (GSM-7)")
		has(t, "a Chinese text", preview("您好"), "2 characters · 1 SMS · 68 left · Unicode (UCS-2)")
		d.post(coupon.Support, mei+"/message", "channel", "sms", "gateway", "smpp", "text", "Hello").is(422).has(`id="gateway-error"`)
		d.post(coupon.Support, mei+"/message", "channel", "email", "text", "Kept as typed").is(422).has(`id="subject-error"`).shows("Kept as typed")
		text := "Dear Mei, sorry. Your code: " + c.lost.Code
		sent := d.post(coupon.Support, mei+"/message", "channel", "sms", "gateway", "outbox", "text", text).leads(mei)
		d.get(coupon.Support, sent.To).shows("Message written", "SMS · message", "Priya Nair").hides(c.lost.Code)
		available, _ := d.halves(d.codesTab())
		has(t, "the code's row", available, "SMS queued")
		d.get(coupon.Support, mei+"/messages").shows("+6591234567", "Message", "Queued", "Outbox (no gateway yet)", "E-mail", "Failed", "gateway error").hides(c.lost.Code)
		page := must[coupon.Page[coupon.Message]](t)(d.app.Outbox(t.Context(), d.as(coupon.Support).By, d.mei.ID, coupon.Paging{}))
		d.get(coupon.Support, "/admin/messages/"+page.Rows[0].ID).shows("Dear Mei, sorry. Your code: " + coupon.Masked(c.lost.Voucher.Prefix, c.lost.Voucher.Tail)).hides(c.lost.Code)
		d.get(coupon.Admin, "/admin/settings/outbox").shows("+6591234567", "Queued")
		d.post(coupon.Admin, "/admin/settings/outbox/"+page.Rows[0].ID+"/show").shows("Dear Mei").hides(c.lost.Code)
	})
}

// DC-22, DC-26: the note lands in the activity log with its author and time; the log can be
// narrowed to notes.
func TestNotes(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		c := d.troubles()
		mei := "/admin/customers/" + string(d.mei.ID)
		d.get(coupon.Support, mei).shows("Activity", "Send SMS", "Send e-mail", "Add Note", "All", "Notes", "Messages", "Redemptions", "Vouchers")
		d.post(coupon.Support, mei+"/note", "text", " ").is(422).has(`id="text-error"`)
		d.post(coupon.Support, mei+"/note", "text", "Called about "+c.lost.Code+" "+hostile).leads(mei)
		voucher := "/admin/vouchers/" + string(c.lost.Voucher.ID)
		d.post(coupon.Support, voucher+"/note", "reason", "Mail bounced twice", "back", d.codesTab()).leads(d.codesTab())
		d.get(coupon.Support, mei).shows("Note Priya Nair 21 Nov 2026 17:08", "Called about "+coupon.Masked(c.lost.Voucher.Prefix, c.lost.Voucher.Tail), "Mail bounced twice").hides(c.lost.Code, hostile)
		d.get(coupon.Support, mei+"?show=notes").shows("2 events", "Mail bounced twice").hides("Customer created", "voucher.issued")
		d.get(coupon.Support, mei+"?show=messages").shows("Message failed").hides("Mail bounced twice")
		d.get(coupon.Support, mei+"/notes").shows("Called about", "Mail bounced twice", "Open the voucher", "2 notes").hides(c.lost.Code)
		d.get(coupon.Support, voucher).shows("Mail bounced twice").hides("Called about")
		d.get(coupon.Finance, mei).hides("Add Note", "/message?")
	})
}

// DC-02: found by name, e-mail, mobile, member id or code; a code stands in no address.
func TestFindCustomer(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.troubles()
	find := func(typed string) reply { return d.post(coupon.Support, "/admin/customers/find", "q", typed) }
	for _, typed := range []string{"Mei", "mei.tan@example.com", "9123 4567", "M-20418", "acct-20418"} {
		to := find(typed).leads("/admin/customers?q=").To
		d.get(coupon.Support, to).shows("Mei Tan", "View").has(`title="Customer profile"`).hides("Rahul")
	}
	find(strings.ToLower(c.wrong.Code)).leads(d.codesTab() + "?serial=")
	find(d.numbers[0]).leads("/admin/customers/" + string(d.mei.ID) + "/coupons?serial=")
	find(d.numbers[4]).leads("/admin/vouchers/vch_")
	find("").leads("/admin/customers")
	missed := find("ZZZZ-9999-ZZZZ").leads("/admin/customers?miss=").To
	d.get(coupon.Support, missed).shows("No such number")
	d.get(coupon.Support, find("Nobody").leads("/admin/customers?q=Nobody").To).shows("Nobody fits")
}

// J5.8 to J5.11, CC-08 to CC-14: Resend, Redeem and Void for active coupons only.
func TestCouponsTab(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		gift := d.issue()
		tab := "/admin/customers/" + string(d.mei.ID) + "/coupons"
		path := "/admin/vouchers/" + string(gift.Voucher.ID)
		d.get(coupon.Support, tab).shows("Redeem", "Void", "Resend", "Barista set", "Not used", tail(gift)).has(path+"/redeem?back=", path+"/void?back=", path+"/resend?back=").hides(hostile)
		d.get(coupon.Support, path+"/resend").shows("Send the code again", "e-mail to mei.tan@example.com", "your code for “Barista set” is {code}").hides("SMS to")
		resend := func() reply {
			return d.post(coupon.Support, path+"/resend", "channel", "email", "text", "Your code: {code}", "back", tab)
		}
		d.post(coupon.Support, path+"/resend", "channel", "email", "text", "no code", "back", tab).is(422).has(`id="text-error"`)
		resend().leads(tab)
		resend().is(http.StatusTooManyRequests).shows("less than a minute ago")
		d.get(coupon.Support, tab).shows("E-mail queued")
		d.get(coupon.Support, path+"/redeem").shows("Redeem for the customer", "Main Street", "Harbour Point", "Reference", "Confirm")
		redeem := func(pairs ...string) reply {
			return d.post(coupon.Support, path+"/redeem", append([]string{"back", tab}, pairs...)...)
		}
		redeem("amount", "4").is(422).has(`id="location-error"`)
		redeem("amount", "four", "location", string(d.main.ID), "reference", "R-9").is(422).has(`id="money-error"`, `value="R-9"`)
		redeem("amount", "40", "location", string(d.main.ID)).is(http.StatusConflict).shows("10.00")
		redeem("amount", "10", "location", string(d.main.ID), "reference", "R-9").leads(tab)
		d.get(coupon.Support, tab).shows("Used 21 Nov 2026", "R-9 · Main Street").hides(path + "/redeem")
		page := must[coupon.Page[coupon.RedemptionView]](t)(d.app.Redemptions(t.Context(), d.as(coupon.Admin).By, coupon.RedemptionFilter{Voucher: gift.Voucher.ID}, coupon.Paging{}))
		if r := page.Rows[0]; r.Channel != coupon.BackOffice || r.Customer != d.mei.ID || r.Location != d.main.ID {
			t.Errorf("%+v", r)
		}
		d.post(coupon.Support, "/admin/redemptions/"+string(page.Rows[0].ID)+"/reverse", "reason", "wrong customer").leads(path)
		d.get(coupon.Support, tab).shows("Not used").has(path + "/redeem")
		d.get(coupon.Support, "/admin/customers/"+string(d.mei.ID)).shows("Redeemed", "Redemption reversed", "wrong customer")
		d.post(coupon.Support, path+"/void", "reason", "lost", "back", tab).leads(tab)
		d.get(coupon.Support, tab).shows("Voided", "“lost”").hides(path+"/redeem", path+"/void", path+"/resend")
		d.post(coupon.Support, path+"/resend", "channel", "email", "text", "Your code: {code}").is(http.StatusConflict)
	})
}

// Explain names every check with what it found, for what can be used and what cannot; on
// an order that is typed in, as of a moment of the past, and for a try that was refused.
func TestExplain(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.troubles()
	path := func(x app.Issued) string { return "/admin/vouchers/" + string(x.Voucher.ID) + "/explain" }
	explain := func(x app.Issued) reply { return d.get(coupon.Support, path(x)).is(200).hides(x.Code) }
	explain(c.expired).shows("It cannot be used like this now", "This voucher has expired.", "Fails", "21 Nov 2026 15:06", "Passed", "The batch is complete.")
	explain(c.used).shows("It cannot be used like this now", "already been redeemed")
	fresh := d.issue()
	explain(fresh).shows("Explain", "Passed", "Try it on an order")

	typed := []string{"try_product", "shirt", "try_collections", "summer", "try_quantity", "2", "try_price", "19.90", "try_shipping", "5"}
	d.post(coupon.Support, path(fresh), typed...).is(200).shows("It could be used now", "39.80", "44.80").has(`value="19.90"`, `value="summer"`)
	d.post(coupon.Support, path(fresh), append(typed, "customer", "nobody@example.com")...).is(422).shows("There is no such customer.").has(`value="19.90"`)
	d.post(coupon.Support, path(fresh), append(typed, "customer", d.mei.Email)...).is(200).shows("It could be used now")
	d.post(coupon.Support, path(fresh), append(typed, "customer", "Mei")...).is(200).shows("It could be used now")
	d.post(coupon.Support, path(fresh), "try_product", "shirt", "try_quantity", "2", "try_price", "").is(422).shows("Line 1: say the price of one").has(`value="shirt"`, `aria-describedby="try_line-0-error"`)
	d.post(coupon.Support, path(fresh), append(typed, "do", "line_add")...).is(200).has(`id="try_product-1"`, `value="19.90"`).hides("It could be used now")
	d.post(coupon.Support, path(fresh), append(typed, "do", "line_drop:0")...).is(200).hides(`value="19.90"`, "It could be used now")
	d.post(coupon.Support, path(fresh), "at", "2027-01-01T10:00").is(422).shows("This moment lies in the future.")
	d.post(coupon.Support, path(fresh), "at", "2020-01-01T10:00").is(404)
	d.post(coupon.Support, path(c.expired), append(typed, "at", "2026-11-21T15:05")...).is(200).shows("on 21 Nov 2026 15:05")

	try := coupon.Refusal{ID: "rfs_1", Reason: "minimum_not_met", Voucher: fresh.Voucher.ID, Tail: fresh.Voucher.Tail, At: d.clock(), By: coupon.Actor{Kind: "key", Name: "web shop"},
		Order:  &coupon.Order{Currency: "SGD", Shipping: 500, Lines: []coupon.Line{{ID: "l1", Product: "mug", Quantity: 3, UnitPrice: 950}}},
		Checks: []coupon.CheckResult{{Check: "min_subtotal", Reason: "minimum_not_met", Want: 5000, Have: 2850, Text: "Spend SGD 21.50 more: the minimum is 50.00."}}}
	if err := d.app.Store.SaveRefusals(t.Context(), []coupon.Refusal{try}); err != nil {
		t.Fatal(err)
	}
	explain(fresh).shows("Refused tries", "web shop", "Explain this try", "The order of the try that was refused on").has(`value="mug"`, `value="9.50"`)
	d.get(coupon.Support, path(fresh)+"?refusal=rfs_1").is(200).shows("It was refused on", "Spend SGD 21.50 more: the minimum is 50.00.", "50.00", "28.50").has(`value="mug"`, `value="3"`, `value="9.50"`)
	d.get(coupon.Support, path(c.used)+"?refusal=rfs_1").is(404)
}

// A public code stays in the tab of who used it, and cannot be ended from there: it is
// everybody's.
func TestAPublicCodeIsNotEndedFromOneCustomersPage(t *testing.T) {
	t.Parallel()
	d := open(t)
	five := int64(5)
	made := must[coupon.Campaign](t)(d.app.CreateCampaign(t.Context(), d.as(coupon.Admin), app.CampaignInput{
		Kind: coupon.KindDiscount, Name: new("Welcome"), Value: &coupon.Value{Type: coupon.ValueFreeShipping}, Limits: &coupon.Limits{Total: 100}, PerVoucher: &five,
	}))
	p := must[app.Prepared](t)(d.app.PrepareIssue(t.Context(), d.as(coupon.Admin), made.ID, app.IssueInput{Code: "WELCOME10"}))
	public := must[app.Issued](t)(d.app.Issue(t.Context(), d.as(coupon.Admin), p)).Voucher
	other := must[coupon.Customer](t)(d.app.CreateCustomer(t.Context(), d.as(coupon.Admin), app.CustomerInput{Name: new("Tan")}))
	for _, who := range []coupon.CustomerID{d.mei.ID, other.ID} {
		must[coupon.Redeemed](t)(d.app.Redeem(t.Context(), d.as(coupon.Admin), app.RedeemInput{Voucher: public.ID, Customer: coupon.CustomerRef{ID: who}, Channel: coupon.BackOffice}))
	}
	path := "/admin/vouchers/" + string(public.ID)
	d.get(coupon.Support, d.codesTab()).shows("WELCOME10").has(path+"/explain").hides(path+"/delete", path+"/replace")
}
