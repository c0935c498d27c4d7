package portal

import (
	"encoding/base64"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// codeLife is how long the sign-in page says a code is good; app decides it.
const codeLife = 15 * time.Minute

// maxContact is more than the longest e-mail address, in bytes.
const maxContact = 320

// signInForm is the sign-in page, as typed.
type signInForm struct {
	Shell   ui.PortalShell
	Text    ui.Language
	Next    string
	Contact string
	Errors  fault.Fields
	Trouble string
	Plain   bool
	Flash   string
}

// codeForm is the page that asks for the one-time code.
type codeForm struct {
	Shell   ui.PortalShell
	Text    ui.Language
	Next    string
	Contact string
	Until   string
	Error   string
}

func (p *portal) signInPage(v *visit) error {
	q, err := httpx.ReadQuery(v.r)
	if err != nil {
		return err
	}
	if v.who.ID != "" {
		return httpx.SeeOther(v.w, v.next(q.Text("next")))
	}
	f := v.signInForm(q.Text("next"))
	if q.Text("done") == "signed-out" {
		f.Flash = v.say("signout.done")
	}
	if next := v.next(q.Text("next")); next != "/" {
		f.Flash = v.say("signin.first")
	}
	return v.show(http.StatusOK, signInPage(f))
}

func (v *visit) signInForm(next string) signInForm {
	return signInForm{Shell: v.shell(v.say("signin.title"), ""), Text: v.text, Next: v.next(next), Plain: v.plain()}
}

// signIn checks a password, or has a code sent: the two buttons of one form.
func (p *portal) signIn(v *visit) error {
	form, bad := httpx.ReadForm(v.r)
	f := v.signInForm(form.Text("next"))
	f.Contact = form.Text("contact")
	if bad != nil || f.Contact == "" || len(f.Contact) > maxContact {
		f.Errors = fault.Fields{"contact": v.say("field.required")}
		if bad != nil || f.Contact != "" {
			f.Errors["contact"] = v.say("field.too_long")
		}
		if bad != nil {
			f.Contact, f.Errors["contact"] = "", v.say("signin.failed")
		}
		return v.show(http.StatusUnprocessableEntity, signInPage(f))
	}
	if form.Text("by") == "code" {
		return p.sendCode(v, f)
	}
	if form.Raw("password") == "" {
		f.Errors = fault.Fields{"password": v.say("signin.no_password")}
		return v.show(http.StatusUnprocessableEntity, signInPage(f))
	}
	token, err := p.App.SignInCustomer(v.r.Context(), v.request(), f.Contact, form.Raw("password"), v.r.UserAgent())
	if err != nil {
		return v.signInFailed(f, err)
	}
	return v.signedIn(token, f.Next)
}

// sendCode answers the same whether anybody is known under the contact.
func (p *portal) sendCode(v *visit, f signInForm) error {
	if err := p.App.RequestSignInCode(v.r.Context(), v.request(), f.Contact); err != nil {
		return v.signInFailed(f, err)
	}
	value := base64.RawURLEncoding.EncodeToString([]byte(f.Contact))
	p.Cookies.Set(v.w, v.r, httpx.Cookie{Name: contactCookie, Value: value, For: contactLife, Strict: true})
	return httpx.SeeOther(v.w, codePath(f.Next))
}

func codePath(next string) string {
	return "/sign-in/code" + signInPath(next)[len("/sign-in"):]
}

// signInFailed shows the form again with the one sentence that fits every reason.
func (v *visit) signInFailed(f signInForm, err error) error {
	e := fault.Of(err)
	switch e.Kind {
	case fault.Unauthenticated:
		f.Trouble = v.say("signin.failed")
	case fault.RateLimited, fault.Unavailable:
		f.Trouble = v.sentence(e)
	default:
		return err
	}
	v.wait(e)
	return v.show(httpx.Status(e.Kind), signInPage(f))
}

// wait tells programs, too, how long to wait.
func (v *visit) wait(e *fault.Error) {
	if e.RetryAfter > 0 {
		v.w.Header().Set("Retry-After", secondsOf(e.RetryAfter))
	}
}

func (p *portal) codePage(v *visit) error {
	q, err := httpx.ReadQuery(v.r)
	if err != nil {
		return err
	}
	f, ok := v.codeForm(q.Text("next"))
	if !ok {
		return httpx.SeeOther(v.w, signInPath(v.next(q.Text("next"))))
	}
	return v.show(http.StatusOK, codePage(f))
}

// codeForm returns the form, and whether a code was asked for in this browser.
func (v *visit) codeForm(next string) (codeForm, bool) {
	contact, err := base64.RawURLEncoding.DecodeString(v.p.Cookies.Value(v.r, contactCookie))
	f := codeForm{Shell: v.shell(v.say("signin.code"), ""), Text: v.text, Next: v.next(next), Contact: string(contact)}
	f.Until = v.text.Clock(v.local(v.p.Now().Add(codeLife)))
	return f, err == nil && len(contact) > 0
}

func (p *portal) signInByCode(v *visit) error {
	form, bad := httpx.ReadForm(v.r)
	f, ok := v.codeForm(form.Text("next"))
	if !ok {
		return httpx.SeeOther(v.w, "/sign-in")
	}
	code := digits(form.Text("code"))
	if bad != nil || code == "" {
		f.Error = v.say("field.required")
		return v.show(http.StatusUnprocessableEntity, codePage(f))
	}
	token, err := p.App.SignInWithCode(v.r.Context(), v.request(), f.Contact, code, v.r.UserAgent())
	if err == nil {
		p.Cookies.Clear(v.w, v.r, contactCookie)
		return v.signedIn(token, f.Next)
	}
	e := fault.Of(err)
	switch e.Kind {
	case fault.Unauthenticated:
		f.Error = v.say("signin.failed")
	case fault.RateLimited, fault.Unavailable:
		f.Error = v.sentence(e)
	default:
		return err
	}
	v.wait(e)
	return v.show(httpx.Status(e.Kind), codePage(f))
}

// signedIn keeps the session and goes on to the page that was wanted.
func (v *visit) signedIn(token, next string) error {
	v.p.Cookies.Set(v.w, v.r, httpx.Cookie{Name: sessionCookie, Value: token, For: sessionLife})
	return httpx.SeeOther(v.w, v.next(next))
}

func (p *portal) signOut(v *visit) error {
	if v.token != "" {
		if err := p.App.SignOut(v.r.Context(), v.token); err != nil {
			return err
		}
	}
	p.Cookies.Clear(v.w, v.r, sessionCookie)
	return httpx.SeeOther(v.w, "/sign-in?done=signed-out")
}

func (p *portal) signOutEverywhere(v *visit) error {
	if err := p.App.SignOutEverywhere(v.r.Context(), app.ByCustomer(v.who)); err != nil {
		return err
	}
	p.Cookies.Clear(v.w, v.r, sessionCookie)
	return httpx.SeeOther(v.w, "/sign-in?done=signed-out")
}
