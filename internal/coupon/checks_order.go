package coupon

import (
	"fmt"
	"slices"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

// orderCurrency refuses an order in another currency than that of the voucher's amounts.
func orderCurrency(t *try) *fault.Error {
	if t.basket == nil {
		return nil
	}
	is := t.basket.order.Currency
	for _, asset := range t.assets() {
		if asset != is {
			return ErrCurrency.Saying(fmt.Sprintf("The order is in %s, this voucher in %s.", is, asset))
		}
	}
	return nil
}

// assets lists what the voucher's amounts are in.
func (t *try) assets() []money.Asset {
	var list []money.Asset
	if t.v.Asset != "" {
		list = append(list, t.v.Asset)
	}
	v, l := t.t.Doc.Value, t.c.Limits
	amounts := []*money.Amount{v.Max, v.Price, t.t.Doc.Conditions.MinSubtotal, l.Budget}
	if v.Get != nil {
		amounts = append(amounts, v.Get.Price)
	}
	if t.asked != nil {
		amounts = append(amounts, t.asked)
	}
	for _, m := range amounts {
		if m != nil {
			list = append(list, m.Asset)
		}
	}
	return list
}

func orderCurrencyFigures(t *try) (any, any) {
	if t.basket == nil {
		return nil, nil
	}
	want := any(nil)
	if list := t.assets(); len(list) > 0 {
		want = list[0]
	}
	return want, t.basket.order.Currency
}

func onChannel(t *try) *fault.Error {
	allowed := t.t.Doc.Conditions.Channels
	if t.basket == nil || len(allowed) == 0 || slices.Contains(allowed, t.basket.order.Channel) {
		return nil
	}
	return ErrNotApplicable.Saying("This voucher is not valid in this sales channel.")
}

func onChannelFigures(t *try) (any, any) {
	if t.basket == nil {
		return nil, nil
	}
	return orNothing(words(t.t.Doc.Conditions.Channels)), t.basket.order.Channel
}

func orNothing(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// firstOrder takes the caller's word for it; else it is the first that is known here. A
// hold does not keep it: of two holds, one becomes the first order.
func firstOrder(t *try) *fault.Error {
	if t.basket == nil || !t.t.Doc.Conditions.FirstOrder {
		return nil
	}
	first := t.basket.order.First
	switch {
	case first == nil && t.who == "":
		return ErrCustomerRequired
	case first == nil && t.e.hasOrdered(t.who), first != nil && !*first:
		return ErrNotEligible.Saying("This voucher is for a customer's first order.")
	}
	return nil
}

func firstOrderFigures(t *try) (any, any) {
	if t.basket == nil || !t.t.Doc.Conditions.FirstOrder {
		return nil, nil
	}
	if first := t.basket.order.First; first != nil {
		return true, *first
	}
	return true, !t.e.hasOrdered(t.who)
}

// subtotal is what the minimum is measured on.
func (t *try) subtotal() int64 {
	if t.t.Doc.Stacking.Basis == BasisOriginal {
		return t.basket.order.Subtotal()
	}
	return t.basket.due() - t.basket.shipping
}

func minSubtotal(t *try) *fault.Error {
	least := t.t.Doc.Conditions.MinSubtotal
	if t.basket == nil || least == nil || t.subtotal() >= least.Minor {
		return nil
	}
	more := money.Amount{Minor: least.Minor - t.subtotal(), Asset: least.Asset}
	return ErrMinimum.Saying(fmt.Sprintf("Spend %s %s more: the minimum is %s.", more.Asset, more.Number("en"), least.Number("en")))
}

func minSubtotalFigures(t *try) (any, any) {
	least := t.t.Doc.Conditions.MinSubtotal
	if t.basket == nil || least == nil {
		return nil, nil
	}
	return least.Minor, t.subtotal()
}

// matchingUnits is how many units the minimum quantity counts: those that the value
// applies to, or that have to be bought for an item.
func (t *try) matchingUnits() int64 {
	v := t.t.Doc.Value
	to := v.AppliesTo
	switch {
	case v.Type == ValueItem && v.Buy != nil:
		to = AppliesTo{Products: v.Buy.Products, Collections: v.Buy.Collections}
	case v.Type == ValueItem && v.Get != nil:
		to = AppliesTo{Products: v.Get.Products, Collections: v.Get.Collections}
	}
	return unitsOf(t.basket.matching(nil, to))
}

func minQuantity(t *try) *fault.Error {
	least := t.t.Doc.Conditions.MinQuantity
	if t.basket == nil || least == 0 {
		return nil
	}
	if have := t.matchingUnits(); have < least {
		return ErrMinimum.Saying(fmt.Sprintf("Take %d more: at least %d are needed.", least-have, least))
	}
	return nil
}

func minQuantityFigures(t *try) (any, any) {
	least := t.t.Doc.Conditions.MinQuantity
	if t.basket == nil || least == 0 {
		return nil, nil
	}
	return least, t.matchingUnits()
}

// payable refuses a stored value that cannot pay what was asked of it.
func payable(t *try) *fault.Error {
	switch wanted := t.off.Wanted; {
	case t.v.Balance == 0 || wanted > t.v.Balance:
		left := money.Amount{Minor: t.v.Balance, Asset: t.v.Asset}
		return ErrInsufficient.Saying(left.Number("en") + " left.")
	case t.take.Minor > t.free():
		return ErrHeld
	case !t.t.Doc.Drawdown && t.take.Minor > 0 && t.take.Minor < t.v.Balance:
		return ErrMinimum.Saying("This voucher is used in full, and the order comes to less.")
	}
	return nil
}

// gives refuses a voucher that would be used up for nothing, or for more than was asked.
func gives(t *try) *fault.Error {
	switch {
	case t.basket != nil && t.asked != nil && !t.stored:
		return ErrNotApplicable.Saying("Only what stores a value can be used in part: leave the amount out.")
	case t.basket == nil || t.take.Minor > 0:
		return nil
	case t.basket.due() == 0:
		return ErrNotApplicable.Saying("There is nothing left to pay.")
	case t.t.Doc.Value.Type == ValueFreeShipping || t.t.Doc.Value.AppliesTo.Scope == ScopeShipping:
		return ErrNotApplicable.Saying("There is nothing to pay for shipping.")
	}
	return ErrNotApplicable.Saying("Nothing in this order gets a discount by this voucher.")
}

func givesFigures(t *try) (any, any) {
	if t.basket == nil {
		return nil, nil
	}
	return t.off.Wanted, t.off.Given
}
