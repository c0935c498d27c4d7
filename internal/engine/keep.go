package engine

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// beside is how many commands a batch must have for another processor to make their answers.
const beside = 8

// keeper makes the answers that are kept under idempotency keys, while the lane decides the
// next command and the database writes what comes before answers: to render, pack and seal
// one takes longer than to decide.
type keeper struct {
	sealer Sealer
	todo   chan *call // with room for all: the lane never waits
	again  []*call    // under keys whose answers are being made
	// finish makes the answers that are left, waits for those that another is at, and
	// returns what has failed. Nothing is kept after it.
	finish func() error
}

// newKeeper returns a keeper for a batch of n commands.
func newKeeper(sealer Sealer, n int) *keeper {
	k := &keeper{sealer: sealer, todo: make(chan *call, n)}
	var helper sync.WaitGroup
	var failed error
	if n >= beside {
		helper.Go(func() { failed = k.work() })
	}
	k.finish = sync.OnceValue(func() error {
		close(k.todo)
		err := k.work()
		helper.Wait()
		return cmp.Or(err, failed)
	})
	return k
}

// keep has the answer of a call made, whose result nothing changes any more.
func (k *keeper) keep(c *call) { k.todo <- c }

func (k *keeper) work() (err error) {
	defer caught(&err)
	for c := range k.todo {
		c.reply.Body = c.Render(c.reply.Result, c.err)
		c.answer.Sealed = k.sealer.Seal(string(packed(c.reply.Body)), c.Key)
	}
	return nil
}

// lasting reports whether an answer is kept under its key: a fault on our side is not.
func lasting(err error) bool {
	if err == nil {
		return true
	}
	kind := fault.Of(err).Kind
	return kind != fault.Internal && kind != fault.Unavailable
}

// Kept returns the answer that is kept under a key, and whether there is one: for work
// that comes before its command. asked, called only then, returns the request.
func (e *Engine) Kept(ctx context.Context, key string, asked func() ([]byte, error)) (Reply, bool, error) {
	s, err := e.Journal.Read(ctx, &coupon.Keys{Answers: []string{key}})
	if err != nil {
		return Reply{}, false, err
	}
	first := s.Answers.Row(key)
	if first == nil {
		return Reply{}, false, nil
	}
	body, err := asked()
	if err != nil {
		return Reply{}, true, err
	}
	reply, err := e.replay(&call{Ask: Ask{Key: key, Body: body}}, first)
	return reply, true, err
}

// replayAll answers those who asked again while the first answer was being made.
func (e *Engine) replayAll(calls []*call) {
	for _, c := range calls {
		c.reply, c.err = e.replay(c, c.answer)
	}
}

// replay fails that call alone, whatever happens: its batch may be committed already.
func (e *Engine) replay(c *call, first *coupon.Answer) (_ Reply, err error) {
	defer caught(&err)
	if !e.Sealer.DigestIs(first.Hash, digestOfRequest, c.Body) {
		return Reply{}, coupon.ErrIdempotencyMismatch
	}
	kept, err := e.Sealer.Open(first.Sealed, c.Key)
	if err != nil {
		return Reply{}, fmt.Errorf("engine: answer of a key: %w", err)
	}
	body, err := unpacked([]byte(kept))
	if err != nil {
		return Reply{}, fmt.Errorf("engine: answer of a key, unpacking: %w", err)
	}
	return Reply{Body: body, Replay: true}, nil
}
