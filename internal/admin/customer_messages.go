package admin

import (
	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// messagesPage is the tab with what was written to a customer, and what became of it.
type messagesPage struct {
	customerHead
	Actions []templ.Component
	Table   ui.Table
	Pager   ui.Pager
}

func (v *visit) customerMessages() error {
	head, err := v.customerTop("Messages")
	if err != nil {
		return err
	}
	form, id := v.query(), head.Customer.ID
	path := customerPath(id) + "/messages"
	page, err := v.App.Outbox(v.ctx(), v.by, id, paging(form))
	if err != nil {
		return err
	}
	p := messagesPage{customerHead: head, Actions: []templ.Component{messageAction(id, coupon.BySMS), messageAction(id, coupon.ByEmail)}}
	p.Table = ui.Table{Label: "Messages", Empty: ui.Empty{Icon: "mail", Title: "No messages yet", Text: "E-mails and SMS to this customer stand here, with whether they arrived."}, Columns: []ui.Column{
		{Label: "Written", Lead: true, Keep: true}, {Label: "To", Wrap: true}, {Label: "What"}, {Label: "By"}, {Label: "Gateway"}, {Label: "State", Badge: true}, {Label: "Error", Wrap: true}, {Acts: true},
	}}
	for i := range page.Rows {
		m := &page.Rows[i]
		var acts templ.Component
		if m.Purpose != coupon.PurposeSignIn {
			acts = ui.Actions{ui.Action{Label: "Show", Icon: "eye", Tiny: true, Href: "/admin/messages/" + m.ID, Dialog: ui.DialogPage}}
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []templ.Component{
			v.clock.At(m.CreatedAt), ui.Link{Label: m.To, Second: capital(channelName(m.Channel))}, ui.Text(purposeWord(m.Purpose)), ui.Soft(byWord(m.By)), ui.Soft(gatewayName(m.Gateway)),
			messageStatus(m), ui.Text(m.Error), acts,
		}})
	}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "message", "messages"), path, filters(form), page.Prev, page.Next)
	return v.show(head.Head.Title, p.view())
}

// messageStatus is the badge of a message.
func messageStatus(m *coupon.Message) ui.Status {
	tones := map[string]ui.Tone{
		coupon.MessageSent: ui.OK, coupon.MessageDelivered: ui.OK, coupon.MessageFailed: ui.Bad, coupon.MessageSuppressed: ui.Warn, coupon.MessageUnknown: ui.Warn, coupon.MessageRetrying: ui.Warn,
		coupon.MessageQueued: ui.Info, coupon.MessageSending: ui.Info,
	}
	return ui.Status{Tone: tones[m.State], Word: capital(m.State)}
}

// messagePage is one message with its text; codes in it are masked.
type messagePage struct {
	About ui.KeyValues
	Text  string
	Back  string
}

func (v *visit) message() error {
	m, text, err := v.App.ReadMessage(v.ctx(), v.by, v.id())
	if err != nil {
		return err
	}
	status := messageStatus(&m)
	p := messagePage{Text: text, Back: customerPath(m.Customer) + "/messages", About: ui.KeyValues{
		{Key: "To", Text: m.To}, {Key: "What", Text: purposeWord(m.Purpose)}, {Key: "Written", Body: v.clock.At(m.CreatedAt)}, {Key: "By", Text: byWord(m.By)}, {Key: "State", Body: status},
	}}
	if m.Subject != "" {
		p.About = append(p.About, ui.KeyValue{Key: "Subject", Text: m.Subject})
	}
	if m.Error != "" {
		p.About = append(p.About, ui.KeyValue{Key: "Error", Text: m.Error})
	}
	if m.Voucher != "" {
		p.About = append(p.About, ui.KeyValue{Key: "Voucher", Body: ui.Link{Label: "Open", Href: voucherPath(m.Voucher)}})
	}
	v.place = customersPath
	return v.show("Message", p.view())
}
