package admin

import (
	"maps"
	"slices"
	"strings"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// detailsPage is the tab with who a customer is, and how they sign in.
type detailsPage struct {
	customerHead
	About    ui.KeyValues
	Lockouts ui.KeyValues
	Write    bool
	Path     string
}

func (v *visit) customerDetails() error {
	head, err := v.customerTop("Details")
	if err != nil {
		return err
	}
	c := head.Customer
	p := detailsPage{customerHead: head, About: v.customerAbout(c), Write: v.can(coupon.WriteCustomers), Path: customerPath(c.ID)}
	if !p.Write {
		return v.show(head.Head.Title, p.view())
	}
	list, err := v.App.Lockouts(v.ctx(), v.by, c)
	if err != nil {
		return err
	}
	for _, l := range list {
		text := v.count(l.Count, "wrong try", "wrong tries")
		if l.Until.After(v.clock.Now) {
			text += ", locked until " + v.clock.Short(l.Until).String()
		}
		p.Lockouts = append(p.Lockouts, ui.KeyValue{Key: capital(l.What), Text: text})
	}
	return v.show(head.Head.Title, p.view())
}

func (v *visit) customerAbout(c coupon.Customer) ui.KeyValues {
	about := ui.KeyValues{
		{Key: "Name", Text: c.Name}, {Key: "E-mail", Text: c.Email}, {Key: "Mobile", Text: c.Mobile}, {Key: "Member id", Text: c.MemberID}, {Key: "Source id", Text: c.SourceID},
		{Key: "Language", Text: c.Language}, {Key: "Groups", Text: strings.Join(c.Groups, ", ")}, {Key: "Consent", Body: consents(c)},
		{Key: "Since", Body: v.clock.Short(c.CreatedAt)}, {Key: "Last change", Body: v.clock.Short(c.UpdatedAt)}, {Key: "Id", Text: string(c.ID)},
	}
	for _, name := range slices.Sorted(maps.Keys(c.Metadata)) {
		about = append(about, ui.KeyValue{Key: name, Text: c.Metadata[name]})
	}
	return about
}

// customerUnlock lets a customer try again who was locked out.
func (v *visit) customerUnlock() error {
	id := coupon.CustomerID(v.id())
	if err := v.App.Unlock(v.ctx(), v.req(), id); err != nil {
		return err
	}
	return v.to(customerPath(id)+"/details", "The customer can try again at once.")
}

// passwordForm sets a customer's portal password.
type passwordForm struct {
	state
	Customer coupon.Customer
	Nonce    []ui.Pair
}

func (v *visit) customerPassword() error { return v.passwordShow(passwordForm{state: fresh}) }

func (v *visit) passwordShow(p passwordForm) error {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(v.id()))
	if err != nil {
		return err
	}
	p.Customer, p.Nonce = c, nonce()
	return v.page(p.Code, "Set a portal password", p.view())
}

func (v *visit) customerPasswordSave() error {
	id := coupon.CustomerID(v.id())
	f, err := httpx.ReadForm(v.r)
	if err == nil {
		err = v.App.SetCustomerPassword(v.ctx(), v.req(), id, f.Raw("password"))
	}
	if err != nil {
		p := passwordForm{}
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.passwordShow(p)
	}
	return v.to(customerPath(id)+"/details", "The password was set, and the customer signed out everywhere.")
}

// customerForm adds or edits a customer.
type customerForm struct {
	state
	ID       coupon.CustomerID // "" adds one
	In       customerTyped
	Nonce    []ui.Pair
	Language []ui.Option
}

// customerTyped is the form as typed.
type customerTyped struct {
	Name, Email, Mobile, Member, Source, Language, Groups string
	ByEmail, BySMS, Blocked                               bool
}

func readCustomer(f *httpx.Form) customerTyped {
	return customerTyped{
		Name: f.Text("name"), Email: f.Text("email"), Mobile: f.Text("mobile"), Member: f.Text("member_id"), Source: f.Text("source_id"), Language: f.Text("language"),
		Groups: f.Text("groups"), ByEmail: f.Has("consent_email"), BySMS: f.Has("consent_sms"), Blocked: f.Has("blocked"),
	}
}

func (t customerTyped) input() app.CustomerInput {
	groups := []string{}
	for _, g := range strings.Split(t.Groups, ",") {
		if g = strings.TrimSpace(g); g != "" {
			groups = append(groups, g)
		}
	}
	return app.CustomerInput{
		SourceID: &t.Source, Name: &t.Name, Email: &t.Email, Mobile: &t.Mobile, MemberID: &t.Member, Language: &t.Language, Groups: groups,
		Consent: map[string]bool{"email": t.ByEmail, "sms": t.BySMS}, Blocked: &t.Blocked,
	}
}

func typedOf(c coupon.Customer) customerTyped {
	return customerTyped{
		Name: c.Name, Email: c.Email, Mobile: c.Mobile, Member: c.MemberID, Source: c.SourceID, Language: c.Language, Groups: strings.Join(c.Groups, ", "),
		ByEmail: c.Consent["email"], BySMS: c.Consent["sms"], Blocked: c.Blocked,
	}
}

func (v *visit) customerNew() error { return v.customerFormShow(customerForm{state: fresh}) }

func (v *visit) customerEdit() error {
	c, err := v.App.Customer(v.ctx(), v.by, coupon.CustomerID(v.id()))
	if err != nil {
		return err
	}
	return v.customerFormShow(customerForm{state: fresh, ID: c.ID, In: typedOf(c)})
}

func (v *visit) customerFormShow(p customerForm) error {
	p.Nonce = nonce()
	for _, code := range ui.Codes() {
		p.Language = append(p.Language, ui.Option{Value: code, Label: languageWord(code)})
	}
	return v.page(p.Code, p.title(), p.view())
}

func (p customerForm) title() string {
	if p.ID == "" {
		return "Add customer"
	}
	return "Edit customer"
}

func languageWord(code string) string {
	return map[string]string{
		"en": "English", "zh-Hans": "Chinese, simplified", "zh-Hant": "Chinese, traditional", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese",
		"id": "Indonesian", "ms": "Malay", "ja": "Japanese", "ar": "Arabic",
	}[code]
}

func (v *visit) customerCreate() error { return v.customerWrite("") }

func (v *visit) customerSave() error { return v.customerWrite(coupon.CustomerID(v.id())) }

func (v *visit) customerWrite(id coupon.CustomerID) error {
	f, err := httpx.ReadForm(v.r)
	p := customerForm{ID: id, In: readCustomer(f)}
	made := ""
	if err == nil {
		made, err = v.customerKeep(f, id, p.In.input())
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.customerFormShow(p)
	}
	said := "The details were saved."
	if id == "" {
		said = "The customer was added."
	}
	return v.to(customerPath(coupon.CustomerID(made)), said)
}

func (v *visit) customerKeep(f *httpx.Form, id coupon.CustomerID, in app.CustomerInput) (string, error) {
	req, err := v.once(f)
	if err != nil {
		return "", err
	}
	if id == "" {
		c, err := v.App.CreateCustomer(v.ctx(), req, in)
		return settled(req, c, err)
	}
	c, err := v.App.ChangeCustomer(v.ctx(), req, id, in)
	return settled(req, c, err)
}
