package admin_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/test/browser"
)

// signedIn is a browser page of somebody with a role.
func (d *desk) signedIn(b *browser.Browser, url, journey string, r coupon.Role, v browser.Variant) *browser.Page {
	d.t.Helper()
	p := b.Open(d.t, journey, url+"/admin/sign-in", v)
	p.Fill("E-mail address", d.person[r].Email)
	p.Fill("Password", password)
	p.Click("Sign in")
	return p
}

// The main job with a keyboard and a pointer: make coupons in the dialog, see them, copy one.
func TestRefillInTheBrowser(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	b := browser.Start(t)
	p := d.signedIn(b, srv.URL, "admin-refill", coupon.Admin, browser.Light)
	p.See("Redemptions")
	p.Click("Refill Coupons")
	p.Click("Create")
	p.Fill("Description", "FROM THE DIALOG")
	p.Fill("Start Prefix", "77")
	p.Fill("Quantity", "3")
	p.See("digits, so that a guess hits one in")
	p.Fill("Amount (SGD)", "10.005")
	p.Allow("422")
	p.Click("Save")
	p.See("At most two decimals.")
	p.Picture("refused")
	p.Fill("Amount (SGD)", "10")
	p.Click("Save")
	p.See("0 of 3") // the batch's own page: the list says "Being made" too
	d.work()
	p.See("numbers shown to you for this batch")
	p.Picture("made")
	for _, text := range p.Texts("td .code") {
		if !strings.HasPrefix(text, "77") {
			t.Errorf("%q does not begin with 77", text)
		}
	}
}

// Going back to a page that answered a form shows the list, not the browser's question whether to send it again.
func TestBackToAnAnsweredForm(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-back", coupon.Admin, browser.Light)
	p.Go(srv.URL + "/admin/refill")
	p.Click("Show numbers")
	p.See("numbers shown, which was noted down")
	p.Click("Customers")
	p.See("Mei Tan")
	p.Back()
	p.See("TESTING")
	p.Reload() // the browser may have kept the page as it was
	p.See("numbers masked")
	d.session = map[coupon.Role]string{}
	p.Go(srv.URL + "/admin/customers")
	p.Click("Add customer")
	p.Fill("Name", "Siti")
	ok(t, d.app.SignOutEverywhere(t.Context(), d.as(coupon.Admin).By))
	p.Click("Save")
	p.See("You were signed out")
	p.Pictures("signed-out")
	p.Fill("E-mail address", d.person[coupon.Admin].Email)
	p.Fill("Password", password)
	p.Click("Sign in")
	p.See("Mei Tan")
}

// Without scripts the dialog is a page, and the same job works.
func TestRefillWithoutScripts(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := browser.Start(t).Open(t, "admin-no-script", "about:blank", browser.Phone)
	p.ScriptOff()
	p.Go(srv.URL + "/admin/sign-in")
	p.Fill("E-mail address", d.person[coupon.Admin].Email)
	p.Fill("Password", password)
	p.Click("Sign in")
	p.Go(srv.URL + "/admin/refill")
	p.Click("Create")
	p.Fill("Description", "NO SCRIPT")
	p.Fill("Quantity", "2")
	p.Fill("Amount (SGD)", "5")
	p.Click("Save")
	p.See("0 of 2")
	d.work()
	p.Reload()
	p.See("2 vouchers")
}

// TestPictures keeps pictures of every page for people to look at, when asked for by
// SCRIP_PICTURES; else of the ones that change most.
func TestPictures(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	b := browser.Start(t)
	door := b.Open(t, "admin", srv.URL+"/admin/sign-in", browser.Light)
	door.Pictures("sign-in")
	p := d.signedIn(b, srv.URL, "admin", coupon.Admin, browser.Light)
	only := os.Getenv("SCRIP_PICTURES")
	if only == "" {
		only = "dashboard refill voucher"
	}
	for name, path := range d.everyPage() {
		if only != "all" && !strings.Contains(" "+only+" ", " "+name+" ") {
			continue
		}
		p.Go(srv.URL + path)
		p.Pictures(name)
	}
}

// F58: numbers leave in a file for a reason, and a file that passes the limit of the day is
// refused where it was asked for.
func TestExportAsksForAReason(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	limit := func(codes int64) {
		ok(t, d.app.ChangeSettings(t.Context(), d.as(coupon.Admin), app.SettingsInput{Name: "Harbour Coffee", Currency: "SGD", TimeZone: "Asia/Singapore", Language: "en", RevealCap: codes}))
	}
	limit(6)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-export", coupon.Admin, browser.Light)
	ask := func() {
		p.Go(srv.URL + "/admin/batches/" + string(d.refill.ID))
		p.Click("Export")
		p.Click("CSV")
		p.See("Kept with the event")
	}
	ask()
	p.Pictures("reason")
	p.Fill("Reason", "For the printer")
	p.Click("Export")
	p.Gone("Kept with the event")
	p.See("History")
	ask()
	p.Fill("Reason", "Once more")
	p.Allow("409")
	p.Click("Export")
	p.See("You have 1 left today")
	p.Pictures("refused")
	d.publish()
	p.Go(srv.URL + "/admin/events")
	p.See("More codes refused")
	p.Pictures("events")
	p.Go(srv.URL + "/admin/settings/organisation")
	p.Pictures("settings")
}

// The first run, from the console's link to the dashboard.
func TestSetupInTheBrowser(t *testing.T) {
	t.Parallel()
	d := empty(t, storetest.FreshFile(t))
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := browser.Start(t).Open(t, "admin-setup", srv.URL+"/admin/", browser.Light)
	p.See("Not set up yet")
	p.Pictures("closed")
	p.Go(srv.URL + "/setup?token=" + setupToken)
	p.Pictures("form")
	p.Fill("Organisation", "Harbour Coffee")
	p.Fill("Your name", "Aida Lim")
	p.Fill("E-mail address", "aida@example.com")
	p.Fill("Password", "too short")
	p.Allow("422")
	p.Click("Set up")
	p.See("A password has at least 10 characters.")
	p.Pictures("refused")
	p.Fill("Password", password)
	p.Click("Set up")
	p.See("Harbour Coffee is ready.")
	p.Pictures("dashboard")
}

// The till with a keyboard: type, Enter, amount, Enter.
func TestTillInTheBrowser(t *testing.T) {
	t.Parallel()
	d := open(t)
	gift := d.issue()
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-till", coupon.Cashier, browser.Phone)
	p.See("Looking up changes nothing.")
	p.Pictures("field")
	p.Fill("Code", strings.ToLower(gift.Code))
	p.Press("\r")
	p.See("Nothing has changed yet.")
	p.Fill("Amount", "4.50")
	p.Press("\r")
	p.See("SGD 4.50 redeemed")
	p.See("SGD 5.50 is left on the voucher.")
	p.Pictures("done")
	if strings.Contains(p.URL(), gift.Code) {
		t.Error("the address has the code")
	}
	p.Fill("Code", "NO-SUCH-CODE-9")
	p.Allow("404")
	p.Press("\r")
	p.See("There is no such code.")
	p.Pictures("refused")
}

// A voucher's dialog: the dangerous button is not the default, a refusal stays in it, and for
// a used voucher it says at once why it cannot be deleted (J1.8).
func TestVoucherDialog(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-dialog", coupon.Admin, browser.Light)
	p.Go(srv.URL + "/admin/vouchers/" + string(d.batchRows()[0].ID))
	p.Click("Actions")
	p.Picture("menu")
	p.Click("Delete")
	p.See("What was used is never deleted")
	p.Pictures("used")
	p.Go(srv.URL + "/admin/vouchers/" + string(d.batchRows()[4].ID))
	p.Click("Actions")
	p.Click("Delete")
	p.See("Delete this voucher?")
	p.Fill("Reason", "not needed")
	p.Pictures("delete")
	must[coupon.Voucher](t)(d.app.Void(t.Context(), d.as(coupon.Admin), d.batchRows()[4].ID, "first"))
	p.Allow("409")
	p.Click("Delete it")
	p.See("Nothing was changed")
	p.Pictures("refused")
}
