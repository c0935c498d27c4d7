package program_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/scriphq/scrip/internal/testenv"
)

func TestF45ASecondServerOnTheSameDataFolderRefusesToStart(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	p.serve()
	out, err := p.try("serve", "--listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(err.Error(), "Another Scrip process is using this data folder") {
		t.Fatalf("the second server said %q, %v", out, err)
	}
	p.run("verify") // beside the server, as key create and backup are
	if key := strings.TrimSpace(p.run("key", "create", "--name", "beside", "--scopes", "vouchers:read")); !strings.HasPrefix(key, "scrip_") {
		t.Fatal("no key beside a running server")
	}
}

func TestF45TwoServersOnOnePostgresShareOneVoucherExactly(t *testing.T) {
	t.Parallel()
	p := newPlace(t, testenv.FreshSchema(t))
	servers := []*server{p.serve(), p.serve()}
	var c struct{ ID string }
	servers[0].must(201, "POST", "/v1/campaigns", object{"kind": "discount", "name": "Spring", "value": object{"type": "percent", "basis_points": 1000}, "limits": object{"per_voucher": 50, "per_customer": 1}}).into(t, &c)
	servers[0].must(201, "POST", "/v1/campaigns/"+c.ID+"/vouchers", object{"code": "SPRING50", "limits": object{"per_voucher": 50}})
	var won, lost atomic.Int64
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			r, err := servers[i%2].send("POST", "/v1/redemptions", "", object{"code": "SPRING50", "customer": object{"source_id": "c" + string(rune('a'+i%26)) + string(rune('a'+i/26))}})
			switch {
			case err == nil && r.status == 201:
				won.Add(1)
			case err == nil && r.status == 409:
				lost.Add(1)
			default:
				t.Errorf("try %d: %v %d %s", i, err, r.status, r.body)
			}
		})
	}
	wg.Wait()
	if won.Load() != 50 || lost.Load() != 250 {
		t.Fatalf("two servers redeemed 50 uses %d times and refused %d", won.Load(), lost.Load())
	}
	servers[0].kill()
	servers[1].must(200, "GET", "/v1/campaigns/"+c.ID, nil)
	p.verified()
}

func TestF47WithoutItsKeysTheServerStartsReadOnly(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		code := s.refills(1)[0]
		s.kill()
		keys := filepath.Join(p.data, "keys.json")
		aside := keys + ".aside"
		if err := os.Rename(keys, aside); err != nil {
			t.Fatal(err)
		}
		s = p.serve()
		if !strings.Contains(s.said(), "READ ONLY") {
			t.Errorf("the log says nothing of the missing keys: %s", s.said())
		}
		s.must(200, "GET", "/v1/campaigns", nil)
		s.must(404, "POST", "/v1/vouchers/lookup", object{"code": code})
		r := s.must(503, "POST", "/v1/redemptions", object{"code": code, "customer": object{"source_id": "a"}})
		if !strings.Contains(string(r.body), "keys_missing") {
			t.Errorf("the refusal is %s", r.body)
		}
		s.kill()
		if err := os.Rename(aside, keys); err != nil {
			t.Fatal(err)
		}
		s = p.serve()
		s.must(201, "POST", "/v1/redemptions", object{"code": code, "customer": object{"source_id": "a"}})
	})
}

// TestAStolenDatabaseYieldsNoCode looks for every code that was made, chosen,
// answered or replaced in a copy of the database.
func TestAStolenDatabaseYieldsNoCode(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		codes := s.refills(20)
		for i, code := range codes[:5] {
			if r, err := s.send("POST", "/v1/redemptions", "steal-"+code, object{"code": code, "customer": object{"source_id": "thief"}}); err != nil || r.status != 201 {
				t.Fatalf("redeem %d: %v %d %s", i, err, r.status, r.body)
			}
		}
		var c struct{ ID string }
		s.must(201, "POST", "/v1/campaigns", object{"kind": "coupon", "name": "One by one", "value": object{"type": "percent", "basis_points": 500}}).into(t, &c)
		for range 5 {
			var v struct{ ID, Code string }
			r, err := s.send("POST", "/v1/campaigns/"+c.ID+"/vouchers", "issue-"+codes[0]+string(rune('a'+len(codes))), object{})
			if err != nil || r.status != 201 {
				t.Fatalf("issue: %v %d %s", err, r.status, r.body)
			}
			r.into(t, &v)
			codes = append(codes, v.Code, strings.ReplaceAll(v.Code, "-", ""))
			s.must(200, "POST", "/v1/vouchers/"+v.ID+"/reveal", object{})
		}
		s.kill()
		loot := p.loot()
		for _, code := range codes {
			if len(code) < 8 {
				t.Fatalf("a code of %d characters proves nothing", len(code))
			}
			if bytes.Contains(loot, []byte(code)) {
				t.Error("a code stands in the database in clear")
			}
		}
	})
}

// loot is everything a thief of the database has: the file, or every row as text.
func (p *place) loot() []byte {
	p.t.Helper()
	var out bytes.Buffer
	if p.url == "" {
		files, err := filepath.Glob(filepath.Join(p.data, "scrip.db*"))
		if err != nil || len(files) == 0 {
			p.t.Fatalf("no database file: %v", err)
		}
		for _, f := range files {
			content, err := os.ReadFile(f)
			if err != nil {
				p.t.Fatal(err)
			}
			out.Write(content)
		}
		return out.Bytes()
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, _ := conn.Query(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'")
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 20 {
		p.t.Fatalf("%d tables: %v", len(tables), err)
	}
	for _, table := range tables {
		rows, _ := conn.Query(ctx, "SELECT x::text FROM "+pgx.Identifier{table}.Sanitize()+" x")
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			p.t.Fatal(err)
		}
		for _, line := range lines {
			out.WriteString(line + "\n")
		}
	}
	return out.Bytes()
}
