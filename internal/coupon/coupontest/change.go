package coupontest

import (
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// ended is why a command on an active voucher meets one that is not.
func ended(v *voucher) string {
	switch v.state {
	case coupon.VoucherActive:
		return ""
	case coupon.VoucherRedeemed:
		return "already_redeemed"
	}
	return "conflict"
}

// outcome is what the model expects of a command: a reason, or what was done.
type outcome struct {
	reason      string
	left        []int64
	redemptions []*redemption
	hold        *hold
	voucher     *voucher
	campaign    *campaign
	batch       *batch
	minor       int64
}

func refused(reason string) outcome { return outcome{reason: reason} }

// redeem uses vouchers, all of them or none.
func (m *Model) redeem(uses []use) outcome {
	undo := m.remember()
	var out outcome
	for _, u := range uses {
		if reason := m.why(u); reason != "" {
			undo()
			return refused(reason)
		}
		r := m.take(u)
		out.redemptions, out.left = append(out.redemptions, r), append(out.left, u.voucher.balance)
	}
	return out
}

func (m *Model) take(u use) *redemption {
	v, take := u.voucher, u.takes()
	r := &redemption{voucher: v, who: u.who, minor: take.Minor, asset: take.Asset, day: m.today(), at: m.now}
	v.uses++
	if v.holder == nil && v.terms.policy != coupon.Open {
		v.holder = u.who
	}
	if v.terms.stored {
		to := account{name: coupon.LocationAccount(u.place)}
		if u.toCustomer() {
			to = account{owner: u.who}
			u.who.balances[take.Asset] += take.Minor
		}
		r.to = &to
		v.balance -= take.Minor
		m.move(outstanding(v.batch), to, take.Asset, take.Minor)
	}
	if v.terms.stored && v.balance == 0 || v.most > 0 && v.uses >= v.most {
		v.state = coupon.VoucherRedeemed
	}
	m.redemptions = append(m.redemptions, r)
	return r
}

// remember returns how to go back to the state of now.
func (m *Model) remember() func() {
	vouchers, holds, redemptions := make([]voucher, len(m.vouchers)), len(m.holds), len(m.redemptions)
	for i, v := range m.vouchers {
		vouchers[i] = *v
	}
	ledger := map[account]int64{}
	for a, n := range m.ledger {
		ledger[a] = n
	}
	owned := make([]map[money.Asset]int64, len(m.customers))
	for i, c := range m.customers {
		owned[i] = map[money.Asset]int64{}
		for asset, n := range c.balances {
			owned[i][asset] = n
		}
	}
	return func() {
		for i := range vouchers {
			*m.vouchers[i] = vouchers[i]
		}
		for i := range owned {
			m.customers[i].balances = owned[i]
		}
		m.ledger, m.holds, m.redemptions, m.customers = ledger, m.holds[:holds], m.redemptions[:redemptions], m.customers[:len(owned)]
	}
}

// take a hold: what a redemption would use is kept for a time.
func (m *Model) hold(uses []use, length time.Duration) outcome {
	undo := m.remember()
	h := &hold{state: coupon.HoldOpen, ends: m.now.Add(length), place: uses[0].place, top: uses[0].top}
	m.holds = append(m.holds, h)
	for _, u := range uses {
		if reason := m.why(u); reason != "" {
			undo()
			return refused(reason)
		}
		h.items = append(h.items, &heldItem{voucher: u.voucher, who: u.who, minor: u.takes().Minor, limits: u.voucher.campaign.limits, day: m.today()})
	}
	return outcome{hold: h}
}

func (m *Model) redeemHold(h *hold) outcome {
	switch {
	case h.state == coupon.HoldConsumed:
		return refused("already_redeemed")
	case h.state == coupon.HoldReleased:
		return refused("not_active")
	case !m.now.Before(h.ends):
		return refused("expired")
	}
	var uses []use
	for _, i := range h.items {
		u := use{voucher: i.voucher, who: i.who, place: h.place, top: h.top, own: h}
		if i.voucher.terms.stored {
			u.asked = &money.Amount{Minor: i.minor, Asset: i.voucher.terms.asset}
		}
		uses = append(uses, u)
	}
	out := m.redeem(uses)
	if out.reason == "" {
		h.state = coupon.HoldConsumed
	}
	return out
}

func (m *Model) release(h *hold) outcome {
	if h.state == coupon.HoldConsumed {
		return refused("conflict")
	}
	if m.now.Before(h.ends) {
		h.state = coupon.HoldReleased
	}
	return outcome{hold: h}
}

// reverse gives back an amount, or all that is left of a redemption when it is nil.
func (m *Model) reverse(r *redemption, asked *money.Amount) outcome {
	give := r.minor - r.reversed
	switch {
	case r.returned:
		return refused("already_reversed")
	case m.now.Sub(r.at) > 90*24*time.Hour:
		return refused("conflict")
	case asked != nil && asked.Asset != r.asset:
		return refused("currency_mismatch")
	case asked != nil && asked.Minor <= 0:
		return refused("invalid")
	case asked != nil && asked.Minor > give:
		return refused("insufficient_balance")
	case asked != nil:
		give = asked.Minor
	}
	if r.to != nil && r.to.owner != nil && r.who.balances[r.asset] < give {
		return refused("insufficient_balance")
	}
	v := r.voucher
	gone := v.state == coupon.VoucherVoid || v.state == coupon.VoucherDeleted
	r.reversed += give
	if r.reversed == r.minor {
		r.returned = true
		v.uses--
	}
	if r.to != nil {
		if r.to.owner != nil {
			r.who.balances[r.asset] -= give
		}
		back := outstanding(v.batch)
		if gone {
			back = issuer
		} else {
			v.balance += give
		}
		m.move(*r.to, back, r.asset, give)
	}
	if v.state == coupon.VoucherRedeemed && (v.most == 0 || v.uses < v.most) && (!v.terms.stored || v.balance > 0) {
		v.state = coupon.VoucherActive
	}
	return outcome{voucher: v, minor: give, redemptions: []*redemption{r}}
}

// end makes a voucher void or deleted; what is left of it goes back.
func (m *Model) end(v *voucher, to coupon.VoucherState) outcome {
	if reason := ended(v); reason != "" {
		return refused(reason)
	}
	m.move(outstanding(v.batch), issuer, v.terms.asset, v.balance-v.lapsed)
	v.state, v.balance, v.lapsed = to, 0, 0
	for _, i := range m.live(nil) {
		if i.voucher == v {
			i.ended = true
		}
	}
	return outcome{voucher: v}
}

func (m *Model) disable(v *voucher, on bool) outcome {
	if v.state == coupon.VoucherVoid || v.state == coupon.VoucherDeleted || v.disabled == on {
		return refused("conflict")
	}
	v.disabled = on
	return outcome{voucher: v}
}

func (m *Model) extend(v *voucher, to time.Time) outcome {
	reason := ended(v)
	switch {
	case reason != "":
		return refused(reason)
	case !m.now.Before(to), !v.starts.Before(to):
		return refused("invalid")
	}
	m.move(breakage, outstanding(v.batch), v.terms.asset, v.lapsed)
	v.expires, v.lapsed = to, 0
	return outcome{voucher: v}
}

func (m *Model) reassign(v *voucher, to *customer) outcome {
	held, _ := m.heldOf(v, nil)
	reason := ended(v)
	switch {
	case reason != "":
		return refused(reason)
	case v.uses > 0:
		return refused("already_redeemed")
	case held > 0:
		return refused("held")
	}
	v.holder = to
	return outcome{voucher: v}
}

// lapse moves what expired unused of the first vouchers to breakage.
func (m *Model) lapse(known int) outcome {
	n := int64(0)
	for _, v := range m.vouchers[:known] {
		held, _ := m.heldOf(v, nil)
		if v.state != coupon.VoucherActive || !m.expired(v) || v.balance == v.lapsed || held > 0 {
			continue
		}
		m.move(outstanding(v.batch), breakage, v.terms.asset, v.balance-v.lapsed)
		v.lapsed = v.balance
		n++
	}
	return outcome{minor: n}
}

func (m *Model) adjust(c *customer, by money.Amount) outcome {
	if c.balances[by.Asset]+by.Minor < 0 {
		return refused("insufficient_balance")
	}
	c.balances[by.Asset] += by.Minor
	m.move(issuer, account{owner: c}, by.Asset, by.Minor)
	return outcome{minor: c.balances[by.Asset]}
}
