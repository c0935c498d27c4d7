package portal

import (
	"net/http"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// balanceView is the balance and what moved it, newest first.
type balanceView struct {
	Shell   ui.PortalShell
	Title   string
	Purse   ui.Purse
	History string
	Moves   ui.Moves
	Empty   ui.Empty
	Pager   ui.Pager
}

func (p *portal) balance(v *visit) error {
	q, err := httpx.ReadQuery(v.r)
	if err != nil {
		return err
	}
	list, err := p.App.Entries(v.r.Context(), v.by(), v.who.ID, coupon.Paging{After: q.Text("after"), Limit: 50})
	if err != nil {
		return err
	}
	f, err := v.face(nil)
	if err != nil {
		return err
	}
	page := balanceView{
		Shell: v.shell(v.say("balance.title"), "/balance"), Title: v.say("balance.title"), History: v.say("balance.history"), Pager: v.pager(q.Text("after"), list.Next),
		Empty: ui.Empty{Icon: "coins", Title: v.say("balance.empty.title"), Text: v.say("balance.empty.text"), Actions: ui.Group{ui.Action{Label: v.say("topup.title"), Icon: "bolt", Href: "/top-up", Look: ui.Main}}},
	}
	if page.Purse, err = v.purse(f); err != nil {
		return err
	}
	for _, e := range list.Rows {
		page.Moves = append(page.Moves, f.move(e, money.Asset(v.org.Currency)))
	}
	return v.show(http.StatusOK, balancePage(page))
}

// move is one line of the history: what, when, how much, and the balance after it. The
// currency is named where it is not home's.
func (f face) move(e coupon.EntryView, home money.Asset) ui.Move {
	write := f.number
	if e.Asset != home {
		write = f.money
	}
	m := ui.Move{What: f.text.Say("move." + moveWord(e.Kind, e.Minor)), When: f.text.DateTime(e.At.In(f.zone)), Sum: write(e.Minor, e.Asset), After: f.text.Say("balance.after", "amount", write(e.After, e.Asset))}
	if e.Minor > 0 {
		m.Sum = "+" + m.Sum
	}
	return m
}

func moveWord(k coupon.PostingKind, minor int64) string {
	switch k {
	case coupon.PostTopUp:
		return "top_up"
	case coupon.PostReverse:
		return "reversed"
	case coupon.PostAdjust:
		return "adjusted"
	}
	if minor < 0 {
		return "paid"
	}
	return "adjusted"
}
