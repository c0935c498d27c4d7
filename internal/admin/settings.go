package admin

import (
	"strconv"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

const settingsPath = "/admin/settings"

// settingsPlace is one tab of the settings, and who may open it.
type settingsPlace struct {
	label, href string
	access      access
}

func settingsPlaces() []settingsPlace {
	return []settingsPlace{
		{"Organisation", settingsPath + "/organisation", may(coupon.ManageSettings)}, {"Locations", settingsPath + "/locations", may(coupon.ManageSettings)},
		{"Staff", settingsPath + "/staff", may(coupon.ManageSettings)}, {"API keys", settingsPath + "/keys", may(coupon.ManageKeys)},
		{"Webhooks", hooksPath, may(coupon.ReadWebhooks)}, {"Outbox", settingsPath + "/outbox", may(coupon.SendMessages)},
	}
}

// settingsTabs are the tabs this person may open.
func (v *visit) settingsTabs(current string) ui.Tabs {
	t := ui.Tabs{Label: "Settings"}
	for _, p := range settingsPlaces() {
		if p.access.admits(v.by.Role) {
			t.Items = append(t.Items, ui.Tab{Label: p.label, Href: p.href, Current: p.label == current})
		}
	}
	return t
}

// settings leads to the first tab this person may open.
func (v *visit) settings() error {
	for _, p := range settingsPlaces() {
		if p.access.admits(v.by.Role) {
			return httpx.SeeOther(v.w, p.href)
		}
	}
	return app.ErrForbidden
}

// organisationPage are the installation's own settings.
type organisationPage struct {
	state
	Tabs       ui.Tabs
	In         app.SettingsInput
	Days, Cap  string // as typed
	Codes      string // as typed: codes a day
	Currencies []ui.Option
	Zones      []string
	Nonce      []ui.Pair
}

// contactHint asks for the contact while there is none.
func (p organisationPage) contactHint() string {
	if p.In.SupportContact == "" {
		return "Customers are told of nobody to turn to yet. Write the address or number that they may use."
	}
	return "Shown to customers, and on the help page."
}

func (v *visit) organisation() error {
	o := v.org
	p := organisationPage{state: fresh, In: app.SettingsInput{Name: o.Name, TimeZone: o.TimeZone, Currency: o.Currency, Language: o.Language, SupportContact: o.SupportContact}, Days: "90"}
	if o.ReversalDays > 0 {
		p.Days = strconv.FormatInt(o.ReversalDays, 10)
	}
	if o.SupportCap > 0 {
		p.Cap = money.Amount{Minor: o.SupportCap, Asset: money.Asset(o.Currency)}.Plain()
	}
	if o.RevealCap > 0 {
		p.Codes = strconv.FormatInt(o.RevealCap, 10)
	}
	return v.organisationShow(p)
}

func (v *visit) organisationShow(p organisationPage) error {
	for _, c := range money.Currencies() {
		p.Currencies = append(p.Currencies, ui.Option{Value: c.Code, Label: c.Code + " – " + c.Name})
	}
	p.Tabs, p.Zones, p.Nonce = v.settingsTabs("Organisation"), zones(), nonce()
	return v.page(p.Code, "Organisation", p.view())
}

func (v *visit) organisationSave() error {
	f, err := httpx.ReadForm(v.r)
	p := organisationPage{Days: f.Text("reversal_days"), Cap: f.Text("support_cap"), Codes: f.Text("reveal_cap"), In: app.SettingsInput{
		Name: f.Text("name"), TimeZone: f.Text("time_zone"), Currency: f.Text("currency"), Language: v.org.Language, SupportContact: f.Text("support_contact"),
	}}
	if err == nil {
		p.In.ReversalDays, err = strconv.ParseInt(p.Days, 10, 64)
		if err != nil {
			err = fault.Field("reversal_days", "A number of days.")
		}
	}
	if asset := money.Asset(p.In.Currency); err == nil && p.Cap != "" && asset.Valid() {
		if p.In.SupportCap, err = money.Parse(p.Cap, asset); err != nil {
			err = named(err, "support_cap")
		}
	}
	if err == nil && p.Codes != "" {
		if p.In.RevealCap, err = strconv.ParseInt(p.Codes, 10, 64); err != nil || p.In.RevealCap == 0 {
			p.In.RevealCap, err = -1, nil // which ChangeSettings refuses
		}
	}
	if err == nil {
		_, err = v.press(f, func() (string, error) { return "", v.App.ChangeSettings(v.ctx(), v.req(), p.In) })
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.organisationShow(p)
	}
	return v.to(settingsPath+"/organisation", "The settings were saved.")
}
