package admin_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/test/browser"
)

// A discount campaign from the empty form to its figures: tried on an order that is refused
// and on one that passes before anything is saved, made, activated, used at checkout, paused.
func TestDiscountInTheBrowser(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := filled(t, url)
		srv := httptest.NewServer(d.site)
		t.Cleanup(srv.Close)
		p := d.signedIn(browser.Start(t), srv.URL, "discount", coupon.Marketing, browser.Light)
		p.Click("Discount Codes")
		p.See("No discount campaigns")
		p.Click("Create campaign")
		p.Fill("Name", "Shoe weeks")
		p.Fill("Percent", "10")
		p.Fill("At most", "20")
		p.Fill("Only these collections", "shoes")
		p.Fill("Minimum of the order", "50")
		p.Fill("Uses per customer", "1")
		p.Fill("Last day", "2026-12-31")
		p.See("10 % off shoes, at most SGD 20.00, on orders of SGD 50.00 or more, each code once, once per customer, until 31 Dec 2026 23:59 Asia/Singapore")
		p.Fill("Collections", "shoes")
		p.Fill("Price of one (SGD)", "38")
		p.See("Spend SGD 12.00 more")
		p.See("needs 50.00, has 38.00")
		p.See("A customer is needed for this voucher.")
		p.Pictures("refused")
		p.Fill("Units", "3")
		p.Fill("Customer", "Mei")
		p.See("11.40 off")
		p.See("The order comes to SGD 102.60 instead of SGD 114.00.")
		p.Pictures("tried")
		if n := len(must[coupon.Page[coupon.CampaignView]](t)(d.app.Campaigns(t.Context(), d.as(coupon.Admin).By, coupon.CampaignFilter{Kind: coupon.KindDiscount}, coupon.Paging{})).Rows); n != 0 {
			t.Fatalf("%d campaigns before anything was saved", n)
		}
		p.Click("Save as a draft")
		p.See("This campaign is a draft")
		p.Click("Activate")
		p.See("Its vouchers can be issued and used from now on.")
		p.ClickAt("dialog[open] .form-foot button.main-action")
		p.See("The campaign is active now.")
		p.Click("Make a public code")
		p.Fill("Code", "WELCOME10")
		p.Click("Make the code")
		p.See("WELCOME10")
		d.checkout(38_00, 3, "WELCOME10")
		d.checkout(10_00, 1, "WELCOME10")
		seenAfterReload(t, p, "SGD 11.40", "Spend SGD 40.00 more", "The order is below the minimum.")
		p.Pictures("campaign")
		p.Click("Actions")
		p.Click("Pause")
		p.See("Every voucher of it is refused until you resume it.")
		p.ClickAt("dialog[open] .form-foot button.main-action")
		p.See("This campaign is paused")
		p.Click("Discount Codes")
		p.See("Shoe weeks")
		p.Pictures("list")
		p.Go(srv.URL + "/admin/discounts/" + string(d.printerDays().ID) + "/edit")
		p.See("Buy 1 unit of printer, get 2 units of ink at 50 % off")
		p.Pictures("edit")
	})
}

// printerDays is a campaign with rows of conditions and hours.
func (d *desk) printerDays() coupon.Campaign {
	d.t.Helper()
	name := "Printer days"
	return must[coupon.Campaign](d.t)(d.app.CreateCampaign(d.t.Context(), d.as(coupon.Admin), app.CampaignInput{Kind: coupon.KindDiscount, Name: &name,
		Value:      &coupon.Value{Type: coupon.ValueItem, Get: &coupon.ItemSet{Quantity: 2, Collections: []string{"ink"}, BasisPoints: 5000}, Buy: &coupon.ItemSet{Quantity: 1, Products: []string{"printer"}}},
		Conditions: &coupon.Conditions{Rule: rules()["groups"], Windows: []coupon.Window{{Days: []string{"sat", "sun"}, From: "09:00", To: "18:00"}}}, Stacking: &coupon.Stacking{CombinesWith: []coupon.Class{coupon.ClassShipping}, Priority: 5},
	}))
}

// checkout redeems a code on an order of shoes, or is refused.
func (d *desk) checkout(price, units int64, code string) {
	d.t.Helper()
	key := d.as(coupon.Admin)
	o := &coupon.Order{Currency: "SGD", Lines: []coupon.Line{{ID: "1", Collections: []string{"shoes"}, Quantity: units, UnitPrice: price}}}
	_, err := d.app.Redeem(d.t.Context(), key, app.RedeemInput{Code: code, Order: o, Customer: coupon.CustomerRef{ID: d.mei.ID}})
	if err != nil && !strings.Contains(err.Error(), "minimum_not_met") {
		d.t.Fatal(err)
	}
}

// seenAfterReload asks for a page until it shows what is written behind answers, or counted
// slowly.
func seenAfterReload(t *testing.T, p *browser.Page, words ...string) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		p.Reload()
		if !slices.ContainsFunc(words, func(w string) bool { return !p.Shows(w) }) {
			return
		}
		select {
		case <-late:
			t.Fatalf("the page does not show all of %q", words)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
