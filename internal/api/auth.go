package api

import (
	"hash/maphash"
	"net/http"
	"strings"
	"sync"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
)

// gate lets known keys in, counts what each does, and brakes networks that try
// unknown ones. It brakes the reading of the database only: nobody guesses a key.
type gate struct {
	keys      *httpx.RateLimit // requests of each key
	strangers *httpx.RateLimit // unknown keys from each network

	mu    sync.Mutex
	seed  maphash.Seed
	known map[uint64]struct{} // secrets that were good once
}

// maxKnown bounds what a gate remembers; past it, it begins anew.
const maxKnown = 10_000

func newGate(key, stranger httpx.Rate) *gate {
	return &gate{
		keys: httpx.NewRateLimit(key, 10_000), strangers: httpx.NewRateLimit(stranger, 100_000),
		seed: maphash.MakeSeed(), known: map[uint64]struct{}{},
	}
}

func (g *gate) knows(secret string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ok := g.known[maphash.String(g.seed, secret)]
	return ok
}

func (g *gate) forget(secret string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.known, maphash.String(g.seed, secret))
}

func (g *gate) remember(secret string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.known) >= maxKnown {
		clear(g.known)
	}
	g.known[maphash.String(g.seed, secret)] = struct{}{}
}

// admit finds out whose key a request carries, and counts the request.
func (a *API) admit(w http.ResponseWriter, r *http.Request) (*call, error) {
	address := a.proxies.Client(r)
	by, err := a.keyOf(r, httpx.Network(address))
	if err != nil {
		return nil, err
	}
	v := a.gate.keys.Take(by.ID, a.now())
	v.SetHeader(w.Header())
	if err := v.Err(); err != nil {
		return nil, err
	}
	c := &call{Request: app.Request{By: by, ID: httpx.RequestIDOf(r.Context())}}
	if address.IsValid() {
		c.Address = address.String()
	}
	return c, nil
}

// keyOf reads the bearer's key. A network that has tried too many unknown keys waits,
// but for keys that are known to be good.
func (a *API) keyOf(r *http.Request, network string) (app.By, error) {
	secret, ok := bearer(r)
	if !ok {
		return app.By{}, app.ErrUnauthenticated
	}
	known := a.gate.knows(secret)
	if !known {
		if v := a.gate.strangers.Peek(network, a.now()); !v.OK {
			return app.By{}, v.Err()
		}
	}
	by, err := a.app.KeyOf(r.Context(), secret)
	switch {
	case err == nil && !known:
		a.gate.remember(secret)
	case fault.Of(err) != nil && fault.Of(err).Kind == fault.Unauthenticated:
		a.gate.forget(secret)
		a.gate.strangers.Take(network, a.now())
	}
	return by, err
}

// bearer returns the secret of an Authorization header.
func bearer(r *http.Request) (string, bool) {
	list := r.Header.Values("Authorization")
	if len(list) != 1 {
		return "", false
	}
	scheme, secret, _ := strings.Cut(list[0], " ")
	secret = strings.TrimSpace(secret)
	return secret, strings.EqualFold(scheme, "Bearer") && secret != "" && len(secret) <= 200
}
