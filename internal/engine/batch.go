package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// maxTries is how often a batch is run again because its rows moved or the
// database asked for it; after that it is bisected, and a single command fails.
const maxTries = 8

// patience is how long the engine asks whether a batch was committed.
const patience = time.Minute

// worthwhile is how many commands must wait for the next batch to begin while this one is
// written and committed. Fewer are better collected until the commit is over: each batch
// costs a wait for the disk and a round trip for each step.
const worthwhile = 64

// batch is what is committed together.
type batch struct {
	calls []*call
	joins int // how often who comes while it is looked up may join it
}

// process brings a batch to its end: every call of it is answered. It calls next, which
// may be called again, when another lane may begin.
func (e *Engine) process(b *batch, next func()) {
	b.calls = e.dropAbandoned(b.calls)
	if e.OneWriter && len(b.calls) > 0 && b.calls[0].Bulk {
		next = func() {} // a second chunk behind this one could not make way
	}
	for len(b.calls) > 0 {
		err := e.attempt(b, next)
		first := b.calls[0]
		switch {
		case err == nil:
			b.calls = e.settle(b.calls)
		case errors.Is(err, coupon.ErrUnclear): // none of it may run again: it might count twice
			e.failed(b, err)
		case first.Yields && errors.Is(err, context.Canceled):
			e.failed(b, ErrYielded)
		case again(err) && first.tries < maxTries:
			first.tries++
		case fault.Of(err).Kind == fault.Unavailable: // no command's fault: the disk is full, the database is away
			e.failed(b, err)
		default:
			e.bisect(b.calls, err, next)
			return
		}
	}
}

// failed answers every call of a batch with the same error.
func (e *Engine) failed(b *batch, err error) {
	for _, c := range b.calls {
		e.answer(c, Reply{}, err)
	}
	b.calls = nil
}

func again(err error) bool {
	return (errors.Is(err, coupon.ErrRetry) || errors.Is(err, coupon.ErrMoved)) && !errors.Is(err, coupon.ErrUnclear)
}

// bisect halves a batch that cannot be committed until the culprit fails alone.
func (e *Engine) bisect(calls []*call, err error, next func()) {
	if len(calls) == 1 {
		e.answer(calls[0], Reply{}, err)
		return
	}
	for _, c := range calls {
		c.tries = 0
	}
	half := len(calls) / 2
	e.process(&batch{calls: calls[:half:half]}, next)
	e.process(&batch{calls: calls[half:]}, next)
}

// dropAbandoned leaves out the calls whose callers have given up.
func (e *Engine) dropAbandoned(calls []*call) []*call {
	live := calls[:0]
	for _, c := range calls {
		if err := c.ctx.Err(); err != nil {
			e.answer(c, Reply{}, ErrGaveUp.Because(err))
			continue
		}
		live = append(live, c)
	}
	return live
}

// settle answers the calls of a committed batch and returns those whose rows had
// moved: they are resolved again, in a batch of their own.
func (e *Engine) settle(calls []*call) []*call {
	var rest []*call
	for _, c := range calls {
		if c.moved && c.tries < maxTries {
			c.tries++
			rest = append(rest, c)
			continue
		}
		e.answer(c, c.reply, c.err)
	}
	return rest
}

func (e *Engine) answer(c *call, r Reply, err error) {
	if again(err) {
		err = ErrBusy.Because(err)
	}
	c.reply, c.err = r, err
	if c.Bulk {
		<-e.chunk
	}
	close(c.done)
	if e.Refused == nil {
		return
	}
	for _, refusal := range coupon.RefusalsOf(r.Result, err) {
		e.Refused(refusal)
	}
}

// caught, deferred, makes a panic an error.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("engine: panic: %v\n%s", p, debug.Stack())
	}
}

// attempt runs a batch in one transaction. It returns nil once committed, with
// the outcome of each call in it.
func (e *Engine) attempt(b *batch, next func()) (err error) {
	defer caught(&err)
	ctx, done := e.attention(b.calls[0])
	defer done()
	links, err := e.resolve(ctx, b)
	if err != nil {
		return err
	}
	b.joins = 0 // what runs again grows no more
	now := e.Now()
	keys := name(b.calls, links, now)
	ids := e.ids(now)
	k := newKeeper(e.Sealer, len(b.calls))
	defer func() { _ = k.finish() }() // whatever becomes of the batch, nobody is at its answers any more
	err = e.Journal.Write(ctx, keys, func(tx coupon.Tx, state *coupon.State) error {
		state.Links, state.Org, state.IDs, state.Expert = links, links.Org, ids, e.Expert
		for _, c := range b.calls {
			e.decide(c, state, now, k)
		}
		changes, some := state.Changes(now)
		if !some {
			return errNothing
		}
		if b.calls[0].Bulk || len(e.queue) >= worthwhile { // nobody waits for a chunk where another transaction can go on
			next()
		}
		changes.Answered = k.finish
		return tx.Apply(ctx, changes)
	})
	switch {
	case errors.Is(err, errNothing):
		return nil
	case errors.Is(err, coupon.ErrUnclear):
		err = e.clear(context.Background(), coupon.MarkID(ids.First("mrk")))
	}
	if err == nil {
		e.replayAll(k.again)
	}
	return err
}

// clear finds out whether a batch was committed after all, and asks until the
// database can say. It returns ErrUnclear when patience has ended.
func (e *Engine) clear(ctx context.Context, mark coupon.MarkID) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		committed, err := e.Journal.Committed(ctx, mark)
		switch {
		case err == nil && committed:
			return nil
		case err == nil:
			return coupon.ErrRetry
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return coupon.ErrUnclear.Because(err)
		}
	}
}

// decide lets one command decide. A refusal, a panic or rows that moved leave the
// state as it was. Who asks under a key that another of the batch has is answered when that
// one's answer is there.
func (e *Engine) decide(c *call, s *coupon.State, now time.Time, k *keeper) {
	c.reply, c.err, c.moved = Reply{}, nil, false
	if c.Key != "" {
		c.answer = s.Answers.Row(c.Key)
		switch {
		case s.Answers.Fresh(c.Key):
			k.again = append(k.again, c)
			return
		case c.answer != nil:
			c.reply, c.err = e.replay(c, c.answer)
			return
		}
	}
	effects := s.Begin()
	result, err := e.ask(c, effects, now)
	if errors.Is(err, coupon.ErrMoved) {
		c.err, c.moved = err, true
		return
	}
	if err != nil {
		effects = s.Begin()
	}
	c.reply, c.err = Reply{Result: result}, err
	kept := c.Key != "" && lasting(err)
	if kept {
		c.answer = &coupon.Answer{Key: c.Key, Hash: c.hash, At: now}
		effects.Remember(c.answer)
	}
	effects.Stamp(c.Request, c.Address)
	effects.Commit()
	if kept {
		k.keep(c)
	}
}

func (e *Engine) ask(c *call, effects *coupon.Effects, now time.Time) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, fmt.Errorf("engine: %T panicked: %v\n%s", c.Command, p, debug.Stack())
		}
	}()
	return c.Command.Decide(effects, now)
}
