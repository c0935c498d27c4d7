// Package program tests the whole binary as its users run it: as a process, over
// HTTP, killed without warning.
package program_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/testenv"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "scrip-program")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "scrip")
	build := exec.Command("go", "build", "-o", binary, "github.com/scriphq/scrip/cmd/scrip")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// place is an installation's folder and database.
type place struct {
	t    testing.TB
	data string
	url  string // of PostgreSQL; "" for SQLite
	key  string
}

// eachPlace runs fn on a fresh, set-up installation of each database.
func eachPlace(t *testing.T, fn func(t *testing.T, p *place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, newPlace(t, "")) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); fn(t, newPlace(t, testenv.FreshSchema(t))) })
}

// eachBarePlace runs fn on an empty folder, and on an empty schema.
func eachBarePlace(t *testing.T, fn func(t *testing.T, p *place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, &place{t: t, data: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); fn(t, &place{t: t, data: t.TempDir(), url: testenv.FreshSchema(t)}) })
}

func newPlace(t testing.TB, url string) *place {
	t.Helper()
	p := &place{t: t, data: t.TempDir(), url: url}
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("correct horse battery\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run("setup", "--organisation", "Harbour Coffee", "--currency", "SGD", "--time-zone", "Asia/Singapore", "--email", "ada@example.com", "--password-file", password)
	p.key = strings.TrimSpace(p.run("key", "create", "--name", "test", "--scopes", "all"))
	if strings.ContainsAny(p.key, " \n") {
		t.Fatalf("key create printed more than the key: %d bytes", len(p.key))
	}
	return p
}

func (p *place) command(args ...string) *exec.Cmd {
	verbs := 1
	if args[0] == "key" || args[0] == "database" || args[0] == "secret" || args[0] == "bench" {
		verbs = 2
	}
	full := append(append([]string{}, args[:verbs]...), "--data", p.data)
	if p.url != "" {
		full = append(full, "--database", p.url)
	}
	return exec.Command(binary, append(full, args[verbs:]...)...)
}

// run runs one command to its end and returns what it printed.
func (p *place) run(args ...string) string {
	p.t.Helper()
	out, err := p.try(args...)
	if err != nil {
		p.t.Fatalf("scrip %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (p *place) try(args ...string) (string, error) {
	cmd := p.command(args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("%w\n%s%s", err, out.String(), errOut.String())
	}
	return out.String(), err
}

// server is one running process.
type server struct {
	*place
	cmd  *exec.Cmd
	base string
	mu   sync.Mutex
	log  bytes.Buffer
}

// serve starts a server on a free port.
func (p *place) serve(args ...string) *server {
	p.t.Helper()
	return p.start(p.command(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...))
}

// start starts a server by a command, with these environment variables only if there
// are any, and waits until it listens.
func (p *place) start(cmd *exec.Cmd, environment ...string) *server {
	p.t.Helper()
	s := &server{place: p, cmd: cmd}
	if len(environment) > 0 {
		s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, environment...)
	}
	errPipe, err := s.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	s.cmd.Stdout = s.cmd.Stderr
	ready := make(chan string, 1)
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go s.read(errPipe, ready)
	select {
	case s.base = <-ready:
	case <-time.After(30 * time.Second):
		s.kill()
		p.t.Fatalf("the server did not say that it listens:\n%s", s.said())
	}
	p.t.Cleanup(s.kill)
	return s
}

// read keeps the log and finds the address in it.
func (s *server) read(r io.Reader, ready chan<- string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		s.mu.Lock()
		s.log.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		if _, address, ok := strings.Cut(lines.Text(), " listens on "); ok {
			select {
			case ready <- address:
			default:
			}
		}
	}
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended by itself
	_ = s.cmd.Wait()
}

// stop ends the process as an operator would.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Fatalf("told to end: %v", err)
	}
}

// reply is a response read whole.
type reply struct {
	status int
	body   []byte
	header http.Header
}

func (r reply) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, r.body)
	}
}

var client = &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 128}}

// send makes one API request; an error means that no whole answer came.
func (s *server) send(method, path, idempotency string, body any) (reply, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, s.base+path, in)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if idempotency != "" {
		req.Header.Set("Idempotency-Key", idempotency)
	}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, content, resp.Header}, err
}

// must makes a request that has to give the status.
func (s *server) must(status int, method, path string, body any) reply {
	s.t.Helper()
	r, err := s.send(method, path, "", body)
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", method, path, err, s.said())
	}
	if r.status != status {
		s.t.Fatalf("%s %s: status %d, want %d: %s", method, path, r.status, status, r.body)
	}
	return r
}

type object = map[string]any

// verified fails unless verify finds nothing.
func (p *place) verified() {
	p.t.Helper()
	out, err := p.try("verify")
	if err != nil || !strings.HasSuffix(strings.TrimSpace(out), "0 differences") {
		p.t.Fatalf("verify: %v\n%s", err, out)
	}
}
