package testenv

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

const usage = `usage: testenv [--] command [argument …]

Runs the command with TEST_POSTGRES_URL and TEST_CHROMIUM set: what these name
already, or else a PostgreSQL server started for this run and the Chromium that
is installed. Ends the server afterwards and passes on the exit status.`

// Main is the command cmd/testenv: it runs args and returns the exit status.
func Main(args []string) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, usage)
		return 2
	}
	status, err := run(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testenv:", err)
		return 1
	}
	return status
}

func run(args []string) (int, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	address := os.Getenv(PostgresVar)
	needs := []need{chromium, compiler, curl}
	if address == "" {
		needs = append(needs, postgres)
	}
	found, err := bring(needs...)
	if err != nil {
		return 0, err
	}
	if address != "" {
		return runChild(args, signals, address, found[0])
	}
	s, err := startServer(found[3])
	if err != nil {
		return 0, err
	}
	defer s.stop()
	status, err := runChild(args, signals, s.url, found[0])
	if log := s.log(20); status != 0 && log != "" {
		fmt.Fprintf(os.Stderr, "testenv: the end of PostgreSQL's log:\n%s\n", log)
	}
	return status, err
}

// runChild forwards signals while the child runs; what the child leaves
// running in its process group is ended with it.
func runChild(args []string, signals <-chan os.Signal, address, browser string) (int, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), PostgresVar+"="+address, ChromiumVar+"="+browser)
	cmd.SysProcAttr = groupAttr()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			signalGroup(cmd.Process, sig)
		case err := <-done:
			signalGroup(cmd.Process, syscall.SIGKILL)
			return exitStatus(err)
		}
	}
}

// exitStatus counts a death by signal as shells do: 128 and the signal's number.
func exitStatus(err error) (int, error) {
	if err == nil {
		return 0, nil
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return 0, err
	}
	if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return exit.ExitCode(), nil
}
