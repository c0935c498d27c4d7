package coupon

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
)

func batchComplete(t *try) *fault.Error {
	if t.b.State == BatchCreating || t.b.State == BatchFailed {
		return ErrNotActive
	}
	return nil
}

func notEnded(t *try) *fault.Error {
	switch t.v.State {
	case VoucherVoid, VoucherDeleted:
		return ErrNotActive.Saying("This voucher was ended: it is " + string(t.v.State) + ".")
	case VoucherRedeemed:
		return ErrAlreadyRedeemed
	}
	return nil
}

func notDisabled(t *try) *fault.Error {
	if t.v.Disabled {
		return ErrDisabled
	}
	return nil
}

func notFrozen(t *try) *fault.Error {
	if t.b.State == BatchFrozen {
		return ErrFrozen
	}
	return nil
}

func notPaused(t *try) *fault.Error {
	switch t.c.State {
	case CampaignPaused:
		return ErrPaused
	case CampaignDraft, CampaignArchived:
		return ErrNotActive.Saying("The campaign is not active.")
	}
	return nil
}

// A live hold was taken while the voucher was valid, and is honoured to its end.
func started(t *try) *fault.Error {
	if t.own == "" && t.now.Before(t.v.StartsAt) {
		return ErrNotStarted
	}
	return nil
}

// notExpired holds until the voucher's expiry; the expiry itself is too late.
func notExpired(t *try) *fault.Error {
	if t.own == "" && !t.v.ExpiresAt.IsZero() && !t.now.Before(t.v.ExpiresAt) {
		return ErrExpired
	}
	return nil
}

func withinHours(t *try) *fault.Error {
	windows := t.t.Doc.Conditions.Windows
	zone := t.e.state.Org.Zone
	if t.own == "" && len(windows) > 0 && !slices.ContainsFunc(windows, func(w Window) bool { return w.holds(t.now, zone()) }) {
		return ErrOutsideHours
	}
	return nil
}

func customerKnown(t *try) *fault.Error {
	d := t.t.Doc
	needed := t.to == CustomerAccount("") || t.c.Limits.PerCustomer > 0 || len(d.Conditions.CustomerGroups) > 0 || len(d.Conditions.Customers) > 0 ||
		t.v.Holder != "" && d.Holder != Open
	if t.who == "" && needed {
		return ErrCustomerRequired
	}
	return nil
}

func forHolder(t *try) *fault.Error {
	if t.t.Doc.Holder != Open && t.v.Holder != "" && t.who != "" && t.v.Holder != t.who {
		return ErrNotHolder
	}
	return nil
}

func eligible(t *try) *fault.Error {
	if t.customer == nil {
		return nil
	}
	c := t.t.Doc.Conditions
	if t.customer.Blocked {
		return ErrNotEligible.Saying("This customer is blocked.")
	}
	if len(c.Customers) > 0 && !slices.Contains(c.Customers, t.who) {
		return ErrNotEligible
	}
	if len(c.CustomerGroups) > 0 && !slices.ContainsFunc(c.CustomerGroups, func(g string) bool { return slices.Contains(t.customer.Groups, g) }) {
		return ErrNotEligible
	}
	return nil
}

func atLocation(t *try) *fault.Error {
	allowed := t.t.Doc.Conditions.Locations
	switch {
	case len(allowed) == 0:
		return nil
	case t.cmd.Location == "":
		return ErrLocationRequired
	case !slices.Contains(allowed, t.cmd.Location):
		return ErrWrongLocation
	}
	return nil
}

func orderKnown(t *try) *fault.Error {
	d := t.t.Doc
	if t.basket == nil && (d.Conditions.needsOrder() || d.Value.needsOrder() || t.c.Limits.Budget != nil && t.v.Asset == "") {
		return ErrOrderRequired
	}
	return nil
}

// tops refuses to top a balance up with what is not made for it: a discount or a
// gift voucher would be used up for nothing, or spent past its conditions.
func tops(t *try) *fault.Error {
	if t.basket != nil && (t.c.Kind == KindRefill || t.cmd.Transaction.Type == TopUp) {
		return ErrNotApplicable.Saying("A top-up pays for no order.")
	}
	if t.cmd.Transaction.Type == TopUp && (!t.stored || t.c.Kind != KindRefill && t.c.Kind != KindEPin) {
		return ErrNotApplicable.Saying("This voucher cannot top up a balance.")
	}
	return nil
}

// currencyMatches refuses an amount of another asset, and a top-up in another
// currency than the one the customer already has a balance of.
func currencyMatches(t *try) *fault.Error {
	if !t.stored || t.basket != nil {
		return nil
	}
	if t.take.Asset != t.v.Asset {
		return ErrCurrency
	}
	if t.who == "" || t.to != CustomerAccount(t.who) || t.v.Asset.IsUnit() {
		return nil
	}
	for _, asset := range t.e.owned(t.who) {
		if asset != t.v.Asset && !asset.IsUnit() {
			return ErrCurrency.Saying(fmt.Sprintf("The balance is in %s, this voucher is in %s.", asset, t.v.Asset))
		}
	}
	return nil
}

func usesLeft(t *try) *fault.Error {
	if t.v.MaxUses == 0 {
		return nil
	}
	held, _ := t.e.held(string(t.v.ID), t.own, t.now)
	switch {
	case t.v.Uses >= t.v.MaxUses:
		return ErrLimitReached
	case t.v.Uses+held >= t.v.MaxUses:
		return ErrHeld
	}
	return nil
}

// balanceLeft refuses to take nothing, more than there is, or a part of a voucher
// that is used in full.
func balanceLeft(t *try) *fault.Error {
	if !t.stored || t.take.Asset != t.v.Asset {
		return nil
	}
	if t.basket != nil {
		return payable(t)
	}
	free, drawdown := t.free(), t.t.Doc.Drawdown
	switch {
	case t.asked == nil && drawdown && t.cmd.Transaction.Type != TopUp:
		return ErrAmountRequired
	case t.take.Minor <= 0 && t.v.Balance > 0:
		return ErrAmountRequired.Saying("The amount must be above zero.")
	case t.take.Minor > t.v.Balance || t.v.Balance == 0:
		left := money.Amount{Minor: t.v.Balance, Asset: t.v.Asset}
		return ErrInsufficient.Saying(left.Number("en") + " left.")
	case t.take.Minor > free:
		return ErrHeld
	case !drawdown && t.take.Minor < t.v.Balance:
		return ErrAmountRequired.Saying("This voucher is used in full: leave the amount out.")
	}
	return nil
}

// free is what no live hold reserves of a stored value.
func (t *try) free() int64 {
	_, held := t.e.held(string(t.v.ID), t.own, t.now)
	return t.v.Balance - held
}

// balanceBounded refuses to top a balance up past what every reader of JSON keeps exact,
// and long before int64 would turn it around.
func balanceBounded(t *try) *fault.Error {
	if !t.stored || t.who == "" || t.to != CustomerAccount(t.who) {
		return nil
	}
	b := t.e.balances.see(t.e.state.Balances, BalanceKey{t.who, t.take.Asset})
	if b != nil && t.take.Minor > money.MaxMinor-b.Minor {
		return ErrNotApplicable.Saying("The customer's balance would become too large.")
	}
	return nil
}

// left judges one counter: add more may be used under limit, counting what live
// holds take.
func (t *try) left(key CounterKey, limit, add int64, reached *fault.Error) *fault.Error {
	used := t.used(key)
	uses, minor := t.e.held(string(key), t.own, t.now)
	if strings.HasSuffix(string(key), "/budget") {
		uses = minor
	}
	switch {
	case used+add > limit:
		return reached
	case used+uses+add > limit:
		return ErrHeld.Saying("What is left is reserved at the moment.")
	}
	return nil
}

func (t *try) used(key CounterKey) int64 {
	if c := t.e.counters.see(t.e.state.Counters, key); c != nil {
		return c.Used
	}
	return 0
}

func totalLeft(t *try) *fault.Error {
	if n := t.c.Limits.Total; n > 0 {
		return t.left(TotalCounter(t.c.ID), n, 1, ErrLimitReached)
	}
	return nil
}

func customerLeft(t *try) *fault.Error {
	if n := t.c.Limits.PerCustomer; n > 0 && t.who != "" {
		return t.left(CustomerCounter(t.c.ID, t.who), n, 1, ErrCustomerLimit)
	}
	return nil
}

func dayLeft(t *try) *fault.Error {
	if n := t.c.Limits.PerDay; n > 0 {
		return t.left(DayCounter(t.c.ID, t.e.state.Links.Day), n, 1, ErrDailyLimit)
	}
	return nil
}

func budgetLeft(t *try) *fault.Error {
	b := t.c.Limits.Budget
	if b == nil {
		return nil
	}
	if t.take.Asset != "" && t.take.Asset != b.Asset {
		return ErrCurrency
	}
	return t.left(BudgetCounter(t.c.ID), b.Minor, t.take.Minor, ErrBudget)
}

// counterFigures returns limit and use of one kind of counter, for explain.
func counterFigures(which Counted) func(t *try) (any, any) {
	return func(t *try) (any, any) {
		l := t.c.Limits
		switch which {
		case CountTotal:
			return limitFigure(l.Total), t.used(TotalCounter(t.c.ID))
		case CountCustomer:
			return limitFigure(l.PerCustomer), t.used(CustomerCounter(t.c.ID, t.who))
		case CountDay:
			return limitFigure(l.PerDay), t.used(DayCounter(t.c.ID, t.e.state.Links.Day))
		}
		if l.Budget == nil {
			return nil, nil
		}
		return l.Budget.Minor, t.used(BudgetCounter(t.c.ID))
	}
}

func limitFigure(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
