package app

import (
	"context"
	"errors"

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
	left := b.Quantity - b.Made
	for {
		codes, err := a.newCodes(gen, b.Code, min(chunkSize, max(left, 1)))
		if err != nil {
			return err
		}
		progress, err := engine.Run[coupon.Progress](ctx, a.engine, engine.Ask{Command: coupon.IssueChunk{Batch: b.ID, Codes: codes, By: job.By}})
		if errors.Is(err, engine.ErrBusy) {
			continue // the queue is full of people; the next try comes after them
		}
		if err != nil || progress.Complete {
			return err
		}
		left = progress.Total - progress.Done
		if err := ctx.Err(); err != nil {
			return err
		}
	}
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
