package app_test

import (
	"bytes"
	"context"
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
	err := d.ExportBatch(d.t.Context(), d.req, b, "To look at them", func(v coupon.VoucherView, code string) error {
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
