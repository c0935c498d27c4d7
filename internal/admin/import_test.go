package admin_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/test/browser"
)

// faultyFile is what a spreadsheet wrote: with a mark, semicolons and mistakes.
const faultyFile = "\ufeffCoupon Number;Amount;Expiry;Remarks\r\n" +
	"EXT-000001;10;31.12.2027;For the shop\r\n" +
	"EXT-000001;10;;The same again\r\n" +
	";10;;Nothing in front\r\n" +
	"000123456789;12,50;;Zeros in front\r\n" +
	"EXT-000004;-5;;" + `"<script>alert(""x"")</script>"` + "\r\n" +
	"EXT-000005;10;2020-01-01;=HYPERLINK(1)\r\n"

const cleanFile = "code,amount\nEXT-100001,10\n000123456789,12.50\nEXT-100003,\n"

// uploadOf is the body of the form, its fields before its file as a browser sends them.
func uploadOf(t testing.TB, nonce, description, amount, file, content string) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, p := range [][2]string{{"nonce", nonce}, {"description", description}, {"amount", amount}} {
		ok(t, m.WriteField(p[0], p[1]))
	}
	w := must[io.Writer](t)(m.CreateFormFile("file", file))
	must[int](t)(io.WriteString(w, content))
	ok(t, m.Close())
	return &body, m.FormDataContentType()
}

func (d *desk) uploadAs(role coupon.Role, path, nonce, description, amount, file, content string) reply {
	d.t.Helper()
	body, kind := uploadOf(d.t, nonce, description, amount, file, content)
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "http://localhost"+path, body)
	r.Header.Set("Content-Type", kind)
	r.AddCookie(&http.Cookie{Name: "session", Value: d.sign(role)})
	w := record(d, r)
	return reply{d.t, "POST " + path, w.Code, w.Body.String(), w.Header().Get("Location"), w.Header()}
}

// uploaded uploads refill coupons and returns the path of the import.
func (d *desk) uploaded(description, content string) string {
	d.t.Helper()
	return d.uploadAs(coupon.Admin, "/admin/imports/new", nonceOf(description, nil), description, "5", "codes.csv", content).leads("/admin/imports/imp_").To
}

// importBoth makes one import with errors and one without, that was uploaded before.
func (d *desk) importBoth() {
	d.t.Helper()
	d.faulty = strings.TrimPrefix(d.uploaded("Printed cards", faultyFile), "/admin/imports/")
	d.uploaded("Gift shop", cleanFile)
	d.clean = strings.TrimPrefix(d.uploaded("Gift shop, again", cleanFile), "/admin/imports/")
}

// J4, step 4: upload, look at the lines, correct the file, confirm, be done.
func TestImport(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := filled(t, url)
		faulty := d.uploaded("Printed cards", faultyFile)
		page := d.get(coupon.Admin, faulty).is(200).shows("Printed cards", "codes.csv", "Lines 6", "Errors 4", "4 lines have errors", "Refill coupons", "SGD 5.00, unless the line says its own")
		page.shows("The same code stands in line 2.", "The code is blank.", "12.50", "…6789", "The expiry lies in the past.", "Upload again", "Import uploaded")
		page.has("&lt;script&gt;alert").hides("<script>alert", "EXT-000001", "000123456789", `href="`+faulty+`/confirm"`)
		only := d.get(coupon.Admin, faulty+"?show=errors").is(200).shows("The code is blank.", "4 lines").hides("For the shop")
		only.has(`href="` + faulty + `/errors"`)
		file := d.get(coupon.Finance, faulty+"/errors").is(200)
		if kind := file.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") || !strings.HasPrefix(file.Body, "\ufeffline,code,") || !strings.Contains(file.Body, ",'=HYPERLINK(1),") || strings.Contains(file.Body, "EXT-") {
			t.Errorf("the errors are sent as %s:\n%s", kind, file.Body)
		}
		d.get(coupon.Admin, faulty+"/confirm").is(http.StatusConflict).shows("Some lines cannot be taken.")
		d.post(coupon.Admin, faulty+"/confirm", "again", "1").is(http.StatusConflict).shows("Some lines cannot be taken.")

		clean := d.uploaded("Printed cards", cleanFile)
		d.get(coupon.Admin, clean).is(200).shows("Every line is in order", "To be confirmed").has(`href="` + clean + `/confirm"`)
		d.get(coupon.Admin, clean+"/confirm").is(200).shows("Confirm this import?", "all of them or none", "Lines 3")
		d.post(coupon.Admin, clean+"/confirm").leads(clean)
		d.get(coupon.Admin, clean).shows("Being made", "0 of 3", "begins in a moment").hides("Cancel import")
		d.work()
		done := d.get(coupon.Admin, clean).is(200).shows("Confirmed", "3 vouchers were made", "Open the batch")
		d.post(coupon.Admin, clean+"/confirm").leads(clean)
		at := strings.Index(done.Body, "/admin/batches/bat_")
		batch, _, _ := strings.Cut(done.Body[at:], `"`)
		d.get(coupon.Admin, batch).is(200).shows("Printed cards", "000123456789", "12.50", "Its import", "3 vouchers").has(`href="` + clean + `"`).hides("5.00 each")
		if found, err := d.app.Lookup(t.Context(), d.as(coupon.Admin).By, "000123456789"); err != nil || found.Face != 1250 {
			t.Errorf("the zeros in front: %d %v", found.Face, err)
		}
		d.get(coupon.Admin, "/admin/imports").is(200).shows("Printed cards", "codes.csv", "Confirmed", "Errors", "2 imports")
		d.get(coupon.Admin, "/admin/imports?kind=refill").is(200).shows("Campaign: Refill coupons", "2 imports")
		d.get(coupon.Support, "/admin/refill").has(`href="/admin/imports?kind=refill"`).hides(`href="/admin/imports/new"`)
		d.get(coupon.Finance, "/admin/imports?campaign="+string(d.gift.ID)).is(200).shows("No imports yet").hides("/admin/imports/new")
	})
}

// The same file again is named, and needs a tick.
func TestImportOfTheSameFileAgain(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.importBoth()
	path := "/admin/imports/" + d.clean
	d.get(coupon.Admin, path).shows("The same file was uploaded before", "as “Gift shop”", "Earlier import")
	d.get(coupon.Admin, path+"/confirm").shows("Import it again")
	d.post(coupon.Admin, path+"/confirm").is(http.StatusConflict).shows("The same file was imported before.").has(`id="again-error"`)
	d.post(coupon.Admin, path+"/confirm", "again", "1").leads(path)
	d.work()
	d.get(coupon.Admin, path).shows("3 vouchers were made")
}

// What is wrong with the form or the file is said in the form.
func TestImportForm(t *testing.T) {
	t.Parallel()
	d := open(t)
	gift := "/admin/imports/new?campaign=" + string(d.gift.ID)
	d.get(coupon.Marketing, "/admin/imports/new").is(200).shows("Import codes", "Amount (SGD)", "CSV file", "Download Sample File").has(`enctype="multipart/form-data"`)
	d.get(coupon.Marketing, gift).is(200).shows("Barista set").hides("Amount (SGD)")
	d.get(coupon.Marketing, "/admin/imports/new?campaign=cmp_none").is(404)
	for _, c := range []struct{ name, description, amount, file, content, says string }{
		{"no description", "", "", "a.csv", cleanFile, "Description"}, {"a negative amount", "X", "-1", "a.csv", cleanFile, "negative"}, {"no file", "X", "", "", "", "Choose a file."},
		{"an empty file", "X", "", "a.csv", "", "The file is empty."}, {"no code column", "X", "", "a.csv", "a,b\n1,2\n", "one of them must be code"}, {"a spreadsheet", "X", "", "a.xlsx", "PK\x03\x04", "Save the sheet as CSV"},
		{"a header alone", "X", "", "a.csv", "code\n", "no lines below its header"}, {"a zero byte", "a\x00b", "", "a.csv", cleanFile, "cannot be stored"}, {"a long description", strings.Repeat("x", 300), "", "a.csv", cleanFile, "At most 200"},
	} {
		r := d.uploadAs(coupon.Admin, "/admin/imports/new", nonceOf(c.name, nil), c.description, c.amount, c.file, c.content)
		if r.Code != http.StatusUnprocessableEntity || !strings.Contains(r.text(), c.says) {
			t.Errorf("%s: got %d %s", c.name, r.Code, r.text())
		}
		r.has(`-error"`)
	}
	d.uploadAs(coupon.Admin, "/admin/imports/new", "short", "X", "", "a.csv", cleanFile).is(422).shows("not complete")
	d.post(coupon.Admin, "/admin/imports/new").is(422).shows("A form was expected here.")
	d.uploadAs(coupon.Support, "/admin/imports/new", nonceOf("", nil), "X", "", "a.csv", cleanFile).is(http.StatusForbidden)
	first := d.uploadAs(coupon.Admin, gift, "the-nonce-of-one-form", "Twice", "", "a.csv", "code\nEXT-900001\n").leads("/admin/imports/imp_")
	second := d.uploadAs(coupon.Admin, gift, "the-nonce-of-one-form", "Twice", "", "a.csv", "code\nEXT-900001\n").leads("/admin/imports/imp_")
	if first.To != second.To {
		t.Errorf("a double click uploaded twice: %s and %s", first.To, second.To)
	}
}

// What is left of an import that was given up or cancelled.
func TestImportCancelled(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.importBoth()
	path := "/admin/imports/" + d.faulty
	d.get(coupon.Admin, path+"/cancel").shows("Cancel this import?", "Printed cards", "Keep it")
	d.post(coupon.Admin, path+"/cancel").leads(path)
	d.get(coupon.Admin, path).is(200).shows("This import was cancelled", "Nothing was issued.").hides("The code is blank.")
	d.get(coupon.Admin, path+"/confirm").is(http.StatusConflict)
	d.get(coupon.Admin, path+"/cancel").is(http.StatusConflict)
	d.get(coupon.Admin, path+"/errors").is(http.StatusNotFound)
	failed := d.uploadAs(coupon.Admin, "/admin/imports/new", nonceOf("x", nil), "Broken", "", "broken.csv", "a,b\n").is(422)
	failed.shows("one of them must be code")
	d.get(coupon.Admin, "/admin/imports").shows("Broken", "Failed", "Cancelled")
}

// A file may be far larger than any other form, and has all its lines checked.
func TestImportOfALargeFile(t *testing.T) {
	t.Parallel()
	d := open(t)
	const lines = 3000
	var file strings.Builder
	file.WriteString("code,remarks\n")
	for i := range lines {
		fmt.Fprintf(&file, "BIG-%06d,%s\n", i, strings.Repeat("x", 480))
	}
	path := d.uploaded("Large", file.String())
	page := d.get(coupon.Admin, path).is(200).shows("Lines 3,000", "Errors 0", "50 lines, and more").has("after=")
	if file.Len() < 1<<20 {
		t.Errorf("%d bytes are not more than any form may have", file.Len())
	}
	page.hides("BIG-000001")
}

// Our importer takes our sample, of every kind of campaign.
func TestImportSample(t *testing.T) {
	t.Parallel()
	d := open(t)
	name := "Welcome"
	free := must[coupon.Campaign](t)(d.app.CreateCampaign(t.Context(), d.as(coupon.Admin), app.CampaignInput{Kind: coupon.KindDiscount, Name: &name, Value: &coupon.Value{Type: coupon.ValueFreeShipping}, Limits: &coupon.Limits{Total: 100}}))
	for _, query := range []string{"", "?campaign=" + string(d.gift.ID), "?campaign=" + string(free.ID)} {
		sample := d.get(coupon.Marketing, "/admin/imports/sample"+query).is(200)
		to := d.uploadAs(coupon.Marketing, "/admin/imports/new"+query, nonceOf(query, nil), "Sample", "", "sample.csv", sample.Body).leads("/admin/imports/imp_")
		d.get(coupon.Marketing, to.To).shows("Every line is in order", "Zeros in front stay")
	}
}

// A page on which the navigation was folded is followed by pages on which it is.
func TestNavigationStaysFolded(t *testing.T) {
	t.Parallel()
	d := open(t)
	for value, want := range map[string]bool{"narrow": true, "wide": false} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/admin/refill", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: d.sign(coupon.Admin)})
		r.AddCookie(&http.Cookie{Name: "nav", Value: value})
		if got := strings.Contains(record(d, r).Body.String(), `class="app narrow"`); got != want {
			t.Errorf("%s: folded is %v", value, got)
		}
	}
}

// The whole way without scripts, with a file from the disk.
func TestImportWithoutScripts(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	file := filepath.Join(t.TempDir(), "codes.csv")
	ok(t, os.WriteFile(file, []byte(cleanFile), 0o600))
	p := browser.Start(t).Open(t, "admin-import", "about:blank", browser.Phone)
	p.ScriptOff()
	p.Go(srv.URL + "/admin/sign-in")
	p.Fill("E-mail address", d.person[coupon.Admin].Email)
	p.Fill("Password", password)
	p.Click("Sign in")
	p.Go(srv.URL + "/admin/refill")
	p.Click("Import")
	p.Fill("Description", "PRINTED")
	p.Fill("Amount (SGD)", "5")
	p.Upload("CSV file", file)
	p.Click("Upload")
	p.See("Every line is in order")
	p.Click("Confirm")
	p.See("Confirm this import?")
	p.Click("Confirm")
	p.See("0 of 3")
	d.work()
	p.Reload()
	p.See("3 vouchers were made")
}

// In the browser the upload shows its progress; what is wrong is said in the form, and then it works.
func TestImportInTheBrowser(t *testing.T) {
	t.Parallel()
	d := open(t)
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := d.signedIn(browser.Start(t), srv.URL, "admin-import-script", coupon.Admin, browser.Light)
	p.Go(srv.URL + "/admin/imports/new")
	choose := func() {
		p.Eval(`(() => { const d = new DataTransfer(); d.items.add(new File(["code\n000123456789\n000123456790\n"], "codes.csv", { type: "text/csv" })); document.querySelector("input[type=file]").files = d.files; return "" })()`)
	}
	p.Fill("Description", "From the printer")
	p.Fill("Amount (SGD)", "ten")
	choose()
	p.Allow("422")
	p.Click("Upload")
	p.Until(`document.querySelector("#money-error") !== null`)
	if got := p.Value("Description"); got != "From the printer" {
		t.Errorf("what was typed became %q", got)
	}
	p.Fill("Amount (SGD)", "10")
	choose()
	p.Click("Upload")
	p.See("Every line is in order")
	if !strings.Contains(p.URL(), "/admin/imports/imp_") {
		t.Errorf("the upload leads to %s", p.URL())
	}
}
