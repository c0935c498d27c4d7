package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Money is an amount in minor units.
type Money struct {
	Amount   int64  `json:"amount" minimum:"-9007199254740991" maximum:"9007199254740991" doc:"Minor units of the currency" example:"1000"`
	Currency string `json:"currency" minLength:"1" maxLength:"40" doc:"ISO 4217, or unit:NAME for units of one's own" example:"SGD"`
}

// moneyOf shows an amount; one without an asset is none.
func moneyOf(a money.Amount) *Money {
	if a.Asset == "" {
		return nil
	}
	return &Money{Amount: a.Minor, Currency: string(a.Asset)}
}

func moneyAt(a *money.Amount) *Money {
	if a == nil {
		return nil
	}
	return moneyOf(*a)
}

// amount returns what was sent, nil when nothing was.
func (m *Money) amount() *money.Amount {
	if m == nil {
		return nil
	}
	return &money.Amount{Minor: m.Amount, Asset: money.Asset(m.Currency)}
}

// customerRef names a customer by id, or by the caller's own id.
type customerRef struct {
	ID coupon.CustomerID
	sourceID
}

func (c *customerRef) forms() (any, any) { return &c.ID, &c.sourceID }

func (c *customerRef) ref() coupon.CustomerRef {
	if c.SourceID != "" {
		return coupon.CustomerRef{Key: coupon.SourceKey(c.SourceID)}
	}
	return coupon.CustomerRef{ID: c.ID}
}

// sourceID is a customer named by the caller's own id.
type sourceID struct {
	SourceID string `json:"source_id" minLength:"1" maxLength:"200" doc:"The caller's own id of the customer"`
}

// Schema documents both.
func (customerRef) Schema(r huma.Registry) *huma.Schema {
	least, most := 1, 100
	return &huma.Schema{
		Description: "A customer's id, or the caller's own id of one",
		OneOf:       []*huma.Schema{{Type: huma.TypeString, MinLength: &least, MaxLength: &most}, r.Schema(reflect.TypeFor[sourceID](), true, "")},
	}
}

// actor is who did something.
type actor struct {
	Kind string `json:"kind" doc:"staff, customer, key or system"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

func actorOf(a coupon.Actor) actor { return actor{a.Kind, a.ID, a.Name} }

// balance is what a customer owns of one currency or unit.
type balance struct {
	Customer coupon.CustomerID `json:"customer"`
	Amount   int64             `json:"amount"`
	Currency string            `json:"currency"`
}

func balancesOf(list []coupon.Balance) []balance {
	out := make([]balance, len(list))
	for i, b := range list {
		out[i] = balance{b.Customer, b.Minor, string(b.Asset)}
	}
	return out
}

// metadata is the caller's own: never null in an answer.
func metadata(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// each maps a list; an empty one stays a list.
func each[A, B any](list []A, f func(*A) B) []B {
	out := make([]B, len(list))
	for i := range list {
		out[i] = f(&list[i])
	}
	return out
}
