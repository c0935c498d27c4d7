package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

var (
	ctx     = context.Background()
	program = app.Request{By: app.Program("test")}
)

// start is a Saturday noon in Singapore.
var start = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

type object = map[string]any

// clock stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// notes is a log that many may write.
type notes struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write keeps a line.
func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.Buffer.Write(p)
}

func (n *notes) text() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.String()
}

// world is an API on a real App and database, with a key that may do everything.
type world struct {
	t       testing.TB
	db      *store.DB
	journal coupon.Journal // of the engine; db
	keys    *seal.Keys
	clock   *clock
	log     *notes
	options api.Options
	app     *app.App
	api     *api.API
	h       http.Handler
	all     string
	stop    func()
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) { fn(t, newWorld(t, url, api.Options{})) })
}

func newWorld(t testing.TB, url string, o api.Options) *world {
	t.Helper()
	w := &world{t: t, keys: seal.New(), clock: &clock{at: start}, log: &notes{}, options: o}
	w.db = storetest.Open(t, url, func(o *store.Options) { o.Now = w.clock.now })
	w.journal = w.db
	w.begin()
	t.Cleanup(func() { w.stop() })
	w.all = w.key("all")
	return w
}

// begin starts a process: App, API and somebody who does the jobs.
func (w *world) begin() {
	log := slog.New(httpx.Redact(slog.NewTextHandler(w.log, nil)))
	w.app = app.New(app.Options{Store: w.db, Journal: w.journal, Keys: w.keys, Now: w.clock.now, Log: log})
	o := w.options
	o.App, o.Log, o.Version, o.Words = w.app, log, "test", httpx.Words{}
	w.api = api.New(o)
	w.h = httpx.Chain(w.api, httpx.RequestID(func() string { return id.New("req") }), httpx.AccessLog{Log: log, Now: w.clock.now, Path: o.Words.Path}.Wrap)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.work(ctx)
	}()
	w.stop = func() {
		cancel()
		<-done
		w.app.Close()
	}
}

// restart is another process on the same database.
func (w *world) restart() {
	w.stop()
	w.begin()
}

// work generates what waits.
func (w *world) work(ctx context.Context) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		list, err := w.db.ActiveJobs(ctx)
		if err != nil {
			continue
		}
		for _, j := range list {
			run := w.app.Generate
			if j.Kind == coupon.JobImport {
				run = w.app.RunImport
			}
			if err := run(ctx, j); err != nil && ctx.Err() == nil {
				w.t.Errorf("%s: %v", j.Kind, err)
			}
		}
	}
}

// key makes a key with scopes.
func (w *world) key(scopes ...string) string {
	w.t.Helper()
	secret, _, err := w.app.CreateKey(ctx, program, "test "+scopes[0], scopes)
	if err != nil {
		w.t.Fatal(err)
	}
	return secret
}

// ask is one request. A string is a body as it is; anything else is sent as JSON.
type ask struct {
	method, path string
	body         any
	key          string // "" is the key that may do everything; "none" sends none
	once         string // Idempotency-Key
	header       map[string]string
	address      string
}

func (w *world) request(a ask) *http.Request {
	var body []byte
	switch b := a.body.(type) {
	case nil:
	case string:
		body = []byte(b)
	default:
		var err error
		if body, err = json.Marshal(b); err != nil {
			w.t.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(ctx, a.method, a.path, bytes.NewReader(body))
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.key == "" {
		a.key = w.all
	}
	if a.key != "none" {
		r.Header.Set("Authorization", "Bearer "+a.key)
	}
	if a.once != "" {
		r.Header.Set("Idempotency-Key", a.once)
	}
	for name, v := range a.header {
		r.Header.Set(name, v)
	}
	if a.address != "" {
		r.RemoteAddr = a.address + ":4711"
	}
	return r
}

func (w *world) send(a ask) reply {
	w.t.Helper()
	r := w.request(a)
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	out := reply{w.t, a.method + " " + a.path, rec.Code, rec.Body.Bytes(), rec.Header()}
	w.conforms(r, out)
	return out
}

func (w *world) post(path string, body any) reply {
	w.t.Helper()
	return w.send(ask{method: "POST", path: path, body: body})
}

func (w *world) get(path string) reply {
	w.t.Helper()
	return w.send(ask{method: "GET", path: path})
}

// conforms fails unless an answer is as the document says.
func (w *world) conforms(r *http.Request, got reply) {
	w.t.Helper()
	method, path, _ := strings.Cut(w.api.Endpoint(r), " ")
	item := w.api.Document().Paths[path]
	if item == nil {
		return // no endpoint
	}
	o := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PATCH": item.Patch}[method]
	kind := strings.Split(got.header.Get("Content-Type"), ";")[0]
	response := o.Responses[http.StatusText(0)]
	for code, documented := range o.Responses {
		if code == "default" && response == nil && got.status >= 400 || code == string(jsonOf(got.status)) {
			response = documented
		}
	}
	if response == nil || response.Content[kind] == nil {
		w.t.Errorf("%s: status %d with %q is not in the document", got.what, got.status, kind)
		return
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	var v any
	if err := json.Unmarshal(got.body, &v); err != nil {
		w.t.Errorf("%s: not JSON: %v", got.what, err)
		return
	}
	res := huma.ValidateResult{}
	huma.Validate(w.api.Document().Components.Schemas, response.Content[kind].Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &res)
	for _, err := range res.Errors {
		w.t.Errorf("%s: the answer is not as documented: %v", got.what, err)
	}
}

func jsonOf(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

// sgd is an amount in minor units.
func sgd(minor int) object { return object{"amount": minor, "currency": "SGD"} }

// refills is a campaign of refill coupons.
func (w *world) refills() string {
	w.t.Helper()
	return w.post("/v1/campaigns", object{"kind": "refill", "name": "Refill", "value": object{"type": "amount"}, "code": object{"alphabet": "digits"}}).is(201).id()
}

// campaign makes a campaign of a kind; parts win over the defaults.
func (w *world) campaign(kind string, parts object) string {
	w.t.Helper()
	body := object{"kind": kind, "name": "Test " + kind, "value": object{"type": "amount", "money": sgd(1000)}}
	maps.Copy(body, parts)
	return w.post("/v1/campaigns", body).is(201).id()
}

// issue issues one voucher of a campaign and returns its id and code.
func (w *world) issue(campaign string, parts object) (voucher, code string) {
	w.t.Helper()
	if parts == nil {
		parts = object{}
	}
	r := w.post("/v1/campaigns/"+campaign+"/vouchers", parts).is(201)
	return r.id(), r.at("code").(string)
}

// batch makes a small batch of refill coupons and returns its id.
func (w *world) batch(campaign string, quantity int) string {
	w.t.Helper()
	return w.post("/v1/campaigns/"+campaign+"/batches", object{"description": "TESTING", "prefix": "12", "quantity": quantity, "money": sgd(1000)}).is(201).id()
}

// customer makes a customer.
func (w *world) customer(source string) string {
	w.t.Helper()
	return w.post("/v1/customers", object{"source_id": source, "name": "Mei Lin"}).is(201).id()
}

// publish gives the events their places in the feed.
func (w *world) publish() {
	w.t.Helper()
	if _, err := w.db.Publish(ctx); err != nil {
		w.t.Fatal(err)
	}
}
