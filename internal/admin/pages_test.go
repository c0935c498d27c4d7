package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/admin"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// everyPage lists the pages that can be looked at, by a name.
func (d *desk) everyPage() map[string]string {
	gift, codes := d.issue(), d.troubles()
	d.importBoth()
	d.publish()
	_, hook, sent := d.hooked(500)
	used := must[coupon.Page[coupon.VoucherView]](d.t)(d.app.Vouchers(d.t.Context(), d.as(coupon.Admin).By, coupon.VoucherFilter{UsedBy: d.mei.ID}, coupon.Paging{}))
	redeemed := must[coupon.Page[coupon.RedemptionView]](d.t)(d.app.Redemptions(d.t.Context(), d.as(coupon.Admin).By, coupon.RedemptionFilter{}, coupon.Paging{}))
	over, _, _ := d.archived()
	mei, batch, voucher, fresh := "/admin/customers/"+string(d.mei.ID), "/admin/batches/"+string(d.refill.ID), "/admin/vouchers/"+string(used.Rows[0].ID), "/admin/vouchers/"+string(gift.Voucher.ID)
	return map[string]string{
		"dashboard": "/admin/", "profile": "/admin/profile", "help": "/admin/help", "customers": "/admin/customers", "customer-new": "/admin/customers/new", "customer": mei,
		"customer-codes": mei + "/codes", "customer-messages": mei + "/messages", "customer-notes": mei + "/notes", "customer-sms": mei + "/message?channel=sms", "customer-mail": mei + "/message?channel=email",
		"customer-note": mei + "/note", "customer-generate": mei + "/generate", "activity-notes": mei + "?show=notes", "voucher-data": fresh + "/data", "voucher-explain": fresh + "/explain", "code-explain": "/admin/vouchers/" + string(codes.expired.Voucher.ID) + "/explain", "voucher-redeem": fresh + "/redeem",
		"voucher-resend": fresh + "/resend", "voucher-note": fresh + "/note", "code-replace": "/admin/vouchers/" + string(codes.wrong.Voucher.ID) + "/replace",
		"customer-edit": mei + "/edit", "customer-coupons": mei + "/coupons", "customer-balance": mei + "/balance", "customer-details": mei + "/details", "customer-adjust": mei + "/adjust",
		"customer-top-up": mei + "/top-up", "customer-password": mei + "/password", "campaigns": "/admin/coupons", "discounts": "/admin/discounts", "discount-new": "/admin/discounts/new", "discount-edit": "/admin/discounts/" + string(codes.tenOff.ID) + "/edit", "discount-code": "/admin/coupons/" + string(codes.tenOff.ID) + "/code", "discount": "/admin/coupons/" + string(codes.tenOff.ID), "campaign-new": "/admin/coupons/new", "campaign": "/admin/coupons/" + string(d.gift.ID), "campaign-archived": "/admin/coupons/" + string(over.ID), "campaign-edit": "/admin/coupons/" + string(d.gift.ID) + "/edit",
		"campaign-pause": "/admin/coupons/" + string(d.gift.ID) + "/state?to=paused", "campaign-batch": "/admin/coupons/" + string(d.gift.ID) + "/batch", "campaign-issue": "/admin/coupons/" + string(d.gift.ID) + "/issue",
		"refill": "/admin/refill", "refill-batch": "/admin/refill?batch=" + string(d.refill.ID), "refill-none": "/admin/refill?amount=999", "refill-miss": "/admin/refill?miss=mistyped", "refill-new": "/admin/refill/new",
		"batches": "/admin/batches?kind=refill", "batch": batch, "batch-freeze": batch + "/freeze", "vouchers": "/admin/vouchers", "vouchers-expiring": "/admin/vouchers?view=expiring", "voucher": voucher, "voucher-gift": fresh,
		"voucher-extend": fresh + "/extend", "voucher-reassign": fresh + "/reassign", "voucher-deactivate": fresh + "/deactivate", "voucher-replace": fresh + "/replace", "voucher-void": fresh + "/void", "voucher-delete": fresh + "/delete",
		"reverse": "/admin/redemptions/" + string(redeemed.Rows[0].ID) + "/reverse", "till": "/admin/redeem", "till-voucher": "/admin/redeem?location=" + string(d.main.ID) + "&voucher=" + string(gift.Voucher.ID), "till-recent": "/admin/redeem/recent?location=" + string(d.main.ID),
		"till-done": "/admin/redeem?done=" + string(redeemed.Rows[0].ID), "events": "/admin/events", "organisation": "/admin/settings/organisation", "locations": "/admin/settings/locations", "location-new": "/admin/settings/locations/new",
		"location": "/admin/settings/locations/" + string(d.main.ID), "staff": "/admin/settings/staff", "staff-new": "/admin/settings/staff/new", "staff-edit": "/admin/settings/staff/" + string(d.person[coupon.Cashier].ID),
		"imports": "/admin/imports", "imports-campaign": "/admin/imports?campaign=" + string(d.gift.ID), "import-new": "/admin/imports/new", "import-errors": "/admin/imports/" + d.faulty, "import-only-errors": "/admin/imports/" + d.faulty + "?show=errors",
		"import-clean": "/admin/imports/" + d.clean, "import-confirm": "/admin/imports/" + d.clean + "/confirm", "import-cancel": "/admin/imports/" + d.faulty + "/cancel",
		"keys": "/admin/settings/keys", "key-new": "/admin/settings/keys/new", "webhooks": "/admin/settings/webhooks", "webhook-new": "/admin/settings/webhooks/new",
		"webhook": "/admin/settings/webhooks/" + string(hook), "webhook-edit": "/admin/settings/webhooks/" + string(hook) + "/edit", "webhook-rotate": "/admin/settings/webhooks/" + string(hook) + "/rotate",
		"webhook-disable": "/admin/settings/webhooks/" + string(hook) + "/disable", "webhook-delivery": "/admin/settings/deliveries/" + string(sent), "outbox": "/admin/settings/outbox", "search": "/admin/search",
	}
}

// Every page can be shown, escapes what people wrote and carries no code in its links.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := filled(t, url)
		for name, path := range d.everyPage() {
			r := d.get(coupon.Admin, path).is(http.StatusOK).hides(hostile, "style=", "onclick=", "<script>")
			if !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s has no content security policy", name)
			}
			for _, n := range d.numbers {
				if strings.Contains(path, n) || strings.Contains(r.Body, "="+n) || strings.Contains(r.Body, "/"+n) {
					t.Errorf("%s has a code in an address", name)
				}
			}
		}
	})
}

// RF-03, RF-06, RF-07, RF-08: the worked example, as the administrator sees the five coupons:
// Used?, Used Date and who used each.
func TestRefillDesk(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := filled(t, url)
		batch := "/admin/refill?batch=" + string(d.refill.ID)
		d.get(coupon.Admin, batch).is(200).shows("Number", "Description", "Amount", "Used?", "Used Date", "Account", "Status", "TESTING", "10.00", "21 Nov 2026 14:0", "Mei Tan", "numbers shown to you for this batch").shows(d.numbers...)
		d.get(coupon.Support, batch).is(200).shows("numbers masked").hides(d.numbers...)
		if got := strings.Count(d.get(coupon.Admin, batch+"&used=true").Body, `<span class="st">Redeemed</span>`); got != 2 {
			t.Errorf("two were used, the list says %d", got)
		}
		d.get(coupon.Admin, "/admin/refill?account=Mei").shows("Mei Tan", "TESTING", "2 coupons")
		d.get(coupon.Admin, "/admin/refill?account=Nobody").shows("Nothing fits")
		d.get(coupon.Admin, "/admin/refill?amount=25").shows("Deepavali", "40 coupons")
		d.get(coupon.Admin, "/admin/refill?q=Deepa").shows("40 coupons")
		d.get(coupon.Admin, "/admin/refill?q="+d.numbers[4][len(d.numbers[4])-4:]).shows("TESTING")
		d.get(coupon.Admin, "/admin/refill").shows("Unused 43", "Used today 2", "Used in 30 days 2 SGD 20.00", "Being made 0")
	})
}

func TestSearchKeepsCodesOutOfAddresses(t *testing.T) {
	t.Parallel()
	d := open(t)
	number := d.numbers[3]
	r := d.post(coupon.Admin, "/admin/refill/find", "q", number[:4]+" "+number[4:]).leads("/admin/refill?serial=")
	d.get(coupon.Admin, r.To).is(200).shows("TESTING", "1 coupon ·").hides(number)
	wrong := "12" + strings.Repeat("7", len(number)-2)
	d.post(coupon.Admin, "/admin/refill/find", "q", wrong).leads("/admin/refill?miss=")
	d.post(coupon.Admin, "/admin/refill/find", "q", "Deepavali").leads("/admin/refill?q=Deepavali")
	d.post(coupon.Admin, "/admin/refill/find", "q", "Mei").leads("/admin/refill?account=Mei")
	d.post(coupon.Admin, "/admin/refill/find", "q", "mei.tan@example.com").leads("/admin/refill?account=")
	d.post(coupon.Admin, "/admin/refill/find", "q", "TESTING", "used", "true").leads("/admin/refill?q=TESTING&used=true")
	d.post(coupon.Admin, "/admin/search", "q", number).is(200).shows("Vouchers", "TESTING")
	d.post(coupon.Admin, "/admin/search", "q", "Mei").is(200).shows("Customers", "Mei Tan")
	d.post(coupon.Admin, "/admin/search", "q", hostile).is(200).hides(hostile)
	d.post(coupon.Admin, "/admin/search", "q", "Barista").is(200).shows("Campaigns", "Barista set")
	if strings.Contains(d.log.String(), number) {
		t.Error("the log has a code")
	}
}

// tagOf is the tag of a page that has the attribute.
func tagOf(page, attribute string) string {
	at := max(strings.Index(page, attribute), 0)
	before, after := page[:at], page[at:]
	tag, _, _ := strings.Cut(after, ">")
	return before[strings.LastIndexByte(before, '<')+1:] + tag
}

// RF-04, RF-05: exactly four fields, of which the prefix is what each number begins with.
func TestCreateRefill(t *testing.T) {
	t.Parallel()
	d := open(t)
	r := d.get(coupon.Admin, "/admin/refill/new").shows("Description", "Start Prefix", "Quantity", "Amount (SGD)")
	if n := strings.Count(r.Body, "<label for="); n != 4 {
		t.Errorf("the form has %d fields", n)
	}
	for _, n := range d.numbers {
		if !strings.HasPrefix(n, "12") {
			t.Errorf("%s does not begin with the prefix", n)
		}
	}
	for _, c := range []struct{ name, field, value, says string }{
		{"letters in the prefix", "prefix", "AB", "prefix"}, {"quantity zero", "quantity", "0", "A whole number between 1 and 10,000,000."}, {"quantity below zero", "quantity", "-1", "A whole number"},
		{"too many", "quantity", "1000000000", "A whole number"}, {"words", "quantity", "five", "A whole number"}, {"nothing", "amount", "0", "above zero"}, {"below zero", "amount", "-1", "negative"},
		{"three decimals", "amount", "10.005", "decimals"}, {"an exponent", "amount", "1e3", "digits"}, {"a long description", "description", strings.Repeat("x", 300), "At most 200"},
		{"a zero byte", "description", "a\x00b", "cannot be stored"}, {"no text", "description", "\xff\xfe", "not readable"}, {"no description", "description", "", "needed"},
	} {
		in := map[string]string{"description": "Kept words", "prefix": "12", "quantity": "7", "amount": "11"}
		in[c.field] = c.value
		r := d.post(coupon.Admin, "/admin/refill/new", "description", in["description"], "prefix", in["prefix"], "quantity", in["quantity"], "amount", in["amount"]).is(http.StatusUnprocessableEntity)
		if !strings.Contains(strings.ToLower(r.text()), strings.ToLower(c.says)) {
			t.Errorf("%s: %s", c.name, r.text())
		}
		r.has(`id="` + c.field + `-error"`)
		for name, value := range in {
			if name != c.field && !strings.Contains(r.Body, `value="`+value+`"`) {
				t.Errorf("%s: what was typed into %s is gone", c.name, name)
			}
		}
	}
	all := d.post(coupon.Admin, "/admin/refill/new", "description", "All at once", "prefix", "AB", "quantity", "x", "amount", "y").is(422).has(`id="prefix-error"`, `id="quantity-error"`, `id="amount-error"`)
	if n := strings.Count(all.Body, " autofocus"); n != 1 || !strings.Contains(tagOf(all.Body, `name="prefix"`), " autofocus") {
		t.Errorf("%d fields take the focus; the prefix is %s", n, tagOf(all.Body, `name="prefix"`))
	}
	again := form("the-nonce-of-one-form", "description", "Twice", "prefix", "77", "quantity", "3", "amount", "5")
	first := d.send(coupon.Admin, "POST", "/admin/refill/new", again).leads("/admin/batches/bat_")
	second := d.send(coupon.Admin, "POST", "/admin/refill/new", again).leads("/admin/batches/bat_")
	if first.To != second.To {
		t.Errorf("a double click made two batches: %s and %s", first.To, second.To)
	}
	d.get(coupon.Admin, first.To).shows("Being made", "0 of 3")
	d.get(coupon.Admin, first.To+"/progress").is(200).has(`"total":3`, `"finished":false`)
	d.work()
	d.get(coupon.Admin, first.To).shows("Twice", "numbers shown to you for this batch", "3 vouchers")
	d.post(coupon.Admin, "/admin/refill/preview", "prefix", "12", "quantity", "5").is(200).has("digits, so that a guess hits one in")
	d.send(coupon.Admin, "POST", "/admin/refill/new", form("", "description", "x")).is(http.StatusUnprocessableEntity).shows("not complete")
}

// A form that is sent again with other values has no effect, and says so.
func TestFormSentAgainWithOtherValues(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.send(coupon.Admin, "POST", "/admin/refill/new", form("the-nonce-of-one-form", "description", "First", "prefix", "77", "quantity", "3", "amount", "5")).leads("/admin/batches/")
	d.send(coupon.Admin, "POST", "/admin/refill/new", form("the-nonce-of-one-form", "description", "First", "prefix", "77", "quantity", "4", "amount", "5")).is(http.StatusConflict).shows("sent before, with other values").has(`value="4"`)
}

// A form whose write panicked was not saved: pressing it again saves it, and does not say
// that it was.
func TestFormPressedAfterAPanic(t *testing.T) {
	t.Parallel()
	runs := 0
	panicked, id, err := admin.PressTwice(func() (string, error) {
		if runs++; runs == 1 {
			panic("disk")
		}
		return "saved", nil
	})
	if panicked != "disk" || id != "saved" || err != nil || runs != 2 {
		t.Fatalf("%v, then %q, %v after %d runs", panicked, id, err, runs)
	}
}

// A code that everybody may know is never masked, and showing it leaves no event.
func TestPublicCodes(t *testing.T) {
	t.Parallel()
	d := open(t)
	name := "Welcome"
	c := must[coupon.Campaign](t)(d.app.CreateCampaign(t.Context(), d.as(coupon.Admin), app.CampaignInput{
		Kind: coupon.KindDiscount, Name: &name, Value: &coupon.Value{Type: coupon.ValueFreeShipping}, Limits: &coupon.Limits{Total: 100},
	}))
	p := must[app.Prepared](t)(d.app.PrepareIssue(t.Context(), d.as(coupon.Admin), c.ID, app.IssueInput{Code: "WELCOME10"}))
	v := must[app.Issued](t)(d.app.Issue(t.Context(), d.as(coupon.Admin), p)).Voucher
	d.get(coupon.Finance, "/admin/vouchers").shows("WELCOME10")
	d.get(coupon.Finance, "/admin/vouchers/"+string(v.ID)).shows("WELCOME10").hides("Code revealed", "Show number")
}

// Among the latest refusals too; of everybody else's code, and of a voucher that nobody knows
// any more, no more stands there than its end.
func TestPublicCodesOfRefusals(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.discount("Welcome", coupon.Value{Type: coupon.ValueFreeShipping})
	p := must[app.Prepared](t)(d.app.PrepareIssue(t.Context(), d.as(coupon.Admin), c.ID, app.IssueInput{Code: "WELCOME10", PerVoucher: new(int64(5))}))
	public, own := must[app.Issued](t)(d.app.Issue(t.Context(), d.as(coupon.Admin), p)).Voucher, d.give(c)
	var tries []coupon.Refusal
	for id, x := range map[coupon.RefusalID]coupon.Voucher{"rfs_1": public, "rfs_2": own.Voucher, "rfs_3": {ID: "vch_unknown", Tail: "XY0Z"}, "rfs_4": public} {
		tries = append(tries, coupon.Refusal{ID: id, Reason: "expired", Voucher: x.ID, Campaign: c.ID, Tail: x.Tail, Reference: string(id), At: d.clock(), By: coupon.Actor{Kind: "key", Name: "web shop"}})
	}
	ok(t, d.app.Store.SaveRefusals(t.Context(), tries))
	for _, path := range []string{"/admin/", "/admin/coupons/" + string(c.ID)} {
		for _, role := range []coupon.Role{coupon.Admin, coupon.Finance} {
			r := d.get(role, path).is(200).hides(own.Code)
			_, list, _ := strings.Cut(r.text(), "Latest refusals")
			list, _, _ = strings.Cut(list, "History")
			has(t, path+" of "+string(role), list, tail(own), "…XY0Z")
			if n := strings.Count(list, "WELCOME10"); n != 2 || strings.Contains(list, "…"+public.Tail) {
				t.Errorf("%s has the public code %d times: %s", path, n, list)
			}
		}
	}
	if told := d.get(coupon.Admin, "/admin/vouchers/"+string(public.ID)).text(); strings.Contains(told, "Code revealed") {
		t.Errorf("showing it left an event: %s", told)
	}
}

func TestReveal(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.pass(2 * time.Hour)
	batch := "/admin/batches/" + string(d.refill.ID)
	d.get(coupon.Admin, batch).shows("numbers masked").hides(d.numbers...)
	d.post(coupon.Admin, batch+"/show").is(200).shows("numbers shown, which was noted down").shows(d.numbers...)
	page := must[coupon.Page[coupon.VoucherView]](t)(d.app.Vouchers(t.Context(), d.as(coupon.Admin).By, coupon.VoucherFilter{Batch: d.refill.ID}, coupon.Paging{}))
	one := "/admin/vouchers/" + string(page.Rows[0].ID)
	if r := d.post(coupon.Support, one+"/copy").is(200); r.Body != d.numbers[0] {
		t.Errorf("copied %q", r.Body)
	}
	d.get(coupon.Support, one).shows("Code revealed", "Priya Nair").hides(d.numbers[0])
	d.post(coupon.Support, one+"/show").is(200).shows(d.numbers[0])
	d.post(coupon.Finance, one+"/copy").is(http.StatusForbidden)
	d.publish()
	d.get(coupon.Admin, "/admin/events?type=voucher.revealed").shows("Code revealed")
}

// RF-09, J1.7, F58: codes leave in bulk by permission only, and with an event.
func TestExport(t *testing.T) {
	t.Parallel()
	d := open(t)
	all := d.post(coupon.Admin, "/admin/refill/export?batch="+string(d.refill.ID), "reason", "Printing").is(200)
	lines := strings.Split(strings.TrimSpace(all.Body), "\n")
	if len(lines) != 6 || !strings.HasPrefix(lines[0], "\ufeffNumber,Serial,Description,Amount,Currency,Used?,Used Date,Account,Status") {
		t.Fatalf("the file is\n%s", all.Body)
	}
	for _, n := range d.numbers {
		if !strings.Contains(all.Body, "\n"+n+",") {
			t.Errorf("%s is not in the file", n)
		}
	}
	d.post(coupon.Admin, "/admin/refill/export?batch="+string(d.refill.ID)).is(422).has(`id="reason-error"`).hides(d.numbers...)
	d.post(coupon.Finance, "/admin/refill/export?batch="+string(d.refill.ID)).is(200).hides(d.numbers...)
	d.post(coupon.Marketing, "/admin/batches/"+string(d.refill.ID)+"/export", "reason", "Printing").is(200).has(d.numbers...)
	d.post(coupon.Support, "/admin/batches/"+string(d.refill.ID)+"/export").is(http.StatusForbidden)
	d.publish()
	d.get(coupon.Finance, "/admin/events").shows("List exported", "Batch exported", "Printing")
	file := d.get(coupon.Finance, "/admin/events/export").is(200)
	for _, line := range strings.Split(file.Body, "\n") {
		for _, cell := range strings.Split(line, ",") {
			if cell != "" && strings.ContainsAny(cell[:1], "=@+") {
				t.Errorf("a cell begins like a formula: %q", cell)
			}
		}
	}
}
