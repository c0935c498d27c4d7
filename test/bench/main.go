// Command bench measures Scrip against the floors of docs/performance.md, on each
// database, and checks that the books are sound after it. Every figure is
// a ratio of two sides that took turns in this run:
//
//	go run ./cmd/testenv -- go run ./test/bench
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// plan is what a run measures, and how long.
type plan struct {
	databases string
	only      string
	vouchers  int
	importing int
	rounds    int
	growth    bool
	turn      time.Duration
	out       string
	profile   string
}

func main() {
	var p plan
	flag.StringVar(&p.databases, "databases", "sqlite,postgres", "which databases")
	flag.StringVar(&p.only, "only", "", "measures to take, of stock, bulk, http, start, engine, latency and cost; all but cost when empty")
	flag.IntVar(&p.vouchers, "vouchers", 1_000_000, "vouchers to generate and export")
	flag.IntVar(&p.importing, "imported", 0, "vouchers to import; 0 means a tenth of -vouchers")
	flag.IntVar(&p.rounds, "rounds", 5, "turns of each side")
	flag.DurationVar(&p.turn, "turn", 1500*time.Millisecond, "length of a turn")
	flag.BoolVar(&p.growth, "growth", false, "compare 10,000 vouchers with ten times as many, and so on up to -vouchers")
	flag.StringVar(&p.out, "out", "bench/results.md", "where the results are written")
	flag.StringVar(&p.profile, "profile", "", "file for a profile of a server that redeems; measure cost adds names of its own")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run takes every measure and writes the results down. A measure that fails ends
// the run: a figure beside unsound books is worth nothing.
func (p *plan) run(ctx context.Context) error {
	binary, remove, err := build()
	if err != nil {
		return err
	}
	defer remove()
	r := newReport()
	for name := range strings.SplitSeq(p.databases, ",") {
		if err := p.measure(ctx, r, binary, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return r.write(p.out)
}

// measure takes the measures of one database, each on what the former left.
func (p *plan) measure(ctx context.Context, r *report, binary, name string) (err error) {
	if p.growth {
		return p.grow(ctx, r, binary, name)
	}
	pl, err := newPlace(binary, name)
	if err != nil {
		return err
	}
	defer pl.close()
	b := &bench{plan: p, place: pl, report: r, name: name}
	defer func() {
		if b.rivals != nil {
			err = errors.Join(err, b.rivals.close())
		}
	}()
	list := slices.DeleteFunc([]measures{
		{"stock", b.stock, false}, {"bulk", b.bulk, true}, {"http", b.overHTTP, false}, {"start", b.start, false},
		{"engine", b.inProcess, false}, {"latency", b.latency, false}, {"cost", b.cost, false},
	}, func(m measures) bool { return m.name != "stock" && !p.wants(m.name) }) // the stock is what the others use
	list[len(list)-1].proof = true
	for _, m := range list {
		if err := b.measured(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// measures are those of one kind; the books are proved after some, for all before them.
type measures struct {
	name  string
	take  func(context.Context) error
	proof bool
}

// measured takes measures and says how long they and their proof took.
func (b *bench) measured(ctx context.Context, m measures) error {
	took, err := timed(func() error { return m.take(ctx) })
	if err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	fmt.Fprintf(os.Stderr, "%s: %s took %.0f s\n", b.name, m.name, took)
	if !m.proof {
		return nil
	}
	if took, err = timed(b.place.verified); err != nil {
		return fmt.Errorf("after %s: %w", m.name, err)
	}
	fmt.Fprintf(os.Stderr, "%s: the proof of the books took %.0f s\n", b.name, took)
	return nil
}

// wants reports whether to take a measure. What a redemption costs is no ratio, and only
// measured when asked for.
func (p *plan) wants(name string) bool {
	return p.only == "" && name != "cost" || slices.Contains(strings.Split(p.only, ","), name)
}

// bench is a run on one database.
type bench struct {
	*plan
	*place
	report *report
	name   string
	codes  []string // unused
	hot    string   // the code that everybody uses
	stocks string   // the campaign of what is made
	rivals *floor
}

// spend strikes off codes that a turn has used; a turn that used them all was cut short.
func (b *bench) spend(used int) error {
	if used == len(b.codes) {
		return errors.New("the codes are used up: raise -vouchers")
	}
	b.codes = b.codes[used:]
	return nil
}

// take takes n unused codes.
func (b *bench) take(n int) ([]string, error) {
	if n > len(b.codes) {
		return nil, fmt.Errorf("%d unused codes are needed and %d are left: raise -vouchers", n, len(b.codes))
	}
	out := b.codes[:n]
	b.codes = b.codes[n:]
	return out, nil
}
