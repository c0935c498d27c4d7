package coupon

import (
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/id"
	"github.com/scriphq/scrip/internal/money"
)

// State is what a batch of commands decides on: the rows they named, locked, and
// the changes of the commands that were decided before.
type State struct {
	Org   Organisation
	Links *Links
	IDs   *id.Series // of what the batch makes: its mark has the number 0

	// Expert judges an expression of a campaign's conditions on facts.
	Expert func(source string, facts map[string]any) (bool, error)

	Campaigns   Table[CampaignID, Campaign]
	Batches     Table[BatchID, Batch]
	Vouchers    Table[VoucherID, Voucher]
	Counters    Table[CounterKey, Counter]
	Customers   Table[CustomerID, Customer]
	Balances    Table[BalanceKey, Balance]
	Holds       Table[HoldID, Hold]
	Redemptions Table[RedemptionID, Redemption]
	Checkouts   Table[CheckoutID, Checkout]
	Jobs        Table[JobID, Job]
	Answers     Table[string, Answer]

	Terms    map[TermsID]*Terms
	Bound    map[string]VoucherID         // of the codes that were locked, before the batch
	Reserved map[string][]Reservation     // by subject, of open holds
	Owned    map[CustomerID][]money.Asset // what each customer has a balance of
	Sent     map[VoucherID]time.Time      // when vouchers were last sent again
	Ordered  map[CustomerID]bool          // who has an order that was not wholly reversed

	done appended
}

// NewState returns an empty state with its tables made.
func NewState() *State {
	return &State{
		Campaigns: Table[CampaignID, Campaign]{}, Batches: Table[BatchID, Batch]{}, Vouchers: Table[VoucherID, Voucher]{},
		Counters: Table[CounterKey, Counter]{}, Customers: Table[CustomerID, Customer]{}, Balances: Table[BalanceKey, Balance]{},
		Holds: Table[HoldID, Hold]{}, Redemptions: Table[RedemptionID, Redemption]{}, Checkouts: Table[CheckoutID, Checkout]{}, Jobs: Table[JobID, Job]{}, Answers: Table[string, Answer]{},
		Terms: map[TermsID]*Terms{}, Bound: map[string]VoucherID{}, Reserved: map[string][]Reservation{}, Owned: map[CustomerID][]money.Asset{}, Ordered: map[CustomerID]bool{},
		Sent: map[VoucherID]time.Time{},
	}
}

// LoadBalance puts a balance as the database has it.
func (s *State) LoadBalance(b *Balance) {
	s.Balances.Load(b.BalanceKey, b)
	s.Owned[b.Customer] = append(s.Owned[b.Customer], b.Asset)
}

// Answer is the first answer given under an idempotency key.
type Answer struct {
	Key    string // scoped by who asked
	Hash   string // keyed hash of the request
	Sealed string // the answer, packed and encrypted
	At     time.Time
}

// Code binds a code's fingerprint to its voucher.
type Code struct {
	Fingerprint string
	Voucher     VoucherID
	Campaign    CampaignID
}

// appended are the rows that are only ever added, and the few that are removed.
type appended struct {
	codes    []Code
	rebound  []Code
	terms    []*Terms
	keys     []KeyChange
	entries  []Entry
	events   []Event
	undone   []Reversal
	reserved []Reservation
	freed    []Reservation // Subject and Hold name what is removed
	recount  []CampaignID
	imports  []*Import
	messages []Message
	notes    []Note
	orders   []CustomerID // of checkouts that this command makes
}

// KeyChange gives a natural key to a customer, or takes it away.
type KeyChange struct {
	Key      CustomerKey
	Customer CustomerID
	Remove   bool
}

// Effects is what one command wants changed. Reading through it sees the
// command's own changes; nothing reaches the state before commit, so a refused
// command has changed nothing.
type Effects struct {
	state *State

	campaigns   edits[CampaignID, Campaign]
	batches     edits[BatchID, Batch]
	vouchers    edits[VoucherID, Voucher]
	counters    edits[CounterKey, Counter]
	customers   edits[CustomerID, Customer]
	balances    edits[BalanceKey, Balance]
	holds       edits[HoldID, Hold]
	redemptions edits[RedemptionID, Redemption]
	checkouts   edits[CheckoutID, Checkout]
	jobs        edits[JobID, Job]
	answers     edits[string, Answer]

	appended
}

// Begin returns the empty effects of one command.
func (s *State) Begin() *Effects { return &Effects{state: s} }

// Remember keeps the answer given under an idempotency key. What was answered may be put
// into it until Changes.Answered returns.
func (e *Effects) Remember(a *Answer) { e.answers.add(a.Key, a) }

// Stamp sets who asked on every event of the command, redemptions included.
func (e *Effects) Stamp(request, address string) {
	for i, r := range e.redemptions.rows {
		if e.redemptions.fresh[i] {
			r.Request, r.Address = request, address
		}
	}
	for i := range e.events {
		e.events[i].Request, e.events[i].Address = request, address
	}
}

// Commit makes the effects part of the state, for the commands after this one.
func (e *Effects) Commit() {
	s := e.state
	e.campaigns.commit(s.Campaigns)
	e.batches.commit(s.Batches)
	e.vouchers.commit(s.Vouchers)
	e.counters.commit(s.Counters)
	e.customers.commit(s.Customers)
	for i, fresh := range e.balances.fresh {
		if fresh {
			key := e.balances.keys[i]
			s.Owned[key.Customer] = append(s.Owned[key.Customer], key.Asset)
		}
	}
	e.balances.commit(s.Balances)
	e.holds.commit(s.Holds)
	e.redemptions.commit(s.Redemptions)
	e.checkouts.commit(s.Checkouts)
	for _, who := range e.orders {
		s.Ordered[who] = true
	}
	e.jobs.commit(s.Jobs)
	e.answers.commit(s.Answers)
	for _, t := range e.terms {
		s.Terms[t.ID] = t
	}
	for _, c := range slices.Concat(e.codes, e.rebound) {
		s.Links.Codes[c.Fingerprint] = VoucherLink{Voucher: c.Voucher, Campaign: c.Campaign, Fresh: true}
	}
	for _, k := range e.keys {
		if k.Remove {
			delete(s.Links.Customers, k.Key)
		} else {
			s.Links.Customers[k.Key] = k.Customer
			s.Links.moved[k.Key] = !s.Customers[k.Customer].fresh
		}
	}
	for _, r := range e.freed {
		s.Reserved[r.Subject] = without(s.Reserved[r.Subject], r.Hold)
	}
	for _, r := range e.reserved {
		s.Reserved[r.Subject] = append(s.Reserved[r.Subject], r)
	}
	s.done.append(&e.appended)
}

func without(rs []Reservation, h HoldID) []Reservation {
	return slices.DeleteFunc(slices.Clone(rs), func(r Reservation) bool { return r.Hold == h })
}

func (a *appended) append(b *appended) {
	a.codes = append(a.codes, b.codes...)
	a.rebound = append(a.rebound, b.rebound...)
	a.terms = append(a.terms, b.terms...)
	a.keys = append(a.keys, b.keys...)
	a.entries = append(a.entries, b.entries...)
	a.events = append(a.events, b.events...)
	a.undone = append(a.undone, b.undone...)
	a.reserved = append(a.reserved, b.reserved...)
	a.freed = append(a.freed, b.freed...)
	a.recount = append(a.recount, b.recount...)
	a.imports = append(a.imports, b.imports...)
	a.messages = append(a.messages, b.messages...)
	a.notes = append(a.notes, b.notes...)
}

// held sums what live holds take of a subject, leaving out the hold own.
func (e *Effects) held(subject string, own HoldID, now time.Time) (uses, minor int64) {
	for _, list := range [2][]Reservation{e.state.Reserved[subject], e.reserved} {
		for _, r := range list {
			if r.Subject == subject && r.Hold != own && now.Before(r.ExpiresAt) && !e.isFreed(r) {
				uses, minor = uses+r.Uses, minor+r.Minor
			}
		}
	}
	return uses, minor
}

func (e *Effects) isFreed(r Reservation) bool {
	return slices.ContainsFunc(e.freed, func(f Reservation) bool { return f.Subject == r.Subject && f.Hold == r.Hold })
}

func (e *Effects) campaign(id CampaignID) *Campaign { return e.campaigns.see(e.state.Campaigns, id) }
func (e *Effects) batch(id BatchID) *Batch          { return e.batches.see(e.state.Batches, id) }
func (e *Effects) voucher(id VoucherID) *Voucher    { return e.vouchers.see(e.state.Vouchers, id) }

// termsOf returns terms, those that this command adds included.
func (e *Effects) termsOf(id TermsID) *Terms {
	for _, t := range e.terms {
		if t.ID == id {
			return t
		}
	}
	return e.state.Terms[id]
}

// counter returns a counter to change; one that does not exist yet begins at zero.
func (e *Effects) counter(key CounterKey, campaign CampaignID) *Counter {
	if c := e.counters.edit(e.state.Counters, key); c != nil {
		return c
	}
	c := &Counter{Key: key, Campaign: campaign}
	e.counters.add(key, c)
	return c
}

// balance returns a balance to change; one that does not exist yet begins at zero.
func (e *Effects) balance(key BalanceKey) *Balance {
	if b := e.balances.edit(e.state.Balances, key); b != nil {
		return b
	}
	b := &Balance{BalanceKey: key}
	e.balances.add(key, b)
	return b
}

// hasOrdered reports whether a customer has an order that was not wholly reversed.
func (e *Effects) hasOrdered(who CustomerID) bool {
	return e.state.Ordered[who] || slices.Contains(e.orders, who)
}

// owned lists what a customer has a balance of, what this command adds included.
func (e *Effects) owned(who CustomerID) []money.Asset {
	list := e.state.Owned[who]
	for i, key := range e.balances.keys {
		if e.balances.fresh[i] && key.Customer == who {
			list = append(slices.Clip(list), key.Asset)
		}
	}
	return list
}

// touch returns a voucher to change, its version and time moved on.
func (e *Effects) touch(id VoucherID, now time.Time) *Voucher {
	v := e.vouchers.edit(e.state.Vouchers, id)
	v.Version++
	v.UpdatedAt = now
	return v
}
