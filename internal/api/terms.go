package api

import (
	"cmp"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// value is what a voucher gives.
type value struct {
	Type        coupon.ValueType `json:"type" enum:"amount,percent,free_shipping,item,fixed_price,package,units"`
	Money       *Money           `json:"money,omitempty" doc:"amount: how much"`
	BasisPoints int32            `json:"basis_points,omitempty" minimum:"1" maximum:"10000" doc:"percent: 10000 is 100 %"`
	Max         *Money           `json:"max,omitempty" doc:"percent, free_shipping: at most"`
	Package     string           `json:"package,omitempty" maxLength:"200"`
	Units       int64            `json:"units,omitempty" minimum:"1"`
	Unit        string           `json:"unit,omitempty" maxLength:"32"`
	Price       *Money           `json:"price,omitempty" doc:"fixed_price: of each matching unit"`
	AppliesTo   *appliesTo       `json:"applies_to,omitempty"`
	Get         *itemSet         `json:"get,omitempty" doc:"item: what is given"`
	Buy         *itemSet         `json:"buy,omitempty" doc:"item: what has to be bought for it"`
}

// appliesTo narrows a value to a part of an order.
type appliesTo struct {
	Scope       string   `json:"scope,omitempty" enum:"order,lines,shipping,order_and_shipping" doc:"order when left out"`
	Products    []string `json:"products,omitempty" maxItems:"1000" maxLength:"200"`
	Collections []string `json:"collections,omitempty" maxItems:"1000" maxLength:"200"`
	Pick        string   `json:"pick,omitempty" enum:"all,cheapest,dearest" doc:"all when left out"`
	Quantity    int64    `json:"quantity,omitempty" minimum:"1"`
	Per         string   `json:"per,omitempty" enum:"order,unit" doc:"order when left out"`

	SkipDiscounted bool `json:"skip_discounted,omitempty" doc:"Leaves lines out whose price is reduced already"`
}

// itemSet names units of products.
type itemSet struct {
	Products    []string `json:"products,omitempty" maxItems:"1000" maxLength:"200"`
	Collections []string `json:"collections,omitempty" maxItems:"1000" maxLength:"200"`
	Quantity    int64    `json:"quantity" minimum:"1"`
	BasisPoints int32    `json:"basis_points,omitempty" minimum:"0" maximum:"10000"`
	Price       *Money   `json:"price,omitempty"`
}

func valueOf(v coupon.Value) value {
	out := value{
		Type: v.Type, Money: moneyAt(v.Money), BasisPoints: int32(v.BasisPoints), Max: moneyAt(v.Max), Package: v.Package, Units: v.Units, Unit: v.Unit,
		Price: moneyAt(v.Price), Get: itemSetOf(v.Get), Buy: itemSetOf(v.Buy),
	}
	if t := v.AppliesTo; t.SkipDiscounted || t.Scope != "" || t.Pick != "" || t.Per != "" || t.Quantity > 0 || len(t.Products)+len(t.Collections) > 0 {
		applies := appliesTo(t)
		out.AppliesTo = &applies
	}
	return out
}

func (v *value) value() *coupon.Value {
	if v == nil {
		return nil
	}
	out := &coupon.Value{
		Type: v.Type, Money: v.Money.amount(), BasisPoints: money.BasisPoints(v.BasisPoints), Max: v.Max.amount(), Package: v.Package, Units: v.Units, Unit: v.Unit,
		Price: v.Price.amount(), Get: v.Get.itemSet(), Buy: v.Buy.itemSet(),
	}
	if v.AppliesTo != nil {
		out.AppliesTo = coupon.AppliesTo(*v.AppliesTo)
	}
	return out
}

func itemSetOf(s *coupon.ItemSet) *itemSet {
	if s == nil {
		return nil
	}
	return &itemSet{s.Products, s.Collections, s.Quantity, int32(s.BasisPoints), moneyAt(s.Price)}
}

func (s *itemSet) itemSet() *coupon.ItemSet {
	if s == nil {
		return nil
	}
	return &coupon.ItemSet{Products: s.Products, Collections: s.Collections, Quantity: s.Quantity, BasisPoints: money.BasisPoints(s.BasisPoints), Price: s.Price.amount()}
}

// conditions narrow who may redeem, where and when.
type conditions struct {
	MinSubtotal    *Money              `json:"min_subtotal,omitempty"`
	MinQuantity    int64               `json:"min_quantity,omitempty" minimum:"0"`
	CustomerGroups []string            `json:"customer_groups,omitempty" maxItems:"1000" maxLength:"100"`
	Customers      []coupon.CustomerID `json:"customers,omitempty" maxItems:"10000" maxLength:"100"`
	FirstOrder     bool                `json:"first_order,omitempty"`
	Channels       []string            `json:"channels,omitempty" maxItems:"100" maxLength:"100"`
	Locations      []coupon.LocationID `json:"locations,omitempty" maxItems:"10000" maxLength:"100"`
	Windows        []window            `json:"windows,omitempty" maxItems:"100"`
	Rule           *coupon.Rule        `json:"rule,omitempty" doc:"A tree of all, any, not and comparisons {fact, op, value}: see docs/discounts.md"`
	Expert         string              `json:"expert,omitempty" maxLength:"2000" doc:"A CEL expression on order, customer and now"`
}

// window is a weekday and opening-hour window.
type window struct {
	Days     []string `json:"days,omitempty" enum:"mon,tue,wed,thu,fri,sat,sun" maxItems:"7"`
	From     string   `json:"from,omitempty" maxLength:"5" example:"09:00"`
	To       string   `json:"to,omitempty" maxLength:"5" example:"17:00"`
	TimeZone string   `json:"time_zone,omitempty" maxLength:"100" doc:"The organisation's when left out"`
}

func conditionsOf(c coupon.Conditions) conditions {
	return conditions{
		moneyAt(c.MinSubtotal), c.MinQuantity, c.CustomerGroups, c.Customers, c.FirstOrder, c.Channels, c.Locations,
		each(c.Windows, func(w *coupon.Window) window { return window(*w) }), c.Rule, c.Expert,
	}
}

func (c *conditions) conditions() *coupon.Conditions {
	if c == nil {
		return nil
	}
	return &coupon.Conditions{
		MinSubtotal: c.MinSubtotal.amount(), MinQuantity: c.MinQuantity, CustomerGroups: c.CustomerGroups, Customers: c.Customers, FirstOrder: c.FirstOrder,
		Channels: c.Channels, Locations: c.Locations, Windows: each(c.Windows, func(w *window) coupon.Window { return coupon.Window(*w) }),
		Rule: c.Rule, Expert: c.Expert,
	}
}

// limits count uses; null means no limit.
type limits struct {
	PerVoucher    *int64 `json:"per_voucher,omitempty" minimum:"1" doc:"1 when left out"`
	UnlimitedUses bool   `json:"unlimited_uses,omitempty" doc:"Lifts per_voucher"`
	PerCustomer   *int64 `json:"per_customer,omitempty" minimum:"1"`
	Total         *int64 `json:"total,omitempty" minimum:"1"`
	PerDay        *int64 `json:"per_day,omitempty" minimum:"1" doc:"A day of the organisation's time zone"`
	Budget        *Money `json:"budget,omitempty" doc:"What the campaign may give in all"`
	Allocation    *int64 `json:"allocation,omitempty" minimum:"1" doc:"Vouchers that may be issued"`
}

func limitsOf(l coupon.Limits, d coupon.TermsDoc) limits {
	return limits{
		PerVoucher: orNil(d.PerVoucher), UnlimitedUses: d.PerVoucher == 0 && !d.Drawdown, PerCustomer: orNil(l.PerCustomer), Total: orNil(l.Total),
		PerDay: orNil(l.PerDay), Budget: moneyAt(l.Budget), Allocation: orNil(l.Allocation),
	}
}

func (l *limits) limits() *coupon.Limits {
	return &coupon.Limits{Total: zeroed(l.Total), PerCustomer: zeroed(l.PerCustomer), PerDay: zeroed(l.PerDay), Budget: l.Budget.amount(), Allocation: zeroed(l.Allocation)}
}

func zeroed[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// validity says when vouchers start and expire.
type validity struct {
	StartsAt         *time.Time `json:"starts_at,omitempty"`
	ExpiresAt        *time.Time `json:"expires_at,omitempty" doc:"The first moment that is too late"`
	StartsAfterDays  *int       `json:"starts_after_days,omitempty" minimum:"0" maximum:"36500"`
	ExpiresAfterDays *int       `json:"expires_after_days,omitempty" minimum:"0" maximum:"36500"`
}

func validityOf(v coupon.Validity) validity {
	return validity{v.StartsAt, v.ExpiresAt, orNil(v.StartsAfterDays), orNil(v.ExpiresAfterDays)}
}

func (v *validity) validity() *coupon.Validity {
	if v == nil {
		return nil
	}
	return &coupon.Validity{StartsAt: utc(v.StartsAt), ExpiresAt: utc(v.ExpiresAt), StartsAfterDays: zeroed(v.StartsAfterDays), ExpiresAfterDays: zeroed(v.ExpiresAfterDays)}
}

// utc brings a time that was sent into the form in which times are kept.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := t.UTC().Truncate(time.Microsecond)
	return &at
}

// stacking says how a voucher combines with others in one order.
type stacking struct {
	Class        coupon.Class   `json:"class,omitempty" enum:"item,order,shipping" doc:"After the value when left out"`
	CombinesWith []coupon.Class `json:"combines_with,omitzero" enum:"item,order,shipping" maxItems:"3" doc:"With every class when left out; [] with none"`
	Exclusive    bool           `json:"exclusive,omitempty" doc:"Refuses the company of other discounts"`
	Priority     int            `json:"priority,omitempty" minimum:"-1000000" maximum:"1000000" doc:"Higher goes first"`
	Basis        string         `json:"basis,omitempty" enum:"remaining,original" doc:"What percentages and minimums are measured on when other vouchers came first; remaining when left out"`
}

func stackingOf(s coupon.Stacking) stacking { return stacking(s) }

func (s *stacking) stacking() *coupon.Stacking {
	if s == nil {
		return nil
	}
	out := coupon.Stacking(*s)
	return &out
}

// codePolicy says how codes are made.
type codePolicy struct {
	Prefix   string `json:"prefix,omitempty" maxLength:"32"`
	Length   int    `json:"length,omitempty" minimum:"4" maximum:"32" doc:"Characters behind the prefix; enough to be hard to guess when left out"`
	Alphabet string `json:"alphabet,omitempty" maxLength:"64" doc:"safe32 (32 characters without look-alikes, also when left out), digits, or the characters themselves"`
	Check    *bool  `json:"check,omitempty" doc:"Whether the last character tells a typing error; true when left out"`
}

func codePolicyOf(p coupon.CodePolicy) codePolicy {
	return codePolicy{p.Prefix, p.Length, cmp.Or(p.Alphabet, coupon.Safe32), &p.Check}
}

// policy returns what was sent, nil when nothing was.
func (c *codePolicy) policy() *coupon.CodePolicy {
	if c == nil {
		return nil
	}
	return &coupon.CodePolicy{Prefix: c.Prefix, Length: c.Length, Alphabet: c.Alphabet, Check: c.Check == nil || *c.Check}
}
