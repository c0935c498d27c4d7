package admin

import (
	"strings"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// resendForm sends a voucher's holder the same code again (CC-14).
type resendForm struct {
	Channel, Text string // as typed
	Channels      []ui.Option
}

func readResend(f *httpx.Form) resendForm {
	return resendForm{Channel: f.Text("channel"), Text: f.Text("text")}
}

// resendOffers lists how the holder may be written to, with the usual text in their language.
func (v *visit) resendOffers(p *actForm) error {
	x := &p.Voucher
	c, err := v.App.Customer(v.ctx(), v.by, x.Holder)
	if err != nil {
		return err
	}
	var why []string
	for _, channel := range []string{coupon.BySMS, coupon.ByEmail} {
		if err := c.MayGet(channel); err != nil {
			why = append(why, fault.Of(err).Msg)
			continue
		}
		to := c.Mobile
		if channel == coupon.ByEmail {
			to = c.Email
		}
		p.Resend.Channels = append(p.Resend.Channels, ui.Option{Value: channel, Label: channelName(channel) + " to " + to})
	}
	if len(p.Resend.Channels) == 0 {
		p.None = "It cannot be sent. " + strings.Join(why, " ")
		return nil
	}
	if p.Resend.Channel == "" {
		p.Resend.Channel = p.Resend.Channels[0].Value
	}
	if p.Resend.Text == "" {
		_, p.Resend.Text = v.letter(c, x)
	}
	return nil
}

// letter is the usual message with a voucher's code, in the customer's language.
func (v *visit) letter(c coupon.Customer, x *coupon.VoucherView) (subject, text string) {
	say := v.words.Match(strings.Trim(c.Language+", "+v.org.Language, ", "))
	subject = say.Say("message.voucher.subject", "org", v.org.Name)
	text = say.Say("message.again.text", "org", v.org.Name, "campaign", x.CampaignName)
	if day := lastDay(v.org, x.ExpiresAt); day != "" {
		text += " " + say.Say("message.again.until", "date", day)
	}
	return subject, text
}

func (v *visit) doResend(req app.Request, p *actForm) (string, error) {
	x, err := v.App.Voucher(v.ctx(), v.by, v.voucherID())
	if err != nil {
		return "", err
	}
	in := app.MessageInput{Channel: p.Resend.Channel, Text: p.Resend.Text}
	if x.Holder != "" {
		c, err := v.App.Customer(v.ctx(), v.by, x.Holder)
		if err != nil {
			return "", err
		}
		in.Subject, _ = v.letter(c, &x)
	}
	m, err := v.App.Resend(v.ctx(), req, x.ID, in)
	_, err = settled(req, m, err)
	return string(x.ID), err
}
