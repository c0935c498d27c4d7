package coupon_test

import (
	"fmt"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

func (d *desk) batch(c coupon.Campaign, n int64, change ...func(*coupon.Batch)) coupon.Batch {
	d.t.Helper()
	b := coupon.Batch{Campaign: c.ID, Description: "Testing", Quantity: n, Source: "generated"}
	for _, f := range change {
		f(&b)
	}
	return must[coupon.Batch](d, coupon.CreateBatch{Batch: b, By: staff})
}

// chunk makes codes from prefix1 on.
func (d *desk) chunk(b coupon.Batch, prefix string, n int) coupon.IssueChunk {
	c := coupon.IssueChunk{Batch: b.ID, By: staff}
	for i := range n {
		c.Codes = append(c.Codes, d.code(fmt.Sprint(prefix, i+1)))
	}
	return c
}

func TestABatchIsFilledInChunks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindRefill, with(refill, func(doc *coupon.TermsDoc) { doc.Value.Money = nil }))
	b := d.batch(cam, 5, func(b *coupon.Batch) { b.Money = sgd(700) })
	job := d.Jobs[b.Job]
	wants(t, "the batch", []any{b.State, b.Label, job.Kind, job.State, job.Total, job.Subject}, []any{"creating", "TESTING", "generate", "queued", 5, b.ID})
	wants(t, "first", must[coupon.Progress](d, d.chunk(b, "a", 3)), coupon.Progress{Done: 3, Total: 5})
	mei := d.customer("acct-1")
	d.refused("not_active", redeem("a1", forCustomer(mei)))
	wants(t, "one posting a chunk", len(d.Entries), 2)
	wants(t, "last, and no more than asked for", must[coupon.Progress](d, d.chunk(b, "b", 9)), coupon.Progress{Done: 5, Total: 5, Complete: true})
	job = d.Jobs[b.Job]
	wants(t, "done", []any{d.Batches[b.ID].State, job.State, job.Done, len(d.Vouchers), d.Events[len(d.Events)-1].Type}, []any{"active", "done", 5, 5, coupon.EventBatchCompleted})
	wants(t, "again", must[coupon.Progress](d, d.chunk(b, "c", 2)), coupon.Progress{Done: 5, Total: 5, Complete: true})
	v := d.Voucher("b2")
	wants(t, "the last voucher", []any{v.Serial, v.Balance, v.Asset, v.EarningMethod}, []any{"TESTING-000005", 700, "SGD", "manual"})
	d.books("issuer SGD -3500, " + outstanding(v) + " SGD 3500")
	d.redeem("a1", forCustomer(mei))
	d.refused("not_found", d.chunk(coupon.Batch{ID: "bat_none"}, "d", 1))
}

func TestF23CodesThatAreTakenArePassedOver(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindRefill, refill)
	d.issue(cam, "a2")
	b := d.batch(cam, 3)
	chunk := d.chunk(b, "a", 3)
	chunk.Codes = append(chunk.Codes, chunk.Codes[0])
	wants(t, "one is taken, one comes twice", must[coupon.Progress](d, chunk).Done, 2)
	wants(t, "the rest", must[coupon.Progress](d, d.chunk(b, "b", 1)).Complete, true)
	imported := d.batch(cam, 3, func(b *coupon.Batch) { b.Source = "imported" })
	strict := d.chunk(imported, "a", 3)
	strict.Strict = true
	d.refused("conflict", strict)
	wants(t, "job", d.Jobs[imported.Job].Kind, coupon.JobImport)
	strict = d.chunk(imported, "c", 3)
	strict.Strict, strict.Codes[0].Face, strict.Codes[1].ExpiresAt, strict.Codes[2].Remarks = true, new(int64(5)), noon.Add(day), "row 3"
	must[coupon.Progress](d, strict)
	wants(t, "what rows say wins", []any{d.Voucher("c1").Balance, d.Voucher("c2").ExpiresAt, d.Voucher("c3").Remarks, d.Voucher("c3").EarningMethod}, []any{5, noon.Add(day), "row 3", "import"})
}

func TestABatchsOwnExpiryWins(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindRefill, with(refill, func(doc *coupon.TermsDoc) { doc.Validity.ExpiresAfterDays = 9 }))
	b := d.batch(cam, 1, func(b *coupon.Batch) { b.ExpiresAt = noon.Add(day) })
	must[coupon.Progress](d, d.chunk(b, "a", 1))
	wants(t, "expiry", d.Voucher("a1").ExpiresAt, noon.Add(day))
}

func TestFreeze(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindGift, gift)
	b, other := d.batch(cam, 1), d.batch(cam, 1)
	freeze := coupon.FreezeBatch{ID: b.ID, Freeze: true, Reason: "stolen", By: staff}
	thaw := coupon.FreezeBatch{ID: b.ID, By: staff}
	wants(t, "says", d.refused("conflict", freeze).Msg, "This batch is creating.")
	must[coupon.Progress](d, d.chunk(b, "a", 1))
	must[coupon.Progress](d, d.chunk(other, "b", 1))
	d.refused("conflict", thaw)
	must[coupon.Batch](d, freeze)
	wants(t, "event", []any{d.Events[len(d.Events)-1].Type, d.Events[len(d.Events)-1].Data["reason"]}, []any{coupon.EventBatchFrozen, "stolen"})
	d.refused("conflict", freeze)
	d.refused("frozen", redeem("a1", taking(sgd(1))))
	d.redeem("b1", taking(sgd(1)))
	must[coupon.Batch](d, thaw)
	d.redeem("a1", taking(sgd(1)))
	d.refused("not_found", coupon.FreezeBatch{ID: "bat_none", Freeze: true, By: staff})
}

func TestABatchThatIsGivenUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cam := d.campaign(coupon.KindGift, gift, coupon.Limits{Allocation: 10})
	b := d.batch(cam, 8)
	must[coupon.Progress](d, d.chunk(b, "a", 3))
	fail := coupon.FailBatch{Batch: b.ID, Sum: money.Amount{Minor: 3000, Asset: "SGD"}, Why: "no code is free", By: staff}
	must[coupon.Batch](d, fail)
	wants(t, "batch and job", []any{d.Batches[b.ID].State, d.Jobs[b.Job].State, d.Jobs[b.Job].Error}, []any{"failed", "failed", "no code is free"})
	wants(t, "its allocation is free again", d.Counters[coupon.IssuedCounter(cam.ID)].Used, 0)
	d.books("")
	d.refused("not_active", redeem("a1", taking(sgd(1))))
	d.refused("conflict", fail)
	d.refused("conflict", coupon.FailBatch{Batch: "bat_none"})
	d.refused("conflict", d.chunk(b, "b", 5))
	wants(t, "no voucher more", d.Batches[b.ID].Made, 3)
	wants(t, "a batch without an allocation", must[coupon.Batch](d, coupon.FailBatch{Batch: d.batch(d.campaign(coupon.KindGift, gift), 1).ID}).State, coupon.BatchFailed)
}

func TestLabel(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Testing": "TESTING", "Spring sale 2026!": "SPRINGSALE20", "père Noël": "PRENOL", "": "BATCH", "圣诞": "BATCH", "a-b_c": "ABC",
	} {
		wants(t, in, coupon.Label(in), want)
	}
}
