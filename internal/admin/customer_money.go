package admin

import (
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// adjustForm changes a customer's balance by hand, with a reason.
type adjustForm struct {
	state
	Customer coupon.Customer
	Balance  string
	Way      string // "add" or "take"
	Amount   string // as typed
	Reason   string
	Currency string
	Nonce    []ui.Pair
}

func (v *visit) adjust() error { return v.adjustShow(adjustForm{state: fresh, Way: "add"}) }

func (v *visit) adjustShow(p adjustForm) error {
	id := coupon.CustomerID(v.id())
	c, err := v.App.Customer(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	list, err := v.App.Balances(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	fact := v.balanceFact(c, list)
	p.Customer, p.Nonce, p.Currency, p.Balance = c, nonce(), v.org.Currency, fact.Value+" "+fact.Small
	return v.page(p.Code, "Adjust the balance", p.view())
}

func (v *visit) adjustSave() error {
	f, err := httpx.ReadForm(v.r)
	p := adjustForm{Way: f.Text("way"), Amount: f.Text("amount"), Reason: f.Text("reason")}
	id := coupon.CustomerID(v.id())
	if err == nil {
		err = v.adjustNow(f, id, p)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.adjustShow(p)
	}
	return v.to(customerPath(id)+"/balance", "The balance was adjusted.")
}

func (v *visit) adjustNow(f *httpx.Form, id coupon.CustomerID, p adjustForm) error {
	minor, err := money.Parse(p.Amount, v.currency())
	if err != nil {
		return named(err, "money")
	}
	if minor == 0 {
		return fault.Field("money", "The amount must be above zero.")
	}
	switch p.Way {
	case "add":
	case "take":
		minor = -minor
	default:
		return fault.Field("way", "Choose one of the two.")
	}
	req, err := v.once(f)
	if err != nil {
		return err
	}
	b, err := v.App.Adjust(v.ctx(), req, id, money.Amount{Minor: minor, Asset: v.currency()}, p.Reason)
	_, err = settled(req, b, err)
	return err
}

// topUpForm uses a refill coupon for a chosen customer.
type topUpForm struct {
	state
	Customer coupon.Customer
	Number   string // as typed, so that a typing error can be mended
	Used     string // where and when it was used, for staff
	Nonce    []ui.Pair
}

func (v *visit) topUp() error { return v.topUpShow(topUpForm{state: fresh}) }

func (v *visit) topUpShow(p topUpForm) error {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(v.id()))
	if err != nil {
		return err
	}
	p.Customer, p.Nonce = c, nonce()
	return v.page(p.Code, "Use voucher", p.view())
}

func (v *visit) topUpSave() error {
	f, err := httpx.ReadForm(v.r)
	p := topUpForm{Number: f.Text("code")}
	id := coupon.CustomerID(v.id())
	var done string
	if err == nil {
		done, err = v.topUpNow(f, id, p.Number)
	}
	if err != nil {
		if refused := coupon.RefusedVoucher(err); refused != "" {
			p.Used = v.usedWhere(refused)
		}
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.topUpShow(p)
	}
	return v.to(customerPath(id)+"/balance", done)
}

// topUpNow looks first, so that a guess counts, then uses the voucher.
func (v *visit) topUpNow(f *httpx.Form, id coupon.CustomerID, code string) (string, error) {
	in := app.RedeemInput{Code: code, Customer: coupon.CustomerRef{ID: id}, Channel: coupon.BackOffice, Transaction: coupon.Transaction{Type: coupon.TopUp}}
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	looked, err := v.App.Look(v.ctx(), v.req(), in)
	if err != nil {
		return "", err
	}
	out, err := v.App.Redeem(v.ctx(), req, in)
	if _, err := settled(req, out, err); err != nil {
		return "", err
	}
	return v.amount(looked.Voucher.Face, looked.Voucher.Asset) + " was added to the balance.", nil
}

// usedWhere tells staff where and when a voucher was used; "" when it was not.
func (v *visit) usedWhere(id coupon.VoucherID) string {
	_, last, err := v.App.LastUse(v.ctx(), v.by, id)
	if err != nil || last == nil {
		return ""
	}
	return v.useSentence(last)
}

func (v *visit) useSentence(r *coupon.RedemptionView) string {
	s := "Used on " + v.clock.Short(r.At).String()
	switch {
	case r.LocationName != "":
		s += " at " + r.LocationName
	case r.Channel == coupon.Portal:
		s += " in the customer portal"
	}
	if r.CustomerName != "" && v.can(coupon.LookUpCustomers) {
		s += " by " + r.CustomerName
	}
	if r.Reference != "" {
		s += ", reference " + r.Reference
	}
	return s + "."
}
