package portal

import (
	"net/http"
	"net/url"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// latest is how many movements stand below the top-up form.
const latest = 5

// topUpView is Services → Top-up → Use voucher.
type topUpView struct {
	Shell    ui.PortalShell
	Services string
	Title    string
	Use      string
	Hint     string
	Purse    ui.Purse
	Form     ui.UseVoucher
	Done     string // what was added, after it was
	History  string
	Moves    ui.Moves
	More     ui.Action
}

// useVoucher is the form of one field and one button. Its nonce makes a press that is
// repeated, or a form that is sent again, one top-up.
func (v *visit) useVoucher() ui.UseVoucher {
	return ui.UseVoucher{Action: "/top-up", Label: v.say("topup.number"), Submit: v.say("topup.add"), Key: nonce(), Lost: v.say("topup.offline")}
}

func (p *portal) topUpPage(v *visit) error {
	q, err := httpx.ReadQuery(v.r)
	if err != nil {
		return err
	}
	return v.showTopUp(http.StatusOK, v.useVoucher(), coupon.RedemptionID(q.Text("done")))
}

// topUp uses a coupon number for the signed-in customer and nobody else. A refusal
// shows the form again with what was typed, in this reply only.
func (p *portal) topUp(v *visit) error {
	form, bad := httpx.ReadForm(v.r)
	again := v.useVoucher()
	again.Value = form.Raw("code")
	if bad != nil {
		again.Error = v.say("field.code")
		return v.showTopUp(http.StatusUnprocessableEntity, again, "")
	}
	done, err := p.App.AddVoucher(v.r.Context(), v.request(), form.Text("key"), again.Value)
	if err == nil {
		return httpx.SeeOther(v.w, "/top-up?"+url.Values{"done": {string(done)}}.Encode())
	}
	e := fault.Of(err)
	status := httpx.Status(e.Kind)
	switch e.Kind {
	case fault.Refused, fault.NotFound:
		again.Error, status = v.sentence(e), http.StatusConflict
	case fault.Conflict, fault.RateLimited, fault.Unavailable:
		again.Error = v.sentence(e)
	case fault.Invalid:
		again.Error = v.say("field.code")
		if form.Text("code") == "" {
			again.Error = v.say("field.required")
		}
	default:
		return err
	}
	v.wait(e)
	return v.showTopUp(status, again, "")
}

// showTopUp shows the page; done is a top-up of this customer that is to be confirmed.
func (v *visit) showTopUp(status int, form ui.UseVoucher, done coupon.RedemptionID) error {
	f, err := v.face(nil)
	if err != nil {
		return err
	}
	list, err := v.p.App.Entries(v.r.Context(), v.by(), v.who.ID, coupon.Paging{Limit: 50})
	if err != nil {
		return err
	}
	page := topUpView{
		Shell: v.shell(v.say("topup.title"), "/top-up"), Services: v.say("topup.services"), Title: v.say("topup.title"), Use: v.say("topup.use"), Hint: v.say("topup.text"),
		Form: form, History: v.say("balance.history"),
	}
	if page.Purse, err = v.purse(f); err != nil {
		return err
	}
	for i, e := range list.Rows {
		if done != "" && e.Redemption == done && e.Kind == coupon.PostTopUp {
			page.Done = v.say("topup.done", "amount", f.money(e.Minor, e.Asset), "balance", f.number(e.After, e.Asset))
		}
		if i < latest {
			page.Moves = append(page.Moves, f.move(e, money.Asset(v.org.Currency)))
		}
	}
	if len(list.Rows) > latest {
		page.More = ui.Action{Label: v.say("page.older"), Href: "/balance", Look: ui.Quiet, Icon: "history"}
	}
	return v.show(status, topUpPage(page))
}
