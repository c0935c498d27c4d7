package engine_test

import (
	"context"
	"testing"

	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/testenv"
)

// twoDesks returns two engines, each with connections of its own, on one PostgreSQL
// schema: what two processes are to each other. SQLite data belong to one process.
// Their batches are small, so that many of them meet.
func twoDesks(t *testing.T) (one, other *desk) {
	t.Helper()
	small := func(o *engine.Options) { o.Batch = 3 }
	url := testenv.FreshSchema(t)
	one = newDesk(t, storetest.Open(t, url), small)
	one.sql = reading(t, url)
	second, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	})
	other = newDesk(t, second, small)
	other.sql = one.sql
	return one, other
}
