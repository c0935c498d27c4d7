package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/internal/testenv"
)

// The issue's real input: 100,000 external codes, some redeemed, exported, compared.
func TestImportOfManyCodes(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		const lines = 100_000
		var file strings.Builder
		want := make([]string, lines)
		file.WriteString("code;amount;remarks\n")
		for i := range want {
			code, minor := fmt.Sprintf("%07d-X%05d", i, (i*7919)%100_000), int64(100+i%900)
			want[i] = fmt.Sprintf("%s|%d||line %d", code, minor, i)
			fmt.Fprintf(&file, "%s;%d,%02d;line %d\n", code, minor/100, minor%100, i)
		}
		began := time.Now()
		imp := d.upload(file.String())
		if imp.Rows != lines || imp.Errors != 0 {
			t.Fatalf("%d lines, %d errors: %q", imp.Rows, imp.Errors, d.lines(imp.ID, true)[:3])
		}
		uploaded := time.Since(began)
		imp = d.confirm(imp.ID)
		t.Logf("uploaded in %v, made in %v", uploaded, time.Since(began)-uploaded)
		for i := 0; i < lines; i += 9973 {
			code, _, _ := strings.Cut(want[i], "|")
			amount := money.Amount{Minor: 100, Asset: "SGD"}
			if _, err := d.Redeem(ctx, d.req, app.RedeemInput{Code: strings.ToLower(strings.ReplaceAll(code, "-", " ")), Money: &amount, Channel: coupon.ViaAPI}); err != nil {
				t.Fatalf("redeem line %d: %v", i, err)
			}
		}
		if got := d.codes(imp.Batch); !slices.Equal(got, want) {
			t.Errorf("the export differs: %d codes, first %q", len(got), got[0])
		}
		d.sound()
	})
}

// F13: a stream of 300,000 lines needs no more memory than it may.
func TestImportMemoryIsBounded(t *testing.T) {
	const lines = 300_000
	d := newImportDesk(t, storetest.SQLite(t))
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	r, w := io.Pipe()
	var most atomic.Uint64
	go func() {
		b := bufio.NewWriter(w)
		fmt.Fprintln(b, "code,remarks,ignored")
		for i := range lines {
			if i%10_000 == 0 {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), now.HeapAlloc))
			}
			fmt.Fprintf(b, "STREAM-%08d,remark %d,%s\n", i, i, strings.Repeat("x", 200))
		}
		_ = w.CloseWithError(b.Flush())
	}()
	imp, err := d.UploadImport(ctx, d.req, d.campaign, app.ImportInput{Description: "STREAM"}, r)
	if err != nil || imp.Rows != lines || imp.Errors != 0 || imp.Size < lines*200 {
		t.Fatalf("streamed: %v, %d lines, %d errors, %d bytes", err, imp.Rows, imp.Errors, imp.Size)
	}
	if grown := int64(most.Load()) - int64(before.HeapAlloc); grown > 96<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	} else {
		t.Logf("the heap grew by %d MiB", grown>>20)
	}
	endless := io.MultiReader(strings.NewReader("code,x\n"), &endlessReader{line: []byte("," + strings.Repeat("y", 4000) + "\n")})
	if testenv.Count(0, 1) == 0 {
		return
	}
	if _, err := d.UploadImport(ctx, d.req, d.campaign, app.ImportInput{Description: "ENDLESS"}, endless); err == nil || !strings.Contains(err.Error(), "200 MiB") {
		t.Errorf("a file without end: %v", err)
	}
}

// endlessReader repeats a line for ever.
type endlessReader struct {
	line []byte
	at   int
}

func (r *endlessReader) Read(p []byte) (int, error) {
	n := copy(p, r.line[r.at:])
	r.at = (r.at + n) % len(r.line)
	return n, nil
}

// stopping is a context that ends after so many looks at it, at whatever moment that is.
type stopping struct {
	context.Context
	left atomic.Int64
	stop context.CancelFunc
}

func stopAfter(looks int64) *stopping {
	inner, stop := context.WithCancel(context.Background())
	s := &stopping{Context: inner, stop: stop}
	s.left.Store(looks)
	return s
}

func (s *stopping) Err() error {
	if s.left.Add(-1) <= 0 {
		s.stop()
	}
	return s.Context.Err()
}

// chunk is how many vouchers the first chunk of a job has.
const chunk = 100

// killed runs an import and kills it while its n-th chunk is being written: each has twice
// as many vouchers as the one before, where nobody asks for anything else. It returns how
// many vouchers there are then.
func (d *importDesk) killed(imp coupon.Import, n int) int64 {
	d.t.Helper()
	inner, stop := context.WithCancel(ctx)
	defer stop()
	count := 0
	f := func() {
		if count++; count == n {
			stop()
		}
	}
	d.commit.Store(&f)
	err := d.RunImport(inner, d.job(imp))
	d.commit.Store(nil)
	if err == nil {
		d.t.Fatal("the import was not killed")
	}
	for begun := time.Now(); ; {
		b, err := d.Batch(ctx, d.req.By, imp.Batch)
		if err != nil {
			d.t.Fatal(err)
		}
		if b.Made >= int64(chunk*(1<<n-1)) { // what was being written is
			return b.Made
		}
		if time.Since(begun) > time.Minute {
			d.t.Fatalf("killed after %d, and no more came", b.Made)
		}
	}
}

// F41, F42: killed during an import or its confirmation, at any moment: it goes on, and is never half-visible.
func TestImportResumes(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		const lines = 6000
		imp := d.upload("code\n" + many(lines))
		imp, err := d.ConfirmImport(ctx, d.req, imp.ID, false)
		if err != nil {
			t.Fatal(err)
		}
		kills, last := 0, int64(-1)
		for looks := int64(1); ; looks += looks/4 + 3 {
			stopped := stopAfter(looks)
			err := d.RunImport(stopped, d.job(imp))
			stopped.stop()
			if err == nil {
				break
			}
			kills++
			b, err := d.Batch(ctx, d.req.By, imp.Batch)
			if err != nil {
				t.Fatal(err)
			}
			if b.Made < last {
				t.Fatalf("went back from %d to %d", last, b.Made)
			}
			last = b.Made
			if b.State == coupon.BatchActive {
				break
			}
			if _, err := d.Lookup(ctx, d.req.By, "MANY-00000000"); !app.WrongCode(err) {
				t.Fatalf("a voucher is visible after %d of %d: %v", b.Made, lines, err)
			}
			if kills%4 == 0 {
				d.sound()
			}
		}
		if kills < 3 {
			t.Errorf("only %d kills before the end", kills)
		}
		if b, err := d.db.Batch(ctx, imp.Batch); err != nil || b.State != coupon.BatchActive {
			i, _ := d.db.Import(ctx, imp.ID)
			t.Fatalf("after %d kills and %d vouchers: %v %s %d of %d; %s %s", kills, last, err, b.State, b.Made, b.Quantity, i.State, i.Error)
		}
		if got := d.codes(imp.Batch); len(got) != lines || got[lines-1] != "MANY-00005999|1000||" {
			t.Errorf("%d codes, last %q", len(got), got[len(got)-1])
		}
		if err := d.SweepImports(ctx); err != nil {
			t.Fatal(err)
		}
		if now, err := d.db.Import(ctx, imp.ID); err != nil || now.State != app.ImportConfirmed || len(d.lines(imp.ID, false)) != 0 {
			t.Errorf("in the end: %v %s", err, now.State)
		}
		d.sound()
	})
}

// Of two imports with the same codes one has them all, the other none; and once the one
// that lost is corrected, what it had is free.
func TestImportsRace(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		const lines = 3000
		first := d.upload("code\n" + many(lines))
		second := d.upload("code,remarks\nOWN-0001,own\n" + strings.ReplaceAll(many(lines), "\n", ",\n"))
		var wg sync.WaitGroup
		jobs := make([]coupon.Job, 2)
		for i, id := range []string{first.ID, second.ID} {
			imp, err := d.ConfirmImport(ctx, d.req, id, false)
			if err != nil {
				t.Fatal(err)
			}
			jobs[i] = d.job(imp)
		}
		for i := range jobs {
			wg.Go(func() {
				if err := d.RunImport(ctx, jobs[i]); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		states := map[string]int{}
		for _, id := range []string{first.ID, second.ID} {
			imp, err := d.Import(ctx, d.req.By, id)
			if err != nil {
				t.Fatal(err)
			}
			if imp.State == app.ImportFailed && !strings.Contains(imp.Error, "have come into use since it was uploaded: line ") {
				t.Errorf("the one that lost says %q", imp.Error)
			}
			states[imp.State]++
		}
		if states[app.ImportConfirmed] != 1 || states[app.ImportFailed] != 1 {
			t.Fatalf("ended as %v", states)
		}
		d.sound()
	})
}

// A code that somebody issues by hand while the import runs fails it, frees every code it
// had taken, and the corrected file can be imported.
func TestImportThatFailsHalfWayLeavesNothing(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		const lines = 2200
		imp := d.upload("code\n" + many(lines))
		imp, err := d.ConfirmImport(ctx, d.req, imp.ID, false)
		if err != nil {
			t.Fatal(err)
		}
		if made := d.killed(imp, 2); made != 3*chunk {
			t.Fatalf("killed with %d made, want %d", made, 3*chunk)
		}
		total := int64(1)
		other := d.newCampaign(app.CampaignInput{Kind: coupon.KindDiscount, Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}, Limits: &coupon.Limits{Total: total}})
		p, err := d.PrepareIssue(ctx, d.req, other, app.IssueInput{Code: "MANY-00002100"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Issue(ctx, d.req, p); err != nil {
			t.Fatal(err)
		}
		if err := d.RunImport(ctx, d.job(imp)); err != nil {
			t.Fatal(err)
		}
		now, err := d.Import(ctx, d.req.By, imp.ID)
		if err != nil || now.State != app.ImportFailed || !strings.Contains(now.Error, "line 2102.") {
			t.Fatalf("ended as %v %s %q", err, now.State, now.Error)
		}
		d.sound()
		corrected := d.upload("code\n" + strings.Replace(many(lines), "MANY-00002100\n", "", 1))
		if corrected.Errors != 0 {
			t.Fatalf("the corrected file: %q", d.lines(corrected.ID, true))
		}
		if imp := d.confirm(corrected.ID); imp.State != app.ImportConfirmed {
			t.Errorf("the corrected file ended as %s %q", imp.State, imp.Error)
		}
		d.sound()
	})
}

// F21: confirmed by many at once, there is one batch; killed in between, it is found.
func TestImportIsConfirmedOnce(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		imp := d.upload("code\n" + many(10))
		var wg sync.WaitGroup
		batches := make([]coupon.BatchID, 8)
		for i := range batches {
			wg.Go(func() {
				got, err := d.ConfirmImport(ctx, d.req, imp.ID, false)
				if err != nil {
					t.Error(err)
				}
				batches[i] = got.Batch
			})
		}
		wg.Wait()
		if slices.Sort(batches); batches[0] == "" || batches[0] != batches[7] {
			t.Errorf("batches %v", batches)
		}
		page, err := d.Batches(ctx, d.req.By, coupon.BatchFilter{Campaign: d.campaign}, coupon.Paging{})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Source != "imported" {
			t.Fatalf("%v, %d batches, want 1", err, len(page.Rows))
		}
		lost, err := d.db.Import(ctx, imp.ID)
		if err != nil {
			t.Fatal(err)
		}
		job := d.job(lost)
		lost.State, lost.Batch, lost.Job, lost.UpdatedAt = app.ImportConfirming, "", "", imp.UpdatedAt
		if err := d.db.SaveImport(ctx, lost); err != nil { // as if the process had ended before it was written
			t.Fatal(err)
		}
		if err := d.RunImport(ctx, job); err != nil {
			t.Fatal(err)
		}
		if now, err := d.Import(ctx, d.req.By, imp.ID); err != nil || now.State != app.ImportConfirmed || now.Batch != batches[0] {
			t.Errorf("in the end: %v %s %s", err, now.State, now.Batch)
		}
	})
}

// F10: what is left of the allocation is judged when it is taken.
func TestImportBeyondTheAllocation(t *testing.T) {
	t.Parallel()
	eachImportDesk(t, func(t *testing.T, d *importDesk) {
		value := coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 100, Asset: "SGD"}}
		d.campaign = d.newCampaign(app.CampaignInput{Kind: coupon.KindGift, Value: &value, Limits: &coupon.Limits{Allocation: 5}})
		imp := d.upload("code\n" + many(8))
		if _, err := d.ConfirmImport(ctx, d.req, imp.ID, false); !errors.Is(err, coupon.ErrAllocation) {
			t.Fatalf("eight of five: %v", err)
		}
		if now, err := d.Import(ctx, d.req.By, imp.ID); err != nil || now.State != app.ImportPending {
			t.Fatalf("after the refusal: %v %s", err, now.State)
		}
		d.clock.Add(1)
		if _, err := d.ChangeCampaign(ctx, d.req, d.campaign, app.CampaignInput{Limits: &coupon.Limits{Allocation: 8}}); err != nil {
			t.Fatal(err)
		}
		if imp = d.confirm(imp.ID); imp.State != app.ImportConfirmed {
			t.Errorf("with room for eight: %s %q", imp.State, imp.Error)
		}
		d.sound()
	})
}
