package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// noting is a command that changes nothing but the list of who was there when.
type noting struct {
	name string
	list *[]string
}

func (noting) Resolve(*coupon.Lookup)           {}
func (noting) Lock(*coupon.Links, *coupon.Keys) {}
func (n noting) Decide(*coupon.Effects, time.Time) (any, error) {
	*n.list = append(*n.list, n.name)
	return nil, nil
}

// Between two chunks of a long job, everybody who waits is served.
func TestChunksTakeTurnsWithPeople(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		var list []string
		var out [7]answer
		g, wg := closed(t, d.Engine)
		for i, name := range []string{"chunk 1", "chunk 2", "chunk 3", "Mei", "Jun", "Ada"} {
			queue(wg, d.Engine, engine.Ask{Command: noting{name, &list}, Bulk: i < 3}, &out[i])
		}
		close(g.open)
		wg.Wait()
		slices.Sort(list[min(4, len(list)):]) // chunks wait for each other in no order
		if want := []string{"chunk 1", "Mei", "Jun", "Ada", "chunk 2", "chunk 3"}; !slices.Equal(list, want) {
			t.Errorf("got %q, want %q", list, want)
		}
		for i := range list {
			if out[i].err != nil {
				t.Errorf("%d: %v", i, out[i].err)
			}
		}
	})
}

// meanwhile is a command during which somebody asks for something else.
type meanwhile struct {
	coupon.Command
	ask func()
}

func (m meanwhile) Decide(e *coupon.Effects, now time.Time) (any, error) {
	m.ask()
	return m.Command.Decide(e, now)
}

// A large chunk that is under way when somebody asks is broken off: it has changed
// nothing, and what was asked is done.
func TestALargeChunkMakesWay(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{}), "TEN")
		var wg sync.WaitGroup
		var redeemed answer
		chunk := engine.Ask{Bulk: true, Yields: true, Command: meanwhile{
			coupon.CreateCustomer{Customer: coupon.Customer{SourceID: "src-Mei", Name: "Mei"}, By: staff},
			sync.OnceFunc(func() { queue(&wg, d.Engine, engine.Ask{Command: redeem("TEN")}, &redeemed) }),
		}}
		_, err := d.Do(t.Context(), chunk)
		wg.Wait()
		if !errors.Is(err, engine.ErrYielded) || redeemed.err != nil {
			t.Errorf("the chunk: %v, want that it yielded; the redemption: %v", err, redeemed.err)
		}
		if n := d.number("SELECT COUNT(*) FROM customer"); n != 0 {
			t.Error("the chunk changed something all the same")
		}
		reply, err := d.Do(t.Context(), chunk)
		if err != nil || !reply.Alone {
			t.Errorf("again, with nobody about: %v, alone: %v", err, reply.Alone)
		}
	}, func(o *engine.Options) { o.OneWriter = true })
}

// Where the database runs two transactions at a time, nobody waits for a chunk to be
// written, and there is never a second one, even when the caller of the first has left.
func TestPeopleGoOnWhileAChunkIsWritten(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		if d.db.OneWriter() {
			return
		}
		d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		customer := func(id string) engine.Ask {
			return engine.Ask{Bulk: true, Command: coupon.CreateCustomer{Customer: coupon.Customer{SourceID: id, Name: id}, By: staff}}
		}
		writing, written := make(chan struct{}), make(chan struct{})
		var chunks atomic.Int64
		d.journal.apply = func(c *coupon.Changes) error {
			if len(c.NewCustomers) > 0 {
				if chunks.Add(1) == 1 {
					close(writing)
					<-written
				}
			}
			return nil
		}
		var wg sync.WaitGroup
		var first, second answer
		gone, leave := context.WithCancel(t.Context())
		wg.Go(func() { _, first.err = d.Do(gone, customer("src-Mei")) })
		<-writing
		leave()
		queue(&wg, d.Engine, customer("src-Jun"), &second)
		for range 3 {
			if _, err := d.Do(t.Context(), engine.Ask{Command: redeem("GIFT", taking(sgd(100)))}); err != nil {
				t.Errorf("a redemption meanwhile: %v", err)
			}
		}
		wants(t, "chunks begun meanwhile", chunks.Load(), 1)
		close(written)
		wg.Wait()
		wants(t, "the chunks", codesOf([]answer{first, second}), "[timeout ]")
		wants(t, "customers", d.number("SELECT COUNT(*) FROM customer"), 2)
	}, func(o *engine.Options) { o.Lanes = 2 })
}

// A chunk that does not yield goes on to its end, and learns that somebody asked.
func TestASmallChunkIsNotBrokenOff(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		var wg sync.WaitGroup
		var other answer
		var list []string
		reply, err := d.Do(t.Context(), engine.Ask{Bulk: true, Command: meanwhile{
			coupon.CreateCustomer{Customer: coupon.Customer{SourceID: "src-Mei", Name: "Mei"}, By: staff},
			func() { queue(&wg, d.Engine, engine.Ask{Command: noting{"Jun", &list}}, &other) },
		}})
		wg.Wait()
		if err != nil || reply.Alone || other.err != nil {
			t.Errorf("the chunk: %v, alone: %v; the other: %v", err, reply.Alone, other.err)
		}
	})
}
