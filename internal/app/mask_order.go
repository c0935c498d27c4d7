package app

import (
	"context"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
)

// withoutCodes masks the codes that a request uses in what it says about its order: some
// callers write them into a reference or into metadata, and those are kept and read by
// many. Codes that everybody may know stay, and so do codes that the request does not
// use: looking for every code would cost each order a reading. The caller's order is left
// as it is.
func (a *App) withoutCodes(ctx context.Context, c *coupon.Redeem, canonical []string) error {
	texts := []*string{&c.Reference, &c.Transaction.Reference}
	if c.Order != nil {
		order := *c.Order
		c.Order = &order
		texts = append(texts, &order.Reference)
	}
	for _, text := range texts {
		if !holdsCode(*text, canonical) {
			continue
		}
		var err error
		if *text, err = a.masked(ctx, *text); err != nil {
			return err
		}
	}
	if c.Order == nil {
		return nil
	}
	return a.factsWithoutCodes(ctx, c.Order, canonical)
}

func (a *App) factsWithoutCodes(ctx context.Context, o *coupon.Order, canonical []string) error {
	own := false
	for name, value := range o.Metadata {
		text, ok := value.(string)
		if !ok || !holdsCode(text, canonical) {
			continue
		}
		text, err := a.masked(ctx, text)
		if err != nil {
			return err
		}
		if !own {
			o.Metadata, own = maps.Clone(o.Metadata), true
		}
		o.Metadata[name] = text
	}
	return nil
}

// holdsCode reports whether one of the codes may stand in a text, however it is written.
func holdsCode(text string, canonical []string) bool {
	if utf8.RuneCountInString(text) < leastCode {
		return false
	}
	plain := strings.Map(plainly, text)
	for _, code := range canonical {
		if len(code) >= leastCode && strings.Contains(plain, code) {
			return true
		}
	}
	return false
}

// plainly writes a letter as canonical codes have it; what parts groups goes.
func plainly(r rune) rune {
	switch {
	case r == 'o' || r == 'O':
		return '0'
	case r == 'i' || r == 'I' || r == 'l' || r == 'L':
		return '1'
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf:
		return r
	}
	return -1
}
