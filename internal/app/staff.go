package app

import (
	"context"
	"slices"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/seal"
)

// StaffInput is a new member of staff, or a change of one; an empty password keeps
// the one there is.
type StaffInput struct {
	Name, Email, Password string
	Role                  coupon.Role
	Locations             []coupon.LocationID
	Disabled              bool
}

// SaveStaff makes a member of staff, or changes the one with the id. Whoever is
// disabled, or gets another role or password, is signed out. Somebody stays administrator.
func (a *App) SaveStaff(ctx context.Context, req Request, id coupon.StaffID, in StaffInput) (coupon.Staff, error) {
	if err := req.By.May(coupon.ManageSettings); err != nil {
		return coupon.Staff{}, err
	}
	email, err := a.checkStaff(ctx, id, in)
	if err != nil {
		return coupon.Staff{}, err
	}
	s := coupon.Staff{ID: id, Language: "en", Theme: "auto", CreatedAt: a.Now()}
	if id != "" {
		if s, err = a.Store.Staff(ctx, id); err != nil {
			return s, err
		}
	}
	signOut := s.Role != in.Role || in.Disabled || in.Password != ""
	s.Name, s.Email, s.Role, s.Locations, s.Disabled, s.UpdatedAt = in.Name, email, in.Role, in.Locations, in.Disabled, a.Now()
	s.Password = "" // kept
	if in.Password != "" {
		if s.Password, err = a.passwords.Hash(ctx, in.Password); err != nil {
			return s, err
		}
	}
	data := map[string]any{"role": s.Role, "disabled": s.Disabled}
	if id == "" {
		s.ID = coupon.StaffID(a.NewID("stf"))
		return s, a.Store.CreateStaff(ctx, s, a.event(req, coupon.EventStaffCreated, string(s.ID), data))
	}
	if err := a.Store.SaveStaff(ctx, s, a.event(req, coupon.EventStaffChanged, string(s.ID), data)); err != nil {
		return s, err
	}
	if signOut && string(id) != req.By.ID {
		return s, a.Store.EndSessions(ctx, "staff", string(id), "")
	}
	return s, nil
}

func (a *App) checkStaff(ctx context.Context, id coupon.StaffID, in StaffInput) (string, error) {
	f := fields{}
	f.text("name", in.Name, 100, true)
	email := f.email(in.Email)
	if !slices.Contains(coupon.Roles(), in.Role) {
		f.wrong("role", "Choose a role.")
	}
	if id == "" || in.Password != "" {
		f.take("password", seal.CheckPassword(in.Password))
	}
	for _, l := range in.Locations {
		if _, err := a.Store.Location(ctx, l); err != nil {
			f.wrong("locations", "There is no such location.")
		}
	}
	return email, f.err()
}

// StaffMember returns one member of staff.
func (a *App) StaffMember(ctx context.Context, by By, id coupon.StaffID) (coupon.Staff, error) {
	if err := by.May(coupon.ManageSettings); err != nil && by.ID != string(id) {
		return coupon.Staff{}, err
	}
	return a.Store.Staff(ctx, id)
}

// StaffList lists the staff by name.
func (a *App) StaffList(ctx context.Context, by By) ([]coupon.Staff, error) {
	if err := by.May(coupon.ManageSettings); err != nil {
		return nil, err
	}
	return a.Store.StaffList(ctx)
}

// ChangePassword changes one's own password and signs out everywhere else.
func (a *App) ChangePassword(ctx context.Context, req Request, session, old, fresh string) error {
	s, err := a.Store.Staff(ctx, coupon.StaffID(req.By.ID))
	if err != nil {
		return err
	}
	if s.Password, err = a.newPassword(ctx, guesserStaff+string(s.ID), s.Password, old, fresh); err != nil {
		return err
	}
	s.UpdatedAt = a.Now()
	if err := a.Store.SaveStaffPassword(ctx, s, a.event(req, coupon.EventPasswordChanged, string(s.ID), nil)); err != nil {
		return err
	}
	return a.Store.EndSessions(ctx, "staff", string(s.ID), seal.HashToken(session))
}

// SetAppearance keeps a person's own language and theme.
func (a *App) SetAppearance(ctx context.Context, req Request, language, theme string) error {
	s, err := a.Store.Staff(ctx, coupon.StaffID(req.By.ID))
	if err != nil {
		return err
	}
	s.Language, s.Theme = language, theme
	return a.Store.SaveStaffLook(ctx, s, a.event(req, coupon.EventStaffChanged, string(s.ID), map[string]any{"theme": theme, "language": language}))
}
