package admin

import (
	"crypto/subtle"
	"net/http"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// setupPage is the first run.
type setupPage struct {
	state
	Token      string
	In         app.SetupInput // as typed; never the password
	Currencies []ui.Option
	Zones      []string
	Wire       bool
}

// setup shows the first run to whoever has the console's link.
func (v *visit) setup() error {
	if v.ready.Load() {
		return httpx.SeeOther(v.w, "/admin/")
	}
	token := v.query().Text("token")
	if !v.setupToken(token) {
		return v.setupClosed(token != "")
	}
	return v.setupShow(setupPage{state: fresh, Token: token, In: app.SetupInput{Currency: "SGD", TimeZone: "Asia/Singapore"}})
}

// setupToken reports whether the token is the one of the console's link.
func (v *visit) setupToken(token string) bool {
	want := v.SetupToken()
	return want != "" && subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
}

func (v *visit) setupShow(p setupPage) error {
	for _, c := range money.Currencies() {
		p.Currencies = append(p.Currencies, ui.Option{Value: c.Code, Label: c.Code + " – " + c.Name})
	}
	p.Zones, p.In.Password, p.Wire = zones(), "", v.insecure()
	return v.plain(p.Code, ui.PlainShell{Title: "Set up Scrip", Broad: true}, p.view(v.wire()))
}

// setupClosed tells everybody else where the link is.
func (v *visit) setupClosed(tried bool) error {
	code := http.StatusOK
	if tried {
		code = http.StatusForbidden
	}
	return v.plain(code, ui.PlainShell{Title: "Not set up yet"}, setupClosedView(tried))
}

// setupSave makes the organisation and signs its administrator in.
func (v *visit) setupSave() error {
	if v.ready.Load() {
		return httpx.SeeOther(v.w, "/admin/")
	}
	f, err := httpx.ReadForm(v.r)
	p := setupPage{Token: f.Text("token")}
	if !v.setupToken(p.Token) {
		return v.setupClosed(true)
	}
	p.In = app.SetupInput{
		Organisation: f.Text("organisation"), Currency: f.Text("currency"), TimeZone: f.Text("time_zone"), Name: f.Text("name"), Email: f.Text("email"), Password: f.Raw("password"),
	}
	if err == nil {
		_, err = v.App.SetUp(v.ctx(), v.req(), p.In)
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.setupShow(p)
	}
	v.ready.Store(true)
	token, person, err := v.App.SignIn(v.ctx(), v.req(), p.In.Email, p.In.Password, v.r.UserAgent())
	if err != nil {
		return httpx.SeeOther(v.w, signInPath)
	}
	v.remember(token)
	return v.to("/admin/", "Welcome, "+person.Name+". "+p.In.Organisation+" is ready.")
}

// zones suggests time zones; any other name of the IANA database may be typed.
func zones() []string {
	return []string{
		"Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Argentina/Buenos_Aires", "America/Bogota", "America/Caracas",
		"America/Chicago", "America/Denver", "America/Halifax", "America/Lima", "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Phoenix",
		"America/Santiago", "America/Sao_Paulo", "America/Toronto", "America/Vancouver", "Asia/Almaty", "Asia/Baghdad", "Asia/Bangkok", "Asia/Colombo", "Asia/Dhaka",
		"Asia/Dubai", "Asia/Ho_Chi_Minh", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Kuala_Lumpur",
		"Asia/Kuwait", "Asia/Macau", "Asia/Makassar", "Asia/Manila", "Asia/Phnom_Penh", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Taipei",
		"Asia/Tashkent", "Asia/Tbilisi", "Asia/Tehran", "Asia/Tokyo", "Asia/Yangon", "Atlantic/Azores", "Atlantic/Reykjavik", "Australia/Adelaide", "Australia/Brisbane",
		"Australia/Melbourne", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest",
		"Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Oslo",
		"Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Sofia", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland",
		"Pacific/Fiji", "Pacific/Guam", "Pacific/Honolulu", "UTC",
	}
}
