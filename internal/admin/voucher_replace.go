package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// replaceForm is what the voucher that takes another's place is worth, and until when.
type replaceForm struct {
	Type, Value, Until string      // as typed
	Types              []ui.Option // none where the worth stays as it is
	Outcome            string      // what the customer gets
	Currency           string
	keep               bool // the form did not ask for the expiry
}

func readReplace(f *httpx.Form) replaceForm {
	return replaceForm{Type: f.Text("type"), Value: f.Text("value"), Until: f.Text("until"), keep: !f.Has("until")}
}

func (r replaceForm) hint() string {
	if len(r.Types) > 1 {
		return "An amount in " + r.Currency + ", or a percentage such as 12.5."
	}
	return "An amount in " + r.Currency + "."
}

// replaceable lists what the worth of a voucher can be corrected to.
func replaceable(x *coupon.VoucherView) []ui.Option {
	all := []ui.Option{
		{Value: string(coupon.ValueAmount), Label: "Fixed amount off"}, {Value: string(coupon.ValuePercent), Label: "Percentage off"}, {Value: string(coupon.ValueFreeShipping), Label: "Free shipping"},
	}
	switch t := x.Doc.Value.Type; {
	case t == coupon.ValueAmount && stored(x):
		return []ui.Option{{Value: string(coupon.ValueAmount), Label: "Stored value"}}
	case (x.Kind == coupon.KindDiscount || x.Kind == coupon.KindCoupon) && slices.ContainsFunc(all, func(o ui.Option) bool { return o.Value == string(t) }):
		return all
	}
	return nil
}

// replaceOffers fills in what the voucher is worth now.
func (v *visit) replaceOffers(p *actForm) error {
	x, r := &p.Voucher, &p.Replace
	r.Types, r.Currency = replaceable(x), v.currencyOf(x).Name()
	if p.Code == fresh.Code {
		r.Type, r.Value, r.Until = string(x.Doc.Value.Type), valueTyped(x), lastDay(v.org, x.ExpiresAt)
		if x.Shown(v.clock.Now) == coupon.StatusExpired {
			r.Until = ""
		}
	}
	r.Outcome = v.outcome(x, *r)
	return nil
}

func (v *visit) currencyOf(x *coupon.VoucherView) money.Asset {
	if x.Asset != "" {
		return x.Asset
	}
	return v.currency()
}

// valueTyped is a voucher's worth as it would be typed.
func valueTyped(x *coupon.VoucherView) string {
	val := x.Doc.Value
	switch {
	case val.Type == coupon.ValueAmount && x.Face > 0:
		return plainAmount(x.Face, x.Asset)
	case val.Type == coupon.ValueAmount && val.Money != nil:
		return plainAmount(val.Money.Minor, val.Money.Asset)
	case val.Type == coupon.ValuePercent:
		return strings.TrimSuffix(val.BasisPoints.Format("en"), " %")
	}
	return ""
}

// corrected is the new worth; nil when it is the old one.
func (v *visit) corrected(x *coupon.VoucherView, r replaceForm) (*coupon.Value, error) {
	if len(replaceable(x)) == 0 || r.Type == "" || r.Type == string(x.Doc.Value.Type) && r.Value == valueTyped(x) {
		return nil, nil
	}
	val := coupon.Value{Type: coupon.ValueType(r.Type), AppliesTo: x.Doc.Value.AppliesTo}
	switch val.Type {
	case coupon.ValueAmount:
		minor, err := money.Parse(r.Value, v.currencyOf(x))
		if err != nil {
			return nil, named(err, "value")
		}
		val.Money = &money.Amount{Minor: minor, Asset: v.currencyOf(x)}
	case coupon.ValuePercent:
		rate, err := money.ParsePercent(r.Value)
		if err != nil {
			return nil, named(err, "value")
		}
		val.BasisPoints, val.Max = rate, x.Doc.Value.Max
	case coupon.ValueFreeShipping:
		val.Max = x.Doc.Value.Max
	default:
		return nil, fault.Field("type", "Choose what the customer was promised.")
	}
	return &val, nil
}

// outcome says in words what the customer gets, so that an amount is not taken for a percentage.
func (v *visit) outcome(x *coupon.VoucherView, r replaceForm) string {
	val, err := v.corrected(x, r)
	if err != nil {
		return "The customer had " + v.worthOf(x) + "."
	}
	next := *x
	if val != nil {
		next.Doc.Value, next.Face = *val, 0
	}
	if v.worthOf(&next) == v.worthOf(x) {
		return "The customer gets " + v.worthOf(x) + ", as before."
	}
	return "The customer gets " + v.worthOf(&next) + " instead of " + v.worthOf(x) + "."
}

// replacePreview says it while it is typed.
func (v *visit) replacePreview() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	x, err := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if err != nil {
		return err
	}
	return httpx.Reply(v.w, http.StatusOK, previewText{Text: v.outcome(&x, readReplace(f))})
}

func (v *visit) doReplace(req app.Request, p *actForm) (string, error) {
	x, err := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if err != nil {
		return "", err
	}
	in := app.ReplaceInput{Reason: p.Reason}
	if in.Value, err = v.corrected(&x, p.Replace); err != nil {
		return "", err
	}
	if !p.Replace.keep && p.Replace.Until != lastDay(v.org, x.ExpiresAt) {
		until, err := v.until("expires_at", p.Replace.Until)
		if err != nil {
			return "", err
		}
		in.ExpiresAt = &until
	}
	out, _, err := v.App.Replace(v.ctx(), req, x.ID, in)
	id, err := settled(req, out, err)
	return id, filed(err, "value", "value")
}
