package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/seal"
)

// SetupInput is what the first run asks for, as typed.
type SetupInput struct {
	Organisation, Currency, TimeZone, Name, Email, Password string
}

// Check returns what is wrong, by field.
func (in *SetupInput) Check() error {
	f := fields{}
	f.text("organisation", in.Organisation, 200, true)
	f.text("name", in.Name, 200, false)
	checkPlace(&f, in.Currency, in.TimeZone)
	f.email(in.Email)
	f.take("password", seal.CheckPassword(in.Password))
	return f.err()
}

func checkPlace(f *fields, currency, zone string) {
	if a := money.Asset(currency); !a.Valid() || a.IsUnit() {
		f.wrong("currency", "This is not a currency code of ISO 4217, like SGD.")
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		f.wrong("time_zone", "This is not a time zone, like Asia/Singapore.")
	}
}

// SetUp makes the organisation, its first administrator and the standing campaign
// of refill coupons. It works once.
func (a *App) SetUp(ctx context.Context, req Request, in SetupInput) (coupon.Staff, error) {
	if err := in.Check(); err != nil {
		return coupon.Staff{}, err
	}
	hash, err := a.passwords.Hash(ctx, in.Password)
	if err != nil {
		return coupon.Staff{}, err
	}
	now := a.Now()
	email, _ := normalEmail(in.Email)
	name := in.Name
	if name == "" {
		name = "Administrator"
	}
	admin := coupon.Staff{ID: coupon.StaffID(a.NewID("stf")), Email: email, Name: name, Role: coupon.Admin, Password: hash, Language: "en", Theme: "auto", CreatedAt: now, UpdatedAt: now}
	hundred, err := money.Parse("100", money.Asset(in.Currency))
	if err != nil {
		return coupon.Staff{}, err
	}
	org := coupon.Organisation{
		Name: in.Organisation, TimeZone: in.TimeZone, Currency: in.Currency, Language: "en", SupportCap: hundred, KeyCheck: a.Keys.Check(), Version: 1, CreatedAt: now,
	}
	req.By = ByStaff(admin)
	if err := a.Store.SetUp(ctx, org, admin, a.event(req, coupon.EventSetUp, "org", map[string]any{"name": org.Name})); err != nil {
		return coupon.Staff{}, err
	}
	_, err = a.createStandingRefill(ctx, req)
	return admin, err
}

// IsSetUp reports whether SetUp has been done.
func (a *App) IsSetUp(ctx context.Context) (bool, error) { return a.Store.IsSetUp(ctx) }

// Organisation returns the installation's settings.
func (a *App) Organisation(ctx context.Context) (coupon.Organisation, error) {
	return a.Store.Organisation(ctx)
}

// SettingsInput changes the organisation's settings, as typed.
type SettingsInput struct {
	Name, TimeZone, Currency, Language, SupportContact string
	ReversalDays                                       int64
	SupportCap                                         int64 // minor units of Currency; 0 for none
	RevealCap                                          int64 // codes; 0 for none
}

// MaxRevealCap is the largest number of codes a day that can be set.
const MaxRevealCap = 1_000_000_000

// ChangeSettings changes the organisation's settings. Amounts that exist keep their
// currency, and dates their instants.
func (a *App) ChangeSettings(ctx context.Context, req Request, in SettingsInput) error {
	if err := req.By.May(coupon.ManageSettings); err != nil {
		return err
	}
	f := fields{}
	f.text("name", in.Name, 200, true)
	f.text("support_contact", in.SupportContact, 200, false)
	checkPlace(&f, in.Currency, in.TimeZone)
	if in.ReversalDays < 0 || in.ReversalDays > 3650 {
		f.wrong("reversal_days", "Between 0 and 3650 days.")
	}
	if in.SupportCap < 0 || in.SupportCap > coupon.MaxValue {
		f.wrong("support_cap", "The amount is too large.")
	}
	if in.RevealCap < 0 || in.RevealCap > MaxRevealCap {
		f.wrong("reveal_cap", "A whole number from 1 to 1,000,000,000, or blank for no limit.")
	}
	if err := f.err(); err != nil {
		return err
	}
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return err
	}
	org.Name, org.TimeZone, org.Currency, org.Language, org.SupportContact, org.ReversalDays = in.Name, in.TimeZone, in.Currency, in.Language, in.SupportContact, in.ReversalDays
	org.SupportCap, org.RevealCap = in.SupportCap, in.RevealCap
	org.Version++
	return a.Store.SaveOrganisation(ctx, org, a.event(req, coupon.EventSettingsChanged, "org", map[string]any{"time_zone": in.TimeZone, "currency": in.Currency, "support_cap": in.SupportCap, "reveal_cap": in.RevealCap}))
}

// LocationInput is a new location, or a change of one.
type LocationInput struct {
	Name   string
	Closed bool
}

// SaveLocation makes a location, or changes the one with the id.
func (a *App) SaveLocation(ctx context.Context, req Request, id coupon.LocationID, in LocationInput) (coupon.Location, error) {
	if err := req.By.May(coupon.ManageSettings); err != nil {
		return coupon.Location{}, err
	}
	f := fields{}
	f.text("name", in.Name, 100, true)
	if err := f.err(); err != nil {
		return coupon.Location{}, err
	}
	now := a.Now()
	data := map[string]any{"name": in.Name, "closed": in.Closed}
	if id == "" {
		l := coupon.Location{ID: coupon.LocationID(a.NewID("loc")), Name: in.Name, CreatedAt: now, UpdatedAt: now}
		return l, a.Store.CreateLocation(ctx, l, a.event(req, coupon.EventLocationCreated, string(l.ID), data))
	}
	l, err := a.Store.Location(ctx, id)
	if err != nil {
		return l, err
	}
	l.Name, l.Closed, l.UpdatedAt = in.Name, in.Closed, now
	return l, a.Store.SaveLocation(ctx, l, a.event(req, coupon.EventLocationChanged, string(l.ID), data))
}

// Location returns one location.
func (a *App) Location(ctx context.Context, id coupon.LocationID) (coupon.Location, error) {
	return a.Store.Location(ctx, id)
}

// Locations lists the locations that the person may act for; closed ones are last.
func (a *App) Locations(ctx context.Context, by By) ([]coupon.Location, error) {
	all, err := a.Store.Locations(ctx)
	if err != nil || len(by.Locations) == 0 {
		return all, err
	}
	mine := make([]coupon.Location, 0, len(by.Locations))
	for _, l := range all {
		if by.MayAt(coupon.RedeemVouchers, l.ID) == nil {
			mine = append(mine, l)
		}
	}
	return mine, nil
}

// KeysRotated notes which keys the data is written with from now on.
func (a *App) KeysRotated(ctx context.Context, req Request, check string) error {
	org, err := a.Store.Organisation(ctx)
	if err != nil {
		return err
	}
	org.KeyCheck = check
	org.Version++
	return a.Store.SaveOrganisation(ctx, org, a.event(req, coupon.EventSecretRotated, "org", nil))
}
