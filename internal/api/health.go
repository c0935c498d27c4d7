package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/app"
)

// running is the answer to "is it up?".
type running struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

// health registers what watchers ask for.
func (a *API) health(version string) {
	none := inputOf(a.registry, reflect.TypeFor[struct{}]())
	out := a.content(reflect.TypeFor[running]())
	a.document("GET /healthz", op{tag: "Program", summary: "Whether the process is up"}, none, out)
	a.handle("GET /healthz", func(w http.ResponseWriter, _ *http.Request) error {
		return reply(w, http.StatusOK, encode(running{"ok", version}))
	})
	a.document("GET /readyz", op{tag: "Program", summary: "Whether it can work: the database answers, and set-up is done"}, none, out)
	a.handle("GET /readyz", func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := a.notReady(ctx); err != nil {
			return err
		}
		return reply(w, http.StatusOK, encode(running{"ok", version}))
	})
	text := media{"text/plain", &huma.Schema{Type: huma.TypeString}}
	a.document("GET /metrics", op{tag: "Program", summary: "Figures for Prometheus", scope: "settings:read", doc: "From the same machine or a private network no key is needed."}, none, text)
	figures := promhttp.HandlerFor(a.measures.registry, promhttp.HandlerOpts{})
	a.handle("GET /metrics", func(w http.ResponseWriter, r *http.Request) error {
		if err := a.mayMeasure(w, r); err != nil {
			return err
		}
		figures.ServeHTTP(w, r)
		return nil
	})
}

// notReady is why the server cannot work yet, nil when it can.
func (a *API) notReady(ctx context.Context) error {
	switch ready, err := a.app.IsSetUp(ctx); {
	case err != nil:
		return errNotReady.Saying("The database does not answer.").Because(err)
	case !ready:
		return errNotReady.Saying("Scrip has not been set up.")
	case a.app.Broken != nil:
		return errNotReady.Saying("The secret keys are missing or do not fit this database: nothing can be changed until the right key file is back.").Because(a.app.Broken)
	}
	return nil
}

// mayMeasure lets neighbours in, and keys that may read settings. Behind a proxy that
// is not among the trusted ones everybody looks like a neighbour: then only keys.
func (a *API) mayMeasure(w http.ResponseWriter, r *http.Request) error {
	client := a.proxies.Client(r)
	near := client.IsLoopback() || client.IsPrivate() || client.IsLinkLocalUnicast()
	forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
	if near && (!forwarded || len(a.proxies) > 0) {
		return nil
	}
	c, err := a.admit(w, r)
	if err != nil {
		return err
	}
	for _, scope := range []string{"settings:read", "settings:write", "all"} {
		if slices.Contains(c.By.Scopes, scope) {
			return nil
		}
	}
	return app.ErrForbidden.Saying("This key lacks the scope settings:read.")
}
