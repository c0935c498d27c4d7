package coupon

import (
	"slices"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/fault"
)

// CreateCustomer makes a customer; its natural keys must be free.
type CreateCustomer struct {
	Customer Customer
	By       Actor
}

// Resolve looks its natural keys up.
func (c CreateCustomer) Resolve(q *Lookup) { lookupKeys(&c.Customer, q) }

// Lock needs nothing: the look-up table keeps each key unique.
func (c CreateCustomer) Lock(*Links, *Keys) {}

// Decide refuses a key that is somebody's, naming the customer who has it.
func (c CreateCustomer) Decide(e *Effects, now time.Time) (any, error) {
	cus := c.Customer
	if err := e.takeKeys(&cus, nil); err != nil {
		return nil, err
	}
	return e.addCustomer(cus, c.By, now), nil
}

// ChangeCustomer changes what the given function changes.
type ChangeCustomer struct {
	ID     CustomerID
	Want   Customer // the keys the change will need
	Change func(*Customer)
	By     Actor
}

// Resolve looks the wanted natural keys up.
func (c ChangeCustomer) Resolve(q *Lookup) { lookupKeys(&c.Want, q) }

// Lock names the customer.
func (c ChangeCustomer) Lock(_ *Links, k *Keys) { k.OwnCustomers = append(k.OwnCustomers, c.ID) }

// Decide moves natural keys and records what changed.
func (c ChangeCustomer) Decide(e *Effects, now time.Time) (any, error) {
	cus := e.customers.edit(e.state.Customers, c.ID)
	if cus == nil {
		return nil, missing("customer")
	}
	before := *cus
	c.Change(cus)
	if err := e.takeKeys(cus, &before); err != nil {
		return nil, err
	}
	cus.Version++
	cus.UpdatedAt = now
	e.event(Event{Type: EventCustomerChanged, Subject: string(cus.ID), Version: cus.Version, Customer: cus.ID, By: c.By, At: now,
		Data: map[string]any{"changed": changedFields(&before, cus)}})
	return *cus, nil
}

// changedFields names the fields that differ, without their values: contact data
// does not belong in a history that is never erased.
func changedFields(a, b *Customer) []string {
	fields := []string{}
	for _, f := range []struct {
		name string
		same bool
	}{
		{"source_id", a.SourceID == b.SourceID}, {"name", a.Name == b.Name}, {"email", a.Email == b.Email}, {"mobile", a.Mobile == b.Mobile},
		{"member_id", a.MemberID == b.MemberID}, {"groups", slices.Equal(a.Groups, b.Groups)}, {"language", a.Language == b.Language},
		{"consent.email", a.Consent["email"] == b.Consent["email"]}, {"consent.sms", a.Consent["sms"] == b.Consent["sms"]}, {"state", a.Blocked == b.Blocked},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

func lookupKeys(c *Customer, q *Lookup) {
	for key := range c.Keys() {
		q.Customers = append(q.Customers, key)
	}
}

// takeKeys gives the customer its natural keys and frees those it had before.
func (e *Effects) takeKeys(cus, before *Customer) error {
	want := cus.Keys()
	var had map[CustomerKey]string
	if before != nil {
		had = before.Keys()
	}
	for key, field := range want {
		if _, ok := had[key]; ok {
			continue
		}
		if other, ok := e.state.Links.Customers[key]; ok && other != cus.ID {
			f := *ErrConflict.Saying("Another customer has this " + strings.ReplaceAll(field, "_", " ") + ".").On(field)
			f.Detail = other
			return &f
		}
		e.keys = append(e.keys, KeyChange{Key: key, Customer: cus.ID})
	}
	for key := range had {
		if _, ok := want[key]; !ok {
			e.keys = append(e.keys, KeyChange{Key: key, Customer: cus.ID, Remove: true})
		}
	}
	return nil
}

// newCustomer makes a customer of a natural key that nobody has.
func (e *Effects) newCustomer(key CustomerKey, by Actor, now time.Time) (*Customer, error) {
	source, ok := strings.CutPrefix(string(key), "source:")
	if !ok {
		return nil, fault.Field("customer", "There is no such customer.")
	}
	cus := Customer{SourceID: source}
	if err := e.takeKeys(&cus, nil); err != nil {
		return nil, err
	}
	out := e.addCustomer(cus, by, now)
	return &out, nil
}

// made returns the customer that this command has made for a natural key.
func (e *Effects) made(key CustomerKey) CustomerID {
	for _, k := range e.keys {
		if k.Key == key && !k.Remove {
			return k.Customer
		}
	}
	return ""
}

func (e *Effects) addCustomer(cus Customer, by Actor, now time.Time) Customer {
	cus.ID, cus.Version, cus.CreatedAt, cus.UpdatedAt = CustomerID(e.state.IDs.Next("cus")), 1, now, now
	for i := range e.keys {
		if e.keys[i].Customer == "" {
			e.keys[i].Customer = cus.ID
		}
	}
	e.customers.add(cus.ID, &cus)
	e.event(Event{Type: EventCustomerCreated, Subject: string(cus.ID), Version: 1, Customer: cus.ID, By: by, At: now})
	return cus
}
