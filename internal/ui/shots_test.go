package ui_test

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

func pages(t testing.TB) map[string]templ.Component {
	cat := catalogue(t)
	language := func(code string) ui.Language {
		l, ok := cat.Known(code)
		if !ok {
			t.Fatalf("no language %s", code)
		}
		return l
	}
	return map[string]templ.Component{
		"refill": refillPage(clock(t), false), "refill-create": refillPage(clock(t), true), "customer": customerPage(clock(t)),
		"portal": portalPage(t, cat.English(), cat.All()), "portal-ar": portalPage(t, language("ar"), cat.All()), "portal-de": portalPage(t, language("de"), cat.All()), "portal-ja": portalPage(t, language("ja"), cat.All()),
		"voucher": voucherPage(t, cat.English()), "till": tillPage(), "sign-in": signInPage(cat.English()), "gallery": everything(t),
		"form": around(ui.Layout(shell("Generate code", "Customers")), around(ui.FormPage{Title: "Generate code", Sub: "For Mei Tan"}.With(), createForm(nil))),
	}
}

// site serves the pages as the program does, security headers included.
func site(t testing.TB) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	assets, err := ui.Static()
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(ui.StaticPrefix, assets)
	for name, page := range pages(t) {
		mux.Handle("/"+name, httpx.Door{Render: func(_ http.ResponseWriter, _ *http.Request, f *fault.Error) error { return f }}.Handle(
			func(w http.ResponseWriter, r *http.Request) error { return httpx.Page(w, r, 200, page) }))
	}
	mux.HandleFunc("/progress", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(ui.ProgressUpdate{Done: 64000, Total: 100000, Note: "64,000 of 100,000 · 16,200 a second · 4 s left"})
	})
	return httpx.Chain(mux, httpx.SecurityHeaders(nil))
}

// TestShots writes the gallery's screenshots into the directory of -shots, for people to look at.
func TestShots(t *testing.T) {
	dir := flag.Lookup("shots").Value.String()
	if dir == "" {
		t.Skip("no -shots directory")
	}
	srv := httptest.NewServer(site(t))
	defer srv.Close()
	browser := startBrowser(t)
	only := flag.Lookup("only").Value.String()
	for name := range pages(t) {
		if only != "" && !strings.HasPrefix(name, only) {
			continue
		}
		for _, v := range []struct {
			name   string
			width  int64
			scheme string
		}{{"light", 1280, "light"}, {"dark", 1280, "dark"}, {"phone", 390, "light"}} {
			tab := newTab(t, browser, v.width, v.scheme)
			must(t, chromedp.Do(tab, chromedp.Navigate(srv.URL+"/"+name), chromedp.Sleep(200*time.Millisecond)))
			png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, name+"-"+v.name+".png"), png, 0o644))
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// startBrowser returns the context of a headless browser that ends with the test.
func startBrowser(t testing.TB) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("hide-scrollbars", true))
	alloc, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	browser, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	must(t, chromedp.Do(browser))
	return browser
}

// newTab returns a tab of the given width that likes the given scheme and no motion.
func newTab(t testing.TB, browser context.Context, width int64, scheme string) context.Context {
	t.Helper()
	tab, end := chromedp.NewContext(browser)
	t.Cleanup(end)
	must(t, chromedp.Do(tab, chromedp.EmulateViewport(width, 844), func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return chromedp.Void{}, err
	}))
	tab, stop := context.WithTimeout(tab, time.Minute)
	t.Cleanup(stop)
	return tab
}

// TestShotsOpen takes what shows only after a press: the palette, a menu, a filter, the sheet.
func TestShotsOpen(t *testing.T) {
	dir := flag.Lookup("shots").Value.String()
	if dir == "" {
		t.Skip("no -shots directory")
	}
	b := gallery(t)
	for _, x := range []struct {
		name, page, press string
		width             int64
		scheme            string
	}{
		{"open-narrow", "/refill", ".fold button", 1280, "light"}, {"open-menu", "/refill", "button[popovertarget=m120771]", 1280, "light"}, {"open-account", "/refill", ".me summary", 1280, "dark"},
		{"open-filter", "/refill", "details.drop:last-of-type summary.chip", 1280, "light"}, {"open-fetched", "/customer", `a[href="/form"]`, 1280, "light"},
		{"open-sheet", "/refill", "button[popovertarget=nav]", 390, "light"}, {"open-phone-filter", "/refill", "details.drop summary.chip", 390, "dark"},
		{"open-phone-dialog", "/refill", "a[data-dialog]", 390, "light"}, {"open-phone-menu", "/refill", "button[popovertarget=m120771]", 390, "light"},
	} {
		tab := newTab(t, b.ctx, x.width, x.scheme)
		must(t, chromedp.Do(tab, chromedp.Navigate(b.url+x.page), chromedp.Sleep(200*time.Millisecond)))
		press(t, tab, x.press)
		must(t, chromedp.Do(tab, chromedp.Sleep(300*time.Millisecond)))
		png, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, x.name+".png"), png, 0o644))
	}
}
