package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	hooksPath      = settingsPath + "/webhooks"
	deliveriesPath = settingsPath + "/deliveries"
)

func hookPath(id coupon.WebhookID) string { return hooksPath + "/" + string(id) }

func (v *visit) hookID() coupon.WebhookID { return coupon.WebhookID(v.id()) }

// hooksPage lists the webhooks.
type hooksPage struct {
	Tabs    ui.Tabs
	Actions []templ.Component
	Table   ui.Table
}

func (v *visit) hooks() error {
	list, err := v.App.Webhooks(v.ctx(), v.by)
	if err != nil {
		return err
	}
	add := ui.Action{Label: "Create webhook", Icon: "plus", Look: ui.Main, Href: hooksPath + "/new", Dialog: ui.DialogPage}
	p := hooksPage{Tabs: v.settingsTabs("Webhooks"), Actions: []templ.Component{add}, Table: ui.Table{
		Label: "Webhooks", Columns: []ui.Column{{Label: "Address", Lead: true, Wrap: true}, {Label: "Description", Wrap: true}, {Label: "Events", Wrap: true}, {Label: "Made", Keep: true}, {Label: "Status", Badge: true}},
		Empty: ui.Empty{Icon: "plug", Title: "No webhooks yet", Text: "A webhook is told of events, such as a voucher that was redeemed: each is sent, signed, to an address of yours.", Actions: []templ.Component{add}},
	}}
	for i := range list {
		h := &list[i]
		p.Table.Rows = append(p.Table.Rows, ui.Row{Off: h.State == coupon.WebhookDisabled, Cells: []templ.Component{
			ui.Link{Label: h.URL, Href: hookPath(h.ID), Main: true}, ui.Soft(h.Description), ui.Soft(hookEvents(h)), v.clock.Day(h.CreatedAt), v.hookStatus(h),
		}})
	}
	return v.show("Webhooks", p.view())
}

func hookEvents(h *coupon.Webhook) string {
	if len(h.Types) == 0 {
		return "All"
	}
	if len(h.Types) > 3 {
		return strconv.Itoa(len(h.Types)) + " events"
	}
	var out []string
	for _, t := range h.Types {
		out = append(out, string(t))
	}
	return strings.Join(out, ", ")
}

func (v *visit) hookStatus(h *coupon.Webhook) ui.Status {
	switch {
	case h.State == coupon.WebhookDisabled:
		return ui.Status{Tone: ui.Bad, Word: "Disabled", Title: h.Reason}
	case !h.FailingSince.IsZero():
		return ui.Status{Tone: ui.Warn, Word: "Failing", Title: "Since " + v.clock.Short(h.FailingSince).String()}
	}
	return ui.Status{Tone: ui.OK, Word: "Enabled"}
}

// hookForm makes or edits a webhook.
type hookForm struct {
	state
	Path        string // of the form
	Title       string
	Submit      string
	Cancel      string
	URL         string
	Description string
	Chosen      []string
	Types       []ui.Option
	Nonce       []ui.Pair
}

func newHookForm() hookForm {
	return hookForm{Path: hooksPath + "/new", Title: "Create a webhook", Submit: "Create webhook", Cancel: hooksPath}
}

func (v *visit) hookNew() error {
	p := newHookForm()
	p.state = fresh
	return v.hookShow(p)
}

func (v *visit) hookShow(p hookForm) error {
	for _, t := range coupon.WebhookTypes() {
		p.Types = append(p.Types, ui.Option{Value: string(t), Label: string(t)})
	}
	p.Nonce = nonce()
	return v.page(p.Code, p.Title, p.view())
}

// typed takes what was filled in.
func (p *hookForm) typed(f *httpx.Form) app.WebhookInput {
	p.URL, p.Description, p.Chosen = f.Text("url"), f.Text("description"), f.List("types")
	types := []coupon.EventType{}
	for _, t := range p.Chosen {
		types = append(types, coupon.EventType(t))
	}
	return app.WebhookInput{URL: &p.URL, Description: &p.Description, Types: &types}
}

// hookMade shows a secret, this once.
type hookMade struct {
	Tabs   ui.Tabs
	URL    string
	Secret string
	Until  string // the one before signs until then
	Back   string
}

// hookCreate makes the webhook and shows its secret in its answer: it can be seen nowhere
// else, so a second press of the form cannot show it again.
func (v *visit) hookCreate() error {
	f, err := httpx.ReadForm(v.r)
	p, made := newHookForm(), app.NewWebhook{}
	in := p.typed(f)
	if err == nil {
		_, err = v.press(f, func() (string, error) {
			var err error
			made, err = v.App.CreateWebhook(v.ctx(), v.req(), in)
			return string(made.ID), err
		})
	}
	if err == nil && made.Secret == "" {
		err = fault.New(fault.Conflict, "conflict", "This form was sent before, and the secret was shown then. If nobody copied it, make another on the webhook's page.")
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.hookShow(p)
	}
	return v.page(http.StatusOK, "The webhook's secret", hookMade{Tabs: v.settingsTabs("Webhooks"), URL: made.URL, Secret: made.Secret, Back: hookPath(made.ID)}.view())
}

func (v *visit) editHookForm(h *coupon.Webhook) hookForm {
	p := hookForm{Path: hookPath(h.ID) + "/edit", Title: "Edit the webhook", Submit: "Save", Cancel: hookPath(h.ID), URL: h.URL, Description: h.Description}
	for _, t := range h.Types {
		p.Chosen = append(p.Chosen, string(t))
	}
	return p
}

func (v *visit) hookEdit() error {
	h, err := v.App.Webhook(v.ctx(), v.by, v.hookID())
	if err != nil {
		return err
	}
	p := v.editHookForm(&h)
	p.state = fresh
	return v.hookShow(p)
}

func (v *visit) hookSave() error {
	f, err := httpx.ReadForm(v.r)
	p := v.editHookForm(&coupon.Webhook{ID: v.hookID()})
	in := p.typed(f)
	if err == nil {
		_, err = v.press(f, func() (string, error) {
			_, err := v.App.ChangeWebhook(v.ctx(), v.req(), v.hookID(), in)
			return "", err
		})
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.hookShow(p)
	}
	return v.to(hookPath(v.hookID()), "The webhook was saved.")
}

// hookConfirm asks before a secret is replaced or a webhook stops.
type hookConfirm struct {
	state
	Title, Path, Text, Submit, Icon, Cancel string
	Danger                                  bool
	Thing                                   ui.KeyValues
	Nonce                                   []ui.Pair
}

func (v *visit) hookAsk(p hookConfirm) error {
	h, err := v.App.Webhook(v.ctx(), v.by, v.hookID())
	if err != nil {
		return err
	}
	p.Cancel, p.Nonce = hookPath(h.ID), nonce()
	p.Thing = ui.KeyValues{{Key: "Address", Text: h.URL}}
	return v.page(p.Code, p.Title, p.view())
}

func (v *visit) rotateForm() hookConfirm {
	return hookConfirm{state: fresh, Title: "Make a new secret?", Path: hookPath(v.hookID()) + "/rotate", Submit: "Make a new secret", Icon: "key",
		Text: "The new secret is shown once. For a day every request carries a signature of both, so that the receiver can change over; then the old one ends."}
}

func (v *visit) disableForm() hookConfirm {
	return hookConfirm{state: fresh, Title: "Disable this webhook?", Path: hookPath(v.hookID()) + "/disable", Submit: "Disable", Icon: "ban", Danger: true,
		Text: "Nothing is sent to it any more. What happens while it is disabled is not sent later; what waits now is, when it is enabled again."}
}

func (v *visit) hookRotate() error  { return v.hookAsk(v.rotateForm()) }
func (v *visit) hookDisable() error { return v.hookAsk(v.disableForm()) }

func (v *visit) hookRotateSave() error {
	f, err := httpx.ReadForm(v.r)
	made := app.NewSecret{}
	if err == nil {
		_, err = v.press(f, func() (string, error) {
			var err error
			made, err = v.App.RotateWebhook(v.ctx(), v.req(), v.hookID())
			return "", err
		})
	}
	if err == nil && made.Secret == "" {
		err = fault.New(fault.Conflict, "conflict", "This form was sent before, and the secret was shown then. If nobody copied it, make another.")
	}
	if err != nil {
		p := v.rotateForm()
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.hookAsk(p)
	}
	h, err := v.App.Webhook(v.ctx(), v.by, v.hookID())
	if err != nil {
		return err
	}
	return v.page(http.StatusOK, "The webhook's secret", hookMade{Tabs: v.settingsTabs("Webhooks"), URL: h.URL, Secret: made.Secret, Until: v.clock.Short(made.OldUntil).String(), Back: hookPath(h.ID)}.view())
}

func (v *visit) hookDisableSave() error {
	return v.hookPress(v.disableForm, "The webhook is disabled.", func() error { _, err := v.App.DisableWebhook(v.ctx(), v.req(), v.hookID()); return err })
}

func (v *visit) hookEnable() error {
	return v.hookPress(nil, "The webhook is enabled.", func() error { _, err := v.App.EnableWebhook(v.ctx(), v.req(), v.hookID()); return err })
}

func (v *visit) hookTest() error {
	return v.hookPress(nil, "A test event is on its way. Reload to see what became of it.", func() error { _, err := v.App.TestWebhook(v.ctx(), v.req(), v.hookID()); return err })
}

// hookPress does something to a webhook and shows its page, or asks again when it failed.
func (v *visit) hookPress(ask func() hookConfirm, said string, do func() error) error {
	f, err := httpx.ReadForm(v.r)
	if err == nil {
		_, err = v.press(f, func() (string, error) { return "", do() })
	}
	if err != nil && ask != nil {
		p := ask()
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.hookAsk(p)
	}
	if err != nil {
		return err
	}
	return v.to(hookPath(v.hookID()), said)
}

func deliveryStatus(s coupon.DeliveryState) ui.Status {
	switch s {
	case coupon.DeliveryDelivered:
		return ui.Status{Tone: ui.OK, Word: "Delivered"}
	case coupon.DeliveryFailed:
		return ui.Status{Tone: ui.Bad, Word: "Failed"}
	}
	return ui.Status{Tone: ui.Warn, Word: "Pending"}
}

// deliveryStates are the choices of the log's filter.
func deliveryStates() []ui.Option {
	var out []ui.Option
	for _, s := range coupon.DeliveryStates() {
		out = append(out, ui.Option{Value: string(s), Label: deliveryStatus(s).Word})
	}
	return out
}

// answered says what came back, in short.
func answered(status int64, why string) string {
	switch {
	case status > 0 && why == "":
		return strconv.FormatInt(status, 10)
	case why == "":
		return "Not tried yet"
	}
	return why
}

func knownState(s string) coupon.DeliveryState {
	if slices.Contains(coupon.DeliveryStates(), coupon.DeliveryState(s)) {
		return coupon.DeliveryState(s)
	}
	return ""
}
