package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

// diskNeeded is what the largest database and its log take, with room to spare.
const diskNeeded = 30 << 30

const (
	smallest  = 10_000
	perTurn   = 100 // requests of a turn, one after the other
	freshEach = 100 // codes that a turn redeems
	usesEach  = 50  // vouchers that the customer who is looked at has used, as many here as there
)

// errDisk says that a growth run would fill the disk.
var errDisk = errors.New("less than 30 GB are free where temporary files go; set TMPDIR to a larger disk")

// grow compares a small installation with one that grows, the two taking turns.
func (p *plan) grow(ctx context.Context, r *report, binary, name string) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(os.TempDir(), &disk); err != nil {
		return err
	}
	if disk.Bavail*uint64(disk.Bsize) < diskNeeded && p.vouchers > 1_000_000 {
		return errDisk
	}
	small, err := p.sized(binary, name)
	if err != nil {
		return err
	}
	defer small.close()
	big, err := p.sized(binary, name)
	if err != nil {
		return err
	}
	defer big.close()
	for size := 10 * smallest; size <= p.vouchers; size *= 10 {
		if err := big.fill(size - big.size); err != nil {
			return err
		}
		big.size = size
		if err := big.settled(ctx); err != nil { // the small one's tables with it: they are in one database
			return err
		}
		if err := p.compare(ctx, r, small, big); err != nil {
			return err
		}
	}
	return errors.Join(small.verified(), big.verified())
}

// grown is an installation of a size.
type grown struct {
	*bench
	size     int
	srv      *server
	calls    atomic.Int64
	customer string
}

func (p *plan) sized(binary, name string) (*grown, error) {
	pl, err := newPlace(binary, name)
	if err != nil {
		return nil, err
	}
	g := &grown{bench: &bench{plan: p, place: pl, name: name}, size: smallest}
	return g, g.fill(smallest)
}

func (g *grown) fill(n int) error {
	_, err := g.place.run("bench", "fill", "--vouchers", strconv.Itoa(n), "--redeemed", strconv.Itoa(n/10), "--customers", strconv.Itoa(n/100))
	return err
}

func (g *grown) close() { g.place.close() }

func (g *grown) verified() error { return g.place.verified() }

// open starts a server and makes the codes of one comparison.
func (g *grown) open(ctx context.Context) error {
	var err error
	if g.srv, err = g.place.serve(ctx); err != nil {
		return err
	}
	var campaign struct{ ID string }
	if err := g.srv.call("POST", "/v1/campaigns", refill("Growth"), &campaign); err != nil {
		return err
	}
	if _, err := g.generate(g.srv, campaign.ID, 2*freshEach*(g.rounds+1)+usesEach); err != nil {
		return err
	}
	if err := g.regular(); err != nil {
		return err
	}
	_, err = g.redeemSome()
	return err
}

// regular makes a customer who has used some vouchers.
func (g *grown) regular() error {
	codes, err := g.take(usesEach)
	if err != nil {
		return err
	}
	var used struct{ Redemptions []struct{ Customer string } }
	for _, code := range codes {
		body := object{"code": code, "customer": object{"source_id": fmt.Sprint("regular-", g.srv.cmd.Process.Pid)}}
		if err := g.srv.call("POST", "/v1/redemptions", body, &used); err != nil {
			return err
		}
	}
	g.customer = used.Redemptions[0].Customer
	return nil
}

// compare measures each thing on both, in turns.
func (p *plan) compare(ctx context.Context, r *report, small, big *grown) error {
	for _, g := range []*grown{small, big} {
		if err := g.open(ctx); err != nil {
			return err
		}
	}
	for _, what := range []struct {
		name string
		take func(g *grown) (float64, error)
	}{
		{"redeem", (*grown).redeemSome},
		{"list of vouchers", func(g *grown) (float64, error) { return g.pages("/v1/vouchers?limit=50") }},
		{"unused vouchers", func(g *grown) (float64, error) { return g.pages("/v1/vouchers?limit=50&used=false") }},
		{"customer's vouchers", func(g *grown) (float64, error) { return g.pages("/v1/customers/" + g.customer + "/vouchers?limit=50") }},
	} {
		ratio, us, them, err := turns(p.rounds, func() (float64, error) { return what.take(big) }, func() (float64, error) { return what.take(small) })
		if err != nil {
			return fmt.Errorf("%s: %w", what.name, err)
		}
		r.add(line{name: fmt.Sprintf("%s: %s at %d ÷ at %d", big.name, what.name, big.size, smallest), ratio: ratio, must: 1.5, aim: 1.1,
			note: fmt.Sprintf("p50 %.2f ms, %.2f ms", us*1e3, them*1e3)})
	}
	return errors.Join(small.srv.stop(), big.srv.stop())
}

// redeemSome returns the median time of a redemption, in seconds.
func (g *grown) redeemSome() (float64, error) {
	codes, err := g.take(freshEach)
	if err != nil {
		return 0, err
	}
	c, err := g.srv.caller("/v1/redemptions")
	if err != nil {
		return 0, err
	}
	defer c.conn.Close()
	return each(codes, func(code string) error {
		n := int(g.calls.Add(1))
		return wants(http.StatusCreated)(c.ask(fmt.Sprint(g.srv.cmd.Process.Pid, "-", n), redemption(code, n)))
	})
}

// pages returns the median time of a page of a list, in seconds.
func (g *grown) pages(path string) (float64, error) {
	return each(make([]string, perTurn), func(string) error {
		resp, err := g.srv.ask("GET", path, "", nil)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		return errors.Join(err, resp.Body.Close())
	})
}
