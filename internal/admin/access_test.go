package admin_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/admin"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// Who may open what, as ui.md and domain.md say: a=admin m=marketing c=cashier
// s=support f=finance d=developer; everybody else is told that it is not for their role.
var matrix = map[string]string{
	"/admin/customers": "amsf", "/admin/customers/new": "ams", "/admin/customers/MEI": "amsf", "/admin/customers/MEI/edit": "ams", "/admin/customers/MEI/coupons": "amsf",
	"/admin/customers/MEI/codes": "amsf", "/admin/customers/MEI/generate": "ams", "/admin/customers/MEI/messages": "ams", "/admin/customers/MEI/message?channel=sms": "ams", "/admin/customers/MEI/notes": "ams",
	"/admin/customers/MEI/note": "ams", "/admin/vouchers/VOUCHER/data": "amsf", "/admin/vouchers/VOUCHER/explain": "amsf", "/admin/vouchers/VOUCHER/redeem": "as", "/admin/vouchers/VOUCHER/resend": "ams", "/admin/vouchers/VOUCHER/note": "ams",
	"/admin/customers/MEI/balance": "asf", "/admin/customers/MEI/details": "amsf", "/admin/customers/MEI/adjust": "a", "/admin/customers/MEI/top-up": "as", "/admin/customers/MEI/password": "ams",
	"/admin/coupons": "amsf", "/admin/coupons/new": "am", "/admin/coupons/GIFT": "amsf", "/admin/coupons/GIFT/state?to=paused": "am", "/admin/coupons/GIFT/edit": "am", "/admin/coupons/GIFT/batch": "am", "/admin/coupons/GIFT/issue": "ams",
	"/admin/coupons/GIFT/code": "ams", "/admin/discounts": "amsf", "/admin/discounts/new": "am",
	"/admin/refill": "amsf", "/admin/refill/new": "am", "/admin/batches": "amsf", "/admin/batches/BATCH": "amsf", "/admin/batches/BATCH/freeze": "am", "/admin/batches/BATCH/export": "amf", "/admin/refill/export": "amf", "/admin/vouchers/export?format=xlsx": "amf", "/admin/batches/BATCH/progress": "amsf",
	"/admin/imports": "amsf", "/admin/imports/new?campaign=GIFT": "am", "/admin/imports/sample": "am", "/admin/imports/IMPORT": "amsf", "/admin/imports/IMPORT/errors": "amsf", "/admin/imports/CLEAN/confirm": "am", "/admin/imports/IMPORT/cancel": "am",
	"/admin/vouchers": "amsf", "/admin/vouchers/VOUCHER": "amsf", "/admin/vouchers/VOUCHER/void": "ams", "/admin/vouchers/VOUCHER/replace": "ams", "/admin/redeem": "acs",
	"/admin/redeem/recent?location=MAIN": "acs", "/admin/events": "afd", "/admin/events/export": "afd", "/admin/settings/organisation": "a", "/admin/settings/locations": "a",
	"/admin/settings/locations/MAIN": "a", "/admin/settings/staff": "a", "/admin/settings/staff/new": "a", "/admin/settings/keys": "ad", "/admin/settings/keys/new": "ad", "/admin/settings/outbox": "ams",
	"/admin/settings/webhooks": "ad", "/admin/settings/webhooks/new": "ad",
	"/admin/search": "amcsfd", "/admin/profile": "amcsfd", "/admin/help": "amcsfd",
}

func (d *desk) fill(path string) string {
	page := must[coupon.Page[coupon.VoucherView]](d.t)(d.app.Vouchers(d.t.Context(), d.as(coupon.Admin).By, coupon.VoucherFilter{Batch: d.refill.ID}, coupon.Paging{}))
	return strings.NewReplacer("MEI", string(d.mei.ID), "GIFT", string(d.gift.ID), "BATCH", string(d.refill.ID), "VOUCHER", string(page.Rows[0].ID), "MAIN", string(d.main.ID), "IMPORT", d.faulty, "CLEAN", d.clean).Replace(path)
}

func TestRoles(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.importBoth()
	for path, who := range matrix {
		path := d.fill(path)
		for _, role := range coupon.Roles() {
			want := http.StatusForbidden
			if strings.Contains(who, string(role[0])) {
				want = http.StatusOK
			}
			if r := d.get(role, path); r.Code != want {
				t.Errorf("%s: %s got %d, want %d\n%.300s", path, role, r.Code, want, r.text())
			}
		}
		d.get("", path).leads("/admin/sign-in")
	}
	d.get(coupon.Cashier, "/admin/customers").shows("Not for your role", "Arif Rahman (Cashier)")
}

// Every route names who may; writes are refused to whoever lacks the permission, and
// nobody gets in without signing in.
func TestEveryRouteIsGuarded(t *testing.T) {
	t.Parallel()
	d := open(t)
	routes := admin.Routes()
	if len(routes) < 80 {
		t.Fatalf("only %d routes", len(routes))
	}
	for _, rt := range routes {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{id}", "nothing", "{action}", "void").Replace(path)
		if rt.Open != (path == "/setup" || path == "/admin/sign-in") {
			t.Errorf("%s: open to everybody is %v", rt.Pattern, rt.Open)
		}
		if rt.Open {
			continue
		}
		var f url.Values
		if method == http.MethodPost {
			f = form("a-nonce-of-enough-length")
		}
		d.send("", method, path, f).leads("/admin/sign-in")
		for _, role := range coupon.Roles() {
			if got := d.send(role, method, path, f).Code; !rt.Admits(role) && got != http.StatusForbidden {
				t.Errorf("%s: %s got %d", rt.Pattern, role, got)
			}
		}
		if strings.Contains(path, "sign-out") {
			clear(d.session) // the route has ended them
		}
	}
	if admin.Nobody(coupon.Admin) {
		t.Error("a route that names nobody lets somebody in")
	}
}

// Whoever goes back to an answered form, or reloads it, asks for its address: every one has a page.
func TestFormsHaveAWayBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	batch := "/admin/batches/" + string(d.refill.ID)
	for from, to := range map[string]string{
		"/admin/refill/show": "/admin/refill", "/admin/vouchers/find": "/admin/vouchers", "/admin/vouchers/bulk/done": "/admin/vouchers", "/admin/vouchers/vch_x/show": "/admin/vouchers/vch_x",
		batch + "/show": batch, "/admin/customers/cus_x/coupons/find": "/admin/customers/cus_x/coupons", "/admin/customers/cus_x/codes/find": "/admin/customers/cus_x/codes", "/admin/customers/find": "/admin/customers",
		"/admin/customers/cus_x/message/preview": "/admin/customers/cus_x/message", "/admin/vouchers/vch_x/replace/preview": "/admin/vouchers/vch_x", "/admin/redeem/look": "/admin/redeem", "/admin/settings/outbox/msg_x/show": "/admin/settings/outbox",
		"/admin/profile/password": "/admin/profile", "/admin/sign-out": "/admin",
	} {
		if got := d.get(coupon.Admin, from).is(http.StatusSeeOther); got.To != to {
			t.Errorf("%s leads to %s, want %s", from, got.To, to)
		}
	}
	answers := map[string]bool{}
	for _, rt := range admin.Routes() {
		answers[rt.Pattern] = true
	}
	for pattern := range answers {
		if path, ok := strings.CutPrefix(pattern, "POST "); ok && !answers["GET "+path] {
			t.Errorf("nothing answers GET %s", path)
		}
	}
}

// Who was signed out while a form stood open is told that it was not saved, and comes back to its page.
func TestSignedOutWithAFormOpen(t *testing.T) {
	t.Parallel()
	d := open(t)
	send := func(path, referer string) string {
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, strings.NewReader("name=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Referer", referer)
		return record(d, r).Header().Get("Location")
	}
	to := send("/admin/customers/new", "http://localhost/admin/customers?state=active")
	if want := "/admin/sign-in?next=%2Fadmin%2Fcustomers%3Fstate%3Dactive&unsaved=1"; to != want {
		t.Fatalf("leads to %s, want %s", to, want)
	}
	d.get("", to).shows("You were signed out", "not saved", "back on the page")
	d.get("", "/admin/sign-in?next=/admin/customers").shows("Sign in first").hides("signed out")
	d.get("", "/admin/sign-in").hides("Sign in first", "signed out")
	for _, referer := range []string{"", "https://evil.example/admin/customers", "http://localhost/other", "http://localhost/admin/sign-in", "%"} {
		if to := send("/admin/customers/new", referer); to != "/admin/sign-in?unsaved=1" {
			t.Errorf("from %q: leads to %s", referer, to)
		}
	}
}

func TestUnknownPages(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get("", "/admin/nothing/here").leads("/admin/sign-in?next=%2Fadmin%2Fnothing%2Fhere")
	d.get(coupon.Admin, "/admin/nothing/here").is(404).shows("Nothing here")
	d.get(coupon.Admin, "/admin/customers/cus_unknown").is(404)
	d.get(coupon.Admin, "/admin/vouchers/vch_unknown").is(404)
	d.get(coupon.Admin, d.fill("/admin/vouchers/VOUCHER/explode")).is(404)
	d.get(coupon.Cashier, "/admin/redeem/recent?location="+string(d.harbour.ID)).is(http.StatusForbidden)
}

func TestNavigationShowsWhatTheRoleMayOpen(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Cashier, "/admin/").leads("/admin/redeem")
	d.get(coupon.Developer, "/admin/").leads("/admin/events")
	d.get(coupon.Cashier, "/admin/redeem").shows("Redeem").hides(`href="/admin/customers"`, `href="/admin/vouchers"`, `href="/admin/settings"`, "E-Pins", "Distributions")
	d.get(coupon.Admin, "/admin/").has(`href="/admin/customers"`, `href="/admin/discounts"`, `href="/admin/refill"`, `href="/admin/settings"`).hides("E-Pin Management", "Distributions")
	d.get(coupon.Finance, "/admin/customers").shows("m…@example.com").hides("mei.tan@example.com")
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	d := open(t)
	wrong := d.post("", "/admin/sign-in", "email", "admin@example.com", "password", "not this one at all").is(http.StatusUnauthorized).shows("do not fit together").has(`value="admin@example.com"`)
	unknown := d.post("", "/admin/sign-in", "email", "nobody@example.com", "password", "not this one at all").is(http.StatusUnauthorized)
	if a, b := wrong.text(), unknown.text(); a != b {
		t.Errorf("a stranger learns who exists:\n%s\n%s", a, b)
	}
	good := d.post("", "/admin/sign-in", "email", "Admin@Example.com ", "password", password, "next", "/admin/refill?used=true").leads("/admin/refill?used=true")
	cookie := good.Header.Get("Set-Cookie")
	for _, part := range []string{"session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie %q lacks %s", cookie, part)
		}
	}
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)"} {
		d.post("", "/admin/sign-in", "email", "admin@example.com", "password", password, "next", next).leads("/admin/")
	}
	d.get(coupon.Admin, "/admin/sign-in").leads("/admin/")
	for range 6 {
		d.post("", "/admin/sign-in", "email", "finance@example.com", "password", "wrong password")
	}
	d.post("", "/admin/sign-in", "email", "finance@example.com", "password", password).is(http.StatusTooManyRequests).shows("Too many tries. Wait")
	d.get(coupon.Admin, "/admin/").hides("not encrypted")
}

// F49: the brake counts a name however it is typed, and a name that nobody has like any other.
func TestSignInBrakeCountsTheName(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		for _, name := range []string{"finance@example.com", "nobody@example.com"} {
			upper := strings.ToUpper(name)
			for _, typed := range []string{name, upper, " " + name, "\t" + name, upper[:3] + name[3:] + "  "} {
				d.post("", "/admin/sign-in", "email", typed, "password", "wrong password").is(http.StatusUnauthorized)
			}
			d.post("", "/admin/sign-in", "email", name, "password", password).is(http.StatusTooManyRequests)
			d.post("", "/admin/sign-in", "email", " "+upper, "password", password).is(http.StatusTooManyRequests)
		}
		d.post("", "/admin/sign-in", "email", "support@example.com", "password", password).leads("/admin/")
	})
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Support, "/admin/").is(200)
	d.post(coupon.Support, "/admin/sign-out").leads("/admin/sign-in")
	d.get(coupon.Support, "/admin/").leads("/admin/sign-in")
	d.session = map[coupon.Role]string{}
	other, _, err := d.app.SignIn(t.Context(), app.Request{}, "support@example.com", password, "another browser")
	ok(t, err)
	d.post(coupon.Support, "/admin/profile/sign-out").leads("/admin/sign-in")
	if _, err := d.app.StaffOf(t.Context(), other); err == nil {
		t.Error("the other browser is still signed in")
	}
	d.session = map[coupon.Role]string{}
	d.post(coupon.Support, "/admin/profile/password", "old", "wrong", "password", "short").is(422).shows("This is not your present password.", "at least 10 characters")
	d.post(coupon.Support, "/admin/profile/password", "old", password, "password", "another long password").leads("/admin/profile")
	d.get(coupon.Support, "/admin/profile").is(200)
	d.post(coupon.Support, "/admin/profile/theme", "theme", "dark").leads("/admin/profile")
	d.get(coupon.Support, "/admin/").has(`data-theme="dark"`)
}

// Whoever is disabled, or gets another role, is stopped with the next request (F53).
func TestStaffChangesCountAtOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Marketing, "/admin/refill").is(200)
	path := "/admin/settings/staff/" + string(d.person[coupon.Marketing].ID)
	d.post(coupon.Admin, path, "name", "Bala Iyer", "email", "marketing@example.com", "role", "marketing", "disabled", "1").leads("/admin/settings/staff")
	d.get(coupon.Marketing, "/admin/refill").leads("/admin/sign-in")
	d.get(coupon.Admin, "/admin/settings/staff").shows("Bala Iyer", "Disabled")
	own := "/admin/settings/staff/" + string(d.person[coupon.Admin].ID)
	d.post(coupon.Admin, own, "name", "Aida Lim", "email", "admin@example.com", "role", "cashier").is(422).shows("Somebody must stay administrator.")
}

func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	r := httptest.NewRequest("POST", "http://localhost/admin/refill/new", strings.NewReader(form("a-nonce-of-enough-length").Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.AddCookie(&http.Cookie{Name: "session", Value: d.sign(coupon.Admin)})
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "another site") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	d := empty(t, storetest.FreshFile(t))
	d.get("", "/admin/").leads("/setup")
	d.get("", "/admin/refill").leads("/setup")
	d.get("", "/setup").is(200).shows("Not set up yet", "printed on its console")
	d.get("", "/setup?token=wrong").is(http.StatusForbidden).shows("not, or no longer, the right one")
	d.get("", "/setup?token="+setupToken).is(200).shows("Set up Scrip", "SGD – Singapore Dollar").has(`value="Asia/Kuala_Lumpur"`, `name="token" value="`+setupToken+`"`)
	good := []string{"token", setupToken, "organisation", "Harbour Coffee", "currency", "SGD", "time_zone", "Asia/Singapore", "name", "Aida Lim", "email", "aida@example.com", "password", password}
	change := func(name, value string) []string {
		out := append([]string(nil), good...)
		for i := 0; i < len(out); i += 2 {
			if out[i] == name {
				out[i+1] = value
			}
		}
		return out
	}
	d.post("", "/setup", change("token", "guess")...).is(http.StatusForbidden)
	for name, value := range map[string]string{"organisation": "", "currency": "XXX", "time_zone": "Mars/Base", "email": "nobody", "password": "short"} {
		d.post("", "/setup", change(name, value)...).is(422).has(`id="` + name + `-error"`).hides(password)
	}
	d.post("", "/setup", change("currency", "XXX")...).has(`value="Harbour Coffee"`, `value="aida@example.com"`)
	done := d.post("", "/setup", good...).leads("/admin/")
	if !strings.Contains(strings.Join(done.Header.Values("Set-Cookie"), " "), "session=") {
		t.Error("the administrator is not signed in")
	}
	if org := must[coupon.Organisation](t)(d.app.Organisation(t.Context())); org.SupportContact != "" {
		t.Errorf("customers are shown %q", org.SupportContact)
	}
	d.get("", "/setup?token="+setupToken).leads("/admin/")
	d.post("", "/setup", good...).leads("/admin/")
	d.get("", "/admin/").leads("/admin/sign-in")
}

func TestPlainHTTPIsNamed(t *testing.T) {
	t.Parallel()
	d := open(t)
	ask := func(target string, secure bool) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", target, nil)
		if secure {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		d.site.ServeHTTP(w, r)
		return w
	}
	for target, warns := range map[string]bool{"http://localhost:8080/admin/sign-in": false, "http://127.0.0.1/admin/sign-in": false, "http://192.168.1.5:8080/admin/sign-in": true, "http://[::1]:8080/admin/sign-in": false} {
		if got := strings.Contains(ask(target, false).Body.String(), "not encrypted"); got != warns {
			t.Errorf("%s: warns is %v", target, got)
		}
	}
	if strings.Contains(ask("https://shop.example/admin/sign-in", true).Body.String(), "not encrypted") {
		t.Error("https is called not encrypted")
	}
}
