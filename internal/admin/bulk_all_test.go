package admin_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/test/browser"
)

// manyCoupons makes a batch of more coupons than a page has, of which one is used.
func (d *desk) manyCoupons() string {
	d.t.Helper()
	b := must[coupon.Batch](d.t)(d.app.CreateRefill(d.t.Context(), d.as(coupon.Admin), app.RefillInput{Description: "Misprinted", Prefix: "77", Quantity: "230", Amount: "1"}))
	d.work()
	page := must[coupon.Page[coupon.VoucherView]](d.t)(d.app.Vouchers(d.t.Context(), d.as(coupon.Admin).By, coupon.VoucherFilter{Batch: b.ID}, coupon.Paging{Limit: 200}))
	must[coupon.Redeemed](d.t)(d.app.Redeem(d.t.Context(), d.as(coupon.Admin), app.RedeemInput{Voucher: page.Rows[100].ID, Customer: coupon.CustomerRef{ID: d.mei.ID}, Channel: coupon.Portal}))
	return "/admin/batches/" + string(b.ID)
}

// All that match a list, on every page: asked for with a warning, a reason and their number,
// done in the background by the command of each voucher, and reported.
func TestBulkOfAWholeList(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		list := d.manyCoupons()
		d.get(coupon.Support, list).has("All vouchers that match, on every page")
		d.get(coupon.Support, "/admin/batches/"+string(d.refill.ID)).hides("on every page")
		ask := []string{"act", "delete", "all", "1", "back", list}
		const press = "/admin/vouchers/bulk/done"
		d.post(coupon.Support, "/admin/vouchers/bulk", ask...).is(200).shows("Delete all 230 vouchers that match?", "It cannot be undone.", "Batch Misprinted", "Type 230 to show").hides(`name="voucher"`)
		d.post(coupon.Support, press, ask...).is(422).has(`id="reason-error"`, `id="count-error"`)
		d.post(coupon.Support, press, append(ask, "reason", "misprinted", "count", "229")...).is(422).shows("230 match now, not 229").has("misprinted")
		d.post(coupon.Finance, press, append(ask, "reason", "misprinted", "count", "230")...).is(403)
		d.post(coupon.Support, press, "act", "delete", "all", "1", "back", "/admin/customers", "reason", "x", "count", "1").is(404)
		d.post(coupon.Support, "/admin/vouchers/bulk", "act", "void", "all", "1", "back", list+"?status=expired").is(422).shows("No voucher matches this list.")
		twice := form("pressed-twice-all-of-it", append(ask, "reason", "misprinted, see "+d.numbers[3], "count", "230")...)
		to := d.send(coupon.Support, "POST", press, twice).leads("/admin/bulk/job_").To
		if again := d.send(coupon.Support, "POST", press, twice).leads("/admin/bulk/job_").To; again != to {
			t.Errorf("pressed twice, it began twice: %s, %s", to, again)
		}
		d.get(coupon.Support, to).shows("Going on", "0 of 230", "You can leave this page")
		d.get(coupon.Finance, to).is(403)
		d.work()
		d.get(coupon.Support, to).shows("229 done, 1 refused", "already been redeemed", "misprinted, see 12…", "Batch Misprinted").hides("Going on", d.numbers[3])
		path, _, _ := strings.Cut(to, "?")
		d.get(coupon.Support, path+"/progress").is(200).has(`"done":230`, `"finished":true`)
		d.get(coupon.Support, path+"/live").is(200).has(`"finished":true`)
		d.get(coupon.Support, "/admin/bulk/"+string(d.refill.Job)).is(404)
		d.get(coupon.Support, list+"?status=deleted").shows("Deleted")
		events := must[coupon.Page[coupon.Event]](t)(d.app.Events(t.Context(), d.as(coupon.Admin).By, coupon.EventFilter{Subject: strings.TrimPrefix(path, "/admin/bulk/")}, coupon.Paging{}))
		if len(events.Rows) != 2 || events.Rows[0].Type != coupon.EventBulkEnded || events.Rows[0].Data["done"] != float64(229) {
			t.Errorf("the events are %+v", events.Rows)
		}
	})
}

// F53: who asked for it and is disabled meanwhile changes nothing more, and the page says
// how far it came.
func TestF53BulkOfAWholeListStops(t *testing.T) {
	t.Parallel()
	d := open(t)
	list := d.manyCoupons()
	to := d.post(coupon.Support, "/admin/vouchers/bulk/done", "act", "deactivate", "all", "1", "back", list, "reason", "checking", "count", "230").leads("/admin/bulk/job_").To
	must[coupon.Staff](t)(d.app.SaveStaff(t.Context(), d.as(coupon.Admin), d.person[coupon.Support].ID, app.StaffInput{Name: "Priya Nair", Email: d.person[coupon.Support].Email, Role: coupon.Finance}))
	d.work()
	d.get(coupon.Admin, to).shows("It stopped: 0 done, 0 refused", "may not change vouchers any more")
	d.get(coupon.Admin, list+"?status=deactivated").shows("No voucher of this batch matches")
}

// In the browser: tick, choose all, type how many, see it go on and end.
func TestBulkOfAWholeListInTheBrowser(t *testing.T) {
	t.Parallel()
	d := open(t)
	list := d.manyCoupons()
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-bulk-all", coupon.Admin, browser.Light)
	p.Go(srv.URL + list)
	p.Eval("document.querySelector('th.tick input').click()")
	p.See("50 ticked")
	p.Eval("document.querySelector('.bulk [name=all]').click()")
	p.Pictures("all")
	p.Click("Void")
	p.See("Void all 230 vouchers that match?")
	p.Fill("Reason", "Misprinted")
	p.Fill("How many", "230")
	p.Pictures("ask")
	p.Click("Void all")
	p.See("Going on")
	p.Pictures("going-on")
	d.work()
	p.See("229 done, 1 refused")
	p.Pictures("done")
}
