// Package api is the JSON door: /v1, its OpenAPI document and its reference, health
// and metrics. Shapes, scopes and documentation come from the types of this package;
// what may be done, and what it does, is app's business.
package api

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/httpx"
)

// Options are an API's parts; App is needed.
type Options struct {
	App       *app.App
	Now       func() time.Time // App's when left out
	Log       *slog.Logger
	Version   string
	Proxies   httpx.Proxies // believed about where a request came from
	Rate      httpx.Rate    // requests of one key; 1,000 a second over a minute
	Strangers httpx.Rate    // unknown keys from one network; 30 a minute
	Words     httpx.Words   // learns the addresses, for the access log
	Profile   bool          // serve /v1/nothing too, to measure what HTTP alone costs
}

// API serves the addresses that Patterns lists. It expects httpx.RequestID around it.
type API struct {
	app      *app.App
	now      func() time.Time
	proxies  httpx.Proxies
	door     httpx.Door
	gate     *gate
	guesses  *alarm
	measures *measures
	mux      *http.ServeMux
	words    httpx.Words
	patterns []string // of the endpoints, as the mux has them
	registry huma.Registry
	doc      *huma.OpenAPI
	rooms    sync.Pool // of *bytes.Buffer: a large answer's memory costs more than its writing
}

// strict makes huma tell "code" from "CODE". It is a switch of the whole process.
var strict = sync.OnceFunc(func() { huma.ValidateStrictCasing = true })

// New returns the API of an installation.
func New(o Options) *API {
	strict()
	if o.Now == nil {
		o.Now = o.App.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rate.Burst == 0 {
		o.Rate = httpx.Rate{Burst: 60_000, Per: time.Minute}
	}
	if o.Strangers.Burst == 0 {
		o.Strangers = httpx.Rate{Burst: 30, Per: time.Minute}
	}
	a := &API{
		app: o.App, now: o.Now, proxies: o.Proxies, door: httpx.Door{Log: o.Log, Render: fail}, gate: newGate(o.Rate, o.Strangers),
		guesses: newAlarm(o.Log), measures: newMeasures(), mux: http.NewServeMux(), words: o.Words,
		registry: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
	}
	a.rooms.New = func() any { return new(bytes.Buffer) }
	a.doc = a.blank(o.Version)
	a.routes()
	a.health(o.Version)
	if o.Profile {
		read(a, "POST /v1/nothing", op{summary: "Take a redemption and do nothing"}, a.nothing)
	}
	a.finish()
	return a
}

// Patterns lists what to mount the API at.
func (a *API) Patterns() []string {
	return []string{"/v1/", "/docs", "/docs/", "/healthz", "/readyz", "/metrics"}
}

// ServeHTTP serves a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// handle puts a handler on the mux, with measuring and recovery around it.
func (a *API) handle(pattern string, f httpx.Func) {
	a.patterns = append(a.patterns, pattern)
	method, path, _ := strings.Cut(pattern, " ")
	a.words.Learn(pattern)
	a.mux.Handle(pattern, httpx.Chain(a.door.Handle(f), a.measures.of(method, path), httpx.Recover(a.door)))
}

// lost answers addresses that nothing is at, and methods that an address lacks.
func (a *API) lost(w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		return errNoSuchPath
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return errMethod
}
