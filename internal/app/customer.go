package app

import (
	"context"
	"net/mail"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"

	"github.com/scriphq/scrip/internal/coupon"
)

// CustomerInput is a new customer, or a change of one: nil leaves a part as it is.
type CustomerInput struct {
	SourceID, Name, Email, Mobile, MemberID, Language *string
	Groups                                            []string
	Consent                                           map[string]bool
	Blocked                                           *bool
	Metadata                                          map[string]string
}

// apply puts what is given into a customer, normalised. Nothing that tells who somebody is
// is a customer that nobody finds again.
func (in *CustomerInput) apply(c *coupon.Customer, region string) error {
	f, unknown := fields{}, c.ID != "" && nobody(c)
	for _, p := range []struct {
		from, to *string
		name     string
		limit    int
	}{
		{in.SourceID, &c.SourceID, "source_id", 200}, {in.Name, &c.Name, "name", 200}, {in.Email, &c.Email, "email", 254}, {in.Mobile, &c.Mobile, "mobile", 40},
		{in.MemberID, &c.MemberID, "member_id", 100}, {in.Language, &c.Language, "language", 35},
	} {
		if p.from != nil {
			f.text(p.name, *p.from, p.limit, false)
			*p.to = strings.TrimSpace(*p.from)
		}
	}
	if in.Groups != nil {
		for _, g := range in.Groups {
			f.text("groups", g, 100, true)
		}
		c.Groups = in.Groups
	}
	if in.Consent != nil {
		c.Consent = in.Consent
	}
	set(in.Blocked, &c.Blocked)
	if in.Metadata != nil {
		f.texts("metadata", in.Metadata)
		c.Metadata = in.Metadata
	}
	if f.err() != nil {
		return f.err()
	}
	if in.Email != nil && c.Email != "" {
		c.Email = f.email(c.Email)
	}
	normalise(c, region, &f)
	if nobody(c) && !unknown {
		f.wrong("name", "At least one of name, e-mail address, mobile number, member id and source id is needed.")
	}
	return f.err()
}

// nobody reports whether nothing tells who a customer is.
func nobody(c *coupon.Customer) bool { return c.Name == "" && len(c.Keys()) == 0 }

// normalise brings mobile and language into their one form.
func normalise(c *coupon.Customer, region string, f *fields) {
	if c.Mobile != "" {
		n, err := phonenumbers.Parse(c.Mobile, region)
		if err != nil || !phonenumbers.IsPossibleNumber(n) {
			f.wrong("mobile", "This is not a mobile number. Write it with its country code, like +65 9123 4567.")
		} else {
			c.Mobile = phonenumbers.Format(n, phonenumbers.E164)
		}
	}
	if c.Language != "" {
		tag, err := language.Parse(c.Language)
		if err != nil {
			f.wrong("language", "This is not a language tag like en or zh-Hans.")
		} else {
			c.Language = tag.String()
		}
	}
}

// normalEmail returns the one form of an e-mail address.
func normalEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	return s, err == nil && a.Address == s && len(s) <= 254
}

// email returns the one form of an e-mail address to write to. One whose domain has no dot
// is a slip of the hand, though the standards allow it.
func (f *fields) email(s string) string {
	email, ok := normalEmail(s)
	if _, domain, _ := strings.Cut(email, "@"); !ok || !strings.Contains(domain, ".") {
		f.wrong("email", "This is not an e-mail address. Write it like mei@example.com.")
	}
	return email
}

// region guesses the country of numbers written without one, from the currency:
// the first two letters of most ISO 4217 codes are the country's.
func (a *App) region(ctx context.Context) string {
	org, err := a.Store.Organisation(ctx)
	if err != nil || len(org.Currency) < 2 || org.Currency == "EUR" {
		return ""
	}
	return org.Currency[:2]
}

// CreateCustomer makes a customer; a natural key that is taken is a conflict that
// names its owner.
func (a *App) CreateCustomer(ctx context.Context, req Request, in CustomerInput) (coupon.Customer, error) {
	if err := req.By.May(coupon.WriteCustomers); err != nil {
		return coupon.Customer{}, err
	}
	c := coupon.Customer{Language: ""}
	if err := in.apply(&c, a.region(ctx)); err != nil {
		return coupon.Customer{}, err
	}
	return do[coupon.Customer](ctx, a, req, coupon.CreateCustomer{Customer: c, By: req.By.Actor})
}

// ChangeCustomer changes what is given.
func (a *App) ChangeCustomer(ctx context.Context, req Request, id coupon.CustomerID, in CustomerInput) (coupon.Customer, error) {
	if err := req.By.May(coupon.WriteCustomers); err != nil {
		return coupon.Customer{}, err
	}
	want, err := a.Store.Customer(ctx, id)
	if err != nil {
		return coupon.Customer{}, err
	}
	region := a.region(ctx)
	if err := in.apply(&want, region); err != nil {
		return coupon.Customer{}, err
	}
	change := func(c *coupon.Customer) { _ = in.apply(c, region) } // it was checked on want
	return do[coupon.Customer](ctx, a, req, coupon.ChangeCustomer{ID: id, Want: want, Change: change, By: req.By.Actor})
}

// Customer returns a customer; who may see contacts masked only gets them masked.
func (a *App) Customer(ctx context.Context, by By, id coupon.CustomerID) (coupon.Customer, error) {
	if err := by.May(coupon.ReadMaskedCustomers); err != nil {
		return coupon.Customer{}, err
	}
	c, err := a.Store.Customer(ctx, id)
	return masked(by, c), err
}

// Customers lists customers by name.
func (a *App) Customers(ctx context.Context, by By, f coupon.CustomerFilter, p coupon.Paging) (coupon.Page[coupon.Customer], error) {
	if err := by.May(coupon.ReadMaskedCustomers); err != nil {
		return coupon.Page[coupon.Customer]{}, err
	}
	f.Masked = !by.Can(coupon.ReadCustomers)
	page, err := a.Store.Customers(ctx, f, p)
	for i := range page.Rows {
		page.Rows[i] = masked(by, page.Rows[i])
	}
	return page, err
}

// masked hides contacts from who may not read them.
func masked(by By, c coupon.Customer) coupon.Customer {
	if by.Can(coupon.ReadCustomers) {
		return c
	}
	c.Email, c.Mobile, c.Metadata = coupon.MaskEmail(c.Email), coupon.MaskMobile(c.Mobile), nil
	return c
}

// FindCustomer returns the customer with a natural key.
func (a *App) FindCustomer(ctx context.Context, by By, key coupon.CustomerKey) (coupon.Customer, error) {
	if err := by.May(coupon.LookUpCustomers); err != nil {
		return coupon.Customer{}, err
	}
	c, err := a.Store.CustomerByKey(ctx, key)
	return masked(by, c), err
}

// CustomerTyped returns the customer whom staff name by a whole e-mail address, mobile,
// member id or id of the caller's, however it is typed.
func (a *App) CustomerTyped(ctx context.Context, by By, typed string) (coupon.Customer, error) {
	if err := by.May(coupon.LookUpCustomers); err != nil {
		return coupon.Customer{}, err
	}
	c, err := a.customerByContact(ctx, typed)
	return masked(by, c), err
}

// Balances returns what a customer owns.
func (a *App) Balances(ctx context.Context, by By, id coupon.CustomerID) ([]coupon.Balance, error) {
	if err := a.mayLedger(by, id); err != nil {
		return nil, err
	}
	if _, err := a.Store.Customer(ctx, id); err != nil {
		return nil, err
	}
	return a.Store.Balances(ctx, id)
}

// Entries returns a customer's ledger, newest first.
func (a *App) Entries(ctx context.Context, by By, id coupon.CustomerID, p coupon.Paging) (coupon.Page[coupon.EntryView], error) {
	if err := a.mayLedger(by, id); err != nil {
		return coupon.Page[coupon.EntryView]{}, err
	}
	return a.Store.Entries(ctx, id, p)
}

// mayLedger lets staff, keys and the customer themselves see a customer's ledger.
func (a *App) mayLedger(by By, id coupon.CustomerID) error {
	if by.Customer != "" && by.Customer == id {
		return nil
	}
	return by.May(coupon.ReadCustomerLedger)
}
