package coupontest

import (
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// try draws a redemption of one or two vouchers, as a command and for the model.
func (s *Script) try() (coupon.Redeem, func() []use) {
	first := s.anyVoucher()
	ref, who := s.someone(first.holder)
	cmd := coupon.Redeem{
		Customer: ref, Channel: pick(s, "channel", coupon.ViaAPI, coupon.Outlet, coupon.BackOffice, coupon.Portal),
		Location: pick(s, "location", first.terms.place, first.terms.place, "", "loc_main", "loc_harbour"), By: by,
	}
	if pin := first.campaign.kind == coupon.KindEPin; s.oneIn(3, "top-up") == pin && s.oneIn(6, "really") == !pin {
		cmd.Transaction.Type = coupon.TopUp
	}
	var found []func() *voucher
	var asked []*money.Amount
	for i := range pick(s, "vouchers", 1, 1, 1, 1, 2) {
		v := first
		if i > 0 && s.oneIn(2, "another") {
			v = s.anyVoucher()
		}
		item := coupon.Item{Voucher: v.id}
		find := func() *voucher { return v }
		if s.oneIn(5, "by code") {
			code := s.anyCode()
			item = coupon.Item{Fingerprints: []string{code}}
			find = func() *voucher { return s.m.codes[code] }
		}
		if v.terms.drawdown != s.oneIn(8, "unusually") {
			item.Money = &money.Amount{Minor: int64(s.number("amount", 0, 11)) * 100, Asset: pick(s, "in", v.terms.asset, v.terms.asset, v.terms.asset, sgd)}
		}
		cmd.Items, found, asked = append(cmd.Items, item), append(found, find), append(asked, item.Money)
	}
	return cmd, func() []use {
		named := who()
		var uses []use
		for i, find := range found {
			u := use{voucher: find(), who: named, asked: asked[i], place: cmd.Location, top: cmd.Transaction.Type == coupon.TopUp}
			counter := cmd.Channel == coupon.Outlet || cmd.Channel == coupon.BackOffice || cmd.Location != ""
			if named == nil && counter && u.voucher != nil {
				u.who = u.voucher.holder
			}
			uses = append(uses, u)
		}
		return uses
	}
}

func (s *Script) redeem() step {
	cmd, uses := s.try()
	return step{"redeem", cmd, s.keeping(func() outcome { return s.m.redeem(uses()) })}
}

func (s *Script) hold() step {
	cmd, uses := s.try()
	length := pick(s, "length", time.Minute, 10*time.Minute, 15*time.Minute)
	return step{"hold", coupon.TakeHold{Redeem: cmd, For: length}, s.keeping(func() outcome { return s.m.hold(uses(), length) })}
}

func (s *Script) anyHold() *hold {
	last := len(s.m.holds) - 1
	return s.m.holds[max(last-s.number("hold", 0, 2), 0)]
}

func (s *Script) release() step {
	h := s.anyHold()
	return step{"release a hold", coupon.ReleaseHold{ID: h.id, By: by}, func() outcome { return s.m.release(h) }}
}

func (s *Script) redeemHold() step {
	h := s.anyHold()
	return step{"redeem a hold", coupon.Redeem{Hold: h.id, By: by}, func() outcome { return s.m.redeemHold(h) }}
}

func (s *Script) reverse() step {
	r := pick(s, "redemption", s.m.redemptions...)
	cmd := coupon.Reverse{Redemption: r.id, Reason: "changed her mind", By: by}
	if s.oneIn(2, "in part") {
		cmd.Money = &money.Amount{Minor: int64(s.number("amount", 0, 11)) * 100, Asset: r.asset}
	}
	return step{"reverse", cmd, func() outcome { return s.m.reverse(r, cmd.Money) }}
}

func (s *Script) end() step {
	v, to := s.anyVoucher(), pick(s, "to", coupon.VoucherVoid, coupon.VoucherDeleted)
	return step{string(to), coupon.End{Voucher: v.id, To: to, Reason: "lost", By: by}, func() outcome { return s.m.end(v, to) }}
}

func (s *Script) disable() step {
	v, on := s.anyVoucher(), s.oneIn(3, "on")
	return step{"deactivate or reactivate", coupon.Disable{Voucher: v.id, On: on, Reason: "stolen", By: by}, func() outcome { return s.m.disable(v, on) }}
}

func (s *Script) extend() step {
	v, to := s.anyVoucher(), s.m.now.Add(s.delay("to"))
	return step{"extend", coupon.Extend{Voucher: v.id, ExpiresAt: to, By: by}, func() outcome { return s.m.extend(v, to) }}
}

func (s *Script) reassign() step {
	v := s.anyVoucher()
	ref, who := s.someone(nil)
	return step{"reassign", coupon.Reassign{Voucher: v.id, Customer: ref, By: by}, s.keeping(func() outcome { return s.m.reassign(v, who()) })}
}

func (s *Script) replace() step {
	v, id, code, percent := s.anyVoucher(), coupon.VoucherID(s.next("vch")), s.next("code"), s.oneIn(4, "by a percentage")
	s.codes = append(s.codes, code)
	cmd := coupon.Replace{Voucher: v.id, Code: s.code(id, code), Reason: "wrong", By: by}
	if percent {
		cmd.Value = &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}
	}
	return step{"replace", cmd, func() outcome { return s.m.replace(v, id, code, percent) }}
}

func (s *Script) freeze() step {
	b, on := s.anyCampaign().standing, s.oneIn(4, "on")
	if vs := s.m.vouchers; len(vs) > 0 {
		b = s.anyVoucher().batch
	}
	return step{"freeze or unfreeze", coupon.FreezeBatch{ID: b.id, Freeze: on, By: by}, func() outcome { return s.m.freeze(b, on) }}
}

func (s *Script) adjust() step {
	c := pick(s, "customer", s.m.customers...)
	m := money.Amount{Minor: int64(s.number("by", 1, 12)) * 100, Asset: pick(s, "in", sgd, sgd, "unit:POINTS")}
	if s.oneIn(2, "down") {
		m.Minor = -m.Minor
	}
	return step{"adjust", coupon.Adjust{Customer: c.id, Money: m, Reason: "goodwill", By: by}, func() outcome { return s.m.adjust(c, m) }}
}

// block has a customer blocked or not, and of the group gold or not.
func (s *Script) block() step {
	c, blocked, gold := pick(s, "customer", s.m.customers...), s.oneIn(5, "blocked"), !s.oneIn(3, "common")
	change := func(row *coupon.Customer) {
		row.Blocked, row.Groups = blocked, nil
		if gold {
			row.Groups = []string{"gold"}
		}
	}
	return step{"change a customer", coupon.ChangeCustomer{ID: c.id, Change: change, By: by}, func() outcome {
		c.blocked, c.gold = blocked, gold
		return outcome{}
	}}
}

func (s *Script) state() step {
	c, to := s.anyCampaign(), pick(s, "to", coupon.CampaignPaused, coupon.CampaignActive, coupon.CampaignActive, coupon.CampaignActive)
	if len(s.m.campaigns) > 1 && s.oneIn(12, "archive") {
		to = coupon.CampaignArchived
	}
	return step{"campaign " + string(to), coupon.SetCampaignState(c.id, to, by), func() outcome { return s.m.setState(c, to) }}
}

func (s *Script) limits() step {
	c, l := s.anyCampaign(), s.drawLimits()
	change := func(row *coupon.Campaign, _ *coupon.TermsDoc) error {
		row.Limits = l
		return nil
	}
	return step{"change limits", coupon.ChangeCampaign{ID: c.id, Change: change, By: by}, func() outcome { return s.m.limit(c, l) }}
}

func (s *Script) edit() step {
	c := s.anyCampaign()
	to := s.terms(c.kind)
	to.stored, to.drawdown = c.terms.stored, c.terms.drawdown
	if to.asset != "" {
		to.face = int64(s.number("face", 1, 20)) * 100
	}
	change := func(_ *coupon.Campaign, d *coupon.TermsDoc) error {
		*d = to.doc()
		return nil
	}
	return step{"change terms", coupon.ChangeCampaign{ID: c.id, Change: change, By: by}, func() outcome { return s.m.edit(c, to) }}
}

func (s *Script) lapse() step {
	cmd := coupon.Lapse{}
	for _, v := range s.m.vouchers {
		cmd.Vouchers = append(cmd.Vouchers, v.id)
	}
	known := len(s.m.vouchers)
	return step{"lapse", cmd, func() outcome { return s.m.lapse(known) }}
}

func (s *Script) batch() step {
	b := &batch{campaign: s.anyCampaign(), quantity: int64(s.number("quantity", 1, 3))}
	row := coupon.Batch{Campaign: b.campaign.id, Description: s.run, Quantity: b.quantity, Source: "generated"}
	return step{"create a batch", coupon.CreateBatch{Batch: row, By: by}, func() outcome {
		out := s.m.plan(b)
		if out.reason == "" {
			s.m.batches = append(s.m.batches, b)
			out.batch = b
		}
		return out
	}}
}

func (s *Script) planned() *batch {
	for _, b := range s.m.batches {
		if !b.made {
			return b
		}
	}
	return nil
}

func (s *Script) chunk() step {
	b := s.planned()
	cmd := coupon.IssueChunk{Batch: b.id, By: by}
	for range b.quantity {
		code := s.next("code")
		s.codes = append(s.codes, code)
		cmd.Codes = append(cmd.Codes, s.code(coupon.VoucherID(s.next("vch")), code))
	}
	return step{"fill a batch", cmd, func() outcome { return s.m.fill(b, cmd.Codes) }}
}
