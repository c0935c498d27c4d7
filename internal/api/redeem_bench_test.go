package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// sink is a client that throws answers away.
type sink struct {
	header http.Header
	status int
}

// Header is the answer's.
func (s *sink) Header() http.Header { return s.header }

// WriteHeader keeps the status.
func (s *sink) WriteHeader(code int) { s.status = code }

// Write takes everything.
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkRequests measures what a request costs the whole chain of handlers, 64 at a
// time: one that does nothing, a redemption of a voucher of its own, and one of a public
// code. cpu-µs is the processor time of the process, which tells less of the neighbours.
func BenchmarkRequests(b *testing.B) {
	for _, c := range []struct{ name, path, body string }{
		{"nothing", "/v1/nothing", `{"code":"GIFT-%d","reference":"R-1","client":"203.0.113.7"}`},
		{"redemption", "/v1/redemptions", `{"code":"CODE%d","reference":"R-1"}`},
		{"public", "/v1/redemptions", `{"code":"WELCOME","reference":"R-%d"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(b, storetest.FreshFile(b), api.Options{Profile: true, Rate: httpx.Rate{Burst: 1 << 40, Per: time.Minute}})
			campaign := w.campaign("discount", tenth(object{"limits": object{"unlimited_uses": true, "total": 1 << 40}}))
			if c.name == "public" {
				w.issue(campaign, object{"code": "WELCOME"})
			}
			if c.name == "redemption" {
				for i := range b.N {
					w.issue(campaign, object{"code": fmt.Sprint("CODE", i)})
				}
			}
			var n atomic.Int64
			b.SetParallelism(32)
			b.ReportAllocs()
			b.ResetTimer()
			before := processorTime()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1) - 1
					body := fmt.Sprintf(c.body, i)
					r, _ := http.NewRequestWithContext(ctx, "POST", c.path, bytes.NewReader([]byte(body)))
					r.RemoteAddr = "192.0.2.1:1234"
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("Authorization", "Bearer "+w.all)
					r.Header.Set("Idempotency-Key", fmt.Sprint("K", i))
					s := &sink{header: http.Header{}}
					w.h.ServeHTTP(s, r)
					if s.status/100 != 2 {
						b.Errorf("%s: %d", body, s.status)
						return
					}
				}
			})
			b.ReportMetric(float64(processorTime()-before)/1000/float64(b.N), "cpu-µs/op")
		})
	}
}

// processorTime is what the process has used so far, nanoseconds.
func processorTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
