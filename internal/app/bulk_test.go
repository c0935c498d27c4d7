package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// bulkDesk is a desk with an agent, and a batch of vouchers to change.
func (d *importDesk) bulkDesk(t *testing.T, n int64) (app.Request, coupon.Batch) {
	t.Helper()
	admin, err := d.SaveStaff(t.Context(), d.req, "", app.StaffInput{Name: "Priya", Email: "priya@example.com", Password: goodPassword, Role: coupon.Support})
	expect(t, "staff", err, nil)
	b, err := d.CreateBatch(t.Context(), d.req, d.campaign, app.BatchInput{Description: "Many", Quantity: n})
	expect(t, "batch", err, nil)
	expect(t, "generate", d.Generate(t.Context(), coupon.Job{ID: b.Job, Subject: string(b.ID), By: d.req.By.Actor}), nil)
	return app.Request{By: app.ByStaff(admin)}, b
}

func (d *importDesk) inState(t *testing.T, b coupon.BatchID, s coupon.Status) int64 {
	t.Helper()
	n, err := d.CountVouchers(t.Context(), d.req.By, coupon.VoucherFilter{Batch: b, Status: s})
	expect(t, "count", err, nil)
	return n
}

// A bulk change whose process dies goes on where it was, changes each voucher once, and
// says how far it came.
func TestABulkChangeGoesOn(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		const n = 450
		desk, b := d.bulkDesk(t, n)
		// Of a list that does not narrow itself while it is worked off, and of one that does.
		for _, act := range []string{"deactivate", "reactivate"} {
			f := coupon.VoucherFilter{Batch: b.ID}
			if act == "reactivate" {
				f.Status = coupon.StatusDeactivated
			}
			started, err := d.StartBulk(t.Context(), desk, app.Bulk{Act: act, Filter: f, Reason: "checking"}, n)
			expect(t, "start", err, nil)
			jobs, err := d.db.ClaimJobs(t.Context(), d.Now(), time.Minute, 10)
			if expect(t, "claim", err, nil); len(jobs) != 1 || jobs[0].ID != started.ID {
				t.Fatalf("claimed %+v", jobs)
			}
			ctx, kill := context.WithCancel(t.Context())
			commits := 0
			dies := func() {
				if commits++; commits == 40 {
					kill()
				}
			}
			d.commit.Store(&dies)
			if err := d.RunBulk(ctx, jobs[0]); err == nil {
				t.Fatal("it was not killed")
			}
			d.commit.Store(nil)
			half, done, err := d.BulkJob(t.Context(), desk.By, started.ID)
			if expect(t, "half", err, nil); done.Over || half.Done >= n {
				t.Errorf("killed, it says %+v", done)
			}
			expect(t, "going on", d.RunBulk(t.Context(), half), nil)
			_, done, err = d.BulkJob(t.Context(), desk.By, started.ID)
			if expect(t, "done", err, nil); !done.Over || done.Left > 0 || done.Done > n || done.Done < n-100 {
				t.Errorf("%s: it says %+v", act, done)
			}
			if act == "deactivate" && done.Done != n {
				t.Errorf("%d of %d are counted", done.Done, n)
			}
			expect(t, "once more", d.RunBulk(t.Context(), must1(d.db.Job(t.Context(), started.ID))), nil)
			expect(t, "end", d.db.EndJob(t.Context(), started.ID, d.Now(), ""), nil)
		}
		if left := d.inState(t, b.ID, coupon.StatusDeactivated); left != 0 {
			t.Errorf("%d are still deactivated", left)
		}
		page, err := d.db.Vouchers(t.Context(), coupon.VoucherFilter{Batch: b.ID, Now: d.Now()}, coupon.Paging{Limit: 200})
		expect(t, "vouchers", err, nil)
		for i := range page.Rows {
			events, err := d.db.Events(t.Context(), coupon.EventFilter{Subject: string(page.Rows[i].ID)}, coupon.Paging{})
			if expect(t, "events", err, nil); len(events.Rows) != 2 {
				t.Fatalf("%d events of a voucher that was changed twice", len(events.Rows))
			}
		}
	})
}

func must1(j coupon.Job, _ error) coupon.Job { return j }

func TestABulkChangeIsRefused(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		desk, b := d.bulkDesk(t, 3)
		all := coupon.VoucherFilter{Batch: b.ID}
		page, err := d.db.Vouchers(t.Context(), all, coupon.Paging{Limit: 1})
		expect(t, "vouchers", err, nil)
		whole, err := d.Reveal(t.Context(), d.req, page.Rows[0].ID)
		expect(t, "reveal", err, nil)
		for name, c := range map[string]struct {
			in    app.Bulk
			count int64
			field string
		}{
			"an act that needs more than a reason": {app.Bulk{Act: "extend", Filter: all, Reason: "x"}, 3, "act"},
			"no reason":                            {app.Bulk{Act: "void", Filter: all}, 3, "reason"},
			"another number":                       {app.Bulk{Act: "void", Filter: all, Reason: "x"}, 4, "count"},
			"a whole code":                         {app.Bulk{Act: "void", Filter: coupon.VoucherFilter{Search: whole}, Reason: "x"}, 1, "count"},
			"none":                                 {app.Bulk{Act: "void", Filter: coupon.VoucherFilter{Batch: "bat_none"}, Reason: "x"}, 0, "count"},
		} {
			_, err := d.StartBulk(t.Context(), desk, c.in, c.count)
			if f := fault.Of(err); f == nil || f.Fields[c.field] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = d.StartBulk(t.Context(), app.Request{By: app.ByStaff(coupon.Staff{ID: "stf_f", Role: coupon.Finance})}, app.Bulk{Act: "void", Filter: all, Reason: "x"}, 3)
		expect(t, "by finance", err, app.ErrForbidden)
	})
}
