package program_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/scriphq/scrip/internal/testenv"
)

// alone runs the program with nothing but these variables, and returns its exit status.
func alone(t *testing.T, environment []string, args ...string) (status int, out, errOut string) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Dir = append([]string{"PATH=" + os.Getenv("PATH")}, environment...), t.TempDir()
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatal(err)
		}
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// secret writes a file that holds one line.
func secret(t *testing.T, line string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Everything that a flag can say an environment variable can, and secrets come from
// files.
func TestTheEnvironmentStandsForFlags(t *testing.T) {
	t.Parallel()
	p := &place{t: t, data: t.TempDir(), url: testenv.FreshSchema(t)}
	database, password := secret(t, p.url), secret(t, "correct horse battery")
	here := []string{"SCRIP_DATA=" + p.data, "SCRIP_DATABASE_FILE=" + database}
	status, out, errOut := alone(t, append([]string{
		"SCRIP_ORGANISATION=Harbour Coffee", "SCRIP_CURRENCY=SGD", "SCRIP_TIME_ZONE=Asia/Singapore", "SCRIP_NAME=Ada", "SCRIP_EMAIL=ada@example.com", "SCRIP_PASSWORD_FILE=" + password}, here...), "setup")
	if status != 0 || out != "Harbour Coffee is set up. ada@example.com can sign in.\n" {
		t.Fatalf("setup: %d %s%s", status, out, errOut)
	}
	if _, err := os.Stat(filepath.Join(p.data, "scrip.db")); err == nil {
		t.Fatal("the file with the address was not read: SQLite was used")
	}
	status, key, errOut := alone(t, append([]string{"SCRIP_KEY_NAME=till", "SCRIP_KEY_SCOPES=vouchers:read,redemptions:write"}, here...), "key", "create")
	if p.key = strings.TrimSuffix(key, "\n"); status != 0 || !regexp.MustCompile(`^scrip_[A-Za-z0-9_-]{40,}$`).MatchString(p.key) {
		t.Fatalf("key create: %d, %d bytes, %s", status, len(key), errOut)
	}
	keys, err := os.ReadFile(filepath.Join(p.data, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(p.data, "keys.json")); err != nil {
		t.Fatal(err)
	}
	s := p.start(exec.Command(binary, "serve"), "SCRIP_DATABASE_FILE="+database, "SCRIP_DATA="+p.data, "SCRIP_KEYS="+string(keys), "SCRIP_LISTEN=127.0.0.1:0", "SCRIP_LOG_FORMAT=json", "SCRIP_KEY_RATE=7", "SCRIP_TRUSTED_PROXIES=127.0.0.0/8,::1")
	if strings.Contains(s.said(), "READ ONLY") {
		t.Errorf("the keys in the environment were not used: %s", s.said())
	}
	r := s.must(200, "GET", "/v1/vouchers", nil)
	if policy := r.header.Get("RateLimit-Policy"); policy != `"default";q=420;w=60` {
		t.Errorf("seven requests a second are %q", policy)
	}
	s.must(403, "GET", "/v1/campaigns", nil)
	if !strings.Contains(s.said(), `"msg":`) {
		t.Errorf("the log is no JSON: %s", s.said())
	}
}

func TestKeysAreListedAndEndAtOnce(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		s.must(200, "GET", "/v1/campaigns", nil)
		list := strings.Split(strings.TrimSpace(p.run("key", "list")), "\n")
		if len(list) != 2 || !regexp.MustCompile(`^ID +NAME +ENDS IN +SCOPES +MADE +LAST USED +STATE$`).MatchString(list[0]) {
			t.Fatalf("list: %q", list)
		}
		row := strings.Fields(list[1])
		if row[1] != "test" || row[2] != p.key[len(p.key)-4:] || row[3] != "all" || row[len(row)-1] != "active" || strings.Contains(list[1], p.key) {
			t.Errorf("the key's row: %q", list[1])
		}
		if out, err := p.try("key", "revoke", "key_nobody"); err == nil || !strings.Contains(err.Error(), "There is no such key") {
			t.Errorf("revoking nothing: %s %v", out, err)
		}
		p.run("key", "revoke", row[0])
		revoked := time.Now()
		for r, err := s.send("GET", "/v1/campaigns", "", nil); err != nil || r.status != 401; r, err = s.send("GET", "/v1/campaigns", "", nil) {
			if time.Since(revoked) > 1500*time.Millisecond { // another process may trust it for a second
				t.Fatalf("a revoked key works: %v %d", err, r.status)
			}
			<-time.After(20 * time.Millisecond)
		}
		if out := p.run("key", "list"); !strings.Contains(out, "revoked") {
			t.Errorf("list: %s", out)
		}
	})
}

// verify finds a balance that was changed behind the program's back, and says so by
// its exit status too.
func TestVerifyFindsATamperedBalance(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		s.must(201, "POST", "/v1/redemptions", object{"code": s.refills(1)[0], "customer": object{"source_id": "a"}})
		p.verified()
		p.tamper("UPDATE balance SET minor = minor + 1")
		out, err := p.try("verify")
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if status(err) != 1 || lines[len(lines)-1] != "1 difference" || !strings.Contains(out, "expected 1000, found 1001") {
			t.Fatalf("%v: %s", err, out)
		}
		p.tamper("UPDATE balance SET minor = minor - 1")
		p.verified()
	})
}

// status is the exit status of a command that failed.
func status(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return -1
}

// sql is the database, behind the program's back.
func (p *place) sql() *sql.DB {
	p.t.Helper()
	driver, source := "pgx", p.url
	if p.url == "" {
		driver, source = "sqlite", "file:"+filepath.Join(p.data, "scrip.db")+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { db.Close() })
	return db
}

// version is the schema's.
func (p *place) version() (version int64) {
	p.t.Helper()
	if err := p.sql().QueryRowContext(context.Background(), "SELECT MAX(version_id) FROM goose_db_version").Scan(&version); err != nil {
		p.t.Fatal(err)
	}
	return version
}

// tamper runs a statement that the program would never run.
func (p *place) tamper(statement string) {
	p.t.Helper()
	if _, err := p.sql().ExecContext(context.Background(), statement); err != nil {
		p.t.Fatalf("%s: %v", statement, err)
	}
}

func TestMigrateSaysTheVersions(t *testing.T) {
	t.Parallel()
	eachBarePlace(t, func(t *testing.T, p *place) {
		if out := p.run("database", "migrate"); !regexp.MustCompile(`^schema 0 → \d+\n$`).MatchString(out) {
			t.Errorf("the first: %q", out)
		}
		if out := p.run("database", "migrate"); !regexp.MustCompile(`^schema (\d+) → \d+\n$`).MatchString(out) || strings.HasPrefix(out, "schema 0") {
			t.Errorf("the second: %q", out)
		}
		if _, err := p.try("key", "create", "--name", "x", "--scopes", "all"); err == nil || !strings.Contains(err.Error(), "has not been set up") {
			t.Errorf("a key before the set-up: %v", err)
		}
	})
}

// What is wrong is said before anything is made: no folder, no key, no table.
func TestSetupRefusesBeforeItMakesAnything(t *testing.T) {
	t.Parallel()
	eachBarePlace(t, func(t *testing.T, p *place) {
		p.data = filepath.Join(p.data, "new")
		for field, args := range map[string][]string{
			"currency":      {"--currency", "XXXX", "--time-zone", "Asia/Singapore", "--email", "ada@example.com", "--password-file", secret(t, "correct horse battery")},
			"time-zone":     {"--currency", "SGD", "--time-zone", "Asia/Atlantis", "--email", "ada@example.com", "--password-file", secret(t, "correct horse battery")},
			"email":         {"--currency", "SGD", "--time-zone", "Asia/Singapore", "--email", "ada", "--password-file", secret(t, "correct horse battery")},
			"password-file": {"--currency", "SGD", "--time-zone", "Asia/Singapore", "--email", "ada@example.com", "--password-file", secret(t, "short")},
		} {
			if _, err := p.try(append([]string{"setup", "--organisation", "Harbour Coffee"}, args...)...); status(err) != 1 || !strings.Contains(err.Error(), field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := os.Stat(p.data); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the folder is there: %v", err)
		}
		if out, err := p.try("key", "list"); status(err) != 1 || !strings.Contains(err.Error(), "There is no database of Scrip here yet") {
			t.Errorf("a database was made: %s %v", out, err)
		}
	})
}

// A command beside a server, which may be another version's, leaves the schema alone.
func TestKeysDoNotMigrate(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		for _, c := range []struct{ statement, says string }{
			{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)", "newer version of Scrip"},
			{"DELETE FROM goose_db_version WHERE version_id > 0", "older version of Scrip"},
		} {
			p.tamper(c.statement)
			before := p.version()
			for _, args := range [][]string{{"key", "create", "--name", "x", "--scopes", "all"}, {"key", "list"}, {"key", "revoke", "key_x"}, {"verify"}} {
				if out, err := p.try(args...); status(err) != 1 || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v: %s %v", args, out, err)
				}
			}
			if after := p.version(); after != before {
				t.Errorf("the schema went from %d to %d", before, after)
			}
		}
	})
}

// The demonstration says how to sign in, serves data of every kind, ends when told,
// and leaves nothing behind.
func TestTheDemonstration(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	p := &place{t: t}
	s := p.start(exec.Command(binary, "demo", "--listen", "127.0.0.1:0"), "TMPDIR="+temp)
	for _, want := range []string{"admin@example.com", "mei@example.com", `password "demonstration"`} {
		if !strings.Contains(s.said(), want) {
			t.Errorf("the console does not say %q: %s", want, s.said())
		}
	}
	b := newVisitor(t, s.base)
	b.submit("/admin/sign-in", "email", "admin@example.com", "password", "demonstration")
	for path, want := range map[string]string{"/admin/": "Dashboard", "/admin/refill": "Deepavali", "/admin/coupons": "Barista set", "/admin/customers": "Mei"} {
		if page := b.get(path); !strings.Contains(page, want) {
			t.Errorf("%s does not show %q", path, want)
		}
	}
	left, err := filepath.Glob(filepath.Join(temp, "scrip-demo-*", "scrip.db"))
	if err != nil || len(left) != 1 {
		t.Fatalf("the folder: %v %v", left, err)
	}
	demo := &place{t: t, data: filepath.Dir(left[0])}
	demo.verified()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("told to end: %v", err)
	}
	if rest, _ := filepath.Glob(filepath.Join(temp, "*")); len(rest) != 0 {
		t.Errorf("it left %v", rest)
	}
}

// A kept demonstration is served again as it was.
func TestAKeptDemonstrationIsServedAgain(t *testing.T) {
	t.Parallel()
	p := &place{t: t, data: filepath.Join(t.TempDir(), "kept")}
	for range 2 {
		s := p.start(exec.Command(binary, "demo", "--listen", "127.0.0.1:0", "--keep", p.data))
		r, err := http.Get(s.base + "/readyz")
		if err != nil || r.StatusCode != 200 {
			t.Fatalf("%v %v", err, r)
		}
		r.Body.Close()
		s.kill()
	}
	p.verified()
}
