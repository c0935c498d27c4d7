// Command testenv runs another command with what the tests need from outside:
// go run ./cmd/testenv -- go test ./...
package main

import (
	"os"

	"github.com/scriphq/scrip/internal/testenv"
)

func main() {
	os.Exit(testenv.Main(os.Args[1:]))
}
