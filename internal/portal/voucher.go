package portal

import (
	"net/http"
	"strconv"

	"rsc.io/qr"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// voucherView is the page of one voucher of one's own.
type voucherView struct {
	Shell ui.PortalShell
	Back  ui.Action
	Face  ui.VoucherFace
	Code  string // in clear, to its holder alone
	Copy  ui.Copy
	Show  string
	Use   *ui.Form // tops up the balance with it
	Facts ui.KeyValues
	How   section
	Terms section
	Live  ui.Live
}

// section is a text under a heading; nothing when it has no text.
type section struct{ Title, Text string }

func (p *portal) voucher(v *visit) error {
	own, err := p.App.OwnVoucher(v.r.Context(), v.request(), coupon.VoucherID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	f, err := v.face([]coupon.VoucherView{own.VoucherView})
	if err != nil {
		return err
	}
	over := app.Over(own.Shown(f.now))
	page := voucherView{
		Shell: v.shell(own.CampaignName, ""), Back: ui.Action{Label: v.say("wallet.title"), Icon: "arrow-left", Href: "/", Look: ui.Quiet, Tiny: true},
		Face: ui.VoucherFace{Title: own.CampaignName, Worth: f.worth(&own.VoucherView, false), Status: f.status(&own.VoucherView), Over: over},
		How:  section{v.say("voucher.how"), own.Instructions}, Terms: section{v.say("voucher.terms"), own.TermsText},
		Facts: f.facts(&own.VoucherView, over),
		Live:  ui.Live{URL: "/vouchers/" + string(own.ID) + "/live", Version: versionOf(&own.VoucherView, f)},
	}
	if over {
		page.Back.Href, page.Back.Label = "/history", v.say("wallet.history")
	}
	if own.Code != "" && !over {
		if err := v.showCode(&page, own); err != nil {
			return err
		}
	}
	return v.show(http.StatusOK, voucherPage(page))
}

// showCode puts the code on its holder's page, to read and to scan.
func (v *visit) showCode(page *voucherView, own app.Own) error {
	code, err := qr.Encode(own.Code, qr.M)
	if err != nil {
		return err
	}
	page.Face.QR = ui.QR{Path: ui.QRPath(code.Size, code.Black), Size: code.Size + 8, Label: v.say("voucher.qr")}
	page.Code = own.Code
	page.Copy = ui.Copy{Text: own.Code, Label: v.say("voucher.copy"), Done: v.say("voucher.copied"), Failed: v.say("voucher.copy_failed")}
	if toUp(own.Kind) {
		page.Use = &ui.Form{Action: "/top-up", Fields: []ui.Pair{{Name: "key", Value: nonce()}, {Name: "code", Value: own.Code}}}
		return nil
	}
	page.Show = v.say("voucher.show")
	return nil
}

// facts are the lines below a voucher's code.
func (f face) facts(v *coupon.VoucherView, over bool) ui.KeyValues {
	var out ui.KeyValues
	add := func(key, text string) {
		if text != "" {
			out = append(out, ui.KeyValue{Key: f.text.Say(key), Text: text})
		}
	}
	add("voucher.valid", f.valid(v))
	add("voucher.often", join(f.uses(v)))
	if over || v.Uses > 0 {
		add("status.redeemed", f.usedOn(v))
	}
	add("voucher.locations", f.where(v))
	if m := v.Doc.Conditions.MinSubtotal; m != nil {
		add("voucher.condition", join(f.text.Say("voucher.minimum", "amount", f.money(m.Minor, m.Asset))))
	}
	return out
}

// versionOf changes whenever the page of a voucher would.
func versionOf(v *coupon.VoucherView, f face) string {
	return string(v.Shown(f.now)) + "-" + strconv.FormatInt(v.Version, 10)
}

// voucherLive tells an open page whether its voucher has changed.
func (p *portal) voucherLive(v *visit) error {
	own, err := p.App.OwnVoucher(v.r.Context(), v.request(), coupon.VoucherID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	v.w.Header().Set("Cache-Control", "no-store")
	return httpx.Reply(v.w, http.StatusOK, ui.LiveUpdate{Version: versionOf(&own.VoucherView, face{now: p.Now()})})
}
