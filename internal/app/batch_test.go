package app_test

import (
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// One voucher, one adjustment and a whole batch are worth no more than can be accounted for,
// also where the campaign says the amount.
func TestWhatIsWorthTooMuch(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		most := money.Amount{Minor: coupon.MaxValue, Asset: "SGD"}
		more := money.Amount{Minor: coupon.MaxValue + 1, Asset: "SGD"}
		dear := d.newCampaign(app.CampaignInput{Kind: coupon.KindGift, Value: &coupon.Value{Type: coupon.ValueAmount, Money: &most}})
		batch := func(campaign coupon.CampaignID, n int64, m *money.Amount) error {
			_, err := d.CreateBatch(t.Context(), d.req, campaign, app.BatchInput{Description: "X", Quantity: n, Money: m})
			return err
		}
		adjust := func(m money.Amount) error {
			_, err := d.Adjust(t.Context(), d.req, d.mei().ID, m, "test")
			return err
		}
		_, one := d.PrepareIssue(t.Context(), d.req, d.campaign, app.IssueInput{Money: &more})
		const single, together = "The amount is at most 10,000,000,000.00.", "Quantity times amount is at most 90,071,992,547,409.91."
		for _, c := range []struct {
			name, field, want string
			err               error
		}{
			{"a voucher by hand", "money", single, one},
			{"a batch of one", "money", single, batch(d.campaign, 1, &more)},
			{"a batch", "money", together, batch(d.campaign, 9008, &most)},
			{"a batch of the campaign's amount", "quantity", together, batch(dear, 9008, nil)},
			{"an adjustment", "money", single, adjust(money.Amount{Minor: -more.Minor, Asset: "SGD"})},
		} {
			if e := fault.Of(c.err); e == nil || e.Fields[c.field] != c.want {
				t.Errorf("%s: %v", c.name, c.err)
			}
		}
		expect(t, "the largest batch", batch(dear, 9007, nil), nil)
	})
}

// Support issues by hand up to a cap in the organisation's currency; a replacement that keeps
// its value makes none.
func TestSupportIssuesUpToACap(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		support := app.Request{By: app.ByStaff(coupon.Staff{ID: "stf_s", Name: "Priya", Role: coupon.Support})}
		settle := func(most int64) {
			in := app.SettingsInput{Name: "Harbour", TimeZone: "Asia/Singapore", Currency: "SGD", Language: "en", SupportCap: most}
			expect(t, "settings", d.ChangeSettings(t.Context(), d.req, in), nil)
		}
		issue := func(req app.Request, m *money.Amount) error {
			_, err := d.PrepareIssue(t.Context(), req, d.campaign, app.IssueInput{Money: m})
			return err
		}
		p, err := d.PrepareIssue(t.Context(), d.req, d.campaign, app.IssueInput{})
		expect(t, "preparing", err, nil)
		made, err := d.Issue(t.Context(), d.req, p)
		expect(t, "issuing", err, nil)
		replace := func(v *coupon.Value) error {
			_, _, err := d.Replace(t.Context(), support, made.Voucher.ID, app.ReplaceInput{Value: v, Reason: "test"})
			return err
		}
		amount := func(minor int64, a money.Asset) *money.Amount { return &money.Amount{Minor: minor, Asset: a} }
		settle(0)
		expect(t, "without a cap", issue(support, amount(1_000_000, "SGD")), nil)
		settle(500)
		for _, c := range []struct {
			name, field string
			err         error
		}{
			{"the campaign's amount", "money", issue(support, nil)},
			{"an amount", "money", issue(support, amount(501, "SGD"))},
			{"another currency", "money", issue(support, amount(1, "USD"))},
			{"a replacement worth more", "value.money", replace(&coupon.Value{Type: coupon.ValueAmount, Money: amount(501, "SGD")})},
		} {
			if e := fault.Of(c.err); e == nil || e.Fields[c.field] != "Support may issue at most SGD 5.00. Ask an administrator." {
				t.Errorf("%s: %v", c.name, c.err)
			}
		}
		expect(t, "the cap itself", issue(support, amount(500, "SGD")), nil)
		expect(t, "others", issue(d.req, nil), nil)
		expect(t, "a replacement that keeps its value", replace(nil), nil)
	})
}
