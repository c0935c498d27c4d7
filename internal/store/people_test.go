package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/store/storetest"
)

func person(id, email string) coupon.Staff {
	return coupon.Staff{
		ID: coupon.StaffID(id), Email: email, Name: "N " + id, Role: coupon.Cashier, Locations: []coupon.LocationID{"loc_1"}, Password: "hash", Language: "en", Theme: "dark",
		CreatedAt: start, UpdatedAt: start,
	}
}

func TestStaffAreKeptWithTheirEvents(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		bo, cy := person("stf_b", "bo@example.com"), person("stf_c", "cy@example.com")
		ok(t, s.CreateStaff(ctx, bo, s.event(coupon.EventStaffCreated, "stf_b")))
		ok(t, s.CreateStaff(ctx, cy, s.event(coupon.EventStaffCreated, "stf_c")))
		refused(t, "a second one with the address", s.CreateStaff(ctx, person("stf_d", "bo@example.com"), s.event(coupon.EventStaffCreated, "stf_d")), fault.Conflict, "email")
		cy.Email = "bo@example.com"
		refused(t, "a change to the address", s.SaveStaff(ctx, cy, s.event(coupon.EventStaffChanged, "stf_c")), fault.Conflict, "email")
		refused(t, "an unknown person", s.SaveStaff(ctx, person("stf_x", "x@example.com"), s.event(coupon.EventStaffChanged, "stf_x")), fault.NotFound, "")

		bo.Name, bo.Disabled, bo.Role, bo.UpdatedAt = "Bo", true, coupon.Support, start.Add(time.Hour)
		ok(t, s.SaveStaff(ctx, bo, s.event(coupon.EventStaffChanged, "stf_b")))
		got, err := s.Staff(ctx, "stf_b")
		ok(t, err)
		equal(t, "saved", got, bo)
		got, err = s.StaffByEmail(ctx, "bo@example.com")
		ok(t, err)
		equal(t, "by e-mail", got, bo)
		list, err := s.StaffList(ctx)
		if ok(t, err); len(list) != 3 || list[0].ID != storetest.Admin().ID || list[1].ID != "stf_b" {
			t.Fatalf("%+v", list)
		}
		_, err = s.Staff(ctx, "stf_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
		_, err = s.StaffByEmail(ctx, "none@example.com")
		refused(t, "an unknown address", err, fault.NotFound, "")
		equal(t, "events of what happened and of nothing else", types(s.events(coupon.EventFilter{Subject: "stf_b"})), "staff.changed staff.created")
		equal(t, "events of what was refused", types(s.events(coupon.EventFilter{Subject: "stf_d"}))+types(s.events(coupon.EventFilter{Subject: "stf_x"})), "")
		s.publish()
		if e := s.events(coupon.EventFilter{By: ada.ID})[0]; e.Type != coupon.EventStaffChanged || e.Mark == "" {
			t.Fatalf("%+v", e)
		}
	})
}

// Two administrators who demote each other at the same moment take turns: the second is refused.
func TestSomebodyStaysAdministrator(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		ann, bo := storetest.Admin(), person("stf_b", "bo@example.com")
		bo.Role = coupon.Admin
		ok(t, s.CreateStaff(ctx, bo, s.event(coupon.EventStaffCreated, "stf_b")))
		s.waits(t, "turn:staff", func(ctx context.Context) error {
			return s.SaveStaff(ctx, bo, s.event(coupon.EventStaffChanged, "stf_b"))
		})
		ann.Disabled, bo.Role = true, coupon.Support
		results := make(chan error, 2)
		for _, p := range []coupon.Staff{ann, bo} {
			go func() { results <- s.SaveStaff(ctx, p, s.event(coupon.EventStaffChanged, string(p.ID))) }()
		}
		one, two := <-results, <-results
		if (one == nil) == (two == nil) {
			t.Fatalf("of two who demote each other: %v, %v", one, two)
		}
		refused(t, "the last one", errors.Join(one, two), fault.Invalid, "role")
		list, err := s.StaffList(ctx)
		ok(t, err)
		if (list[0].Role == coupon.Admin && !list[0].Disabled) == (list[1].Role == coupon.Admin && !list[1].Disabled) {
			t.Fatalf("%+v", list)
		}
	})
}

// F53: what people change of themselves must not undo what an administrator has changed
// since it was read: a disabled person cannot enable themselves by pressing at the right moment.
func TestOwnChangesLeaveTheRestAlone(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		read := person("stf_b", "bo@example.com")
		ok(t, s.CreateStaff(ctx, read, s.event(coupon.EventStaffCreated, "stf_b")))
		now := read
		now.Disabled, now.Role, now.Locations, now.Password, now.UpdatedAt = true, coupon.Finance, []coupon.LocationID{}, "", start.Add(time.Hour)
		ok(t, s.SaveStaff(ctx, now, s.event(coupon.EventStaffChanged, "stf_b")))

		read.Theme, read.Language = "light", "ms"
		ok(t, s.SaveStaffLook(ctx, read, s.event(coupon.EventStaffChanged, "stf_b")))
		read.Password, read.UpdatedAt = "fresh", start.Add(2*time.Hour)
		ok(t, s.SaveStaffPassword(ctx, read, s.event(coupon.EventPasswordChanged, "stf_b")))
		got, err := s.Staff(ctx, "stf_b")
		ok(t, err)
		now.Theme, now.Language, now.Password, now.UpdatedAt = "light", "ms", "fresh", read.UpdatedAt
		equal(t, "saved", got, now)
		refused(t, "the look of an unknown person", s.SaveStaffLook(ctx, person("stf_x", ""), s.event(coupon.EventStaffChanged, "stf_x")), fault.NotFound, "")
	})
}

func TestPresenceIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		bo := person("stf_b", "bo@example.com")
		ok(t, s.CreateStaff(ctx, bo, s.event(coupon.EventStaffCreated, "stf_b")))
		ok(t, s.CreateAPIKey(ctx, coupon.APIKey{ID: "key_1", Hash: "h1", CreatedAt: start}, s.event(coupon.EventKeyCreated, "key_1")))
		for _, c := range []struct{ seconds, want int }{{0, 0}, {59, 0}, {60, 60}, {61, 60}, {30, 60}} {
			seconds, want := c.seconds, c.want
			at := start.Add(time.Duration(seconds) * time.Second)
			ok(t, s.Seen(ctx, "stf_b", at))
			ok(t, s.KeyUsed(ctx, "key_1", at))
			got, err := s.Staff(ctx, "stf_b")
			ok(t, err)
			key, err := s.APIKeyByHash(ctx, "h1")
			ok(t, err)
			if want := start.Add(time.Duration(want) * time.Second); !got.LastSeenAt.Equal(want) || !key.LastUsedAt.Equal(want) {
				t.Fatalf("after %d s: seen %v, used %v, want %v", seconds, got.LastSeenAt, key.LastUsedAt, want)
			}
		}
		got, err := s.Staff(ctx, "stf_b")
		ok(t, err)
		bo.Name = "Bo"
		ok(t, s.SaveStaff(ctx, bo, s.event(coupon.EventStaffChanged, "stf_b")))
		if saved, err := s.Staff(ctx, "stf_b"); err != nil || !saved.LastSeenAt.Equal(got.LastSeenAt) {
			t.Fatalf("saving a person forgot when they were seen: %+v, %v", saved, err)
		}
		ok(t, s.Seen(ctx, "stf_none", start))
	})
}

func TestLocations(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		quay, hill := coupon.Location{ID: "loc_2", Name: "Quay", CreatedAt: start, UpdatedAt: start}, coupon.Location{ID: "loc_1", Name: "Hill", CreatedAt: start, UpdatedAt: start}
		ok(t, s.CreateLocation(ctx, quay, s.event(coupon.EventLocationCreated, "loc_2")))
		ok(t, s.CreateLocation(ctx, hill, s.event(coupon.EventLocationCreated, "loc_1")))
		quay.Closed, quay.UpdatedAt = true, start.Add(time.Hour)
		ok(t, s.SaveLocation(ctx, quay, s.event(coupon.EventLocationChanged, "loc_2")))
		list, err := s.Locations(ctx)
		ok(t, err)
		equal(t, "by name", list, []coupon.Location{hill, quay})
		got, err := s.Location(ctx, "loc_2")
		ok(t, err)
		equal(t, "one", got, quay)
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "loc_2"})), "location.changed location.created")
		_, err = s.Location(ctx, "loc_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
		for _, name := range []string{"Hill", "hill", " HILL  "} {
			refused(t, "a name that is taken", s.CreateLocation(ctx, coupon.Location{ID: "loc_3", Name: name}, s.event("x", "x")), fault.Conflict, "name")
			refused(t, "a new name that is taken", s.SaveLocation(ctx, coupon.Location{ID: "loc_2", Name: name}, s.event("x", "x")), fault.Conflict, "name")
		}
		ok(t, s.SaveLocation(ctx, coupon.Location{ID: "loc_1", Name: "HILL"}, s.event("x", "x")))
		refused(t, "an unknown one to save", s.SaveLocation(ctx, coupon.Location{ID: "loc_none"}, s.event("x", "x")), fault.NotFound, "")
	})
}

func TestAPIKeysAreRevokedOnceAndForGood(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		one := coupon.APIKey{ID: "key_1", Hash: "h1", Name: "till", Tail: "abcd", Scopes: []string{"all"}, MadeBy: "Ada", CreatedAt: start}
		two := coupon.APIKey{ID: "key_2", Hash: "h2", Name: "shop", CreatedAt: start}
		ok(t, s.CreateAPIKey(ctx, one, s.event(coupon.EventKeyCreated, "key_1")))
		ok(t, s.CreateAPIKey(ctx, two, s.event(coupon.EventKeyCreated, "key_2")))
		refused(t, "the same secret", s.CreateAPIKey(ctx, coupon.APIKey{ID: "key_3", Hash: "h1"}, s.event("x", "x")), fault.Conflict, "")
		ok(t, s.RevokeAPIKey(ctx, "key_1", start.Add(time.Hour), s.event(coupon.EventKeyRevoked, "key_1")))
		refused(t, "a second time", s.RevokeAPIKey(ctx, "key_1", start.Add(2*time.Hour), s.event(coupon.EventKeyRevoked, "key_1")), fault.Conflict, "")
		refused(t, "an unknown one", s.RevokeAPIKey(ctx, "key_9", start, s.event(coupon.EventKeyRevoked, "key_9")), fault.NotFound, "")
		one.RevokedAt = start.Add(time.Hour)
		list, err := s.APIKeys(ctx)
		ok(t, err)
		equal(t, "the newest first", list, []coupon.APIKey{two, one})
		got, err := s.APIKeyByHash(ctx, "h1")
		ok(t, err)
		equal(t, "by hash", got, one)
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "key_1"})), "key.revoked key.created")
		_, err = s.APIKeyByHash(ctx, "none")
		refused(t, "an unknown hash", err, fault.NotFound, "")
	})
}

func TestSetUpHappensOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		if ready, err := s.IsSetUp(ctx); err != nil || !ready {
			t.Fatalf("%v, %v", ready, err)
		}
		other := storetest.Organisation()
		other.Name = "Other"
		refused(t, "a second time", s.SetUp(ctx, other, person("stf_b", "bo@example.com"), s.event(coupon.EventSetUp, "org")), fault.Conflict, "")
		_, err := s.Staff(ctx, "stf_b")
		refused(t, "its person", err, fault.NotFound, "")
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "org"})), "organisation.set_up")
	})
}

func TestTheOrganisationIsChangedAtOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		org, err := s.Organisation(ctx)
		ok(t, err)
		org.Name, org.TimeZone, org.ReversalDays, org.SupportCap, org.KeyCheck, org.Version = "Hill Coffee", "Europe/Vienna", 7, 5000, "k2", 2
		ok(t, s.SaveOrganisation(ctx, org, s.event(coupon.EventSettingsChanged, "org")))
		got, err := s.Organisation(ctx)
		if ok(t, err); got.Name != "Hill Coffee" || got.Zone().String() != "Europe/Vienna" || got.ReversalDays != 7 || got.SupportCap != 5000 || got.KeyCheck != "k2" || got.Version != 2 || !got.CreatedAt.Equal(org.CreatedAt) {
			t.Fatalf("%+v", got)
		}
		equal(t, "events", types(s.events(coupon.EventFilter{Subject: "org"})), "organisation.changed organisation.set_up")
	})
}
