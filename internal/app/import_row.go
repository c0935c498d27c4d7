package app

import (
	"context"
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// minImported is the length of the shortest external code, in canonical characters.
const minImported = 4

// rounded is a long number as a spreadsheet mangles it, such as 1.23457E+15.
var rounded = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE]\+[0-9]+$`)

// importCheck judges the lines of one upload.
type importCheck struct {
	a        *App
	imp      *coupon.Import
	campaign coupon.CampaignView
	org      coupon.Organisation
	now      time.Time
	asset    money.Asset // of the amounts
	amounts  bool        // the vouchers are worth an amount
	standard int64       // minor units of a line that says no amount; 0 means it must

	total int64
	first map[codeKey]uint32 // the line that has the code
	chunk []coupon.ImportRow
	found [][]string           // the fingerprints of the chunk's lines
	said  map[string][]passage // what may be codes in their remarks, of which many are the same
	many  int                  // such texts, and passages in them
}

func newImportCheck(a *App, org coupon.Organisation, c coupon.CampaignView, m *money.Amount) *importCheck {
	check := &importCheck{a: a, campaign: c, org: org.Zoned(), now: a.Now(), first: map[codeKey]uint32{}, said: map[string][]passage{}}
	stored, isStored := c.Doc.Stored(c.Kind)
	check.amounts = c.Doc.Value.Type == coupon.ValueAmount
	check.asset, check.standard = stored.Asset, stored.Minor
	if check.amounts && !isStored && c.Doc.Value.Money != nil {
		check.asset, check.standard = c.Doc.Value.Money.Asset, c.Doc.Value.Money.Minor
	}
	if m != nil {
		check.asset, check.standard = m.Asset, m.Minor
	}
	if check.asset == "" {
		check.asset = money.Asset(org.Currency)
	}
	return check
}

// add judges one line and puts it into the chunk.
func (c *importCheck) add(in sheetRow) {
	row := coupon.ImportRow{Import: c.imp.ID, Number: in.Line, Minor: -1}
	var why []string
	wrong := func(msg string) {
		if msg != "" {
			why = append(why, msg)
		}
	}
	var prints []string
	if in.Broken != "" {
		wrong(in.Broken)
	} else {
		canonical, msg := c.code(in.Code)
		wrong(msg)
		if canonical != "" {
			prints = c.a.Keys.Fingerprints(canonical)
			wrong(c.once(prints[0], in.Line))
			row.Prefix, row.Tail = coupon.MaskedPrefix(canonical, c.campaign.Code), coupon.Tail(canonical)
		}
		wrong(c.amount(in.Amount, &row))
		wrong(c.expiry(in.Expires, &row))
		wrong(c.remarks(in, &row))
	}
	if row.Reason = strings.Join(why, " "); row.Reason == "" {
		row.Voucher, row.Fingerprint = coupon.VoucherID(c.a.NewID("vch")), prints[0]
		row.Sealed = c.a.Keys.Seal(in.Code, string(row.Voucher))
	}
	c.imp.Rows++
	c.chunk, c.found = append(c.chunk, row), append(c.found, prints)
}

// code returns the canonical form of a code, or what is wrong with it.
func (c *importCheck) code(code string) (canonical, wrong string) {
	switch {
	case code == "":
		return "", "The code is blank."
	case !utf8.ValidString(code) || strings.ContainsRune(code, utf8.RuneError):
		return "", "The code is not valid text (UTF-8)."
	case strings.Contains(code, "…"):
		return "", "This is a masked code. Write the whole code."
	case rounded.MatchString(code):
		return "", "The spreadsheet has rounded this number. Format the column as text and write the code again."
	}
	canonical, err := coupon.Canonical(code)
	if err != nil {
		return "", fault.Of(err).Msg
	}
	if utf8.RuneCountInString(canonical) < minImported {
		return "", "A code has at least " + strconv.Itoa(minImported) + " characters."
	}
	return canonical, ""
}

// codeKey is what sixteen of the twenty-four characters of a fingerprint say: enough to tell
// a million codes apart, and small, for all of them are in memory.
type codeKey [12]byte

func keyOf(print string) (key codeKey) {
	if _, err := base64.RawURLEncoding.Decode(key[:], []byte(print[:16])); err != nil {
		panic("app: a fingerprint is no base64: " + err.Error())
	}
	return key
}

// once finds a code that stood in the file before.
func (c *importCheck) once(print string, line int64) string {
	key := keyOf(print)
	if first, twice := c.first[key]; twice {
		return "The same code stands in line " + strconv.FormatUint(uint64(first), 10) + "."
	}
	c.first[key] = uint32(line) // of a file of at most MaxImportSize
	return ""
}

func (c *importCheck) amount(text string, row *coupon.ImportRow) string {
	switch {
	case text == "" && c.amounts && c.standard == 0:
		return "Say the amount."
	case text == "":
		c.total += c.standard
	case !c.amounts:
		return "This campaign's vouchers are not worth an amount."
	default:
		minor, err := money.Parse(text, c.asset)
		if err != nil {
			return fault.Of(err).Msg
		}
		if wrong := coupon.WrongValue(money.Amount{Minor: minor, Asset: c.asset}); wrong != "" {
			return wrong
		}
		row.Minor = minor
		c.total += minor
	}
	c.total = min(c.total, money.MaxMinor+1) // too much already: it cannot overflow
	return ""
}

// moments are the ways to write a time; a day alone means its end.
var moments = []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"}
var days = []string{"2006-01-02", "2.1.2006", "2 Jan 2006", "2 January 2006", "2006/01/02"}

func (c *importCheck) expiry(text string, row *coupon.ImportRow) string {
	if text == "" {
		return ""
	}
	at, ok := c.moment(text)
	if !ok {
		return "Write the expiry as a day, such as 2026-12-31."
	}
	if !c.now.Before(at) {
		return "The expiry lies in the past."
	}
	if starts, _ := c.campaign.Doc.Validity.Span(c.org, c.now); !starts.Before(at) {
		return "The expiry lies before the start of the campaign's vouchers."
	}
	row.ExpiresAt = at
	return ""
}

func (c *importCheck) moment(text string) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC().Truncate(time.Microsecond), at.Year() < 10000
	}
	for _, layout := range moments {
		if at, err := time.ParseInLocation(layout, text, c.org.Zone()); err == nil {
			return at.UTC(), true
		}
	}
	for _, layout := range days {
		if day, err := time.Parse(layout, text); err == nil {
			return c.org.EndOfDay(day), true
		}
	}
	return time.Time{}, false
}

// flush finds the codes of the chunk that are in use, and stores its lines.
func (c *importCheck) flush(ctx context.Context) error {
	if len(c.chunk) == 0 {
		return nil
	}
	all := slices.Concat(c.found...)
	for _, like := range c.said {
		for _, p := range like {
			all = append(all, p.prints...)
		}
	}
	taken, err := c.a.Store.TakenCodes(ctx, all)
	if err != nil {
		return err
	}
	if err := c.judge(ctx, taken); err != nil {
		return err
	}
	if err := c.a.Store.AddImportRows(ctx, c.chunk); err != nil {
		return err
	}
	c.chunk, c.found, c.many = c.chunk[:0], c.found[:0], 0
	clear(c.said)
	if c.imp.Rows%(20*importChunk) != 0 && c.a.Now().Sub(c.imp.UpdatedAt) < importStale/10 {
		return nil
	}
	c.imp.UpdatedAt = c.a.Now()
	beat := *c.imp // how far it is, for who looks, and that it goes on
	beat.State = ImportChecking
	return c.a.Store.SaveImport(ctx, beat)
}

// judge refuses the lines whose codes are taken, and masks the codes in remarks.
func (c *importCheck) judge(ctx context.Context, taken map[string]bool) error {
	quiet := make(map[string]string, len(c.said))
	for text, like := range c.said {
		var err error
		if quiet[text], err = c.withoutCodes(ctx, text, like, taken); err != nil {
			return err
		}
	}
	for i := range c.chunk {
		row := &c.chunk[i]
		if anyOf(c.found[i], taken) {
			row.Reason = strings.TrimSpace("This code is in use already. " + row.Reason)
		}
		if row.Reason != "" {
			row.Voucher, row.Fingerprint, row.Sealed = "", "", ""
			c.imp.Errors++
		}
		row.Remarks = quiet[row.Remarks]
	}
	return nil
}
