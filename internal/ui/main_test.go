package ui

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite version.go")
	flag.String("shots", "", "a directory for the gallery's screenshots")
	flag.String("only", "", "the gallery page to take, instead of all")
	flag.Parse()
	os.Exit(m.Run())
}
