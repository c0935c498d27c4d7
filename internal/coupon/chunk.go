package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/money"
)

// IssueChunk makes the next vouchers of a batch that is being created. Codes that
// are bound already are passed over, or refused when Strict: an import must take
// every code. The job's progress moves with the vouchers.
type IssueChunk struct {
	Batch  BatchID
	Codes  []NewCode
	Strict bool
	By     Actor
}

// Resolve looks up the batch and which codes are taken.
func (c IssueChunk) Resolve(q *Lookup) {
	q.Batches = append(q.Batches, c.Batch)
	for i := range c.Codes {
		q.Fingerprints = append(q.Fingerprints, c.Codes[i].Fingerprints...)
	}
}

// Lock takes the batch for itself.
func (c IssueChunk) Lock(l *Links, k *Keys) {
	cam := l.Batches[c.Batch]
	k.Campaigns = append(k.Campaigns, cam)
	k.Terms = append(k.Terms, l.Campaigns[cam].Terms)
	k.OwnBatches = append(k.OwnBatches, c.Batch)
	k.Jobs = append(k.Jobs, l.Jobs[c.Batch])
}

// Progress is the answer to an IssueChunk.
type Progress struct {
	Done, Total int64
	Complete    bool
}

// Decide issues up to what the batch still lacks, posts their value once, and
// opens the batch when it is complete.
func (c IssueChunk) Decide(e *Effects, now time.Time) (any, error) {
	b := e.batches.edit(e.state.Batches, c.Batch)
	if b == nil {
		return nil, missing("batch")
	}
	switch b.State {
	case BatchCreating:
	case BatchFailed:
		return nil, ErrConflict.Saying("This batch was given up.")
	default:
		return Progress{Done: b.Made, Total: b.Quantity, Complete: true}, nil
	}
	cam, job := e.campaign(b.Campaign), e.jobs.edit(e.state.Jobs, b.Job)
	if cam == nil || job == nil || e.state.Terms[cam.Terms] == nil {
		return nil, ErrMoved
	}
	sum, err := c.fill(e, b, cam, now)
	if err != nil {
		return nil, err
	}
	e.post(PostIssue, Issuer, Outstanding(b.ID), sum, now, Entry{})
	b.Version, b.UpdatedAt = b.Version+1, now
	job.Done = b.Made
	if b.Made == b.Quantity {
		b.State = BatchActive
		job.State, job.EndedAt = JobDone, now
		e.event(Event{Type: EventBatchCompleted, Subject: string(b.ID), Version: b.Version, Campaign: b.Campaign, By: c.By, At: now, Data: map[string]any{"quantity": b.Quantity}})
	}
	return Progress{Done: b.Made, Total: b.Quantity, Complete: b.State == BatchActive}, nil
}

// fill makes the vouchers and returns what they are worth together.
func (c IssueChunk) fill(e *Effects, b *Batch, cam *Campaign, now time.Time) (money.Amount, error) {
	t := e.state.Terms[cam.Terms]
	sum := money.Amount{}
	mine := make(map[string]bool, len(c.Codes))
	for i := range c.Codes {
		if b.Made == b.Quantity {
			break
		}
		code := &c.Codes[i]
		if _, taken := e.state.Links.Code(code.Fingerprints); taken || mine[code.Fingerprints[0]] {
			if c.Strict {
				return sum, ErrConflict.Saying("A code of the file has come into use since it was checked.")
			}
			continue
		}
		mine[code.Fingerprints[0]] = true
		b.Made++
		v := newVoucher(e.state.Org, cam.Kind, t, b, *code, now)
		v.EarningMethod = "manual"
		if b.Source == "imported" {
			v.EarningMethod = "import"
		}
		e.vouchers.add(v.ID, v)
		e.codes = append(e.codes, Code{Fingerprint: code.Fingerprints[0], Voucher: v.ID, Campaign: cam.ID})
		if v.Balance == 0 {
			continue
		}
		var err error
		if sum, err = v.value().Add(money.Amount{Minor: sum.Minor, Asset: v.Asset}); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// FailBatch gives a batch up: its vouchers never become visible, and what was
// posted for them is taken back.
type FailBatch struct {
	Batch BatchID
	Sum   money.Amount // what its vouchers hold, as the store counted under Made
	Why   string
	By    Actor
}

// Resolve looks the batch up.
func (c FailBatch) Resolve(q *Lookup) { q.Batches = append(q.Batches, c.Batch) }

// Lock takes the batch for itself.
func (c FailBatch) Lock(l *Links, k *Keys) {
	cam := l.Batches[c.Batch]
	k.Campaigns = append(k.Campaigns, cam)
	k.Counters = append(k.Counters, IssuedCounter(cam))
	k.OwnBatches = append(k.OwnBatches, c.Batch)
	k.Jobs = append(k.Jobs, l.Jobs[c.Batch])
}

// Decide ends the batch and its job.
func (c FailBatch) Decide(e *Effects, now time.Time) (any, error) {
	b := e.batches.edit(e.state.Batches, c.Batch)
	if b == nil || b.State != BatchCreating {
		return nil, ErrConflict.Saying("This batch is not being made.")
	}
	job, cam := e.jobs.edit(e.state.Jobs, b.Job), e.campaign(b.Campaign)
	if job == nil || cam == nil {
		return nil, ErrMoved
	}
	e.countIssued(cam, -b.Quantity)
	e.post(PostEnd, Outstanding(b.ID), Issuer, c.Sum, now, Entry{})
	b.State, b.Version, b.UpdatedAt = BatchFailed, b.Version+1, now
	job.State, job.Error, job.EndedAt = JobFailed, c.Why, now
	e.event(Event{Type: EventBatchFailed, Subject: string(b.ID), Version: b.Version, Campaign: b.Campaign, By: c.By, At: now, Data: map[string]any{"reason": c.Why}})
	return *b, nil
}
