package coupon

import (
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/money"
)

// Label returns the beginning of the serials of a batch: up to twelve letters and
// digits of its description in upper case.
func Label(description string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(description) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
		if b.Len() == 12 {
			break
		}
	}
	if b.Len() == 0 {
		return "BATCH"
	}
	return b.String()
}

// CreateBatch makes a batch and the job that fills it. Nothing of it is visible
// before it is complete.
type CreateBatch struct {
	Batch Batch // description, prefix, code, quantity, money, source, expiry
	By    Actor
}

// Resolve looks the campaign up.
func (c CreateBatch) Resolve(q *Lookup) { q.Campaigns = append(q.Campaigns, c.Batch.Campaign) }

// Lock names the campaign, shared, and its count of issued vouchers.
func (c CreateBatch) Lock(l *Links, k *Keys) {
	link := l.Campaigns[c.Batch.Campaign]
	k.Campaigns = append(k.Campaigns, c.Batch.Campaign)
	k.Terms = append(k.Terms, link.Terms)
	if link.Counted&CountIssued != 0 {
		k.Counters = append(k.Counters, IssuedCounter(c.Batch.Campaign))
	}
}

// Decide adds the batch and its job, and takes the allocation at once, so that
// two batches cannot both count on the same rest.
func (c CreateBatch) Decide(e *Effects, now time.Time) (any, error) {
	cam := e.campaign(c.Batch.Campaign)
	if cam == nil {
		return nil, missing("campaign")
	}
	if cam.State == CampaignArchived {
		return nil, ErrConflict.Saying("An archived campaign issues nothing.")
	}
	b := c.Batch
	if err := e.allocate(cam, b.Quantity); err != nil {
		return nil, err
	}
	b.ID, b.Label, b.State = BatchID(e.state.IDs.Next("bat")), Label(b.Description), BatchCreating
	b.Version, b.MadeBy, b.CreatedAt, b.UpdatedAt = 1, c.By, now, now
	kind := JobGenerate
	if b.Source == "imported" {
		kind = JobImport
	}
	j := &Job{ID: JobID(e.state.IDs.Next("job")), Kind: kind, Subject: string(b.ID), State: JobQueued, Total: b.Quantity, By: c.By, NextAt: now, CreatedAt: now}
	b.Job = j.ID
	e.jobs.add(j.ID, j)
	e.batches.add(b.ID, &b)
	e.event(Event{Type: EventBatchCreated, Subject: string(b.ID), Version: 1, Campaign: cam.ID, By: c.By, At: now,
		Data: map[string]any{"description": b.Description, "quantity": b.Quantity, "prefix": b.Prefix, "one_in": b.OneIn}})
	return b, nil
}

// allocate takes n vouchers of the campaign's allocation.
func (e *Effects) allocate(cam *Campaign, n int64) error {
	if cam.Limits.Allocation == 0 {
		return nil
	}
	if e.state.Links.Campaigns[cam.ID].Counted&CountIssued == 0 {
		return ErrMoved
	}
	c := e.counter(IssuedCounter(cam.ID), cam.ID)
	if c.Used+n > cam.Limits.Allocation {
		left := money.Amount{Minor: max(0, cam.Limits.Allocation-c.Used), Asset: "unit:voucher"}
		return ErrAllocation.Saying("Only " + left.Number("en") + " left.").On("quantity")
	}
	c.Used += n
	return nil
}

// countIssued moves the count of issued vouchers by n, whatever the limit says.
func (e *Effects) countIssued(cam *Campaign, n int64) {
	if cam.Limits.Allocation > 0 {
		e.counter(IssuedCounter(cam.ID), cam.ID).Used += n
	}
}

// FreezeBatch freezes or unfreezes a batch: a frozen batch's vouchers are refused.
type FreezeBatch struct {
	ID     BatchID
	Freeze bool
	Reason string
	By     Actor
}

// Resolve needs nothing.
func (c FreezeBatch) Resolve(*Lookup) {}

// Lock takes the batch for itself.
func (c FreezeBatch) Lock(_ *Links, k *Keys) { k.OwnBatches = append(k.OwnBatches, c.ID) }

// Decide sets the state; a batch that has it already is left alone.
func (c FreezeBatch) Decide(e *Effects, now time.Time) (any, error) {
	b := e.batches.edit(e.state.Batches, c.ID)
	if b == nil {
		return nil, missing("batch")
	}
	from, to, event := BatchActive, BatchFrozen, EventBatchFrozen
	if !c.Freeze {
		from, to, event = BatchFrozen, BatchActive, EventBatchUnfrozen
	}
	if b.State != from {
		return nil, ErrConflict.Saying("This batch is " + string(b.State) + ".")
	}
	b.State, b.Version, b.UpdatedAt = to, b.Version+1, now
	e.event(Event{Type: event, Subject: string(b.ID), Version: b.Version, Campaign: b.Campaign, By: c.By, At: now, Data: map[string]any{"reason": c.Reason}})
	return *b, nil
}
