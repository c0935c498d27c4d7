package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// messageForm writes a message to a customer (DC-21, DC-22).
type messageForm struct {
	state
	Customer               coupon.Customer
	Channel, Subject, Text string // as typed
	Gateway                string
	Gateways               []ui.Option
	To                     ui.KeyValues
	Length                 string // of an SMS
	None                   string // why nothing may be sent
	Other                  *ui.Action
	Nonce                  []ui.Pair
}

func (p *messageForm) title() string { return "Send " + channelName(p.Channel) }

func (v *visit) messageNew() error {
	channel := v.query().Text("channel")
	if channel != coupon.ByEmail {
		channel = coupon.BySMS
	}
	return v.messageShow(messageForm{state: fresh, Channel: channel})
}

func (v *visit) messageShow(p messageForm) error {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(v.id()))
	if err != nil {
		return err
	}
	p.Customer, p.Length = c, v.lengthWord(p.Text)
	p.Nonce = append(nonce(), pair("channel", p.Channel))
	to := c.Mobile
	if p.Channel == coupon.ByEmail {
		to = c.Email
	}
	p.To = ui.KeyValues{{Key: "To", Text: nameOf(c)}, {Key: channelName(p.Channel), Text: to}, {Key: "Consent", Body: consents(c)}}
	for _, g := range v.App.Gateways(p.Channel) {
		p.Gateways = append(p.Gateways, ui.Option{Value: g, Label: gatewayName(g)})
	}
	if err := c.MayGet(p.Channel); err != nil {
		p.None = fault.Of(err).Msg
		if other := otherChannel(p.Channel); c.MayGet(other) == nil {
			p.Other = &ui.Action{Label: "Send " + channelName(other) + " instead", Icon: channelIcon(other), Look: ui.Main, Href: messagePath(c.ID, other)}
		}
	}
	v.place = customersPath
	return v.page(p.Code, p.title(), p.view())
}

func (v *visit) messageSave() error {
	f, err := httpx.ReadForm(v.r)
	p := messageForm{Channel: f.Text("channel"), Subject: f.Text("subject"), Text: f.Text("text"), Gateway: f.Text("gateway")}
	id := coupon.CustomerID(v.id())
	if err == nil {
		var req app.Request
		if req, err = v.once(f); err == nil {
			var m coupon.Message
			m, err = v.App.SendMessage(v.ctx(), req, id, app.MessageInput{Channel: p.Channel, Gateway: p.Gateway, Subject: p.Subject, Text: p.Text})
			_, err = settled(req, m, err)
		}
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.messageShow(p)
	}
	return v.to(customerPath(id), "The "+channelName(p.Channel)+" waits in the Outbox. It goes out as soon as a gateway is set up.")
}

// messagePreview counts the SMS that a text is sent as, while it is typed.
func (v *visit) messagePreview() error {
	f, err := httpx.ReadForm(v.r)
	if err != nil {
		return err
	}
	return httpx.Reply(v.w, http.StatusOK, previewText{Text: v.lengthWord(f.Text("text"))})
}

// lengthWord says how long a text is, in characters and SMS.
func (w writing) lengthWord(text string) string {
	l := coupon.MeasureSMS(text)
	if l.Segments == 0 {
		return "One SMS holds 160 characters, or 70 with other scripts and emoji."
	}
	out := w.count(int64(l.Units), "character", "characters") + " · " + w.number(int64(l.Segments)) + " SMS · " + w.number(int64(l.Left)) + " left"
	if l.Wide {
		out += " · Unicode (UCS-2): 70 to an SMS, because of a character outside of the SMS alphabet"
	} else {
		out += " · SMS alphabet (GSM-7)"
	}
	if l.Segments > app.MaxSMS {
		out += " · too long: at most " + w.number(app.MaxSMS) + " SMS"
	}
	return out
}

// noteForm adds a note about a customer.
type noteForm struct {
	state
	Customer coupon.Customer
	Text     string
	Back     string
	Nonce    []ui.Pair
}

func (v *visit) noteNew() error {
	return v.noteShow(noteForm{state: fresh, Back: httpx.LocalPath(v.query().Text("back"), "")})
}

func (v *visit) noteShow(p noteForm) error {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(v.id()))
	if err != nil {
		return err
	}
	if p.Back == "" {
		p.Back = customerPath(c.ID)
	}
	p.Customer, p.Nonce = c, append(nonce(), pair("back", p.Back))
	return v.page(p.Code, "Add a note", p.view())
}

func (v *visit) noteSave() error {
	f, err := httpx.ReadForm(v.r)
	id := coupon.CustomerID(v.id())
	p := noteForm{Text: f.Text("text"), Back: httpx.LocalPath(f.Text("back"), customerPath(id))}
	if err == nil {
		var req app.Request
		if req, err = v.once(f); err == nil {
			var n coupon.Note
			n, err = v.App.AddNote(v.ctx(), req, app.NoteInput{Customer: id, Text: p.Text})
			_, err = settled(req, n, err)
		}
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.noteShow(p)
	}
	return v.to(p.Back, "The note was added.")
}

// notesPage is the tab with the notes about a customer and their vouchers.
type notesPage struct {
	customerHead
	Actions []templ.Component
	History ui.History
	Empty   ui.Empty
	Pager   ui.Pager
}

func (v *visit) customerNotes() error {
	head, err := v.customerTop("Notes")
	if err != nil {
		return err
	}
	form, path := v.query(), customerPath(head.Customer.ID)+"/notes"
	page, err := v.App.Notes(v.ctx(), v.by, coupon.NoteFilter{Customer: head.Customer.ID}, paging(form))
	if err != nil {
		return err
	}
	p := notesPage{customerHead: head, Empty: ui.Empty{Icon: "note", Title: "No notes yet", Text: "What colleagues should know about this customer and what was promised belongs here."}}
	add := noteAction(head.Customer.ID, path)
	p.Actions, p.Empty.Actions = []templ.Component{add}, []templ.Component{add}
	for _, n := range page.Rows {
		item := ui.HistoryItem{Icon: "note", Tone: ui.Info, Title: "Note", By: byWord(n.By), At: v.clock.At(n.CreatedAt), Quote: n.Text}
		if n.Voucher != "" {
			item.Body = ui.Link{Label: "Open the voucher", Href: voucherPath(n.Voucher)}
		}
		p.History = append(p.History, item)
	}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "note", "notes"), path, filters(form), page.Prev, page.Next)
	return v.show(head.Head.Title, p.view())
}

func noteAction(id coupon.CustomerID, back string) ui.Action {
	return ui.Action{Label: "Add Note", Icon: "note", Href: with(customerPath(id)+"/note", nil, "back", back), Dialog: ui.DialogPage}
}

func messagePath(id coupon.CustomerID, channel string) string {
	return customerPath(id) + "/message?channel=" + channel
}

func messageAction(id coupon.CustomerID, channel string) ui.Action {
	return ui.Action{Label: "Send " + channelName(channel), Icon: channelIcon(channel), Href: messagePath(id, channel), Dialog: ui.DialogPage}
}

func otherChannel(channel string) string {
	if channel == coupon.BySMS {
		return coupon.ByEmail
	}
	return coupon.BySMS
}

func channelName(channel string) string {
	if channel == coupon.BySMS {
		return "SMS"
	}
	return "e-mail"
}

func channelIcon(channel string) string {
	if channel == coupon.BySMS {
		return "phone"
	}
	return "mail"
}

func gatewayName(g string) string {
	if g == coupon.OutboxGateway {
		return "Outbox (no gateway yet)"
	}
	return g
}
