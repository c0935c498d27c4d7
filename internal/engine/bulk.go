package engine

import (
	"context"
	"runtime"

	"github.com/scriphq/scrip/internal/fault"
)

// ErrYielded answers a chunk that made way for others. None of it was done.
var ErrYielded = fault.New(fault.Unavailable, "yielded", "This made way for what people ask.")

// take waits for what is next: what people ask, as much as a batch takes, or one chunk of
// a long job. When both wait they take turns, so that a chunk delays people by no more
// than itself, and people cannot keep a job from its end. Nil means that none will come.
func (e *Engine) take() *batch {
	first, second := e.queue, e.bulk
	if !e.chunked {
		first, second = e.bulk, e.queue
	}
	c := waiting(first, second)
	if c == nil {
		c = e.wait()
	}
	if c == nil {
		return nil
	}
	if e.chunked = c.Bulk; e.chunked {
		return &batch{calls: []*call{c}}
	}
	runtime.Gosched() // who was answered by the last batch and has no processor may ask again first
	return &batch{calls: e.collect([]*call{c}), joins: joins}
}

// waiting returns a call that waits already, nil when there is none.
func waiting(queues ...chan *call) *call {
	for _, q := range queues {
		select {
		case c := <-q:
			return c
		default:
		}
	}
	return nil
}

// wait waits for a call; nil means that none will come.
func (e *Engine) wait() *call {
	select {
	case c := <-e.queue:
		return c
	case c := <-e.bulk:
		return c
	case <-e.stop:
		return waiting(e.queue, e.bulk)
	}
}

// oneChunk waits until no other chunk is under way: with two lanes, two chunks would keep
// people waiting. It is over when it is answered, whether its caller still waits or not.
func (e *Engine) oneChunk(ctx context.Context) error {
	select {
	case e.chunk <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ErrGaveUp.Because(context.Cause(ctx))
	case <-e.stop:
		return ErrClosed
	}
}

// enter puts a call where it waits, and reports whether there was room.
func (e *Engine) enter(c *call) bool {
	queue := e.queue
	if c.Bulk {
		queue = e.bulk
	}
	select {
	case queue <- c:
	default:
		return false
	}
	if c.Bulk {
		return true
	}
	e.asked.Add(1)
	if stop := e.breakOff.Load(); stop != nil {
		(*stop)()
	}
	return true
}

// attention is the context in which a batch runs. That of a chunk that yields ends when
// somebody asks for something else; where another transaction can do that, it need not.
func (e *Engine) attention(first *call) (ctx context.Context, done func()) {
	ctx = context.Background()
	if !first.Yields || !e.OneWriter {
		return ctx, func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	e.breakOff.Store(&stop)
	if len(e.queue) > 0 { // came before it could tell
		stop()
	}
	return ctx, func() {
		e.breakOff.Store(nil)
		stop()
	}
}
