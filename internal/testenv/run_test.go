package testenv

import "testing"

func TestMainPassesOnTheStatus(t *testing.T) {
	t.Setenv(PostgresVar, "postgres://elsewhere/db")
	tests := []struct {
		name string
		args []string
		want int
	}{
		{"success", []string{"--", "true"}, 0},
		{"failure", []string{"sh", "-c", "exit 7"}, 7},
		{"death by signal", []string{"sh", "-c", "kill -9 $$"}, 137},
		{"the address reaches the child", []string{"sh", "-c", `test "$TEST_POSTGRES_URL" = postgres://elsewhere/db -a -x "$TEST_CHROMIUM"`}, 0},
		{"a signal to us reaches the child", []string{"sh", "-c", `trap "exit 9" TERM; kill -TERM $PPID; while :; do sleep 0.05; done`}, 9},
		{"no such command", []string{"/nowhere/command"}, 1},
		{"no command", []string{"--"}, 2},
	}
	for _, tt := range tests {
		if got := Main(tt.args); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}
