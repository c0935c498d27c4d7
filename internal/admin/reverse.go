package admin

import (
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// reverseForm asks how much of a redemption is undone, and why.
type reverseForm struct {
	state
	Redemption coupon.RedemptionView
	Thing      ui.KeyValues
	Amount     string // as typed; "" is all
	Left       string
	Currency   string
	Reason     string
	Nonce      []ui.Pair
}

func (v *visit) reverse() error { return v.reverseShow(reverseForm{state: fresh}) }

func (v *visit) reverseShow(p reverseForm) error {
	r, err := v.App.Redemption(v.ctx(), v.by, coupon.RedemptionID(v.id()))
	if err != nil {
		return err
	}
	p.Redemption, p.Nonce = r, nonce()
	p.Thing = ui.KeyValues{{Key: "Voucher", Body: ui.Code{Text: coupon.Masked(r.Prefix, r.Tail)}}, {Key: "Redeemed", Body: v.clock.At(r.At)}, {Key: "By", Text: byWord(r.By)}}
	if r.Customer != "" {
		p.Thing = append(p.Thing, ui.KeyValue{Key: "Customer", Text: r.CustomerName})
	}
	if r.Money.Asset != "" {
		p.Currency, p.Left = r.Money.Asset.Name(), plainAmount(r.Money.Minor-r.Reversed, r.Money.Asset)
		p.Thing = append(p.Thing, ui.KeyValue{Key: "Amount", Text: v.amount(r.Money.Minor, r.Money.Asset)})
	}
	v.place = "/admin/vouchers"
	return v.page(p.Code, "Reverse this redemption?", p.view())
}

func (v *visit) reverseSave() error {
	f, err := httpx.ReadForm(v.r)
	p := reverseForm{Amount: f.Text("amount"), Reason: f.Text("reason")}
	to := ""
	if err == nil {
		to, err = v.reverseNow(f, p)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.reverseShow(p)
	}
	return v.to(voucherPath(coupon.VoucherID(to)), "The redemption was reversed.")
}

func (v *visit) reverseNow(f *httpx.Form, p reverseForm) (string, error) {
	r, err := v.App.Redemption(v.ctx(), v.by, coupon.RedemptionID(v.id()))
	if err != nil {
		return "", err
	}
	var give *money.Amount
	if p.Amount != "" && r.Money.Asset != "" {
		minor, err := money.Parse(p.Amount, r.Money.Asset)
		if err != nil {
			return "", named(err, "money")
		}
		if minor != r.Money.Minor-r.Reversed { // all that is left is the whole reversal
			give = &money.Amount{Minor: minor, Asset: r.Money.Asset}
		}
	}
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	return v.undo(req, r.ID, give, p.Reason)
}

func (v *visit) undo(req app.Request, id coupon.RedemptionID, give *money.Amount, reason string) (string, error) {
	out, err := v.App.Reverse(v.ctx(), req, id, give, reason)
	return settled(req, out, err)
}
