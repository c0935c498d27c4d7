package admin

import (
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// importStep asks before an import is confirmed or cancelled.
type importStep struct {
	state
	writing
	Import viewed
	Nonce  []ui.Pair
}

func (v *visit) importConfirm() error { return v.importConfirmShow(fresh) }

func (v *visit) importConfirmShow(s state) error {
	imp, err := v.viewed()
	switch {
	case err != nil:
		return err
	case imp.State != app.ImportPending:
		return coupon.ErrConflict.Saying("There is nothing left to confirm: this import is " + imp.State + ".")
	case imp.Errors > 0:
		return app.ErrImportErrors
	}
	p := importStep{state: s, writing: v.writing, Import: imp, Nonce: nonce()}
	return v.page(s.Code, "Confirm this import?", p.confirm())
}

func (v *visit) importConfirmSave() error {
	return v.importMove((*visit).importConfirmShow, "", func(f *httpx.Form) (coupon.Import, error) {
		return v.App.ConfirmImport(v.ctx(), v.req(), v.id(), f.Has("again"))
	})
}

func (v *visit) importCancel() error { return v.importCancelShow(fresh) }

func (v *visit) importCancelShow(s state) error {
	imp, err := v.viewed()
	if err != nil {
		return err
	}
	if imp.State != app.ImportPending {
		return coupon.ErrConflict.Saying("There is nothing to cancel: this import is " + imp.State + ".")
	}
	p := importStep{state: s, writing: v.writing, Import: imp, Nonce: nonce()}
	return v.page(s.Code, "Cancel this import?", p.cancel())
}

func (v *visit) importCancelSave() error {
	return v.importMove((*visit).importCancelShow, "The import is cancelled. Nothing was issued.", func(*httpx.Form) (coupon.Import, error) {
		return v.App.CancelImport(v.ctx(), v.req(), v.id())
	})
}

// importMove does one step of an import, or shows its form again.
func (v *visit) importMove(show func(*visit, state) error, said string, do func(*httpx.Form) (coupon.Import, error)) error {
	f, err := httpx.ReadForm(v.r)
	if err == nil {
		_, err = v.press(f, func() (string, error) {
			imp, err := do(f)
			return imp.ID, err
		})
	}
	if err != nil {
		s, err := again(err)
		if err != nil {
			return err
		}
		return show(v, s)
	}
	return v.to(importPath(v.id()), said)
}
