package admin_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// opened reads a reply as a spreadsheet.
func opened(t *testing.T, r reply) (*excelize.File, [][]string) {
	t.Helper()
	if !strings.Contains(r.Header.Get("Content-Disposition"), `.xlsx"`) {
		t.Fatalf("%s sends %v", r.path, r.Header)
	}
	f, err := excelize.OpenReader(bytes.NewReader([]byte(r.Body)))
	ok(t, err)
	t.Cleanup(func() { ok(t, f.Close()) })
	return f, must[[][]string](t)(f.GetRows("Vouchers"))
}

// RF-09, J1.7: in the spreadsheet a coupon number is text, with its leading zeros and all of
// its digits, and a description that looks like a formula is none.
func TestExportSpreadsheet(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		b := must[coupon.Batch](t)(d.app.CreateRefill(t.Context(), d.as(coupon.Admin), app.RefillInput{Description: "=1+1", Prefix: "0012345678901", Quantity: "3", Amount: "1234.5"}))
		d.work()
		path := "/admin/batches/" + string(b.ID) + "/export?format=xlsx"
		f, rows := opened(t, d.post(coupon.Admin, path, "reason", "Printing").is(200))
		if len(rows) != 4 || strings.Join(rows[0][:7], ",") != "Number,Serial,Description,Amount,Currency,Used?,Used Date" {
			t.Fatalf("the sheet is %q", rows)
		}
		for i := 2; i <= 4; i++ {
			line := strconv.Itoa(i)
			if kind := must[excelize.CellType](t)(f.GetCellType("Vouchers", "A"+line)); kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("the number in line %d is of type %v", i, kind)
			}
			if n := rows[i-1][0]; len(n) < 16 || !strings.HasPrefix(n, "0012345678901") {
				t.Errorf("the number in line %d is %q", i, n)
			}
			if formula := must[string](t)(f.GetCellFormula("Vouchers", "C"+line)); formula != "" || rows[i-1][2] != "=1+1" || rows[i-1][3] != "1,234.50" {
				t.Errorf("line %d is %q with the formula %q", i, rows[i-1], formula)
			}
		}
		d.post(coupon.Finance, path).is(200).hides("0012345678901")
		d.post(coupon.Support, path).is(http.StatusForbidden)
	})
}

// RF-09: the lists export what they show, as a spreadsheet too, and it leaves an event.
func TestExportLists(t *testing.T) {
	t.Parallel()
	d := open(t)
	_, used := opened(t, d.post(coupon.Admin, "/admin/refill/export?format=xlsx&used=true", "reason", "Printing").is(200))
	if len(used) != 3 || used[1][0] != d.numbers[0] || used[1][5] != "true" || !strings.HasPrefix(used[1][6], "2026-11-21 14:04:00") || used[1][7] != "Mei Tan" {
		t.Errorf("the sheet is %q", used)
	}
	_, masked := opened(t, d.post(coupon.Finance, "/admin/vouchers/export?format=xlsx&used=true").is(200))
	if len(masked) != 3 || strings.Contains(masked[1][0], d.numbers[1][:6]) {
		t.Errorf("the sheet is %q", masked)
	}
	_, none := opened(t, d.post(coupon.Admin, "/admin/vouchers/export?format=xlsx&status=void", "reason", "Printing").is(200))
	if len(none) != 1 {
		t.Errorf("the sheet is %q", none)
	}
	lines := strings.Split(strings.TrimSpace(d.post(coupon.Admin, "/admin/vouchers/export?used=true", "reason", "Printing").is(200).Body), "\n")
	if len(lines) != 3 {
		t.Errorf("the file is %q", lines)
	}
	d.publish()
	if n := strings.Count(d.get(coupon.Admin, "/admin/events?type=vouchers.exported").text(), "List exported"); n < 4 {
		t.Errorf("%d events", n)
	}
}
