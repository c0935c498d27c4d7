package app_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// staffAs is a request of a member of staff.
func staffAs(id string, role coupon.Role) app.Request {
	return app.Request{By: app.ByStaff(coupon.Staff{ID: coupon.StaffID(id), Name: "Priya", Role: role})}
}

// capped imports five vouchers and lets staff see so many codes a day.
func (d *importDesk) capped(most int64) (coupon.BatchID, []coupon.VoucherView) {
	d.t.Helper()
	b := d.confirm(d.upload("code\nEXT-0001\nEXT-0002\nEXT-0003\nEXT-0004\nEXT-0005\n").ID).Batch
	in := app.SettingsInput{Name: "Harbour", TimeZone: "Asia/Singapore", Currency: "SGD", Language: "en", RevealCap: most}
	if err := d.ChangeSettings(d.t.Context(), d.req, in); err != nil {
		d.t.Fatal(err)
	}
	page, err := d.Vouchers(d.t.Context(), d.req.By, coupon.VoucherFilter{Batch: b}, coupon.Paging{})
	if err != nil || len(page.Rows) != 5 {
		d.t.Fatalf("%d vouchers, %v", len(page.Rows), err)
	}
	return b, page.Rows
}

// told returns the events of a type.
func (d *importDesk) told(kind coupon.EventType) []coupon.Event {
	d.t.Helper()
	if _, err := d.db.Publish(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	page, err := d.db.Events(d.t.Context(), coupon.EventFilter{Type: kind}, coupon.Paging{Limit: 200})
	if err != nil {
		d.t.Fatal(err)
	}
	return page.Rows
}

// refused checks that somebody was refused by the limit, with so many codes left.
func refused(t *testing.T, what string, err error, left string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Kind != fault.Conflict || !strings.Contains(f.Msg, "You have "+left+" left today") {
		t.Errorf("%s: %v, want a refusal with %s left", what, err, left)
	}
}

// F58: codes that are asked for at the same moment are not more than the day allows, each
// refusal leaves an event, and the next day of the organisation's zone begins anew.
func TestF58CodesOfADay(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		_, list := d.capped(5)
		admin := staffAs("stf_a", coupon.Admin)
		var wg sync.WaitGroup
		var mu sync.Mutex
		shown := 0
		for i := range 20 {
			wg.Go(func() {
				code, err := d.Reveal(t.Context(), admin, list[i%5].ID)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					refused(t, "revealing", err, "0")
				} else if shown++; !strings.HasPrefix(code, "EXT-") {
					t.Errorf("the code is %q", code)
				}
			})
		}
		wg.Wait()
		if events, no := len(d.told(coupon.EventVoucherRevealed)), d.told(coupon.EventRevealRefused); shown != 5 || events != 5 || len(no) != 15 {
			t.Errorf("%d shown, %d events of it and %d of refusals, want 5, 5 and 15", shown, events, len(no))
		}
		_, err := d.Reveal(t.Context(), staffAs("stf_b", coupon.Support), list[0].ID)
		expect(t, "somebody else", err, nil)
		_, err = d.Reveal(t.Context(), app.Request{By: app.ByKey(coupon.APIKey{ID: "key_1", Scopes: []string{"all"}})}, list[0].ID)
		expect(t, "a key", err, nil)
		d.clock.Store(8*3600 - 1) // 23:59:59 in Singapore
		_, err = d.Reveal(t.Context(), admin, list[0].ID)
		refused(t, "before midnight", err, "0")
		d.clock.Store(8 * 3600)
		_, err = d.Reveal(t.Context(), admin, list[0].ID)
		expect(t, "the next day", err, nil)
	})
}

// F58: a page or file that would pass the limit shows nothing, and what it would have shown
// is not counted.
func TestF58WholeOrNothing(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		b, list := d.capped(7)
		admin, rows := staffAs("stf_a", coupon.Admin), 0
		row := func(coupon.VoucherView, string) error { rows++; return nil }
		codes, err := d.Shown(t.Context(), admin, list[:3], string(b))
		expect(t, "a page", err, nil)
		refused(t, "a batch", d.ExportBatch(t.Context(), admin, b, "Printing", row), "4")
		refused(t, "a list", d.ExportVouchers(t.Context(), admin, coupon.VoucherFilter{Batch: b}, "Printing", app.MaxQuantity, row), "4")
		none, err := d.Shown(t.Context(), admin, list, string(b))
		refused(t, "a larger page", err, "4")
		if len(codes) != 3 || len(none) != 0 || rows != 0 || len(d.told(coupon.EventBatchExported)) != 0 || len(d.told(app.EventVouchersExported)) != 0 {
			t.Errorf("%d and %d codes and %d rows were shown, want 3, 0 and 0", len(codes), len(none), rows)
		}
		no := d.told(coupon.EventRevealRefused)
		if len(no) != 3 || no[1].Data["what"] != string(app.EventVouchersExported) || no[2].Subject != string(b) {
			t.Errorf("the refusals left %+v", no)
		}
		finance := staffAs("stf_f", coupon.Finance)
		for range 2 {
			expect(t, "masked numbers", d.ExportBatch(t.Context(), finance, b, "", row), nil)
		}
		expect(t, "four codes", d.ExportVouchers(t.Context(), admin, coupon.VoucherFilter{Batch: b}, "Printing", 4, row), nil)
		if rows != 14 {
			t.Errorf("%d rows, want 14", rows)
		}
		_, err = d.Reveal(t.Context(), admin, list[0].ID)
		refused(t, "one more", err, "0")
	})
}

// F58: staff says why codes leave, an API key may, and a code in the reason is masked.
func TestF58ReasonOfAnExport(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		b, _ := d.capped(0)
		row := func(coupon.VoucherView, string) error { return nil }
		admin, key := staffAs("stf_a", coupon.Admin), app.Request{By: app.ByKey(coupon.APIKey{ID: "key_1", Scopes: []string{"all"}})}
		batch := func(req app.Request, why string) error { return d.ExportBatch(t.Context(), req, b, why, row) }
		list := func(why string) error {
			return d.ExportVouchers(t.Context(), admin, coupon.VoucherFilter{Batch: b}, why, app.MaxQuantity, row)
		}
		for _, err := range []error{batch(admin, ""), batch(admin, "  "), batch(admin, strings.Repeat("x", 501)), batch(key, strings.Repeat("x", 501)), list("")} {
			if f := fault.Of(err); err == nil || f.Fields["reason"] == "" {
				t.Errorf("not refused for its reason: %v", err)
			}
		}
		expect(t, "a key without a reason", batch(key, ""), nil)
		expect(t, "a key with a reason", batch(key, "Printing"), nil)
		expect(t, "a batch", batch(admin, "Mei lost EXT-0001"), nil)
		expect(t, "a list", list("Printing"), nil)
		var why []string
		for _, kind := range []coupon.EventType{coupon.EventBatchExported, app.EventVouchersExported} {
			for _, e := range d.told(kind) {
				s, _ := e.Data["reason"].(string)
				why = append(why, s)
			}
		}
		if len(why) != 4 || strings.Contains(why[0], "EXT-0001") || !strings.HasPrefix(why[0], "Mei lost ") || why[1] != "Printing" || why[2] != "" || why[3] != "Printing" {
			t.Errorf("the reasons are %q", why)
		}
	})
}
