package admin

import (
	"net/url"
	"strings"
	"time"

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
	title := what + " It leaves an event."
	if !v.can(coupon.ExportCodes) {
		title = what + " Numbers are masked."
	}
	path = at(path, q, "", "")
	sep := "?"
	if strings.Contains(path, sep) {
		sep = "&"
	}
	m.Items = []ui.Action{
		{Label: "Spreadsheet (.xlsx)", Icon: "download", Post: path + sep + "format=xlsx", Download: true, Title: title},
		{Label: "CSV", Icon: "download", Post: path, Download: true, Title: title},
	}
	return m
}

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
// The file begins with the first of them, so that a refusal before it is still a page.
func (v *visit) exportVouchers(name string, each func(row func(coupon.VoucherView, string) error) error) error {
	httpx.Patience(v.w, time.Now().Add(fileTakes))
	f := &voucherFile{visit: v, sheet: &sheet{w: v.w, name: name}}
	if v.query().Text("format") == "xlsx" {
		var err error
		if f.book, err = newBook("Vouchers", voucherHead()); err != nil {
			return err
		}
	}
	if err := each(f.row); err != nil {
		return err
	}
	return f.end(name)
}

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

// vouchersExport sends the filtered vouchers as a file.
func (v *visit) vouchersExport() error {
	return v.exportVouchers(fileName("vouchers", v.org.Day(v.clock.Now)), func(row func(coupon.VoucherView, string) error) error {
		return v.App.ExportVouchers(v.ctx(), v.req(), v.vouchersFilter(v.query()), app.MaxQuantity, row)
	})
}

// refillExport sends the filtered coupons as a file.
func (v *visit) refillExport() error {
	filter, found, err := v.refillFilter(v.query())
	if err != nil {
		return err
	}
	if !found {
		return errNothingToExport
	}
	return v.exportVouchers(fileName("refill-coupons", v.org.Day(v.clock.Now)), func(row func(coupon.VoucherView, string) error) error {
		return v.App.ExportVouchers(v.ctx(), v.req(), filter, app.MaxQuantity, row)
	})
}

// batchExport sends a batch as a file.
func (v *visit) batchExport() error {
	b, err := v.App.Batch(v.ctx(), v.by, coupon.BatchID(v.id()))
	if err != nil {
		return err
	}
	return v.exportVouchers(fileName("batch", b.Label, v.org.Day(v.clock.Now)), func(row func(coupon.VoucherView, string) error) error {
		return v.App.ExportBatch(v.ctx(), v.req(), b.ID, row)
	})
}
