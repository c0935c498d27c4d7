package ui_test

import (
	"compress/gzip"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/ui"
)

func fetch(t testing.TB, h http.Handler, path string, zip bool) *httptest.ResponseRecorder {
	t.Helper()
	r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
	if zip {
		r.Header.Set("Accept-Encoding", "gzip, br")
	}
	h.ServeHTTP(w, r)
	return w
}

func assets(t testing.TB) http.Handler {
	t.Helper()
	h, err := ui.Static()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestStatic(t *testing.T) {
	t.Parallel()
	h := assets(t)
	for _, c := range []struct{ name, path, kind, cache string }{
		{"a style sheet is kept for ever", ui.Asset("css/admin.css"), "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"so is a module", ui.Asset("js/dialog.js"), "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"another version's address works, but not for ever", "/static/0123456789ab/icons.svg", "image/svg+xml", "no-cache"},
	} {
		w := fetch(t, h, c.path, false)
		if w.Code != 200 || w.Header().Get("Content-Type") != c.kind || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %v", c.name, w.Code, w.Header())
		}
		z := fetch(t, h, c.path, true)
		r, err := gzip.NewReader(z.Body)
		if err != nil {
			t.Fatal(err)
		}
		if plain, _ := io.ReadAll(r); string(plain) != w.Body.String() {
			t.Errorf("%s: the compressed body differs", c.name)
		}
	}
	for _, path := range []string{"/static/", ui.Asset("css/tokens.css"), ui.Asset("../asset.go"), ui.Asset("js/none.js")} {
		if w := fetch(t, h, path, false); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	r, w := httptest.NewRequest("HEAD", ui.Asset("icons.svg"), nil), httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Body.Len() > 0 || w.Header().Get("Content-Length") == "" {
		t.Error("HEAD has a body or no length")
	}
}

// TestFirstLoad weighs what a phone fetches for its first customer page.
func TestFirstLoad(t *testing.T) {
	t.Parallel()
	h, cat := assets(t), catalogue(t)
	page := render(t, portalPage(t, cat.English(), cat.All()))
	sum, plain := len(page), len(page)
	for _, name := range []string{"css/portal.css", "icons.svg", "logo.svg", "js/early.js", "js/portal.js", "js/page.js", "js/again.js", "js/kept.js", "js/told.js", "js/copy.js", "js/live.js", "js/theme.js", "js/once.js"} {
		sum += fetch(t, h, ui.Asset(name), true).Body.Len()
		plain += fetch(t, h, ui.Asset(name), false).Body.Len()
	}
	t.Logf("first load: %d bytes, %d uncompressed", sum, plain)
	if sum > 50_000 {
		t.Errorf("the first load is %d bytes, want at most 50,000", sum)
	}
}

// luminance returns the relative luminance of "#rrggbb" as WCAG defines it.
func luminance(t testing.TB, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("not a colour: %q", hex)
	}
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		c := float64(n>>(16-8*i)&255) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("static/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)`).FindAllStringSubmatch(string(css), -1) {
		colours[m[1]] = [2]string{m[2], m[3]}
	}
	check := func(front, back string, want float64) {
		f, b := colours[front], colours[back]
		for i, theme := range []string{"light", "dark"} {
			x, y := luminance(t, f[i]), luminance(t, b[i])
			if ratio := (max(x, y) + .05) / (min(x, y) + .05); ratio < want {
				t.Errorf("%s: %s on %s is %.2f:1, want %.1f:1", theme, front, back, ratio, want)
			}
		}
	}
	for _, front := range []string{"ink", "soft", "faint", "brand", "ok", "info", "warn", "bad"} {
		for _, back := range []string{"paper", "sheet", "raised", "over"} {
			check(front, back, 4.5)
		}
	}
	for _, tone := range []string{"ok", "info", "warn", "bad", "brand"} {
		check(tone, tone+"-wash", 4.5)
		check("ink", tone+"-wash", 4.5)
	}
	for _, pair := range [][2]string{{"soft", "plain-wash"}, {"soft", "sunken"}, {"brand-ink", "brand"}, {"brand-ink", "brand-deep"}, {"bad-ink", "bad"}, {"card-ink", "card-green"}, {"card-ink", "card-green-2"}, {"soft", "brand-wash"}} {
		check(pair[0], pair[1], 4.5)
	}
	check("edge", "sheet", 3) // the frames of fields
}
