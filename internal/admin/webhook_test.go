package admin_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/test/browser"
)

// shopHooks stands for a receiver that answers with one status.
type shopHooks struct{ status atomic.Int64 }

func (h *shopHooks) Check(string) error { return nil }

func (h *shopHooks) Post(context.Context, coupon.HookPost) coupon.HookAnswer {
	a := coupon.HookAnswer{Status: int(h.status.Load()), Text: hostile}
	if a.Status != http.StatusOK {
		a.Error = "It answered 500."
	}
	return a
}

// hooked is a desk with a webhook and events sent to it.
func (d *desk) hooked(status int64) (*shopHooks, coupon.WebhookID, coupon.DeliveryID) {
	d.t.Helper()
	shop := &shopHooks{}
	shop.status.Store(status)
	d.app.Hooks = shop
	url, about := "https://shop.example/scrip", "Web shop"
	made := must[app.NewWebhook](d.t)(d.app.CreateWebhook(d.t.Context(), d.as(coupon.Developer), app.WebhookInput{URL: &url, Description: &about}))
	d.issue()
	d.tell()
	list := must[coupon.Page[coupon.Delivery]](d.t)(d.app.WebhookDeliveries(d.t.Context(), d.as(coupon.Admin).By, coupon.DeliveryFilter{Webhook: made.ID}, coupon.Paging{}))
	return shop, made.ID, list.Rows[0].ID
}

// tell sends what is to be sent.
func (d *desk) tell() {
	d.t.Helper()
	d.publish()
	ok(d.t, d.app.SpreadEvents(d.t.Context()))
	ok(d.t, d.app.Deliver(d.t.Context()))
}

func TestWebhookPages(t *testing.T) {
	t.Parallel()
	d := open(t)
	_, id, delivery := d.hooked(500)
	page := "/admin/settings/webhooks/" + string(id)
	d.get(coupon.Developer, "/admin/settings/webhooks").is(200).shows("https://shop.example/scrip", "Web shop", "Failing")
	d.get(coupon.Developer, page).is(200).shows("The receiver has failed since", "It answered 500.", "Pending", "voucher.issued").hides("whsec_")
	d.get(coupon.Developer, page+"?state=delivered").is(200).shows("No deliveries")
	d.get(coupon.Developer, "/admin/settings/deliveries/"+string(delivery)).is(200).shows("Next try", "voucher.issued", "Redeliver").hides(hostile)
	for _, path := range []string{"/admin/settings/webhooks", page, page + "/edit", page + "/rotate", page + "/disable", "/admin/settings/deliveries/" + string(delivery)} {
		d.get(coupon.Support, path).is(http.StatusForbidden)
	}
	made := d.post(coupon.Developer, "/admin/settings/webhooks/new", "url", "https://other.example", "types", "voucher.issued").is(200).shows("Copy it now")
	if !strings.Contains(made.Body, "whsec_") {
		t.Error("the secret is not shown")
	}
	d.post(coupon.Developer, "/admin/settings/webhooks/new", "url", "", "types", "session.started").is(422)
	d.post(coupon.Developer, page+"/edit", "url", "https://shop.example/new").leads(page)
	if r := d.post(coupon.Developer, page+"/rotate").is(200).shows("signs too until"); !strings.Contains(r.Body, "whsec_") {
		t.Error("the new secret is not shown")
	}
	d.post(coupon.Developer, page+"/disable").leads(page)
	d.get(coupon.Developer, page).is(200).shows("This webhook is disabled", "By Dewi Putri.")
	d.post(coupon.Developer, page+"/enable").leads(page)
}

// J8-6 in the back office: create, test, break, see the retries, send again.
func TestWebhooksInTheBrowser(t *testing.T) {
	t.Parallel()
	d := open(t)
	shop := &shopHooks{}
	shop.status.Store(http.StatusInternalServerError)
	d.app.Hooks = shop
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-webhooks", coupon.Developer, browser.Light)
	p.Go(srv.URL + "/admin/settings/webhooks")
	p.See("No webhooks yet")
	p.Click("Create webhook")
	p.Fill("Address", "https://shop.example/scrip")
	p.Pictures("create")
	p.Click("Create webhook")
	p.See("Copy it now")
	p.Pictures("secret")
	p.Click("I have copied it")
	p.See("No deliveries")
	p.Click("Send test")
	p.See("A test event is on its way")
	d.issue()
	d.tell()
	p.Reload()
	p.See("It answered 500.")
	p.Pictures("failing")
	p.Click("voucher.issued")
	p.See("Next try")
	p.Pictures("delivery")
	shop.status.Store(http.StatusOK)
	p.Click("Redeliver")
	p.See("It is sent again")
	d.tell()
	p.Reload()
	p.See("Delivered")
	p.Picture("delivered")
	p.Go(srv.URL + "/admin/settings/webhooks")
	p.Pictures("list")
}
