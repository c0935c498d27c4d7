package app

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// What a code in a text looks like: so many characters at least, written in so many groups
// at most. Words look like codes, too: whether one is, the database knows.
const (
	leastCode  = 6
	mostGroups = 6
)

// passage is a part of a text, from one byte to another, that is or may be a code.
type passage struct {
	from, to int
	prints   []string
	voucher  *coupon.VoucherView // what is shown of it
}

// masked returns a text with the codes in it as lists show them. Codes that everybody may
// know stay.
func (a *App) masked(ctx context.Context, text string) (string, error) {
	list, err := a.codesIn(ctx, text)
	if err != nil {
		return "", err
	}
	return covered(text, list), nil
}

// covered masks the passages of a text that are codes.
func covered(text string, list []passage) string {
	var b strings.Builder
	last := 0
	for i := range list {
		if c := &list[i]; !c.voucher.Public {
			b.WriteString(text[last:c.from] + coupon.Masked(c.voucher.Prefix, c.voucher.Tail))
			last = c.to
		}
	}
	return b.String() + text[last:]
}

// codesIn finds the vouchers whose codes stand in a text, in its order. Where one code
// begins with another it is the longer one.
func (a *App) codesIn(ctx context.Context, text string) ([]passage, error) {
	all := a.likeCodes(text)
	var prints []string
	for i := range all {
		prints = append(prints, all[i].prints...)
	}
	taken, err := a.Store.TakenCodes(ctx, prints)
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	out := apart(all, func(p passage) bool { return anyOf(p.prints, taken) })
	for i := range out {
		if err := a.owned(ctx, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// owned adds the voucher whose code a passage is. The code of a batch that nobody sees yet is
// masked whole.
func (a *App) owned(ctx context.Context, p *passage) error {
	v, err := a.Store.VoucherByCode(ctx, p.prints)
	if f := fault.Of(err); f != nil && f.Kind != fault.NotFound {
		return f
	}
	p.voucher = &v
	return nil
}

// apart leaves out the passages that are no codes, or lie within one before them.
func apart(all []passage, isCode func(passage) bool) []passage {
	var out []passage
	end := 0
	for _, p := range all {
		if p.from >= end && isCode(p) {
			out, end = append(out, p), p.to
		}
	}
	return out
}

func anyOf(prints []string, taken map[string]bool) bool {
	return slices.ContainsFunc(prints, func(print string) bool { return taken[print] })
}

// likeCodes lists what may be a code, in the order of the text, the longest first.
func (a *App) likeCodes(text string) []passage {
	words := wordsOf(text)
	var out []passage
	for i := range words {
		first := len(out)
		for n := i; n < len(words) && n < i+mostGroups; n++ {
			if n > i && strings.Trim(text[words[n-1].to:words[n].from], " \u00a0") != "" {
				break
			}
			p := passage{from: words[i].from, to: words[n].to}
			canonical, err := coupon.Canonical(text[p.from:p.to])
			if err == nil && utf8.RuneCountInString(canonical) >= leastCode {
				p.prints = a.Keys.Fingerprints(canonical)
				out = append(out, p)
			}
		}
		slices.Reverse(out[first:])
	}
	return out
}

// wordsOf lists the runs of letters, digits and dashes.
func wordsOf(text string) []passage {
	var out []passage
	in := false
	for i, r := range text {
		part := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Pd, r)
		switch {
		case part && !in:
			out = append(out, passage{from: i, to: i + utf8.RuneLen(r)})
		case part:
			out[len(out)-1].to = i + utf8.RuneLen(r)
		}
		in = part
	}
	return out
}
