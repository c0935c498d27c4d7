package script_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/testenv"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "scrip-script")
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

// server is the program, serving a fresh installation.
type server struct {
	base string
	keys map[string]string // by scopes

	flags []string
	mu    sync.Mutex
	log   strings.Builder
}

// eachServer runs fn against the program on each database.
func eachServer(t *testing.T, scripts []*script, fn func(t *testing.T, s *server)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, serve(t, scripts)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); fn(t, serve(t, scripts, "--database", testenv.FreshSchema(t))) })
}

// serve sets an installation up, makes the keys of all scripts and starts the server.
func serve(t *testing.T, scripts []*script, flags ...string) *server {
	t.Helper()
	s := &server{keys: map[string]string{}, flags: append([]string{"--data", t.TempDir()}, flags...)}
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("correct horse battery\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(t, []string{"setup"}, "--organisation", "Harbour Coffee", "--currency", "SGD", "--time-zone", "Asia/Singapore", "--email", "ada@example.com", "--password-file", password)
	for _, script := range scripts {
		for _, scopes := range script.keys {
			if s.keys[scopes] == "" {
				s.keys[scopes] = strings.TrimSpace(s.run(t, []string{"key", "create"}, "--name", "script", "--scopes", scopes))
			}
		}
	}
	s.start(t)
	return s
}

// run runs a command to its end.
func (s *server) run(t *testing.T, verbs []string, args ...string) string {
	t.Helper()
	out, err := exec.Command(binary, append(append(verbs, s.flags...), args...)...).Output()
	if err != nil {
		text := ""
		if exit, ok := err.(*exec.ExitError); ok {
			text = string(exit.Stderr)
		}
		t.Fatalf("scrip %s: %v\n%s", strings.Join(verbs, " "), err, text)
	}
	return string(out)
}

// start starts the server on a free port, waits until it listens, and kills it with
// the test.
func (s *server) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(binary, append(append([]string{"serve"}, s.flags...), "--listen", "127.0.0.1:0")...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()
		if t.Failed() {
			s.mu.Lock()
			defer s.mu.Unlock()
			t.Logf("the server said:\n%s", s.log.String())
		}
	})
	listens := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			s.mu.Lock()
			s.log.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
			if i := strings.Index(lines.Text(), "http://127.0.0.1:"); i >= 0 {
				base, _, _ := strings.Cut(lines.Text()[i:], " ")
				select {
				case listens <- strings.TrimRight(base, "/\""):
				default:
				}
			}
		}
	}()
	select {
	case s.base = <-listens:
	case <-time.After(time.Minute):
		t.Fatal("the server did not say that it listens")
	}
}
