package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

func TestSeveralProcessesMigrateOnce(t *testing.T) {
	t.Parallel()
	url := storetest.FreshSchema(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := store.Open(ctx, store.Options{URL: url})
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if _, after, err := db.Migrate(ctx); err != nil || after < 1 {
				t.Errorf("%d, %v", after, err)
			}
		})
	}
	wg.Wait()
	db, err := store.Open(ctx, store.Options{URL: url})
	ok(t, err)
	defer db.Close()
	var rows, versions int
	ok(t, db.Query(ctx, "SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0", &rows))
	ok(t, db.Query(ctx, "SELECT COUNT(DISTINCT version_id) FROM goose_db_version WHERE version_id > 0", &versions))
	before, after, err := db.Migrate(ctx)
	if ok(t, err); before != after || rows != versions {
		t.Fatalf("%d migrations ran, from %d to %d", rows, before, after)
	}
}

// A process that was killed while it held the lock keeps no other from starting.
func TestAStartWithNothingToMigrateTakesNoLock(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	ok(t, db.Tamper(ctx, "UPDATE goose_lock SET locked = TRUE, locked_at = NOW(), locked_by = 'gone', lease_expires_at = NOW() + INTERVAL '1 hour'"))
	soon, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	before, after, err := db.Migrate(soon)
	if ok(t, err); before != after || before < 1 {
		t.Fatalf("%d, %d", before, after)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ok(t, db.Tamper(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)"))
		_, _, err := db.Migrate(ctx)
		refused(t, "migrating it", err, fault.Conflict, "")
	})
}

// The schema that the migrations make, as each database shows it. To see what a
// migration changes, run the test with UPDATE_GOLDEN=1 and look at the difference.
func TestTheSchemaIsTheGoldenOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		path := filepath.Join("testdata", "schema_"+db.Kind()+".txt")
		got, err := db.Schema(ctx)
		ok(t, err)
		if os.Getenv("UPDATE_GOLDEN") == "1" {
			ok(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		ok(t, err)
		equal(t, "schema", strings.Split(got, "\n"), strings.Split(string(want), "\n"))
	})
}

// Answers of before are found again: only keys that were made an hour after the upgrade are
// looked up by their time.
func TestKeysHaveTimesSinceTheUpgrade(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		org, err := db.Organisation(ctx)
		if ok(t, err); !org.KeysTimed.IsZero() {
			t.Errorf("in a new database keys have times since %v", org.KeysTimed)
		}
		ok(t, db.Tamper(ctx, "ALTER TABLE organisation DROP COLUMN keys_timed"))
		ok(t, db.Tamper(ctx, "DELETE FROM goose_db_version WHERE version_id >= 13"))
		_, _, err = db.Migrate(ctx)
		ok(t, err)
		var micros int64
		ok(t, db.Query(ctx, "SELECT keys_timed FROM organisation", &micros))
		if from := time.Until(time.UnixMicro(micros)); from < 55*time.Minute || from > time.Hour {
			t.Errorf("after the upgrade keys have times in %v", from)
		}
	})
}
