package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/admin"
	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/notify"
	"github.com/scriphq/scrip/internal/portal"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/ui"
)

type serveCommand struct {
	config.Storage
	config.Serve
}

// Validate refuses networks that are none.
func (c *serveCommand) Validate() error { return checkNetworks(&c.Serve) }

func checkNetworks(s *config.Serve) error {
	if _, err := notify.ParseNetworks(s.WebhookNetworks); err != nil {
		return fault.Field("webhook-networks", "Networks such as 10.0.0.0/8, with commas between.").Because(err)
	}
	if _, err := httpx.ParseProxies(s.TrustedProxies); err != nil {
		return fault.Field("trusted-proxies", "Networks such as 10.0.0.0/8, with commas between.").Because(err)
	}
	return nil
}

// Run serves until the process is told to stop.
func (c *serveCommand) Run(e *env) (err error) {
	log := logger(e.log, c.LogFormat)
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fault.Field("listen", "This address cannot be listened on.").Because(err)
	}
	defer ln.Close()
	o, err := open(e, &c.Storage, log, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = closing(err, o) }()
	token, err := o.setupToken(e)
	if err != nil {
		return err
	}
	handler, err := c.handler(o, e.version, token)
	if err != nil {
		return err
	}
	allowed, err := notify.ParseNetworks(c.WebhookNetworks)
	if err != nil {
		return err
	}
	o.app.Hooks = notify.NewHooks(allowed)
	tuneMemory()
	ctx, stop := context.WithCancel(e)
	defer stop()
	work := background(ctx, o)
	base := "http://" + visited(c.Listen, ln.Addr())
	if token != "" {
		fmt.Fprintf(e.out, "Set up here, once: %s/setup?token=%s\n", base, token)
	}
	fmt.Fprintf(e.out, "Scrip %s listens on %s\n", e.version, base)
	err = httpx.Server{Handler: handler, Log: log}.Run(ctx, ln)
	stop()
	<-work
	return err
}

// visited is what a browser on this machine calls the address that is listened on:
// localhost, where that was said or where it is every address.
func visited(listen string, at net.Addr) string {
	host, _, err := net.SplitHostPort(listen)
	tcp, ok := at.(*net.TCPAddr)
	if err != nil || !ok || host != "localhost" && !tcp.IP.IsUnspecified() {
		return at.String()
	}
	return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
}

// What the server lets its garbage grow to before it is collected, where the
// environment (GOGC, GOMEMLIMIT) says nothing else: redeeming makes much of it that
// lives briefly, and less collecting is more redeeming.
const (
	garbagePercent = 400
	memoryLimit    = 88 << 20 // bytes; past it collecting becomes as frequent as it must
)

func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// setupToken makes the token of the one-time link while there is nothing set up.
func (o *opened) setupToken(ctx context.Context) (string, error) {
	ready, err := o.db.IsSetUp(ctx)
	if err != nil || ready {
		return "", err
	}
	return seal.NewToken(), nil
}

// handler puts the doors side by side.
func (c *serveCommand) handler(o *opened, version, token string) (http.Handler, error) {
	proxies, err := httpx.ParseProxies(c.TrustedProxies)
	if err != nil {
		return nil, err
	}
	now := func() time.Time { return time.Now().UTC() }
	cookies, words := httpx.Cookies{Proxies: proxies}, httpx.Words{}
	catalogue, err := ui.LoadCatalogue()
	if err != nil {
		return nil, err
	}
	static, err := ui.Static()
	if err != nil {
		return nil, err
	}
	customers, err := portal.New(portal.Options{App: o.app, Catalogue: catalogue, Now: now, Log: o.log, Cookies: cookies, Words: words})
	if err != nil {
		return nil, err
	}
	machines := api.New(api.Options{App: o.app, Now: now, Log: o.log, Version: version, Proxies: proxies, Words: words, Profile: c.Profile,
		Rate: httpx.Rate{Burst: 60 * c.KeyRate, Per: time.Minute}})
	office := admin.New(admin.Options{App: o.app, Now: now, Log: o.log, Cookies: cookies, Words: words, Version: version, SetupToken: func() string { return token }})
	mux := http.NewServeMux()
	mux.Handle("/", customers)
	for _, path := range machines.Patterns() {
		mux.Handle(path, machines)
	}
	for _, path := range []string{"/admin", "/admin/", "/setup"} {
		mux.Handle(path, office)
	}
	mux.Handle(ui.StaticPrefix, static)
	words.Learn(ui.StaticPrefix)
	if c.Profile {
		profile(mux)
	}
	return httpx.Chain(mux, httpx.RequestID(func() string { return id.New("req") }), httpx.AccessLog{Log: o.log, Now: now, Proxies: proxies, Path: words.Path}.Wrap), nil
}

// profile serves pprof to this machine only. What a proxy on this machine passes on comes
// from elsewhere.
func profile(mux *http.ServeMux) {
	local := func(h http.HandlerFunc) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			ip := net.ParseIP(host)
			if err != nil || ip == nil || !ip.IsLoopback() || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
				http.NotFound(w, r)
				return
			}
			h(w, r)
		})
	}
	mux.Handle("/debug/pprof/", local(pprof.Index))
	mux.Handle("/debug/pprof/profile", local(pprof.Profile))
	mux.Handle("/debug/pprof/trace", local(pprof.Trace))
}
