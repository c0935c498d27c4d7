package app

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/fault"
)

// How much one bulk change does: vouchers in all, between two notes of how far it is,
// and at the same moment, so that people's requests find room beside it.
const (
	MaxBulk    = 50_000
	bulkChunk  = 100
	bulkAtOnce = 8
	bulkNamed  = 50 // refused vouchers that are named, not just counted
)

// Bulk is a change of every voucher of a list, as its job carries it.
type Bulk struct {
	Act    string               `json:"act"` // one of BulkActs
	Filter coupon.VoucherFilter `json:"filter"`
	Words  string               `json:"words"` // the list in words
	Reason string               `json:"reason,omitempty"`
	After  string               `json:"after,omitempty"` // where it goes on
	Done   int64                `json:"done"`
	Left   int64                `json:"left"`          // refused
	Why    map[string]int64     `json:"why,omitempty"` // how many were refused, by reason in words
	Named  []BulkLeft           `json:"named,omitempty"`
	Over   bool                 `json:"over,omitempty"`
	By     coupon.StaffID       `json:"by"`
}

// BulkLeft is a voucher that was left as it is.
type BulkLeft struct {
	ID   coupon.VoucherID `json:"id"`
	Code string           `json:"code"` // masked
	Why  string           `json:"why"`
}

// bulkAct changes one voucher.
type bulkAct func(*App, context.Context, Request, coupon.VoucherID, string) (coupon.Voucher, error)

func bulkActs() map[string]bulkAct {
	return map[string]bulkAct{"deactivate": (*App).Deactivate, "reactivate": (*App).Reactivate, "void": (*App).Void, "delete": (*App).Delete}
}

// CountVouchers counts the vouchers of a list; MaxBulk + 1 says that there are more than
// one change may have.
func (a *App) CountVouchers(ctx context.Context, by By, f coupon.VoucherFilter) (int64, error) {
	if err := by.May(coupon.ListVouchers); err != nil {
		return 0, err
	}
	return a.Store.CountVouchers(ctx, a.asked(f), MaxBulk+1)
}

// StartBulk begins to change every voucher of a list in the background. count is how many
// the person was told: when there are others meanwhile, nothing begins.
func (a *App) StartBulk(ctx context.Context, req Request, b Bulk, count int64) (coupon.Job, error) {
	if err := req.By.May(coupon.ChangeVouchers); err != nil {
		return coupon.Job{}, err
	}
	if bulkActs()[b.Act] == nil || req.By.Kind != "staff" {
		return coupon.Job{}, fault.Field("act", "This cannot be done to a whole list.")
	}
	why, err := a.reason(ctx, b.Reason, b.Act != "reactivate")
	if err != nil {
		return coupon.Job{}, err
	}
	n, err := a.CountVouchers(ctx, req.By, b.Filter)
	switch {
	case err != nil:
		return coupon.Job{}, err
	case n == 0:
		return coupon.Job{}, fault.Field("count", "No voucher matches any more.")
	case n > MaxBulk:
		return coupon.Job{}, fault.Field("count", "More than 50,000 match. Narrow the list, and do it in parts.")
	case n != count:
		return coupon.Job{}, fault.Field("count", strconv.FormatInt(n, 10)+" match now, not "+strconv.FormatInt(count, 10)+". Look at the list again.")
	}
	switch search, err := a.masked(ctx, b.Filter.Search); {
	case err != nil:
		return coupon.Job{}, err
	case search != b.Filter.Search: // the job would keep it
		return coupon.Job{}, fault.Field("count", "This list was found by a whole code. Change that voucher by itself.")
	}
	b.Reason, b.By, b.After, b.Done, b.Left, b.Why, b.Named, b.Over = why, coupon.StaffID(req.By.ID), "", 0, 0, nil, nil, false
	subject, err := json.Marshal(b)
	if err != nil {
		return coupon.Job{}, err
	}
	return do[coupon.Job](ctx, a, req, coupon.StartJob{
		Job: coupon.Job{Kind: coupon.JobBulk, Subject: string(subject), Total: n, By: req.By.Actor}, Type: coupon.EventBulkBegun, Data: b.told(n),
	})
}

// told is what the events of a bulk change say.
func (b *Bulk) told(n int64) map[string]any {
	return because(map[string]any{"act": b.Act, "list": b.Words, "vouchers": n}, b.Reason)
}

// BulkJob returns a bulk change and how far it is.
func (a *App) BulkJob(ctx context.Context, by By, id coupon.JobID) (coupon.Job, Bulk, error) {
	if err := by.May(coupon.ChangeVouchers); err != nil {
		return coupon.Job{}, Bulk{}, err
	}
	j, err := a.Store.Job(ctx, id)
	if err == nil && j.Kind != coupon.JobBulk {
		err = fault.New(fault.NotFound, "not_found", "There is no such change.")
	}
	if err != nil {
		return coupon.Job{}, Bulk{}, err
	}
	b, err := bulkOf(j)
	return j, b, err
}

func bulkOf(j coupon.Job) (b Bulk, err error) {
	err = json.Unmarshal([]byte(j.Subject), &b)
	return b, err
}

// RunBulk is the job that does it, page by page of the list. What it may do is asked
// before each page: who is disabled meanwhile changes nothing more. Killed, it goes on
// behind the last page that it noted; a voucher whose turn comes twice has one answer.
func (a *App) RunBulk(ctx context.Context, j coupon.Job) error {
	b, err := bulkOf(j)
	if err != nil || b.Over {
		return err
	}
	for {
		by, err := a.bulkBy(ctx, &b)
		if err != nil {
			return err
		}
		b.Filter.Now = a.Now()
		page, err := a.Store.Vouchers(ctx, b.Filter, coupon.Paging{After: b.After, Limit: bulkChunk})
		if err != nil {
			return err
		}
		if err := a.bulkPage(ctx, by, j.ID, &b, page.Rows); err != nil {
			return err
		}
		b.After = page.Next
		b.Over = page.Next == ""
		if err := a.bulkStep(ctx, j, &b); err != nil || b.Over {
			return err
		}
	}
}

// bulkBy is who asked for it, with what they may do now.
func (a *App) bulkBy(ctx context.Context, b *Bulk) (By, error) {
	s, err := a.Store.Staff(ctx, b.By)
	if err != nil {
		return By{}, err
	}
	by := ByStaff(s)
	if s.Disabled || by.May(coupon.ChangeVouchers) != nil {
		return By{}, ErrForbidden.Saying("Who asked for it may not change vouchers any more.")
	}
	return by, nil
}

// bulkPage changes the vouchers of one page, some at the same moment.
func (a *App) bulkPage(ctx context.Context, by By, id coupon.JobID, b *Bulk, list []coupon.VoucherView) error {
	outcome, slots := make([]error, len(list)), make(chan struct{}, bulkAtOnce)
	for i := range list {
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			outcome[i] = a.bulkOne(ctx, by, id, b, list[i].ID)
		}()
	}
	for range bulkAtOnce {
		slots <- struct{}{}
	}
	for i, err := range outcome {
		if f := fault.Of(err); f != nil && f.Kind != fault.Refused && f.Kind != fault.Conflict && f.Kind != fault.NotFound && f.Kind != fault.Invalid {
			return err
		}
		b.count(&list[i], err)
	}
	return nil
}

func (b *Bulk) count(x *coupon.VoucherView, err error) {
	if err == nil {
		b.Done++
		return
	}
	why := fault.Of(err).Msg
	if b.Left++; b.Why == nil {
		b.Why = map[string]int64{}
	}
	b.Why[why]++
	if len(b.Named) < bulkNamed {
		b.Named = append(b.Named, BulkLeft{x.ID, coupon.Masked(x.Prefix, x.Tail), why})
	}
}

// bulkOne changes one voucher by the command of its own page, under a key of its own.
func (a *App) bulkOne(ctx context.Context, by By, id coupon.JobID, b *Bulk, v coupon.VoucherID) error {
	return patiently(ctx, func() error {
		once := &Once{Key: string(id) + ":" + string(v), Asked: []byte(b.Act), Render: bulkAnswer}
		_, err := bulkActs()[b.Act](a, ctx, Request{By: by, ID: string(id), Once: once}, v, b.Reason)
		if errors.Is(err, Replay{}) {
			return bulkAnswered(once.Body)
		}
		return err
	})
}

// bulkAnswer keeps what became of a voucher, for a job that comes to it again.
func bulkAnswer(_ any, err error) []byte {
	if f := fault.Of(err); f != nil {
		return []byte(f.Msg)
	}
	return []byte{'\n'}
}

func bulkAnswered(body []byte) error {
	if string(body) == "\n" {
		return nil
	}
	return coupon.ErrConflict.Saying(string(body))
}

// bulkStep notes how far it is; with the last page, how it ended.
func (a *App) bulkStep(ctx context.Context, j coupon.Job, b *Bulk) error {
	subject, err := json.Marshal(b)
	if err != nil {
		return err
	}
	step := coupon.StepJob{ID: j.ID, Done: b.Done + b.Left, Subject: string(subject)}
	if b.Over {
		step.Events = []coupon.Event{b.ended(j, "")}
	}
	_, err = engine.Run[coupon.Job](ctx, a.engine, engine.Ask{Command: step})
	return err
}

func (b *Bulk) ended(j coupon.Job, why string) coupon.Event {
	data := b.told(j.Total)
	data["done"], data["refused"] = b.Done, b.Left
	if why != "" {
		data["given_up"] = why
	}
	return coupon.Event{Type: coupon.EventBulkEnded, By: j.By, Request: string(j.ID), Data: data}
}

// giveUpBulk ends a bulk change that cannot go on, and says how far it came.
func (a *App) giveUpBulk(ctx context.Context, j coupon.Job, why string) error {
	j, err := a.Store.Job(ctx, j.ID) // as it was noted last
	if err != nil {
		return err
	}
	b, err := bulkOf(j)
	if err != nil {
		return err
	}
	_, err = engine.Run[coupon.Job](ctx, a.engine, engine.Ask{Command: coupon.StepJob{ID: j.ID, Done: j.Done, Subject: j.Subject, Failed: why, Events: []coupon.Event{b.ended(j, why)}}})
	return err
}
