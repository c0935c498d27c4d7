package admin

import (
	"context"
	"slices"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// act is one thing that can be done with a voucher, asked for with its reason.
type act struct {
	Name, Label, Icon string
	Title, Text       string // the question, and what will happen
	Submit, Said      string
	Danger            bool
	Optional          bool                             // the reason may stay empty
	Asks              string                           // what the text field is called, where that is not ‘Reason’
	Wordless          bool                             // there is no reason to give
	prepare           func(v *visit, p *actForm) error // fills in what the form offers, where that takes reading
	Need              coupon.Permission
	fits              func(x *coupon.VoucherView, s coupon.Status) bool
	run               func(*app.App, context.Context, app.Request, coupon.VoucherID, string) (coupon.Voucher, error) // needs the reason only
	do                func(v *visit, req app.Request, p *actForm) (string, error)                                    // where run is nil
}

func stillActive(x *coupon.VoucherView, _ coupon.Status) bool { return x.State == coupon.VoucherActive }

// acts lists them in the order of the menu; what ends a voucher comes last.
func acts() []act {
	return append(deskActs(), lifeActs()...)
}

// deskActs are what the support desk does with a voucher for its holder.
func deskActs() []act {
	return []act{
		{Name: "redeem", Label: "Redeem", Icon: "scan", Title: "Redeem for the customer", Submit: "Confirm", Said: "The voucher was redeemed.", Wordless: true, Need: coupon.RedeemVouchers,
			fits: func(x *coupon.VoucherView, s coupon.Status) bool { return usable(s) && x.Kind != coupon.KindDiscount }, prepare: (*visit).redeemOffers, do: (*visit).doRedeem},
		{Name: "resend", Label: "Resend", Icon: "send", Title: "Send the code again", Submit: "Resend", Said: "The same code is on its way again: the message is in the Outbox.", Wordless: true, Need: coupon.SendMessages,
			fits: func(x *coupon.VoucherView, s coupon.Status) bool { return usable(s) && x.Holder != "" }, prepare: (*visit).resendOffers, do: (*visit).doResend},
		{Name: "note", Label: "Add note", Icon: "note", Title: "Add a note", Text: "It stands in the history of the voucher and of its holder, for good.", Submit: "Add note", Said: "The note was added.", Asks: "Note", Need: coupon.SendMessages,
			fits: func(*coupon.VoucherView, coupon.Status) bool { return true }, do: (*visit).doNote},
	}
}

// lifeActs change a voucher's life.
func lifeActs() []act {
	return []act{
		{Name: "extend", Label: "Change expiry", Icon: "calendar", Title: "Change the expiry", Text: "An expired voucher can be used again until the new day ends.", Submit: "Change expiry", Said: "The expiry was changed.", Optional: true, fits: stillActive, do: (*visit).doExtend},
		{Name: "reassign", Label: "Reassign", Icon: "swap", Title: "Give it to another customer", Text: "Links that were sent to the present holder stop working.", Submit: "Reassign", Said: "The voucher has another holder now.", Optional: true,
			fits: func(x *coupon.VoucherView, s coupon.Status) bool {
				return x.State == coupon.VoucherActive && x.Uses == 0 && s != coupon.StatusReserved
			}, do: (*visit).doReassign},
		{Name: "deactivate", Label: "Deactivate", Icon: "pause", Title: "Deactivate this voucher?", Text: "It is refused until you reactivate it. Nothing is lost.", Submit: "Deactivate", Said: "The voucher is deactivated.",
			fits: func(x *coupon.VoucherView, _ coupon.Status) bool { return !over(x.State) && !x.Disabled }, run: (*app.App).Deactivate},
		{Name: "reactivate", Label: "Reactivate", Icon: "play", Title: "Reactivate this voucher?", Text: "It can be used again at once.", Submit: "Reactivate", Said: "The voucher can be used again.", Optional: true,
			fits: func(x *coupon.VoucherView, _ coupon.Status) bool { return !over(x.State) && x.Disabled }, run: (*app.App).Reactivate},
		{Name: "replace", Label: "Replace", Icon: "refresh", Title: "Replace this voucher?", Text: "This one is deleted, and another with a new code takes its place, for the same holder.", Submit: "Replace", Said: "It was replaced by the new voucher. The old one is deleted.", Danger: true, Need: coupon.IssueVouchers, fits: stillActive, prepare: (*visit).replaceOffers, do: (*visit).doReplace},
		{Name: "void", Label: "Void", Icon: "ban", Title: "Void this voucher?", Text: "It can never be used again. What is left of its value goes back to you.", Submit: "Void it", Said: "The voucher is void.", Danger: true, fits: stillActive, run: (*app.App).Void},
		// Offered for used ones too: the refusal says why, which a missing entry does not.
		{Name: "delete", Label: "Delete", Icon: "trash", Title: "Delete this voucher?", Text: "It can never be used again and leaves the list of unused ones. Its number is never given out again, and its history stays.", Submit: "Delete it", Said: "The voucher is deleted. Its history stays.", Danger: true,
			fits: func(x *coupon.VoucherView, _ coupon.Status) bool { return !over(x.State) }, run: (*app.App).Delete},
	}
}

func actOf(name string) (act, bool) {
	for _, a := range acts() {
		if a.Name == name {
			return a, true
		}
	}
	return act{}, false
}

// fitting are the acts that this person may do with a voucher now.
func (v *visit) fitting(x *coupon.VoucherView) []act {
	if !v.can(coupon.ChangeVouchers) {
		return nil
	}
	return slices.DeleteFunc(acts(), func(a act) bool {
		return !a.fits(x, x.Shown(v.clock.Now)) || a.Need != "" && !v.can(a.Need)
	})
}

// actions are the entries of a voucher's menu, less those that stand as buttons beside it.
func (v *visit) actions(x *coupon.VoucherView, less ...string) []ui.Action {
	var out []ui.Action
	ending := false
	for _, a := range v.fitting(x) {
		if slices.Contains(less, a.Name) {
			continue
		}
		if a.Danger && !ending && len(out) > 0 {
			out = append(out, ui.Action{})
		}
		ending = ending || a.Danger
		out = append(out, v.actEntry(a, x))
	}
	return out
}

// actEntry opens the form of an act, which leads back to the list it was opened from.
func (v *visit) actEntry(a act, x *coupon.VoucherView) ui.Action {
	entry := ui.Action{Label: a.Label, Icon: a.Icon, Href: with(voucherPath(x.ID)+"/"+a.Name, nil, "back", v.from), Dialog: ui.DialogPage}
	if a.Danger {
		entry.Look = ui.Ends
	}
	return entry
}

// actForm asks for the reason, and for what else the act needs.
type actForm struct {
	state
	act      act
	Voucher  coupon.VoucherView
	Thing    ui.KeyValues
	Reason   string
	Until    string // as typed, for extend
	Customer string // as typed, for reassign
	Back     string // the list that it was opened from; "" is the voucher
	Redeem   redeemForm
	Resend   resendForm
	Replace  replaceForm
	Hidden   []ui.Pair
	None     string // why there is nothing to fill in
}

// home is where the form leads back to.
func (p *actForm) home() string {
	if p.Back != "" {
		return p.Back
	}
	return voucherPath(p.Voucher.ID)
}

func (v *visit) voucherAction() error {
	a, ok := actOf(v.r.PathValue("action"))
	if !ok {
		return errNoPage
	}
	return v.actShow(a, actForm{state: fresh, Back: httpx.LocalPath(v.query().Text("back"), "")})
}

func (v *visit) actShow(a act, p actForm) error {
	x, err := v.App.Voucher(v.ctx(), v.by, coupon.VoucherID(v.id()))
	if err != nil {
		return err
	}
	if a.Need != "" && !v.can(a.Need) {
		return app.ErrForbidden
	}
	if x.Kind == coupon.KindRefill {
		v.place = refillPath
	}
	if a.Name == "delete" && x.Uses > 0 {
		return v.undeletable(p, &x)
	}
	p.act, p.Voucher, p.Hidden = a, x, append(nonce(), pair("back", p.Back))
	p.Thing = v.thing(&x)
	if a.prepare != nil {
		if err := a.prepare(v, &p); err != nil {
			return err
		}
	}
	if p.Until == "" && p.Code == fresh.Code {
		p.Until = lastDay(v.org, x.ExpiresAt)
	}
	return v.page(p.Code, a.Title, p.view())
}

// thing names a voucher in a dialog, with what it is worth.
func (v *visit) thing(x *coupon.VoucherView) ui.KeyValues {
	out := ui.KeyValues{{Key: "Voucher", Body: ui.Code{Text: masked(x)}}, {Key: "Value", Text: v.worthOf(x)}}
	if stored(x) && x.Balance != x.Face {
		out = append(out, ui.KeyValue{Key: "Left", Text: v.amount(x.Balance, x.Asset)})
	}
	holder := x.HolderName
	if x.Holder == "" {
		holder = "Nobody yet"
	}
	return append(out, ui.KeyValue{Key: "Holder", Text: holder}, ui.KeyValue{Key: "Status", Body: statusOf(x.Shown(v.clock.Now))})
}

func (v *visit) voucherActionSave() error {
	a, ok := actOf(v.r.PathValue("action"))
	if !ok {
		return errNoPage
	}
	f, err := httpx.ReadForm(v.r)
	p := actForm{Reason: f.Text("reason"), Until: f.Text("until"), Customer: f.Text("customer"), Back: httpx.LocalPath(f.Text("back"), ""), Redeem: readRedeem(f), Resend: readResend(f), Replace: readReplace(f)}
	to := ""
	if err == nil {
		var req app.Request
		if req, err = v.once(f); err == nil {
			to, err = a.perform(v, req, &p)
		}
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.actShow(a, p)
	}
	if p.Back != "" {
		return v.to(p.Back, a.Said)
	}
	return v.to(voucherPath(coupon.VoucherID(to)), a.Said)
}

// perform does the act to the voucher in the path.
func (a act) perform(v *visit, req app.Request, p *actForm) (string, error) {
	if a.run == nil {
		return a.do(v, req, p)
	}
	x, err := a.run(v.App, v.ctx(), req, v.voucherID(), p.Reason)
	return settled(req, x, err)
}

func (v *visit) voucherID() coupon.VoucherID { return coupon.VoucherID(v.id()) }

func (v *visit) doExtend(req app.Request, p *actForm) (string, error) {
	until, err := v.until("expires_at", p.Until)
	if err != nil {
		return "", err
	}
	x, err := v.App.Extend(v.ctx(), req, v.voucherID(), until, p.Reason)
	return settled(req, x, err)
}

func (v *visit) doReassign(req app.Request, p *actForm) (string, error) {
	c, err := v.oneCustomer("customer", p.Customer)
	if err != nil {
		return "", err
	}
	x, err := v.App.Reassign(v.ctx(), req, v.voucherID(), coupon.CustomerRef{ID: c.ID}, p.Reason)
	return settled(req, x, err)
}

func (v *visit) doNote(req app.Request, p *actForm) (string, error) {
	n, err := v.App.AddNote(v.ctx(), req, app.NoteInput{Voucher: v.voucherID(), Text: p.Reason})
	_, err = settled(req, n, err)
	return v.id(), filed(err, "text", "reason")
}

// undeletable says why a used voucher is not deleted, instead of asking for a reason (J1.8).
func (v *visit) undeletable(p actForm, x *coupon.VoucherView) error {
	page := undeletablePage{Thing: v.thing(x), Back: (&actForm{Back: p.Back, Voucher: *x}).home(), Text: "What was used is never deleted: the redemption and the customer's balance stand on it."}
	if v.can(coupon.ReadRedemptions) {
		_, last, err := v.App.LastUse(v.ctx(), v.by, x.ID)
		if err != nil && !fault403(err) {
			return err
		}
		if last != nil {
			page.Text = v.useSentence(last) + " " + page.Text
			if v.can(coupon.ReverseRedemptions) {
				page.Reverse = "/admin/redemptions/" + string(last.ID) + "/reverse"
			}
		}
	}
	return v.page(p.Code, "This voucher cannot be deleted", page.view())
}

// undeletablePage names what was used, and what can be done instead.
type undeletablePage struct {
	Thing         ui.KeyValues
	Text          string
	Reverse, Back string
}

// labels name the fields of the form for the summary of what is wrong.
func (p *actForm) labels() []ui.Pair {
	return []ui.Pair{
		pair("location", "Location"), pair("money", "Amount"), pair("reference", "Reference"), pair("channel", "By"), pair("text", "Text"), pair("type", "Type"), pair("value", "Value"),
		pair("expires_at", "Last day"), pair("customer", "Customer"), pair("reason", p.asks()),
	}
}

// asks is what the text field is called.
func (p *actForm) asks() string {
	if p.act.Asks != "" {
		return p.act.Asks
	}
	return "Reason"
}

// first reports whether the reason is what is typed first.
func (p *actForm) first() bool {
	return p.act.Name != "extend" && p.act.Name != "reassign" && len(p.Replace.Types) == 0
}

func (p *actForm) hint() string {
	if p.act.Name == "note" {
		return "Codes in it are masked when it is saved."
	}
	return "Kept with the event, for whoever asks later."
}
