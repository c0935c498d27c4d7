package api_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// An order of 1,000 lines and 30 codes is validated over HTTP in under 10 ms.
func BenchmarkValidatingALargeOrder(b *testing.B) {
	w := newWorld(b, storetest.FreshFile(b), api.Options{})
	var codes []any
	for range 30 {
		_, code := w.issue(w.campaign("discount", tenth(object{"value": object{"type": "percent", "basis_points": 100, "applies_to": object{"collections": []string{"summer"}}}})), nil)
		codes = append(codes, code)
	}
	var lines []object
	for i := range 1000 {
		lines = append(lines, object{"id": fmt.Sprint("l", i), "product": fmt.Sprint("p", i%50), "collections": []string{"shoes", "summer"}, "quantity": 1 + i%4, "unit_price": 100 + i})
	}
	a := ask{method: "POST", path: "/v1/validations", body: string(jsonOf(object{"codes": codes, "order": object{"currency": "USD", "lines": lines}}))}
	b.ResetTimer()
	b.ReportAllocs()
	var room bytes.Buffer // the answer's, on the client's side
	for range b.N {
		r := httptest.NewRecorder()
		room.Reset()
		r.Body = &room
		w.h.ServeHTTP(r, w.request(a))
		if r.Code != 200 {
			b.Fatal(r.Body)
		}
	}
}
