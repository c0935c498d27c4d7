package coupon

import (
	"fmt"
	"slices"
	"time"
)

// Rewind sets the rows that were read back to a moment of the past, by undoing what
// happened since: later is the events of the state's vouchers, batches and campaigns after
// it, newest first. It returns what the history does not tell, as sentences; a voucher
// that did not exist yet is ErrNotFound.
func (s *State) Rewind(at time.Time, later []Event) (unknown []string, err error) {
	for _, slot := range s.Vouchers {
		if slot.row.CreatedAt.After(at) {
			return nil, ErrNotFound.Saying("This voucher was issued only later. If its code was another one's before, ask for that one by its id.")
		}
	}
	for i := range later {
		s.undo(&later[i])
	}
	for id := range s.Vouchers {
		s.relink(s.Vouchers.Row(id))
	}
	return s.unknown(at, later), nil
}

// Subjects lists the vouchers, batches and campaigns of a state, whose history Rewind
// needs.
func (s *State) Subjects() []string {
	var list []string
	for id := range s.Vouchers {
		list = append(list, string(id))
	}
	for id := range s.Batches {
		list = append(list, string(id))
	}
	for id := range s.Campaigns {
		list = append(list, string(id))
	}
	slices.Sort(list)
	return list
}

// Holders lists who holds the vouchers of a state and was not read with them.
func (s *State) Holders() []CustomerID {
	var list []CustomerID
	for _, slot := range s.Vouchers {
		if who := slot.row.Holder; who != "" && s.Customers.Row(who) == nil {
			list = append(list, who)
		}
	}
	return list
}

// undo takes one event back.
func (s *State) undo(ev *Event) {
	if v := s.Vouchers.Row(VoucherID(ev.Subject)); v != nil {
		undoVoucher(v, s.stored(v), ev)
	}
	if b := s.Batches.Row(BatchID(ev.Subject)); b != nil {
		switch ev.Type {
		case EventBatchFrozen:
			b.State = BatchActive
		case EventBatchUnfrozen:
			b.State = BatchFrozen
		case EventBatchCompleted:
			b.State = BatchCreating
		}
	}
	if c := s.Campaigns.Row(CampaignID(ev.Subject)); c != nil {
		if before, ok := ev.Data["before"]; ok {
			c.State = CampaignState(fmt.Sprint(before))
		}
	}
}

// stored reports whether a voucher's value lies in the ledger.
func (s *State) stored(v *Voucher) bool {
	t := s.Terms[v.Terms]
	if t == nil {
		return false
	}
	_, stored := t.Doc.Stored(t.Kind)
	return stored
}

func undoVoucher(v *Voucher, stored bool, ev *Event) {
	minor := whole(ev.Data["amount"])
	switch ev.Type {
	case EventVoucherRedeemed:
		v.Uses, v.State = v.Uses-1, VoucherActive
		if stored {
			v.Balance += minor
		}
		if ev.Data["bound"] == true {
			v.Holder = ""
		}
	case EventVoucherReversed:
		if ev.Data["whole"] == true {
			v.Uses++
		}
		if stored {
			v.Balance -= minor
		}
		if v.MaxUses > 0 && v.Uses >= v.MaxUses || stored && v.Balance == 0 {
			v.State = VoucherRedeemed
		}
	case EventVoucherVoided, EventVoucherDeleted:
		v.State, v.Balance = VoucherActive, whole(ev.Data["released"])
	case EventVoucherDeactivated:
		v.Disabled = false
	case EventVoucherReactivated:
		v.Disabled = true
	case EventVoucherExtended:
		v.ExpiresAt = time.Time{}
		if before, ok := ev.Data["before"].(string); ok {
			v.ExpiresAt, _ = time.Parse(time.RFC3339, before)
		}
	case EventVoucherReassigned:
		v.Holder = CustomerID(fmt.Sprint(ev.Data["before"]))
	}
}

// whole reads a whole number of an event as JSON brings it back.
func whole(v any) int64 {
	switch n := v.(type) {
	case float64: // exact up to 2^53, which is more than any amount
		return int64(n)
	case int64:
		return n
	}
	return 0
}

// relink says of a voucher's links what the rewound row says.
func (s *State) relink(v *Voucher) {
	for f, l := range s.Links.Codes {
		if l.Voucher == v.ID {
			l.Holder = v.Holder
			s.Links.Codes[f] = l
		}
	}
	if l, ok := s.Links.Vouchers[v.ID]; ok {
		l.Holder = v.Holder
		s.Links.Vouchers[v.ID] = l
	}
}

// unknown lists what is judged as it is now because nobody remembers how it was.
func (s *State) unknown(at time.Time, later []Event) []string {
	var list []string
	for id := range s.Campaigns {
		c := s.Campaigns.Row(id)
		if c.UpdatedAt.After(at) {
			list = append(list, fmt.Sprintf("The campaign %q was changed since: its limits are those of today.", c.Name))
		}
		if c.Limits.Counted()&^CountIssued != 0 {
			list = append(list, fmt.Sprintf("How far the limits of %q were used then is not kept: the figures are those of today.", c.Name))
		}
	}
	for _, t := range s.Terms {
		if t.Doc.Conditions.FirstOrder && len(s.Ordered) > 0 {
			list = append(list, "Whether the customer had ordered before that moment is not kept: it is judged by today.")
			break
		}
	}
	for id := range s.Customers {
		if s.Customers.Row(id).UpdatedAt.After(at) {
			list = append(list, "The customer was changed since: groups and facts are those of today.")
		}
	}
	for i := range later {
		if later[i].Type == EventVoucherHeld || later[i].Type == EventVoucherReleased {
			return append(list, "What was reserved at that moment is not kept.")
		}
	}
	return list
}
