package admin

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// exportMenu offers what a list shows as a file of either kind. Without the permission to
// see them, the numbers are masked.
func (v *visit) exportMenu(id, path string, q url.Values, what string) ui.Menu {
	m := ui.Menu{ID: id, Label: "Export", Icon: "download"}
	if !v.can(coupon.ExportCodes) && !v.can(coupon.ExportMasked) {
		return m
	}
	path = at(path, q, "", "")
	sep := "?"
	if strings.Contains(path, sep) {
		sep = "&"
	}
	for _, kind := range []ui.Action{{Label: "Spreadsheet (.xlsx)", Href: path + sep + "format=xlsx"}, {Label: "CSV", Href: path}} {
		kind.Icon, kind.Dialog, kind.Title = "download", ui.DialogPage, what+" It asks for a reason and leaves an event."
		if !v.can(coupon.ExportCodes) {
			kind.Post, kind.Href, kind.Dialog, kind.Download, kind.Title = kind.Href, "", "", true, what+" Numbers are masked."
		}
		m.Items = append(m.Items, kind)
	}
	return m
}

// exportForm asks why numbers leave in a file.
type exportForm struct {
	state
	Thing          ui.KeyValues
	Masked         bool // there is nothing to ask
	Reason         string
	Action, Cancel string
}

// refused says above the form why there is no file.
func (p exportForm) refused() templ.Component {
	if p.Text != "" {
		return ui.Notice{Tone: ui.Bad, Title: "Nothing was exported", Text: p.Text}
	}
	return p.note(pair("reason", "Reason"))
}

// exportAsk asks before what is exported; it leads back to the page that shows it.
func (v *visit) exportAsk(what string, p exportForm) error {
	kind, numbers := "CSV", "In full"
	if v.query().Text("format") == "xlsx" {
		kind = "Spreadsheet (.xlsx)"
	}
	if p.Masked = !v.can(coupon.ExportCodes); p.Masked {
		numbers = "Masked"
	}
	p.Thing = ui.KeyValues{{Key: "What", Text: what}, {Key: "File", Text: kind}, {Key: "Numbers", Text: numbers}}
	q := v.r.URL.Query()
	p.Action = with(v.r.URL.Path, q, "", "")
	q.Del("format")
	p.Cancel = with(strings.TrimSuffix(v.r.URL.Path, "/export"), q, "", "")
	return v.page(p.Code, exportTitle, p.view())
}

const exportTitle = "Export the numbers"

// fileTakes is how long a file may be on its way.
const fileTakes = 15 * time.Minute

// voucherFile is an export of vouchers on its way.
type voucherFile struct {
	visit *visit
	sheet *sheet
	book  *book // instead of the sheet
	begun bool
}

// exportVouchers sends the vouchers that each gives, as the kind of file that was asked for.
// The file begins with the first of them, so that a refusal before it is the form again.
func (v *visit) exportVouchers(name, what string, each func(why string, row voucherRow) error) error {
	httpx.Patience(v.w, time.Now().Add(fileTakes))
	form, err := httpx.ReadForm(v.r)
	why, f := form.Text("reason"), &voucherFile{visit: v, sheet: &sheet{w: v.w, name: name}}
	if err == nil && v.query().Text("format") == "xlsx" {
		f.book, err = newBook("Vouchers", voucherHead())
	}
	if err == nil {
		err = each(why, f.row)
	}
	if err == nil {
		err = f.end(name)
	}
	if err != nil && f.sheet.begun {
		// Nobody may take half a file for a whole one.
		v.door.Fail(v.w, v.r, err)
		panic(http.ErrAbortHandler)
	}
	if err == nil {
		return nil
	}
	p := exportForm{Reason: why}
	if p.state, err = again(err); err != nil {
		return err
	}
	return v.exportAsk(what, p)
}

// voucherRow takes one voucher of an export.
type voucherRow = func(x coupon.VoucherView, code string) error

func (f *voucherFile) row(x coupon.VoucherView, code string) error {
	cells := f.visit.voucherCells(&x, code)
	if f.book != nil {
		return f.book.row(cells)
	}
	if err := f.begin(); err != nil {
		return err
	}
	return f.sheet.row(texts(cells)...)
}

// begin writes the head, once.
func (f *voucherFile) begin() error {
	if f.begun {
		return nil
	}
	f.begun = true
	return f.sheet.row(voucherHead()...)
}

func (f *voucherFile) end(name string) error {
	if f.book != nil {
		return f.book.send(f.visit.w, name)
	}
	if err := f.begin(); err != nil {
		return err
	}
	return f.sheet.end()
}

// voucherHead is the head of an export of vouchers; voucherCells is one line of it.
func voucherHead() []string {
	return []string{"Number", "Serial", "Description", "Amount", "Currency", "Used?", "Used Date", "Account", "Status", "Expires"}
}

func (v *visit) voucherCells(row *coupon.VoucherView, code string) []cell {
	used, account := "false", ""
	if row.Uses > 0 {
		used, account = "true", row.UserName
	}
	return []cell{
		text(code), text(row.Serial), text(row.BatchDescription), {text: plainAmount(row.Face, row.Asset), number: true}, text(row.Asset.Name()), text(used),
		v.moment(row.LastUsedAt), text(account), text(statusWord(row.Shown(v.clock.Now))), v.moment(row.ExpiresAt),
	}
}

const theseVouchers, theseCoupons = "The vouchers this list shows", "The coupons this list shows"

func (v *visit) vouchersExportAsk() error {
	return v.exportAsk(theseVouchers, exportForm{state: fresh})
}

// vouchersExport sends the filtered vouchers as a file.
func (v *visit) vouchersExport() error {
	return v.exportVouchers(fileName("vouchers", v.org.Day(v.clock.Now)), theseVouchers, func(why string, row voucherRow) error {
		return v.App.ExportVouchers(v.ctx(), v.req(), v.vouchersFilter(v.query()), why, app.MaxQuantity, row)
	})
}

func (v *visit) refillExportAsk() error { return v.exportAsk(theseCoupons, exportForm{state: fresh}) }

// refillExport sends the filtered coupons as a file.
func (v *visit) refillExport() error {
	filter, found, err := v.refillFilter(v.query())
	if err != nil {
		return err
	}
	if !found {
		return errNothingToExport
	}
	return v.exportVouchers(fileName("refill-coupons", v.org.Day(v.clock.Now)), theseCoupons, func(why string, row voucherRow) error {
		return v.App.ExportVouchers(v.ctx(), v.req(), filter, why, app.MaxQuantity, row)
	})
}

func (v *visit) batchExportAsk() error {
	b, err := v.exportedBatch()
	if err != nil {
		return err
	}
	return v.exportAsk(v.wholeBatch(b), exportForm{state: fresh})
}

// batchExport sends a batch as a file.
func (v *visit) batchExport() error {
	b, err := v.exportedBatch()
	if err != nil {
		return err
	}
	return v.exportVouchers(fileName("batch", b.Label, v.org.Day(v.clock.Now)), v.wholeBatch(b), func(why string, row voucherRow) error {
		return v.App.ExportBatch(v.ctx(), v.req(), b.ID, why, row)
	})
}

func (v *visit) exportedBatch() (coupon.BatchView, error) {
	b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(v.id()))
	if err == nil {
		_, v.place = placeOfKind(b.Kind)
	}
	return b, err
}

func (w writing) wholeBatch(b coupon.BatchView) string {
	return "Batch " + b.Description + ", " + w.count(b.Made, "voucher", "vouchers")
}
