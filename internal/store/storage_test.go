package store_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// stays checks that a write is refused as the storage's fault, that nothing of it is
// left, and that the database goes on when the storage does.
func (s *shop) stays(t *testing.T, broken *store.DB) {
	t.Helper()
	big := coupon.Location{ID: "loc_1", Name: strings.Repeat("x", 1<<20)}
	err := broken.CreateLocation(ctx, big, s.event(coupon.EventLocationCreated, "loc_1"))
	if refused(t, "a write", err, fault.Unavailable, ""); fault.Of(err).Code != "storage" {
		t.Fatalf("%v", err)
	}
	list, err := broken.Locations(ctx)
	if ok(t, err); len(list) != 0 {
		t.Fatalf("half a write: %d locations", len(list))
	}
	equal(t, "its event", types(s.events(coupon.EventFilter{Subject: "loc_1"})), "")
}

func TestAFullDiskRefusesAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := openShop(t, storetest.FreshFile(t))
	ok(t, s.Tamper(ctx, "PRAGMA max_page_count = 1")) // no page beyond those there are
	s.stays(t, s.DB)
	_, err := do[coupon.Campaign](s, coupon.CreateCampaign{Campaign: coupon.Campaign{Kind: coupon.KindGift, Name: strings.Repeat("x", 1<<20)}, Terms: gift, By: ada})
	refused(t, "a command", err, fault.Unavailable, "")
	ok(t, s.Tamper(ctx, "PRAGMA max_page_count = 1000000"))
	s.campaign(coupon.KindGift, gift)
	s.sound("after it")
}

func TestAReadOnlyDatabaseRefusesAndIsReadOn(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		broken := s.DB
		if s.Kind() == "sqlite" {
			ok(t, s.Tamper(ctx, "PRAGMA query_only = 1"))
		} else {
			u, err := url.Parse(s.url)
			ok(t, err)
			q := u.Query()
			q.Set("options", q.Get("options")+" -cdefault_transaction_read_only=on")
			u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
			broken, err = store.Open(ctx, store.Options{URL: u.String()})
			ok(t, err)
			defer broken.Close()
		}
		s.stays(t, broken)
	})
}

func TestOpeningSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := openShop(t, storetest.FreshFile(t))
	_, err := store.Open(ctx, store.Options{URL: s.url})
	refused(t, "a second process on the same file", err, fault.Conflict, "")
	beside, err := store.Open(ctx, store.Options{URL: s.url, Shared: true})
	ok(t, err)
	ready, err := beside.IsSetUp(ctx)
	if ok(t, err); !ready {
		t.Fatal("a process beside the server sees nothing")
	}
	ok(t, beside.Close())

	file := filepath.Join(t.TempDir(), "file")
	ok(t, os.WriteFile(file, []byte("x"), 0o600))
	_, err = store.Open(ctx, store.Options{URL: filepath.Join(file, "scrip.db")})
	refused(t, "a folder that is a file", err, fault.Unavailable, "")
	noise := filepath.Join(t.TempDir(), "noise.db")
	ok(t, os.WriteFile(noise, []byte(strings.Repeat("no database", 1000)), 0o600))
	if _, err = store.Open(ctx, store.Options{URL: noise}); err == nil {
		t.Fatal("a file that is no database was opened")
	}
	_, err = store.Open(ctx, store.Options{URL: "postgres://%"})
	refused(t, "no address", err, fault.Invalid, "database")

	empty, err := store.Open(ctx, store.Options{URL: storetest.FreshFile(t)})
	ok(t, err)
	defer empty.Close()
	_, _, err = empty.Migrate(ctx)
	ok(t, err)
	if ready, err := empty.IsSetUp(ctx); err != nil || ready {
		t.Fatalf("an empty database is set up: %v, %v", ready, err)
	}
	_, err = empty.Organisation(ctx)
	if fault.Of(err).Code != "not_set_up" {
		t.Fatalf("%v", err)
	}
	if err := empty.SaveOrganisation(ctx, coupon.Organisation{}, coupon.Event{}); fault.Of(err).Code != "not_set_up" {
		t.Fatalf("%v", err)
	}
}

func TestClosingTwiceIsClosingOnce(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		db, err := store.Open(ctx, store.Options{URL: url})
		ok(t, err)
		_, _, err = db.Migrate(ctx)
		ok(t, err)
		ok(t, db.Close())
		ok(t, db.Close())
		err = db.CreateLocation(ctx, coupon.Location{ID: "loc_1", Name: "Quay"}, coupon.Event{})
		refused(t, "a write after it", err, fault.Unavailable, "")
		again, err := store.Open(ctx, store.Options{URL: url, Existing: true})
		ok(t, err)
		ok(t, again.Close())
	})
}

// A command that only looks, started in a wrong folder, makes nothing there.
func TestAnExistingDatabaseIsWantedAndNotMade(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		_, err := store.Open(ctx, store.Options{URL: url, Shared: true, Existing: true})
		refused(t, "nothing there", err, fault.NotFound, "")
		if _, err := os.Stat(url); err == nil {
			t.Fatal("a file was made")
		}
		db, err := store.Open(ctx, store.Options{URL: url})
		ok(t, err)
		ok(t, db.Close())
		_, err = store.Open(ctx, store.Options{URL: url, Existing: true})
		refused(t, "a database without the schema", err, fault.NotFound, "")
	})
}
