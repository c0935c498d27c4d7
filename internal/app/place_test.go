package app_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// F52: who is tied to a location neither redeems nor undoes anything elsewhere.
func TestF52StaffStayAtTheirLocations(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		pier, quay := d.place("Pier"), d.place("Quay")
		p, err := d.PrepareIssue(t.Context(), d.req, d.campaign, app.IssueInput{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.Issue(t.Context(), d.req, p)
		if err != nil {
			t.Fatal(err)
		}
		at := func(l coupon.LocationID) app.Request {
			return app.Request{By: app.ByStaff(coupon.Staff{ID: "stf_1", Name: "Bo", Role: coupon.Support, Locations: []coupon.LocationID{l}})}
		}
		use := app.RedeemInput{Voucher: v.Voucher.ID, Location: quay, Channel: coupon.Outlet, Money: &money.Amount{Minor: 1000, Asset: "SGD"}}
		_, err = d.Redeem(t.Context(), at(pier), use)
		expect(t, "redeeming elsewhere", err, app.ErrForbidden)
		out, err := d.Redeem(t.Context(), at(quay), use)
		expect(t, "redeeming at home", err, nil)
		_, err = d.Reverse(t.Context(), at(pier), out.Redemptions[0].ID, nil, "mistake")
		expect(t, "undoing elsewhere", err, app.ErrForbidden)
		_, err = d.Reverse(t.Context(), at(quay), out.Redemptions[0].ID, nil, "mistake")
		expect(t, "undoing at home", err, nil)
	})
}

func (d *importDesk) place(name string) coupon.LocationID {
	d.t.Helper()
	l, err := d.SaveLocation(d.t.Context(), d.req, "", app.LocationInput{Name: name})
	if err != nil {
		d.t.Fatal(err)
	}
	return l.ID
}
