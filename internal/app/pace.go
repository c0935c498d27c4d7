package app

import (
	"context"
	"errors"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// How many vouchers one command makes: few enough that a redemption never waits long
// behind it, and many where nobody does: most of what a chunk writes are pages that the
// next one writes again. Where people go on while a chunk is written there may be more.
const (
	chunkSmall = 100
	chunkLarge = 1600
	besideMost = 800  // while people ask, where they go on
	aloneMost  = 6400 // while nobody asks, where they would
)

// quiet is how many chunks in a row nobody must disturb, after somebody did, before they grow
// again: who stands at a till comes again soon.
const quiet = 8

// pace is how many vouchers the next chunk of a job has: more each time that nobody asked
// for anything else meanwhile, few when somebody did.
type pace struct {
	now, busy, most int // vouchers: of the next chunk, after somebody asked, and at most
	wait            int // chunks that nobody may disturb before they grow
}

func (a *App) newPace() *pace {
	if a.engine.OneWriter {
		return &pace{now: chunkSmall, busy: chunkSmall, most: chunkLarge}
	}
	return &pace{now: chunkSmall, busy: besideMost, most: aloneMost}
}

func (p *pace) size() int { return p.now }

// took learns from a chunk.
func (p *pace) took(reply engine.Reply, err error) {
	switch {
	case err == nil && reply.Alone && p.wait > 0:
		p.wait--
	case err == nil && reply.Alone:
		p.now = min(2*p.now, p.most)
	case err == nil, errors.Is(err, engine.ErrYielded):
		p.now, p.wait = p.busy, quiet
	}
}

// issueChunk commits one chunk; while the queue is full of people it waits. A chunk that
// is not small may be answered with engine.ErrYielded: then none of it was made.
func (a *App) issueChunk(ctx context.Context, p *pace, c coupon.IssueChunk) (coupon.Progress, error) {
	var reply engine.Reply
	err := patiently(ctx, func() (err error) {
		reply, err = a.engine.Do(ctx, engine.Ask{Command: c, Bulk: true, Yields: len(c.Codes) > chunkSmall})
		return err
	})
	p.took(reply, err)
	progress, _ := reply.Result.(coupon.Progress)
	return progress, err
}

// patiently does what a job does, and while the queue is full of people does it again.
func patiently(ctx context.Context, do func() error) error {
	for {
		if err := do(); !errors.Is(err, engine.ErrBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// issueAll commits codes in as many chunks as the moment asks for.
func (a *App) issueAll(ctx context.Context, p *pace, c coupon.IssueChunk) (progress coupon.Progress, err error) {
	for rest := c.Codes; len(rest) > 0; {
		c.Codes = rest[:min(len(rest), p.size())]
		progress, err = a.issueChunk(ctx, p, c)
		if errors.Is(err, engine.ErrYielded) {
			continue
		}
		if err != nil || progress.Complete {
			return progress, err
		}
		rest = rest[len(c.Codes):]
	}
	return progress, ctx.Err()
}
