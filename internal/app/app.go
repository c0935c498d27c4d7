// Package app holds the use cases: who may do what, and which command or reading
// that means. Every door (API, back office, portal, job, command line) calls it.
package app

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/expert"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/seal"
)

// App is the program's use cases on one installation. Close it when done.
type App struct {
	Options
	engine    *engine.Engine
	passwords *seal.Passwords
	clerk     *clerk
	expert    *expert.Judge
	keys      keyCache
	importing turn
	trying    *tries
	behind    sync.WaitGroup // what is done after its answer
	sending   turn
	underway  underway
}

// Options are an App's parts; Store, Journal and Keys are needed.
type Options struct {
	Store   Store
	Journal coupon.Journal
	Keys    *seal.Keys
	Now     func() time.Time // UTC, whole microseconds
	NewID   func(prefix string) string
	Random  io.Reader // of codes
	Lanes   int       // batches of the engine at a time; 1

	OneWriter bool  // the database runs one transaction at a time
	Hooks     Hooks // reach the receivers of webhooks; nil: none is reached
	Log       *slog.Logger

	// Broken, when set, is why nothing can be changed, e.g. that the keys are not
	// the ones this data was written with: the program shows what it can and
	// refuses every command with it.
	Broken error
}

// New starts an App: its engine's lane and the clerk who writes refusals down.
func New(o Options) *App {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
	}
	if o.NewID == nil {
		o.NewID = id.New
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &App{Options: o, passwords: seal.NewPasswords(2), clerk: newClerk(o.Store, o.Log), expert: expert.NewJudge(), importing: make(turn, 1), trying: newTries(), sending: make(turn, 1)}
	a.engine = engine.New(engine.Options{Journal: o.Journal, Sealer: o.Keys, Now: o.Now, NewID: o.NewID, Expert: a.expert.Holds, Lanes: o.Lanes, OneWriter: o.OneWriter, Refused: a.clerk.take})
	return a
}

// Close lets what was begun finish.
func (a *App) Close() {
	a.Settle()
	a.engine.Close()
	a.clerk.close()
}

// Settle waits for what goes on behind answers that were given.
func (a *App) Settle() { a.behind.Wait() }

// event fills in what every administrative event says.
func (a *App) event(req Request, kind coupon.EventType, subject string, data map[string]any) coupon.Event {
	return coupon.Event{Type: kind, Subject: subject, By: req.By.Actor, Request: req.ID, Address: req.Address, At: a.Now(), Data: data}
}

// clerk writes refusals down after they were answered, so that a stranger's
// answer waits for nothing.
type clerk struct {
	store uses
	log   *slog.Logger
	in    chan *coupon.Refusal
	wg    sync.WaitGroup
}

func newClerk(s uses, log *slog.Logger) *clerk {
	c := &clerk{store: s, log: log, in: make(chan *coupon.Refusal, 4096)}
	c.wg.Go(c.write)
	return c
}

// take keeps a refusal for writing; under a flood it lets some go.
func (c *clerk) take(r *coupon.Refusal) {
	select {
	case c.in <- r:
	default:
	}
}

func (c *clerk) write() {
	for first := range c.in {
		list := []coupon.Refusal{*first}
		for len(list) < 256 && len(c.in) > 0 {
			list = append(list, *<-c.in)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		if err := c.store.SaveRefusals(ctx, list); err != nil {
			c.log.Warn("refusals were not written", "count", len(list), "err", err)
		}
		cancel()
	}
}

func (c *clerk) close() {
	close(c.in)
	c.wg.Wait()
}
