package app_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

var importDay = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

// importDesk imports into a campaign of gift vouchers worth ten dollars.
type importDesk struct {
	*app.App
	t        testing.TB
	db       *store.DB
	clock    atomic.Int64 // seconds after importDay
	commit   atomic.Pointer[func()]
	req      app.Request
	campaign coupon.CampaignID
}

func newImportDesk(t testing.TB, db *store.DB) *importDesk {
	t.Helper()
	d := &importDesk{t: t, db: db, req: app.Request{By: app.Program("test")}}
	now := func() time.Time { return importDay.Add(time.Duration(d.clock.Load()) * time.Second) }
	newID := func(prefix string) string {
		if f := d.commit.Load(); prefix == "mrk" && f != nil {
			(*f)()
		}
		return id.New(prefix)
	}
	d.App = app.New(app.Options{Store: db, Journal: db, Keys: seal.New(), Now: now, NewID: newID})
	t.Cleanup(d.Close)
	d.campaign = d.newCampaign(app.CampaignInput{Kind: coupon.KindGift, Value: &coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 1000, Asset: "SGD"}}})
	return d
}

func eachImportDesk(t *testing.T, fn func(t *testing.T, d *importDesk)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, newImportDesk(t, db)) })
}

func (d *importDesk) newCampaign(in app.CampaignInput) coupon.CampaignID {
	d.t.Helper()
	name := "External"
	in.Name = &name
	c, err := d.CreateCampaign(context.Background(), d.req, in)
	if err != nil {
		d.t.Fatal(err)
	}
	return c.ID
}

// upload uploads a file that can be read.
func (d *importDesk) upload(file string) coupon.Import {
	d.t.Helper()
	imp, err := d.UploadImport(d.t.Context(), d.req, d.campaign, app.ImportInput{Description: "EXTERNAL", File: "codes.csv"}, strings.NewReader(file))
	if err != nil {
		d.t.Fatalf("upload: %v", err)
	}
	return imp
}

// lines returns "line reason" of all lines, or of those in error.
func (d *importDesk) lines(id string, onlyErrors bool) []string {
	d.t.Helper()
	var out []string
	for p := (coupon.Paging{Limit: 200}); ; {
		page, err := d.ImportRows(d.t.Context(), d.req.By, id, onlyErrors, p)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, r := range page.Rows {
			out = append(out, strings.TrimSpace(fmt.Sprint(r.Number, " ", r.Reason)))
		}
		if p.After = page.Next; p.After == "" {
			return out
		}
	}
}

// confirm confirms and runs the job to its end.
func (d *importDesk) confirm(id string) coupon.Import {
	d.t.Helper()
	imp, err := d.ConfirmImport(d.t.Context(), d.req, id, true)
	if err != nil {
		d.t.Fatalf("confirm: %v", err)
	}
	if err := d.RunImport(d.t.Context(), d.job(imp)); err != nil {
		d.t.Fatalf("run: %v", err)
	}
	imp, err = d.Import(d.t.Context(), d.req.By, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return imp
}

func (d *importDesk) job(imp coupon.Import) coupon.Job {
	d.t.Helper()
	job, err := d.db.Job(d.t.Context(), imp.Job)
	if err != nil {
		d.t.Fatal(err)
	}
	return job
}

// codes exports a batch: code, amount, expiry, remarks.
func (d *importDesk) codes(b coupon.BatchID) []string {
	d.t.Helper()
	var out []string
	err := d.ExportBatch(d.t.Context(), d.req, b, func(v coupon.VoucherView, code string) error {
		until := ""
		if !v.ExpiresAt.IsZero() {
			until = v.ExpiresAt.Format(time.RFC3339)
		}
		out = append(out, strings.Join([]string{code, fmt.Sprint(v.Face), until, v.Remarks}, "|"))
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func (d *importDesk) sound() {
	d.t.Helper()
	list, err := d.db.Verify(context.Background())
	if err != nil || len(list) > 0 {
		d.t.Errorf("verify: %v %+v", err, list)
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		imp := d.upload("Coupon Number;Amount;Expiry;Issue Remarks;Other\r\n0012-AB34;7,50;2027-01-31;\"first; \"\"quoted\"\"\r\nsecond line\";x\r\n00000000077;;;=1+1;\r\n")
		if imp.State != app.ImportPending || imp.Rows != 2 || imp.Errors != 0 || imp.Size == 0 || len(imp.Hash) != 64 {
			t.Fatalf("uploaded: %+v", imp)
		}
		if _, err := d.Lookup(ctx, d.req.By, "0012AB34"); !errors.Is(err, coupon.ErrNotFound) {
			t.Errorf("an upload issued something: %v", err)
		}
		imp = d.confirm(imp.ID)
		if imp.State != app.ImportConfirmed || imp.Batch == "" {
			t.Fatalf("confirmed: %+v", imp)
		}
		want := []string{"0012-AB34|750|2027-01-31T16:00:00Z|first; \"quoted\"\nsecond line", "00000000077|1000||=1+1"}
		if got := d.codes(imp.Batch); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if rows := d.lines(imp.ID, false); len(rows) != 0 {
			t.Errorf("%d lines are kept", len(rows))
		}
		v, err := d.Lookup(ctx, d.req.By, "oo12ab34")
		if err != nil || v.EarningMethod != "import" || v.Prefix != "" || v.Tail != "AB34" || v.Balance != 750 {
			t.Errorf("voucher: %v %+v", err, v.Voucher)
		}
		again, err := d.ConfirmImport(ctx, d.req, imp.ID, false)
		if err != nil || again.Batch != imp.Batch {
			t.Errorf("confirmed again: %v %q", err, again.Batch)
		}
		d.sound()
	})
}

var ctx = context.Background()

// F1, F2, F3: the same three lines, however a spreadsheet wrote them.
func TestImportReadsWhatSpreadsheetsWrite(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, storetest.SQLite(t))
	const plain = "code,amount,remarks\nAAAA-1001,10,Müller\nAAAA-1002,20,Café\nAAAA-1003,30,Zoë\n"
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, file := range map[string]string{
		"UTF-8":                    plain,
		"UTF-8 with its mark":      "\ufeff" + plain,
		"UTF-16, little end first": encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)),
		"UTF-16, big end first":    encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(plain)),
		"Windows-1252":             encode(charmap.Windows1252.NewEncoder().String(plain)),
		"semicolons":               strings.ReplaceAll(plain, ",", ";"),
		"tabs":                     strings.ReplaceAll(plain, ",", "\t"),
		"named separator":          "sep=;\r\n" + strings.ReplaceAll(plain, ",", ";"),
		"CRLF":                     strings.ReplaceAll(plain, "\n", "\r\n"),
		"no line break at the end": strings.TrimSuffix(plain, "\n"),
		"blank lines":              strings.ReplaceAll(plain, "\n", "\n\n,,\n"),
		"everything quoted":        "\"" + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(plain, "\n"), ",", `","`), "\n", "\"\r\n\"") + "\"\r\n",
		"other names and order":    "reason;Issue Remarks; VALUE ;line;E-PIN\n;Müller;10;2;AAAA-1001\n;Café;20;3;AAAA-1002\n;Zoë;30;4;AAAA-1003\n",
		"spaces around":            strings.ReplaceAll(strings.ReplaceAll(plain, ",", " , "), "\n", " \n"),
	} {
		imp := d.upload(file)
		if imp.Rows != 3 || imp.Errors != 0 {
			t.Errorf("%s: %d lines, %q", name, imp.Rows, d.lines(imp.ID, true))
			continue
		}
		page, err := d.ImportRows(ctx, d.req.By, imp.ID, false, coupon.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"1001 1000 Müller", "1002 2000 Café", "1003 3000 Zoë"} {
			if r := page.Rows[i]; fmt.Sprint(r.Tail, " ", r.Minor, " ", r.Remarks) != want {
				t.Errorf("%s: line %d is %s %d %q, want %s", name, i, r.Tail, r.Minor, r.Remarks, want)
			}
		}
	}
}

func TestImportRefusesFiles(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, storetest.SQLite(t))
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "The file is empty."},
		{"only its mark", "\ufeff", "The file is empty."},
		{"a header alone", "code,amount\n", "no lines below its header"},
		{"no code column", "amount,name\n1,2\n", `one of them must be code (or coupon number, number, E-PIN). It says "amount", "name".`},
		{"no header", "AAA1,10\nAAA2,10\n", "The first line must name the columns"},
		{"two code columns", "code,coupon number\n1,2\n", "Two columns are called code."},
		{"an .xlsx", "PK\x03\x04" + strings.Repeat("\x00x", 100), "This is a spreadsheet or a zip archive."},
		{"an .xls", "\xd0\xcf\x11\xe0\xa1\xb1", "This is an old spreadsheet."},
		{"gzip", "\x1f\x8b\x08\x00", "gzip"},
		{"a PDF", "%PDF-1.7\n", "PDF"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "This is not a text file."},
		{"UTF-16 without its mark", "c\x00o\x00d\x00e\x00\n\x00", "This is not a text file."},
		{"a quotation mark that is never closed", "code,remarks\nAAAA1,\"" + strings.Repeat("x\n", 300_000), "Somewhere behind line 1 a quotation mark is opened"},
		{"a line without end", "code\n" + strings.Repeat("9", 400_000), "far too long"},
		{"a broken header", "code,\"amo\"unt\nA,1\n", "The first line cannot be read"},
		{"amounts beyond everything", "code,amount\nAAAA1,90071992547409.91\nAAAA2,1\n", "add up to more"},
	} {
		imp, err := d.UploadImport(ctx, d.req, d.campaign, app.ImportInput{Description: "X", File: c.name}, strings.NewReader(c.file))
		e := fault.Of(err)
		if e == nil || e.Kind != fault.Invalid || !strings.Contains(e.Fields["file"], c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
		kept, err := d.Import(ctx, d.req.By, imp.ID)
		if err != nil || kept.State != app.ImportFailed || !strings.Contains(kept.Error, c.want) {
			t.Errorf("%s: kept as %v %s %q", c.name, err, kept.State, kept.Error)
		}
		if rows := d.lines(imp.ID, false); len(rows) != 0 {
			t.Errorf("%s: %d lines are kept", c.name, len(rows))
		}
	}
}

func TestImportJudgesLines(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		d.confirm(d.upload("code\nTAKEN-0001\n").ID)
		long := strings.Repeat("7", 65)
		file := strings.Join([]string{
			"\ufeffcode,amount,expires_at,remarks",
			"GOOD-0001,1.50,2027-12-31,fine",          // 2
			",5,,",                                    // 3
			"good 0001,,,",                            // 4: the same in canonical form
			"taken0001,,,",                            // 5
			long + ",,,",                              // 6
			"ABC,,,",                                  // 7
			"1.23457E+15,,,",                          // 8
			"…8K3Q,,,",                                // 9
			"GOOD-0002,0,,",                           // 10
			"GOOD-0003,-1,,",                          // 11
			"GOOD-0004,10.005,,",                      // 12
			"GOOD-0005,1e3,,",                         // 13
			"GOOD-0006,ten,,",                         // 14
			"GOOD-0007,,2026-11-20,",                  // 15
			"GOOD-0008,,31.12.2027,'+65 9123 4567",    // 16: fine; our guard
			"GOOD-0009,,31/12/27,",                    // 17
			"GOOD-0010,,,a\x00b",                      // 18
			"GOOD-0011,,,Zoë Müller \xff",             // 19
			"GO\x00OD-12,,,",                          // 20
			"GOOD-0013,,," + strings.Repeat("x", 501), // 21
			"GOOD-0014,\"1\"2,,",                      // 22
			"'0000-0015,,,",                           // 23: fine
			"GOOD-0016,90071992547409.92,,",           // 24
			"\U0001f4a3\x07BOMB,,,",                   // 25
			"GOOD-0017",                               // 26: fine
			"good-0018,x,2020-01-01,",                 // 27: two things
		}, "\n") + "\n"
		imp := d.upload(file)
		want := []string{
			"3 The code is blank.", "4 The same code stands in line 2.", "5 This code is in use already.", "6 A code has at most 64 characters.", "7 A code has at least 4 characters.",
			"8 The spreadsheet has rounded this number. Format the column as text and write the code again.", "9 This is a masked code. Write the whole code.",
			"10 The amount must be above zero.", "11 An amount cannot be negative.", "12 ", "13 Write the amount in digits, such as 10.00.", "14 Write the amount in digits, such as 10.00.",
			"15 The expiry lies in the past.", "17 Write the expiry as a day, such as 2026-12-31.", "18 Remarks: This holds control characters.", "19 Remarks: This is not valid text (UTF-8).",
			"20 A code has letters, digits and signs only.", "21 Remarks: At most 500 characters.", "22 The quotation marks of this line do not fit.", "24 The amount is too large.",
			"25 A code has letters, digits and signs only.", "27 Write the amount in digits, such as 10.00. The expiry lies in the past.",
		}
		got := d.lines(imp.ID, true)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || !strings.HasPrefix(got[i], want[i]) {
				t.Fatalf("line %d: got %q, want %q", i, got[min(i, len(got)-1)], want[min(i, len(want)-1)])
			}
		}
		if imp.Rows != 26 || imp.Errors != int64(len(want)) {
			t.Errorf("%d lines and %d errors, want 26 and %d", imp.Rows, imp.Errors, len(want))
		}
		if _, err := d.ConfirmImport(ctx, d.req, imp.ID, true); !errors.Is(err, app.ErrImportErrors) {
			t.Errorf("confirmed with errors: %v", err)
		}
		d.errorFile(imp.ID, len(want))
	})
}

// errorFile checks the file of a wrong upload's errors: safe to open, and read again once
// its codes are whole.
func (d *importDesk) errorFile(id string, lines int) {
	d.t.Helper()
	var buf bytes.Buffer
	if err := d.ImportErrorsCSV(ctx, d.req.By, id, &buf); err != nil {
		d.t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(buf.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != lines+1 {
		d.t.Fatalf("error file: %v, %d lines, want %d", err, len(rows), lines+1)
	}
	if got := strings.Join(rows[0], ","); got != "line,code,amount,expires_at,remarks,reason" {
		d.t.Errorf("its header is %s", got)
	}
	if rows[2][1] != "…0001" || rows[1][1] != "" || rows[1][2] != "5.00" {
		d.t.Errorf("its lines begin %q", rows[1:3])
	}
	again := d.upload(buf.String())
	if again.Rows != int64(lines) || again.Errors != again.Rows {
		d.t.Errorf("uploaded as it is: %d lines, %d errors: %q", again.Rows, again.Errors, d.lines(again.ID, true))
	}
	var fixed bytes.Buffer
	out := csv.NewWriter(&fixed)
	for i, row := range rows {
		if i > 0 {
			row[1], row[2], row[3] = fmt.Sprintf("FIXED-%04d", i), "", ""
		}
		if err := out.Write(row); err != nil {
			d.t.Fatal(err)
		}
	}
	out.Flush()
	if whole := d.upload(fixed.String()); whole.Errors != 0 || whole.Rows != int64(lines) {
		d.t.Errorf("uploaded with whole codes: %d lines, %q", whole.Rows, d.lines(whole.ID, true))
	}
}

// F11, F12: what spreadsheets would run is text in every export, and comes back as typed.
func TestImportGuardsFormulas(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, storetest.SQLite(t))
	imp := d.upload("code,remarks\nAB,=cmd|' /C calc'!A0\nAC,+1\nAD,-1\nAE,@x\n")
	var buf bytes.Buffer
	if err := d.ImportErrorsCSV(ctx, d.req.By, imp.ID, &buf); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(buf.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"remarks", "'=cmd|' /C calc'!A0", "'+1", "'-1", "'@x"} {
		if rows[i][4] != want {
			t.Errorf("remarks in the file: %q, want %q", rows[i][4], want)
		}
	}
	for i := range rows[1:] {
		rows[i+1][1] = fmt.Sprint("WHOLE-", i)
	}
	var back bytes.Buffer
	if err := csv.NewWriter(&back).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	page, err := d.ImportRows(ctx, d.req.By, d.upload(back.String()).ID, false, coupon.Paging{})
	if err != nil || page.Rows[0].Remarks != "=cmd|' /C calc'!A0" || page.Rows[1].Remarks != "+1" {
		t.Errorf("came back as %v %+v", err, page.Rows)
	}
}

func TestImportOfOtherCampaigns(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, storetest.SQLite(t))
	upload := func(m *money.Amount, file string) (coupon.Import, error) {
		return d.UploadImport(ctx, d.req, d.campaign, app.ImportInput{Description: "X", Money: m}, strings.NewReader(file))
	}
	d.campaign = d.newCampaign(app.CampaignInput{Kind: coupon.KindRefill, Value: &coupon.Value{Type: coupon.ValueAmount}})
	imp, err := upload(nil, "code,amount\nREF-1,5\nREF-2,\n")
	if err != nil || imp.Errors != 1 || d.lines(imp.ID, true)[0] != "3 Say the amount." {
		t.Errorf("a refill without an amount: %v %q", err, d.lines(imp.ID, true))
	}
	imp, err = upload(&money.Amount{Minor: 250, Asset: "SGD"}, "code,amount\nREF-1,5\nREF-2,\n")
	if err != nil || imp.Errors != 0 {
		t.Fatalf("a refill with one: %v", err)
	}
	imp = d.confirm(imp.ID)
	if got := d.codes(imp.Batch); !slices.Equal(got, []string{"REF-1|500||", "REF-2|250||"}) {
		t.Errorf("worth %q", got)
	}
	imp, err = upload(nil, "code,amount\nREF-8,5\nREF-9,1.5\n")
	if err != nil || imp.Errors != 0 {
		t.Fatalf("a refill whose lines say it: %v", err)
	}
	d.confirm(imp.ID)
	if v, err := d.Lookup(ctx, d.req.By, "REF-9"); err != nil || v.Face != 150 || v.Asset != "SGD" || v.Balance != 150 {
		t.Errorf("worth %v %d %s", err, v.Face, v.Asset)
	}
	d.sound()
	if _, err := upload(&money.Amount{Minor: 0, Asset: "SGD"}, "code\nREF-3\n"); fault.Of(err) == nil || fault.Of(err).Fields["money"] == "" {
		t.Errorf("an amount of nothing: %v", err)
	}
	d.campaign = d.newCampaign(app.CampaignInput{Kind: coupon.KindDiscount, Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}})
	imp, err = upload(nil, "code,amount\nTEN-1,\nTEN-2,10\n")
	if err != nil || !slices.Equal(d.lines(imp.ID, true), []string{"3 This campaign's vouchers are not worth an amount."}) {
		t.Errorf("a percentage with an amount: %v %q", err, d.lines(imp.ID, true))
	}
	if _, err := upload(&money.Amount{Minor: 100, Asset: "SGD"}, "code\nTEN-3\n"); fault.Of(err) == nil || fault.Of(err).Fields["money"] == "" {
		t.Errorf("a percentage with a standard amount: %v", err)
	}
	start := importDay.AddDate(0, 1, 0)
	d.campaign = d.newCampaign(app.CampaignInput{Kind: coupon.KindDiscount, Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Validity: &coupon.Validity{StartsAt: &start}})
	imp, err = upload(nil, "code,valid until\nTEN-4,2026-12-01\nTEN-5,\n")
	if err != nil || !slices.Equal(d.lines(imp.ID, true), []string{"2 The expiry lies before the start of the campaign's vouchers."}) {
		t.Errorf("an expiry before the start: %v %q", err, d.lines(imp.ID, true))
	}
	for _, by := range []coupon.Role{coupon.Cashier, coupon.Support, coupon.Finance, coupon.Developer} {
		req := app.Request{By: app.ByStaff(coupon.Staff{ID: "stf_1", Role: by})}
		if _, err := d.UploadImport(ctx, req, d.campaign, app.ImportInput{Description: "X"}, strings.NewReader("code\nNO-1\n")); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("%s may upload: %v", by, err)
		}
		if _, err := d.ConfirmImport(ctx, req, imp.ID, true); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("%s may confirm: %v", by, err)
		}
		if _, err := d.CancelImport(ctx, req, imp.ID); !errors.Is(err, app.ErrForbidden) {
			t.Errorf("%s may cancel: %v", by, err)
		}
	}
}

// F6: the same file again needs a word.
func TestImportOfTheSameFile(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		const file = "code\nSAME-0001\n"
		first := d.upload(file)
		second := d.upload(file)
		if first.Earlier != "" || second.Earlier != first.ID {
			t.Fatalf("earlier: %q and %q, want none and %q", first.Earlier, second.Earlier, first.ID)
		}
		if _, err := d.ConfirmImport(ctx, d.req, second.ID, false); !errors.Is(err, app.ErrImportAgain) || fault.Of(err).Fields["again"] == "" {
			t.Errorf("confirmed without a word: %v", err)
		}
		if _, err := d.CancelImport(ctx, d.req, first.ID); err != nil {
			t.Fatal(err)
		}
		if third := d.upload(file); third.Earlier != second.ID {
			t.Errorf("after the first was cancelled: earlier %q, want the second", third.Earlier)
		}
		imp, err := d.ConfirmImport(ctx, d.req, second.ID, true)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.RunImport(ctx, d.job(imp)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.CancelImport(ctx, d.req, second.ID); !errors.Is(err, coupon.ErrConflict) {
			t.Errorf("a confirmed import was cancelled: %v", err)
		}
		if _, err := d.ConfirmImport(ctx, d.req, first.ID, true); !errors.Is(err, coupon.ErrConflict) {
			t.Errorf("a cancelled import was confirmed: %v", err)
		}
		if last := d.upload(file); last.Errors != 1 {
			t.Errorf("uploaded after all: %d errors, want 1", last.Errors)
		}
	})
}

// An upload that is cut off is over, and leaves nothing.
func TestImportUploadIsCutOff(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		r := io.MultiReader(strings.NewReader("code\n"+many(2500)), errReader{})
		imp, err := d.UploadImport(ctx, d.req, d.campaign, app.ImportInput{Description: "X"}, r)
		if err == nil {
			t.Fatal("the upload was not cut off")
		}
		if now, err := d.Import(ctx, d.req.By, imp.ID); err != nil || now.State != app.ImportFailed || len(d.lines(imp.ID, false)) > 0 {
			t.Errorf("left behind: %v %s, %d lines", err, now.State, len(d.lines(imp.ID, false)))
		}
		killed := coupon.Import{ID: "imp_1", Campaign: d.campaign, State: app.ImportChecking, CreatedAt: importDay, UpdatedAt: importDay}
		if err := d.db.CreateImport(ctx, killed); err != nil {
			t.Fatal(err)
		}
		d.clock.Store(3600)
		if now, err := d.Import(ctx, d.req.By, killed.ID); err != nil || now.State != app.ImportFailed {
			t.Errorf("an hour after a kill: %v %s", err, now.State)
		}
		if err := d.SweepImports(ctx); err != nil {
			t.Fatal(err)
		}
		if now, err := d.db.Import(ctx, killed.ID); err != nil || now.State != app.ImportFailed {
			t.Errorf("swept: %v %s", err, now.State)
		}
	})
}

// Neither an upload nor an import leaves a code in the database's files.
func TestImportKeepsNoCodeInClear(t *testing.T) {
	t.Parallel()
	path := storetest.FreshFile(t)
	d := newImportDesk(t, storetest.Open(t, path))
	secrets := []string{"SECRET-ONE-1111", "SECRETONE1111", "SECRET-TWO-2222", "SECRETTW02222", "WRONG-ONE-3333", "WR0NG0NE3333"}
	search := func(when string) {
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range secrets {
				if bytes.Contains(body, []byte(s)) {
					t.Errorf("%s: %s stands in %s", when, s, filepath.Base(file))
				}
			}
		}
	}
	d.upload("code,amount\nWRONG-ONE-3333,x\n")
	imp := d.upload("code\nSECRET-ONE-1111\nSECRET-TWO-2222\n")
	search("uploaded")
	if imp = d.confirm(imp.ID); imp.State != app.ImportConfirmed {
		t.Fatal(imp.State)
	}
	search("confirmed")
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// many returns n lines with a code each.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "MANY-%08d\n", i)
	}
	return b.String()
}
