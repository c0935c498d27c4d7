package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// The web shop of the demonstration: what it sells, at minor units of SGD.
var shelf = []coupon.Line{
	{ID: "beans", Product: "beans-250", Collections: []string{"coffee"}, UnitPrice: 1890},
	{ID: "filter", Product: "filter-100", Collections: []string{"brewing"}, UnitPrice: 790},
	{ID: "cup", Product: "cup", SKU: "cup-blue", Collections: []string{"cups"}, UnitPrice: 1450},
	{ID: "grinder", Product: "grinder", Collections: []string{"brewing"}, UnitPrice: 8900},
	{ID: "scarf", Product: "scarf", Collections: []string{"last-season"}, UnitPrice: 2400, Discounted: true},
}

// discounts makes the web shop's codes, which everybody may know.
func (d *demo) discounts() error {
	uses := int64(1000)
	for _, c := range []struct {
		name, code string
		in         app.CampaignInput
	}{
		{"A quarter off brewing", "BREW25", app.CampaignInput{
			Value:      &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 2500, Max: sgd(2000), AppliesTo: coupon.AppliesTo{Collections: []string{"brewing"}, SkipDiscounted: true}},
			Conditions: &coupon.Conditions{MinSubtotal: sgd(4000)}, Limits: &coupon.Limits{PerCustomer: 1, Budget: sgd(60000)},
		}},
		{"Free delivery", "SHIPFREE", app.CampaignInput{Value: &coupon.Value{Type: coupon.ValueFreeShipping, Max: sgd(600)}, Limits: &coupon.Limits{PerDay: 20}}},
		{"Three bags for two", "BEANS3", app.CampaignInput{
			Value:    &coupon.Value{Type: coupon.ValueItem, Buy: &coupon.ItemSet{Products: []string{"beans-250"}, Quantity: 2}, Get: &coupon.ItemSet{Products: []string{"beans-250"}, Quantity: 1}},
			Stacking: &coupon.Stacking{CombinesWith: []coupon.Class{coupon.ClassShipping}}, Limits: &coupon.Limits{Total: 200},
		}},
		{"First order", "HELLO5", app.CampaignInput{Value: &coupon.Value{Type: coupon.ValueAmount, Money: sgd(500)}, Conditions: &coupon.Conditions{FirstOrder: true}, Limits: &coupon.Limits{PerCustomer: 1}}},
	} {
		c.in.Kind, c.in.Name, c.in.Unlimited = coupon.KindDiscount, &c.name, true
		made, err := d.app.CreateCampaign(d.ctx, d.admin, c.in)
		if err != nil {
			return err
		}
		if err := d.hand(made.ID, app.IssueInput{Code: c.code, PerVoucher: &uses, Remarks: "In the newsletter"}); err != nil {
			return err
		}
	}
	return nil
}

// hand issues one voucher.
func (d *demo) hand(c coupon.CampaignID, in app.IssueInput) error {
	p, err := d.app.PrepareIssue(d.ctx, d.admin, c, in)
	if err != nil {
		return err
	}
	_, err = d.app.Issue(d.ctx, d.admin, p)
	return err
}

// order is what the web shop's checkout sends for a customer.
func (d *demo) order(who coupon.CustomerRef) error {
	o := &coupon.Order{Reference: fmt.Sprintf("WEB-%05d", 10000+d.random.IntN(90000)), Currency: "SGD", Shipping: 600, Channel: "web"}
	for i := range shelf {
		if d.random.IntN(2) == 0 || i == 0 {
			l := shelf[i]
			l.Quantity = int64(1 + d.random.IntN(3))
			o.Lines = append(o.Lines, l)
		}
	}
	in := app.RedeemInput{Customer: who, Channel: coupon.ViaAPI, Order: o}
	codes := [][]string{{"HARBOUR10"}, {"BREW25", "SHIPFREE"}, {"BEANS3"}, {"HELLO5"}, {"HARBOUR10", "SHIPFREE"}, {"BREW25"}, {"BEANS3", "HARBOUR10"}}
	for _, code := range codes[d.random.IntN(len(codes))] {
		in.Items = append(in.Items, app.Named{Code: code})
	}
	done, err := d.app.Redeem(d.ctx, app.Request{By: app.Program("web shop")}, in)
	if err != nil || d.random.IntN(15) > 0 {
		return err
	}
	d.clock.pass(time.Hour)
	line := coupon.ReturnLine{ID: o.Lines[0].ID, Quantity: 1}
	_, err = d.app.ReverseCheckout(d.ctx, d.admin, done.Checkout, []coupon.ReturnLine{line}, "One bag came back")
	return err
}

// cases gives the first customer the codes that a support desk is asked about: one that
// was promised as a percentage, one that was deleted, one from the loyalty program.
func (d *demo) cases() error {
	mei := coupon.CustomerRef{ID: d.customers[0]}
	name := "Sorry for the delay"
	made, err := d.app.CreateCampaign(d.ctx, d.admin, app.CampaignInput{
		Kind: coupon.KindDiscount, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount, Money: sgd(1000)}, Holder: coupon.Assigned, Validity: &coupon.Validity{ExpiresAfterDays: 60},
	})
	if err != nil {
		return err
	}
	for _, in := range []app.IssueInput{
		{Customer: mei, EarningMethod: "manual", Remarks: "Was promised 10 %"}, {Customer: mei, EarningMethod: "loyalty", SourceReference: "cash-2210"}, {Customer: mei, EarningMethod: "automation", SourceReference: "birthday"},
	} {
		err = errors.Join(err, d.hand(made.ID, in))
	}
	page, other := d.app.Vouchers(d.ctx, d.admin.By, coupon.VoucherFilter{Campaign: made.ID}, coupon.Paging{Limit: 5})
	if err = errors.Join(err, other); err != nil || len(page.Rows) == 0 {
		return err
	}
	desk := app.Request{By: app.ByStaff(d.support)}
	_, err = d.app.Delete(d.ctx, desk, page.Rows[0].ID, "Given twice by mistake")
	return errors.Join(err, d.asked(desk, page.Rows[1:]))
}

// asked is what the support desk has done about the first customer's codes: one was sent,
// one is refused because somebody else tried it, and somebody has called.
func (d *demo) asked(desk app.Request, list []coupon.VoucherView) error {
	mei := d.customers[0]
	_, err := d.app.Resend(d.ctx, desk, list[0].ID, app.MessageInput{Channel: coupon.ByEmail, Subject: "Your discount code", Text: "Dear Mei, here is your code: " + app.CodePlace})
	_, other := d.app.AddNote(d.ctx, desk, app.NoteInput{Customer: mei, Text: "Called about the code from the loyalty program. It is in the web shop's basket of her sister; explained that it is hers alone."})
	l := shelf[0]
	l.Quantity = 2
	o := &coupon.Order{Reference: "WEB-10001", Currency: "SGD", Shipping: 600, Channel: "web", Lines: []coupon.Line{l}}
	_, refused := d.app.Redeem(d.ctx, app.Request{By: app.Program("web shop")}, app.RedeemInput{Voucher: list[len(list)-1].ID, Customer: coupon.CustomerRef{ID: d.customers[1]}, Channel: coupon.ViaAPI, Order: o})
	if f := fault.Of(refused); f == nil || f.Kind != fault.Refused {
		return errors.Join(err, other, refused)
	}
	return errors.Join(err, other)
}
