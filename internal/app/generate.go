package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/scriphq/scrip/internal/coupon"
)

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
	codes, p := a.draw(ctx, gen, b.Code, b.Quantity-b.Made), a.newPace()
	for {
		some, err := gather(ctx, codes, p.size())
		if err != nil {
			return err
		}
		progress, err := a.issueAll(ctx, p, coupon.IssueChunk{Batch: b.ID, Codes: some, By: job.By})
		if err != nil || progress.Complete {
			return err
		}
	}
}

type drawn struct {
	codes []coupon.NewCode
	err   error
}

// drawnAhead is how many codes are drawn at a time, and put in the order of their
// fingerprints: the codes of a chunk then lie together in the index, on fewer pages.
const drawnAhead = 32_000

// draw draws n codes, those for the next chunks while the last ones are being committed, and
// then one by one in place of those that turned out to be taken, until ctx ends.
func (a *App) draw(ctx context.Context, gen *coupon.Generator, p coupon.CodePolicy, n int64) <-chan drawn {
	out := make(chan drawn, 2*aloneMost/chunkSmall)
	send := func(d drawn) bool {
		select {
		case out <- d:
			return true
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		defer close(out)
		for ; ctx.Err() == nil; n -= drawnAhead {
			codes, err := a.newCodes(gen, p, min(drawnAhead, max(n, 1)))
			if err != nil {
				send(drawn{err: err})
				return
			}
			for some := range slices.Chunk(codes, chunkSmall) {
				if !send(drawn{codes: some}) {
					return
				}
			}
		}
	}()
	return out
}

// gather waits for codes and takes what has been drawn of n.
func gather(ctx context.Context, from <-chan drawn, n int) (codes []coupon.NewCode, err error) {
	first, open := <-from
	if !open {
		return nil, ctx.Err()
	}
	for codes, err = first.codes, first.err; err == nil && len(codes) < n; {
		select {
		case more, open := <-from:
			if !open {
				return codes, ctx.Err()
			}
			codes, err = append(codes, more.codes...), more.err
		default:
			return codes, nil
		}
	}
	return codes, err
}

// newCodes draws n codes in the order of their fingerprints. The ids of the vouchers they
// will belong to come in the same order.
func (a *App) newCodes(gen *coupon.Generator, p coupon.CodePolicy, n int64) ([]coupon.NewCode, error) {
	out := make([]coupon.NewCode, n)
	for i := range out {
		code, canonical, err := gen.Next()
		if err != nil {
			return nil, err
		}
		out[i] = a.bareCode(code, canonical, p)
	}
	slices.SortFunc(out, func(a, b coupon.NewCode) int { return cmp.Compare(a.Fingerprints[0], b.Fingerprints[0]) })
	for i := range out {
		a.sealFor(&out[i])
	}
	return out, nil
}

func (a *App) newCode(code, canonical string, p coupon.CodePolicy) coupon.NewCode {
	c := a.bareCode(code, canonical, p)
	a.sealFor(&c)
	return c
}

// bareCode returns a code that belongs to no voucher yet, and is not sealed.
func (a *App) bareCode(code, canonical string, p coupon.CodePolicy) coupon.NewCode {
	return coupon.NewCode{
		Fingerprints: a.Keys.Fingerprints(canonical), Sealed: code,
		Prefix: coupon.MaskedPrefix(canonical, p), Tail: coupon.Tail(canonical),
	}
}

// sealFor names the voucher that a bare code will belong to, and seals it for that.
func (a *App) sealFor(c *coupon.NewCode) {
	c.Voucher = coupon.VoucherID(a.NewID("vch"))
	c.Sealed = a.Keys.Seal(c.Sealed, string(c.Voucher))
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
