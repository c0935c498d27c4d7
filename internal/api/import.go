package api

import (
	"context"
	"mime"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
)

// fileTakes is how long a file may be on its way.
const fileTakes = 15 * time.Minute

// imported is an upload of external codes: checked first, confirmed then.
type imported struct {
	ID          string            `json:"id"`
	Campaign    coupon.CampaignID `json:"campaign"`
	State       string            `json:"state" doc:"checking, pending, confirming, confirmed, failed or cancelled"`
	Description string            `json:"description"`
	File        string            `json:"file"`
	Size        int64             `json:"size" doc:"Bytes"`
	Money       *Money            `json:"money" doc:"What a line is worth that says no amount"`
	Rows        int64             `json:"rows"`
	Errors      int64             `json:"errors" doc:"Lines that cannot be taken; see its rows"`
	Error       string            `json:"error,omitempty" doc:"What is wrong with the file as a whole"`
	Batch       *coupon.BatchID   `json:"batch" doc:"What it became: ask the batch for its progress"`
	Earlier     *string           `json:"earlier" doc:"An import of the same file for the same campaign"`
	By          actor             `json:"by"`
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   time.Time         `json:"updated_at"`
}

func importedOf(i *coupon.Import) imported {
	out := imported{
		ID: i.ID, Campaign: i.Campaign, State: i.State, Description: i.Description, File: i.File, Size: i.Size, Rows: i.Rows, Errors: i.Errors, Error: i.Error,
		Batch: orNil(i.Batch), Earlier: orNil(i.Earlier), By: actorOf(i.By), CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	if i.Money.Minor > 0 {
		out.Money = moneyOf(i.Money)
	}
	return out
}

// newImport is what is said of an upload beside its file.
type newImport struct {
	ID          coupon.CampaignID `path:"id"`
	Description string            `query:"description" maxLength:"200"`
	File        string            `query:"file" maxLength:"255" doc:"Its name"`
	Amount      *int64            `query:"amount" minimum:"1" maximum:"1000000000000" doc:"What a line is worth that says no amount, in minor units; the campaign's when left out"`
	Currency    string            `query:"currency" maxLength:"40" doc:"Of amount; the organisation's when left out"`
}

func (a *API) importInput(ctx context.Context, n *newImport) (app.ImportInput, error) {
	in := app.ImportInput{Description: n.Description, File: n.File}
	if n.Amount == nil {
		return in, nil
	}
	if n.Currency == "" {
		org, err := a.app.Organisation(ctx)
		if err != nil {
			return in, err
		}
		n.Currency = org.Currency
	}
	in.Money = &money.Amount{Minor: *n.Amount, Asset: money.Asset(n.Currency)}
	return in, nil
}

// upload registers the one endpoint that takes a file: it is read as it comes.
func (a *API) upload(pattern string, o op) {
	in := inputOf(a.registry, reflect.TypeFor[newImport]())
	o.keyed = true
	in.file = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}
	a.document(pattern, o, in, a.content(reflect.TypeFor[imported]()))
	a.handle(pattern, func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.admit(w, r)
		if err != nil {
			return err
		}
		v := newImport{}
		if err := in.fillParams(r, reflect.ValueOf(&v).Elem()); err != nil {
			return err
		}
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "text/csv" {
			return errMediaType.Saying("Send the file as it is, with Content-Type: text/csv.")
		}
		if err := c.keyedBy(r, []byte(r.URL.RawQuery)); err != nil {
			return err
		}
		input, err := a.importInput(r.Context(), &v)
		if err != nil {
			return err
		}
		httpx.Patience(w, time.Now().Add(fileTakes))
		body := http.MaxBytesReader(w, r.Body, app.MaxImportSize+1)
		out, err := once(c, http.StatusCreated, showImport, func(req app.Request) (coupon.Import, error) {
			return a.app.UploadImport(r.Context(), req, v.ID, input, body)
		})
		if err != nil {
			return err
		}
		return out.write(w)
	})
}

func (a *API) imports(ctx context.Context, c *call, in *struct {
	Campaign coupon.CampaignID `query:"campaign" maxLength:"100"`
	paging
}) (list[imported], error) {
	p, err := a.app.Imports(ctx, c.By, in.Campaign, in.paging.paging())
	return listOf(p, importedOf), err
}

func (a *API) imported(ctx context.Context, c *call, in *byID[string]) (imported, error) {
	i, err := a.app.Import(ctx, c.By, in.ID)
	return importedOf(&i), err
}

// importRow is one line of an upload. Its code is shown as lists show codes.
type importRow struct {
	Line      int64      `json:"line" doc:"Of the file, the header being 1"`
	Prefix    string     `json:"prefix"`
	Tail      string     `json:"tail"`
	Amount    *int64     `json:"amount" doc:"Minor units, where the line says it"`
	ExpiresAt *time.Time `json:"expires_at"`
	Remarks   string     `json:"remarks"`
	Reason    *string    `json:"reason" doc:"Why it cannot be taken"`
}

func importRowOf(r *coupon.ImportRow) importRow {
	out := importRow{Line: r.Number, Prefix: r.Prefix, Tail: r.Tail, ExpiresAt: moment(r.ExpiresAt), Remarks: r.Remarks, Reason: orNil(r.Reason)}
	if r.Minor >= 0 {
		out.Amount = &r.Minor
	}
	return out
}

func (a *API) importRows(ctx context.Context, c *call, in *struct {
	byID[string]
	Errors bool `query:"errors" doc:"Only lines that cannot be taken"`
	paging
}) (list[importRow], error) {
	p, err := a.app.ImportRows(ctx, c.By, in.ID, in.Errors, in.paging.paging())
	return listOf(p, importRowOf), err
}

type confirmation struct {
	Again bool `json:"again,omitempty" doc:"The same file was imported before, and is meant again"`
}

// confirmImport may be repeated as it is: an import becomes one batch.
func (a *API) confirmImport(ctx context.Context, c *call, in *struct {
	byID[string]
	Body confirmation
}) (kept[imported], error) {
	return once(c, http.StatusOK, showImport, func(req app.Request) (coupon.Import, error) {
		return a.app.ConfirmImport(ctx, req, in.ID, in.Body.Again)
	})
}

func (a *API) cancelImport(ctx context.Context, c *call, in *byID[string]) (kept[imported], error) {
	return once(c, http.StatusOK, showImport, func(req app.Request) (coupon.Import, error) { return a.app.CancelImport(ctx, req, in.ID) })
}

func showImport(i coupon.Import) imported { return importedOf(&i) }
