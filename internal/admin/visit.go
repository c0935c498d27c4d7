package admin

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	sessionCookie = "session"
	flashCookie   = "flash"
	sessionLife   = 12 * time.Hour
	flashLife     = time.Minute
)

// visit is one request of one person.
type visit struct {
	*server
	writing
	w     http.ResponseWriter
	r     *http.Request
	token string
	staff coupon.Staff
	by    app.By
	org   coupon.Organisation
	clock ui.Clock
	from  string // the list that what is done to a row leads back to, where that is not the row's own page
	place string // the place of the navigation this page belongs to, where the path does not say it
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// id returns the id in the path.
func (v *visit) id() string { return v.r.PathValue("id") }

func (v *visit) can(p coupon.Permission) bool { return v.by.Can(p) }

// req is who asks, and how.
func (v *visit) req() app.Request {
	return app.Request{By: v.by, ID: httpx.RequestIDOf(v.ctx()), Address: httpx.Network(v.Cookies.Proxies.Client(v.r))}
}

// currency is the organisation's.
func (v *visit) currency() money.Asset { return money.Asset(v.org.Currency) }

// page writes a page of the back office.
func (v *visit) page(code int, title string, c templ.Component) error {
	shell := v.shell(title)
	return httpx.Page(v.w, v.r, code, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Layout(shell).Render(templ.WithChildren(ctx, c), w)
	}))
}

// show is page with 200.
func (v *visit) show(title string, c templ.Component) error { return v.page(http.StatusOK, title, c) }

// plain writes a small page on its own.
func (v *visit) plain(code int, shell ui.PlainShell, c templ.Component) error {
	shell.Theme, shell.Org = v.themes.Theme(v.r), v.org.Name
	if shell.Foot == "" && v.Version != "" {
		shell.Foot = "Scrip " + v.Version
	}
	return httpx.Page(v.w, v.r, code, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.PlainLayout(shell).Render(templ.WithChildren(ctx, c), w)
	}))
}

// shell is the frame of this person's pages.
func (v *visit) shell(title string) ui.Shell {
	return ui.Shell{
		Title: title, Org: v.org.Name, Zone: v.clock.ZoneName(), ZoneTip: v.clock.ZoneTip(), Nav: v.nav(), Narrow: v.themes.Narrow(v.r), Theme: v.theme(), Back: v.back(),
		Account: ui.Account{Name: v.staff.Name, Email: v.staff.Email, Role: roleWord(v.staff.Role), Links: []ui.Action{
			{Label: "Profile", Icon: "user", Href: "/admin/profile"}, {Label: "Help", Icon: "help", Href: "/admin/help"},
		}},
		Flash: v.flash(), SignOut: "/admin/sign-out", Trouble: v.trouble(),
		Written: ui.Written{Action: languagePath, Languages: v.languages(), Code: v.clock.Language.Code()},
	}
}

// back is where the theme form returns to: this page, or where it was sent from.
func (v *visit) back() string {
	if v.r.Method == http.MethodGet {
		return v.r.URL.RequestURI()
	}
	if i := strings.LastIndexByte(v.r.URL.Path, '/'); strings.Count(v.r.URL.Path, "/") > 2 {
		return v.r.URL.Path[:i]
	}
	return "/admin/"
}

// trouble is what stands over every page while nothing can be changed.
func (v *visit) trouble() string {
	if v.App.Broken != nil {
		return "Nothing can be changed: the secret keys do not fit this database. Codes cannot be shown or used until the right key file is back."
	}
	return ""
}

// theme is the browser's choice, else the person's own.
func (v *visit) theme() ui.Theme {
	if t := v.themes.Theme(v.r); t != ui.Auto {
		return t
	}
	if t := ui.Theme(v.staff.Theme); t == ui.Light || t == ui.Dark {
		return t
	}
	return ui.Auto
}

// to ends a form: the browser goes to path, which says what was done.
func (v *visit) to(path, said string) error {
	if said != "" {
		value := base64.RawURLEncoding.EncodeToString([]byte(said))
		v.Cookies.Set(v.w, v.r, httpx.Cookie{Name: flashCookie, Value: value, For: flashLife, Strict: true})
	}
	return httpx.SeeOther(v.w, path)
}

// flash takes what the form before had to say.
func (v *visit) flash() ui.Flash {
	value := v.Cookies.Value(v.r, flashCookie)
	if value == "" {
		return ui.Flash{}
	}
	v.Cookies.Clear(v.w, v.r, flashCookie)
	said, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(said) > 500 {
		return ui.Flash{}
	}
	return ui.Flash{Tone: ui.OK, Text: strings.ToValidUTF8(string(said), "")}
}

// query reads the filters of a list; what cannot be read is left out.
func (v *visit) query() *httpx.Form {
	f, _ := httpx.ReadQuery(v.r)
	return f
}

// with returns path with one parameter of the present query changed; "" removes it.
func with(path string, q url.Values, name, value string) string {
	out := url.Values{}
	for k, list := range q {
		out[k] = list
	}
	out.Del(name)
	if value != "" {
		out.Set(name, value)
	}
	if len(out) == 0 {
		return path
	}
	return path + "?" + out.Encode()
}

// insecure reports whether a stranger on the way could read along.
func (v *visit) insecure() bool {
	host := v.r.Host
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	switch strings.Trim(host, "[]") {
	case "localhost", "127.0.0.1", "::1":
		return false
	}
	return !v.Cookies.Proxies.Secure(v.r)
}

// wire warns of plain http.
func (v *visit) wire() templ.Component {
	if !v.insecure() {
		return templ.NopComponent
	}
	return ui.Notice{Tone: ui.Warn, Title: "This connection is not encrypted", Text: "Anybody on the same network can read passwords and codes. Put Scrip behind https before you use it beyond a private network."}
}
