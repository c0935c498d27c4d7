// Package portal serves the customers' pages: sign-in, wallet, Top-up → Use voucher,
// balance, vouchers and profile. Every page works without scripts and in every
// language of the catalogue.
package portal

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// Options are the portal's parts; App, Catalogue and Now are needed.
type Options struct {
	App       *app.App
	Catalogue *ui.Catalogue
	Now       func() time.Time
	Log       *slog.Logger
	Cookies   httpx.Cookies
	Words     httpx.Words  // learns the addresses, for the access log
	Assets    http.Handler // ui.Static, when it is not mounted elsewhere
	SetUp     string       // where people are sent before the first set-up; "/admin/" when empty
}

// bodyLimit is far more than the largest form of these pages, in bytes.
const bodyLimit = 64 << 10

// portal holds what its handlers share.
type portal struct {
	Options
	door  httpx.Door
	prefs ui.Preferences
}

// New returns the handler of all customer pages, from "/" on.
func New(o Options) (http.Handler, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SetUp == "" {
		o.SetUp = "/admin/"
	}
	p := &portal{Options: o, prefs: ui.Preferences{Cookies: o.Cookies, Catalogue: o.Catalogue}}
	p.door = httpx.Door{Log: o.Log, Render: p.problem}
	sameOrigin, err := httpx.SameOrigin(p.door)
	if err != nil {
		return nil, err
	}
	return httpx.Chain(p.routes(), httpx.Recover(p.door), httpx.SecurityHeaders(o.Cookies.Proxies), sameOrigin, httpx.BodyLimit{Default: bodyLimit}.Wrap), nil
}

// access says who may open a route.
type access bool

// Signed-in customers only, which is the rule; or everybody.
const (
	own  access = false
	open access = true
)

// routes is the menu of the portal. What is not on it is not found, and what does not
// say open is for signed-in customers, each for themselves.
func (p *portal) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range []struct {
		pattern string
		access  access
		handler func(v *visit) error
	}{
		{"GET /sign-in", open, p.signInPage},
		{"POST /sign-in", open, p.signIn},
		{"GET /sign-in/code", open, p.codePage},
		{"POST /sign-in/code", open, p.signInByCode},
		{"POST /sign-out", open, p.signOut},

		{"GET /{$}", own, p.wallet},
		{"GET /history", own, p.history},
		{"GET /vouchers/{id}", own, p.voucher},
		{"GET /vouchers/{id}/live", own, p.voucherLive},

		{"GET /top-up", own, p.topUpPage},
		{"POST /top-up", own, p.topUp},
		{"GET /balance", own, p.balance},

		{"GET /profile", own, p.profilePage},
		{"POST /profile", own, p.saveProfile},
		{"GET /profile/password", own, func(v *visit) error { return httpx.SeeOther(v.w, "/profile") }}, // going back to a refused form
		{"POST /profile/password", own, p.changePassword},
		{"POST /sign-out/everywhere", own, p.signOutEverywhere},

		{"POST " + ui.PreferencesPath, open, func(v *visit) error { return p.prefs.Save(v.w, v.r) }},
		{"GET /manifest.webmanifest", open, p.manifest},
		{"/", open, func(*visit) error { return fault.New(fault.NotFound, "not_found", "There is no such page.") }},
	} {
		mux.Handle(r.pattern, p.handle(r.access, r.handler))
		p.Words.Learn(r.pattern)
	}
	if p.Assets != nil {
		mux.Handle("GET "+ui.StaticPrefix, p.Assets)
	}
	return mux
}
