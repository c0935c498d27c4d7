// Package engine is the one door for changes: a group commit. While one
// transaction commits, the commands that arrive wait; the next transaction takes
// them all. In a batch, commands see one another's effects, so the last use of a
// voucher goes to exactly one of them.
package engine

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
)

// Faults of the engine itself.
var (
	ErrBusy    = fault.New(fault.Unavailable, "busy", "Too many requests are waiting. Try again in a moment.").After(time.Second)
	ErrClosed  = fault.New(fault.Unavailable, "closing", "The server is stopping. Try again in a moment.").After(2 * time.Second)
	ErrGaveUp  = fault.New(fault.Unavailable, "timeout", "The answer did not come in time. Ask again with the same idempotency key.").After(time.Second)
	errNothing = errors.New("engine: nothing to write")
)

// Sealer encrypts the answers that are kept under idempotency keys, into text, and keeps a
// keyed digest of the requests they answer. It is used by several at a time.
type Sealer interface {
	Seal(plain, rowID string) string
	Open(sealed, rowID string) (string, error)
	Digest(purpose string, data []byte) string
	DigestIs(stored, purpose string, data []byte) bool
}

// digestOfRequest is the purpose that separates these digests from all others.
const digestOfRequest = "idempotency"

// Options are an engine's parts. Zero sizes mean the defaults.
type Options struct {
	Journal coupon.Journal
	Sealer  Sealer
	Now     func() time.Time // UTC, whole microseconds
	NewID   func(prefix string) string
	Refused func(*coupon.Refusal)                                   // told of every refusal after the answer; must not block
	Queue   int                                                     // commands that may wait; 8192
	Batch   int                                                     // commands of one transaction; 512
	Expert  func(source string, facts map[string]any) (bool, error) // judges conditions; see coupon.State
	Lanes   int                                                     // batches at a time; 1. More than the database can run side by side do not pay

	// OneWriter says that the database runs one transaction at a time, whatever the lanes: a
	// chunk of a long job keeps everybody waiting.
	OneWriter bool
}

// Engine collects commands and commits them together. Close it when done.
type Engine struct {
	Options
	queue chan *call
	bulk  chan *call    // chunks of long jobs
	chunk chan struct{} // full while one is under way
	turn  chan struct{} // full while a lane has the turn

	chunked  bool                               // the last turn was a chunk's; whoever has the turn has it
	asked    atomic.Int64                       // how often people asked
	breakOff atomic.Pointer[context.CancelFunc] // of the chunk that yields

	stop chan struct{}
	done chan struct{}
}

// New starts an engine.
func New(o Options) *Engine {
	if o.Queue == 0 {
		o.Queue = 8192
	}
	if o.Batch == 0 {
		o.Batch = 512
	}
	e := &Engine{Options: o, queue: make(chan *call, o.Queue), bulk: make(chan *call, 1), chunk: make(chan struct{}, 1), turn: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	var lanes sync.WaitGroup
	for range max(1, o.Lanes) {
		lanes.Go(e.lane)
	}
	go func() {
		lanes.Wait()
		close(e.done)
	}()
	return e
}

// Close lets the commands that wait finish and stops the lanes.
func (e *Engine) Close() {
	close(e.stop)
	<-e.done
}

// Ask is a command with what surrounds it.
type Ask struct {
	Command coupon.Command
	Request string // request id, for its events
	Address string // the actor's network address, for its events

	// Key, when given, makes the answer repeatable: the same key and Body give the
	// first answer again, byte for byte; another Body is refused. Render makes the
	// answer's bytes; the batch waits for it, so it must be quick, and it may run beside others.
	Key    string
	Body   []byte // what was asked, as it came
	Render func(result any, err error) []byte

	// Bulk marks a chunk of a long job: it is committed by itself, in turn with what
	// people ask. With Yields, where there is one writer, it is broken off before its commit
	// when somebody asks, and answered with ErrYielded: a large chunk keeps nobody waiting.
	Bulk, Yields bool
}

// Reply is what became of an Ask: Result without a key, Body with one.
type Reply struct {
	Result any
	Body   []byte
	Replay bool // Body is the first answer, given again
	Alone  bool // nobody asked for anything while a chunk was being done
}

type call struct {
	Ask
	ctx    context.Context
	hash   string // keyed digest of Body
	reply  Reply
	err    error
	answer *coupon.Answer // kept under Key: this call's own, or the first one's
	moved  bool
	tries  int
	done   chan struct{}
}

// Do runs a command and waits until it is committed. A caller that gives up
// before the command has begun is not charged; later, its answer is kept under
// its idempotency key.
func (e *Engine) Do(ctx context.Context, ask Ask) (Reply, error) {
	c := &call{Ask: ask, ctx: ctx, done: make(chan struct{})}
	if ask.Key != "" {
		c.hash = e.Sealer.Digest(digestOfRequest, ask.Body)
	}
	select {
	case <-e.stop:
		return Reply{}, ErrClosed
	default:
	}
	if ask.Bulk {
		if err := e.oneChunk(ctx); err != nil {
			return Reply{}, err
		}
	}
	others := e.asked.Load()
	if !e.enter(c) {
		return Reply{}, ErrBusy
	}
	select {
	case <-c.done:
		c.reply.Alone = ask.Bulk && e.asked.Load() == others
		return c.reply, c.err
	case <-ctx.Done():
		return Reply{}, ErrGaveUp.Because(context.Cause(ctx))
	case <-e.done:
		select {
		case <-c.done:
			return c.reply, c.err
		default:
			return Reply{}, ErrClosed
		}
	}
}

// Run runs a command that answers with a T.
func Run[T any](ctx context.Context, e *Engine, ask Ask) (T, error) {
	reply, err := e.Do(ctx, ask)
	out, _ := reply.Result.(T)
	return out, err
}

// Try decides a command on the rows as they are, without locks, and changes
// nothing: a validation is the same decision without the write.
func (e *Engine) Try(ctx context.Context, command coupon.Command) (any, error) {
	return e.TryAt(ctx, command, e.Now(), nil)
}

// TryAt is Try for another moment. change, when given, makes the rows that were read what
// they are to be taken for.
func (e *Engine) TryAt(ctx context.Context, command coupon.Command, at time.Time, change func(*coupon.State) error) (any, error) {
	var err error
	for range maxTries {
		var s *coupon.State
		if s, err = e.read(ctx, command, at); err != nil {
			return nil, err
		}
		if change != nil {
			if err = change(s); err != nil {
				return nil, err
			}
		}
		var out any
		if out, err = command.Decide(s.Begin(), at); !errors.Is(err, coupon.ErrMoved) {
			return out, err
		}
	}
	return nil, err
}

func (e *Engine) read(ctx context.Context, command coupon.Command, at time.Time) (*coupon.State, error) {
	calls, l := []*call{{Ask: Ask{Command: command}}}, coupon.NewLinks()
	if err := e.follow(ctx, calls, &coupon.Lookup{}, l); err != nil {
		return nil, err
	}
	s, err := e.Journal.Read(ctx, name(calls, l, at))
	if err != nil {
		return nil, err
	}
	s.Links, s.Org, s.IDs, s.Expert = l, l.Org, e.ids(at), e.Expert
	return s, nil
}

// ids makes the ids of a batch. They begin with its time and sort as they were made: a list
// of a time is a range of ids.
func (e *Engine) ids(at time.Time) *id.Series { return id.NewSeries(e.NewID("mrk"), at) }

// lane takes what waits and commits it, until the engine is closed and empty. One lane
// at a time has the turn: it takes, locks and decides, and gives the turn away when it
// has nothing left but to write and commit. A lane that took its commands earlier would
// wait for the rows of the one before, and commit the few that were there then.
func (e *Engine) lane() {
	for {
		e.turn <- struct{}{}
		next := sync.OnceFunc(func() { <-e.turn })
		b := e.take()
		if b == nil {
			next()
			return
		}
		e.process(b, next)
		next()
	}
}
