package app

import (
	"context"
	"regexp"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// remarkPassages is how many passages of a chunk's remarks may be looked for: a long text has
// hundreds that may be codes.
const remarkPassages = 20_000

// full reports whether the chunk is to be stored.
func (c *importCheck) full() bool { return len(c.chunk) == importChunk || c.many >= remarkPassages }

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
	stands := func(p passage) bool {
		_, is := c.first[keyOf(p.prints[0])]
		return is
	}
	list := apart(like, func(p passage) bool { return stands(p) || anyOf(p.prints, taken) })
	for i := range list {
		p := &list[i]
		if !stands(*p) {
			if err := c.a.owned(ctx, p); err != nil {
				return "", err
			}
			continue
		}
		canonical, err := coupon.Canonical(text[p.from:p.to])
		if err != nil {
			return "", err
		}
		p.voucher = &coupon.VoucherView{}
		p.voucher.Prefix, p.voucher.Tail = coupon.MaskedPrefix(canonical, c.campaign.Code), coupon.Tail(canonical)
	}
	return covered(text, list), nil
}
