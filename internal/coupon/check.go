package coupon

import (
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
)

// checkoutOf returns the checkout of a first redemption: it shares the UUID, so
// that a checkout of one needs no row of its own.
func checkoutOf(r RedemptionID) CheckoutID { return CheckoutID(id.Sibling("chk", string(r))) }

// postingOf returns the posting of what a redemption moves.
func postingOf(r RedemptionID) string { return id.Sibling("pst", string(r)) }

// try is one voucher of one attempt, with everything its checks look at.
type try struct {
	e        *Effects
	cmd      *Redeem
	now      time.Time
	v        *Voucher
	c        *Campaign
	b        *Batch
	t        *Terms
	who      CustomerID
	customer *Customer
	own      HoldID // the live hold that is being redeemed
	promised bool   // it was taken for the same customer: what held then still does
	asked    *money.Amount
	stored   bool         // the voucher holds a value in the ledger
	take     money.Amount // what this use takes or gives
	index    int          // its place among the items of an order
	basket   *basket      // the order as it is when this voucher's turn comes; nil without one
	company  []*try       // the vouchers of the order that were accepted before it
	off      Off          // what it takes off the order
	to       Account      // where a stored value goes
	results  []CheckResult
}

// CheckResult is one check of a try with its figures.
type CheckResult struct {
	Check  string `json:"check"`
	Passed bool   `json:"passed"`
	Reason string `json:"reason,omitempty"`
	Want   any    `json:"want"`
	Have   any    `json:"have"`
	Text   string `json:"text"`
}

// try gathers what the checks of one item look at. It returns ErrMoved when the
// rows that were locked are not the ones the decision needs.
func (c *Redeem) try(e *Effects, it Item, hold *Hold, now time.Time) (*try, error) {
	l := e.state.Links
	link, ok := it.link(l)
	if !ok {
		return nil, ErrNotFound
	}
	t := &try{e: e, cmd: c, now: now, asked: it.Money, v: e.voucher(link.Voucher)}
	if t.v == nil || link.Fresh { // the rows of a code that this very batch bound were not named
		return nil, ErrMoved
	}
	if hold != nil {
		t.own = hold.ID
	}
	t.c, t.b, t.t = e.campaign(t.v.Campaign), e.batch(t.v.Batch), e.state.Terms[t.v.Terms]
	if t.c == nil || t.b == nil || t.t == nil || t.v.Holder != link.Holder && hold == nil && c.Customer.None() || t.c.Limits.Counted() != link.Counted {
		return nil, ErrMoved
	}
	var err error
	if t.who, t.customer, err = c.customer(e, link, now); err != nil {
		return nil, err
	}
	t.promised = hold != nil && hold.isFor(t.v.ID, t.who)
	_, t.stored = t.t.Doc.Stored(t.c.Kind)
	t.to = t.destination()
	if c.Order == nil {
		t.take = t.amount()
	}
	return t, nil
}

// customer returns who the use counts for; an unknown source id becomes a customer.
func (c *Redeem) customer(e *Effects, link VoucherLink, now time.Time) (CustomerID, *Customer, error) {
	if e.state.Links.moved[c.Customer.Key] {
		return "", nil, ErrMoved
	}
	who := c.who(e.state.Links, link)
	if who == "" && c.Customer.Key != "" {
		who = e.made(c.Customer.Key)
	}
	if who != "" {
		cus := e.customers.see(e.state.Customers, who)
		if cus == nil {
			return "", nil, fault.Field("customer", "There is no such customer.")
		}
		return who, cus, nil
	}
	if c.Customer.Key == "" {
		return "", nil, nil
	}
	cus, err := e.newCustomer(c.Customer.Key, c.By, now)
	if err != nil {
		return "", nil, err
	}
	return cus.ID, cus, nil
}

// destination says where a stored value goes: to the customer's balance for refill
// coupons and top-ups, else to the location that took it.
func (t *try) destination() Account {
	if t.c.Kind == KindRefill || t.cmd.Transaction.Type == TopUp {
		return CustomerAccount(t.who)
	}
	return LocationAccount(t.cmd.Location)
}

// amount returns what the use takes of a stored value, or what an amount-off
// voucher is worth; the asset is empty where no amount is known.
func (t *try) amount() money.Amount {
	if !t.stored {
		if t.t.Doc.Value.Type == ValueAmount {
			return money.Amount{Minor: t.v.Face, Asset: t.v.Asset}
		}
		return money.Amount{}
	}
	if t.asked != nil {
		return *t.asked
	}
	return money.Amount{Minor: t.v.Balance, Asset: t.v.Asset}
}

// binds reports whether this use makes the customer the holder.
func (t *try) binds() bool {
	return t.v.Holder == "" && t.who != "" && t.t.Doc.Holder != Open
}

// judge runs the checks in order and returns the first that fails; with explain
// it runs all of them and keeps their results.
func (t *try) judge(explain bool) error {
	var first *fault.Error
	for _, ch := range redeemChecks {
		f := ch.fails(t)
		if f != nil && first == nil {
			first = f
		}
		if f != nil && !explain {
			break
		}
	}
	if first == nil && !explain {
		return nil
	}
	t.explain()
	if first == nil {
		return nil
	}
	return t.refused(first)
}

// explain keeps the result of every check with its figures.
func (t *try) explain() {
	t.results = make([]CheckResult, 0, len(redeemChecks))
	for _, ch := range redeemChecks {
		r := CheckResult{Check: ch.name, Passed: true, Text: ch.text}
		if f := ch.fails(t); f != nil {
			r.Passed, r.Reason, r.Text = false, f.Code, f.Msg
		}
		if ch.figures != nil {
			r.Want, r.Have = ch.figures(t)
		}
		t.results = append(t.results, r)
	}
}

// check is one named rule of redeeming.
type check struct {
	name    string
	text    string // what holds when it passes
	fails   func(t *try) *fault.Error
	figures func(t *try) (want, have any)
}

// redeemChecks is the one list: redeem stops at the first failure, explain runs
// them all. Every check only reads.
var redeemChecks = []check{
	{"batch_complete", "The batch is complete.", batchComplete, nil},
	{"not_ended", "The voucher has not ended.", notEnded, func(t *try) (any, any) { return VoucherActive, t.v.State }},
	{"not_disabled", "The voucher is not deactivated.", notDisabled, nil},
	{"not_frozen", "The batch is not frozen.", notFrozen, func(t *try) (any, any) { return BatchActive, t.b.State }},
	{"not_paused", "The campaign is active.", notPaused, func(t *try) (any, any) { return CampaignActive, t.c.State }},
	{"started", "The voucher is valid already.", started, func(t *try) (any, any) { return moment(t.v.StartsAt), t.now }},
	{"not_expired", "The voucher has not expired.", notExpired, func(t *try) (any, any) { return moment(t.v.ExpiresAt), t.now }},
	{"within_hours", "The hour is within the window.", withinHours, func(t *try) (any, any) { return list(t.t.Doc.Conditions.Windows), t.now }},
	{"customer_known", "The customer is known where needed.", customerKnown, nil},
	{"for_holder", "The voucher is the customer's.", forHolder, func(t *try) (any, any) { return orNothing(string(t.v.Holder)), t.who }},
	{"eligible", "The customer may use it.", eligible, func(t *try) (any, any) { return list(t.t.Doc.Conditions.CustomerGroups), groups(t.customer) }},
	{"at_location", "The location is allowed.", atLocation, func(t *try) (any, any) { return list(t.t.Doc.Conditions.Locations), t.cmd.Location }},
	{"order_known", "An order is known where needed.", orderKnown, nil},
	{"currency_of_order", "The currency of the order matches.", orderCurrency, orderCurrencyFigures},
	{"channel", "The sales channel is allowed.", onChannel, onChannelFigures},
	{"first_order", "It is the customer's first order, where that is asked for.", firstOrder, firstOrderFigures},
	{"min_subtotal", "The order reaches the minimum.", minSubtotal, minSubtotalFigures},
	{"min_quantity", "Enough units are bought.", minQuantity, minQuantityFigures},
	{"rule", "The conditions on the order hold.", ruleHolds, ruleFigures},
	{"expert", "The expert condition holds.", expertHolds, expertFigures},
	{"combines", "It combines with the vouchers before it.", combines, combinesFigures},
	{"tops_up", "The voucher can be used for this.", tops, topFigures},
	{"currency", "The currency matches.", currencyMatches, storedFigures(func(t *try) (any, any) { return t.v.Asset, t.take.Asset })},
	{"uses_left", "A use is left.", usesLeft, func(t *try) (any, any) { return limitFigure(t.v.MaxUses), t.v.Uses }},
	{"balance_left", "The balance suffices.", balanceLeft, storedFigures(func(t *try) (any, any) { return t.take.Minor, t.v.Balance })},
	{"gives", "It gives something.", gives, givesFigures},
	{"balance_bounded", "The customer's balance can take it.", balanceBounded, nil},
	{"campaign_total", "The campaign's limit is not reached.", totalLeft, counterFigures(CountTotal)},
	{"per_customer", "The customer's limit is not reached.", customerLeft, counterFigures(CountCustomer)},
	{"per_day", "Today's limit is not reached.", dayLeft, counterFigures(CountDay)},
	{"budget", "The budget is not used up.", budgetLeft, counterFigures(CountBudget)},
}

func topFigures(t *try) (any, any) {
	if t.cmd.Transaction.Type != TopUp {
		return nil, nil
	}
	return []Kind{KindRefill, KindEPin}, t.c.Kind
}

// storedFigures leaves out what says nothing of a voucher that stores no value.
func storedFigures(of func(*try) (any, any)) func(*try) (any, any) {
	return func(t *try) (any, any) {
		if !t.stored {
			return nil, nil
		}
		return of(t)
	}
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// list is what a list holds, or nothing.
func list[T any](l []T) any {
	if len(l) == 0 {
		return nil
	}
	return l
}

func groups(c *Customer) any {
	if c == nil {
		return nil
	}
	return slices.Clone(c.Groups)
}
