package admin

import (
	"strconv"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// batchForm makes many vouchers of a campaign.
type batchForm struct {
	state
	writing
	Campaign                                     coupon.CampaignView
	Description, Prefix, Quantity, Amount, Until string // as typed
	AskAmount                                    bool
	Currency                                     string
	Nonce                                        []ui.Pair
}

func (v *visit) batchNew() error { return v.batchFormShow(batchForm{state: fresh, writing: v.writing}) }

func (v *visit) batchFormShow(p batchForm) error {
	c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	p.Campaign, p.AskAmount, p.Currency, p.Nonce = c, needsAmount(c), v.org.Currency, nonce()
	return v.page(p.Code, "Make a batch", p.view())
}

func (v *visit) batchCreate() error {
	f, err := httpx.ReadForm(v.r)
	p := batchForm{writing: v.writing, Description: f.Text("description"), Prefix: f.Text("prefix"), Quantity: f.Text("quantity"), Amount: f.Text("amount"), Until: f.Text("until")}
	id := ""
	if err == nil {
		id, err = v.batchMake(f, p)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.batchFormShow(p)
	}
	return v.to(batchPath(coupon.BatchID(id)), "")
}

func (v *visit) batchMake(f *httpx.Form, p batchForm) (string, error) {
	in := app.BatchInput{Description: p.Description, Prefix: p.Prefix}
	n, err := strconv.ParseInt(p.Quantity, 10, 64)
	if err != nil {
		return "", fault.Field("quantity", "A whole number between 1 and 10,000,000.")
	}
	in.Quantity = n
	if in.ExpiresAt, err = v.until("expires_at", p.Until); err != nil {
		return "", err
	}
	if p.Amount != "" {
		minor, err := money.Parse(p.Amount, v.currency())
		if err != nil {
			return "", named(err, "money")
		}
		in.Money = &money.Amount{Minor: minor, Asset: v.currency()}
	}
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	b, err := v.App.CreateBatch(v.ctx(), req, coupon.CampaignID(v.id()), in)
	return settled(req, b, err)
}

// issueForm issues one voucher by hand.
type issueForm struct {
	state
	writing
	Campaign                 coupon.CampaignView
	Customer, Until, Remarks string // as typed
	Nonce                    []ui.Pair
}

func (v *visit) issue() error { return v.issueShow(issueForm{state: fresh, writing: v.writing}) }

func (v *visit) issueShow(p issueForm) error {
	c, err := v.App.Campaign(v.ctx(), v.by, coupon.CampaignID(v.id()))
	if err != nil {
		return err
	}
	p.Campaign, p.Nonce = c, nonce()
	return v.page(p.Code, "Issue one voucher", p.view())
}

func (v *visit) issueSave() error {
	f, err := httpx.ReadForm(v.r)
	p := issueForm{writing: v.writing, Customer: f.Text("customer"), Until: f.Text("until"), Remarks: f.Text("remarks")}
	id := ""
	if err == nil {
		id, err = v.issueNow(f, p)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.issueShow(p)
	}
	return v.to(voucherPath(coupon.VoucherID(id)), "The voucher was issued.")
}

func (v *visit) issueNow(f *httpx.Form, p issueForm) (string, error) {
	in := app.IssueInput{Remarks: p.Remarks, EarningMethod: "manual"}
	if p.Customer != "" {
		c, err := v.oneCustomer("customer", p.Customer)
		if err != nil {
			return "", err
		}
		in.Customer = coupon.CustomerRef{ID: c.ID}
	}
	until, err := v.until("expires_at", p.Until)
	if err != nil {
		return "", err
	}
	if !until.IsZero() {
		in.ExpiresAt = &until
	}
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	prepared, err := v.App.PrepareIssue(v.ctx(), req, coupon.CampaignID(v.id()), in)
	if err != nil {
		return "", err
	}
	x, err := v.App.Issue(v.ctx(), req, prepared)
	return settled(req, x.Voucher, err)
}
