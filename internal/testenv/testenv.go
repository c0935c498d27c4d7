// Package testenv brings what the tests need beside Go: a PostgreSQL server,
// Chromium, and a C compiler for the race detector. It uses what is there and
// installs what is missing where it may; it never lets a test be skipped.
// Only tests and cmd/testenv import it.
package testenv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// The environment variables by which cmd/testenv tells the tests what it
// found, and by which a person names what is to be used instead.
const (
	PostgresVar = "TEST_POSTGRES_URL"      // postgres://… of a server where the tests may make schemas
	SettingsVar = "TEST_POSTGRES_SETTINGS" // of a server that is started: name=value …, instead of the small ones of the tests
	ChromiumVar = "TEST_CHROMIUM"          // path of the browser
	SoakVar     = "SCRIP_SOAK"             // 1: full counts
)

// Postgres returns the address of the PostgreSQL server in TEST_POSTGRES_URL,
// or else starts a private one that stop ends and removes. Tests that only
// need a place of their own on the shared server call FreshSchema.
func Postgres() (url string, stop func(), err error) {
	if url := os.Getenv(PostgresVar); url != "" {
		return url, func() {}, nil
	}
	found, err := bring(postgres)
	if err != nil {
		return "", nil, err
	}
	s, err := startServer(found[0])
	if err != nil {
		return "", nil, err
	}
	return s.url, s.stop, nil
}

// Chromium returns the path of the browser: TEST_CHROMIUM, or else the one
// that is installed.
func Chromium() (path string, err error) {
	found, err := bring(chromium)
	if err != nil {
		return "", err
	}
	return found[0], nil
}

// Count returns how often a test repeats: moderate in make test, full in
// make soak.
func Count(moderate, full int) int {
	if os.Getenv(SoakVar) == "1" {
		return full
	}
	return moderate
}

// fonts keep Arabic, Chinese and Japanese on screenshots from being boxes: 3 MB
// to load, where all of Noto would be 70.
var fonts = []string{"fonts-noto-ui-core", "fonts-wqy-microhei"}

var (
	postgres = need{name: "PostgreSQL", packages: []string{"postgresql"}, variable: PostgresVar, find: findPostgres}
	chromium = need{name: "Chromium", packages: append([]string{"chromium"}, fonts...), variable: ChromiumVar, find: findChromium}
	compiler = need{name: "a C compiler", packages: []string{"gcc", "libc6-dev"}, variable: "CC", find: findCompiler}
	curl     = need{name: "curl", packages: []string{"curl"}, variable: "PATH", find: func() (string, error) { return exec.LookPath("curl") }}
)

// findPostgres returns the folder with the server's programs, which Debian
// keeps out of PATH; of several versions, the newest.
func findPostgres() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if dir := filepath.Dir(initdb); isFile(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	best, newest := "", -1
	for _, path := range found {
		dir := filepath.Dir(path)
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err == nil && version > newest && isFile(filepath.Join(dir, "initdb")) {
			best, newest = dir, version
		}
	}
	if best == "" {
		return "", fmt.Errorf("no initdb and postgres in PATH or /usr/lib/postgresql")
	}
	return best, nil
}

func findChromium() (string, error) {
	if path := os.Getenv(ChromiumVar); path != "" {
		return exec.LookPath(path)
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no chromium, chromium-browser or google-chrome in PATH")
}

// findCompiler asks for the C library's headers too: gcc alone cannot build
// the runtime/cgo that the race detector links.
func findCompiler() (string, error) {
	cc := append(strings.Fields(os.Getenv("CC")), "gcc")
	path, err := exec.LookPath(cc[0])
	if err != nil {
		return "", err
	}
	cmd := exec.Command(path, "-E", "-x", "c", "-o", os.DevNull, "-")
	cmd.Stdin = strings.NewReader("#include <stdlib.h>\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", path, err, out)
	}
	return path, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
