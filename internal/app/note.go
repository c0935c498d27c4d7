package app

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// maxNote is the length of a note, in characters.
const maxNote = 2000

// NoteInput is a remark on a customer, or on a voucher and with it on its holder.
type NoteInput struct {
	Customer coupon.CustomerID
	Voucher  coupon.VoucherID
	Text     string
}

// AddNote keeps a remark for good. Codes in it are masked: everybody who may see the
// customer reads it.
func (a *App) AddNote(ctx context.Context, req Request, in NoteInput) (coupon.Note, error) {
	if err := req.By.May(coupon.SendMessages); err != nil {
		return coupon.Note{}, err
	}
	f := fields{}
	f.text("text", in.Text, maxNote, true)
	if err := f.err(); err != nil {
		return coupon.Note{}, err
	}
	if in.Customer == "" && in.Voucher == "" {
		return coupon.Note{}, fault.Field("customer", "Say whom or what the note is about.")
	}
	text, err := a.masked(ctx, in.Text)
	if err != nil {
		return coupon.Note{}, err
	}
	n := coupon.Note{ID: a.NewID("note"), Customer: in.Customer, Voucher: in.Voucher, Text: text, By: req.By.Actor}
	return do[coupon.Note](ctx, a, req, coupon.AddNote{Note: n})
}

// Notes lists notes, newest first.
func (a *App) Notes(ctx context.Context, by By, f coupon.NoteFilter, p coupon.Paging) (coupon.Page[coupon.Note], error) {
	if err := by.May(coupon.ReadMessages); err != nil {
		return coupon.Page[coupon.Note]{}, err
	}
	return a.Store.Notes(ctx, f, p)
}
