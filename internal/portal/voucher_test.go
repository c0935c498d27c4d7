package portal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// offer issues one voucher of a new campaign to a customer.
func (w *world) offer(in app.CampaignInput, to coupon.CustomerID, expires time.Time) app.Issued {
	w.t.Helper()
	c, err := w.app.CreateCampaign(ctx, w.admin, in)
	if err != nil {
		w.t.Fatal(err)
	}
	issue := app.IssueInput{Customer: coupon.CustomerRef{ID: to}}
	if !expires.IsZero() {
		issue.ExpiresAt = &expires
	}
	p, err := w.app.PrepareIssue(ctx, w.admin, c.ID, issue)
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := w.app.Issue(ctx, w.admin, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// wallet gives a customer vouchers of several kinds.
func (w *world) wallet(to coupon.CustomerID) map[string]app.Issued {
	w.t.Helper()
	shop, err := w.app.SaveLocation(ctx, w.admin, "", app.LocationInput{Name: "Main Street"})
	if err != nil {
		w.t.Fatal(err)
	}
	name := func(s string) *string { return &s }
	uses, drawdown := int64(3), true
	endOfYear := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) // midnight in Singapore
	return map[string]app.Issued{
		"percent": w.offer(app.CampaignInput{Kind: coupon.KindCoupon, Name: name("Beans, any bag"), Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1250}, PerVoucher: &uses,
			Holder: coupon.Assigned, TermsText: name("Not on alcohol.\nOne bill at a time."), Instructions: name("Show it before you pay.")}, to, start.Add(9*24*time.Hour)),
		"gift": w.offer(app.CampaignInput{Kind: coupon.KindGift, Name: name("Barista set"), Value: &coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 1000, Asset: "SGD"}}, Drawdown: &drawdown,
			Holder: coupon.Assigned, Conditions: &coupon.Conditions{Locations: []coupon.LocationID{shop.ID}}}, to, endOfYear),
		"delivery": w.offer(app.CampaignInput{Kind: coupon.KindDiscount, Name: name("Free delivery"), Value: &coupon.Value{Type: coupon.ValueFreeShipping}, Holder: coupon.Assigned}, to, time.Time{}),
		"epin": w.offer(app.CampaignInput{Kind: coupon.KindEPin, Name: name("Starter"), Value: &coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 5000, Asset: "SGD"}},
			Holder: coupon.Assigned, Code: &coupon.CodePolicy{Alphabet: coupon.Safe32, Check: true}}, to, time.Time{}),
	}
}

func TestWalletAndVouchers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := w.customer("Mei Tan", "mei@example.com")
		b := w.signedIn("mei@example.com")
		see(t, "an empty wallet", text(b.get("/")), "Hello, Mei Tan", "No vouchers yet", "SGD 0.00", "Coupon number")
		see(t, "an empty history", text(b.get("/history")), "Nothing has been used or has expired yet.")
		mine := w.wallet(mei.ID)

		page := text(b.get("/"))
		see(t, "wallet", page, "Active 4", "Beans, any bag 3 uses · until 30 Nov 2026, 16:41 At every location 9 days left 12.5 %",
			"Barista set Until 31 Dec 2026 Main Street SGD 10.00", "Free delivery Once · no expiry At every location Free shipping", "Starter Once · no expiry SGD 50.00")

		gift := mine["gift"]
		face := b.get("/vouchers/" + string(gift.Voucher.ID))
		status(t, "a voucher", face, http.StatusOK)
		see(t, "a voucher", text(face), "Barista set", "SGD 10.00", "Active", gift.Code, "Show this code at the till.", "Valid Until 31 Dec 2026", "Where it can be used Main Street")
		see(t, "to scan", face.Body.String(), `<svg viewBox="0 0 `, `aria-label="QR code of this voucher"`)
		see(t, "terms", text(b.get("/vouchers/"+string(mine["percent"].Voucher.ID))), "12.5 % off", "Terms Not on alcohol. One bill at a time.", "How to use it Show it before you pay.")

		five := money.Amount{Minor: 700, Asset: "SGD"}
		w.must(w.app.Redeem(ctx, w.admin, app.RedeemInput{Voucher: gift.Voucher.ID, Money: &five, Location: w.shop(t), Channel: coupon.Outlet}))
		see(t, "partly used", text(b.get("/vouchers/"+string(gift.Voucher.ID))), "SGD 3.00", "Partly used", "3.00 left of 10.00")
		w.must(w.app.Void(ctx, w.admin, mine["delivery"].Voucher.ID, "a mistake"))
		over := b.get("/vouchers/" + string(mine["delivery"].Voucher.ID))
		see(t, "void", text(over), "No longer valid")
		if strings.Contains(over.Body.String(), mine["delivery"].Code) {
			t.Error("a voucher that is over still shows its code")
		}
		see(t, "history", text(b.get("/history")), "Free delivery No longer valid")

		epin := b.get("/vouchers/" + string(mine["epin"].Voucher.ID))
		see(t, "an e-pin tops up", text(epin), "Use this voucher")
		r := b.post("/top-up", "key", nonceOf(t, epin), "code", mine["epin"].Code)
		see(t, "with one press", text(b.get(r.Header().Get("Location"))), "SGD 50.00 added. Balance 50.00.")
		see(t, "used", text(b.get("/vouchers/"+string(mine["epin"].Voucher.ID))), "Used 21 Nov 2026, 16:41")
	})
}

func (w *world) shop(t testing.TB) coupon.LocationID {
	t.Helper()
	all, err := w.app.Locations(ctx, w.admin.By)
	if err != nil || len(all) == 0 {
		t.Fatal("no location", err)
	}
	return all[0].ID
}

// An open voucher page learns that it is not what it was.
func TestVoucherIsLive(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := w.customer("Mei Tan", "mei@example.com")
		b, v := w.signedIn("mei@example.com"), w.wallet(mei.ID)["percent"].Voucher.ID
		version := func() string {
			var live struct{ Version string }
			unmarshal(t, b.get("/vouchers/"+string(v)+"/live"), &live)
			return live.Version
		}
		before := version()
		see(t, "the page", b.get("/vouchers/"+string(v)).Body.String(), `data-live-url="/vouchers/`+string(v)+`/live"`, `data-live-version="`+before+`"`)
		w.must(w.app.Redeem(ctx, w.admin, app.RedeemInput{Voucher: v, Channel: coupon.BackOffice}))
		if after := version(); after == before || before == "" {
			t.Errorf("before %q, after %q", before, after)
		}
	})
}

// F52: an id in an address that is another customer's is not found, and leaves an event.
func TestOthersVouchersAreNotFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei, ben := w.customer("Mei Tan", "mei@example.com"), w.customer("Ben Ong", "ben@example.com")
		theirs := w.wallet(ben.ID)["gift"]
		b := w.signedIn("mei@example.com")
		for _, path := range []string{"/vouchers/" + string(theirs.Voucher.ID), "/vouchers/" + string(theirs.Voucher.ID) + "/live", "/vouchers/vch_06abcdefghjkmnpqrstvwxyz00", "/vouchers/%00"} {
			r := b.get(path)
			status(t, path, r, http.StatusNotFound)
			if strings.Contains(r.Body.String(), theirs.Code) || strings.Contains(text(r), "Barista") {
				t.Errorf("%s shows another's voucher", path)
			}
		}
		page, err := w.app.Events(ctx, w.admin.By, coupon.EventFilter{Customer: mei.ID, Type: coupon.EventAccessRefused}, coupon.Paging{})
		if err != nil || len(page.Rows) != 2 || page.Rows[0].Subject != string(theirs.Voucher.ID) {
			t.Errorf("events: %v, %d, want 2 about the voucher", err, len(page.Rows))
		}
		if r := text(b.get("/")); strings.Contains(r, "Barista") {
			t.Error("the wallet shows another's voucher")
		}
	})
}

var percent = coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}
