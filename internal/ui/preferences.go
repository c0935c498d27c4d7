package ui

import (
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/httpx"
)

// Theme is how bright pages are.
type Theme string

// The themes; Auto follows the device.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

// PreferencesPath is where Preferences.Save is to be mounted, for POST.
const PreferencesPath = "/preferences"

const (
	themeCookie    = "theme"
	languageCookie = "language"
	navCookie      = "nav"
	preferenceLife = 365 * 24 * time.Hour
)

// Preferences keeps what a browser prefers, signed in or not: theme, language and the width
// of the navigation.
type Preferences struct {
	Cookies   httpx.Cookies
	Catalogue *Catalogue
}

// Theme returns the browser's theme.
func (p Preferences) Theme(r *http.Request) Theme {
	return parseTheme(p.Cookies.Value(r, themeCookie))
}

// Language returns the language chosen here, else the first of prefer that is known (the
// customer's own, or one named in a link), else the best match for what the browser asks for.
func (p Preferences) Language(r *http.Request, prefer ...string) Language {
	if l, ok := p.Catalogue.Known(p.Cookies.Value(r, languageCookie)); ok {
		return l
	}
	for _, code := range prefer {
		if l, ok := p.Catalogue.Known(code); ok {
			return l
		}
	}
	return p.Catalogue.Match(r.Header.Get("Accept-Language"))
}

// Narrow reports whether the browser wants the navigation folded to its icons.
func (p Preferences) Narrow(r *http.Request) bool { return p.Cookies.Value(r, navCookie) == "narrow" }

// Save is the handler of the theme and language forms; it returns to the page they were on.
func (p Preferences) Save(w http.ResponseWriter, r *http.Request) error {
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Has("theme") {
		p.Cookies.Set(w, r, httpx.Cookie{Name: themeCookie, Value: string(parseTheme(form.Text("theme"))), For: preferenceLife})
	}
	if nav := form.Text("nav"); nav == "narrow" || nav == "wide" {
		p.Cookies.Set(w, r, httpx.Cookie{Name: navCookie, Value: nav, For: preferenceLife})
	}
	if l, ok := p.Catalogue.Known(form.Text("language")); ok {
		p.SetLanguage(w, r, l)
	}
	return httpx.SeeOther(w, httpx.LocalPath(form.Text("back"), "/"))
}

// SetLanguage keeps a language that was chosen elsewhere, such as on the profile.
func (p Preferences) SetLanguage(w http.ResponseWriter, r *http.Request, l Language) {
	p.Cookies.Set(w, r, httpx.Cookie{Name: languageCookie, Value: l.Code(), For: preferenceLife})
}

func parseTheme(s string) Theme {
	switch t := Theme(s); t {
	case Light, Dark:
		return t
	default:
		return Auto
	}
}
