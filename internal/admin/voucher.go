package admin

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// voucherPage is one voucher with its whole history.
type voucherPage struct {
	Head        ui.PageHead
	Code        ui.Code
	Show        *ui.Action // reveals the code in the page
	Notes       []ui.Notice
	Facts       ui.Facts
	Redemptions ui.Table
	History     ui.History
	About       ui.KeyValues
}

func (v *visit) voucher() error { return v.voucherShowing(false) }

// voucherShow is the page with its code, which leaves an event.
func (v *visit) voucherShow() error { return v.voucherShowing(true) }

// voucherCopy answers the code for the copy button, which leaves an event.
func (v *visit) voucherCopy() error {
	code, err := v.App.Reveal(v.ctx(), v.req(), coupon.VoucherID(v.id()))
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Cache-Control", "private, no-store")
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write([]byte(code))
	return err
}

func (v *visit) voucherShowing(reveal bool) error {
	x, err := v.App.Voucher(v.ctx(), v.by, coupon.VoucherID(v.id()))
	if err != nil {
		return err
	}
	p := voucherPage{Code: v.codeCell(&x, v.withPublic([]coupon.VoucherView{x}, nil))}
	p.Code.Href = ""
	switch {
	case x.Public:
	case reveal:
		if p.Code.Text, err = v.App.Reveal(v.ctx(), v.req(), x.ID); err != nil {
			return err
		}
	case v.can(coupon.RevealCodes):
		p.Show = &ui.Action{Label: "Show number", Icon: "eye", Tiny: true, Look: ui.Quiet, Post: voucherPath(x.ID) + "/show", Title: "Shows the whole number and leaves an event."}
	}
	if x.Kind == coupon.KindRefill {
		v.place = refillPath
	}
	if p.History, err = v.history(coupon.EventFilter{Subject: string(x.ID)}, coupon.Paging{Limit: 200}); err != nil {
		return err
	}
	if n := len(p.History); n > 0 && p.History[n-1].Title != titleOf(coupon.EventVoucherIssued) || n == 0 {
		p.History = append(p.History, v.birth(&x))
	}
	if p.Redemptions, err = v.redemptionsOf(&x); err != nil {
		return err
	}
	p.Head, p.Notes, p.Facts, p.About = v.voucherHead(&x), v.voucherNotes(&x), v.voucherFacts(&x), v.voucherAbout(&x)
	return v.show("Voucher "+x.Serial, p.view())
}

// birth tells of a voucher that was made with its batch, whose one event stands there.
func (v *visit) birth(x *coupon.VoucherView) ui.HistoryItem {
	return ui.HistoryItem{Icon: "plus", Tone: ui.OK, Title: titleOf(coupon.EventVoucherIssued), By: "with its batch", At: v.clock.At(x.CreatedAt), Text: x.Serial, Body: ui.Link{Label: "Batch " + x.BatchDescription, Href: batchPath(x.Batch)}}
}

func (v *visit) voucherHead(x *coupon.VoucherView) ui.PageHead {
	label, href := placeOfKind(x.Kind)
	badge := statusOf(x.Shown(v.clock.Now))
	h := ui.PageHead{Crumbs: []ui.Crumb{{Label: label, Href: href}, {Label: x.BatchDescription, Href: batchPath(x.Batch)}, {Label: x.Serial}}, Title: kindWord(x.Kind) + " " + unbroken(masked(x)), Status: &badge}
	h.Sub = v.worthOf(x) + " · " + x.CampaignName + " · " + x.Serial
	if v.can(coupon.RedeemVouchers) && usable(x.Shown(v.clock.Now)) {
		to := ui.Action{Label: "Redeem", Icon: "scan", Href: "/admin/redeem?voucher=" + string(x.ID)}
		h.Actions = append(h.Actions, to)
	}
	if items := v.actions(x); len(items) > 0 {
		h.Actions = append(h.Actions, ui.Menu{ID: "voucher-actions", Label: "Actions", Items: items})
	}
	return h
}

// unbroken keeps a masked code on one line of a heading.
func unbroken(s string) string { return strings.ReplaceAll(s, "…", "\u2060…\u2060") }

func usable(s coupon.Status) bool { return s == coupon.StatusActive || s == coupon.StatusPartlyUsed }

// voucherNotes say why a voucher is as it is, where its badge does not say enough.
func (v *visit) voucherNotes(x *coupon.VoucherView) []ui.Notice {
	var out []ui.Notice
	if x.Disabled {
		out = append(out, ui.Notice{Tone: ui.Warn, Title: "Deactivated", Text: "It is refused until somebody reactivates it. Reason: " + x.DisabledReason})
	}
	switch x.Shown(v.clock.Now) {
	case coupon.StatusVoid, coupon.StatusDeleted:
		out = append(out, ui.Notice{Tone: ui.Bad, Title: statusWord(x.Shown(v.clock.Now)) + " on " + v.clock.Short(x.EndedAt).String() + " by " + x.EndedBy, Text: "Reason: " + x.EndedReason})
	case coupon.StatusFrozen:
		out = append(out, ui.Notice{Tone: ui.Warn, Title: "Its batch is frozen", Text: "All vouchers of the batch are refused until it is unfrozen."})
	case coupon.StatusPaused:
		text := "All vouchers of the campaign are refused until it is active."
		if x.CampaignState == coupon.CampaignArchived {
			text = "All vouchers of the campaign are refused, for good."
		}
		out = append(out, ui.Notice{Tone: ui.Warn, Title: "Its campaign is " + string(x.CampaignState), Text: text})
	}
	if x.ReplacedBy != "" {
		out = append(out, ui.Notice{Tone: ui.Info, Text: "It was replaced by another voucher.", Actions: []templ.Component{ui.Action{Label: "Open the new one", Tiny: true, Href: voucherPath(x.ReplacedBy)}}})
	}
	if x.Replaces != "" {
		out = append(out, ui.Notice{Tone: ui.Info, Text: "It replaces an earlier voucher.", Actions: []templ.Component{ui.Action{Label: "Open the old one", Tiny: true, Href: voucherPath(x.Replaces)}}})
	}
	return out
}

func (v *visit) voucherFacts(x *coupon.VoucherView) ui.Facts {
	facts := ui.Facts{{Label: "Value", Value: v.worthOf(x)}}
	if stored(x) {
		facts = append(facts, ui.Fact{Label: "Left", Value: v.amount(x.Balance, x.Asset)})
	}
	uses := "no limit"
	if x.MaxUses > 0 {
		uses = "of " + v.number(x.MaxUses)
	}
	holder := ui.Fact{Label: "Holder", Value: "Nobody yet"}
	if x.Holder != "" {
		holder = ui.Fact{Label: "Holder", Value: x.HolderName, Href: customerPath(x.Holder)}
		if x.HolderName == "" {
			holder.Value = "Without a name"
		}
	}
	return append(facts, ui.Fact{Label: "Used", Value: v.number(x.Uses), Small: uses}, holder, ui.Fact{Label: "Expires", Value: v.expiry(x.ExpiresAt).String()})
}

func (v *visit) voucherAbout(x *coupon.VoucherView) ui.KeyValues {
	about := ui.KeyValues{
		{Key: "Serial", Body: ui.Code{Text: x.Serial}}, {Key: "Campaign", Body: ui.Link{Label: x.CampaignName, Href: campaignPath(x.Campaign)}},
		{Key: "Batch", Body: ui.Link{Label: x.BatchDescription, Href: batchPath(x.Batch)}}, {Key: "Issued", Body: v.clock.Short(x.CreatedAt)},
		{Key: "Earning method", Text: earnedBy(x)}, {Key: "Who may use it", Text: holderWord(x.Doc.Holder)},
		{Key: "Last used", Body: v.clock.Short(x.LastUsedAt)}, {Key: "Last used by", Body: v.person(x.LastCustomer, x.UserName)},
	}
	if x.Kind != coupon.KindRefill { // which tops up a balance, and applies to nothing
		about = append(about, ui.KeyValue{Key: "Applies to", Text: appliesTo(x.Doc)})
	}
	if !x.StartsAt.IsZero() {
		about = append(about, ui.KeyValue{Key: "Valid from", Body: v.clock.Short(x.StartsAt)})
	}
	if x.Remarks != "" {
		about = append(about, ui.KeyValue{Key: "Issue Remarks", Text: x.Remarks})
	}
	return about
}

// redemptionsOf lists the uses of a voucher with what became of them.
func (v *visit) redemptionsOf(x *coupon.VoucherView) (ui.Table, error) {
	t := ui.Table{Label: "Redemptions", Columns: redemptionColumns(), Empty: ui.Empty{Icon: "scan", Title: "Not used yet", Text: "Every use of this voucher will stand here, with who, where and when."}}
	if !v.can(coupon.ReadRedemptions) {
		return t, nil
	}
	page, err := v.App.Redemptions(v.ctx(), v.by, coupon.RedemptionFilter{Voucher: x.ID}, coupon.Paging{Limit: 200})
	if err != nil {
		return t, err
	}
	for i := range page.Rows {
		t.Rows = append(t.Rows, v.redemptionRow(&page.Rows[i]))
	}
	return t, nil
}

func redemptionColumns() []ui.Column {
	return []ui.Column{{Label: "When", Lead: true, Keep: true}, {Label: "Amount", Num: true}, {Label: "Customer"}, {Label: "Where"}, {Label: "By"}, {Label: "Reference", Wrap: true}, {Label: "State", Badge: true}, {Acts: true}}
}

func (v *visit) redemptionRow(r *coupon.RedemptionView) ui.Row {
	gave := templ.Component(ui.Text(""))
	if r.Money.Asset != "" {
		gave = ui.Amount(v.amount(r.Money.Minor, r.Money.Asset))
	}
	where := channelWord(r.Channel)
	if r.LocationName != "" {
		where = r.LocationName
	}
	state := ui.Status{Tone: ui.OK, Word: "Redeemed"}
	switch {
	case r.Returned:
		state = ui.Status{Word: "Reversed"}
	case r.Reversed > 0:
		state = ui.Status{Tone: ui.Warn, Word: v.amount(r.Reversed, r.Money.Asset) + " reversed"}
	}
	for _, u := range r.Reversals {
		state.Title = strings.TrimPrefix(state.Title+"; "+u.Reason+" ("+u.By.Name+", "+v.clock.Short(u.At).String()+")", "; ")
	}
	var acts templ.Component
	if !r.Returned && v.can(coupon.ReverseRedemptions) {
		acts = ui.Actions{ui.Action{Label: "Reverse", Icon: "undo", Tiny: true, Look: ui.Ends, Href: "/admin/redemptions/" + string(r.ID) + "/reverse", Dialog: ui.DialogPage}}
	}
	return ui.Row{Cells: []templ.Component{
		v.clock.Short(r.At), gave, v.person(r.Customer, r.CustomerName), ui.Text(where), ui.Soft(byWord(r.By)), ui.Text(references(r)), state, acts,
	}, Off: r.Returned}
}

// references are what a redemption was for, and its reference.
func references(r *coupon.RedemptionView) string {
	out := transactionWord(r.Transaction.Type)
	for _, s := range []string{r.Transaction.Reference, r.Reference} {
		if s != "" {
			out = strings.TrimPrefix(out+" · "+s, " · ")
		}
	}
	return out
}
