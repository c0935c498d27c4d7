package admin_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
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
	p := d.signedIn(browser.Start(t), srv.URL, "admin", coupon.Admin, browser.Light)
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
