package app

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// ImportErrorsCSV writes the lines of an upload that cannot be taken, with their reasons:
// CSV in UTF-8 with its mark, safe to open in a spreadsheet. Codes are masked, because
// nothing keeps them in clear; with whole codes in their place, the file is one that
// UploadImport reads.
func (a *App) ImportErrorsCSV(ctx context.Context, by By, id string, w io.Writer) error {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return err
	}
	check, err := a.checkOf(ctx, id)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"line", columnCode, columnAmount, columnExpiry, columnRemarks, "reason"}); err != nil {
		return err
	}
	for p := (coupon.Paging{Limit: 200}); ; {
		page, err := a.Store.ImportRows(ctx, id, true, p)
		if err != nil {
			return err
		}
		for i := range page.Rows {
			if err := out.Write(check.cells(&page.Rows[i])); err != nil {
				return err
			}
		}
		if p.After = page.Next; p.After == "" {
			break
		}
	}
	out.Flush()
	return out.Error()
}

// checkOf returns what the lines of an upload were judged by.
func (a *App) checkOf(ctx context.Context, id string) (*importCheck, error) {
	imp, err := a.Store.Import(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err := a.Store.Campaign(ctx, imp.Campaign)
	if err != nil {
		return nil, err
	}
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	var m *money.Amount
	if imp.Money.Asset != "" {
		m = &imp.Money
	}
	return newImportCheck(a, org, c, m), nil
}

// cells writes one line as the file could have had it.
func (c *importCheck) cells(row *coupon.ImportRow) []string {
	cells := []string{strconv.FormatInt(row.Number, 10), "", "", "", row.Remarks, row.Reason}
	if row.Tail != "" {
		cells[1] = coupon.Masked(row.Prefix, row.Tail)
	}
	if row.Minor >= 0 {
		cells[2] = money.Amount{Minor: row.Minor, Asset: c.asset}.Plain()
	}
	if !row.ExpiresAt.IsZero() {
		cells[3] = row.ExpiresAt.Format(time.RFC3339)
	}
	for i := range cells {
		cells[i] = GuardCell(cells[i])
	}
	return cells
}
