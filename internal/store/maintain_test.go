package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// fill puts a row or more into every table.
func fill(s *shop) *market {
	m, _ := newHistory(s)
	t := s.t
	s.order(m.mei.ID)
	ok(t, s.SaveRefusals(ctx, []coupon.Refusal{tryOf("vch_1", s.now())}))
	ok(t, s.CreateLocation(ctx, coupon.Location{ID: "loc_1", Name: "Quay"}, s.event("x", "loc_1")))
	ok(t, s.CreateSession(ctx, coupon.Session{Token: "t", ExpiresAt: start}))
	ok(t, s.CreateAPIKey(ctx, coupon.APIKey{ID: "key_1", Hash: "h"}, s.event("x", "key_1")))
	ok(t, s.SetCustomerPassword(ctx, m.mei.ID, "phc", start, s.event("x", string(m.mei.ID))))
	ok(t, s.PutSignInCode(ctx, coupon.SignInCode{Customer: m.mei.ID}))
	_, err := s.AddAttempt(ctx, "k", 1, start, func(int64) time.Duration { return 0 })
	ok(t, err)
	must[coupon.Note](s, coupon.AddNote{Note: coupon.Note{ID: "note_1", Text: "odd", By: ada}})
	ok(t, s.CreateMessage(ctx, coupon.Message{ID: "msg_1", Sealed: plain{}.Seal("hello", "msg_1")}, s.event("x", "msg_1")))
	ok(t, s.CreateImport(ctx, upload("imp_1", "cmp_1", "h1", "pending")))
	var rows []coupon.ImportRow
	for i := range 5 {
		v := fmt.Sprint("vch_", i)
		rows = append(rows, coupon.ImportRow{Import: "imp_1", Number: int64(i), Voucher: coupon.VoucherID(v), Fingerprint: fmt.Sprint("fp:IMPORT", i), Sealed: plain{}.Seal(fmt.Sprint("IMPORT", i), v)})
	}
	rows = append(rows, coupon.ImportRow{Import: "imp_1", Number: 9, Reason: "no code"})
	ok(t, s.AddImportRows(ctx, rows))
	apply(t, s, &coupon.Changes{NewAnswers: []*coupon.Answer{{Key: "a", Sealed: plain{}.Seal("answer", "a"), At: start}, {Key: "b", Sealed: plain{}.Seal("answer", "b"), At: start}}})
	newHook(s)
	s.publish()
	return m
}

// content is every row of every table, as text.
func content(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	all, err := db.Content(ctx)
	ok(t, err)
	return all
}

// A copy between the two kinds has every row of every table; and there is a row in
// every table, so that none can be forgotten.
func TestACopyHasEveryRow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		fill(s)
		want := content(t, s.DB)
		for table, rows := range want {
			if len(rows) == 0 {
				t.Errorf("the test has no row in %s", table)
			}
		}
		for _, url := range []string{storetest.FreshFile(t), storetest.FreshSchema(t)} {
			to, err := store.Open(ctx, store.Options{URL: url})
			ok(t, err)
			defer to.Close()
			_, _, err = to.Migrate(ctx)
			ok(t, err)
			told := map[string]int64{}
			ok(t, store.Copy(ctx, s.DB, to, func(table string, done int64) { told[table] = done }))
			equal(t, "rows", content(t, to), want)
			for table, rows := range want {
				if told[table] != int64(len(rows)) {
					t.Errorf("%s: told of %d rows, there are %d", table, told[table], len(rows))
				}
			}
			list, err := to.Verify(ctx)
			ok(t, err)
			equal(t, "differences", list, []coupon.Difference(nil))
			refused(t, "a second copy", store.Copy(ctx, s.DB, to, func(string, int64) {}), fault.Conflict, "")
			equal(t, "rows after it", content(t, to), want)
		}
	})
}

// The schema has no table that a copy would forget.
func TestEveryTableIsKnown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		sql := "SELECT GROUP_CONCAT(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name)"
		if db.Kind() == "postgres" {
			sql = "SELECT STRING_AGG(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = CURRENT_SCHEMA()"
		}
		var have string
		ok(t, db.Query(ctx, sql, &have))
		known := content(t, db)
		for _, table := range strings.Fields(have) {
			if _, ok := known[table]; !ok && !strings.HasPrefix(table, "goose_") {
				t.Errorf("%s is not known", table)
			}
		}
	})
}

func TestABackupIsADatabase(t *testing.T) {
	t.Parallel()
	s := openShop(t, storetest.FreshFile(t))
	fill(s)
	want := content(t, s.DB)
	path := filepath.Join(t.TempDir(), "it's a backup.db")
	ok(t, s.Backup(ctx, path))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	refused(t, "over a file", s.Backup(ctx, path), fault.Conflict, "")
	db, err := store.Open(ctx, store.Options{URL: path})
	ok(t, err)
	defer db.Close()
	equal(t, "rows", content(t, db), want)

	gone, cancel := context.WithCancel(ctx)
	cancel()
	half := filepath.Join(t.TempDir(), "half.db")
	if err := s.Backup(gone, half); err == nil {
		t.Fatal("a backup was made for a caller who had gone")
	}
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Fatalf("a backup that failed is left: %v", err)
	}
	refused(t, "of PostgreSQL", storetest.Postgres(t).Backup(ctx, path+"2"), fault.Conflict, "")
}

// Every sealed value is sealed anew, for the id it was sealed for, and a run that was
// interrupted finishes the rest.
func TestResealReachesEverySealedValue(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		fill(s)
		calls := 0
		again := func(sealed, row string) (string, error) {
			if strings.HasPrefix(sealed, "new:") {
				return sealed, nil
			}
			if calls++; calls == 20 {
				return "", errStop
			}
			plain, err := plain{}.Open(sealed, row)
			return "new:" + row + ":" + plain, err
		}
		if _, err := s.Reseal(ctx, 3, again, nil); err != errStop {
			t.Fatalf("%v", err)
		}
		told := map[string]int64{}
		n, err := s.Reseal(ctx, 3, again, func(table string, done int64) { told[table] = done })
		ok(t, err)
		rows := content(t, s.DB)
		total := 0
		for _, table := range []string{"voucher", "answer", "import_row", "message", "webhook_secret"} {
			if told[table] != int64(len(rows[table])) {
				t.Errorf("%s: told of %d, there are %d", table, told[table], len(rows[table]))
			}
			for _, row := range rows[table] {
				if strings.Contains(row, "sealed:") || !strings.Contains(row, "new:") && !strings.Contains(row, "no code") {
					t.Errorf("%s: %s", table, row)
				}
			}
			total += len(rows[table])
		}
		if n >= int64(total) || n < int64(total)-21 {
			t.Errorf("%d of %d rows were written by the second run", n, total)
		}
		if n, err = s.Reseal(ctx, 100, again, nil); err != nil || n != 0 {
			t.Errorf("a third run wrote %d rows: %v", n, err)
		}
	})
}

func TestRefingerprintMovesEveryCode(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		m := fill(s)
		prints := func(sealed, row string) ([]string, error) {
			code, err := plain{}.Open(sealed, row)
			return []string{"new:" + code, "fp:" + code}, err
		}
		codes := len(content(t, s.DB)["code"])
		_, err := s.Refingerprint(ctx, 3, prints, nil)
		ok(t, err)
		rows := content(t, s.DB)
		for _, table := range []string{"code", "import_row"} {
			for _, row := range rows[table] {
				if strings.Contains(row, "fp:") || !strings.Contains(row, "new:") && !strings.Contains(row, "no code") {
					t.Errorf("%s: %s", table, row)
				}
			}
		}
		if len(rows["code"]) != codes {
			t.Errorf("%d codes, there were %d", len(rows["code"]), codes)
		}
		v, err := s.VoucherByCode(ctx, []string{"new:" + code(m.made(m.fair)[0])})
		if ok(t, err); v.ID != m.made(m.fair)[0].ID {
			t.Errorf("another voucher has the code: %+v", v)
		}
		public, err := s.VoucherByCode(ctx, []string{"new:WELCOME10"})
		if ok(t, err); public.State != coupon.VoucherActive {
			t.Errorf("the public code went back to the voucher that was ended: %+v", public)
		}
		s.sound("after it")
	})
}
