package portal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/test/browser"
)

// J7 in a browser, as a person on a phone goes through it.
func TestJourneyOfACustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	numbers := w.refill("12", 3)
	mei := w.customer("Mei Tan", "mei@example.com")
	mine := w.wallet(mei.ID)
	server := httptest.NewServer(w.h)
	t.Cleanup(server.Close)
	p := browser.Start(t).Open(t, "portal", server.URL+"/", browser.Phone)
	p.Allow("409") // a refusal is a page of its own status

	p.See("Sign in")
	p.Pictures("1 sign in")
	p.Fill("E-mail, mobile, member or customer number", "mei@example.com")
	p.Click("Send me a code")
	p.See("a code is on its way to you")
	p.Pictures("2 code")
	p.Fill("Sign-in code", w.outbox(t))
	p.Click("Sign in")
	p.See("Hello, Mei Tan")
	p.See("SGD 0.00")
	p.Pictures("3 wallet")

	p.Click("Top-up")
	p.See("Use voucher")
	p.Fill("Coupon number", numbers[0][:6]+" "+strings.ToLower(numbers[0][6:]))
	p.Click("Add")
	p.See("SGD 10.00 added. Balance 10.00.")
	p.Reload() // it is said once
	p.Gone("added. Balance")
	w.clock.pass(2 * time.Minute)
	p.Fill("Coupon number", numbers[1])
	p.Click("Add")
	p.See("SGD 10.00 added. Balance 20.00.")
	p.Pictures("4 topped up")
	p.Fill("Coupon number", numbers[0])
	p.Click("Add")
	p.See("This voucher has already been used.")
	p.See("SGD 20.00")
	if got := p.Value("Coupon number"); got != numbers[0] {
		t.Errorf("what was typed became %q", got)
	}
	p.Pictures("5 refused")
	p.Reload()
	p.Gone("already been used")
	p.Click("Wallet")
	p.Back()
	p.See("Use voucher")
	p.Gone("already been used")

	p.Click("Balance")
	p.See("21 Nov 2026, 16:43")
	p.Pictures("6 balance")
	p.Click("Wallet")
	p.Click("History")
	p.See("Refill coupons")
	p.Pictures("7 history")
	p.Go(server.URL + "/vouchers/" + string(mine["gift"].Voucher.ID))
	p.See(mine["gift"].Code)
	p.Pictures("8 voucher")
	p.Go(server.URL + "/vouchers/" + string(mine["percent"].Voucher.ID))
	p.See("Not on alcohol.")
	p.Pictures("9 terms")

	chooseLanguages(t, w, p, mei.ID, server.URL, string(mine["gift"].Voucher.ID))
}

// chooseLanguages goes on to the profile, and looks at pages in two more languages.
func chooseLanguages(t *testing.T, w *world, p *browser.Page, who coupon.CustomerID, url, voucher string) {
	t.Helper()
	p.Click("Profile")
	p.Click("Send me vouchers and news by SMS")
	p.Click("Save")
	p.See("Saved.")
	p.Pictures("10 profile")
	for _, l := range []string{"العربية", "简体中文"} {
		p.ClickAt(`a[href="/profile"]:not(.dot)`)
		p.Fill(map[string]string{"العربية": "Language", "简体中文": "اللغة"}[l], l)
		p.ClickAt("main form[action='/profile'] button")
		for _, path := range []string{"/", "/top-up", "/vouchers/" + voucher} {
			p.Go(url + path)
			p.Pictures("11 " + l + strings.ReplaceAll(path[:min(8, len(path))], "/", " "))
		}
	}
	if c, err := w.app.Customer(ctx, w.admin.By, who); err != nil || !c.Consent["sms"] || c.Language != "zh-Hans" {
		t.Errorf("the profile: %v %v %q", err, c.Consent, c.Language)
	}
}

// A number that was typed stays when the connection is lost, and counts once although
// the first try had arrived.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	numbers := w.refill("12", 1)
	w.customer("Mei Tan", "mei@example.com")
	var away atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !away.Load() {
			w.h.ServeHTTP(rw, r)
			return
		}
		w.h.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}))
	t.Cleanup(server.Close)
	p := browser.Start(t).Open(t, "portal-lost", server.URL+"/top-up", browser.Phone)
	p.Allow("ERR_EMPTY_RESPONSE")
	p.Fill("E-mail, mobile, member or customer number", "mei@example.com")
	p.Fill("Password", password)
	p.Press("\r")
	p.Fill("Coupon number", numbers[0])
	away.Store(true)
	p.Click("Add")
	p.See("There is no connection. Your number is still here")
	p.Pictures("1 lost")
	if got := p.Value("Coupon number"); got != numbers[0] {
		t.Errorf("what was typed became %q", got)
	}
	away.Store(false)
	p.Click("Add")
	p.See("SGD 10.00 added. Balance 10.00.")
	p.Gone("There is no connection")
}

// The journey without scripts.
func TestJourneyWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	numbers := w.refill("12", 1)
	w.customer("Mei Tan", "mei@example.com")
	server := httptest.NewServer(w.h)
	t.Cleanup(server.Close)
	p := browser.Start(t).Open(t, "portal-no-script", server.URL+"/", browser.Phone)
	p.ScriptOff()
	p.Go(server.URL + "/top-up")
	p.Fill("E-mail, mobile, member or customer number", "mei@example.com")
	p.Fill("Password", password)
	p.Press("\r")
	p.See("Use voucher")
	p.Fill("Coupon number", numbers[0])
	p.Press("\r")
	p.See("SGD 10.00 added. Balance 10.00.")
	p.Pictures("1 topped up")
}
