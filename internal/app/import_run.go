package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/fault"
)

// RunImport is the job that makes the vouchers of an import, chunk by chunk. Killed, it
// goes on where the last committed chunk ended. A code that has come into use since the
// upload fails the whole batch, and all its codes are free again.
func (a *App) RunImport(ctx context.Context, job coupon.Job) error {
	// One import at a time: of two with the same codes, the first has them all.
	if err := a.importing.take(ctx); err != nil {
		return err
	}
	defer a.importing.give()
	b, err := a.Store.Batch(ctx, coupon.BatchID(job.Subject))
	if err != nil || b.State != coupon.BatchCreating {
		return err
	}
	imp, err := a.importOf(ctx, b)
	if err != nil {
		return err
	}
	run := &importRun{a: a, imp: imp, job: job, made: b.Made, pace: a.newPace()}
	why := ""
	if b.Made == 0 {
		why, err = run.before(ctx)
	}
	if why == "" && err == nil {
		why, err = run.feed(ctx)
	}
	switch {
	case err != nil:
		return err
	case why != "":
		return a.failImport(ctx, job, imp, why)
	}
	return a.finish(ctx, imp, ImportConfirmed, "")
}

// finish deletes the lines of an import and says how it ended, in this order: what was
// cut off in between is ended by SweepImports.
func (a *App) finish(ctx context.Context, imp coupon.Import, state, why string) error {
	if err := a.Store.DropImportRows(ctx, imp.ID); err != nil {
		return err
	}
	imp.State, imp.Error, imp.UpdatedAt = state, why, a.Now()
	return a.Store.SaveImport(ctx, imp)
}

// importOf finds the import of a batch. Where the process ended after the batch was made
// and before the import knew, the batch is found by the import's key.
func (a *App) importOf(ctx context.Context, b coupon.BatchView) (coupon.Import, error) {
	var lost []coupon.Import
	for p := (coupon.Paging{Limit: 200}); ; {
		page, err := a.Store.Imports(ctx, b.Campaign, p)
		if err != nil {
			return coupon.Import{}, err
		}
		for _, imp := range page.Rows {
			if imp.Batch == b.ID {
				return imp, nil
			}
			if imp.State == ImportConfirming && imp.Batch == "" {
				lost = append(lost, imp)
			}
		}
		if p.After = page.Next; p.After == "" {
			break
		}
	}
	for _, imp := range lost {
		made, err := a.batchOf(ctx, Request{By: Program("import")}, imp)
		if err == nil && made.Batch == b.ID {
			return a.join(ctx, imp, made)
		}
	}
	return coupon.Import{}, fault.New(fault.NotFound, "not_found", "The upload of this batch is gone.")
}

// failImport gives the batch up and frees its codes.
func (a *App) failImport(ctx context.Context, job coupon.Job, imp coupon.Import, why string) error {
	if err := a.GiveUp(ctx, job, why); err != nil {
		return err
	}
	return a.unmake(ctx, imp, why)
}

// unmakeChunk is how many codes are freed at a time.
const unmakeChunk = 250

// unmake deletes what an import made whose batch was given up: nobody has seen it, and
// its codes may come again.
func (a *App) unmake(ctx context.Context, imp coupon.Import, why string) error {
	var prints []string
	release := func() error {
		err := a.Store.ReleaseCodes(ctx, imp.Batch, prints)
		prints = prints[:0]
		return err
	}
	err := a.Store.EachVoucher(ctx, imp.Batch, func(v coupon.VoucherView) error {
		_, all, err := a.reopen(v.Sealed, v.ID)
		if prints = append(prints, all...); err != nil || len(prints) < unmakeChunk {
			return err
		}
		return release()
	})
	if err != nil {
		return err
	}
	if err := release(); err != nil {
		return err
	}
	if err := a.Store.DropVouchers(ctx, imp.Batch); err != nil {
		return err
	}
	return a.finish(ctx, imp, ImportFailed, why)
}

// reopen opens a sealed code and makes its fingerprints anew: the keys may have been
// changed since it was sealed.
func (a *App) reopen(sealed string, id coupon.VoucherID) (code string, prints []string, err error) {
	if code, err = a.Keys.Open(sealed, string(id)); err != nil {
		return "", nil, err
	}
	canonical, err := coupon.Canonical(code)
	if err != nil {
		return "", nil, err
	}
	return code, a.Keys.Fingerprints(canonical), nil
}

// SweepImports is the periodic work that ends what a killed process left: uploads that
// were cut off, and batches that were given up but not yet unmade.
func (a *App) SweepImports(ctx context.Context) error {
	page, err := a.Store.Imports(ctx, "", coupon.Paging{Limit: 200})
	if err != nil {
		return err
	}
	for _, imp := range page.Rows {
		now, err := a.stands(ctx, imp)
		if err != nil {
			return err
		}
		switch {
		case now.State == imp.State:
		case now.State == ImportFailed && imp.Batch != "":
			err = a.unmake(ctx, now, now.Error)
		default:
			err = a.finish(ctx, now, now.State, now.Error)
		}
		if err != nil {
			return fmt.Errorf("app: sweep import %s: %w", imp.ID, err)
		}
	}
	return nil
}

// turn is a right that one at a time has.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// importRun feeds the lines of one import to its batch.
type importRun struct {
	a    *App
	imp  coupon.Import
	job  coupon.Job
	made int64 // vouchers the batch has
	pace *pace
}

// What ends a walk through the lines of an import.
var (
	errInUse = errors.New("app: a code of the import is in use")
	errBeen  = errors.New("app: these lines are made already")
)

// feed makes the vouchers of the lines behind those that are made. It returns why the
// batch cannot be made, or an error after which it can be tried again.
func (r *importRun) feed(ctx context.Context) (why string, err error) {
	chunk := func(codes []coupon.NewCode, lines []int64) error {
		progress, err := r.a.issueChunk(ctx, r.pace, coupon.IssueChunk{Batch: coupon.BatchID(r.job.Subject), Codes: codes, Strict: true, By: r.job.By})
		if err == nil {
			r.made = progress.Done
			return ctx.Err()
		}
		if !errors.Is(err, coupon.ErrConflict) {
			return err
		}
		b, readErr := r.a.Store.Batch(ctx, r.imp.Batch)
		if readErr != nil {
			return readErr
		}
		if b.State == coupon.BatchFailed {
			return err
		}
		if b.Made > r.made { // another process was slow to die, and is still at it
			r.made = b.Made
			return errBeen
		}
		why, err = r.taken(ctx, codes, lines)
		return err
	}
	for err = errBeen; errors.Is(err, errBeen); {
		err = r.each(ctx, r.made, r.pace.size, chunk)
	}
	switch {
	case errors.Is(err, errInUse):
		return why, nil
	case err == nil && r.made < r.imp.Rows:
		return "Some lines of the import are missing.", nil
	}
	return "", err
}

// each calls fn with the codes of the lines behind the first skip ones, chunk by chunk,
// of the given size, and their numbers; again with fewer, where a chunk made way for others.
func (r *importRun) each(ctx context.Context, skip int64, size func() int, fn func(codes []coupon.NewCode, lines []int64) error) error {
	for after := int64(0); ; {
		rows, err := r.a.Store.EachImportRow(ctx, r.imp.ID, after, size())
		if err != nil || len(rows) == 0 {
			return err
		}
		if n := int64(len(rows)); skip >= n {
			skip, after = skip-n, rows[n-1].Number
			continue
		}
		codes, lines, err := r.codes(rows[skip:])
		if err != nil {
			return err
		}
		err = fn(codes, lines)
		if errors.Is(err, engine.ErrYielded) {
			continue
		}
		if err != nil {
			return err
		}
		skip, after = 0, rows[len(rows)-1].Number
	}
}

// codes opens the lines for the vouchers they will be.
func (r *importRun) codes(rows []coupon.ImportRow) ([]coupon.NewCode, []int64, error) {
	out, lines := make([]coupon.NewCode, len(rows)), make([]int64, len(rows))
	for i := range rows {
		row := &rows[i]
		_, prints, err := r.a.reopen(row.Sealed, row.Voucher)
		if err != nil {
			return nil, nil, err
		}
		out[i] = coupon.NewCode{Voucher: row.Voucher, Fingerprints: prints, Sealed: row.Sealed, Prefix: row.Prefix, Tail: row.Tail, ExpiresAt: row.ExpiresAt, Remarks: row.Remarks}
		if row.Minor >= 0 {
			out[i].Face = &row.Minor
		}
		lines[i] = row.Number
	}
	return out, lines, nil
}

func printsOf(codes []coupon.NewCode) []string {
	var out []string
	for i := range codes {
		out = append(out, codes[i].Fingerprints...)
	}
	return out
}

// before is inUse for an import that has not begun. Where another process was slow to
// die and has begun after all, the codes in use are the import's own.
func (r *importRun) before(ctx context.Context) (why string, err error) {
	if why, err = r.inUse(ctx); why == "" || err != nil {
		return why, err
	}
	b, err := r.a.Store.Batch(ctx, r.imp.Batch)
	if err != nil || b.Made == 0 {
		return why, err
	}
	r.made = b.Made
	return "", nil
}

// inUse looks at all lines before the first voucher is made, so that what was taken
// since the upload fails the import while nothing has to be unmade.
func (r *importRun) inUse(ctx context.Context) (why string, err error) {
	err = r.each(ctx, 0, func() int { return chunkLarge }, func(codes []coupon.NewCode, lines []int64) error {
		why, err = r.taken(ctx, codes, lines)
		return err
	})
	if errors.Is(err, errInUse) {
		err = nil
	}
	return why, err
}

// taken returns errInUse, and names the first lines, where codes are in use.
func (r *importRun) taken(ctx context.Context, codes []coupon.NewCode, lines []int64) (string, error) {
	used, err := r.a.Store.TakenCodes(ctx, printsOf(codes))
	if err != nil || len(used) == 0 {
		return "", err
	}
	var names []string
	for i := range codes {
		if slices.ContainsFunc(codes[i].Fingerprints, func(print string) bool { return used[print] }) && len(names) < 10 {
			names = append(names, strconv.FormatInt(lines[i], 10))
		}
	}
	return "Codes of the file have come into use since it was uploaded: line " + strings.Join(names, ", ") + ".", errInUse
}
