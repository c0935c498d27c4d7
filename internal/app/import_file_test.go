package app_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/store/storetest"
)

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

// What remarks say of codes is masked before it is kept: of the line's own, however it is
// written, of those of other lines, which nobody has issued yet, and of those in use.
func TestImportMasksTheCodesInRemarks(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		d.confirm(d.upload("code,remarks\nPAPER-100-200,printed PAPER-777-888\n").ID)
		cases := []struct{ code, remarks, kept string }{
			{"PAPER-300-400", "card paper 300 400 for PAPER-100-200", "card …0400 for …0200"},
			{"PAPER-500-600", "PAPER-500-600", "…0600"},
			{"PAPER-100-200", "again: paper100200", "again: …0200"}, // refused, and kept to be looked at
			{"PAPER-900-900", "PAPER-900-901", "PAPER-900-901"},     // nobody's
			{"PAPER.11.22", "see paper.11.22, not 11.22", "see …1.22, not 11.22"},
			{"PAPER-910-920", "behind PAPER-300-400, before Paper 930 940", "behind …0400, before …0940"},
			{"PAPER-930-940", "", ""},
			{"PAPER-950-960", "behind PAPER-300-400, before Paper 930 940", "behind …0400, before …0940"},
		}
		file := "code;remarks\n"
		for _, c := range cases {
			file += c.code + ";" + c.remarks + "\n"
		}
		page, err := d.ImportRows(ctx, d.req.By, d.upload(file).ID, false, coupon.Paging{})
		if err != nil || len(page.Rows) != len(cases) {
			t.Fatalf("%d lines, %v", len(page.Rows), err)
		}
		for i, r := range page.Rows {
			if r.Remarks != cases[i].kept {
				t.Errorf("%q is kept as %q, not %q", cases[i].remarks, r.Remarks, cases[i].kept)
			}
		}
	})
}

// Remarks that may hold many codes are looked at in smaller chunks.
func TestImportKeepsLongRemarks(t *testing.T) {
	t.Parallel()
	d := newImportDesk(t, storetest.SQLite(t))
	file := "code,remarks\n"
	for i := range 200 {
		file += fmt.Sprintf("LONG-%06d,%d%s and LONG-%06d\n", i, i, strings.Repeat(" ab", 150), max(i-1, 0))
	}
	imp := d.upload(file)
	page, err := d.ImportRows(ctx, d.req.By, imp.ID, false, coupon.Paging{Limit: 200})
	if err != nil || len(page.Rows) != 200 || imp.Rows != 200 || imp.Errors != 0 {
		t.Fatalf("%d lines of %d, %d errors, %v", len(page.Rows), imp.Rows, imp.Errors, err)
	}
	for i, r := range page.Rows {
		if want := fmt.Sprintf("%d%s and …%04d", i, strings.Repeat(" ab", 150), max(i-1, 0)); r.Remarks != want {
			t.Errorf("line %d says %q", r.Number, r.Remarks)
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
		{"amounts beyond everything", "code,amount\n" + strings.Repeat("AAAA1,10000000000\n", 9008), "add up to more"},
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
			"GOOD-0019,10000000000.01,,",              // 28
		}, "\n") + "\n"
		imp := d.upload(file)
		want := []string{
			"3 The code is blank.", "4 The same code stands in line 2.", "5 This code is in use already.", "6 A code has at most 64 characters.", "7 A code has at least 4 characters.",
			"8 The spreadsheet has rounded this number. Format the column as text and write the code again.", "9 This is a masked code. Write the whole code.",
			"10 The amount must be above zero.", "11 An amount cannot be negative.", "12 ", "13 Write the amount in digits, such as 10.00.", "14 Write the amount in digits, such as 10.00.",
			"15 The expiry lies in the past.", "17 Write the expiry as a day, such as 2026-12-31.", "18 Remarks: This holds control characters.", "19 Remarks: This is not valid text (UTF-8).",
			"20 A code has letters, digits and signs only.", "21 Remarks: At most 500 characters.", "22 The quotation marks of this line do not fit.", "24 The amount is too large.",
			"25 A code has letters, digits and signs only.", "27 Write the amount in digits, such as 10.00. The expiry lies in the past.",
			"28 The amount is at most 10,000,000,000.00.",
		}
		got := d.lines(imp.ID, true)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || !strings.HasPrefix(got[i], want[i]) {
				t.Fatalf("line %d: got %q, want %q", i, got[min(i, len(got)-1)], want[min(i, len(want)-1)])
			}
		}
		if imp.Rows != 27 || imp.Errors != int64(len(want)) {
			t.Errorf("%d lines and %d errors, want 27 and %d", imp.Rows, imp.Errors, len(want))
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
