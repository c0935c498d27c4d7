package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	connections = 64    // of the closed loop
	customers   = 1_000 // whose balances are topped up, in turn
	warmUp      = 3     // turns that are not counted: a connection that reads a page for the first time has to map it
)

// redemption is the body of a redemption of a code.
func redemption(code string, i int) []byte {
	return []byte(`{"code":"` + code + `","customer":{"source_id":"c` + strconv.Itoa(i%customers) + `"},"reference":"R-` + strconv.Itoa(i) + `"}`)
}

// overHTTP measures redemptions through the whole program, over connections of its
// own, against an endpoint that takes the same body and key and touches no database.
func (b *bench) overHTTP(ctx context.Context) error {
	if err := b.settled(ctx); err != nil {
		return err
	}
	return b.served(ctx, func(s *server) error {
		var calls atomic.Int64
		redeem := func() (float64, error) { return b.distinct(ctx, s, &calls) }
		for range warmUp { // makes the customers, and fills caches
			if _, err := redeem(); err != nil {
				return err
			}
		}
		profiled := s.profiled(b.profile, b.turn)
		nothing := func() (float64, error) {
			body := redemption("ABCD-EFGH-JKMN-PQRS", 1)
			rate, _, err := b.loop(ctx, s, "/v1/nothing", 1<<40, func(c *caller, i int) error { return wants(200)(c.ask(strconv.Itoa(i), body)) })
			return rate, err
		}
		ratio, us, them, err := turns(b.rounds, redeem, nothing)
		if err = errors.Join(err, <-profiled); err != nil {
			return err
		}
		b.report.add(line{name: b.name + ": redeem over HTTP ÷ nothing, 64 connections", ratio: ratio, must: 0.15, aim: 0.4, least: true,
			note: fmt.Sprintf("%.0f /s, %.0f /s", us, them)})
		if err := b.hotOverHTTP(ctx, s, &calls, them); err != nil {
			return err
		}
		return b.openLoop(ctx, s, &calls, us/2)
	})
}

// distinct redeems unused codes for the length of a turn and returns how many a second.
func (b *bench) distinct(ctx context.Context, s *server, calls *atomic.Int64) (float64, error) {
	codes := b.codes
	rate, used, err := b.loop(ctx, s, "/v1/redemptions", len(codes), func(c *caller, i int) error {
		n := int(calls.Add(1))
		return wants(201)(c.ask(fresh(), redemption(codes[i], n)))
	})
	return rate, cmp.Or(err, b.spend(used))
}

// hotOverHTTP redeems one public code with a limit of uses by everybody.
func (b *bench) hotOverHTTP(ctx context.Context, s *server, calls *atomic.Int64, nothing float64) error {
	var rates []float64
	for range b.rounds {
		rate, _, err := b.loop(ctx, s, "/v1/redemptions", 1<<40, func(c *caller, _ int) error {
			n := int(calls.Add(1))
			return wants(201)(c.ask(fresh(), redemption(b.hot, n)))
		})
		if err != nil {
			return err
		}
		rates = append(rates, rate)
	}
	b.report.add(line{name: b.name + ": one public code over HTTP ÷ nothing, 64 connections", ratio: median(rates) / nothing, must: 0.15, aim: 0.4, least: true,
		note: fmt.Sprintf("%.0f /s", median(rates))})
	return nil
}

// loop has every connection ask one thing after the other for the length of a turn.
func (b *bench) loop(ctx context.Context, s *server, path string, n int, ask func(c *caller, i int) error) (rate float64, done int, err error) {
	return b.during(ctx, connections, n, func() (func(int) error, io.Closer, error) {
		c, err := s.caller(path)
		if err != nil {
			return nil, nil, err
		}
		return func(i int) error { return ask(c, i) }, c.conn, nil
	})
}

// openLoop sends redemptions at a fixed rate, and as many requests for nothing in turn: what
// those wait for is the machine.
func (b *bench) openLoop(ctx context.Context, s *server, calls *atomic.Int64, rate float64) error {
	n := int(rate * b.turn.Seconds())
	var ratios, p50s, p99s, idle50s, idle99s []float64
	for range b.rounds {
		codes, err := b.take(n)
		if err != nil {
			return err
		}
		p50, p99, err := atRate(ctx, s, "/v1/redemptions", n, rate, func(c *caller, i int) error {
			return wants(201)(c.ask(fresh(), redemption(codes[i], int(calls.Add(1)))))
		})
		if err != nil {
			return err
		}
		p50s, p99s, ratios = append(p50s, p50), append(p99s, p99), append(ratios, p99/p50)
		p50, p99, err = atRate(ctx, s, "/v1/nothing", n, rate, func(c *caller, i int) error {
			return wants(200)(c.ask(strconv.Itoa(i), redemption(b.hot, i)))
		})
		if err != nil {
			return err
		}
		idle50s, idle99s = append(idle50s, p50), append(idle99s, p99)
	}
	ms := func(list []float64) float64 { return median(list) * 1e3 }
	b.report.add(line{name: b.name + ": p99 ÷ p50 at half the maximum load", ratio: median(ratios), must: 5, aim: 3,
		note: fmt.Sprintf("%.2f ms, %.2f ms at %.0f /s; nothing %.2f ms, %.2f ms", ms(p99s), ms(p50s), rate, ms(idle99s), ms(idle50s))})
	return nil
}

// atRate sends n requests at a fixed rate, whatever becomes of the ones before, and counts
// each one's time, in seconds, from when it was meant to be sent.
func atRate(ctx context.Context, s *server, path string, n int, rate float64, ask func(c *caller, i int) error) (p50, p99 float64, err error) {
	took := make([]float64, n)
	// From the first request on: to open the connections is not what is measured.
	begun := sync.OnceValue(func() time.Time { return time.Now().Add(10 * time.Millisecond) })
	_, _, err = spread(ctx, 4*connections, n, func() (func(int) error, io.Closer, error) {
		c, err := s.caller(path)
		if err != nil {
			return nil, nil, err
		}
		return func(i int) error {
			meant := begun().Add(time.Duration(float64(i) / rate * float64(time.Second)))
			time.Sleep(time.Until(meant))
			err := ask(c, i)
			took[i] = time.Since(meant).Seconds()
			return err
		}, c.conn, nil
	})
	return quantile(took, 0.5), quantile(took, 0.99), err
}

// profiled has the server write a profile of its next moments to a file, if there is
// a name for one.
func (s *server) profiled(path string, length time.Duration) <-chan error {
	done := make(chan error, 1)
	if path == "" {
		close(done)
		return done
	}
	go func() {
		resp, err := s.ask("GET", fmt.Sprintf("/debug/pprof/profile?seconds=%d", max(1, int(length.Seconds()))), "", nil)
		if err != nil {
			done <- err
			return
		}
		defer resp.Body.Close()
		content, err := io.ReadAll(resp.Body)
		done <- errors.Join(err, os.WriteFile(path, content, 0o644))
	}()
	return done
}

// start measures how soon a server on this database listens.
func (b *bench) start(ctx context.Context) error {
	var took []float64
	for range b.rounds {
		s, err := b.serve(ctx)
		if err != nil {
			return err
		}
		took = append(took, s.took.Seconds())
		if err := s.stop(); err != nil {
			return err
		}
	}
	b.report.add(line{name: b.name + ": start of the server, s", ratio: median(took), must: 1, aim: 0.2})
	return nil
}
