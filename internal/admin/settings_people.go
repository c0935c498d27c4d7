package admin

import (
	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/ui"
)

// fresh path element of what is being added.
const newPath = "new"

// locationsPage lists where staff redeem.
type locationsPage struct {
	Tabs    ui.Tabs
	Actions []templ.Component
	Table   ui.Table
}

func (v *visit) locations() error {
	list, err := v.App.Store.Locations(v.ctx())
	if err != nil {
		return err
	}
	add := ui.Action{Label: "Add location", Icon: "plus", Look: ui.Main, Href: settingsPath + "/locations/" + newPath, Dialog: ui.DialogPage}
	p := locationsPage{Tabs: v.settingsTabs("Locations"), Actions: []templ.Component{add}, Table: ui.Table{
		Label: "Locations", Columns: []ui.Column{{Label: "Name", Lead: true}, {Label: "Since", Keep: true}, {Label: "Status", Badge: true}, {Acts: true}},
		Empty: ui.Empty{Icon: "map-pin", Title: "No locations yet", Text: "A location is an outlet, site or store where staff redeem. The till needs at least one.", Actions: []templ.Component{add}},
	}}
	for _, l := range list {
		status := ui.Status{Tone: ui.OK, Word: "Open"}
		if l.Closed {
			status = ui.Status{Word: "Closed"}
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Off: l.Closed, Cells: []templ.Component{
			ui.Text(l.Name), v.clock.Day(l.CreatedAt), status, ui.Actions{ui.Action{Label: "Edit", Tiny: true, Href: settingsPath + "/locations/" + string(l.ID), Dialog: ui.DialogPage}},
		}})
	}
	return v.show("Locations", p.view())
}

// locationForm adds or edits a location.
type locationForm struct {
	state
	Path   string // its id, or newPath
	Name   string
	Closed bool
	Nonce  []ui.Pair
}

func (p locationForm) title() string {
	if p.Path == newPath {
		return "Add location"
	}
	return "Edit location"
}

func (v *visit) location() error {
	p := locationForm{state: fresh, Path: v.id()}
	if p.Path != newPath {
		l, err := v.App.Location(v.ctx(), coupon.LocationID(p.Path))
		if err != nil {
			return err
		}
		p.Name, p.Closed = l.Name, l.Closed
	}
	return v.locationShow(p)
}

func (v *visit) locationShow(p locationForm) error {
	p.Nonce = nonce()
	return v.page(p.Code, p.title(), p.view())
}

func (v *visit) locationSave() error {
	f, err := httpx.ReadForm(v.r)
	p := locationForm{Path: v.id(), Name: f.Text("name"), Closed: f.Has("closed")}
	if err == nil {
		id := coupon.LocationID(p.Path)
		if p.Path == newPath {
			id = ""
		}
		_, err = v.press(f, func() (string, error) {
			l, err := v.App.SaveLocation(v.ctx(), v.req(), id, app.LocationInput{Name: p.Name, Closed: p.Closed})
			return string(l.ID), err
		})
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.locationShow(p)
	}
	return v.to(settingsPath+"/locations", p.Name+" was saved.")
}

// staffPage lists who signs in.
type staffPage struct {
	Tabs    ui.Tabs
	Actions []templ.Component
	Table   ui.Table
}

func (v *visit) staffList() error {
	list, err := v.App.StaffList(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := staffPage{Tabs: v.settingsTabs("Staff"), Actions: []templ.Component{ui.Action{Label: "Add staff", Icon: "plus", Look: ui.Main, Href: settingsPath + "/staff/" + newPath, Dialog: ui.DialogPage}}, Table: ui.Table{
		Label: "Staff", Columns: []ui.Column{{Label: "Name", Lead: true}, {Label: "E-mail", Wrap: true}, {Label: "Role"}, {Label: "Locations"}, {Label: "Last seen", Keep: true}, {Label: "Status", Badge: true}, {Acts: true}},
	}}
	for _, s := range list {
		where, err := v.locationNames(s.Locations)
		if err != nil {
			return err
		}
		status := ui.Status{Tone: ui.OK, Word: "Active"}
		if s.Disabled {
			status = ui.Status{Tone: ui.Bad, Word: "Disabled"}
		}
		seen := v.clock.At(s.LastSeenAt)
		seen.Never = "Never"
		p.Table.Rows = append(p.Table.Rows, ui.Row{Off: s.Disabled, Cells: []templ.Component{
			ui.Text(s.Name), ui.Text(s.Email), ui.Text(roleWord(s.Role)), ui.Soft(where), seen, status,
			ui.Actions{ui.Action{Label: "Edit", Tiny: true, Href: settingsPath + "/staff/" + string(s.ID), Dialog: ui.DialogPage}},
		}})
	}
	return v.show("Staff", p.view())
}

// staffForm adds or edits a member of staff.
type staffForm struct {
	state
	Path      string // the id, or newPath
	In        app.StaffInput
	Chosen    []string // locations
	Roles     []ui.Option
	Locations []ui.Option
	Nonce     []ui.Pair
}

func (p staffForm) title() string {
	if p.Path == newPath {
		return "Add staff"
	}
	return "Edit staff"
}

func (v *visit) staffMember() error {
	p := staffForm{state: fresh, Path: v.id(), In: app.StaffInput{Role: coupon.Cashier}}
	if p.Path != newPath {
		s, err := v.App.StaffMember(v.ctx(), v.by, coupon.StaffID(p.Path))
		if err != nil {
			return err
		}
		p.In = app.StaffInput{Name: s.Name, Email: s.Email, Role: s.Role, Disabled: s.Disabled}
		for _, l := range s.Locations {
			p.Chosen = append(p.Chosen, string(l))
		}
	}
	return v.staffFormShow(p)
}

func (v *visit) staffFormShow(p staffForm) error {
	list, err := v.App.Store.Locations(v.ctx())
	if err != nil {
		return err
	}
	for _, l := range list {
		p.Locations = append(p.Locations, ui.Option{Value: string(l.ID), Label: l.Name})
	}
	for _, r := range coupon.Roles() {
		p.Roles = append(p.Roles, ui.Option{Value: string(r), Label: roleWord(r), Hint: roleHint(r)})
	}
	p.In.Password, p.Nonce = "", nonce()
	return v.page(p.Code, p.title(), p.view())
}

// roleHint says what a role is for; docs/security.md has the table.
func roleHint(r coupon.Role) string {
	return map[coupon.Role]string{
		coupon.Admin: "Everything.", coupon.Marketing: "Campaigns, batches, vouchers and customers; exports with codes.", coupon.Cashier: "The till, at their own locations.",
		coupon.Support: "Customers and their vouchers; shows codes, redeems and reverses.", coupon.Finance: "Reads figures, ledger and audit trail; codes and contacts masked.", coupon.Developer: "API keys and the event feed.",
	}[r]
}

func (v *visit) staffSave() error {
	f, err := httpx.ReadForm(v.r)
	p := staffForm{Path: v.id(), Chosen: f.List("locations"), In: app.StaffInput{
		Name: f.Text("name"), Email: f.Text("email"), Password: f.Raw("password"), Role: coupon.Role(f.Text("role")), Disabled: f.Has("disabled"),
	}}
	for _, l := range p.Chosen {
		p.In.Locations = append(p.In.Locations, coupon.LocationID(l))
	}
	if err == nil {
		id := coupon.StaffID(p.Path)
		if p.Path == newPath {
			id = ""
		}
		in := p.In
		_, err = v.press(f, func() (string, error) {
			s, err := v.App.SaveStaff(v.ctx(), v.req(), id, in)
			return string(s.ID), err
		})
	}
	if err != nil {
		if p.state, err = again(err); err != nil {
			return err
		}
		return v.staffFormShow(p)
	}
	return v.to(settingsPath+"/staff", p.In.Name+" was saved.")
}
