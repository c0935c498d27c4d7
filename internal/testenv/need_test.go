package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMayInstall(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		euid int
		ci   string
		want bool
	}{
		{"root may", 0, "", true},
		{"a CI machine may", 1000, "true", true},
		{"a person is asked to", 1000, "", false},
		{"CI=false is not CI", 1000, "false", false},
	}
	for _, tt := range tests {
		if got := mayInstall(tt.euid, tt.ci); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAdviceNamesTheCommand(t *testing.T) {
	t.Parallel()
	got := advice([]need{postgres, chromium})
	for _, want := range []string{
		"PostgreSQL, Chromium", "\tsudo apt-get install -y --no-install-recommends postgresql chromium fonts-noto-ui-core fonts-wqy-microhei\n",
		PostgresVar, ChromiumVar,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("advice lacks %q:\n%s", want, got)
		}
	}
}

// machine gives the test a PATH of its own with the scripts named in it.
func machine(t *testing.T, scripts map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("CI", "true")
	return dir
}

const fakeSudo = "shift\nexec \"$@\"\n"

func widget() need {
	return need{name: "Widget", packages: []string{"widget", "widget-dev"}, variable: "TEST_WIDGET", find: func() (string, error) {
		return exec.LookPath("widget")
	}}
}

func TestBringInstallsWhatIsMissing(t *testing.T) {
	dir := machine(t, map[string]string{
		"env":     "exec /usr/bin/env \"$@\"\n",
		"sudo":    fakeSudo,
		"apt-get": "d=${0%/*}\necho \"$DEBIAN_FRONTEND $*\" >>$d/calls\ncase $* in *install*) /bin/cp -p $0 $d/widget;; esac\n",
	})
	found, err := bring(widget())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "widget"); found[0] != want {
		t.Errorf("found %q, want %q", found[0], want)
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	want := "noninteractive -q -o DPkg::Lock::Timeout=300 update\n" +
		"noninteractive -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends widget widget-dev\n"
	if got := string(calls); got != want {
		t.Errorf("apt-get was called with\n%swant\n%s", got, want)
	}
	if _, err := bring(widget()); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if again, _ := os.ReadFile(filepath.Join(dir, "calls")); len(again) != len(calls) {
		t.Errorf("installed again what was there:\n%s", again)
	}
}

func TestBringSaysWhichCommandFailed(t *testing.T) {
	machine(t, map[string]string{
		"env":     "exec /usr/bin/env \"$@\"\n",
		"sudo":    fakeSudo,
		"apt-get": "exit 100\n",
	})
	_, err := bring(widget())
	if err == nil || !strings.Contains(err.Error(), "exit status 100") || !strings.Contains(err.Error(), "widget-dev") {
		t.Errorf("got %v, want the exit status and the command", err)
	}
}

func TestBringWithoutAptSaysWhatToDo(t *testing.T) {
	machine(t, nil)
	_, err := bring(widget())
	if err == nil || !strings.Contains(err.Error(), "sudo apt-get install") {
		t.Errorf("got %v, want the command to run", err)
	}
}
