package ui

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite version.go")
	flag.String("shots", "", "a directory for the gallery and its screenshots")
	flag.Parse()
	os.Exit(m.Run())
}
