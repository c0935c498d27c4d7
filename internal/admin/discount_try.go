package admin

import (
	"maps"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// trial is the campaign of a form in words, and what it would give to the order typed beside it.
type trial struct {
	Words   string // the campaign in one sentence; empty while something is missing
	Missing string // what is missing, in words
	Tried   bool   // an order was typed
	Wrong   string // why the order could not be tried
	Verdict ui.Notice
	Lines   []pricedLine // the last is the total
	Checks  []checkLine
	Quiet   []checkLine // checks that passed and say nothing about this campaign
}

// pricedLine is a line of the order as it would be, in words.
type pricedLine struct{ Label, Price, Off, Left string }

// checkLine is one check with its figures.
type checkLine struct {
	Passed  bool
	Text    string
	Figures string
}

// try puts the form into words and runs its order. It changes nothing.
func (v *visit) try(t filled, c coupon.CampaignView) trial {
	bad, asset := fault.Fields{}, v.assetOf(c)
	in := v.discountInput(bad, t, c)
	delete(bad, "name")
	if name := t.Text("name"); name == "" {
		name = "Preview"
		in.Name = &name
	}
	doc, out := discountDoc(in), trial{}
	maps.Copy(bad, discountFields(coupon.Valid(in.Kind, doc, *in.Limits)))
	if len(bad) > 0 {
		out.Missing = missingWords(bad)
		return out
	}
	out.Words = v.teller().summary(in.Kind, doc, *in.Limits)
	order, customer := v.tryOrder(bad, t, asset)
	if order == nil && len(bad) == 0 {
		return out
	}
	out.Tried = true
	if len(bad) > 0 {
		out.Wrong = missingWords(bad)
		return out
	}
	x, err := v.App.Preview(v.ctx(), v.by, in, order, customer)
	if err != nil {
		f := fault.Of(err)
		if out.Wrong = missingWords(discountFields(f.Fields)); out.Wrong == "" {
			out.Wrong = f.Msg
		}
		return out
	}
	v.tried(&out, order, x.Vouchers[0], x.Order)
	return out
}

// missingWords names what is missing, the fields of the form by their labels.
func missingWords(bad fault.Fields) string {
	labels := map[string]string{}
	for _, l := range discountLabels() {
		labels[l.Name] = l.Value
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		if label := labels[name]; label != "" {
			out = append(out, label+": "+bad[name])
			continue
		}
		out = append(out, bad[name])
	}
	return strings.Join(out, " ")
}

// tryOrder reads the order beside the form, and for whom it is; nil when no line was typed.
func (v *visit) tryOrder(bad fault.Fields, t filled, asset money.Asset) (*coupon.Order, coupon.CustomerID) {
	o := orderTyped(bad, t, asset)
	if o == nil || t.Text("try_customer") == "" {
		return o, ""
	}
	c, err := v.oneCustomer("try_customer", t.Text("try_customer"))
	if err != nil {
		bad["try_customer"] = fieldOr(err, "try_customer")
	}
	return o, c.ID
}

// tried shows the verdict, the priced order and the checks.
func (v *visit) tried(out *trial, o *coupon.Order, x coupon.Verdict, p *coupon.Priced) {
	if x.Reason == "" {
		out.Verdict = ui.Notice{Tone: ui.OK, Title: v.amount(x.Discount, o.Currency) + " off", Text: "The order comes to " + v.amount(p.Total, o.Currency) + " instead of " + v.amount(p.Subtotal+p.Shipping, o.Currency) + "."}
		if x.Wanted > x.Discount {
			out.Verdict.Text += " Without a limit it would be " + v.amount(x.Wanted, o.Currency) + " off."
		}
	} else {
		out.Verdict = ui.Notice{Tone: ui.Warn, Title: "Refused", Text: x.Text}
	}
	row := func(label string, price, off int64) {
		out.Lines = append(out.Lines, pricedLine{label, v.figure(price, o.Currency), v.lessOf(off, o.Currency), v.figure(price-off, o.Currency)})
	}
	for i, l := range p.Lines {
		label := "Line " + l.ID
		if name := o.Lines[i].Product; name != "" {
			label = name
		}
		row(label+" × "+v.number(o.Lines[i].Quantity), l.Subtotal, l.Discount)
	}
	if p.Shipping > 0 {
		row("Shipping", p.Shipping, p.ShippingDiscount)
	}
	row("Total", p.Subtotal+p.Shipping, p.Discount+p.ShippingDiscount)
	for _, c := range x.Checks {
		line := checkLine{Passed: c.Passed, Text: c.Text, Figures: v.checkFigures(c, o.Currency)}
		if c.Passed && line.Figures == "" {
			out.Quiet = append(out.Quiet, line)
		} else {
			out.Checks = append(out.Checks, line)
		}
	}
}

// lessOf writes what comes off; nothing is left blank.
func (w writing) lessOf(off int64, a money.Asset) string {
	if off == 0 {
		return ""
	}
	return "−" + w.figure(off, a)
}

// checkFigures are what a check asks for and what the order has, where the campaign asks
// for something and the check's sentence does not say it.
func (v *visit) checkFigures(c coupon.CheckResult, asset money.Asset) string {
	if !slices.Contains([]string{"min_subtotal", "min_quantity", "first_order", "channel", "eligible"}, c.Check) {
		return ""
	}
	want, have := v.found(&c, c.Want, asset), v.found(&c, c.Have, asset)
	switch {
	case want == "":
		return ""
	case have == "":
		have = "nothing"
	}
	return "needs " + string(want) + ", has " + string(have)
}
