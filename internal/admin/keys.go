package admin

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

const keysPath = settingsPath + "/keys"

// keysPage lists the keys of integrators.
type keysPage struct {
	Tabs    ui.Tabs
	Actions []templ.Component
	Table   ui.Table
}

func (v *visit) keys() error {
	list, err := v.App.APIKeys(v.ctx(), v.by)
	if err != nil {
		return err
	}
	add := ui.Action{Label: "Create key", Icon: "plus", Look: ui.Main, Href: keysPath + "/new", Dialog: ui.DialogPage}
	p := keysPage{Tabs: v.settingsTabs("API keys"), Actions: []templ.Component{add}, Table: ui.Table{
		Label: "API keys", Columns: []ui.Column{{Label: "Name", Lead: true}, {Label: "Key", Keep: true}, {Label: "Scopes", Wrap: true}, {Label: "Made", Keep: true}, {Label: "By"}, {Label: "Last used", Keep: true}, {Label: "Status", Badge: true}, {Acts: true}},
		Empty: ui.Empty{Icon: "key", Title: "No keys yet", Text: "A key lets another program, such as a shop or a till, use the API under /v1 within the scopes you give it.", Actions: []templ.Component{add}},
	}}
	for _, k := range list {
		status, acts := ui.Status{Tone: ui.OK, Word: "Active"}, templ.Component(ui.Actions{ui.Action{Label: "Revoke", Tiny: true, Look: ui.Ends, Href: keysPath + "/" + k.ID + "/revoke", Dialog: ui.DialogPage}})
		if !k.RevokedAt.IsZero() {
			status, acts = ui.Status{Tone: ui.Bad, Word: "Revoked", Title: v.clock.Short(k.RevokedAt).String()}, nil
		}
		used := v.clock.At(k.LastUsedAt)
		used.Never = "Never"
		p.Table.Rows = append(p.Table.Rows, ui.Row{Off: !k.RevokedAt.IsZero(), Cells: []templ.Component{
			ui.Text(k.Name), ui.Code{Text: "…" + k.Tail}, ui.Soft(strings.Join(k.Scopes, ", ")), v.clock.Day(k.CreatedAt), ui.Soft(k.MadeBy), used, status, acts,
		}})
	}
	return v.show("API keys", p.view())
}

// keyForm makes a key.
type keyForm struct {
	state
	Name    string
	Chosen  []string
	Scopes  []ui.Option
	Nonce   []ui.Pair
	Example string
}

func (v *visit) keyNew() error { return v.keyShow(keyForm{state: fresh}) }

func (v *visit) keyShow(p keyForm) error {
	for _, s := range app.Scopes() {
		p.Scopes = append(p.Scopes, ui.Option{Value: s, Label: s, Hint: scopeHint(s)})
	}
	p.Nonce = nonce()
	return v.page(p.Code, "Create an API key", p.view())
}

func scopeHint(s string) string {
	return map[string]string{
		"vouchers:reveal": "Shows codes in clear.", "vouchers:export": "Downloads codes in bulk.", "ledger:write": "Adjusts balances.", "all": "Everything, also what comes later.",
		"redemptions:write": "Redeems, holds and reverses.", "vouchers:write": "Issues, voids, extends and the like.",
	}[s]
}

// keyMade shows the new key, this once.
type keyMade struct {
	Tabs ui.Tabs
	Name string
	Key  string
}

// keyCreate makes the key and shows it in its answer: it is kept nowhere else, so a
// second press of the form cannot show it again.
func (v *visit) keyCreate() error {
	f, err := httpx.ReadForm(v.r)
	p := keyForm{Name: f.Text("name"), Chosen: f.List("scopes")}
	secret := ""
	if err == nil {
		_, err = v.press(f, func() (string, error) {
			key, made, err := v.App.CreateKey(v.ctx(), v.req(), p.Name, p.Chosen)
			secret = key
			return made.ID, err
		})
	}
	if err == nil && secret == "" {
		err = fault.New(fault.Conflict, "conflict", "This form was sent before, and the key was shown then. If nobody copied it, revoke it and create another.")
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.keyShow(p)
	}
	return v.page(http.StatusOK, "Your new key", keyMade{Tabs: v.settingsTabs("API keys"), Name: p.Name, Key: secret}.view())
}

// revokeForm asks before a key ends.
type revokeForm struct {
	state
	Key   coupon.APIKey
	Thing ui.KeyValues
	Nonce []ui.Pair
}

func (v *visit) keyRevoke() error { return v.revokeShow(revokeForm{state: fresh}) }

func (v *visit) revokeShow(p revokeForm) error {
	list, err := v.App.APIKeys(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.ID == v.id() && k.RevokedAt.IsZero() {
			used := v.clock.At(k.LastUsedAt)
			used.Never = "Never"
			p.Key, p.Nonce = k, nonce()
			p.Thing = ui.KeyValues{{Key: "Name", Text: k.Name}, {Key: "Key", Body: ui.Code{Text: "…" + k.Tail}}, {Key: "Last used", Body: used}}
			return v.page(p.Code, "Revoke this key?", p.view())
		}
	}
	return fault.New(fault.NotFound, "not_found", "There is no such key, or it was revoked before.")
}

func (v *visit) keyRevokeSave() error {
	f, err := httpx.ReadForm(v.r)
	if err == nil {
		_, err = v.press(f, func() (string, error) { return "", v.App.RevokeKey(v.ctx(), v.req(), v.id()) })
	}
	if err != nil {
		p := revokeForm{}
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.revokeShow(p)
	}
	return v.to(keysPath, "The key was revoked. Programs that use it are refused from now on.")
}

// outboxPage lists messages, and one opened message.
type outboxPage struct {
	Tabs   ui.Tabs
	Opened *openedMessage
	Table  ui.Table
	Pager  ui.Pager
}

type openedMessage struct {
	About  ui.KeyValues
	Text   string
	SignIn bool
}

func (v *visit) outbox() error { return v.outboxShowing(nil) }

func (v *visit) outboxShowing(opened *openedMessage) error {
	form := v.query()
	page, err := v.App.Outbox(v.ctx(), v.by, "", paging(form))
	if err != nil {
		return err
	}
	p := outboxPage{Tabs: v.settingsTabs("Outbox"), Opened: opened, Table: ui.Table{
		Label: "Messages", Columns: []ui.Column{{Label: "Written", Lead: true, Keep: true}, {Label: "To", Wrap: true}, {Label: "Channel"}, {Label: "What"}, {Label: "Customer"}, {Label: "State", Badge: true}, {Acts: true}},
		Empty: ui.Empty{Icon: "mail", Title: "No messages", Text: "Sign-in codes and other messages to customers stand here until a gateway sends them."},
	}}
	for i := range page.Rows {
		p.Table.Rows = append(p.Table.Rows, v.messageRow(&page.Rows[i]))
	}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "message", "messages"), settingsPath+"/outbox", filters(form), page.Prev, page.Next)
	return v.show("Outbox", p.view())
}

func purposeWord(s string) string {
	return map[string]string{"sign_in": "Sign-in code", "issue": "Issued voucher", "resend": "Voucher again", "manual": "Message", "notice": "Notice"}[s]
}

func (v *visit) messageRow(m *coupon.Message) ui.Row {
	var acts templ.Component
	if m.Purpose != coupon.PurposeSignIn || v.can(coupon.ManageSettings) {
		acts = ui.Actions{ui.Action{Label: "Show", Icon: "eye", Tiny: true, Post: settingsPath + "/outbox/" + m.ID + "/show"}}
	}
	state := messageStatus(m)
	state.Title = m.Error
	return ui.Row{Cells: []templ.Component{
		v.clock.At(m.CreatedAt), ui.Text(m.To), ui.Text(capital(channelName(m.Channel))), ui.Text(purposeWord(m.Purpose)), v.person(m.Customer, "Open"), state, acts,
	}}
}

// outboxShow opens a message; showing a sign-in code leaves an event.
func (v *visit) outboxShow() error {
	m, text, err := v.App.ShowMessage(v.ctx(), v.req(), v.id())
	if err != nil {
		return err
	}
	return v.outboxShowing(&openedMessage{Text: text, SignIn: m.Purpose == coupon.PurposeSignIn, About: ui.KeyValues{
		{Key: "To", Text: m.To}, {Key: "What", Text: purposeWord(m.Purpose)}, {Key: "Subject", Text: m.Subject}, {Key: "Written", Body: v.clock.At(m.CreatedAt)},
	}})
}
