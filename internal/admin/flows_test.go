package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// batchRows are the vouchers of the refill batch: the first two are used.
func (d *desk) batchRows() []coupon.VoucherView {
	page := must[coupon.Page[coupon.VoucherView]](d.t)(d.app.Vouchers(d.t.Context(), d.as(coupon.Admin).By, coupon.VoucherFilter{Batch: d.refill.ID}, coupon.Paging{}))
	return page.Rows
}

// J1, step 8: a used coupon is not deleted and says why; an unused one leaves "unused".
func TestDelete(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		rows := d.batchRows()
		used, unused := "/admin/vouchers/"+string(rows[0].ID), "/admin/vouchers/"+string(rows[4].ID)
		d.get(coupon.Admin, used+"/delete").is(200).shows("This voucher cannot be deleted", "already been redeemed", "What was used is never deleted", "Used on 21 Nov 2026", "Reverse the redemption").hides(`name="reason"`)
		d.post(coupon.Admin, used+"/delete", "reason", "not needed").is(http.StatusConflict).shows("already been redeemed", "reverse the redemption").hides(`name="reason"`)
		if x := must[coupon.VoucherView](t)(d.app.Voucher(t.Context(), d.as(coupon.Admin).By, rows[0].ID)); x.State != coupon.VoucherRedeemed {
			t.Errorf("the used one is %s", x.State)
		}
		d.post(coupon.Admin, unused+"/delete", "reason", "  ").is(422).shows("Reason")
		d.post(coupon.Admin, unused+"/delete", "reason", "lost <b>envelope</b>").leads(unused)
		d.get(coupon.Admin, unused).shows("Deleted", "lost <b>envelope</b>", "Aida Lim", "Issued").hides("<b>envelope", "/void\"")
		d.get(coupon.Admin, "/admin/refill?used=false&status=active&batch="+string(d.refill.ID)).shows("2 coupons")
	})
}

// RF-02: the administrator has the circulation in hand.
func TestFreeze(t *testing.T) {
	t.Parallel()
	d := open(t)
	path := "/admin/batches/" + string(d.refill.ID)
	d.get(coupon.Admin, path+"/freeze").shows("Freeze this batch?", "TESTING", "Reason")
	d.post(coupon.Admin, path+"/freeze", "to", "frozen", "reason", "stolen parcel").leads(path)
	d.get(coupon.Admin, path).shows("This batch is frozen", "stolen parcel", "Unfreeze")
	if _, err := d.app.UseVoucher(t.Context(), app.Request{By: app.ByCustomer(d.mei)}, d.numbers[3]); err == nil {
		t.Error("a number of a frozen batch was accepted")
	}
	d.post(coupon.Admin, path+"/freeze", "to", "active", "reason", "found").leads(path)
	if _, err := d.app.UseVoucher(t.Context(), app.Request{By: app.ByCustomer(d.mei)}, d.numbers[3]); err != nil {
		t.Error(err)
	}
}

func TestVoucherActions(t *testing.T) {
	t.Parallel()
	d := open(t)
	path := "/admin/vouchers/" + string(d.issue().Voucher.ID)
	d.get(coupon.Support, path).shows("Gift voucher", "Active", "Mei Tan", "Issue Remarks").hides(hostile)
	d.get(coupon.Support, path+"/void").shows("Void this voucher?", "It can never be used again", "SGD 10.00", "Mei Tan").has(`class="btn ends solid"`)
	d.post(coupon.Support, path+"/extend", "until", "2020-01-01").is(422).has(`value="2020-01-01"`)
	d.post(coupon.Support, path+"/extend", "until", "soon").is(422).shows("Write the day like 2026-12-31.")
	d.post(coupon.Support, path+"/extend", "until", "2026-12-31", "reason", "goodwill").leads(path)
	d.get(coupon.Support, path).shows("31 Dec 2026", "from 11 Dec 2026 to 31 Dec 2026", "goodwill")
	d.post(coupon.Support, path+"/reassign", "customer", "nobody at all").is(422).shows("There is no such customer.")
	d.post(coupon.Support, path+"/reassign", "customer", "rahul@example.com", "reason", "mix-up").leads(path)
	d.get(coupon.Support, path).shows("Rahul Menon", "Reassigned")
	d.post(coupon.Support, path+"/deactivate", "reason", "fraud?").leads(path)
	d.get(coupon.Support, path).shows("Deactivated", "fraud?").has("/reactivate")
	d.post(coupon.Support, path+"/deactivate", "reason", "again").is(http.StatusConflict).shows("deactivated already")
	d.post(coupon.Support, path+"/reactivate").leads(path)
	to := d.post(coupon.Support, path+"/replace", "reason", "code was seen").leads("/admin/vouchers/vch_").To
	d.get(coupon.Support, to).shows("replaces an earlier voucher", "Rahul Menon")
	d.get(coupon.Support, path).shows("replaced by another voucher", "code was seen")
	twice := form("one-form-pressed-twice", "reason", "gone")
	first := d.send(coupon.Support, "POST", to+"/void", twice).leads(to)
	if again := d.send(coupon.Support, "POST", to+"/void", twice).leads(to); again.To != first.To {
		t.Errorf("the second press leads to %s", again.To)
	}
	d.post(coupon.Support, to+"/void", "reason", "gone").is(http.StatusConflict).shows("ended before")
}

func TestReverse(t *testing.T) {
	t.Parallel()
	d := open(t)
	rows := d.batchRows()
	page := must[coupon.Page[coupon.RedemptionView]](t)(d.app.Redemptions(t.Context(), d.as(coupon.Admin).By, coupon.RedemptionFilter{Voucher: rows[0].ID}, coupon.Paging{}))
	path := "/admin/redemptions/" + string(page.Rows[0].ID) + "/reverse"
	d.get(coupon.Support, path).shows("Reverse this redemption?", "SGD 10.00", "Mei Tan")
	d.post(coupon.Support, path, "amount", "10.005", "reason", "x").is(422).shows("decimals").has(`value="10.005"`)
	d.post(coupon.Support, path, "amount", "", "reason", "").is(422)
	d.post(coupon.Support, path, "amount", "", "reason", "wrong account").leads("/admin/vouchers/" + string(rows[0].ID))
	d.get(coupon.Support, "/admin/vouchers/"+string(rows[0].ID)).shows("Reversed", "Redemption reversed", "wrong account", "Active")
	d.get(coupon.Support, "/admin/customers/"+string(d.mei.ID)+"/balance").shows("Reversal", "−10.00", "SGD 10.00")
	d.post(coupon.Support, path, "amount", "", "reason", "again").is(http.StatusConflict).shows("already been reversed")
}

func TestCustomers(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, q := range []string{"Mei", "mei.tan@", "91234567", "M-20418", "acct-20418"} {
		d.get(coupon.Admin, "/admin/customers?q="+url.QueryEscape(q)).shows("Mei Tan", "View").hides("Rahul")
	}
	d.get(coupon.Admin, "/admin/customers?q=Nobody").shows("Nobody fits")
	d.post(coupon.Admin, "/admin/customers/new", "name", "Kept", "email", "not an address", "mobile", "12").is(422).has(`id="email-error"`, `id="mobile-error"`, `value="Kept"`, `value="not an address"`)
	d.post(coupon.Admin, "/admin/customers/new", "name", "Twin", "email", "mei.tan@example.com").is(http.StatusConflict)
	d.post(coupon.Admin, "/admin/customers/new", "name", " ").is(422).shows("At least one of name, e-mail address")
	path := d.post(coupon.Admin, "/admin/customers/new", "name", "Siti Aminah", "email", "siti@example.com", "mobile", "9111 2222", "groups", "Staff, Regulars", "consent_sms", "1").leads("/admin/customers/cus_").To
	d.get(coupon.Admin, path).shows("Siti Aminah", "+6591112222", "Activity", "Coupons", "Balance", "Details", "Customer created", "0.00 SGD", "E-mail off")
	d.get(coupon.Admin, path+"/details").shows("Staff, Regulars", "None. Nothing slows this customer down.")
	d.post(coupon.Admin, path+"/edit", "name", "Siti A.", "email", "siti@example.com", "blocked", "1").leads(path)
	d.get(coupon.Admin, path).shows("Siti A.", "Blocked", "Details changed")
	d.post(coupon.Admin, path+"/password", "password", "short").is(422).hides("short")
	d.post(coupon.Admin, path+"/password", "password", "quite long enough").leads(path + "/details")
}

func TestBalance(t *testing.T) {
	t.Parallel()
	d := open(t)
	path := "/admin/customers/" + string(d.mei.ID)
	d.get(coupon.Admin, path+"/balance").shows("Top-up", "+10.00", "SGD 20.00", "Open voucher")
	d.get(coupon.Admin, path+"/coupons").shows("TESTING", "Redeemed", "2 coupons")
	d.get(coupon.Admin, path+"/adjust").shows("Mei Tan has 20.00 SGD")
	d.post(coupon.Admin, path+"/adjust", "way", "take", "amount", "1e3", "reason", "kept words").is(422).shows("digits", "kept words").has(`value="1e3"`)
	d.post(coupon.Admin, path+"/adjust", "way", "take", "amount", "500", "reason", "too much").is(http.StatusConflict)
	twice := form("adjusted-only-once-here", "way", "add", "amount", "2.50", "reason", "goodwill")
	d.send(coupon.Admin, "POST", path+"/adjust", twice).leads(path + "/balance")
	d.send(coupon.Admin, "POST", path+"/adjust", twice).leads(path + "/balance")
	d.get(coupon.Admin, path+"/balance").shows("Adjustment", "+2.50", "SGD 22.50").hides("SGD 25.00")
	d.get(coupon.Admin, path).shows("Balance adjusted", "goodwill")
}

// Staff use a coupon for a chosen customer; a second try says where and when it was used.
func TestTopUp(t *testing.T) {
	t.Parallel()
	d := open(t)
	path := "/admin/customers/" + string(d.mei.ID) + "/top-up"
	number := d.numbers[3]
	d.post(coupon.Support, path, "code", number[:5]+"-"+number[5:]).leads("/admin/customers/" + string(d.mei.ID) + "/balance")
	d.get(coupon.Support, "/admin/customers/"+string(d.mei.ID)+"/balance").shows("SGD 30.00")
	d.post(coupon.Support, path, "code", number).is(http.StatusConflict).shows("already been redeemed", "Used on 21 Nov 2026", "by Mei Tan").has(`value="` + number + `"`)
	for range 6 {
		d.post(coupon.Support, path, "code", "5512345678901234")
	}
	d.post(coupon.Support, path, "code", d.numbers[4]).is(http.StatusTooManyRequests)
	if strings.Contains(d.log.String(), number) {
		t.Error("the log has a code")
	}
}

// elsewhere is F52: a cashier's form with another location than their own is refused, and
// the audit trail says so.
func (d *desk) elsewhere(voucher string) {
	d.t.Helper()
	d.post(coupon.Cashier, "/admin/redeem", "voucher", voucher, "location", string(d.harbour.ID), "amount", "2").is(http.StatusForbidden)
	d.get(coupon.Cashier, "/admin/redeem/recent?location="+string(d.harbour.ID)).is(http.StatusForbidden)
	d.publish()
	trail := d.get(coupon.Admin, "/admin/events?type=access.refused").shows("Arif Rahman", "at Harbour Point", "2 events")
	if x := must[coupon.VoucherView](d.t)(d.app.Voucher(d.t.Context(), d.as(coupon.Admin).By, coupon.VoucherID(voucher))); x.Uses != 0 {
		d.t.Errorf("it was redeemed all the same: %s", trail.path)
	}
}

// J4: the till says what it is worth and changes nothing before Confirm.
func TestTill(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		gift := d.issue()
		id, main := string(gift.Voucher.ID), string(d.main.ID)
		d.get(coupon.Cashier, "/admin/redeem").shows("Redeem", "Main Street · Arif Rahman").hides("Harbour Point")
		d.post(coupon.Cashier, "/admin/redeem/look", "code", "", "location", main).is(422).shows("Scan or type the code.")
		d.post(coupon.Cashier, "/admin/redeem/look", "code", "NO-SUCH-CODE-1", "location", main).is(404)
		look := d.post(coupon.Cashier, "/admin/redeem/look", "code", strings.ToLower(gift.Code), "location", main).is(200).shows("SGD 10.00", "Barista set", "Mei T.", "Valid until", "Nothing has changed yet", "Confirm").hides("Mei Tan", gift.Code)
		look.has(`name="voucher" value="` + id + `"`)
		d.elsewhere(id)
		d.post(coupon.Cashier, "/admin/redeem", "voucher", id, "location", main, "amount", "2,5,5", "reference", "R-1000").is(422).shows("SGD 10.00").has(`value="R-1000"`)
		d.post(coupon.Cashier, "/admin/redeem", "voucher", id, "location", "", "amount", "2").is(422).shows("Choose where you redeem.")
		twice := form("confirmed-only-once-here", "voucher", id, "location", main, "amount", "2", "reference", "R-1001")
		done := d.send(coupon.Cashier, "POST", "/admin/redeem", twice).leads("/admin/redeem?done=red_")
		if again := d.send(coupon.Cashier, "POST", "/admin/redeem", twice).leads("/admin/redeem?done=red_"); again.To != done.To {
			t.Error("a double click redeemed twice")
		}
		d.get(coupon.Cashier, done.To).shows("SGD 2.00 redeemed", "SGD 8.00 is left", "Main Street", "R-1001")
		d.post(coupon.Cashier, "/admin/redeem", "voucher", id, "location", main, "amount", "5", "customer", "9123 4567").leads("/admin/redeem?done=")
		d.post(coupon.Cashier, "/admin/redeem", "voucher", id, "location", main, "amount", "1", "customer", "9123 0000").is(422).shows("There is no such customer.")
		d.post(coupon.Cashier, "/admin/redeem", "voucher", id, "location", main, "amount", "4").is(http.StatusConflict).shows("3.00 left")
		d.post(coupon.Cashier, "/admin/redeem", "voucher", id, "location", main, "amount", "3").leads("/admin/redeem?done=")
		d.post(coupon.Cashier, "/admin/redeem/look", "code", gift.Code, "location", main).is(200).shows("already been redeemed", "Used on 21 Nov 2026", "at Main Street").hides("Confirm")
		d.get(coupon.Cashier, "/admin/redeem/recent?location="+main).shows("R-1001", "SGD 5.00")
		d.get(coupon.Support, "/admin/redeem?done=red_unknown").is(404)
	})
}

func TestCampaigns(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Marketing, "/admin/coupons").shows("Barista set", "Gift voucher", "Refill coupons")
	d.post(coupon.Marketing, "/admin/coupons/new", "kind", "coupon", "name", "", "value", "percent", "percent", "101").is(422).has(`id="name-error"`, `id="percent-error"`, `value="101"`)
	d.post(coupon.Marketing, "/admin/coupons/new", "kind", "coupon", "name", "A", "value", "amount", "amount", "0").is(422).has(`id="amount-error"`)
	path := d.post(coupon.Marketing, "/admin/coupons/new", "kind", "coupon", "name", "Ten off "+hostile, "value", "percent", "percent", "10", "total", "100", "expires_on", "2026-12-31").leads("/admin/coupons/cmp_").To
	d.get(coupon.Marketing, path).shows("Ten off", "10 % off", "31 Dec 2026", "100", "Campaign created").hides(hostile)
	d.get(coupon.Marketing, path+"/state?to=paused").shows("Pause this campaign?")
	d.post(coupon.Marketing, path+"/state", "to", "paused").leads(path)
	d.get(coupon.Marketing, path).shows("This campaign is paused", "Resume", "Campaign paused")
	d.post(coupon.Marketing, path+"/state", "to", "active").leads(path)
	d.post(coupon.Marketing, path+"/batch", "description", "", "quantity", "five").is(422).has(`id="quantity-error"`, `value="five"`)
	batch := d.post(coupon.Marketing, path+"/batch", "description", "Flyers", "quantity", "4", "prefix", "FLY").leads("/admin/batches/bat_").To
	d.work()
	d.get(coupon.Marketing, batch).shows("Flyers", "10 % off", "4 vouchers")
	one := d.post(coupon.Marketing, path+"/issue", "customer", "Mei").leads("/admin/vouchers/vch_").To
	d.get(coupon.Marketing, one).shows("Mei Tan", "Manually")
	d.post(coupon.Marketing, path+"/state", "to", "archived").leads(path)
	d.post(coupon.Marketing, path+"/state", "to", "active").is(http.StatusConflict)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Admin, "/admin/settings").leads("/admin/settings/organisation")
	d.get(coupon.Developer, "/admin/settings").leads("/admin/settings/keys")
	d.get(coupon.Support, "/admin/settings").leads("/admin/settings/outbox")
	d.get(coupon.Admin, "/admin/settings/organisation").shows("Customers are told of nobody to turn to yet.")
	save := []string{"name", "Harbour Coffee Ltd", "currency", "SGD", "time_zone", "Mars/Base", "support_contact", "help@example.com", "reversal_days", "30", "support_cap", "50"}
	d.post(coupon.Admin, "/admin/settings/organisation", save...).is(422).has(`id="time_zone-error"`, `value="Mars/Base"`, `value="Harbour Coffee Ltd"`)
	save[5], save[11] = "Asia/Tokyo", "x"
	d.post(coupon.Admin, "/admin/settings/organisation", save...).is(422).has(`id="support_cap-error"`, `value="x"`)
	save[11] = "50"
	d.post(coupon.Admin, "/admin/settings/organisation", save...).leads("/admin/settings/organisation")
	d.get(coupon.Admin, "/admin/settings/organisation").has(`value="30"`, `value="Asia/Tokyo"`, `value="50.00"`)
	for _, codes := range []string{"0", "-1", "x", "1000000001"} {
		d.post(coupon.Admin, "/admin/settings/organisation", append(save, "reveal_cap", codes)...).is(422).has(`id="reveal_cap-error"`, `value="`+codes+`"`)
	}
	d.post(coupon.Admin, "/admin/settings/organisation", append(save, "reveal_cap", "250")...).leads("/admin/settings/organisation")
	d.get(coupon.Admin, "/admin/settings/organisation").has(`value="250"`)
	save[11] = "5"
	d.post(coupon.Admin, "/admin/settings/organisation", save...).leads("/admin/settings/organisation")
	d.post(coupon.Support, "/admin/coupons/"+string(d.gift.ID)+"/issue", "customer", "Mei").is(422).shows("Support may issue at most SGD 5.00.")
	d.get(coupon.Admin, "/admin/refill?batch="+string(d.refill.ID)).shows("21 Nov 2026 15:0", "Times in JST")
	twice := form("added-only-once-here", "name", "Pier Nine")
	d.send(coupon.Admin, "POST", "/admin/settings/locations/new", twice).leads("/admin/settings/locations")
	d.send(coupon.Admin, "POST", "/admin/settings/locations/new", twice).leads("/admin/settings/locations")
	if n := strings.Count(d.get(coupon.Admin, "/admin/settings/locations").Body, "Pier Nine"); n != 1 {
		t.Errorf("a double click made %d locations", n)
	}
	other := form("added-only-once-here", "name", "Pier Ten")
	d.send(coupon.Admin, "POST", "/admin/settings/locations/new", other).is(http.StatusConflict).shows("sent before, with other values").has(`value="Pier Ten"`)
	d.post(coupon.Admin, "/admin/settings/locations/"+string(d.harbour.ID), "name", "Harbour Point", "closed", "1").leads("/admin/settings/locations")
	d.get(coupon.Admin, "/admin/settings/locations").shows("Closed")
	d.post(coupon.Admin, "/admin/settings/staff/new", "name", "New One", "email", "admin@example.com", "role", "support", "password", "short").is(422).has(`id="password-error"`, `value="New One"`).hides("short\"")
	d.get(coupon.Admin, "/admin/help").shows("Harbour Coffee Ltd", "admin@example.com", "Scrip 1.0", "help@example.com")
}

func TestKeys(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.post(coupon.Developer, "/admin/settings/keys/new", "name", "Shop").is(422).shows("Name at least one scope.").has(`value="Shop"`)
	for _, scope := range []string{"all", "vouchers:reveal", "vouchers:export", "ledger:write"} {
		d.post(coupon.Developer, "/admin/settings/keys/new", "name", "Shop", "scopes", scope).is(422).shows("Ask an administrator")
	}
	twice := form("made-only-once-here", "name", "Web shop", "scopes", "redemptions:write")
	made := d.send(coupon.Developer, "POST", "/admin/settings/keys/new", twice).is(200).shows("Copy it now", "Web shop")
	secret := made.Body[strings.Index(made.Body, `data-copy="`)+len(`data-copy="`):]
	secret = secret[:strings.IndexByte(secret, '"')]
	if _, err := d.app.KeyOf(t.Context(), secret); err != nil {
		t.Fatalf("the shown key %q does not work: %v", secret, err)
	}
	d.send(coupon.Developer, "POST", "/admin/settings/keys/new", twice).is(http.StatusConflict).shows("sent before").hides(secret)
	list := d.get(coupon.Developer, "/admin/settings/keys").shows("Web shop", "…"+secret[len(secret)-4:], "redemptions:write", "Dewi Putri").hides(secret)
	id := list.Body[strings.Index(list.Body, "/admin/settings/keys/key_")+len("/admin/settings/keys/"):]
	id = id[:strings.IndexByte(id, '/')]
	d.get(coupon.Developer, "/admin/settings/keys/"+id+"/revoke").shows("Revoke this key?", "Web shop")
	d.post(coupon.Developer, "/admin/settings/keys/"+id+"/revoke").leads("/admin/settings/keys")
	d.get(coupon.Developer, "/admin/settings/keys").shows("Revoked")
	d.pass(2 * time.Second)
	if _, err := d.app.KeyOf(t.Context(), secret); err == nil {
		t.Error("a revoked key still works")
	}
}

// Sign-in codes wait in the outbox; only administrators see them, on request, with an event.
func TestOutbox(t *testing.T) {
	t.Parallel()
	d := open(t)
	ok(t, d.app.RequestSignInCode(t.Context(), app.Request{Address: "192.0.2.9"}, "mei.tan@example.com"))
	d.app.Settle()
	list := d.get(coupon.Admin, "/admin/settings/outbox").shows("No mail or SMS gateway is configured", "mei.tan@example.com", "Sign-in code", "Queued")
	page := must[coupon.Page[coupon.Message]](t)(d.app.Outbox(t.Context(), d.as(coupon.Admin).By, "", coupon.Paging{}))
	show := "/admin/settings/outbox/" + page.Rows[0].ID + "/show"
	list.has(show)
	d.get(coupon.Support, "/admin/settings/outbox").hides(show)
	d.post(coupon.Support, show).is(http.StatusForbidden)
	shown := d.post(coupon.Admin, show).is(200).shows("That you looked was noted down")
	code := shown.Body[strings.Index(shown.Body, `data-copy="`)+len(`data-copy="`):]
	if _, err := d.app.SignInWithCode(t.Context(), app.Request{Address: "192.0.2.9"}, "mei.tan@example.com", code[:6], "test"); err != nil {
		t.Errorf("the shown code %q does not sign in: %v", code[:6], err)
	}
	d.get(coupon.Admin, "/admin/customers/"+string(d.mei.ID)).shows("Sign-in code shown to staff")
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Admin, "/admin/").shows("Issued 45", "Outstanding 43 SGD 1,030.00", "Redeemed today 2", "Balances SGD 20.00", "Together SGD 1,050.00", "Latest redemptions", "Mei Tan", "Nothing was refused")
	d.get(coupon.Finance, "/admin/").is(200).hides("Create refill coupons")
}

// Of nothing there is no chart, and what to do first is offered once.
func TestDashboardOfANewPlace(t *testing.T) {
	t.Parallel()
	d := empty(t, storetest.FreshFile(t))
	d.person[coupon.Admin] = must[coupon.Staff](t)(d.app.SetUp(t.Context(), app.Request{}, app.SetupInput{Organisation: "Harbour Coffee", Currency: "SGD", TimeZone: "Asia/Singapore", Email: "admin@example.com", Password: password}))
	page := d.get(coupon.Admin, "/admin/").shows("Ready to begin", "None in 30 days", "No redemptions yet").hides(`class="chart"`, `class="spark"`)
	if n := strings.Count(page.text(), "Create refill coupons"); n != 1 {
		t.Errorf("it is offered %d times", n)
	}
}

// What applies to nothing does not say to what; the batch says its last serial.
func TestVoucherAndBatchSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Admin, "/admin/vouchers/"+string(d.batchRows()[0].ID)).shows("Left SGD 0.00").hides("Applies to")
	d.get(coupon.Admin, "/admin/vouchers/"+string(d.issue().Voucher.ID)).shows("Applies to ALL")
	d.get(coupon.Admin, "/admin/batches/"+string(d.refill.ID)).shows("TESTING-000001 to TESTING-000005")
}

func TestUnlock(t *testing.T) {
	t.Parallel()
	d := open(t)
	req := app.Request{By: app.ByCustomer(d.mei), Address: "192.0.2.77"}
	for range 6 {
		_, _ = d.app.UseVoucher(t.Context(), req, "5512345678901234") // a miss is what is wanted
	}
	path := "/admin/customers/" + string(d.mei.ID)
	d.get(coupon.Support, path+"/details").shows("wrong tries", "locked until", "Let them try again")
	d.post(coupon.Support, path+"/unlock").leads(path + "/details")
	d.get(coupon.Support, path+"/details").shows("None. Nothing slows this customer down.")
	d.get(coupon.Support, path).shows("Lock-out cleared", "Priya Nair")
}

// What a form confirms is said once.
func TestFlash(t *testing.T) {
	t.Parallel()
	d := open(t)
	r := d.post(coupon.Admin, "/admin/settings/locations/new", "name", hostile).leads("/admin/settings/locations")
	cookie, err := http.ParseSetCookie(r.Header.Get("Set-Cookie"))
	ok(t, err)
	ask, err := http.NewRequest("GET", "http://localhost/admin/settings/locations", nil)
	ok(t, err)
	ask.AddCookie(cookie)
	ask.AddCookie(&http.Cookie{Name: "session", Value: d.sign(coupon.Admin)})
	w := record(d, ask)
	if !strings.Contains(w.Body.String(), "was saved.") || strings.Contains(w.Body.String(), hostile) || !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("got %v", w.Header())
	}
}
