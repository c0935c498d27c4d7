package admin

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// A stream of progress says how far the work is every streamEvery, for streamFor: less than a
// program that ends waits for its requests.
const (
	streamEvery = 500 * time.Millisecond
	streamFor   = 10 * time.Second
)

// progress is the bar of a batch that is being made.
func (v *visit) progress(b coupon.BatchView) templ.Component {
	return ui.Progress{
		Label: b.Description, Now: v.progressOf(b), Failed: b.State == coupon.BatchFailed || b.JobState == coupon.JobFailed,
		URL: batchPath(b.ID) + "/progress", Stream: batchPath(b.ID) + "/live", Href: batchPath(b.ID), Reload: true,
	}
}

func (v *visit) progressOf(b coupon.BatchView) ui.ProgressUpdate {
	out := ui.ProgressUpdate{Done: b.Made, Total: b.Quantity, Finished: b.State != coupon.BatchCreating}
	out.Note = v.number(b.Made) + " of " + v.number(b.Quantity)
	switch took := v.Now().Sub(b.JobStarted).Seconds(); {
	case b.JobState == coupon.JobFailed || b.State == coupon.BatchFailed:
		out.Note += " · given up"
	case b.JobError != "":
		out.Note += " · trying again"
	case b.JobStarted.IsZero() || b.Made == 0:
		out.Note += " · begins in a moment"
	case took >= 1 && b.Made < b.Quantity:
		rate := float64(b.Made) / took
		left := float64(b.Quantity-b.Made) / rate
		out.Note += " · " + v.number(int64(rate)) + " a second · " + v.leftWord(time.Duration((left+1)*float64(time.Second)))
	}
	return out
}

// batchProgress answers how far a batch is, for the bar.
func (v *visit) batchProgress() error {
	b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(v.id()))
	if err != nil {
		return err
	}
	return httpx.Reply(v.w, http.StatusOK, v.progressOf(b))
}

// leftWord says how much longer something takes.
func (w writing) leftWord(d time.Duration) string {
	if d < 2*time.Minute {
		return w.number(int64(d/time.Second)) + " s left"
	}
	return w.waitWord(d) + " left"
}

// batchLive streams how far a batch is, until it is done.
func (v *visit) batchLive() error {
	return v.stream(func() (ui.ProgressUpdate, error) {
		b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(v.id()))
		return v.progressOf(b), err
	})
}

// stream sends how far some work is, until it is done.
func (v *visit) stream(far func() (ui.ProgressUpdate, error)) error {
	now, err := far()
	if err != nil {
		return err
	}
	events, err := httpx.NewEvents(v.w)
	if err != nil {
		return nil // the browser has left
	}
	tick, end := time.NewTicker(streamEvery), time.NewTimer(streamFor)
	defer tick.Stop()
	defer end.Stop()
	for events.Send("progress", now) == nil && !now.Finished {
		select {
		case <-v.ctx().Done():
			return nil
		case <-end.C:
			return nil
		case <-tick.C:
		}
		if now, err = far(); err != nil {
			return nil // the browser asks again, and is told then
		}
	}
	return nil
}
