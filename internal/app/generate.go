package app

import (
	"context"
	"errors"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
)

// chunkSize is how many vouchers one command makes: large enough to be quick, small
// enough that a redemption never waits long behind it.
const chunkSize = 500

// Generate is the job that fills a batch, chunk by chunk. Killed, it goes on where
// the last committed chunk ended.
func (a *App) Generate(ctx context.Context, job coupon.Job) error {
	b, err := a.Store.Batch(ctx, coupon.BatchID(job.Subject))
	if err != nil {
		return err
	}
	gen, err := coupon.NewGenerator(b.Code, a.Random)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for drawn := range a.draw(ctx, gen, b.Code, b.Quantity-b.Made) {
		if drawn.err != nil {
			return drawn.err
		}
		progress, err := a.issueChunk(ctx, coupon.IssueChunk{Batch: b.ID, Codes: drawn.codes, By: job.By})
		if err != nil || progress.Complete {
			return err
		}
	}
	return ctx.Err()
}

// issueChunk commits one chunk; while the queue is full of people it waits.
func (a *App) issueChunk(ctx context.Context, c coupon.IssueChunk) (coupon.Progress, error) {
	for {
		progress, err := engine.Run[coupon.Progress](ctx, a.engine, engine.Ask{Command: c})
		if !errors.Is(err, engine.ErrBusy) {
			return progress, err
		}
		select {
		case <-ctx.Done():
			return progress, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

type drawn struct {
	codes []coupon.NewCode
	err   error
}

// draw draws n codes in chunks, the next while the last is being committed, and then
// one by one in place of those that turned out to be taken, until ctx ends.
func (a *App) draw(ctx context.Context, gen *coupon.Generator, p coupon.CodePolicy, n int64) <-chan drawn {
	out := make(chan drawn)
	go func() {
		defer close(out)
		for ; ctx.Err() == nil; n -= chunkSize {
			codes, err := a.newCodes(gen, p, min(chunkSize, max(n, 1)))
			select {
			case out <- drawn{codes, err}:
			case <-ctx.Done():
			}
		}
	}()
	return out
}

// newCodes draws n codes and seals them for the vouchers they will belong to.
func (a *App) newCodes(gen *coupon.Generator, p coupon.CodePolicy, n int64) ([]coupon.NewCode, error) {
	out := make([]coupon.NewCode, n)
	for i := range out {
		code, canonical, err := gen.Next()
		if err != nil {
			return nil, err
		}
		out[i] = a.newCode(code, canonical, p)
	}
	return out, nil
}

func (a *App) newCode(code, canonical string, p coupon.CodePolicy) coupon.NewCode {
	id := coupon.VoucherID(a.NewID("vch"))
	return coupon.NewCode{
		Voucher: id, Fingerprints: a.Keys.Fingerprints(canonical), Sealed: a.Keys.Seal(code, string(id)),
		Prefix: coupon.MaskedPrefix(canonical, p), Tail: coupon.Tail(canonical),
	}
}

// drawCode draws one code of a campaign for a voucher that is issued by hand.
func (a *App) drawCode(ctx context.Context, c coupon.CampaignView) (coupon.NewCode, string, error) {
	policy, _, err := a.Fit(ctx, c, "", 1)
	if err != nil {
		return coupon.NewCode{}, "", err
	}
	gen, err := coupon.NewGenerator(policy, a.Random)
	if err != nil {
		return coupon.NewCode{}, "", err
	}
	code, canonical, err := gen.Next()
	if err != nil {
		return coupon.NewCode{}, "", err
	}
	return a.newCode(code, canonical, policy), code, nil
}
