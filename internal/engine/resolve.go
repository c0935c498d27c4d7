package engine

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// joins is how often who comes while a batch is looked up may join it: with another look-up
// they are spared the wait for its commit, and theirs would be a batch of its own. It keeps
// those who were just answered from asking in two halves that take turns for ever.
const joins = 4

// joining is how large a batch may be for each one who waits, to be worth another look-up.
const joining = 16

// resolve follows the links of a batch, which may grow meanwhile.
func (e *Engine) resolve(ctx context.Context, b *batch) (*coupon.Links, error) {
	l := coupon.NewLinks()
	for late := b.calls; len(late) > 0; late = e.join(b) {
		if err := e.follow(ctx, late, &coupon.Lookup{Locks: true}, l); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// follow adds the links of calls to l.
func (e *Engine) follow(ctx context.Context, calls []*call, q *coupon.Lookup, l *coupon.Links) error {
	for _, c := range calls {
		c.Command.Resolve(q)
	}
	q.Tidy()
	return e.Journal.Resolve(ctx, q, l)
}

// name names the rows of calls, whose links were followed, at a moment since then.
func name(calls []*call, l *coupon.Links, now time.Time) *coupon.Keys {
	l.Day = l.Org.Day(now)
	k := &coupon.Keys{}
	for _, c := range calls {
		c.Command.Lock(l, k)
		k.Answers = append(k.Answers, c.Key)
	}
	k.Tidy()
	return k
}

// join adds those who wait to a batch, if they are worth it, and returns them.
func (e *Engine) join(b *batch) []*call {
	if b.joins == 0 || joining*len(e.queue) < len(b.calls) {
		return nil
	}
	b.joins--
	before := len(b.calls)
	b.calls = e.collect(b.calls)
	late := e.dropAbandoned(b.calls[before:])
	b.calls = b.calls[:before+len(late)]
	return late
}

// collect adds whoever waits, up to a batch.
func (e *Engine) collect(calls []*call) []*call {
	for len(calls) < e.Batch {
		select {
		case c := <-e.queue:
			calls = append(calls, c)
		default:
			return calls
		}
	}
	return calls
}
