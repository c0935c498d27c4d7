package admin

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// hookPage is one webhook and what was sent to it.
type hookPage struct {
	Head    ui.PageHead
	Notices []ui.Notice
	About   ui.KeyValues
	Bar     ui.FilterBar
	Table   ui.Table
	Pager   ui.Pager
}

func (v *visit) hook() error {
	h, err := v.App.Webhook(v.ctx(), v.by, v.hookID())
	if err != nil {
		return err
	}
	form := v.query()
	q := filters(form, "state")
	page, err := v.App.WebhookDeliveries(v.ctx(), v.by, coupon.DeliveryFilter{Webhook: h.ID, State: knownState(form.Text("state"))}, paging(form))
	if err != nil {
		return err
	}
	path := hookPath(h.ID)
	p := hookPage{Head: v.hookHead(&h), Bar: ui.FilterBar{Path: path, Query: q, Filters: []ui.Filter{{Name: "state", Label: "State", Options: deliveryStates()}}}}
	switch {
	case h.State == coupon.WebhookDisabled:
		p.Notices = []ui.Notice{{Tone: ui.Bad, Title: "This webhook is disabled", Text: h.Reason + " What happens meanwhile is not sent; what waits is sent when it is enabled."}}
	case !h.FailingSince.IsZero():
		p.Notices = []ui.Notice{{Tone: ui.Warn, Title: "The receiver has failed since " + v.clock.Short(h.FailingSince).String(), Text: "Every event is tried for three days. After five days without one success the webhook is disabled."}}
	}
	if h.Description != "" {
		p.About = ui.KeyValues{{Key: "Description", Text: h.Description}}
	}
	p.About = append(p.About, ui.KeyValues{{Key: "Events", Text: hookEvents(&h)}, {Key: "Made by", Text: h.By.Name}, {Key: "Made", Body: v.clock.At(h.CreatedAt)}}...)
	p.Table = ui.Table{
		Label: "Deliveries", Columns: []ui.Column{{Label: "Event", Lead: true}, {Label: "Made", Keep: true}, {Label: "Last answer", Wrap: true}, {Label: "Tries", Num: true}, {Label: "State", Badge: true}, {Acts: true}},
		Empty: ui.Empty{Icon: "send", Title: "No deliveries", Text: "What is sent to this webhook stands here for 30 days."},
	}
	for i := range page.Rows {
		d := &page.Rows[i]
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []templ.Component{
			ui.Link{Label: string(d.Type), Href: deliveriesPath + "/" + string(d.ID), Main: true}, v.clock.At(d.CreatedAt), ui.Soft(answered(d.Status, d.Error)), ui.Text(v.number(d.Attempts)), deliveryStatus(d.State),
			ui.Actions{ui.Action{Label: "Redeliver", Tiny: true, Post: deliveriesPath + "/" + string(d.ID) + "/redeliver", Fields: nonce(), Disabled: h.State == coupon.WebhookDisabled}},
		}})
	}
	p.Pager = v.pager(v.shownOf(len(page.Rows), page.Next, "delivery", "deliveries"), path, q, page.Prev, page.Next)
	return v.show("Webhook", p.view())
}

func (v *visit) hookHead(h *coupon.Webhook) ui.PageHead {
	path, status := hookPath(h.ID), v.hookStatus(h)
	head := ui.PageHead{Crumbs: []ui.Crumb{{Label: "Webhooks", Href: hooksPath}}, Title: h.URL, Status: &status}
	edit := ui.Action{Label: "Edit", Icon: "pencil", Href: path + "/edit", Dialog: ui.DialogPage}
	rotate := ui.Action{Label: "New secret", Icon: "key", Href: path + "/rotate"}
	if h.State == coupon.WebhookDisabled {
		head.Actions = []templ.Component{edit, rotate, ui.Action{Label: "Enable", Icon: "play", Look: ui.Main, Post: path + "/enable", Fields: nonce()}}
		return head
	}
	head.Actions = []templ.Component{edit, rotate, ui.Action{Label: "Disable", Icon: "ban", Look: ui.Ends, Href: path + "/disable", Dialog: ui.DialogPage}, ui.Action{Label: "Send test", Icon: "send", Look: ui.Main, Post: path + "/test", Fields: nonce()}}
	return head
}

// deliveryPage is one delivery with every attempt.
type deliveryPage struct {
	Head  ui.PageHead
	About ui.KeyValues
	Body  ui.JSON
	Table ui.Table
	Last  string // the text of the last answer
}

func (v *visit) hookDelivery() error {
	d, err := v.App.WebhookDelivery(v.ctx(), v.by, coupon.DeliveryID(v.id()))
	if err != nil {
		return err
	}
	h, err := v.App.Webhook(v.ctx(), v.by, d.Webhook)
	if err != nil {
		return err
	}
	status := deliveryStatus(d.State)
	p := deliveryPage{Head: ui.PageHead{
		Crumbs: []ui.Crumb{{Label: "Webhooks", Href: hooksPath}, {Label: h.URL, Href: hookPath(h.ID)}}, Title: string(d.Type), Status: &status,
		Actions: []templ.Component{ui.Action{Label: "Redeliver", Icon: "refresh", Look: ui.Main, Post: deliveriesPath + "/" + string(d.ID) + "/redeliver", Fields: nonce(), Disabled: h.State == coupon.WebhookDisabled}},
	}, Body: ui.JSON{Text: d.Body, Label: "Request body"}}
	p.About = ui.KeyValues{{Key: "Webhook-id", Text: d.Event}, {Key: "About", Text: d.Subject}, {Key: "Made", Body: v.clock.At(d.CreatedAt)}, {Key: "Last answer", Text: answered(d.Status, d.Error)}, {Key: "Next try", Body: v.nextTry(&d, h.State)}}
	p.Table = ui.Table{Label: "Attempts", Columns: []ui.Column{{Label: "Attempt", Num: true}, {Label: "When", Lead: true, Keep: true}, {Label: "Took", Num: true}, {Label: "Answer", Wrap: true}},
		Empty: ui.Empty{Icon: "clock", Title: "Not tried yet", Text: "It waits for its turn: events of one voucher are sent one after another."}}
	for _, a := range d.Tried {
		p.Table.Rows = append(p.Table.Rows, ui.Row{Cells: []templ.Component{
			ui.Text(v.number(a.Number)), v.clock.At(a.At), ui.Text(strconv.FormatInt(a.Took.Round(time.Millisecond).Milliseconds(), 10) + " ms"), ui.Text(answered(a.Status, a.Error)),
		}})
		p.Last = a.Text
	}
	return v.show("Delivery", p.view())
}

func (v *visit) nextTry(d *coupon.DeliveryView, of coupon.WebhookState) templ.Component {
	switch {
	case d.State != coupon.DeliveryPending:
		return ui.Soft("None")
	case of == coupon.WebhookDisabled:
		return ui.Soft("When the webhook is enabled")
	case d.Next.IsZero():
		return ui.Soft("After earlier events of the same thing")
	}
	return v.clock.At(d.Next)
}

// redeliver has a delivery sent again.
func (v *visit) redeliver() error {
	f, err := httpx.ReadForm(v.r)
	if err == nil {
		_, err = v.press(f, func() (string, error) {
			_, err := v.App.Redeliver(v.ctx(), v.req(), coupon.DeliveryID(v.id()))
			return "", err
		})
	}
	if err != nil {
		return err
	}
	return v.to(deliveriesPath+"/"+v.id(), "It is sent again. Reload to see what became of it.")
}
