package testenv

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestMainEndsWhatTheChildLeftBehind(t *testing.T) {
	t.Setenv(PostgresVar, "postgres://elsewhere/db")
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := os.ReadFile(pipe) // until no process holds it open for writing
		ended <- err
	}()
	if got := Main([]string{"sh", "-c", `exec 3>"$0"; sleep 300 & exit 3`, pipe}); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("a process that the child started is still running")
	}
}
