package api

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/scriphq/scrip/internal/httpx"
)

// measures are the figures that /metrics shows. No label ever holds an id or a code:
// routes are those of the route list.
type measures struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newMeasures() *measures {
	m := &measures{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "scrip_http_requests_total", Help: "Requests by route, method and class of status."}, []string{"route", "method", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "scrip_http_request_seconds", Help: "Time to answer by route and method.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route", "method"}),
	}
	m.registry.MustRegister(m.requests, m.took, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// of returns the middleware that measures one route.
func (m *measures) of(method, path string) httpx.Middleware {
	if path == "" {
		method, path = "any", method
	}
	var classes [6]prometheus.Counter
	for i := range classes {
		classes[i] = m.requests.WithLabelValues(path, method, strconv.Itoa(i)+"xx")
	}
	took := m.took.WithLabelValues(path, method)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun, seen := time.Now(), &recorder{ResponseWriter: w, status: http.StatusOK}
			defer func() {
				took.Observe(time.Since(begun).Seconds())
				classes[min(max(seen.status/100, 0), 5)].Inc()
			}()
			next.ServeHTTP(seen, r)
		})
	}
}

// recorder remembers the status of a reply.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes the status on.
func (r *recorder) WriteHeader(code int) {
	r.status = code
	r.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// What is unusual: so many wrong codes within a minute.
const (
	unusualOfKey = 100
	unusualOfAll = 1_000
)

// alarm tells the operator when unusually many wrong codes come in, through one key or
// in all. It locks nobody: a shop must not be closed by its visitors.
type alarm struct {
	log   *slog.Logger
	byKey *httpx.RateLimit
	all   *httpx.RateLimit

	mu   sync.Mutex
	last map[string]time.Time
}

func newAlarm(log *slog.Logger) *alarm {
	return &alarm{
		log: log, last: map[string]time.Time{},
		byKey: httpx.NewRateLimit(httpx.Rate{Burst: unusualOfKey, Per: time.Minute}, 10_000),
		all:   httpx.NewRateLimit(httpx.Rate{Burst: unusualOfAll, Per: time.Minute}, 1),
	}
}

// wrong counts a wrong code that came through a key, and says so once a minute when
// there are too many.
func (a *alarm) wrong(key string, now time.Time) {
	for who, v := range map[string]httpx.Verdict{key: a.byKey.Take(key, now), "all keys": a.all.Take("", now)} {
		if !v.OK && a.due(who, now) {
			a.log.Warn("ALERT: unusually many wrong codes", "through", who, "a_minute", v.Limit)
		}
	}
}

func (a *alarm) due(who string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.last[who]) < time.Minute {
		return false
	}
	if len(a.last) > 1_000 {
		clear(a.last)
	}
	a.last[who] = now
	return true
}
