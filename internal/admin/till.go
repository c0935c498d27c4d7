package admin

import (
	"cmp"
	"net/http"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

const (
	tillPath   = "/admin/redeem"
	tillCookie = "till"
)

// tillPage is the till: a code, what it is worth, one large Confirm.
type tillPage struct {
	state
	Head      ui.PageHead
	Location  string
	Locations []ui.Option
	None      bool // there is no location to redeem at
	Result    *ui.Result
	Facts     ui.KeyValues // of the result, for staff
	Voucher   *tillVoucher
}

// tillVoucher is what was found, before anything changes.
type tillVoucher struct {
	ID        coupon.VoucherID
	Worth     string
	Name      string
	Status    ui.Status
	About     ui.KeyValues
	Refused   string // why it cannot be redeemed; "" when it can
	Used      string // where and when it was used
	Drawdown  bool
	Amount    string // as typed
	Currency  string
	Reference string
	Customer  string
	Ask       bool // a customer is needed
	Nonce     []ui.Pair
}

// till shows the field, or the voucher that another page leads here with, or what was redeemed.
func (v *visit) till() error {
	q := v.query()
	p := tillPage{state: fresh, Location: q.Text("location")}
	if id := q.Text("done"); id != "" {
		return v.tillDone(p, coupon.RedemptionID(id))
	}
	if id := q.Text("voucher"); id != "" {
		return v.tillFind(p, app.RedeemInput{Voucher: coupon.VoucherID(id)})
	}
	return v.tillShow(p)
}

func (v *visit) tillShow(p tillPage) error {
	list, err := v.App.Locations(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, l := range list {
		if !l.Closed {
			p.Locations = append(p.Locations, ui.Option{Value: string(l.ID), Label: l.Name})
		}
	}
	p.Location = v.tillLocation(p.Location, p.Locations)
	p.None = len(p.Locations) == 0
	sub := v.staff.Name
	for _, o := range p.Locations {
		if o.Value == p.Location {
			sub = o.Label + " · " + sub
		}
	}
	p.Head = ui.PageHead{Title: "Redeem", Sub: sub}
	if p.Location != "" {
		p.Head.Actions = []templ.Component{ui.Action{Label: "Last 20", Icon: "list", Look: ui.Quiet, Href: tillPath + "/recent?location=" + p.Location}}
	}
	return v.page(p.Code, "Redeem", p.view())
}

// tillLocation presets the location: the one in use, the till's last one, or the only one.
func (v *visit) tillLocation(now string, list []ui.Option) string {
	for _, id := range []string{now, v.Cookies.Value(v.r, tillCookie)} {
		if id != "" && hasOption(list, id) {
			return id
		}
	}
	if len(list) == 1 {
		return list[0].Value
	}
	return ""
}

// tillLook finds a code and says what it is worth; nothing changes.
func (v *visit) tillLook() error {
	f, err := httpx.ReadForm(v.r)
	p := tillPage{state: fresh, Location: f.Text("location")}
	if err == nil && f.Text("code") == "" {
		err = fault.Field("code", "Scan or type the code.")
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.tillShow(p)
	}
	v.Cookies.Set(v.w, v.r, httpx.Cookie{Name: tillCookie, Value: p.Location, For: themeLife})
	return v.tillFind(p, app.RedeemInput{Code: f.Text("code")})
}

func (v *visit) tillFind(p tillPage, in app.RedeemInput) error {
	in.Location, in.Channel = v.here(p.Location), coupon.Outlet
	p.Location = string(in.Location)
	looked, err := v.App.Look(v.ctx(), v.req(), in)
	if err != nil {
		return v.tillRefused(p, err)
	}
	p.Voucher = v.tillVoucherOf(&looked)
	return v.tillShow(p)
}

// here is the location a look-up is made for: the chosen one, else one this person
// may act for, if they are tied to some.
func (v *visit) here(chosen string) coupon.LocationID {
	if chosen == "" && len(v.by.Locations) > 0 {
		return v.by.Locations[0]
	}
	return coupon.LocationID(chosen)
}

// tillRefused fills the screen with why not; the field is ready again.
func (v *visit) tillRefused(p tillPage, err error) error {
	s, err := again(err)
	if err != nil {
		return err
	}
	p.state = state{Code: s.Code, Fields: s.Fields}
	if s.Text != "" {
		p.Result = &ui.Result{Tone: ui.Bad, Title: s.Text}
	}
	return v.tillShow(p)
}

func (v *visit) tillVoucherOf(l *app.Looked) *tillVoucher {
	x := &l.Voucher
	t := &tillVoucher{ID: x.ID, Name: x.CampaignName, Worth: v.worthOf(x), Status: statusOf(x.Shown(v.clock.Now)), Nonce: nonce()}
	if stored(x) {
		t.Worth = v.amount(x.Balance, x.Asset)
		if x.Balance != x.Face {
			t.Name = "left of " + v.figure(x.Face, x.Asset) + " · " + t.Name
		}
	}
	t.Drawdown, t.Currency = x.Doc.Drawdown, x.Asset.Name()
	holder := x.HolderName
	if x.Holder == "" {
		holder = "Nobody yet"
	}
	t.About = ui.KeyValues{{Key: "Holder", Text: firstName(holder)}, {Key: "Valid until", Body: v.expiry(x.ExpiresAt)}, {Key: "Uses", Text: v.usesWord(x.Uses, x.MaxUses)}, {Key: "Code", Body: ui.Code{Text: masked(x)}}}
	if l.Refusal != nil {
		t.Refused = l.Refusal.Msg
		t.Ask = l.Refusal.Code == coupon.ErrCustomerRequired.Code
		if t.Ask {
			t.Refused = ""
		}
		if l.Refusal.Code == coupon.ErrAmountRequired.Code {
			t.Refused = ""
		}
	}
	if l.Last != nil && t.Refused != "" {
		t.Used = v.useSentence(l.Last)
	}
	return t
}

// firstName keeps to what the till needs to know of a holder.
func firstName(s string) string {
	r := []rune(s)
	for i, c := range r {
		if c == ' ' && i+1 < len(r) && s != "Nobody yet" {
			return string(r[:i+2]) + "."
		}
	}
	return s
}

// tillConfirm redeems what was shown.
func (v *visit) tillConfirm() error {
	f, err := httpx.ReadForm(v.r)
	p := tillPage{state: fresh, Location: f.Text("location")}
	id := coupon.VoucherID(f.Text("voucher"))
	done := ""
	if err == nil {
		done, err = v.tillRedeem(f, p.Location, id)
	}
	if err == nil {
		return httpx.SeeOther(v.w, tillPath+"?done="+done)
	}
	id = cmp.Or(coupon.RefusedVoucher(err), id)
	s, wrong := again(err)
	if wrong != nil {
		return wrong
	}
	if len(s.Fields) > 0 { // something was mistyped: the voucher stays in sight
		looked, err := v.App.Look(v.ctx(), v.req(), app.RedeemInput{Voucher: id, Location: v.here(p.Location), Channel: coupon.Outlet})
		if err != nil {
			return err
		}
		p.state, p.Voucher = s, v.tillVoucherOf(&looked)
		p.Voucher.Amount, p.Voucher.Reference, p.Voucher.Customer = f.Text("amount"), f.Text("reference"), f.Text("customer")
		return v.tillShow(p)
	}
	p.Code, p.Result = s.Code, &ui.Result{Tone: ui.Bad, Title: s.Text, Text: v.usedWhere(id)}
	return v.tillShow(p)
}

func (v *visit) tillRedeem(f *httpx.Form, location string, id coupon.VoucherID) (string, error) {
	if location == "" {
		return "", fault.Field("location", "Choose where you redeem.")
	}
	in := app.RedeemInput{Voucher: id, Location: coupon.LocationID(location), Reference: f.Text("reference"), Channel: coupon.Outlet}
	if typed := f.Text("customer"); typed != "" {
		c, err := v.App.CustomerTyped(v.ctx(), v.by, typed)
		if notFound(err) {
			return "", fault.Field("customer", "There is no such customer.")
		}
		if err != nil {
			return "", err
		}
		in.Customer = coupon.CustomerRef{ID: c.ID}
	}
	if typed := f.Text("amount"); typed != "" {
		x, _, err := v.App.LastUse(v.ctx(), v.by, id)
		if err != nil {
			return "", err
		}
		minor, err := money.Parse(typed, x.Asset)
		if err != nil {
			return "", named(err, "money")
		}
		in.Money = &money.Amount{Minor: minor, Asset: x.Asset}
	}
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	out, err := v.App.Redeem(v.ctx(), req, in)
	return settled(req, out, err)
}

// tillDone shows in green what was redeemed.
func (v *visit) tillDone(p tillPage, id coupon.RedemptionID) error {
	r, x, err := v.App.Receipt(v.ctx(), v.req(), id)
	if err != nil {
		return err
	}
	p.Location = string(r.Location)
	p.Result = &ui.Result{Tone: ui.OK, Title: v.worthOf(&x) + " redeemed"}
	if r.Money.Asset != "" {
		p.Result.Title = v.amount(r.Money.Minor, r.Money.Asset) + " redeemed"
	}
	p.Result.Text = x.CampaignName
	if stored(&x) && x.State == coupon.VoucherActive {
		p.Result.Text = v.amount(x.Balance, x.Asset) + " is left on the voucher."
	}
	p.Facts = ui.KeyValues{{Key: "When", Body: v.clock.Short(r.At)}, {Key: "Where", Text: r.LocationName}, {Key: "Reference", Text: r.Reference}, {Key: "Redemption", Text: string(r.ID)}}
	return v.tillShow(p)
}

// recentPage lists what the till did last.
type recentPage struct {
	Head  ui.PageHead
	Table ui.Table
}

func (v *visit) tillRecent() error {
	location := v.query().Text("location")
	list, err := v.App.Recent(v.ctx(), v.req(), coupon.LocationID(location))
	if err != nil {
		return err
	}
	p := recentPage{Head: ui.PageHead{Crumbs: []ui.Crumb{{Label: "Redeem", Href: tillPath}, {Label: "Last 20"}}, Title: "Last 20 redemptions"}, Table: ui.Table{
		Label: "Last redemptions", Columns: []ui.Column{{Label: "When", Lead: true, Keep: true}, {Label: "Code", Keep: true}, {Label: "Amount", Num: true}, {Label: "Reference"}, {Label: "By"}, {Label: "State", Badge: true}},
		Empty: ui.Empty{Icon: "scan", Title: "Nothing yet", Text: "What is redeemed at this location will stand here."},
	}}
	for i := range list {
		r := &list[i]
		p.Head.Sub = r.LocationName
		gave := ""
		if r.Money.Asset != "" {
			gave = v.amount(r.Money.Minor, r.Money.Asset)
		}
		state := ui.Status{Tone: ui.OK, Word: "Redeemed"}
		if r.Returned {
			state = ui.Status{Word: "Reversed"}
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Off: r.Returned, Cells: []templ.Component{v.clock.At(r.At), ui.Code{Text: coupon.Masked(r.Prefix, r.Tail)}, ui.Amount(gave), ui.Text(r.Reference), ui.Soft(byWord(r.By)), state}})
	}
	return v.page(http.StatusOK, "Last 20 redemptions", p.view())
}
