// Command scrip is the whole program.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones on machines that have none

	"github.com/scriphq/scrip/internal/cli"
)

// version is set by the build.
var version = "dev"

func main() {
	signal.Ignore(syscall.SIGXFSZ) // a limit of file sizes is a full disk to us, not the end
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, version)
	stop()
	os.Exit(code)
}
