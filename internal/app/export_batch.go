package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/gob"
	"errors"
	"io"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// ExportBatch streams a batch's vouchers with their codes and leaves an event
// first. Who may export masked only gets no codes. Staff has to say why codes leave.
//
// Under a key, what is kept is how the vouchers looked, not their codes: a repeat reads
// the codes again and writes the same rows, as they were, without another event.
func (a *App) ExportBatch(ctx context.Context, req Request, id coupon.BatchID, why string, row func(v coupon.VoucherView, code string) error) error {
	full, why, err := a.exporting(ctx, req.By, why)
	if err != nil {
		return err
	}
	shown := &showing{app: a, req: req}
	end, err := a.begin(ctx, req, nil)
	if err == nil {
		defer end()
		shown, err = a.exported(ctx, req, id, full, why)
	}
	if err != nil && !errors.Is(err, Replay{}) {
		return err
	}
	looks := &lookReader{}
	if req.Once != nil && req.Once.Body != nil {
		if looks, err = readLooks(req.Once.Body); err != nil {
			return err
		}
	}
	err = a.Store.EachVoucher(ctx, id, func(v coupon.VoucherView) error {
		if err := looks.put(&v); err != nil {
			return err
		}
		if !full {
			return row(v, coupon.Masked(v.Prefix, v.Tail))
		}
		code, err := shown.open(ctx, &v)
		if err != nil {
			return err
		}
		return row(v, code)
	})
	if errors.Is(err, errNoLook) { // the vouchers behind came later
		return nil
	}
	return err
}

// exporting says whether somebody may export, and whether with codes, and returns their
// reason with the codes in it masked. Staff needs one for codes.
func (a *App) exporting(ctx context.Context, by By, why string) (full bool, masked string, err error) {
	full = by.Can(coupon.ExportCodes)
	switch {
	case full:
	case by.Kind == "key":
		err = by.May(coupon.ExportCodes)
	default:
		err = by.May(coupon.ExportMasked)
	}
	if err == nil {
		masked, err = a.reason(ctx, why, full && by.Kind == "staff")
	}
	return full, masked, err
}

// because adds the reason to what an event tells, where there is one.
func because(data map[string]any, why string) map[string]any {
	if why != "" {
		data["reason"] = why
	}
	return data
}

// exported counts the codes of an export, writes its event and, under a key, keeps how
// its vouchers look.
func (a *App) exported(ctx context.Context, req Request, id coupon.BatchID, full bool, why string) (*showing, error) {
	b, err := a.Store.Batch(ctx, id)
	if err != nil {
		return nil, err
	}
	if b.State == coupon.BatchCreating || b.State == coupon.BatchFailed {
		return nil, coupon.ErrConflict.Saying("This batch is not complete.")
	}
	ev := a.event(req, coupon.EventBatchExported, string(id), because(map[string]any{"vouchers": b.Made, "codes": full}, why))
	ev.Campaign = b.Campaign
	s, err := a.showing(ctx, req, ev)
	if err == nil && full {
		err = s.takeEach(ctx, func(row func(coupon.VoucherView) error) error { return a.Store.EachVoucher(ctx, id, row) })
	}
	if err != nil {
		return nil, err
	}
	if req.Once != nil {
		looks := newLooks()
		if err := a.Store.EachVoucher(ctx, id, looks.add); err != nil {
			return nil, err
		}
		kept, err := looks.end()
		if err != nil {
			return nil, err
		}
		req.Once.Render = func(any, error) []byte { return kept }
	}
	_, err = record(ctx, a, req, 1, ev)
	return s, err
}

// look is what a row of an export shows of N vouchers that stand side by side and that
// can be another thing tomorrow. All else of a row never changes.
type look struct {
	N         int64
	State     coupon.VoucherState
	ExpiresAt time.Time
}

// looks keeps how the vouchers of an export looked: a few bytes for each run of the same.
type looks struct {
	kept bytes.Buffer
	zip  *gzip.Writer
	out  *gob.Encoder
	last look
}

func newLooks() *looks {
	l := &looks{}
	l.zip = gzip.NewWriter(&l.kept)
	l.out = gob.NewEncoder(l.zip)
	return l
}

func (l *looks) add(v coupon.VoucherView) error {
	if l.last.N > 0 && l.last.State == v.State && l.last.ExpiresAt.Equal(v.ExpiresAt) {
		l.last.N++
		return nil
	}
	err := l.flush()
	l.last = look{1, v.State, v.ExpiresAt}
	return err
}

func (l *looks) flush() error {
	if l.last.N == 0 {
		return nil
	}
	return l.out.Encode(&l.last)
}

func (l *looks) end() ([]byte, error) {
	if err := errors.Join(l.flush(), l.zip.Close()); err != nil {
		return nil, err
	}
	return l.kept.Bytes(), nil
}

// errNoLook is what a voucher gets that was not there when the looks were kept.
var errNoLook = errors.New("app: this voucher came after the export")

// lookReader gives vouchers the look they had. The zero value leaves them as they are.
type lookReader struct {
	in   *gob.Decoder
	last look
}

func readLooks(kept []byte) (*lookReader, error) {
	zip, err := gzip.NewReader(bytes.NewReader(kept))
	if err != nil {
		return nil, err
	}
	return &lookReader{in: gob.NewDecoder(zip)}, nil
}

func (r *lookReader) put(v *coupon.VoucherView) error {
	if r.in == nil {
		return nil
	}
	if r.last.N == 0 {
		r.last = look{}
		switch err := r.in.Decode(&r.last); {
		case errors.Is(err, io.EOF):
			return errNoLook
		case err != nil:
			return err
		}
	}
	r.last.N--
	v.State, v.ExpiresAt = r.last.State, r.last.ExpiresAt
	return nil
}
