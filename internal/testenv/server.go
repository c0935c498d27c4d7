package testenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is a private PostgreSQL server in a temporary folder. It listens on
// a socket in that folder alone: everybody who reaches it is its superuser,
// so nobody but its owner may reach it.
type server struct {
	url    string
	dir    string
	cmd    *exec.Cmd
	exited chan struct{}
}

// Safe as in production (fsync) but small; the log keeps what concerns the
// server and leaves out errors of statements, which tests cause on purpose.
var serverSettings = []string{
	"listen_addresses=", "port=5432", "unix_socket_permissions=0700",
	"max_connections=200", "shared_buffers=64MB", "fsync=on", "synchronous_commit=on",
	"timezone=UTC", "log_timezone=UTC", "log_min_messages=log", "log_checkpoints=off", "logging_collector=off",
}

const serverPatience = 60 * time.Second

// startServer makes a database cluster with the programs in bin and waits
// until its server answers.
func startServer(bin string) (*server, error) {
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(owner.tempDir(), "scrip-postgres-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, url: socketURL(dir), exited: make(chan struct{})}
	if err := s.start(bin, owner); err != nil {
		err = fmt.Errorf("PostgreSQL in %s: %w\n%s", bin, err, s.log(40))
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) start(bin string, owner *owner) error {
	if err := owner.take(s.dir); err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := owner.command(s.dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	log, err := os.Create(s.logPath())
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", data, "-c", "unix_socket_directories=" + s.dir}
	for _, setting := range append(serverSettings[:len(serverSettings):len(serverSettings)], strings.Fields(os.Getenv(SettingsVar))...) {
		args = append(args, "-c", setting)
	}
	cmd := owner.command(s.dir, filepath.Join(bin, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := s.launch(cmd); err != nil {
		return err
	}
	return s.await()
}

// launch starts cmd and watches it on a thread of its own, because the server
// is told to die with the thread that started it.
func (s *server) launch(cmd *exec.Cmd) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		cmd.Wait() // its log says more than its exit status
		close(s.exited)
	}()
	if err := <-started; err != nil {
		return err
	}
	s.cmd = cmd
	return nil
}

func (s *server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), serverPatience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			return errors.New("it ended while starting")
		case <-ctx.Done():
			return fmt.Errorf("no answer within %v: %w", serverPatience, err)
		case <-tick.C:
		}
	}
}

// stop ends the server at once, for its data are thrown away with it.
func (s *server) stop() {
	if s.cmd != nil {
		if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
			s.cmd.Process.Kill()
		}
		select {
		case <-s.exited:
		case <-time.After(serverPatience):
			s.cmd.Process.Kill()
			<-s.exited
		}
	}
	os.RemoveAll(s.dir)
}

func (s *server) logPath() string { return filepath.Join(s.dir, "log") }

// log returns the last lines of the server's log.
func (s *server) log(lines int) string {
	text, err := os.ReadFile(s.logPath())
	if err != nil {
		return ""
	}
	all := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}

func socketURL(dir string) string {
	query := strings.Join([]string{"host=" + url.QueryEscape(dir), "port=5432", "sslmode=disable"}, "&")
	return "postgres://postgres@/postgres?" + query
}
