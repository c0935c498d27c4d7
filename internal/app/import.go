package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// The states of an import.
const (
	ImportChecking   = "checking"   // being uploaded
	ImportPending    = "pending"    // to be viewed, and confirmed or cancelled
	ImportConfirming = "confirming" // its batch is being made
	ImportConfirmed  = "confirmed"
	ImportFailed     = "failed"
	ImportCancelled  = "cancelled"
)

// The largest file that is read.
const (
	MaxImportSize = 200 << 20 // bytes
	MaxImportRows = 1_000_000
)

const (
	importChunk = 1000             // lines that are checked and stored together
	importStale = 10 * time.Minute // an upload that has not moved for so long was cut off
)

// ImportInput describes an upload of external codes. Money is of the lines that say no
// amount; nil leaves it to the campaign.
type ImportInput struct {
	Description string
	Money       *money.Amount
	File        string // its name
}

// UploadImport reads a CSV file of external codes as it comes and keeps what it found,
// sealed, to be viewed: nothing is issued. A file that cannot be read is a fault on
// "file", and stays listed as a failed import.
//
// Under a key the request is what was said and the file: a repeat reads it only to see
// that it is the same.
func (a *App) UploadImport(ctx context.Context, req Request, campaign coupon.CampaignID, in ImportInput, r io.Reader) (coupon.Import, error) {
	if err := req.By.May(coupon.WriteCampaigns); err != nil {
		return coupon.Import{}, err
	}
	end, err := a.begin(ctx, req, func() ([]byte, error) {
		sum := sha256.New()
		_, err := io.Copy(sum, r)
		return req.withFile(hex.EncodeToString(sum.Sum(nil))), err
	})
	if err != nil {
		return coupon.Import{}, err
	}
	defer end()
	check, err := a.beginImport(ctx, req, campaign, in)
	if err != nil {
		return coupon.Import{}, err
	}
	imp := check.imp
	if err := a.Store.CreateImport(ctx, *imp); err != nil {
		return *imp, err
	}
	if err := check.file(ctx, r); err != nil {
		return *imp, a.refuseFile(ctx, imp, fault.Of(err).Msg, err)
	}
	if imp.Earlier, err = a.Store.ImportTwin(ctx, campaign, imp.Hash); err != nil {
		return *imp, err
	}
	imp.State, imp.UpdatedAt = ImportPending, a.Now()
	if req.Once != nil {
		req.Once.Asked = req.withFile(imp.Hash)
	}
	ev := a.importEvent(req, coupon.EventImportUploaded, *imp, map[string]any{"file": imp.File, "rows": imp.Rows, "errors": imp.Errors})
	out, err := do[coupon.Import](ctx, a, req, coupon.Record{Events: []coupon.Event{ev}, Import: imp, Result: *imp})
	if req.Once != nil && req.Once.Replay || errors.Is(err, coupon.ErrIdempotencyMismatch) {
		return *imp, a.refuseFile(ctx, imp, "Another upload was answered under the same key first.", err)
	}
	return out, err
}

// refuseFile keeps an upload listed as failed, without its lines, and returns cause.
func (a *App) refuseFile(ctx context.Context, imp *coupon.Import, why string, cause error) error {
	keep := context.WithoutCancel(ctx)
	imp.State, imp.Error, imp.UpdatedAt = ImportFailed, why, a.Now()
	if err := errors.Join(a.Store.SaveImport(keep, *imp), a.Store.DropImportRows(keep, imp.ID)); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// withFile is what was asked together with a file, named by its digest.
func (r Request) withFile(hash string) []byte {
	return append(slices.Clip(r.Once.Asked), "\n"+hash...)
}

// ImportOf returns the id of the import that a batch was made of; "" for other batches.
func (a *App) ImportOf(ctx context.Context, by By, b coupon.BatchView) (string, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil || b.Source != "imported" {
		return "", err
	}
	return a.Store.ImportOfBatch(ctx, b.Campaign, b.ID)
}

func (a *App) importEvent(req Request, kind coupon.EventType, imp coupon.Import, data map[string]any) coupon.Event {
	ev := a.event(req, kind, imp.ID, data)
	ev.Campaign = imp.Campaign
	return ev
}

// beginImport checks what was said about the upload.
func (a *App) beginImport(ctx context.Context, req Request, campaign coupon.CampaignID, in ImportInput) (*importCheck, error) {
	if a.Broken != nil {
		return nil, a.Broken
	}
	c, err := a.Store.Campaign(ctx, campaign)
	if err != nil {
		return nil, err
	}
	if c.State == coupon.CampaignArchived {
		return nil, coupon.ErrConflict.Saying("An archived campaign issues nothing.")
	}
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	check := newImportCheck(a, org, c, in.Money)
	f := fields{}
	f.text("description", in.Description, 200, true)
	f.text("file", in.File, 255, false)
	batch := BatchInput{Description: in.Description, Quantity: 1, Money: in.Money}
	if in.Money != nil { // without one, the lines may say the amounts
		var e *fault.Error
		if errors.As(batch.check(c, a.Now()), &e) && e.Fields["money"] != "" {
			f.wrong("money", e.Fields["money"])
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	now := a.Now()
	check.imp = &coupon.Import{
		ID: a.NewID("imp"), Campaign: campaign, Description: in.Description, File: in.File, State: ImportChecking, By: req.By.Actor, CreatedAt: now, UpdatedAt: now,
	}
	switch {
	case in.Money != nil:
		check.imp.Money = *in.Money
	case check.amounts && check.standard == 0: // every line says its own, in this currency
		check.imp.Money.Asset = check.asset
	}
	return check, nil
}

// file reads the whole file, line by line, and stores its lines in chunks.
func (c *importCheck) file(ctx context.Context, r io.Reader) error {
	sum := sha256.New()
	in := &sizedReader{in: io.TeeReader(r, sum)}
	rows, err := openSheet(in)
	if err != nil {
		return in.or(err)
	}
	for {
		row, err := rows.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return in.or(err)
		}
		if c.imp.Rows == MaxImportRows {
			return fileFault("The file has more than " + money.Amount{Minor: MaxImportRows, Asset: "unit:line"}.Number("en") + " lines. Split it.")
		}
		c.add(row)
		if c.full() {
			if err := c.flush(ctx); err != nil {
				return err
			}
		}
	}
	if err := c.flush(ctx); err != nil {
		return err
	}
	if c.imp.Rows == 0 {
		return fileFault("The file has no lines below its header.")
	}
	if c.total > money.MaxMinor {
		return fileFault("The amounts of the file add up to more than can be accounted for.")
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return in.or(err)
	}
	c.imp.Size, c.imp.Hash = in.size, hex.EncodeToString(sum.Sum(nil))
	return nil
}

// sizedReader counts what is read and stops at the largest size.
type sizedReader struct {
	in   io.Reader
	size int64
	big  bool
}

// Read implements io.Reader.
func (s *sizedReader) Read(p []byte) (int, error) {
	if s.size > MaxImportSize {
		s.big = true
		return 0, errRecord
	}
	n, err := s.in.Read(p)
	s.size += int64(n)
	return n, err
}

// or returns the fault of a file that is too large instead of what came of it.
func (s *sizedReader) or(err error) error {
	if s.big {
		return fault.New(fault.TooLarge, "too_large", "A file may have "+strconv.Itoa(MaxImportSize>>20)+" MiB. Split it.").On("file")
	}
	return err
}

// Import returns an upload as it stands.
func (a *App) Import(ctx context.Context, by By, id string) (coupon.Import, error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.Import{}, err
	}
	return a.importNow(ctx, id)
}

func (a *App) importNow(ctx context.Context, id string) (coupon.Import, error) {
	imp, err := a.Store.Import(ctx, id)
	if err != nil {
		return imp, err
	}
	return a.stands(ctx, imp)
}

// Imports lists the uploads for a campaign, newest first; for all when none is named.
func (a *App) Imports(ctx context.Context, by By, c coupon.CampaignID, p coupon.Paging) (coupon.Page[coupon.Import], error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.Page[coupon.Import]{}, err
	}
	page, err := a.Store.Imports(ctx, c, p)
	for i := range page.Rows {
		if err == nil {
			page.Rows[i], err = a.stands(ctx, page.Rows[i])
		}
	}
	return page, err
}

// ImportRows lists the lines of an upload, all or those that cannot be taken. Codes are
// shown by their tails only.
func (a *App) ImportRows(ctx context.Context, by By, id string, onlyErrors bool, p coupon.Paging) (coupon.Page[coupon.ImportRow], error) {
	if err := by.May(coupon.ReadCampaigns); err != nil {
		return coupon.Page[coupon.ImportRow]{}, err
	}
	if _, err := a.Store.Import(ctx, id); err != nil {
		return coupon.Page[coupon.ImportRow]{}, err
	}
	return a.Store.ImportRows(ctx, id, onlyErrors, p)
}

// stands says where an import stands by what it stands for: the batch, and for an upload
// the clock. So a process that ended at any moment leaves nothing that is not true.
func (a *App) stands(ctx context.Context, imp coupon.Import) (coupon.Import, error) {
	switch {
	case imp.State == ImportChecking && a.Now().Sub(imp.UpdatedAt) > importStale:
		imp.State, imp.Error = ImportFailed, "The upload was cut off. Upload the file again."
	case imp.State == ImportConfirming && imp.Batch != "":
		b, err := a.Store.Batch(ctx, imp.Batch)
		if err != nil {
			return imp, err
		}
		switch b.State {
		case coupon.BatchActive, coupon.BatchFrozen:
			imp.State = ImportConfirmed
		case coupon.BatchFailed:
			imp.State, imp.Error = ImportFailed, b.JobError
		}
	}
	return imp, nil
}

// CancelImport gives an upload up that is not confirmed; its lines are deleted.
func (a *App) CancelImport(ctx context.Context, req Request, id string) (coupon.Import, error) {
	if err := req.By.May(coupon.WriteCampaigns); err != nil {
		return coupon.Import{}, err
	}
	end, err := a.begin(ctx, req, nil)
	if err != nil {
		return coupon.Import{}, err
	}
	defer end()
	imp, err := a.importNow(ctx, id)
	if err != nil {
		return imp, err
	}
	switch {
	case imp.State == ImportCancelled:
		return record(ctx, a, req, imp)
	case imp.Batch != "" || imp.State != ImportPending && imp.State != ImportFailed:
		return imp, coupon.ErrConflict.Saying("This import is " + imp.State + ".")
	}
	if err := a.finish(ctx, imp, ImportCancelled, imp.Error); err != nil {
		return imp, err
	}
	if imp, err = a.Store.Import(ctx, id); err != nil {
		return imp, err
	}
	return record(ctx, a, req, imp)
}
