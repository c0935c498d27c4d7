package admin_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/test/browser"
)

// ticked are the pairs of a form with check boxes of the vouchers at these places of the batch.
func (d *desk) ticked(act string, places ...int) []string {
	rows := d.batchRows()
	out := []string{"act", act, "back", "/admin/refill?used=false"}
	for _, i := range places {
		out = append(out, "voucher", string(rows[i].ID))
	}
	return out
}

// Many vouchers at once: each is a command of its own, so used ones are refused with their
// reason while the others are done, and a form pressed twice changes nothing more.
func TestBulk(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		d.get(coupon.Support, "/admin/refill").has(`id="bulk"`, `name="voucher"`, `value="deactivate"`, `value="delete"`)
		d.get(coupon.Finance, "/admin/refill").is(200).hides(`id="bulk"`, `name="voucher"`)
		d.post(coupon.Support, "/admin/vouchers/bulk", "act", "void").is(422).shows("No voucher is ticked.")
		d.post(coupon.Support, "/admin/vouchers/bulk", d.ticked("extend", 2)...).is(404)
		d.post(coupon.Support, "/admin/vouchers/bulk", d.ticked("delete", 0, 2, 3)...).is(200).shows("Delete 3 vouchers?", "SGD 20.00", "Used ones are refused")
		d.post(coupon.Support, "/admin/vouchers/bulk/done", d.ticked("delete", 0, 2, 3)...).is(422).shows("This is needed.")
		twice := form("pressed-twice-bulk", append(d.ticked("delete", 0, 2, 3), "reason", "misprinted")...)
		for range 2 {
			d.send(coupon.Support, "POST", "/admin/vouchers/bulk/done", twice).is(200).shows("Delete: 2 done, 1 refused", "already been redeemed", "1 voucher was left as it is").has(`href="/admin/refill?used=false"`)
		}
		rows := d.batchRows()
		d.get(coupon.Support, "/admin/vouchers/"+string(rows[2].ID)).shows("Deleted", "misprinted", "Priya Nair")
		d.post(coupon.Support, "/admin/vouchers/bulk/done", append(d.ticked("deactivate", 1, 4), "reason", "checking")...).is(200).shows("Deactivate: 2 done, 0 refused")
		d.post(coupon.Support, "/admin/vouchers/bulk/done", d.ticked("reactivate", 4)...).is(200).shows("Reactivate: 1 done, 0 refused")
		d.post(coupon.Support, "/admin/vouchers/bulk/done", append(d.ticked("void", 4, 2), "reason", "gone")...).is(200).shows("Void: 1 done, 1 refused")
		d.post(coupon.Finance, "/admin/vouchers/bulk/done", append(d.ticked("void", 4), "reason", "gone")...).is(http.StatusForbidden)
		many := []string{"act", "void", "reason", "x"}
		for i := range 201 {
			many = append(many, "voucher", "vch_"+strconv.Itoa(i))
		}
		d.post(coupon.Support, "/admin/vouchers/bulk", many...).is(422).shows("At most 200")
	})
}

func TestColumns(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.get(coupon.Admin, "/admin/refill").has(`data-label="Description"`, `data-label="Account"`, `value="account" checked`)
	saved := d.post(coupon.Admin, "/admin/columns", "table", "refill", "back", "/admin/refill?used=true", "all", "description", "all", "account", "all", "amount", "column", "amount").leads("/admin/refill?used=true")
	r := httptest.NewRequest("GET", "http://localhost/admin/refill", nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: d.sign(coupon.Admin)})
	r.Header.Add("Cookie", strings.Split(saved.Header.Get("Set-Cookie"), ";")[0])
	page := record(d, r).Body.String()
	for part, want := range map[string]bool{`data-label="Description"`: false, `data-label="Account"`: false, `data-label="Amount"`: true, `data-label="Number"`: true, `data-label="Status"`: true} {
		if strings.Contains(page, part) != want {
			t.Errorf("%s is shown: %v", part, !want)
		}
	}
	d.post(coupon.Admin, "/admin/columns", "table", "secrets", "all", "x").is(404)
	d.post(coupon.Admin, "/admin/columns", "table", "refill", "back", "https://elsewhere.example/", "all", "<b>").leads("/admin/")
}

// A list leads to the page after and to the page before.
func TestPager(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		must[coupon.Batch](t)(d.app.CreateRefill(t.Context(), d.as(coupon.Admin), app.RefillInput{Description: "Many", Prefix: "77", Quantity: "120", Amount: "1"}))
		d.work()
		first := d.get(coupon.Admin, "/admin/refill").hides("Previous page")
		second := d.get(coupon.Admin, first.rel("next"))
		third := d.get(coupon.Admin, second.rel("next"))
		last := d.get(coupon.Admin, third.rel("next")).hides("Next page")
		for _, step := range []struct{ from, to reply }{{last, third}, {third, second}, {second, first}} {
			back := d.get(coupon.Admin, step.from.rel("prev"))
			if got, want := back.boxes(), step.to.boxes(); got != want {
				t.Errorf("%s does not lead back:\n%s\n%s", step.from.path, got, want)
			}
		}
		d.get(coupon.Admin, second.rel("prev")).hides("Previous page").has("Next page")
		d.get(coupon.Admin, "/admin/refill?before=nonsense").is(422)
	})
}

// In the browser the bar appears once something is ticked, and works from the keyboard.
func TestBulkInTheBrowser(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-bulk", coupon.Admin, browser.Light)
	p.Go(srv.URL + "/admin/batches/" + string(d.refill.ID))
	p.Eval("document.querySelector('td.tick input').focus()")
	p.Press(" ")
	p.See("1 ticked")
	p.Eval("document.querySelector('th.tick input').focus()")
	p.Press(" ")
	p.See("5 ticked")
	p.Pictures("ticked")
	p.Click("Deactivate")
	p.See("Deactivate 5 vouchers?")
	p.Fill("Reason", "checking")
	p.Pictures("ask")
	p.Click("Deactivate")
	p.See("5 done, 0 refused")
	p.Pictures("done")
}
