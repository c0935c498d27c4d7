package app

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/fault"
)

// ErrImportErrors is what confirming an import gives that has lines in error.
var ErrImportErrors = fault.New(fault.Conflict, "import_errors", "Some lines cannot be taken. Correct the file and upload it again.")

// ErrImportAgain asks for an explicit word before the same file is imported twice.
var ErrImportAgain = fault.New(fault.Conflict, "import_again", "The same file was imported before. Say that you want it again.").On("again")

// importBatch is what is remembered of the batch of an import, under its key.
type importBatch struct {
	Batch coupon.BatchID `json:"batch"`
	Job   coupon.JobID   `json:"job"`
}

// ConfirmImport has the vouchers of an upload made: all of them or none. It needs an
// upload without errors; again says that a file that was imported before is meant.
// Pressed twice, or by two people, it makes one batch.
func (a *App) ConfirmImport(ctx context.Context, req Request, id string, again bool) (coupon.Import, error) {
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
	case imp.State == ImportConfirmed, imp.State == ImportConfirming && imp.Batch != "":
		return record(ctx, a, req, imp)
	case imp.State != ImportPending && imp.State != ImportConfirming:
		return imp, coupon.ErrConflict.Saying("This import is " + imp.State + ".")
	case imp.Errors > 0:
		return imp, ErrImportErrors
	case imp.Earlier != "" && !again:
		return imp, ErrImportAgain
	}
	imp.State = ImportConfirming // and UpdatedAt stays: whoever else confirms names the same batch
	if err := a.Store.SaveImport(ctx, imp); err != nil {
		return imp, err
	}
	made, err := a.batchOf(ctx, req, imp)
	if err != nil {
		imp.State = ImportPending
		if now := a.Now(); now.After(imp.UpdatedAt) { // the next try is another one, even within a tick
			imp.UpdatedAt = now
		} else {
			imp.UpdatedAt = imp.UpdatedAt.Add(time.Microsecond)
		}
		return imp, errors.Join(err, a.Store.SaveImport(context.WithoutCancel(ctx), imp))
	}
	if imp, err = a.join(ctx, imp, made); err != nil {
		return imp, err
	}
	return record(ctx, a, req, imp, a.importEvent(req, coupon.EventImportConfirmed, imp, map[string]any{"batch": imp.Batch, "rows": imp.Rows}))
}

// batchOf makes the batch of an import, or finds the one that was made: its key is the
// import as it was viewed.
func (a *App) batchOf(ctx context.Context, req Request, imp coupon.Import) (importBatch, error) {
	b := coupon.Batch{Campaign: imp.Campaign, Description: imp.Description, Quantity: imp.Rows, Source: "imported", Money: imp.Money}
	ask := engine.Ask{
		Command: coupon.CreateBatch{Batch: b, By: imp.By}, Request: req.ID, Address: req.Address,
		Key: "import:" + imp.ID + ":" + strconv.FormatInt(imp.UpdatedAt.UnixMicro(), 10), Body: []byte(imp.ID),
		Render: func(result any, err error) []byte {
			made, _ := result.(coupon.Batch)
			body, _ := json.Marshal(importBatch{made.ID, made.Job}) // strings always marshal
			return body
		},
	}
	if a.Broken != nil {
		return importBatch{}, a.Broken
	}
	reply, err := a.engine.Do(ctx, ask)
	if err != nil {
		return importBatch{}, err
	}
	var made importBatch
	if err := json.Unmarshal(reply.Body, &made); err != nil {
		return made, err
	}
	if made.Batch == "" { // the refusal of a try that ended before it could say so
		return made, coupon.ErrConflict.Saying("This import was refused before. Try again.")
	}
	return made, nil
}

// join keeps which batch an import became.
func (a *App) join(ctx context.Context, imp coupon.Import, made importBatch) (coupon.Import, error) {
	now, err := a.Store.Import(ctx, imp.ID)
	if err != nil || now.Batch == made.Batch {
		return now, err
	}
	imp.Batch, imp.Job, imp.UpdatedAt = made.Batch, made.Job, a.Now()
	return imp, a.Store.SaveImport(ctx, imp)
}
