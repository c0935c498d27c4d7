package coupontest

import (
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// doc writes terms as the domain keeps them.
func (t terms) doc() coupon.TermsDoc {
	d := coupon.TermsDoc{Holder: t.policy, PerVoucher: t.uses, Drawdown: t.drawdown}
	switch {
	case t.asset == "":
		d.Value = coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000}
	case t.asset.IsUnit():
		d.Value = coupon.Value{Type: coupon.ValueUnits, Units: t.face, Unit: t.asset.Name()}
	default:
		d.Value = coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: t.face, Asset: t.asset}}
	}
	if t.place != "" {
		d.Conditions.Locations = []coupon.LocationID{t.place}
	}
	if t.gold {
		d.Conditions.CustomerGroups = []string{"gold"}
	}
	if t.hours {
		d.Conditions.Windows = []coupon.Window{{From: "09:00", To: "17:00"}}
	}
	d.Validity.ExpiresAfterDays = t.days
	return d
}

// make adds a voucher as its campaign promises it now.
func (m *Model) make(b *batch, id coupon.VoucherID, code string) *voucher {
	c := b.campaign
	v := &voucher{id: id, campaign: c, batch: b, terms: c.terms, state: coupon.VoucherActive, most: c.terms.uses, face: c.terms.face}
	v.expires = m.expiry(c.terms)
	if c.terms.stored {
		v.balance = v.face
	}
	if c.terms.drawdown {
		v.most = 0
	}
	c.any = true
	m.vouchers = append(m.vouchers, v)
	m.codes[code] = v
	return v
}

// expiry is the end of the last day of a voucher that is issued now.
func (m *Model) expiry(t terms) time.Time {
	if t.days == 0 {
		return time.Time{}
	}
	y, month, d := m.now.In(m.org.Zone()).Date()
	return time.Date(y, month, d+t.days+1, 0, 0, 0, 0, m.org.Zone())
}

// issuing is a voucher that is issued by hand.
type issuing struct {
	campaign *campaign
	id       coupon.VoucherID
	code     string
	public   bool
	holder   *customer
	uses     *int64
	minor    int64 // above 0: worth that much
	asset    money.Asset
	starts   time.Time
	expires  time.Time
}

func (m *Model) issue(i issuing) outcome {
	c, l := i.campaign, i.campaign.limits
	uses := c.terms.uses
	if i.uses != nil {
		uses = *i.uses
	}
	expires := i.expires
	if expires.IsZero() {
		expires = m.expiry(c.terms)
	}
	switch {
	case c.state == coupon.CampaignArchived:
		return refused("conflict")
	case i.public && l.Total == 0 && l.PerCustomer == 0 && l.Budget == nil && uses == 0:
		return refused("invalid")
	case l.Allocation > 0 && c.issued+1 > l.Allocation:
		return refused("allocation_exhausted")
	case m.taken(i.code):
		return refused("conflict")
	case i.minor > 0 && (c.terms.asset == "" || i.asset == ""):
		return refused("invalid")
	case i.minor > 0 && i.asset != c.terms.asset:
		return refused("currency_mismatch")
	case !expires.IsZero() && (!m.now.Before(expires) || !i.starts.Before(expires)):
		return refused("invalid")
	}
	v := m.make(c.standing, i.id, i.code)
	v.public, v.holder, v.starts, v.expires = i.public, i.holder, i.starts, expires
	if i.uses != nil && !v.terms.drawdown {
		v.most = *i.uses
	}
	if i.minor > 0 {
		v.face = i.minor
		if v.terms.stored {
			v.balance = i.minor
		}
	}
	c.issued++
	m.move(issuer, outstanding(v.batch), v.terms.asset, v.balance)
	return outcome{voucher: v}
}

// taken reports whether a code still belongs to a voucher.
func (m *Model) taken(code string) bool {
	former := m.codes[code]
	return former != nil && (!former.public || former.state == coupon.VoucherActive && !m.expired(former))
}

// replace ends a voucher and issues another with what is left of it, or as a
// percentage instead.
func (m *Model) replace(old *voucher, id coupon.VoucherID, code string, percent bool) outcome {
	if reason := ended(old); reason != "" {
		return refused(reason)
	}
	if m.taken(code) { // by a command of the same moment that was decided before
		return refused("conflict")
	}
	was, c := *old, old.campaign
	if !was.expires.IsZero() && m.expired(old) {
		was.expires = time.Time{}
	}
	m.end(old, coupon.VoucherDeleted)
	v := m.make(c.standing, id, code)
	v.terms, v.starts, v.expires, v.holder, v.most, v.face, v.balance = was.terms, was.starts, was.expires, was.holder, was.most, was.face, was.balance
	switch {
	case percent:
		v.terms.asset, v.terms.face, v.terms.stored, v.face, v.balance = "", 0, false, 0, 0
		if was.terms.drawdown {
			v.most, v.terms.drawdown = 1, false
		}
	case was.uses > 0 && was.most > 0:
		v.most = was.most - was.uses
	}
	c.issued++
	m.move(issuer, outstanding(v.batch), v.terms.asset, v.balance)
	return outcome{voucher: v}
}

func (m *Model) freeze(b *batch, on bool) outcome {
	if !b.made || b.frozen == on {
		return refused("conflict")
	}
	b.frozen = on
	return outcome{}
}

func (m *Model) setState(c *campaign, to coupon.CampaignState) outcome {
	if c.state == coupon.CampaignArchived && to != coupon.CampaignArchived {
		return refused("conflict")
	}
	c.state = to
	return outcome{}
}

// plan makes a batch that is to be filled.
func (m *Model) plan(b *batch) outcome {
	c := b.campaign
	switch {
	case c.state == coupon.CampaignArchived:
		return refused("conflict")
	case c.limits.Allocation > 0 && c.issued+b.quantity > c.limits.Allocation:
		return refused("allocation_exhausted")
	}
	c.issued += b.quantity
	return outcome{}
}

// fill makes the vouchers of a batch; a code that is taken is passed over.
func (m *Model) fill(b *batch, codes []coupon.NewCode) outcome {
	made := int64(0)
	for _, v := range m.vouchers {
		if v.batch == b {
			made++
		}
	}
	for _, code := range codes {
		if made == b.quantity || m.codes[code.Fingerprints[0]] != nil {
			continue
		}
		v := m.make(b, code.Voucher, code.Fingerprints[0])
		m.move(issuer, outstanding(b), v.terms.asset, v.balance)
		made++
	}
	b.made = made == b.quantity
	return outcome{minor: made}
}

func (m *Model) limit(c *campaign, l coupon.Limits) outcome {
	if c.state == coupon.CampaignArchived {
		return refused("conflict")
	}
	c.limits = l
	return outcome{}
}

// edit changes what future vouchers are promised; kind, type and currency are
// frozen once there is a voucher.
func (m *Model) edit(c *campaign, to terms) outcome {
	switch {
	case c.state == coupon.CampaignArchived:
		return refused("conflict")
	case c.any && (to.asset != c.terms.asset):
		return refused("invalid")
	}
	c.terms = to
	return outcome{}
}
