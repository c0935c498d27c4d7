// Package storetest gives tests a fresh database of each kind. There is no mock
// of the store: what is tested is what runs.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/testenv"
)

// Each runs fn as a subtest on a fresh, migrated, set-up database of each kind.
func Each(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { fn(t, Open(t, url)) })
}

// EachURL runs fn as a subtest with the address of an empty database of each kind.
func EachURL(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, FreshFile(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); fn(t, FreshSchema(t)) })
}

// FreshSchema returns the address of an empty schema on the tests' server.
func FreshSchema(t testing.TB) string {
	t.Helper()
	return testenv.FreshSchema(t)
}

// FreshFile returns the path of an SQLite database that does not exist yet, in a
// folder of the test.
func FreshFile(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "scrip.db")
}

// SQLite returns a fresh database in a folder of the test.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, FreshFile(t))
}

// Postgres returns a fresh schema on the tests' server.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, FreshSchema(t))
}

// Open opens the database at url, which does not exist yet, migrated and set up, and closes it
// with the test.
func Open(t testing.TB, url string, change ...func(*store.Options)) *store.DB {
	t.Helper()
	begin := copied
	if strings.HasPrefix(url, "postgres") {
		begin = made
	}
	db, err := begin(url, change...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// made migrates and sets up an empty database.
func made(url string, change ...func(*store.Options)) (*store.DB, error) {
	ctx := context.Background()
	db, err := opened(url, change...)
	if err != nil {
		return nil, err
	}
	if _, _, err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate: %w", err), db.Close())
	}
	org, admin := Organisation(), Admin()
	ev := coupon.Event{Type: coupon.EventSetUp, Subject: "org", By: admin.Actor(), At: org.CreatedAt}
	if err := db.SetUp(ctx, org, admin, ev); err != nil {
		return nil, errors.Join(fmt.Errorf("set up: %w", err), db.Close())
	}
	return db, nil
}

// copied begins with a copy of a database that was made once: under the race detector SQLite
// takes most of a second for the migrations.
func copied(path string, change ...func(*store.Options)) (*store.DB, error) {
	content, err := model()
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := file.Write(content); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	return opened(path, change...)
}

// model is the file of a database that has been set up.
var model = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "scrip-model-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "scrip.db")
	db, err := made(path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // its log is in the file then
		return nil, err
	}
	return os.ReadFile(path)
})

func opened(url string, change ...func(*store.Options)) (*store.DB, error) {
	o := store.Options{URL: url}
	for _, f := range change {
		f(&o)
	}
	db, err := store.Open(context.Background(), o)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return db, nil
}

// Organisation is the one that tests work for.
func Organisation() coupon.Organisation {
	return coupon.Organisation{
		Name: "Harbour Coffee", TimeZone: "Asia/Singapore", Currency: "SGD", Language: "en", SupportContact: "help@example.com",
		Version: 1, CreatedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Admin is the person who set the organisation up; the password hash fits nothing.
func Admin() coupon.Staff {
	at := Organisation().CreatedAt
	return coupon.Staff{
		ID: "stf_00000000000000000000000001", Email: "admin@example.com", Name: "Ada Admin", Role: coupon.Admin, Password: "none", CreatedAt: at, UpdatedAt: at,
	}
}
