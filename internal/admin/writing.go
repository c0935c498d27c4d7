package admin

import (
	"net/http"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const languagePath = "/admin/profile/language"

// writing is how a person writes numbers and amounts, by the code of a language. The zero
// value is English, as all words of the back office are.
type writing struct{ lang string }

// languages are those whose dates and amounts can stand between English words. Arabic runs
// the other way, and would not.
func (s *server) languages() []ui.Language {
	var out []ui.Language
	for _, l := range s.words.All() {
		if l.Dir() == "ltr" {
			out = append(out, l)
		}
	}
	return out
}

// write makes the visit write as in a language; in English when it is none of languages.
func (v *visit) write(code string) {
	for _, l := range v.languages() {
		if l.Code() == code {
			v.lang, v.clock.Language = code, l
		}
	}
}

// samples are the languages, each with what it makes of this moment and an amount.
func (v *visit) samples() []ui.Option {
	var out []ui.Option
	for _, l := range v.languages() {
		clock := v.clock
		clock.Language = l
		sample := clock.Day(v.clock.Now).String() + " · " + writing{l.Code()}.figure(123450, v.currency())
		out = append(out, ui.Option{Value: l.Code(), Label: l.Name() + " · " + sample})
	}
	return out
}

// profileLanguage keeps with the person how dates and amounts are written.
func (v *visit) profileLanguage() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	code := f.Text("language")
	known := false
	for _, l := range v.languages() {
		known = known || l.Code() == code
	}
	if !known {
		return v.profileShow(state{Code: http.StatusUnprocessableEntity, Fields: fault.Fields{"language": "Choose one of these."}})
	}
	if err := v.App.SetAppearance(v.ctx(), v.req(), code, v.staff.Theme); err != nil {
		return err
	}
	return v.to(httpx.LocalPath(f.Text("back"), "/admin/profile"), "Dates and amounts are written this way from now on, on all your devices.")
}
