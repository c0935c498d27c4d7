package testenv

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestPostgresIsPrivateAndLeavesNothing(t *testing.T) {
	t.Setenv(PostgresVar, "")
	address, stop, err := Postgres()
	if err != nil {
		t.Fatal(err)
	}
	var got string
	query(t, address, "SELECT current_setting('listen_addresses') || current_setting('fsync')", &got)
	if got != "on" {
		t.Errorf("listen_addresses and fsync: got %q, want none and on", got)
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o700 {
		t.Errorf("the socket's folder has mode %o, want 700: whoever enters it is superuser", got)
	}
	stop()
	if conn, err := pgx.Connect(t.Context(), address); err == nil {
		conn.Close(t.Context())
		t.Error("the server still answers after stop")
	}
	if _, err := os.Stat(config.Host); !os.IsNotExist(err) {
		t.Errorf("the folder is still there after stop: %v", err)
	}
}

func TestPostgresUsesTheServerItIsGiven(t *testing.T) {
	t.Setenv(PostgresVar, "postgres://elsewhere/db")
	address, stop, err := Postgres()
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if address != "postgres://elsewhere/db" {
		t.Errorf("got %q, want the one given", address)
	}
}

func TestServerThatCannotStartShowsWhy(t *testing.T) {
	t.Parallel()
	_, err := startServer(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "initdb") {
		t.Errorf("got %v, want an error that names initdb", err)
	}
}

func TestChromiumIsThere(t *testing.T) {
	t.Parallel()
	path, err := Chromium()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		soak string
		want int
	}{{"", 5}, {"0", 5}, {"1", 100}} {
		t.Setenv(SoakVar, tt.soak)
		if got := Count(5, 100); got != tt.want {
			t.Errorf("%s=%q: got %d, want %d", SoakVar, tt.soak, got, tt.want)
		}
	}
}

func TestFreshSchemasAreApartAndDropped(t *testing.T) {
	t.Parallel()
	var schema string
	t.Run("while the test runs", func(t *testing.T) {
		one, other := FreshSchema(t), FreshSchema(t)
		query(t, one, "SELECT current_schema()", &schema)
		var count int
		query(t, one, "CREATE TABLE thing (n INT)", nil)
		query(t, one, "SELECT count(*) FROM thing", &count)
		query(t, other, "CREATE TABLE thing (n INT)", nil)
	})
	var left int
	query(t, os.Getenv(PostgresVar), "SELECT count(*) FROM pg_namespace WHERE nspname = '"+schema+"'", &left)
	if left != 0 {
		t.Errorf("schema %s is still there", schema)
	}
}

func TestWithSchema(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain", "postgres://u@h:5432/db", "postgres://u@h:5432/db?options=-csearch_path%3Ds"},
		{"keeps parameters", "postgres://u@h/db?sslmode=disable", "postgres://u@h/db?options=-csearch_path%3Ds&sslmode=disable"},
		{"keeps options", "postgresql://h/db?options=-cjit%3Doff", "postgresql://h/db?options=-cjit%3Doff%20-csearch_path%3Ds"},
		{"a socket", "postgres://u@/db?host=%2Ftmp%2Fx", "postgres://u@/db?host=%2Ftmp%2Fx&options=-csearch_path%3Ds"},
	}
	for _, tt := range tests {
		if got, err := withSchema(tt.in, "s"); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	if _, err := withSchema("host=h dbname=db", "s"); err == nil {
		t.Error("a keyword string was accepted")
	}
}

// query runs one statement and scans its only value into dst, unless nil.
func query(t *testing.T, address, statement string, dst any) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if dst == nil {
		_, err = conn.Exec(ctx, statement)
	} else {
		err = conn.QueryRow(ctx, statement).Scan(dst)
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
