package portal_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/ui"
)

// pages are all pages of a customer.
func (w *world) pages(t testing.TB) (b *person, paths []string) {
	t.Helper()
	mei := w.customer("Mei Tan", "mei@example.com")
	mine := w.wallet(mei.ID)
	numbers := w.refill("12", 3)
	b = w.signedIn("mei@example.com")
	b.added(numbers[0])
	done := b.add(numbers[1]).Header().Get("Location")
	paths = []string{"/", "/history", "/top-up", done, "/balance", "/profile", "/nowhere"}
	for _, v := range mine {
		paths = append(paths, "/vouchers/"+string(v.Voucher.ID))
	}
	return b, append(paths, "/vouchers/"+string(w.number(numbers[0]).ID))
}

// RF-15: nobody pays here. And no text of the catalogue is missing in any language.
func TestEveryPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	b, paths := w.pages(t)
	stranger := w.person()
	stranger.post("/sign-in", "contact", "mei@example.com", "by", "code")
	key := regexp.MustCompile(`\b(page|signin|signout|wallet|voucher|topup|balance|move|profile|field|error|fault|refusal|status|theme|date)\.[a-z_]+\b`)
	for _, code := range ui.Codes() {
		for _, who := range []*person{b, stranger} {
			who.headers["Accept-Language"] = code
		}
		check := func(path string, body string) {
			if strings.Contains(strings.ToLower(body), "purchase") {
				t.Errorf("%s %s speaks of a purchase", code, path)
			}
			page := tags.ReplaceAllString(body, " ")
			if m := key.FindString(page); m != "" {
				t.Errorf("%s %s lacks %s", code, path, m)
			}
			if !strings.Contains(body, `<html lang="`+code+`"`) {
				t.Errorf("%s %s is in another language", code, path)
			}
			if rtl := strings.Contains(body, `dir="rtl"`); rtl != (code == "ar") {
				t.Errorf("%s %s: right to left is %v", code, path, rtl)
			}
			if regexp.MustCompile(`(?i)<script>|<style| style="| on[a-z]+="`).MatchString(body) {
				t.Errorf("%s %s has an inline script or style", code, path)
			}
		}
		for _, path := range paths {
			check(path, b.get(path).Body.String())
		}
		for _, path := range []string{"/sign-in", "/sign-in/code"} {
			check(path, stranger.get(path).Body.String())
		}
	}
}

// A slow phone fetches less than 50 kB for its first page, whichever it is.
func TestFirstLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	b, paths := w.pages(t)
	files := regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`)
	for _, path := range append(paths, "/sign-in") {
		who := b
		if path == "/sign-in" {
			who = w.person()
		}
		body, sum, seen := who.get(path).Body.String(), 0, map[string]bool{}
		sum = len(body)
		for _, m := range files.FindAllStringSubmatch(body, -1) {
			if !seen[m[1]] {
				sum += zipped(t, who.get(m[1]).Body.Bytes())
			}
			seen[m[1]] = true
		}
		for _, module := range []string{"js/page.js", "js/again.js", "js/kept.js", "js/copy.js", "js/live.js", "js/theme.js", "js/once.js"} {
			sum += zipped(t, who.get(ui.Asset(module)).Body.Bytes())
		}
		if sum > 50_000 || len(seen) < 4 {
			t.Errorf("%s: %d bytes and %d files, want at most 50,000", path, sum, len(seen))
		}
	}
}

func zipped(t testing.TB, body []byte) int {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Len()
}

// F54: requests of other sites, addresses that change something, markup in texts.
func TestPagesAreNobodysTool(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		numbers := w.refill("12", 2)
		mei := w.customer(`<script>alert("n")</script>`, "mei@example.com")
		b := w.signedIn("mei@example.com")
		key := nonceOf(t, b.get("/top-up"))
		for _, h := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}} {
			evil := *b
			evil.headers = h
			for _, path := range []string{"/top-up", "/profile", "/profile/password", "/sign-out", "/sign-out/everywhere", "/sign-in", "/preferences"} {
				if r := evil.post(path, "key", key, "code", numbers[0], "language", "ar"); r.Code != http.StatusForbidden {
					t.Errorf("%v POST %s: %d", h, path, r.Code)
				}
			}
		}
		for _, path := range []string{"/top-up?key=" + key + "&code=" + numbers[0], "/sign-out", "/sign-out/everywhere", "/profile/password", "/preferences?language=ar"} {
			b.get(path)
		}
		page := b.get("/")
		see(t, "nothing happened", text(page), "SGD 0.00", "Language English")
		if strings.Contains(page.Body.String(), "<script>") {
			t.Error("the customer's name runs")
		}
		h := page.Header()
		if h.Get("Content-Security-Policy") != httpx.CSP || h.Get("X-Frame-Options") != "DENY" || h.Get("Cache-Control") != "private, no-store" {
			t.Errorf("headers: %v", h)
		}
		name := `"><img src=x onerror=alert(1)>`
		v := w.offer(app.CampaignInput{Kind: "coupon", Name: &name, TermsText: &name, Instructions: &name, Value: &percent, Holder: "assigned"}, mei.ID, start.AddDate(1, 0, 0))
		for _, path := range []string{"/", "/vouchers/" + string(v.Voucher.ID)} {
			if strings.Contains(b.get(path).Body.String(), "<img") {
				t.Errorf("the campaign's text runs on %s", path)
			}
		}
		status(t, "a form of a megabyte", b.post("/top-up", "code", strings.Repeat("1", 1<<20)), http.StatusUnprocessableEntity)
	})
}

func TestProfileAndLanguage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := w.customer("Mei Tan", "mei@example.com")
		b := w.person()
		b.headers["Accept-Language"] = "de-CH,fr;q=0.5"
		see(t, "what the browser asks for", text(b.get("/sign-in")), "Anmelden")
		b.post("/sign-in", "contact", "mei@example.com", "password", password)
		see(t, "signed in", text(b.get("/profile")), "Profil", "Mei Tan", "mei@example.com")
		r := b.post("/profile", "language", "ar", "sms", "1")
		see(t, "saved", text(b.get(r.Header().Get("Location"))), "تم الحفظ.")
		c, err := w.app.Customer(ctx, w.admin.By, mei.ID)
		if err != nil || c.Language != "ar" || c.Consent["email"] || !c.Consent["sms"] {
			t.Errorf("kept: %v %q %v", err, c.Language, c.Consent)
		}
		elsewhere := w.signedIn("mei@example.com")
		see(t, "on another device", elsewhere.get("/").Body.String(), `<html lang="ar" dir="rtl"`)
		r = elsewhere.post("/preferences", "language", "ja", "back", "/top-up")
		see(t, "chosen on that device", elsewhere.get(r.Header().Get("Location")).Body.String(), `<html lang="ja"`)
		see(t, "the other stays", b.get("/").Body.String(), `<html lang="ar"`)
		b.post("/profile", "language", "xx")
		if c, _ := w.app.Customer(ctx, w.admin.By, mei.ID); c.Language != "ar" || c.Consent["sms"] {
			t.Errorf("an unknown language: %q, consent %v", c.Language, c.Consent)
		}
	})
}

func TestManifest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	var m struct {
		Name, Display, Start_URL string
		Icons                    []struct{ Src string }
	}
	r := w.person().get("/manifest.webmanifest")
	unmarshal(t, r, &m)
	if m.Name != "Harbour Coffee" || m.Display != "standalone" || m.Start_URL != "/" || len(m.Icons) == 0 || r.Header().Get("Content-Type") != "application/manifest+json" {
		t.Errorf("manifest: %+v %v", m, r.Header())
	}
	status(t, "its icon", w.person().get(m.Icons[0].Src), http.StatusOK)
}

func TestWarnsWhereNothingIsEncrypted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.SQLite(t))
	b := w.person()
	see(t, "example.com over http", text(b.get("http://portal.example.com/sign-in")), "This connection is not encrypted.")
	for _, url := range []string{"http://localhost:8080/sign-in", "http://127.0.0.1/sign-in", "http://[::1]:8080/sign-in", "https://portal.example.com/sign-in"} {
		if strings.Contains(text(b.get(url)), "not encrypted") {
			t.Errorf("%s warns", url)
		}
	}
}
