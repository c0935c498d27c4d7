package coupontest

import (
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Model is what the domain promises, in maps and ifs. It is written from the words
// of the documentation and not from the code, it counts everything anew each time,
// and it knows no locks, batches or databases.
type Model struct {
	now         time.Time
	org         coupon.Organisation
	campaigns   []*campaign
	batches     []*batch
	vouchers    []*voucher
	customers   []*customer
	redemptions []*redemption
	holds       []*hold
	codes       map[string]*voucher
	ledger      map[account]int64
}

// NewModel returns the model of an organisation at a moment.
func NewModel(org coupon.Organisation, at time.Time) *Model {
	return &Model{now: at, org: org.Zoned(), codes: map[string]*voucher{}, ledger: map[account]int64{}}
}

type campaign struct {
	id       coupon.CampaignID
	kind     coupon.Kind
	state    coupon.CampaignState
	terms    terms
	limits   coupon.Limits
	standing *batch
	issued   int64
	any      bool
}

// terms are what a voucher is promised when it is issued.
type terms struct {
	policy   coupon.HolderPolicy
	asset    money.Asset // "" where it is worth no amount
	face     int64
	stored   bool
	drawdown bool
	uses     int64
	place    coupon.LocationID // "" is anywhere
	gold     bool              // only for customers of the group gold
	hours    bool              // only from nine to five
	days     int               // expires so many days after its issue; 0 is never
}

type batch struct {
	id       coupon.BatchID
	campaign *campaign
	frozen   bool
	quantity int64 // of one that is not made yet
	made     bool
}

type voucher struct {
	id              coupon.VoucherID
	campaign        *campaign
	batch           *batch
	terms           terms
	public          bool
	state           coupon.VoucherState
	disabled        bool
	starts, expires time.Time
	uses, most      int64
	face            int64
	balance, lapsed int64
	holder          *customer
}

type customer struct {
	id       coupon.CustomerID
	source   string
	gold     bool
	blocked  bool
	balances map[money.Asset]int64
}

type redemption struct {
	id       coupon.RedemptionID
	voucher  *voucher
	who      *customer
	minor    int64
	asset    money.Asset
	to       *account
	reversed int64
	returned bool
	day      string
	at       time.Time
}

type hold struct {
	id    coupon.HoldID
	state coupon.HoldState
	items []*heldItem
	ends  time.Time
	place coupon.LocationID
	top   bool
}

// heldItem is what a hold keeps of one voucher and of its campaign's limits, as far
// as there were any when it was taken.
type heldItem struct {
	voucher *voucher
	who     *customer
	minor   int64
	limits  coupon.Limits
	day     string
	ended   bool // the voucher was: its claim on it is gone
}

// account is a ledger account of an asset.
type account struct {
	name  coupon.Account
	batch *batch
	owner *customer
	asset money.Asset
}

// move posts an amount from one account to another.
func (m *Model) move(from, to account, asset money.Asset, minor int64) {
	from.asset, to.asset = asset, asset
	m.ledger[from] -= minor
	m.ledger[to] += minor
}

var (
	issuer   = account{name: coupon.Issuer}
	breakage = account{name: coupon.Breakage}
)

func outstanding(b *batch) account { return account{batch: b} }

func (m *Model) today() string { return m.now.In(m.org.Zone()).Format(time.DateOnly) }

func (m *Model) expired(v *voucher) bool { return !v.expires.IsZero() && !m.now.Before(v.expires) }

// use is one voucher of one try.
type use struct {
	voucher *voucher
	who     *customer
	asked   *money.Amount
	place   coupon.LocationID
	top     bool // the transaction is a top-up
	own     *hold
}

// toCustomer says whether what a use takes becomes the customer's balance.
func (u use) toCustomer() bool { return u.voucher.campaign.kind == coupon.KindRefill || u.top }

// takes returns what a use takes or gives.
func (u use) takes() money.Amount {
	v := u.voucher
	switch {
	case !v.terms.stored:
		return money.Amount{Minor: v.face, Asset: v.terms.asset}
	case u.asked != nil:
		return *u.asked
	}
	return money.Amount{Minor: v.balance, Asset: v.terms.asset}
}

// why returns the first reason against a use, "" when there is none.
func (m *Model) why(u use) string {
	if u.voucher == nil {
		return "not_found"
	}
	for _, ask := range []func(use) string{m.whyVoucher, m.whyCustomer, m.whyValue, m.whyLimits} {
		if reason := ask(u); reason != "" {
			return reason
		}
	}
	return ""
}

func (m *Model) whyVoucher(u use) string {
	v := u.voucher
	hour := m.now.In(m.org.Zone()).Hour()
	switch {
	case !v.batch.made:
		return "not_active"
	case v.state == coupon.VoucherRedeemed:
		return "already_redeemed"
	case v.state != coupon.VoucherActive:
		return "not_active"
	case v.disabled:
		return "disabled"
	case v.batch.frozen:
		return "frozen"
	case v.campaign.state == coupon.CampaignPaused:
		return "paused"
	case v.campaign.state != coupon.CampaignActive:
		return "not_active"
	case u.own != nil: // it was valid when it was held
		return ""
	case m.now.Before(v.starts):
		return "not_started"
	case m.expired(v):
		return "expired"
	case v.terms.hours && (hour < 9 || hour >= 17):
		return "outside_hours"
	}
	return ""
}

func (m *Model) whyCustomer(u use) string {
	v := u.voucher
	needed := u.toCustomer() || v.campaign.limits.PerCustomer > 0 || v.terms.gold || v.holder != nil && v.terms.policy != coupon.Open
	switch {
	case u.who == nil && needed:
		return "customer_required"
	case u.who != nil && v.holder != nil && v.holder != u.who && v.terms.policy != coupon.Open:
		return "not_holder"
	case u.who != nil && (u.who.blocked || v.terms.gold && !u.who.gold):
		return "not_eligible"
	case v.terms.place != "" && u.place == "":
		return "location_required"
	case v.terms.place != "" && u.place != v.terms.place:
		return "wrong_location"
	case v.campaign.limits.Budget != nil && v.terms.asset == "": // what it gives is not known
		return "order_required"
	}
	return ""
}

func (m *Model) whyValue(u use) string {
	v, take := u.voucher, u.takes()
	uses, held := m.heldOf(v, u.own)
	switch {
	case u.top && (!v.terms.stored || v.campaign.kind != coupon.KindRefill && v.campaign.kind != coupon.KindEPin):
		return "not_applicable"
	case v.terms.stored && take.Asset != v.terms.asset:
		return "currency_mismatch"
	case v.terms.stored && u.toCustomer() && u.who.otherCurrency(v.terms.asset):
		return "currency_mismatch"
	case v.most > 0 && v.uses >= v.most:
		return "limit_reached"
	case v.most > 0 && v.uses+uses >= v.most:
		return "held"
	case !v.terms.stored:
		return ""
	case u.asked == nil && v.terms.drawdown && !u.top:
		return "amount_required"
	case take.Minor <= 0 && v.balance > 0:
		return "amount_required"
	case v.balance == 0 || take.Minor > v.balance:
		return "insufficient_balance"
	case take.Minor > v.balance-held:
		return "held"
	case !v.terms.drawdown && take.Minor < v.balance:
		return "amount_required"
	}
	return ""
}

// otherCurrency says whether a customer has a balance in another currency; units of
// one's own are no currency.
func (c *customer) otherCurrency(asset money.Asset) bool {
	for other := range c.balances {
		if other != asset && !other.IsUnit() && !asset.IsUnit() {
			return true
		}
	}
	return false
}

func (m *Model) whyLimits(u use) string {
	c, l, take := u.voucher.campaign, u.voucher.campaign.limits, u.takes().Minor
	for _, limit := range []struct {
		on                   bool
		most, used, held, by int64
		reason               string
	}{
		{l.Total > 0, l.Total, m.count(c, all), m.heldBy(u.own, c, func(i *heldItem) bool { return i.limits.Total > 0 }), 1, "limit_reached"},
		{l.PerCustomer > 0, l.PerCustomer, m.count(c, func(r *redemption) bool { return r.who == u.who }),
			m.heldBy(u.own, c, func(i *heldItem) bool { return i.limits.PerCustomer > 0 && i.who == u.who }), 1, "customer_limit_reached"},
		{l.PerDay > 0, l.PerDay, m.count(c, func(r *redemption) bool { return r.day == m.today() }),
			m.heldBy(u.own, c, func(i *heldItem) bool { return i.limits.PerDay > 0 && i.day == m.today() }), 1, "daily_limit_reached"},
	} {
		switch {
		case limit.on && limit.used+limit.by > limit.most:
			return limit.reason
		case limit.on && limit.used+limit.held+limit.by > limit.most:
			return "held"
		}
	}
	if l.Budget == nil {
		return ""
	}
	spent, reserved := m.spent(c), int64(0)
	for _, i := range m.live(u.own) {
		if i.voucher.campaign == c && i.limits.Budget != nil {
			reserved += i.minor
		}
	}
	switch {
	case u.takes().Asset != "" && u.takes().Asset != l.Budget.Asset:
		return "currency_mismatch"
	case spent+take > l.Budget.Minor:
		return "budget_reached"
	case spent+reserved+take > l.Budget.Minor:
		return "held"
	}
	return ""
}

func all(*redemption) bool { return true }

// count counts the uses of a campaign that were not wholly reversed.
func (m *Model) count(c *campaign, which func(*redemption) bool) int64 {
	n := int64(0)
	for _, r := range m.redemptions {
		if r.voucher.campaign == c && !r.returned && which(r) {
			n++
		}
	}
	return n
}

// spent sums what a campaign gave and did not get back.
func (m *Model) spent(c *campaign) int64 {
	n := int64(0)
	for _, r := range m.redemptions {
		if r.voucher.campaign == c {
			n += r.minor - r.reversed
		}
	}
	return n
}

// live lists what holds keep at this moment, but for one's own.
func (m *Model) live(own *hold) []*heldItem {
	var items []*heldItem
	for _, h := range m.holds {
		if h != own && h.state == coupon.HoldOpen && m.now.Before(h.ends) {
			items = append(items, h.items...)
		}
	}
	return items
}

func (m *Model) heldOf(v *voucher, own *hold) (uses, minor int64) {
	for _, i := range m.live(own) {
		if i.voucher == v && !i.ended {
			uses++
			if v.terms.stored {
				minor += i.minor
			}
		}
	}
	return uses, minor
}

func (m *Model) heldBy(own *hold, c *campaign, which func(*heldItem) bool) int64 {
	n := int64(0)
	for _, i := range m.live(own) {
		if i.voucher.campaign == c && which(i) {
			n++
		}
	}
	return n
}
