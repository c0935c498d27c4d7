package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// maxBody is the largest form of the back office, in bytes.
const maxBody = 1 << 20

// route is one thing the back office can do.
type route struct {
	pattern string
	access  access
	do      func(*visit) error
}

// access says who may: the zero value lets nobody in.
type access struct {
	open   bool                // without a sign-in
	signed bool                // whoever is signed in
	any    []coupon.Permission // one of these
	all    []coupon.Permission // every one of these
}

var (
	anybody = access{open: true}
	staff   = access{signed: true}
)

// may lets in who has one of the permissions.
func may(p ...coupon.Permission) access { return access{any: p} }

// both lets in who has every one of the permissions.
func both(p ...coupon.Permission) access { return access{all: p} }

// admits reports whether a role is let in.
func (a access) admits(r coupon.Role) bool {
	lacks := func(p coupon.Permission) bool { return !r.May(p) }
	return a.open || a.signed || slices.ContainsFunc(a.any, r.May) || len(a.all) > 0 && !slices.ContainsFunc(a.all, lacks)
}

// returns are the GETs of addresses that only forms are sent to: going back or reloading asks for
// them, and finds the page above, such as the list or the voucher.
func returns(list []route) []route {
	shown := map[string]bool{}
	for _, rt := range list {
		if path, ok := strings.CutPrefix(rt.pattern, "GET "); ok {
			shown[path] = true
		}
	}
	var out []route
	for _, rt := range list {
		path, ok := strings.CutPrefix(rt.pattern, "POST ")
		if !ok || shown[path] {
			continue
		}
		up := 0
		for above := path; above != "/admin" && !shown[above]; up++ {
			above = above[:strings.LastIndexByte(above, '/')]
		}
		out = append(out, route{"GET " + path, rt.access, func(v *visit) error { return httpx.SeeOther(v.w, climb(v.r.URL.Path, up)) }})
	}
	return out
}

// climb returns path without its last parts.
func climb(path string, parts int) string {
	for range parts {
		path = path[:strings.LastIndexByte(path, '/')]
	}
	return path
}

// handler mounts the routes behind what all of them share.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		mux.Handle(rt.pattern, s.handle(rt))
		s.Words.Learn(rt.pattern)
	}
	// Whatever else stands under /admin/ is unknown, to strangers as to staff.
	mux.Handle("/admin/", s.handle(route{access: staff, do: func(*visit) error { return errNoPage }}))
	mux.Handle("/admin", http.RedirectHandler("/admin/", http.StatusSeeOther))
	guard, err := httpx.SameOrigin(s.door)
	if err != nil {
		panic(err) // no origin is named, so none can be malformed
	}
	return httpx.Chain(mux, httpx.Recover(s.door), httpx.SecurityHeaders(s.Cookies.Proxies), guard, httpx.BodyLimit{Default: maxBody, Prefixes: map[string]int64{importNewPath: maxUpload}}.Wrap)
}

var (
	errNoPage   = fault.New(fault.NotFound, "not_found", "There is no such page.")
	errNotSetUp = fault.New(fault.Unavailable, "not_set_up", "This installation has not been set up.")
)

// handle admits the visitor, then lets the page do its work.
func (s *server) handle(rt route) http.Handler {
	return s.door.Handle(func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.admit(w, r, rt.access)
		if err != nil {
			return err
		}
		return rt.do(v)
	})
}

// admit returns the visit of somebody who may be here.
func (s *server) admit(w http.ResponseWriter, r *http.Request, a access) (*visit, error) {
	v := &visit{server: s, w: w, r: r}
	if !s.ready.Load() {
		ok, err := s.App.IsSetUp(r.Context())
		if err != nil {
			return nil, err
		}
		s.ready.Store(ok)
		if !ok && r.URL.Path != "/setup" {
			return nil, errNotSetUp
		}
		if !ok {
			return v, nil
		}
	}
	if err := v.load(); err != nil {
		return nil, err
	}
	if a.open {
		return v, nil
	}
	return v, v.identify(a)
}

// load reads what every page shows.
func (v *visit) load() error {
	org, err := v.App.Organisation(v.r.Context())
	if err != nil {
		return err
	}
	v.org = org.Zoned()
	v.clock = ui.Clock{Now: v.Now(), Zone: v.org.Zone()}
	return nil
}

// identify finds out who is signed in, and refuses who may not be here. Role and
// disabling count from the next request.
func (v *visit) identify(a access) error {
	v.token = v.Cookies.Value(v.r, sessionCookie)
	person, err := v.App.StaffOf(v.r.Context(), v.token)
	if err != nil {
		return err
	}
	v.staff, v.by = person, app.ByStaff(person)
	v.write(person.Language)
	if !a.admits(person.Role) {
		return app.ErrForbidden
	}
	return nil
}

// problem is the page of a fault: sign-in for strangers, else what happened and what to do.
func (s *server) problem(w http.ResponseWriter, r *http.Request, f *fault.Error) error {
	switch {
	case f.Code == errNotSetUp.Code:
		return httpx.SeeOther(w, "/setup")
	case f.Kind == fault.Unauthenticated && r.URL.Path != signInPath:
		return httpx.SeeOther(w, signInFor(r))
	}
	v := &visit{server: s, w: w, r: r}
	known := v.load() == nil && v.identify(staff) == nil
	return v.problem(f, known)
}

// signInFor is the sign-in that leads back to what was asked for, or to the page that a form was sent
// from. That form was not saved, which the sign-in says.
func signInFor(r *http.Request) string {
	q := url.Values{"next": {r.URL.RequestURI()}}
	if r.Method != http.MethodGet {
		q = url.Values{"next": {sentFrom(r)}, "unsaved": {"1"}}
	}
	switch {
	case r.URL.Path == "/admin/sign-out", r.URL.Path == "/admin/" && r.URL.RawQuery == "":
		return signInPath
	case q.Get("next") == "":
		q.Del("next")
	}
	return signInPath + "?" + q.Encode()
}

// sentFrom is the page of the back office that a form was sent from, "" when it is not known.
func sentFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || !strings.HasPrefix(u.Path, "/admin/") || u.Path == signInPath {
		return ""
	}
	return httpx.LocalPath(u.RequestURI(), "")
}
