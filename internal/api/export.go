package api

import (
	"encoding/csv"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
)

// export registers the one endpoint that streams: a batch's vouchers with their codes.
func (a *API) export(pattern string, o op) {
	type input = reasoned[coupon.BatchID]
	in := inputOf(a.registry, reflect.TypeFor[input]())
	o.keyed = true
	a.document(pattern, o, in, media{"text/csv", &huma.Schema{Type: huma.TypeString}})
	a.handle(pattern, func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.admit(w, r)
		if err != nil {
			return err
		}
		v := input{}
		raw, err := in.fill(w, r, reflect.ValueOf(&v).Elem())
		if err != nil {
			return err
		}
		if err := c.keyedBy(r, raw); err != nil {
			return err
		}
		if c.key != "" {
			c.Once = &app.Once{Key: c.key, Asked: c.asked} // what is kept is the export's own business
		}
		httpx.Patience(w, time.Now().Add(fileTakes))
		f := &file{w: w, name: string(v.ID), once: c.Once}
		err = a.app.ExportBatch(r.Context(), c.Request, v.ID, v.Body.Reason, f.row)
		if err == nil {
			err = f.end()
		}
		if err != nil && f.out != nil {
			// Nobody may take half a file for a whole one.
			a.door.Fail(w, r, err)
			panic(http.ErrAbortHandler)
		}
		return err
	})
}

// file is a batch as CSV. It begins with its first row, so that a refusal before it is
// still a problem.
type file struct {
	w    http.ResponseWriter
	name string
	once *app.Once
	out  *csv.Writer
}

func (f *file) begin() {
	h := f.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+f.name+`.csv"`)
	h.Set("Cache-Control", "no-store")
	if f.once != nil && f.once.Replay {
		h.Set("Idempotent-Replayed", "true")
	}
	f.out = csv.NewWriter(f.w)
	f.write("serial", "code", "voucher", "description", "amount", "currency", "state", "expires_at")
}

func (f *file) row(v coupon.VoucherView, code string) error {
	if f.out == nil {
		f.begin()
	}
	expires, amount := "", ""
	if !v.ExpiresAt.IsZero() {
		expires = v.ExpiresAt.UTC().Format(time.RFC3339)
	}
	if v.Asset != "" {
		amount = money.Amount{Minor: v.Face, Asset: v.Asset}.Plain()
	}
	f.write(v.Serial, code, string(v.ID), v.BatchDescription, amount, string(v.Asset), string(v.State), expires)
	return f.out.Error()
}

// write writes one line. A cell that a spreadsheet would run as a formula begins with
// an apostrophe, which our own import drops again; all others stay as they are, with
// their leading zeros.
func (f *file) write(cells ...string) {
	for i, cell := range cells {
		cells[i] = app.GuardCell(cell)
	}
	_ = f.out.Write(cells) // row and end ask for the error
}

func (f *file) end() error {
	if f.out == nil {
		f.begin()
	}
	f.out.Flush()
	return f.out.Error()
}
