package client_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/client"
	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

var (
	ctx     = context.Background()
	program = app.Request{By: app.Program("test")}
)

// world is a real server on a real database, and a client that reaches it through a wire
// which can fail.
type world struct {
	t    testing.TB
	db   *store.DB
	app  *app.App
	stop func() // closes the App, once
	wire *wire
	url  string
	key  string
	*client.Client
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) { fn(t, newWorld(t, url)) })
}

func newWorld(t testing.TB, url string) *world {
	t.Helper()
	w := &world{t: t, db: storetest.Open(t, url)}
	log := slog.New(slog.DiscardHandler)
	w.app = app.New(app.Options{Store: w.db, Journal: w.db, Keys: seal.New(), Now: time.Now, Log: log})
	w.stop = sync.OnceFunc(w.app.Close)
	t.Cleanup(w.stop)
	h := api.New(api.Options{App: w.app, Log: log, Version: "test", Words: httpx.Words{}})
	server := httptest.NewServer(httpx.Chain(h, httpx.RequestID(func() string { return id.New("req") })))
	t.Cleanup(server.Close)
	w.wire = &wire{to: server.URL}
	between := httptest.NewServer(w.wire)
	t.Cleanup(between.Close)
	secret, _, err := w.app.CreateKey(ctx, program, "shop", []string{"all"})
	if err != nil {
		t.Fatal(err)
	}
	w.url, w.key = between.URL, secret
	w.Client = w.client(client.Options{})
	return w
}

// client makes another client of the server, which does not wait long.
func (w *world) client(o client.Options) *client.Client {
	w.t.Helper()
	o.URL, o.Key = w.url, w.key
	if o.Pause == 0 {
		o.Pause = time.Millisecond
	}
	c, err := client.New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// campaign makes a campaign of 10 % off.
func (w *world) campaign(change ...func(*app.CampaignInput)) string {
	w.t.Helper()
	name := "Spring"
	in := app.CampaignInput{Kind: coupon.KindDiscount, Name: &name, Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Code: &coupon.CodePolicy{Check: true}}
	for _, f := range change {
		f(&in)
	}
	c, err := w.app.CreateCampaign(ctx, program, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(c.ID)
}

func budget(minor int64) func(*app.CampaignInput) {
	return func(in *app.CampaignInput) {
		in.Limits = &coupon.Limits{Budget: &money.Amount{Minor: minor, Asset: "USD"}}
	}
}

// wire hands requests to the server, and does to each answer what was planned for it.
type wire struct {
	to string

	mu   sync.Mutex
	plan []fate
	keys []string // the Idempotency-Key of each request
}

// fate is what becomes of a request, and whether the server ever sees it.
type fate struct {
	name    string
	reaches bool
	answer  func(w http.ResponseWriter, status int, body []byte)
}

func broken(http.ResponseWriter, int, []byte) { panic(http.ErrAbortHandler) }

func says(status int, kind, body string) func(http.ResponseWriter, int, []byte) {
	return func(w http.ResponseWriter, _ int, _ []byte) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have gone
	}
}

// half begins the answer and breaks off.
func half(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body[:len(body)/2]) // the client may have gone
	panic(http.ErrAbortHandler)
}

func (p *wire) plans(list ...fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan, p.keys = list, nil
}

// sent returns the keys of the requests since the last plan.
func (p *wire) sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys
}

func (p *wire) next(key string) *fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append(p.keys, key)
	if len(p.plan) == 0 {
		return nil
	}
	f := p.plan[0]
	p.plan = p.plan[1:]
	return &f
}

// ServeHTTP passes a request on.
func (p *wire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := p.next(r.Header.Get("Idempotency-Key"))
	if f != nil && !f.reaches {
		f.answer(w, 0, nil)
		return
	}
	on := r.Clone(r.Context())
	on.RequestURI, on.URL.Scheme, on.URL.Host = "", "http", p.to[len("http://"):]
	resp, err := http.DefaultTransport.RoundTrip(on)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if f != nil {
		f.answer(w, resp.StatusCode, body)
		return
	}
	for name, v := range resp.Header {
		w.Header()[name] = v
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(body) // the client may have gone
}
