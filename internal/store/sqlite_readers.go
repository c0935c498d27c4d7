package store

import (
	"cmp"
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

// sqliteReaders are sessions that read by keys, with plans made once.
type sqliteReaders struct {
	open func() (*sqliteSession, error)
	free chan *sqliteSession // nil stands for one that is not open yet
}

func newSQLiteReaders(open func() (*sqliteSession, error), n int) *sqliteReaders {
	r := &sqliteReaders{open: open, free: make(chan *sqliteSession, n)}
	for range n {
		r.free <- nil
	}
	return r
}

// run looks on a session that nobody else has meanwhile.
func (r *sqliteReaders) run(ctx context.Context, list []statement) error {
	var s *sqliteSession
	select {
	case s = <-r.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.free <- s }()
	if s == nil {
		var err error
		if s, err = r.open(); err != nil {
			return coupon.ErrAway.Because(err)
		}
	}
	return s.look(ctx, list)
}

// close waits for those that read; later reads are answered with ErrAway.
func (r *sqliteReaders) close() error {
	var first error
	for range cap(r.free) {
		if s := <-r.free; s != nil {
			first = cmp.Or(first, s.close())
		}
	}
	r.open = func() (*sqliteSession, error) { return nil, coupon.ErrAway }
	for range cap(r.free) {
		r.free <- nil
	}
	return first
}
