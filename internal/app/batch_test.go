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
