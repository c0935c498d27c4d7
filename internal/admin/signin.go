package admin

import (
	"net/http"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const signInPath = "/admin/sign-in"

// signInPage is the door of the back office.
type signInPage struct {
	state
	Email, Next string
	Unsaved     bool // a form was sent after the sign-in had ended
}

func (p signInPage) unsaved() string {
	if p.Next == "" {
		return "What you sent was not saved. Sign in, and do it again."
	}
	return "What you sent was not saved. Sign in, and you are back on the page you sent it from."
}

func (v *visit) signIn() error {
	q := v.query()
	next := httpx.LocalPath(q.Text("next"), "")
	if v.identify(staff) == nil {
		return httpx.SeeOther(v.w, httpx.LocalPath(next, home(v.by.Role)))
	}
	return v.signInShow(signInPage{state: fresh, Next: next, Unsaved: q.Text("unsaved") != ""})
}

func (v *visit) signInShow(p signInPage) error {
	return v.plain(p.Code, ui.PlainShell{Title: "Sign in"}, p.view(v.wire()))
}

// signInSave checks the password; whatever is wrong, the answer is the same.
func (v *visit) signInSave() error {
	f, err := httpx.ReadForm(v.r)
	p := signInPage{Email: f.Text("email"), Next: httpx.LocalPath(f.Text("next"), "")}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.signInShow(p)
	}
	token, person, err := v.App.SignIn(v.ctx(), v.req(), p.Email, f.Raw("password"), v.r.UserAgent())
	if err != nil {
		e := fault.Of(err)
		if e.Kind != fault.Unauthenticated && e.Kind != fault.RateLimited {
			return err
		}
		p.state = state{Code: httpx.Status(e.Kind), Text: e.Msg}
		if e.Kind == fault.RateLimited {
			p.Text = "Too many tries. Wait " + v.waitWord(e.RetryAfter) + ", then try again."
		}
		return v.signInShow(p)
	}
	v.remember(token)
	to := home(person.Role)
	return httpx.SeeOther(v.w, httpx.LocalPath(p.Next, to))
}

// remember keeps the session in the browser.
func (v *visit) remember(token string) {
	v.Cookies.Set(v.w, v.r, httpx.Cookie{Name: sessionCookie, Value: token, For: sessionLife})
}

func (v *visit) signOut() error {
	if err := v.App.SignOut(v.ctx(), v.token); err != nil {
		return err
	}
	v.Cookies.Clear(v.w, v.r, sessionCookie)
	return httpx.SeeOther(v.w, signInPath)
}

func (v *visit) signOutEverywhere() error {
	if err := v.App.SignOutEverywhere(v.ctx(), v.by); err != nil {
		return err
	}
	v.Cookies.Clear(v.w, v.r, sessionCookie)
	return httpx.SeeOther(v.w, signInPath)
}

// profilePage is what a person can change about themselves.
type profilePage struct {
	state
	Name, Email, Role string
	Locations         string
	Theme             ui.Theme
	Language          string
	Languages         []ui.Option
	Nonce             []ui.Pair
}

func (v *visit) profile() error { return v.profileShow(fresh) }

func (v *visit) profileShow(s state) error {
	where, err := v.locationNames(v.staff.Locations)
	if err != nil {
		return err
	}
	p := profilePage{state: s, Name: v.staff.Name, Email: v.staff.Email, Role: roleWord(v.staff.Role), Locations: where, Theme: v.theme(), Language: v.clock.Language.Code(), Languages: v.samples(), Nonce: nonce()}
	return v.page(s.Code, "Profile", p.view())
}

func (v *visit) profilePassword() error {
	f, err := httpx.ReadForm(v.r)
	if err == nil {
		err = v.App.ChangePassword(v.ctx(), v.req(), v.token, f.Raw("old"), f.Raw("password"))
	}
	if err != nil {
		s, err := again(err)
		if err != nil {
			return err
		}
		return v.profileShow(s)
	}
	return v.to("/admin/profile", "Your password was changed. Other browsers were signed out.")
}

// profileTheme keeps the theme with the person, and in this browser.
func (v *visit) profileTheme() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	theme := ui.Theme(f.Text("theme"))
	switch theme {
	case ui.Auto, ui.Light, ui.Dark:
	default:
		return v.profileShow(state{Code: http.StatusUnprocessableEntity, Fields: fault.Fields{"theme": "Choose one of the three."}})
	}
	if err := v.App.SetAppearance(v.ctx(), v.req(), v.staff.Language, string(theme)); err != nil {
		return err
	}
	v.themes.Cookies.Set(v.w, v.r, httpx.Cookie{Name: "theme", Value: string(theme), For: themeLife})
	return v.to("/admin/profile", "The theme was kept for all your browsers.")
}

// helpPage is what support asks for (CC-16).
type helpPage struct {
	Facts ui.KeyValues
}

func (v *visit) help() error {
	p := helpPage{Facts: ui.KeyValues{
		{Key: "Organisation", Text: v.org.Name}, {Key: "Signed in as", Text: v.staff.Email}, {Key: "Role", Text: roleWord(v.staff.Role)},
		{Key: "Support contact", Text: v.org.SupportContact}, {Key: "Time zone", Text: v.clock.ZoneTip()}, {Key: "Program", Text: "Scrip " + v.Version},
	}}
	return v.show("Help", p.view())
}
