package admin

import (
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	importsPath   = "/admin/imports"
	importNewPath = importsPath + "/new"

	maxUpload   = app.MaxImportSize + maxBody // the file and the fields before it
	uploadTakes = time.Hour                   // at most, over a slow line
)

// importForm uploads a file of external codes for a campaign.
type importForm struct {
	state
	Campaign            coupon.CampaignView
	Description, Amount string // as typed
	AskAmount           bool
	Currency            string
	Back                string // where Cancel leads
	Nonce               []ui.Pair
}

// importFor is the address of the form for a campaign.
func importFor(path string, id coupon.CampaignID) string {
	return path + "?" + url.Values{"campaign": {string(id)}}.Encode()
}

// importCampaign is the campaign named in the address; the standing one of refill coupons
// when none is.
func (v *visit) importCampaign() (coupon.CampaignView, error) {
	id := coupon.CampaignID(v.query().Text("campaign"))
	if id == "" {
		c, err := v.App.StandingRefill(v.ctx())
		if notFound(err) {
			err = coupon.ErrConflict.Saying("The campaign of refill coupons is archived. Create refill coupons first: they begin a new one.")
		}
		return c, err
	}
	return v.App.Campaign(v.ctx(), v.by, id)
}

func (v *visit) importNew() error { return v.importFormShow(importForm{state: fresh}) }

func (v *visit) importFormShow(p importForm) error {
	c, err := v.importCampaign()
	if err != nil {
		return err
	}
	if c.State == coupon.CampaignArchived {
		return coupon.ErrConflict.Saying("An archived campaign issues nothing.")
	}
	_, v.place = placeOfKind(c.Kind)
	p.Campaign, p.AskAmount, p.Currency, p.Nonce = c, needsAmount(c), v.org.Currency, nonce()
	if p.Back = campaignPath(c.ID); c.Kind == coupon.KindRefill {
		p.Back = refillPath
	}
	return v.page(p.Code, "Import codes", p.view())
}

// importUpload checks the file while it arrives. Its codes are kept sealed only: nothing
// of the file is written anywhere else.
func (v *visit) importUpload() error {
	httpx.Patience(v.w, time.Now().Add(uploadTakes))
	f, file, err := httpx.ReadUpload(v.r, "file")
	p := importForm{Description: f.Text("description"), Amount: f.Text("amount")}
	id := ""
	if err == nil {
		id, err = v.importRead(f, p, file)
	}
	if err == nil {
		return v.to(importPath(id), "")
	}
	// A browser shows the answer only after it has sent everything.
	_, _ = io.Copy(io.Discard, v.r.Body) // as far as the limit lets it
	if p.state, err = againFile(err); err != nil {
		return err
	}
	return v.importFormShow(p)
}

// againFile is again for a form with a file, which may be too large.
func againFile(err error) (state, error) {
	f := fault.Of(err)
	if f.Kind == fault.TooLarge && len(f.Fields) > 0 {
		return state{Code: httpx.Status(f.Kind), Fields: f.Fields}, nil
	}
	return again(err)
}

func (v *visit) importRead(f *httpx.Form, p importForm, file httpx.Incoming) (string, error) {
	c, err := v.importCampaign()
	if err != nil {
		return "", err
	}
	in := app.ImportInput{Description: p.Description, File: file.Name}
	if p.Amount != "" {
		minor, err := money.Parse(p.Amount, v.currency())
		if err != nil {
			return "", named(err, "money")
		}
		in.Money = &money.Amount{Minor: minor, Asset: v.currency()}
	}
	return v.press(f, func() (string, error) {
		imp, err := v.App.UploadImport(v.ctx(), v.req(), c.ID, in, file)
		return imp.ID, err
	})
}

// importSample is a file that the campaign takes as it is.
func (v *visit) importSample() error {
	c, err := v.importCampaign()
	if err != nil {
		return err
	}
	file := &sheet{w: v.w, name: "sample-import"}
	if err := file.row("code", "amount", "expires_at", "remarks"); err != nil {
		return err
	}
	worth := ""
	if c.Doc.Value.Type == coupon.ValueAmount {
		asset := v.currency()
		if m := c.Doc.Value.Money; m != nil {
			asset = m.Asset
		}
		worth = plainAmount(sampleMinor, asset)
	}
	until := strconv.Itoa(v.clock.Now.In(v.org.Zone()).Year()+1) + "-12-31"
	for _, row := range [][]string{{"SAMPLE-0001", worth, until, "Every column"}, {"SAMPLE-0002", worth, "", "Expires as the campaign says"}, {"000123456789", worth, "", "Zeros in front stay"}} {
		if err := file.row(row...); err != nil {
			return err
		}
	}
	return file.end()
}

// sampleMinor is what a line of the sample is worth, in the smallest unit.
const sampleMinor = 1000
