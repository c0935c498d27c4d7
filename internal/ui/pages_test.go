package ui_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// pages are the gallery: every component, in pages as people see them.
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
		"portal": portalPage(t, cat.English(), cat.All()), "portal-ar": portalPage(t, language("ar"), cat.All()), "portal-de": portalPage(t, language("de"), cat.All()), "portal-ja": portalPage(t, language("ja"), cat.All()), "portal-zh": portalPage(t, language("zh-Hans"), cat.All()),
		"voucher": voucherPage(t, cat.English()), "till": tillPage(), "sign-in": signInPage(cat.English()), "gallery": everything(t),
		"form": formPage(nil),
	}
}

func formPage(wrong map[string]string) templ.Component {
	return around(ui.Layout(shell("Generate code", "Customers")), around(ui.FormPage{Title: "Generate code", Sub: "For Mei Tan"}.With(), createForm(wrong)))
}

// gallery serves the pages as the program does, security headers included, and
// returns where.
func gallery(t testing.TB) string {
	t.Helper()
	assets, err := ui.Static()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	door := httpx.Door{Render: func(_ http.ResponseWriter, _ *http.Request, f *fault.Error) error { return f }}
	handle := func(pattern string, page templ.Component, status int) {
		mux.Handle(pattern, door.Handle(func(w http.ResponseWriter, r *http.Request) error { return httpx.Page(w, r, status, page) }))
	}
	mux.Handle(ui.StaticPrefix, assets)
	for name, page := range pages(t) {
		handle("GET /"+name, page, http.StatusOK)
	}
	handle("/wrong", formPage(map[string]string{"amount": "Still too many decimals."}), http.StatusUnprocessableEntity)
	mux.HandleFunc("POST /admin/refill", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("amount") == "10.005" {
			r.URL.Path = "/wrong"
			mux.ServeHTTP(w, r)
			return
		}
		http.Redirect(w, r, "/refill", http.StatusSeeOther)
	})
	mux.HandleFunc("/progress", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(ui.ProgressUpdate{Done: 64000, Total: 100000, Note: "64,000 of 100,000 · 16,200 a second · 4 s left"})
	})
	mux.HandleFunc("POST "+ui.PreferencesPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	version := "3"
	mux.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"version":%q}`, version)
		version = "4"
	})
	srv := httptest.NewServer(httpx.Chain(mux, httpx.SecurityHeaders(nil)))
	t.Cleanup(srv.Close)
	return srv.URL
}
