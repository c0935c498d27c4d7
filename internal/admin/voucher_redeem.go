package admin

import (
	"slices"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// redeemForm redeems on behalf of the holder (CC-10 to CC-12): nothing happens before Confirm.
type redeemForm struct {
	Location, Amount, Reference string // as typed
	Locations                   []ui.Option
	Drawdown                    bool
}

func readRedeem(f *httpx.Form) redeemForm {
	return redeemForm{Location: f.Text("location"), Amount: f.Text("amount"), Reference: f.Text("reference")}
}

// redeemOffers lists the locations that the voucher allows and this person may act for.
func (v *visit) redeemOffers(p *actForm) error {
	x := &p.Voucher
	list, err := v.App.Locations(v.ctx(), v.by)
	if err != nil {
		return err
	}
	only := x.Doc.Conditions.Locations
	for _, l := range list {
		if !l.Closed && (len(only) == 0 || slices.Contains(only, l.ID)) {
			p.Redeem.Locations = append(p.Redeem.Locations, ui.Option{Value: string(l.ID), Label: l.Name})
		}
	}
	if len(p.Redeem.Locations) == 1 && p.Redeem.Location == "" {
		p.Redeem.Location = p.Redeem.Locations[0].Value
	}
	if len(p.Redeem.Locations) == 0 {
		p.None = "There is no location where this voucher can be redeemed and you may act."
	}
	p.Redeem.Drawdown = x.Doc.Drawdown
	return nil
}

func (v *visit) doRedeem(req app.Request, p *actForm) (string, error) {
	if p.Redeem.Location == "" {
		return "", fault.Field("location", "Choose where it is redeemed.")
	}
	x, err := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if err != nil {
		return "", err
	}
	in := app.RedeemInput{Voucher: x.ID, Customer: coupon.CustomerRef{ID: x.Holder}, Location: coupon.LocationID(p.Redeem.Location), Reference: p.Redeem.Reference, Channel: coupon.BackOffice}
	if x.Doc.Drawdown {
		minor, err := money.Parse(p.Redeem.Amount, x.Asset)
		if err != nil {
			return "", named(err, "money")
		}
		in.Money = &money.Amount{Minor: minor, Asset: x.Asset}
	}
	out, err := v.App.Redeem(v.ctx(), req, in)
	_, err = settled(req, out, err)
	return string(x.ID), err
}
