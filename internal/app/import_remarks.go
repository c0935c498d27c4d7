package app

import (
	"context"
	"regexp"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// remarkPrints is how many fingerprints the remarks of a chunk may have: a long text has
// hundreds of passages that may be codes.
const remarkPrints = 20_000

// full reports whether the chunk is to be stored.
func (c *importCheck) full() bool { return len(c.chunk) == importChunk || c.many >= remarkPrints }

// remarks keeps what a line says beside its code, which is masked where it stands there as it
// is written in the line. Other codes are masked when the chunk is judged.
func (c *importCheck) remarks(in sheetRow, row *coupon.ImportRow) string {
	f := fields{}
	f.text("remarks", in.Remarks, 500, false)
	if msg := f.Fields["remarks"]; msg != "" {
		return "Remarks: " + msg
	}
	row.Remarks = in.Remarks
	if row.Remarks == "" {
		return ""
	}
	if row.Tail != "" && strings.Contains(strings.ToLower(in.Remarks), strings.ToLower(in.Code)) {
		own := regexp.MustCompile("(?i)" + regexp.QuoteMeta(in.Code))
		row.Remarks = own.ReplaceAllLiteralString(in.Remarks, coupon.Masked(row.Prefix, row.Tail))
	}
	if _, known := c.said[row.Remarks]; !known {
		like := c.a.likeCodes(row.Remarks)
		c.said[row.Remarks] = like
		c.many += 1 + len(like)
	}
	return ""
}

// withoutCodes masks the codes in a line's remarks that are in use, or stand in the file, as
// far as it was read.
func (c *importCheck) withoutCodes(ctx context.Context, text string, like []passage, taken map[string]bool) (string, error) {
	var list []passage
	end, used := 0, false
	for _, p := range like {
		used = used || anyOf(p.prints, taken)
		if _, stands := c.first[keyOf(p.prints[0])]; !stands || p.from < end {
			continue
		}
		canonical, err := coupon.Canonical(text[p.from:p.to])
		if err != nil {
			return "", err
		}
		p.voucher = &coupon.VoucherView{}
		p.voucher.Prefix, p.voucher.Tail = coupon.MaskedPrefix(canonical, c.campaign.Code), coupon.Tail(canonical)
		list, end = append(list, p), p.to
	}
	text = covered(text, list)
	if !used {
		return text, nil
	}
	return c.a.masked(ctx, text)
}
