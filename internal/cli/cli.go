// Package cli is the command line and the place where the parts are put together.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/scriphq/scrip/internal/fault"
)

// Streams are where the program reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// commands is everything the program can be told to do.
type commands struct {
	Serve    serveCommand    `cmd:"" help:"Serve the back office, the portal and the API."`
	Setup    setupCommand    `cmd:"" help:"Make the organisation and its first administrator without a browser."`
	Demo     demoCommand     `cmd:"" help:"Serve with demonstration data in a throw-away folder."`
	Key      keyCommands     `cmd:"" help:"API keys."`
	Verify   verifyCommand   `cmd:"" help:"Recompute every balance and counter from its rows and compare."`
	Database databaseCommand `cmd:"" help:"Bring the schema up to date, back up, or move to PostgreSQL."`
	Secret   secretCommands  `cmd:"" help:"The secret keys that seal and find codes."`
	Bench    benchCommands   `cmd:"" help:"Data to measure with; see also make bench."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// env is what a command runs in.
type env struct {
	context.Context
	in       io.Reader
	out, log io.Writer
	version  string
}

// errStop ends the program with status 1 after everything was said.
var errStop = errors.New("stop")

// Main runs one command line and returns the exit status: 0 done, 1 failed, 2
// wrongly called.
func Main(ctx context.Context, args []string, s Streams, version string) int {
	exit := -1
	parser, err := newParser(s, func(code int) { exit = code })
	if err != nil {
		fmt.Fprintln(s.Err, "scrip:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(s.Err, "scrip:", sentence(err))
		fmt.Fprintln(s.Err, "Run scrip --help to see the commands, scrip COMMAND --help for one of them.")
		return 2
	}
	if err := k.Run(&env{ctx, s.In, s.Out, s.Err, version}); err != nil {
		if !errors.Is(err, errStop) {
			fmt.Fprintln(s.Err, "scrip:", sentence(err))
		}
		return 1
	}
	return 0
}

// newParser makes the command line; exit is told when it has said all there is.
func newParser(s Streams, exit func(int)) (*kong.Kong, error) {
	return kong.New(&commands{}, kong.Name("scrip"), kong.Description("Issues, hands out, redeems, tops up and accounts for coupons, vouchers, E-PINs, refill coupons and discount codes."),
		kong.Writers(s.Out, s.Err), kong.Exit(exit), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.ValueFormatter(explained))
}

// explained is a flag's help with its default and the environment variable that
// stands for it.
func explained(v *kong.Value) string {
	if v.Flag == nil || len(v.Tag.Envs) == 0 {
		return v.Help
	}
	fact := "default: empty"
	switch {
	case v.HasDefault:
		fact = "default: " + v.Default
	case v.Required:
		fact = "required"
	case v.IsBool():
		fact = "default: off"
	}
	return fmt.Sprintf("%s (%s; $%s)", v.Help, fact, strings.Join(v.Tag.Envs, ", $"))
}

// sentence says an error to a person at a terminal, its cause included; fields carry
// the names of flags.
func sentence(err error) string {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		lines = append(lines, "--"+strings.ReplaceAll(name, "_", "-")+": "+e.Fields[name])
	}
	if len(lines) == 0 {
		lines = []string{e.Msg}
	}
	if e.Err != nil {
		lines = append(lines, "("+e.Err.Error()+")")
	}
	return strings.Join(lines, "\n  ")
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, e.version)
	return err
}
