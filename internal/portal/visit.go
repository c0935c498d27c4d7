package portal

import (
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// The cookies of the portal: the session, and what was typed as the contact while a
// code is on its way to it.
const (
	sessionCookie = "customer"
	sessionLife   = 12 * time.Hour
	contactCookie = "contact"
	contactLife   = 15 * time.Minute
)

// visit is one request of one person.
type visit struct {
	w     http.ResponseWriter
	r     *http.Request
	p     *portal
	org   coupon.Organisation
	who   coupon.Customer // the zero Customer for strangers
	token string          // of the session
	text  ui.Language
}

// handle adapts a handler: it finds out who comes, and sends strangers to the sign-in
// where a customer is needed.
func (p *portal) handle(a access, h func(v *visit) error) http.Handler {
	return p.door.Handle(func(w http.ResponseWriter, r *http.Request) error {
		v, err := p.visit(w, r)
		if err != nil {
			return err
		}
		if a == own && v.who.ID == "" {
			return toSignIn(w, r)
		}
		return h(v)
	})
}

func (p *portal) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{w: w, r: r, p: p, token: p.Cookies.Value(r, sessionCookie)}
	var err error
	if v.org, err = p.App.Organisation(r.Context()); err != nil {
		return nil, err
	}
	v.who, err = p.App.CustomerOf(r.Context(), v.token)
	switch {
	case err != nil && fault.Of(err).Kind == fault.Unauthenticated, err != nil && fault.Of(err).Kind == fault.NotFound, v.who.Blocked:
		v.who = coupon.Customer{}
	case err != nil:
		return nil, err
	}
	v.text = p.prefs.Language(r, v.who.Language)
	return v, nil
}

// by returns the signed-in customer as the one who acts.
func (v *visit) by() app.By { return app.ByCustomer(v.who) }

// request returns who asks, and from where: the network counts, because that is what
// one guesser owns.
func (v *visit) request() app.Request {
	return app.Request{ID: httpx.RequestIDOf(v.r.Context()), Address: httpx.Network(v.p.Cookies.Proxies.Client(v.r)), By: v.requester()}
}

func (v *visit) requester() app.By {
	if v.who.ID == "" {
		return app.By{}
	}
	return v.by()
}

// local returns t in the organisation's zone.
func (v *visit) local(t time.Time) time.Time { return t.In(v.org.Zone()) }

// say is the language's text.
func (v *visit) say(key string, pairs ...string) string { return v.text.Say(key, pairs...) }

// shell is the frame around a page; place is the Href of its entry in the dock.
func (v *visit) shell(title, place string) ui.PortalShell {
	s := ui.PortalShell{
		Title: title, Org: v.org.Name, Home: "/", Text: v.text, Languages: v.p.Catalogue.All(), Theme: v.p.prefs.Theme(v.r), Back: v.back(place),
		Contact: v.org.SupportContact, Manifest: "/manifest.webmanifest",
	}
	if v.who.ID == "" {
		return s
	}
	s.Customer, s.Profile = v.who.Name, "/profile"
	for _, n := range []ui.NavItem{
		{Label: v.say("wallet.title"), Icon: "ticket", Href: "/"}, {Label: v.say("topup.title"), Icon: "bolt", Href: "/top-up"},
		{Label: v.say("balance.title"), Icon: "coins", Href: "/balance"}, {Label: v.say("profile.title"), Icon: "user", Href: "/profile"},
	} {
		n.Current = n.Href == place
		s.Nav = append(s.Nav, n)
	}
	return s
}

// back is where the language and theme forms return to: this page, or after a form
// that was sent, the page it was on.
func (v *visit) back(place string) string {
	switch {
	case v.r.Method == http.MethodGet:
		return withoutDone(*v.r.URL)
	case place != "":
		return place
	}
	return v.r.URL.Path
}

// withoutDone is an address without what it says about the form before: that is said once.
func withoutDone(u url.URL) string {
	q := u.Query()
	if !q.Has("done") {
		return u.RequestURI()
	}
	q.Del("done")
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// show answers with a page, written whole.
func (v *visit) show(status int, page templ.Component) error {
	return httpx.Page(v.w, v.r, status, page)
}

// next is the page to go to after signing in, on this site only.
func (v *visit) next(s string) string {
	path := httpx.LocalPath(s, "/")
	if strings.HasPrefix(path, "/sign-") {
		return "/"
	}
	return path
}

// signInPath is the sign-in that leads back to a page.
func signInPath(next string) string {
	if next == "" || next == "/" {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {next}}.Encode()
}

// formPages says on which page a form stands: who was signed out while filling it in
// comes back to it.
var formPages = map[string]string{"/top-up": "/top-up", "/profile": "/profile", "/profile/password": "/profile"}

// toSignIn asks a stranger to sign in, and to come back to the page or the form.
func toSignIn(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodPost {
		return httpx.SeeOther(w, signInPath(formPages[r.URL.Path]))
	}
	return httpx.SeeOther(w, signInPath(r.URL.RequestURI()))
}

// plain reports that the connection is not encrypted and leaves this machine.
func (v *visit) plain() bool {
	if v.p.Cookies.Proxies.Secure(v.r) {
		return false
	}
	host := v.r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return false
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil || !addr.IsLoopback()
}

// nonce makes a form one that can be sent twice with one effect.
func nonce() string { return rand.Text() }

// problem is the page of a fault that no form could show.
func (p *portal) problem(w http.ResponseWriter, r *http.Request, f *fault.Error) error {
	switch {
	case f.Code == "not_set_up":
		return httpx.SeeOther(w, p.SetUp)
	case f.Kind == fault.Unauthenticated:
		return toSignIn(w, r)
	}
	v, err := p.visit(w, r)
	if err != nil { // the database is away, say: the page must do without it
		v = &visit{w: w, r: r, p: p, text: p.prefs.Language(r), org: coupon.Organisation{Name: "Scrip"}}
	}
	page := ui.Problem{Actions: []templ.Component{ui.Action{Label: v.say("error.home"), Href: "/"}}}
	switch f.Kind {
	case fault.NotFound:
		page.Title, page.Text = v.say("error.not_found.title"), v.say("error.not_found.text")
	case fault.Internal:
		page.Title, page.Text, page.RequestID = v.say("error.internal.title"), v.say("error.internal.text"), httpx.RequestIDOf(r.Context())
	default:
		page.Title, page.Text = v.say("error.internal.title"), v.sentence(f)
		if f.Kind == fault.Forbidden || f.Kind == fault.RateLimited {
			page.Title, page.Text = v.sentence(f), ""
		}
	}
	return v.show(httpx.Status(f.Kind), problemPage(v.shell(page.Title, ""), page))
}

// sentence says a fault in the person's language; one that asks to wait says how long.
func (v *visit) sentence(f *fault.Error) string {
	switch wait := f.RetryAfter; {
	case !errors.Is(f, coupon.ErrLockedOut) || wait <= 0:
		return v.text.Fault(f)
	case wait <= 90*time.Second:
		return v.text.Count("refusal.wait_seconds", int64((wait+time.Second-1)/time.Second))
	default:
		return v.text.Count("refusal.wait_minutes", int64((wait+time.Minute-1)/time.Minute))
	}
}
