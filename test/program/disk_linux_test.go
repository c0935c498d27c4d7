package program_test

import (
	"bytes"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// room takes the room to write away from a running server, and gives it back.
func (s *server) room(some bool) {
	s.t.Helper()
	if s.url != "" {
		s.roomOfPostgres(some)
		return
	}
	limit := syscall.Rlimit{Cur: 0, Max: math.MaxUint64} // no file may have a byte more
	if some {
		limit.Cur = math.MaxUint64
	}
	// prlimit(2): what ulimit -f sets, for another process.
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(s.cmd.Process.Pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		s.t.Fatalf("prlimit: %v", errno)
	}
}

// roomOfPostgres has the server answer every write as it does on a full disk: the disk
// itself may be another machine's.
func (s *server) roomOfPostgres(some bool) {
	s.t.Helper()
	if some {
		s.tamper("DROP FUNCTION full_disk CASCADE")
		return
	}
	s.tamper("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$")
	s.tamper(`DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = CURRENT_SCHEMA() AND tablename NOT LIKE 'goose%' LOOP
			EXECUTE 'CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON ' || quote_ident(t) || ' FOR EACH STATEMENT EXECUTE FUNCTION full_disk()';
		END LOOP; END $$`)
}

func TestF44OnAFullDiskWritesFailCleanlyAndReadsGoOn(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		codes := s.refills(20)
		first := s.redeem(201, "first", codes[0])
		campaign := s.loyalty()
		office := newVisitor(t, s.base)
		office.submit("/admin/sign-in", "email", "ada@example.com", "password", "correct horse battery")
		s.room(false)
		for range 3 {
			if r := s.redeem(503, "second", codes[1]); !strings.Contains(string(r.body), `"code":"storage"`) || !strings.Contains(string(r.body), "Nothing was changed") || r.header.Get("Retry-After") == "" {
				t.Errorf("a redemption is answered with %s, Retry-After %q", r.body, r.header.Get("Retry-After"))
			}
		}
		s.must(503, "POST", "/v1/customers", object{"source_id": "late"})
		s.must(503, "POST", "/v1/campaigns/"+campaign+"/batches", object{"description": "LATE", "quantity": 5})
		if r, err := s.upload(campaign, "code\nLATE-0001\n"); err != nil || r.status != 503 {
			t.Errorf("an upload: %v %d %s", err, r.status, r.body)
		}
		if _, status := newVisitor(t, s.base).submit("/admin/sign-in", "email", "ada@example.com", "password", "correct horse battery"); status != 503 {
			t.Errorf("signing in: %d", status)
		}
		if page, status := office.submit("/admin/refill/new", "description", "LATE", "prefix", "12", "quantity", "5", "amount", "10"); status != 503 || !strings.Contains(page, "refuses to write") {
			t.Errorf("making coupons in the back office: %d, nothing of the storage", status)
		}
		s.must(200, "GET", "/v1/campaigns", nil)
		s.must(200, "GET", "/v1/redemptions", nil)
		s.must(200, "POST", "/v1/vouchers/lookup", object{"code": codes[1]})
		if again := s.redeem(201, "first", codes[0]); !bytes.Equal(again.body, first.body) {
			t.Errorf("the kept answer: %s", again.body)
		}
		for _, path := range []string{"/admin/", "/admin/refill", "/admin/customers"} {
			office.get(path)
		}
		if r, err := http.Get(s.base + "/healthz"); err != nil || r.StatusCode != 200 {
			t.Errorf("healthz: %v", err)
		}
		s.room(true)
		s.redeem(201, "second", codes[1])
		s.redeem(409, "third", codes[1])
		p.verified()
		s.room(false)
		s.redeem(503, "fourth", codes[2])
		s.kill()
		if s.url != "" {
			s.room(true)
		}
		s = p.serve()
		s.redeem(201, "fourth", codes[2])
		p.verified()
	})
}

// A folder that may not be written to stops the start, with the reason.
func TestF44AReadOnlyFolderStopsTheStart(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	file := filepath.Join(p.data, "scrip.db.lock")
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o700); err != nil { // root writes into read-only folders, but not over a folder
		t.Fatal(err)
	}
	if _, err := p.try("serve", "--listen", "127.0.0.1:0"); status(err) != 1 || !strings.Contains(err.Error(), "refuses to write") || !strings.Contains(err.Error(), file) {
		t.Fatalf("it said: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	p.serve().must(200, "GET", "/v1/campaigns", nil)
}
