package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/scriphq/scrip/internal/testenv"
)

// build makes the program that is measured.
func build() (path string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "scrip-bench")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(dir) }
	path = filepath.Join(dir, "scrip")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "github.com/scriphq/scrip/cmd/scrip")
	cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := cmd.Run(); err != nil {
		remove()
		return "", nil, fmt.Errorf("build: %w", err)
	}
	return path, remove, nil
}

// place is an installation that is set up: a folder, a database and an API key.
type place struct {
	binary, data, url, key string
	drop                   func() error
}

func newPlace(binary, kind string) (*place, error) {
	dir, err := os.MkdirTemp("", "scrip-bench-"+kind)
	if err != nil {
		return nil, err
	}
	p := &place{binary: binary, data: dir, drop: func() error { return nil }}
	if kind == "postgres" {
		if p.url, p.drop, err = testenv.NewSchema(os.Getenv(testenv.PostgresVar)); err != nil {
			return nil, err
		}
	}
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("correct horse battery\n"), 0o600); err != nil {
		return nil, err
	}
	if _, err := p.run("setup", "--organisation", "Bench", "--currency", "SGD", "--time-zone", "Asia/Singapore", "--email", "ada@example.com", "--password-file", password); err != nil {
		return nil, err
	}
	key, err := p.run("key", "create", "--name", "bench", "--scopes", "all")
	p.key = strings.TrimSpace(key)
	return p, err
}

// close takes the installation away.
func (p *place) close() {
	if err := errors.Join(p.drop(), os.RemoveAll(p.data)); err != nil {
		fmt.Fprintln(os.Stderr, "bench: clearing up:", err)
	}
}

// database is the address of the database, for this process.
func (p *place) database() string {
	if p.url != "" {
		return p.url
	}
	return "sqlite:" + filepath.Join(p.data, "scrip.db")
}

func (p *place) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.binary, args...)
	cmd.Env = append(os.Environ(), "SCRIP_DATA="+p.data, "SCRIP_DATABASE="+p.url)
	return cmd
}

func (p *place) run(args ...string) (string, error) {
	var out, errOut bytes.Buffer
	cmd := p.command(context.Background(), args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("scrip %s: %w\n%s%s", args[0], err, out.String(), errOut.String())
	}
	return out.String(), nil
}

// verified has the program recompute its books.
func (p *place) verified() error {
	out, err := p.run("verify")
	if err == nil && !strings.HasSuffix(strings.TrimSpace(out), "0 differences") {
		err = errors.New("verify: " + out)
	}
	return err
}

// settled has PostgreSQL write what was loaded and is left in memory, keep its log's files for
// use again, and look through the new rows, as it does every few minutes: a database that was
// made a minute ago makes a file of 16 MB in the middle of a commit, plans its lists without
// knowing its tables, and its autovacuum takes a quarter of the database's processor time at
// whatever moment it comes to the new rows.
func (p *place) settled(ctx context.Context) error {
	if p.url == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, p.url)
	if err != nil {
		return err
	}
	for _, q := range []string{"VACUUM (ANALYZE)", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, q); err != nil {
			return errors.Join(err, conn.Close(ctx))
		}
	}
	return conn.Close(ctx)
}

// server is a running process of the program.
type server struct {
	*place
	cmd  *exec.Cmd
	addr string
	took time.Duration // until it listened
}

// serve starts a server and waits until it listens.
func (p *place) serve(ctx context.Context) (*server, error) {
	s := &server{place: p, cmd: p.command(ctx, "serve", "--listen", "127.0.0.1:0", "--profile", "--key-rate", "1000000")}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), " listens on http://"); ok {
			s.addr, s.took = address, time.Since(begun)
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return s, nil
		}
	}
	return nil, errors.Join(errors.New("the server did not start"), s.cmd.Wait())
}

// stop ends the server as its operator would.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// peak returns the most memory the server has had, in bytes.
func (s *server) peak() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for row := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(row, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kilobytes * 1024, err
		}
	}
	return 0, errors.New("this system does not tell a process's memory")
}

// call makes one API request and reads its answer into v.
func (s *server) call(method, path string, body, v any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	resp, err := s.ask(method, path, "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	return decode(resp, v)
}

// ask makes one API request; any answer but a success is an error.
func (s *server) ask(method, path, kind string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequest(method, "http://"+s.addr+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(resp.Body)
		return nil, errors.Join(fmt.Errorf("%s %s: %d: %s", method, path, resp.StatusCode, text), resp.Body.Close())
	}
	return resp, nil
}
