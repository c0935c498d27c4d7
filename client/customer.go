package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Customer is somebody who holds vouchers or a balance.
type Customer struct {
	ID        string            `json:"id"`
	SourceID  string            `json:"source_id"` // the shop's own id
	Name      string            `json:"name"`
	Email     string            `json:"email"`
	Mobile    string            `json:"mobile"` // E.164
	MemberID  string            `json:"member_id"`
	Groups    []string          `json:"groups"`
	Language  string            `json:"language"`
	Consent   map[string]bool   `json:"consent"` // by channel: email, sms
	State     string            `json:"state"`   // active or blocked
	Metadata  map[string]string `json:"metadata"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// NewCustomer is what may be said of a customer; at least a name, an e-mail address, a
// mobile number, a member id or a source id.
type NewCustomer struct {
	SourceID string            `json:"source_id,omitempty"`
	Name     string            `json:"name,omitempty"`
	Email    string            `json:"email,omitempty"`
	Mobile   string            `json:"mobile,omitempty"`
	MemberID string            `json:"member_id,omitempty"`
	Groups   []string          `json:"groups,omitempty"`
	Language string            `json:"language,omitempty"` // BCP 47, such as en or zh-Hans
	Consent  map[string]bool   `json:"consent,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`

	IdempotencyKey string `json:"-"` // made for the call when left out
}

// CreateCustomer creates a customer. When a natural key is taken, the error has the code
// conflict and who has it in Existing.
func (c *Client) CreateCustomer(ctx context.Context, n NewCustomer) (Customer, error) {
	return change[Customer](ctx, c, "/v1/customers", n.IdempotencyKey, n)
}

// Customer shows a customer.
func (c *Client) Customer(ctx context.Context, id string) (Customer, error) {
	path, err := at("/v1/customers/", "cus", id, "")
	if err != nil {
		return Customer{}, err
	}
	return look[Customer](ctx, c, path)
}

// FindCustomer finds the customer with the shop's own id. One who is unknown is an error
// with the code not_found.
func (c *Client) FindCustomer(ctx context.Context, sourceID string) (Customer, error) {
	out, err := look[page[Customer]](ctx, c, "/v1/customers?source_id="+url.QueryEscape(sourceID))
	if err == nil && len(out.Data) == 0 {
		err = &Error{Status: http.StatusNotFound, Code: "not_found", Title: "There is no such customer."}
	}
	if err != nil {
		return Customer{}, err
	}
	return out.Data[0], nil
}
