package testenv

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// FreshSchema returns the URL of an empty schema on the shared PostgreSQL
// server; connections made with it see no other. It is dropped when the test
// ends. Without TEST_POSTGRES_URL the test fails.
func FreshSchema(t testing.TB) string {
	t.Helper()
	base := os.Getenv(PostgresVar)
	if base == "" {
		t.Fatalf("%s is not set: run make test, or go run ./cmd/testenv -- go test ./...", PostgresVar)
	}
	address, drop, err := NewSchema(base)
	if err != nil {
		t.Fatalf("a fresh schema: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("dropping a schema: %v", err)
		}
	})
	return address
}

// NewSchema makes an empty schema on the server at base and returns its URL, and
// what drops it.
func NewSchema(base string) (address string, drop func() error, err error) {
	name := "t_" + randomHex()
	if address, err = withSchema(base, name); err != nil {
		return "", nil, err
	}
	drop = func() error { return execute(base, "SET lock_timeout = '30s'", "DROP SCHEMA "+name+" CASCADE") }
	return address, drop, execute(base, "CREATE SCHEMA "+name)
}

// withSchema adds the search path in the way that every client understands:
// as an option, without a space (some take "+" for one and some do not).
func withSchema(address, schema string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", errors.New("want a URL that begins with postgres://")
	}
	query := u.Query()
	options := query.Get("options")
	if options != "" {
		options += " "
	}
	query.Set("options", options+"-csearch_path="+schema)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String(), nil
}

// execute runs the statements on a connection of its own.
func execute(address string, statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func randomHex() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
