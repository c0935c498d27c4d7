package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// everything is what anybody reads of what was done: events, redemptions, checkouts,
// refusals and vouchers, as text. Refusals are written down behind their answers.
func (d *importDesk) everything(t *testing.T, refused int) string {
	t.Helper()
	if _, err := d.db.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := coupon.Paging{Limit: 200}
	events, err := d.db.Events(t.Context(), coupon.EventFilter{}, all)
	expect(t, "events", err, nil)
	uses, err := d.db.Redemptions(t.Context(), coupon.RedemptionFilter{}, all)
	expect(t, "redemptions", err, nil)
	checkouts, err := d.db.Checkouts(t.Context(), coupon.CheckoutFilter{}, all)
	expect(t, "checkouts", err, nil)
	refusals, err := d.db.Refusals(t.Context(), coupon.RefusalFilter{}, all)
	expect(t, "refusals", err, nil)
	for late := time.After(30 * time.Second); len(refusals.Rows) < refused; refusals, _ = d.db.Refusals(t.Context(), coupon.RefusalFilter{}, all) {
		select {
		case <-late:
			t.Fatalf("%d refusals were written down", len(refusals.Rows))
		case <-time.After(10 * time.Millisecond):
		}
	}
	vouchers, err := d.db.Vouchers(t.Context(), coupon.VoucherFilter{Now: d.Now()}, all)
	expect(t, "vouchers", err, nil)
	out, err := json.Marshal([]any{events.Rows, uses.Rows, checkouts.Rows, refusals.Rows, vouchers.Rows})
	expect(t, "as text", err, nil)
	return string(out)
}

// F55: a code that somebody types into a reason is masked before it is kept.
func TestF55ReasonsKeepNoCodes(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		ctx, mei := t.Context(), d.mei()
		secret := d.held("")
		typed := "instead of " + strings.ToLower(secret.Code) + ", as promised"
		kept := "instead of " + coupon.Masked(secret.Voucher.Prefix, secret.Voucher.Tail) + ", as promised"
		reasoned := map[string]func() error{
			"void":   func() error { _, err := d.Void(ctx, d.req, d.held("").Voucher.ID, typed); return err },
			"delete": func() error { _, err := d.Delete(ctx, d.req, d.held("").Voucher.ID, typed); return err },
			"deactivate, reactivate": func() error {
				id := d.held("").Voucher.ID
				if _, err := d.Deactivate(ctx, d.req, id, typed); err != nil {
					return err
				}
				_, err := d.Reactivate(ctx, d.req, id, typed)
				return err
			},
			"extend": func() error {
				_, err := d.Extend(ctx, d.req, d.held("").Voucher.ID, d.Now().Add(time.Hour), typed)
				return err
			},
			"reassign": func() error {
				_, err := d.Reassign(ctx, d.req, d.held("").Voucher.ID, coupon.CustomerRef{ID: mei.ID}, typed)
				return err
			},
			"replace": func() error {
				_, _, err := d.Replace(ctx, d.req, d.held("").Voucher.ID, app.ReplaceInput{Reason: typed})
				return err
			},
			"adjust": func() error {
				_, err := d.Adjust(ctx, d.req, mei.ID, money.Amount{Minor: 100, Asset: "SGD"}, typed)
				return err
			},
			"freeze": func() error {
				_, err := d.FreezeBatch(ctx, d.req, d.held("").Voucher.Batch, true, typed)
				if err != nil {
					return err
				}
				_, err = d.FreezeBatch(ctx, d.req, secret.Voucher.Batch, false, typed)
				return err
			},
			"reverse": func() error {
				used, err := d.Redeem(ctx, d.req, app.RedeemInput{Voucher: d.held("").Voucher.ID, Money: &money.Amount{Minor: 100, Asset: "SGD"}})
				if err != nil {
					return err
				}
				_, err = d.Reverse(ctx, d.req, used.Redemptions[0].ID, nil, typed)
				return err
			},
			"remarks and source": func() error {
				_, err := d.PrepareIssue(ctx, d.req, d.campaign, app.IssueInput{Remarks: typed, SourceReference: typed})
				if err != nil {
					return err
				}
				p, err := d.PrepareIssue(ctx, d.req, d.campaign, app.IssueInput{Remarks: typed, SourceReference: typed})
				if err == nil {
					_, err = d.Issue(ctx, d.req, p)
				}
				return err
			},
		}
		for name, act := range reasoned {
			expect(t, name, act(), nil)
		}
		all := d.everything(t, 0)
		if strings.Contains(strings.ToUpper(all), secret.Code) {
			t.Errorf("the code %s stands in what is kept", secret.Code)
		}
		if n := strings.Count(all, kept); n < len(reasoned) {
			t.Errorf("%d reasons are kept as %q, of %d", n, kept, len(reasoned))
		}
	})
}

// F55: callers write the code that they redeem into references and metadata. It is masked
// there, found again by what the caller wrote, and the caller's own order stays as it is;
// a code that everybody knows stays, too.
func TestF55OrdersKeepNoCodes(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		ctx := t.Context()
		tenth := d.newCampaign(app.CampaignInput{Kind: coupon.KindDiscount, Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Unlimited: true})
		issue := func(in app.IssueInput) app.Issued {
			p, err := d.PrepareIssue(ctx, d.req, tenth, in)
			expect(t, "prepare", err, nil)
			v, err := d.Issue(ctx, d.req, p)
			expect(t, "issue", err, nil)
			return v
		}
		many := int64(100)
		secret, public := issue(app.IssueInput{}), issue(app.IssueInput{Code: "SUMMER26", PerVoucher: &many})
		order := func(code string) *coupon.Order {
			return &coupon.Order{
				Reference: "A-1 " + code, Currency: "SGD", Lines: []coupon.Line{{ID: "1", Quantity: 1, UnitPrice: 1000}},
				Metadata: coupon.Facts{"coupon": strings.ToLower(code), "bare": strings.ReplaceAll(code, "-", ""), "points": int64(7), "note": "nothing here"},
			}
		}
		use := func(code string) (coupon.Redeemed, *coupon.Order, error) {
			o := order(code)
			out, err := d.Redeem(ctx, d.req, app.RedeemInput{Items: []app.Named{{Code: code}}, Order: o, Reference: "R " + code, Transaction: coupon.Transaction{Type: coupon.OrderPlaced, Reference: code}})
			return out, o, err
		}
		out, sent, err := use(secret.Code)
		expect(t, "redeem", err, nil)
		if sent.Metadata["coupon"] != strings.ToLower(secret.Code) || sent.Reference != "A-1 "+secret.Code {
			t.Errorf("the caller's order became %+v", sent)
		}
		_, _, err = use(public.Code)
		expect(t, "redeem the public code", err, nil)
		_, err = d.Deactivate(ctx, d.req, secret.Voucher.ID, "checking")
		expect(t, "deactivate", err, nil)
		if _, _, err = use(secret.Code); err == nil {
			t.Fatal("a deactivated voucher was used")
		}
		page, err := d.Redemptions(ctx, d.req.By, coupon.RedemptionFilter{Reference: "R " + secret.Code}, coupon.Paging{})
		if expect(t, "by what was written", err, nil); len(page.Rows) != 1 || page.Rows[0].ID != out.Redemptions[0].ID {
			t.Errorf("%d redemptions are found by the reference as it was sent", len(page.Rows))
		}
		all := strings.ToUpper(d.everything(t, 1))
		for _, form := range []string{secret.Code, strings.ReplaceAll(secret.Code, "-", "")} {
			if strings.Contains(all, form) {
				t.Errorf("the code %s stands in what is kept", form)
			}
		}
		for _, stays := range []string{"A-1 SUMMER26", `"COUPON":"SUMMER26"`, "NOTHING HERE", `"POINTS":7`} {
			if !strings.Contains(all, stays) {
				t.Errorf("%s does not stand in what is kept", stays)
			}
		}
	})
}

// Codes have a check character unless somebody says otherwise.
func TestCodesHaveACheckCharacter(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		for want, in := range map[bool]*coupon.CodePolicy{true: nil, false: {Length: 14}} {
			id := d.newCampaign(app.CampaignInput{Kind: coupon.KindGift, Value: &coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 1000, Asset: "SGD"}}, Code: in})
			c, err := d.Campaign(t.Context(), d.req.By, id)
			if expect(t, "campaign", err, nil); c.Code.Check != want {
				t.Errorf("%+v was made of %+v", c.Code, in)
			}
		}
	})
}
