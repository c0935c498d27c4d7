package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// batch is one act of making vouchers.
type batch struct {
	ID          coupon.BatchID    `json:"id"`
	Campaign    coupon.CampaignID `json:"campaign"`
	State       coupon.BatchState `json:"state" doc:"creating, active, frozen or failed"`
	Description string            `json:"description"`
	Prefix      string            `json:"prefix"`
	CodeLength  int               `json:"code_length" doc:"Characters behind the prefix"`
	OneIn       int64             `json:"one_in" doc:"One guess in so many hits a voucher"`
	Quantity    int64             `json:"quantity"`
	Money       *Money            `json:"money,omitempty" doc:"What each voucher is worth, where the batch says it"`
	Source      string            `json:"source" doc:"generated, imported or standing"`
	ExpiresAt   *time.Time        `json:"expires_at"`
	Progress    progress          `json:"progress"`
	Figures     *batchFigures     `json:"figures,omitempty" doc:"What became of its vouchers"`
	Error       string            `json:"error,omitempty" doc:"Why it failed"`
	MadeBy      actor             `json:"made_by"`
	CreatedAt   time.Time         `json:"created_at"`
}

// progress is how far long work has come.
type progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// batchFigures are what became of a batch's vouchers.
type batchFigures struct {
	Used        int64 `json:"used" doc:"Vouchers used at least once"`
	UsedAmount  int64 `json:"used_amount" doc:"What they gave, minor units"`
	Open        int64 `json:"open" doc:"Active, unused, not expired"`
	Outstanding int64 `json:"outstanding" doc:"What is left on open vouchers, minor units"`
}

func batchOf(b coupon.Batch) batch {
	return batch{
		ID: b.ID, Campaign: b.Campaign, State: b.State, Description: b.Description, Prefix: b.Prefix, CodeLength: b.Code.Length, OneIn: b.OneIn,
		Quantity: b.Quantity, Money: moneyOf(b.Money), Source: b.Source, ExpiresAt: moment(b.ExpiresAt), Progress: progress{b.Made, b.Quantity},
		MadeBy: actorOf(b.MadeBy), CreatedAt: b.CreatedAt,
	}
}

func batchView(v *coupon.BatchView) batch {
	b := batchOf(v.Batch)
	b.Error = v.JobError
	b.Figures = &batchFigures{v.Used, v.UsedMinor, v.Open, v.OpenMinor}
	return b
}

type newBatch struct {
	Description string     `json:"description" maxLength:"200"`
	Prefix      string     `json:"prefix,omitempty" maxLength:"32" doc:"The campaign's when left out"`
	Quantity    int64      `json:"quantity" minimum:"1" maximum:"10000000"`
	Money       *Money     `json:"money,omitempty" doc:"What each voucher is worth; the campaign's when left out"`
	ExpiresAt   *time.Time `json:"expires_at,omitempty"`
}

// small is how many vouchers a batch may have to be waited for, and how long.
const (
	small     = 1_000
	smallWait = 2 * time.Second
)

// createBatch answers 202 at once, or 201 for a small batch that is complete. What is
// kept under an idempotency key is the batch as it was made; the complete one follows
// from it, so that a repeat gets the same bytes.
func (a *API) createBatch(ctx context.Context, c *call, in *struct {
	byID[coupon.CampaignID]
	Body newBatch
}) (kept[batch], error) {
	input := app.BatchInput{Description: in.Body.Description, Prefix: in.Body.Prefix, Quantity: in.Body.Quantity, Money: in.Body.Money.amount()}
	input.ExpiresAt = zeroed(utc(in.Body.ExpiresAt))
	out, err := once(c, http.StatusAccepted, batchOf, func(req app.Request) (coupon.Batch, error) {
		return a.app.CreateBatch(ctx, req, in.ID, input)
	})
	if err != nil || out.status != http.StatusAccepted || in.Body.Quantity > small {
		return out, err
	}
	return a.completed(ctx, out)
}

// completed waits a little for a batch and answers that it is complete.
func (a *API) completed(ctx context.Context, out kept[batch]) (kept[batch], error) {
	var b batch
	if err := json.Unmarshal(out.body, &b); err != nil {
		return out, err
	}
	if !a.app.AwaitBatch(ctx, b.ID, smallWait) {
		return out, nil
	}
	b.State, b.Progress.Done = coupon.BatchActive, b.Progress.Total
	out.status, out.body = http.StatusCreated, encode(b)
	return out, nil
}

func (a *API) batches(ctx context.Context, c *call, in *struct {
	Campaign coupon.CampaignID `query:"campaign" maxLength:"100"`
	Kind     coupon.Kind       `query:"kind" enum:"coupon,gift,refill,epin,discount"`
	State    coupon.BatchState `query:"state" enum:"creating,active,frozen,failed"`
	Search   string            `query:"search" maxLength:"200" doc:"Begins the description"`
	paging
}) (list[batch], error) {
	f := coupon.BatchFilter{Campaign: in.Campaign, Kind: in.Kind, State: in.State, Search: in.Search}
	p, err := a.app.Batches(ctx, c.By, f, in.paging.paging())
	return listOf(p, batchView), err
}

func (a *API) batch(ctx context.Context, c *call, in *byID[coupon.BatchID]) (batch, error) {
	v, err := a.app.Batch(ctx, c.By, in.ID)
	return batchView(&v), err
}

func (a *API) batchVouchers(ctx context.Context, c *call, in *struct {
	byID[coupon.BatchID]
	voucherFilter
	paging
}) (list[Voucher], error) {
	f := in.filter()
	f.Batch = in.ID
	out, err := a.listVouchers(ctx, c, f, in.paging)
	if err == nil && len(out.Data) == 0 {
		_, err = a.app.Store.Batch(ctx, in.ID)
	}
	return out, err
}

// freezeBatch returns the endpoint that freezes batches, or that unfreezes them.
func (a *API) freezeBatch(freeze bool) func(context.Context, *call, *reasoned[coupon.BatchID]) (kept[batch], error) {
	return func(ctx context.Context, c *call, in *reasoned[coupon.BatchID]) (kept[batch], error) {
		return once(c, http.StatusOK, batchOf, func(req app.Request) (coupon.Batch, error) {
			return a.app.FreezeBatch(ctx, req, in.ID, freeze, in.Body.Reason)
		})
	}
}

// reasoned is the input of an action with a reason.
type reasoned[T ~string] struct {
	byID[T]
	Body reason
}

type reason struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Somebody will ask why"`
}
