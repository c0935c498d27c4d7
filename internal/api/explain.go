package api

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// newExplanation asks why: of vouchers on an order, or of a stored try.
type newExplanation struct {
	Use
	Refusal coupon.RefusalID `json:"refusal,omitempty" maxLength:"100" doc:"A stored try, instead of vouchers"`
	At      *time.Time       `json:"at,omitempty" doc:"A moment of the past; now when left out"`
}

// explanation is every check of vouchers on an order, in the order in which they are made.
type explanation struct {
	Valid    bool               `json:"valid"`
	Vouchers []explainedVoucher `json:"vouchers" nullable:"false"`
	Order    *shown             `json:"order"`
	Refusal  *refusal           `json:"refusal" doc:"The stored try that it explains"`
	At       *time.Time         `json:"at" doc:"The moment it is judged for"`
	Unknown  []string           `json:"unknown" nullable:"false" doc:"What cannot be known of that moment, as sentences"`
}

// explainedVoucher is one voucher with its checks.
type explainedVoucher struct {
	validatedVoucher
	Checks []checkResult `json:"checks" nullable:"false"`
}

func explainedOf(e *app.Explanation) explanation {
	out := explanation{Valid: len(e.Vouchers) > 0, Order: (*shown)(e.Order), At: moment(e.At), Unknown: append([]string{}, e.Unknown...)}
	currency := ""
	if e.Order != nil {
		currency = string(e.Order.Currency)
	}
	for i := range e.Vouchers {
		v := &e.Vouchers[i]
		out.Valid = out.Valid && v.Reason == ""
		out.Vouchers = append(out.Vouchers, explainedVoucher{validatedOf(currency)(v), each(v.Checks, checkOf)})
	}
	if e.Refusal != nil {
		stored := refusalOf(e.Refusal)
		out.Refusal = &stored
	}
	return out
}

func (a *API) explain(ctx context.Context, c *call, in *struct{ Body newExplanation }) (explanation, error) {
	b := &in.Body
	if b.Refusal != "" {
		if b.Code != "" || b.Voucher != "" || len(b.Codes) > 0 || b.Order != nil || b.At != nil {
			return explanation{}, fault.Field("refusal", "A stored try is explained as it was: send nothing beside it.")
		}
		e, err := a.app.ExplainRefusal(ctx, c.Request, b.Refusal)
		return explainedOf(&e), err
	}
	input, err := a.input(ctx, &b.Use)
	if err != nil {
		return explanation{}, err
	}
	at := time.Time{}
	if b.At != nil {
		at = *utc(b.At)
	}
	var e app.Explanation
	err = a.guarded(ctx, c, b.Client, func() ([]coupon.Verdict, error) {
		e, err = a.app.Explain(ctx, c.Request, input, at)
		return e.Vouchers, err
	})
	return explainedOf(&e), err
}

// newQualification asks which vouchers a customer could use on an order.
type newQualification struct {
	Customer customerRef `json:"customer,omitempty"`
	Order    *order      `json:"order"`
}

// MaxBody lets an order of 10,000 lines in.
func (newQualification) MaxBody() int64 { return Use{}.MaxBody() }

// qualifications lists vouchers, best first.
type qualifications struct {
	Data []qualified `json:"data" nullable:"false"`
}

// qualified is one voucher that a customer could use, or what it lacks.
type qualified struct {
	validatedVoucher
	Campaign     coupon.CampaignID `json:"campaign"`
	CampaignName string            `json:"campaign_name"`
	Public       bool              `json:"public"`
	ExpiresAt    *time.Time        `json:"expires_at"`
	Missing      *missing          `json:"missing" doc:"What the order lacks, where that is known"`
}

// missing is what an order lacks.
type missing struct {
	Amount   int64 `json:"amount" doc:"To be spent beside, minor units"`
	Quantity int64 `json:"quantity" doc:"Units to be taken beside"`
}

func (a *API) qualify(ctx context.Context, c *call, in *struct{ Body newQualification }) (qualifications, error) {
	if err := in.Body.Order.oneCurrency(); err != nil {
		return qualifications{}, err
	}
	rows, err := a.app.Qualify(ctx, c.Request, in.Body.Customer.ref(), in.Body.Order.order())
	if err != nil {
		return qualifications{}, err
	}
	return qualifications{each(rows, func(q *app.Qualified) qualified {
		out := qualified{
			validatedVoucher: validatedOf(in.Body.Order.Currency)(&q.Verdict), Campaign: q.View.Campaign, CampaignName: q.View.CampaignName, Public: q.View.Public, ExpiresAt: moment(q.View.ExpiresAt),
		}
		if amount, units := q.Missing(); amount > 0 || units > 0 {
			out.Missing = &missing{amount, units}
		}
		return out
	})}, nil
}
