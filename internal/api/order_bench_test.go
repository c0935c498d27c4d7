package api_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// largeOrder is a body with so many lines, and 30 codes that all apply to each.
func (w *world) largeOrder(lines int) string {
	var codes []any
	for range 30 {
		_, code := w.issue(w.campaign("discount", tenth(object{
			"value":  object{"type": "percent", "basis_points": 100, "applies_to": object{"collections": []string{"summer"}}},
			"limits": object{"unlimited_uses": true},
		})), nil)
		codes = append(codes, code)
	}
	var list []object
	for i := range lines {
		list = append(list, object{"id": fmt.Sprint("l", i), "product": fmt.Sprint("p", i%50), "collections": []string{"shoes", "summer"}, "quantity": 1 + i%4, "unit_price": 100 + i})
	}
	return string(jsonOf(object{"codes": codes, "order": object{"currency": "USD", "lines": list}}))
}

// serve sends a request again and again.
func (w *world) serve(b *testing.B, status int, next func(i int) ask) {
	b.ReportAllocs()
	var room bytes.Buffer // the answer's, on the client's side
	for i := range b.N {
		r := httptest.NewRecorder()
		room.Reset()
		r.Body = &room
		w.h.ServeHTTP(r, w.request(next(i)))
		if r.Code != status {
			b.Fatal(r.Body)
		}
	}
}

// An order of 1,000 lines and 30 codes is validated over HTTP in under 10 ms.
func BenchmarkValidatingALargeOrder(b *testing.B) {
	w := newWorld(b, storetest.FreshFile(b), api.Options{})
	a := ask{method: "POST", path: "/v1/validations", body: w.largeOrder(1000)}
	b.ResetTimer()
	w.serve(b, 200, func(int) ask { return a })
}

// BenchmarkRedeemingTheLargestOrder tells how long an order of 10,000 lines keeps others
// waiting: judging it and making its answer, writing it, and both with locks and commit.
func BenchmarkRedeemingTheLargestOrder(b *testing.B) {
	w := newWorld(b, storetest.FreshFile(b), api.Options{})
	body := w.largeOrder(10_000)
	j := &stopwatch{Journal: w.db}
	w.stop()
	w.journal = j
	w.begin()
	b.ResetTimer()
	w.serve(b, 201, func(i int) ask {
		return ask{method: "POST", path: "/v1/redemptions", body: body, once: fmt.Sprint("K", b.N, "-", i)}
	})
	for name, took := range map[string]time.Duration{"judging-ms": j.judging, "writing-ms": j.writing, "turn-ms": j.turn} {
		b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), name)
	}
}

// stopwatch is a journal that measures what happens in the engine's turn.
type stopwatch struct {
	coupon.Journal
	judging, writing, turn time.Duration
}

type timedTx struct {
	coupon.Tx
	on     *stopwatch
	locked time.Time
}

// Write measures the whole turn.
func (s *stopwatch) Write(ctx context.Context, k *coupon.Keys, fn func(coupon.Tx, *coupon.State) error) error {
	begun := time.Now()
	defer func() { s.turn += time.Since(begun) }()
	return s.Journal.Write(ctx, k, func(tx coupon.Tx, state *coupon.State) error {
		return fn(&timedTx{Tx: tx, on: s, locked: time.Now()}, state)
	})
}

// Apply begins when judging ends.
func (t *timedTx) Apply(ctx context.Context, c *coupon.Changes) error {
	begun := time.Now()
	t.on.judging += begun.Sub(t.locked)
	defer func() { t.on.writing += time.Since(begun) }()
	return t.Tx.Apply(ctx, c)
}
