package portal

import (
	"net/http"
	"strconv"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// minPassword is how many characters a password has at least; app decides it.
const minPassword = 10

// profileView is the page on which customers say what is theirs to say.
type profileView struct {
	Shell       ui.PortalShell
	Text        ui.Language
	Title       string
	About       ui.KeyValues
	Language    string
	Email, SMS  bool
	HasPassword bool
	Errors      fault.Fields // of the password form
}

// done are the confirmations that the page after a form may show.
var done = map[string]string{"saved": "profile.saved", "password": "profile.password_changed"}

func (p *portal) profilePage(v *visit) error {
	q, err := httpx.ReadQuery(v.r)
	if err != nil {
		return err
	}
	page, err := v.profile()
	if err != nil {
		return err
	}
	if key := done[q.Text("done")]; key != "" {
		page.Shell.Flash = ui.Flash{Tone: ui.OK, Text: v.say(key)}
	}
	return v.show(http.StatusOK, profilePage(page))
}

func (v *visit) profile() (profileView, error) {
	c := v.who
	page := profileView{Shell: v.shell(v.say("profile.title"), "/profile"), Text: v.text, Title: v.say("profile.title"), Language: v.text.Code(), Email: c.Consent["email"], SMS: c.Consent["sms"]}
	for _, x := range [][2]string{{"profile.name", c.Name}, {"profile.email", c.Email}, {"profile.mobile", c.Mobile}, {"profile.member", c.MemberID}, {"profile.number", c.SourceID}} {
		if x[1] != "" {
			page.About = append(page.About, ui.KeyValue{Key: v.say(x[0]), Text: x[1]})
		}
	}
	var err error
	page.HasPassword, err = v.p.App.HasPassword(v.r.Context(), v.by())
	return page, err
}

// saveProfile keeps language and consent; the language counts here from now on, too.
func (p *portal) saveProfile(v *visit) error {
	form, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	l, ok := p.Catalogue.Known(form.Text("language"))
	if !ok {
		l = v.text
	}
	consent := map[string]bool{"email": form.Has("email"), "sms": form.Has("sms")}
	if _, err := p.App.SaveProfile(v.r.Context(), v.request(), l.Code(), consent); err != nil {
		return err
	}
	p.prefs.SetLanguage(v.w, v.r, l)
	return httpx.SeeOther(v.w, "/profile?done=saved")
}

func (p *portal) changePassword(v *visit) error {
	form, bad := httpx.ReadForm(v.r)
	err := bad
	if err == nil {
		err = p.App.ChangeOwnPassword(v.r.Context(), v.request(), v.token, form.Raw("old"), form.Raw("password"))
	}
	if err == nil {
		return httpx.SeeOther(v.w, "/profile?done=password")
	}
	e := fault.Of(err)
	if e.Kind != fault.Invalid && e.Kind != fault.RateLimited && e.Kind != fault.Unavailable {
		return err
	}
	page, err := v.profile()
	if err != nil {
		return err
	}
	page.Errors = fault.Fields{}
	if e.Kind != fault.Invalid {
		page.Errors["old"] = v.sentence(e)
	}
	if e.Fields["old"] != "" {
		page.Errors["old"] = v.say("profile.password_wrong")
	}
	if e.Fields["password"] != "" {
		page.Errors["password"] = v.say("profile.password_hint", "n", strconv.Itoa(minPassword))
	}
	v.wait(e)
	return v.show(httpx.Status(e.Kind), profilePage(page))
}

func languageOptions(all []ui.Language) []ui.Option {
	var out []ui.Option
	for _, l := range all {
		out = append(out, ui.Option{Value: l.Code(), Label: l.Name()})
	}
	return out
}
