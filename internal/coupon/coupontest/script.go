package coupontest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Script draws random commands that make some sense after what happened before,
// each with what the model expects of it.
type Script struct {
	t     *rapid.T
	m     *Model
	run   string // begins every name, so that sequences may share a database
	n     int
	codes []string
}

// step is one command.
type step struct {
	name    string
	command coupon.Command
	play    func() outcome
}

var by = coupon.Actor{Kind: "staff", ID: "stf_1", Name: "Ada"}

// NewScript returns a script whose names begin with run.
func NewScript(t *rapid.T, m *Model, run string) *Script { return &Script{t: t, m: m, run: run} }

func (s *Script) number(name string, from, to int) int {
	return rapid.IntRange(from, to).Draw(s.t, name)
}

func (s *Script) oneIn(n int, name string) bool { return s.number(name, 1, n) == n }

func pick[T any](s *Script, name string, list ...T) T { return list[s.number(name, 0, len(list)-1)] }

func (s *Script) next(prefix string) string {
	s.n++
	return fmt.Sprintf("%s_%s%06d", prefix, s.run, s.n)
}

// draws lists the kinds of step with their weights. Small numbers are drawn more
// often, so what matters most comes first.
func (s *Script) draws() []struct {
	weight int
	ready  bool
	draw   func() step
} {
	vouchers, redemptions, holds := len(s.m.vouchers) > 0, len(s.m.redemptions) > 0, len(s.m.holds) > 0
	room := len(s.m.vouchers) < 15
	return []struct {
		weight int
		ready  bool
		draw   func() step
	}{
		{16, vouchers, s.redeem}, {8, holds, s.redeemHold}, {7, vouchers, s.hold}, {7, redemptions, s.reverse}, {8, room, s.issue}, {2, holds, s.release},
		{2, vouchers, s.end}, {3, vouchers, s.disable}, {3, vouchers, s.extend}, {3, vouchers, s.reassign}, {2, vouchers && room, s.replace}, {2, true, s.freeze},
		{3, len(s.m.customers) > 0, s.adjust}, {2, true, s.state}, {3, true, s.limits}, {2, true, s.edit}, {3, true, s.lapse}, {1, len(s.m.campaigns) < 4, s.campaign},
		{1, len(s.m.customers) > 0, s.block}, {1, room, s.batch}, {2, s.planned() != nil, s.chunk},
	}
}

// draw returns the next command. The first ones make a campaign and its vouchers.
func (s *Script) draw() step {
	switch {
	case len(s.m.campaigns) == 0, len(s.m.vouchers) == 0 && s.oneIn(3, "another campaign"):
		return s.campaign()
	case len(s.m.vouchers) == 0:
		return s.issue()
	}
	total := 0
	draws := s.draws()
	for _, d := range draws {
		if d.ready {
			total += d.weight
		}
	}
	at := s.number("command", 1, total)
	for _, d := range draws {
		if !d.ready {
			continue
		}
		if at -= d.weight; at <= 0 {
			return d.draw()
		}
	}
	panic("coupontest: the weights do not add up")
}

var sgd = money.Asset("SGD")

func (s *Script) terms(kind coupon.Kind) terms {
	t := terms{policy: pick(s, "policy", coupon.Bearer, coupon.Open, coupon.Assigned, coupon.Claimable), uses: 1, asset: sgd, face: 1000}
	t.gold, t.hours, t.days = s.oneIn(8, "gold"), s.oneIn(8, "hours"), pick(s, "days", 0, 0, 1, 30)
	t.place = pick(s, "place", "", "", "", coupon.LocationID("loc_main"))
	switch kind {
	case coupon.KindGift:
		t.stored, t.drawdown = true, true
		t.asset = pick(s, "asset", sgd, sgd, "unit:POINTS")
	case coupon.KindRefill:
		t.stored = true
		t.asset = pick(s, "asset", sgd, sgd, "USD")
	case coupon.KindEPin:
		t.stored = true
		t.drawdown = s.oneIn(2, "drawdown")
	default:
		t.uses = pick(s, "uses", int64(3), 0, 2, 1)
		t.asset = pick(s, "asset", sgd, "")
	}
	if t.asset == "" {
		t.face = 0
	}
	return t
}

func (s *Script) drawLimits() coupon.Limits {
	l := coupon.Limits{}
	if s.oneIn(3, "total?") {
		l.Total = int64(s.number("total", 1, 4))
	}
	if s.oneIn(4, "per customer?") {
		l.PerCustomer = int64(s.number("per customer", 1, 2))
	}
	if s.oneIn(4, "per day?") {
		l.PerDay = int64(s.number("per day", 1, 3))
	}
	if s.oneIn(4, "budget?") {
		l.Budget = &money.Amount{Minor: int64(s.number("budget", 1, 40)) * 100, Asset: sgd}
	}
	if s.oneIn(4, "allocation?") {
		l.Allocation = int64(s.number("allocation", 1, 8))
	}
	return l
}

func (s *Script) campaign() step {
	kind := pick(s, "kind", coupon.Kinds()...)
	t, l := s.terms(kind), s.drawLimits()
	c := &campaign{kind: kind, state: coupon.CampaignActive, terms: t, limits: l}
	return step{"create a campaign", coupon.CreateCampaign{Campaign: coupon.Campaign{Kind: kind, Name: s.run, Limits: l}, Terms: t.doc(), By: by}, func() outcome {
		s.m.campaigns = append(s.m.campaigns, c)
		c.standing = &batch{campaign: c, made: true}
		return outcome{campaign: c}
	}}
}

func (s *Script) anyCampaign() *campaign { return pick(s, "campaign", s.m.campaigns...) }

// anyVoucher prefers those that are good for something.
func (s *Script) anyVoucher() *voucher {
	var good []*voucher
	for _, v := range s.m.vouchers {
		if v.state == coupon.VoucherActive && !s.m.expired(v) {
			good = append(good, v)
		}
	}
	if len(good) == 0 || s.oneIn(5, "any voucher") {
		good = s.m.vouchers
	}
	return pick(s, "voucher", good...)
}

// someone names a customer by id or source id, an unknown one included, or nobody;
// rather often one's own holder.
func (s *Script) someone(own *customer) (coupon.CustomerRef, func() *customer) {
	if own != nil && s.oneIn(2, "the holder") {
		return coupon.CustomerRef{ID: own.id}, func() *customer { return own }
	}
	if s.oneIn(3, "nobody") {
		return coupon.CustomerRef{}, func() *customer { return nil }
	}
	source := s.run + pick(s, "customer", "ann", "ben", "cy")
	ref := coupon.CustomerRef{Key: coupon.SourceKey(source)}
	for _, c := range s.m.customers {
		if c.source == source && s.oneIn(2, "by id") {
			ref = coupon.CustomerRef{ID: c.id}
		}
	}
	return ref, func() *customer {
		for _, c := range s.m.customers {
			if c.source == source {
				return c
			}
		}
		c := &customer{source: source, balances: map[money.Asset]int64{}}
		s.m.customers = append(s.m.customers, c)
		return c
	}
}

// keeping drops the customers that a refused command would have made.
func (s *Script) keeping(play func() outcome) func() outcome {
	return func() outcome {
		n := len(s.m.customers)
		out := play()
		if out.reason != "" {
			s.m.customers = s.m.customers[:n]
		}
		return out
	}
}

func (s *Script) issue() step {
	c := s.anyCampaign()
	i := issuing{campaign: c, id: coupon.VoucherID(s.next("vch")), code: s.next("code"), public: s.oneIn(4, "public")}
	if len(s.codes) > 0 && s.oneIn(4, "again") {
		i.code = s.anyCode()
	}
	s.codes = append(s.codes, i.code)
	cmd := coupon.Issue{Campaign: c.id, Code: s.code(i.id, i.code), Public: i.public, By: by}
	ref, who := s.someone(nil)
	cmd.Customer = ref
	if s.oneIn(5, "uses?") {
		i.uses = new(int64(s.number("uses", 0, 3)))
		cmd.MaxUses = i.uses
	}
	if s.oneIn(5, "worth?") {
		i.minor, i.asset = int64(s.number("worth", 1, 20))*100, c.terms.asset // which may change before it is decided
		cmd.Money = &money.Amount{Minor: i.minor, Asset: i.asset}
	}
	if s.oneIn(8, "starts?") {
		i.starts = s.m.now.Add(s.delay("starts"))
		cmd.StartsAt = &i.starts
	}
	if s.oneIn(3, "expires?") {
		i.expires = s.m.now.Add(s.delay("expires"))
		cmd.ExpiresAt = &i.expires
	}
	return step{"issue", cmd, s.keeping(func() outcome {
		i.holder = who()
		return s.m.issue(i)
	})}
}

// anyCode prefers the last, which may be in the making.
func (s *Script) anyCode() string {
	if s.oneIn(2, "the last code") {
		return s.codes[len(s.codes)-1]
	}
	return pick(s, "code", s.codes...)
}

func (s *Script) code(id coupon.VoucherID, fingerprint string) coupon.NewCode {
	return coupon.NewCode{Voucher: id, Fingerprints: []string{fingerprint}, Sealed: "sealed", Tail: "8K3Q"}
}

func (s *Script) delay(name string) time.Duration {
	const day = 24 * time.Hour
	return pick(s, name, 60*day, 60*day, 30*day, day, 3*time.Hour, 8*time.Minute, time.Minute, 0, -time.Hour)
}
