package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// demo makes the demonstration's data, through the same use cases as everybody.
type demo struct {
	ctx       context.Context
	app       *app.App
	clock     *demoClock
	admin     app.Request
	support   coupon.Staff
	locations []coupon.LocationID
	customers []coupon.CustomerID
	campaigns map[coupon.Kind]coupon.CampaignID
	codes     map[coupon.Kind][]string
	random    *rand.Rand
}

func sgd(minor int64) *money.Amount { return &money.Amount{Minor: minor, Asset: "SGD"} }

func (d *demo) fill() error {
	d.random = rand.New(rand.NewPCG(7, 21)) // the same demonstration every time, but for the codes
	d.campaigns, d.codes = map[coupon.Kind]coupon.CampaignID{}, map[coupon.Kind][]string{}
	for _, step := range []func() error{d.people, d.guests, d.offers, d.discounts, d.batches, d.past, d.cases, d.troubles} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) people() error {
	admin, err := d.app.SetUp(d.ctx, app.Request{}, app.SetupInput{
		Organisation: "Harbour Coffee", Currency: "SGD", TimeZone: "Asia/Singapore", Name: "Ada Lim", Email: "admin@example.com", Password: demoPassword,
	})
	if err != nil {
		return err
	}
	d.admin = app.Request{By: app.ByStaff(admin)}
	for _, name := range []string{"Main Street", "Harbour Point", "Airport T2"} {
		l, err := d.app.SaveLocation(d.ctx, d.admin, "", app.LocationInput{Name: name})
		if err != nil {
			return err
		}
		d.locations = append(d.locations, l.ID)
	}
	for _, p := range []struct {
		name string
		role coupon.Role
	}{{"Marcus Tan", coupon.Marketing}, {"Arif Rahman", coupon.Cashier}, {"Priya Nair", coupon.Support}, {"Fiona Goh", coupon.Finance}, {"Dev Patel", coupon.Developer}} {
		in := app.StaffInput{Name: p.name, Email: string(p.role) + "@example.com", Password: demoPassword, Role: p.role}
		if p.role == coupon.Cashier {
			in.Locations = d.locations[:1]
		}
		s, err := d.app.SaveStaff(d.ctx, d.admin, "", in)
		if err != nil {
			return err
		}
		if p.role == coupon.Support {
			d.support = s
		}
	}
	return nil
}

func (d *demo) guests() error {
	first := []string{"Mei", "Daniel", "Aisyah", "Ravi", "Chloe", "Hafiz", "Siti", "Jun", "Grace", "Kumar", "Nadia", "Wei"}
	last := []string{"Tan", "Wong", "Ibrahim", "Menon", "Lee", "Osman", "Rahmat", "Chua", "Ong", "Pillai"}
	for i := range 48 {
		d.clock.pass(time.Duration(d.random.IntN(300)) * time.Minute)
		f, l := first[i%len(first)], last[(i*7)%len(last)]
		name, email := f+" "+l, fmt.Sprintf("%s.%s%d@example.com", f, l, i)
		if i == 0 {
			email = "mei@example.com"
		}
		source, mobile, member := fmt.Sprintf("acct-%05d", 20418+i*37), fmt.Sprintf("+659%07d", 1234567+i*7919), fmt.Sprintf("M-%05d", 20418+i)
		c, err := d.app.CreateCustomer(d.ctx, d.admin, app.CustomerInput{
			SourceID: &source, Name: &name, Email: &email, Mobile: &mobile, MemberID: &member, Groups: [][]string{{}, {"gold"}, {"silver"}}[i%3], Consent: map[string]bool{"email": true, "sms": i%4 != 3},
		})
		if err != nil {
			return err
		}
		d.customers = append(d.customers, c.ID)
	}
	return d.app.SetCustomerPassword(d.ctx, d.admin, d.customers[0], demoPassword)
}

func (d *demo) offers() error {
	names := map[coupon.Kind]string{coupon.KindCoupon: "Beans, any bag", coupon.KindGift: "Barista set", coupon.KindEPin: "Starter package", coupon.KindDiscount: "Spring at the harbour"}
	values := map[coupon.Kind]coupon.Value{
		coupon.KindCoupon: {Type: coupon.ValuePercent, BasisPoints: 1500}, coupon.KindGift: {Type: coupon.ValueAmount, Money: sgd(1000)},
		coupon.KindEPin: {Type: coupon.ValueAmount, Money: sgd(5000)}, coupon.KindDiscount: {Type: coupon.ValuePercent, BasisPoints: 1000, Max: sgd(2000)},
	}
	for _, kind := range []coupon.Kind{coupon.KindCoupon, coupon.KindGift, coupon.KindEPin, coupon.KindDiscount} {
		name, value, text := names[kind], values[kind], "Not on alcohol. One bill at a time."
		in := app.CampaignInput{Kind: kind, Name: &name, Value: &value, TermsText: &text, Validity: &coupon.Validity{ExpiresAfterDays: 90}}
		if kind == coupon.KindDiscount {
			in.Limits = &coupon.Limits{Total: 500, PerCustomer: 2}
		}
		c, err := d.app.CreateCampaign(d.ctx, d.admin, in)
		if err != nil {
			return err
		}
		d.campaigns[kind] = c.ID
	}
	twenty := int64(500)
	return d.hand(d.campaigns[coupon.KindDiscount], app.IssueInput{Code: "HARBOUR10", PerVoucher: &twenty, Remarks: "On the posters"})
}

// batches makes refill coupons in three batches and some of everything else.
func (d *demo) batches() error {
	for _, b := range []app.RefillInput{
		{Description: "Deepavali", Prefix: "12", Quantity: "300", Amount: "10.00"}, {Description: "Corner shops", Prefix: "15", Quantity: "200", Amount: "20.00"}, {Description: "Airport kiosk", Prefix: "18", Quantity: "60", Amount: "50.00"},
	} {
		made, err := d.app.CreateRefill(d.ctx, d.admin, b)
		if err != nil {
			return err
		}
		if err := d.finish(made, coupon.KindRefill); err != nil {
			return err
		}
		d.clock.pass(26 * time.Hour)
	}
	for _, kind := range []coupon.Kind{coupon.KindCoupon, coupon.KindGift, coupon.KindEPin} {
		made, err := d.app.CreateBatch(d.ctx, d.admin, d.campaigns[kind], app.BatchInput{Description: map[coupon.Kind]string{
			coupon.KindCoupon: "Newsletter", coupon.KindGift: "Front desk", coupon.KindEPin: "Starter packs"}[kind], Quantity: 80})
		if err != nil {
			return err
		}
		if err := d.finish(made, kind); err != nil {
			return err
		}
	}
	return nil
}

// finish runs a batch's job and keeps its codes.
func (d *demo) finish(b coupon.Batch, kind coupon.Kind) error {
	if err := d.app.Generate(d.ctx, coupon.Job{ID: b.Job, Subject: string(b.ID), By: d.admin.By.Actor}); err != nil {
		return err
	}
	return d.app.ExportBatch(d.ctx, d.admin, b.ID, "Demonstration", func(_ coupon.VoucherView, code string) error {
		d.codes[kind] = append(d.codes[kind], code)
		return nil
	})
}

// past lets sixty days of customers go by.
func (d *demo) past() error {
	for d.clock.now().Before(time.Now().Add(-2 * time.Hour)) {
		d.clock.pass(time.Duration(20+d.random.IntN(240)) * time.Minute)
		if d.clock.now().After(time.Now()) {
			break
		}
		if err := d.visit(); err != nil && fault.Of(err).Kind != fault.Refused && !errors.Is(err, coupon.ErrNotFound) {
			return err
		}
	}
	return nil
}

// visit is one thing a customer does.
func (d *demo) visit() error {
	who := coupon.CustomerRef{ID: d.customers[d.random.IntN(len(d.customers))]}
	in := app.RedeemInput{Customer: who, Channel: coupon.BackOffice, Location: d.locations[d.random.IntN(3)], Reference: fmt.Sprintf("R-%04d", 1000+d.random.IntN(9000))}
	switch n := d.random.IntN(14); {
	case n < 6:
		in.Code, in.Channel, in.Location = d.draw(coupon.KindRefill), coupon.Portal, ""
	case n < 7:
		in.Code = d.draw(coupon.KindCoupon)
	case n < 8:
		in.Code, in.Money = d.draw(coupon.KindGift), sgd(int64(200+100*d.random.IntN(9)))
	case n < 9:
		in.Code, in.Transaction = d.draw(coupon.KindEPin), coupon.Transaction{Type: coupon.PackagePurchase, Reference: fmt.Sprintf("PKG-%03d", d.random.IntN(1000))}
	default:
		return d.order(who)
	}
	by := app.Program("demonstration")
	switch in.Channel { // as whom the history shows it
	case coupon.Portal:
		c, err := d.app.Store.Customer(d.ctx, who.ID)
		if err != nil {
			return err
		}
		by.Actor = app.ByCustomer(c).Actor
	case coupon.BackOffice:
		by = app.ByStaff(d.support)
	}
	_, err := d.app.Redeem(d.ctx, app.Request{By: by}, in)
	return err
}

// draw returns a code of a kind; now and then one that was drawn before.
func (d *demo) draw(kind coupon.Kind) string {
	list := d.codes[kind]
	if d.random.IntN(12) == 0 {
		return list[d.random.IntN(len(list))]
	}
	d.codes[kind] = append(list[1:], list[0])
	return list[0]
}

// troubles are what a support desk sees: a void, a deactivated and a reassigned
// voucher, a reversal, an adjustment.
func (d *demo) troubles() error {
	page, err := d.app.Vouchers(d.ctx, d.admin.By, coupon.VoucherFilter{Campaign: d.campaigns[coupon.KindCoupon], Status: coupon.StatusActive}, coupon.Paging{Limit: 5})
	if err != nil || len(page.Rows) < 4 {
		return err
	}
	_, err = d.app.Void(d.ctx, d.admin, page.Rows[0].ID, "Printed twice")
	_, other := d.app.Deactivate(d.ctx, d.admin, page.Rows[1].ID, "Waiting for the customer's answer")
	_, third := d.app.Reassign(d.ctx, d.admin, page.Rows[2].ID, coupon.CustomerRef{ID: d.customers[0]}, "Sent to the wrong person")
	_, fourth := d.app.Adjust(d.ctx, d.admin, d.customers[0], *sgd(500), "Goodwill after a late delivery")
	d.clock.set(time.Now())
	return errors.Join(err, other, third, fourth)
}
