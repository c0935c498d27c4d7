package engine_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// gate is a command that keeps the lane busy until it is opened.
type gate struct{ begun, open chan struct{} }

func newGate() gate { return gate{make(chan struct{}), make(chan struct{})} }

func (gate) Resolve(*coupon.Lookup)           {}
func (gate) Lock(*coupon.Links, *coupon.Keys) {}
func (g gate) Decide(*coupon.Effects, time.Time) (any, error) {
	close(g.begun)
	<-g.open
	return nil, nil
}

// told is a context that tells when Do begins to wait: the command is in the queue.
type told struct {
	context.Context
	once   *sync.Once
	queued chan struct{}
}

func tell(ctx context.Context) told { return told{ctx, &sync.Once{}, make(chan struct{})} }

func (c told) Done() <-chan struct{} {
	c.once.Do(func() { close(c.queued) })
	return c.Context.Done()
}

// answer is what became of an ask.
type answer struct {
	engine.Reply
	err error
}

// closed keeps the lane of an engine busy and returns the gate and what waits for it.
func closed(t testing.TB, e *engine.Engine) (g gate, wg *sync.WaitGroup) {
	t.Helper()
	g, wg = newGate(), &sync.WaitGroup{}
	wg.Go(func() {
		if _, err := e.Do(context.Background(), engine.Ask{Command: g}); err != nil {
			t.Errorf("the gate: %v", err)
		}
	})
	<-g.begun
	return g, wg
}

// together has commands wait in the given order and then run in one batch.
func together(t testing.TB, e *engine.Engine, asks ...engine.Ask) []answer {
	t.Helper()
	out := make([]answer, len(asks))
	g, wg := closed(t, e)
	for i, ask := range asks {
		queue(wg, e, ask, &out[i])
	}
	close(g.open)
	wg.Wait()
	return out
}

// queue starts an ask and returns once it waits in the queue, or was refused there.
func queue(wg *sync.WaitGroup, e *engine.Engine, ask engine.Ask, out *answer) {
	ctx := tell(context.Background())
	done := make(chan struct{})
	wg.Go(func() {
		defer close(done)
		out.Reply, out.err = e.Do(ctx, ask)
	})
	select {
	case <-ctx.queued:
	case <-done:
	}
}

// asks wraps commands.
func asks(commands ...coupon.Command) []engine.Ask {
	out := make([]engine.Ask, len(commands))
	for i, c := range commands {
		out[i].Command = c
	}
	return out
}

// codes lists the codes of answers, "" for success.
func codesOf(answers []answer) []string {
	out := make([]string, len(answers))
	for i, a := range answers {
		out[i] = code(a.err)
	}
	return out
}
