package admin

import (
	"strconv"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// refillForm is the create form of RF-04: four fields and no more.
type refillForm struct {
	state
	In       app.RefillInput // as typed
	Outlook  string          // how the numbers will look
	Currency string
	Nonce    []ui.Pair
}

// first is the field that takes the focus: the first wrong one, else the first.
func (p refillForm) first() string {
	for _, name := range []string{"description", "prefix", "quantity", "amount"} {
		if p.Fields[name] != "" {
			return name
		}
	}
	return "description"
}

func refillInput(f *httpx.Form) app.RefillInput {
	return app.RefillInput{Description: f.Text("description"), Prefix: f.Text("prefix"), Quantity: f.Text("quantity"), Amount: f.Text("amount")}
}

func (v *visit) refillNew() error {
	p := refillForm{state: fresh}
	if _, err := v.App.StandingRefill(v.ctx()); err != nil && fault.Of(err).Kind == fault.Conflict {
		p.Text = fault.Of(err).Msg // before anything is typed
	}
	return v.refillFormShow(p)
}

func (v *visit) refillFormShow(p refillForm) error {
	p.Currency, p.Nonce, p.Outlook = v.org.Currency, nonce(), v.refillOutlook(p.In)
	if p.Outlook == p.Fields["prefix"] {
		p.Outlook = "" // said once, in red
	}
	return v.page(p.Code, "Create refill coupons", p.view())
}

// refillOutlook says how long the numbers will be and how hard to guess, as far as the
// form has been filled in.
func (v *visit) refillOutlook(in app.RefillInput) string {
	const idle = "Digits that every number begins with. The numbers are made long enough that nobody guesses one."
	if in.Prefix == "" && in.Quantity == "" {
		return idle
	}
	probe := app.RefillInput{Description: "Preview", Prefix: in.Prefix, Quantity: in.Quantity, Amount: "1"}
	if probe.Quantity == "" {
		probe.Quantity = "1"
	}
	policy, oneIn, err := v.App.PreviewRefill(v.ctx(), v.by, probe)
	if err != nil {
		if said := fault.Of(err).Fields["prefix"]; said != "" {
			return said
		}
		return idle
	}
	return "Numbers will have " + strconv.Itoa(codeLength(policy)) + " digits, so that a guess hits one in " + v.number(oneIn) + "."
}

// refillCreate makes the coupons and opens their batch.
func (v *visit) refillCreate() error {
	f, err := httpx.ReadForm(v.r)
	p := refillForm{In: refillInput(f)}
	id := ""
	if err == nil {
		var req app.Request
		if req, err = v.once(f); err == nil {
			var b coupon.Batch
			b, err = v.App.CreateRefill(v.ctx(), req, p.In)
			id, err = settled(req, b, err)
		}
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.refillFormShow(p)
	}
	return v.to(batchPath(coupon.BatchID(id)), "")
}

// making is the fact of what is being made at the moment.
func (v *visit) making(k coupon.Kind) (ui.Fact, error) {
	fact := ui.Fact{Label: "Being made", Value: "0"}
	page, err := v.App.Batches(v.ctx(), v.by, coupon.BatchFilter{Kind: k, State: coupon.BatchCreating}, coupon.Paging{Limit: 1})
	if fault403(err) {
		return fact, nil
	}
	if err != nil || len(page.Rows) == 0 {
		return fact, err
	}
	fact.Value, fact.Body = "", v.progress(page.Rows[0])
	return fact, nil
}
