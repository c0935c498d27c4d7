package portal

import (
	"net/http"
	"net/url"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// walletRows is how many vouchers a page of the wallet shows at least, if there are more.
const walletRows = 30

// walletView is the wallet: the balance with the form that tops it up, and one tab of
// vouchers.
type walletView struct {
	Shell   ui.PortalShell
	Hello   string
	Purse   ui.Purse
	Form    ui.UseVoucher
	Tabs    ui.Tabs
	Tickets []ui.Ticket
	Empty   ui.Empty
	Pager   ui.Pager
}

func (p *portal) wallet(v *visit) error  { return p.walletTab(v, false) }
func (p *portal) history(v *visit) error { return p.walletTab(v, true) }

func (p *portal) walletTab(v *visit, over bool) error {
	q, err := httpx.ReadQuery(v.r)
	if err != nil {
		return err
	}
	list, err := p.App.WalletTab(v.r.Context(), v.by(), over, coupon.Paging{After: q.Text("after"), Limit: walletRows})
	if err != nil {
		return err
	}
	f, err := v.face(list.Rows)
	if err != nil {
		return err
	}
	page := walletView{Shell: v.shell(v.say("wallet.title"), "/"), Hello: v.say("wallet.hello_none"), Form: v.useVoucher()}
	if page.Purse, err = v.purse(f); err != nil {
		return err
	}
	if v.who.Name != "" {
		page.Hello = v.say("wallet.hello", "name", v.who.Name)
	}
	for i := range list.Rows {
		page.Tickets = append(page.Tickets, f.ticket(&list.Rows[i], over))
	}
	count := ""
	if list.Next == "" && q.Text("after") == "" && !over && len(list.Rows) > 0 {
		count = v.text.Number(int64(len(list.Rows)))
	}
	page.Tabs = ui.Tabs{Label: v.say("wallet.title"), Items: []ui.Tab{
		{Label: v.say("wallet.active"), Href: "/", Current: !over, Count: count}, {Label: v.say("wallet.history"), Href: "/history", Current: over},
	}}
	page.Empty = ui.Empty{Icon: "ticket", Title: v.say("wallet.empty.title"), Text: v.say("wallet.empty.text")}
	if over {
		page.Empty = ui.Empty{Icon: "history", Title: v.say("wallet.history"), Text: v.say("wallet.history.empty")}
	}
	page.Pager = v.pager(q.Text("after"), list.Next)
	return v.show(http.StatusOK, walletPage(page))
}

// pager leads on to older rows, and back to the newest.
func (v *visit) pager(after, next string) ui.Pager {
	g := ui.Pager{Words: [2]string{v.say("page.newer"), v.say("page.older")}}
	if after != "" {
		g.Newer = v.r.URL.Path
	}
	if next != "" {
		g.Older = v.r.URL.Path + "?" + url.Values{"after": {next}}.Encode()
	}
	return g
}

// face returns what writes vouchers in the visitor's language; the locations are looked
// up where one of the vouchers names any.
func (v *visit) face(list []coupon.VoucherView) (face, error) {
	f := face{text: v.text, zone: v.org.Zone(), now: v.p.Now()}
	for i := range list {
		if len(list[i].Doc.Conditions.Locations) == 0 {
			continue
		}
		all, err := v.p.App.Locations(v.r.Context(), app.By{})
		if err != nil {
			return f, err
		}
		f.places = map[coupon.LocationID]string{}
		for _, l := range all {
			if !l.Closed {
				f.places[l.ID] = l.Name
			}
		}
		break
	}
	return f, nil
}

// purse is the balance in the organisation's currency, and below it what else there is.
func (v *visit) purse(f face) (ui.Purse, error) {
	list, err := v.p.App.Balances(v.r.Context(), v.by(), v.who.ID)
	if err != nil {
		return ui.Purse{}, err
	}
	home, rest := coupon.Balance{}, []string{}
	home.Asset = money.Asset(v.org.Currency)
	for _, b := range list {
		switch {
		case b.Asset == home.Asset:
			home = b
		case b.Minor != 0:
			rest = append(rest, f.money(b.Minor, b.Asset))
		}
	}
	return ui.Purse{Label: v.say("balance.title"), Sum: f.money(home.Minor, home.Asset), Small: join(rest...)}, nil
}
