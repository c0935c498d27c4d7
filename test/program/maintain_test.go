package program_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/testenv"
)

// redeem uses a code under an idempotency key.
func (s *server) redeem(status int, key, code string) reply {
	s.t.Helper()
	r, err := s.send("POST", "/v1/redemptions", key, object{"code": code, "customer": object{"source_id": "acct-1"}})
	if err != nil || r.status != status {
		s.t.Fatalf("redeem under %s: %v, status %d, want %d: %s", key, err, r.status, status, r.body)
	}
	return r
}

// moved is the installation whose keys lie in p's folder, with another database.
func (p *place) moved(data, url string) *place {
	p.t.Helper()
	keys, err := os.ReadFile(filepath.Join(p.data, "keys.json"))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "keys.json"), keys, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return &place{t: p.t, data: data, url: url, key: p.key}
}

// F46: a backup that was made under load is whole, and knows what happened before it.
func TestABackupOfARunningServerRestores(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	s := p.serve()
	codes := s.refills(300)
	s.redeem(201, "before", codes[0])
	file := filepath.Join(t.TempDir(), "backup.db")
	var load sync.WaitGroup
	for till := range 4 {
		load.Go(func() {
			for _, code := range codes[1+till*50 : 1+till*50+50] {
				s.redeem(201, code, code)
			}
		})
	}
	out := p.run("database", "backup", file)
	load.Wait()
	if !strings.Contains(out, file) || !strings.Contains(out, filepath.Join(p.data, "keys.json")) {
		t.Errorf("it does not name what to keep: %s", out)
	}
	if _, err := p.try("database", "backup", file); status(err) != 1 || !strings.Contains(err.Error(), "a file of this name already") {
		t.Errorf("over a backup: %v", err)
	}
	restored := p.moved(t.TempDir(), "")
	if err := os.Rename(file, filepath.Join(restored.data, "scrip.db")); err != nil {
		t.Fatal(err)
	}
	restored.verified()
	s = restored.serve()
	s.redeem(409, "again", codes[0])
	s.redeem(201, "unused", codes[299])
	restored.verified()
	pg := newPlace(t, testenv.FreshSchema(t))
	if _, err := pg.try("database", "backup", filepath.Join(t.TempDir(), "b.db")); status(err) != 1 || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("of PostgreSQL: %v", err)
	}
}

// SQLite to PostgreSQL: the same keys, the same codes, the same answers.
func TestACopyMovesAnInstallationToPostgres(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "")
	s := p.serve()
	codes := s.refills(30)
	first := s.redeem(201, "first", codes[0])
	url := testenv.FreshSchema(t)
	if _, err := p.try("database", "copy", "--to", url); status(err) != 1 || !strings.Contains(err.Error(), "Another Scrip process") {
		t.Fatalf("beside a running server: %v", err)
	}
	s.kill()
	out := p.run("database", "copy", "--to-file", secret(t, url))
	if !strings.Contains(out, "voucher: 30 rows") || !strings.HasSuffix(out, "\n0 differences\n") {
		t.Errorf("copy: %s", out)
	}
	to := p.moved(t.TempDir(), url)
	s = to.serve()
	if again := s.redeem(201, "first", codes[0]); !bytes.Equal(again.body, first.body) || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the first answer again: %s", again.body)
	}
	s.redeem(409, "second", codes[0])
	s.redeem(201, "new", codes[1])
	if _, err := p.try("database", "copy", "--to", url); status(err) != 1 || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("onto what is there: %v", err)
	}
	s.redeem(201, "newer", codes[2])
	to.verified()
}

// Codes stay good through a rotation of either key; what is kept under idempotency
// keys stays with the seal key's, and is forgotten with the fingerprint key's.
func TestSecretRotate(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		codes := s.refills(20)
		first := s.redeem(201, "first", codes[0])
		if _, err := p.try("secret", "rotate"); status(err) != 1 || !strings.Contains(err.Error(), map[bool]string{true: "Another Scrip process", false: "Stop every server first"}[p.url == ""]) {
			t.Fatalf("beside a running server: %v", err)
		}
		s.stop()
		file := filepath.Join(p.data, "keys.json")
		old, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p.run("secret", "rotate", "--which", "seal")
		s = p.serve()
		if again := s.redeem(201, "first", codes[0]); !bytes.Equal(again.body, first.body) {
			t.Errorf("the answer after a rotation of the seal key: %s", again.body)
		}
		s.redeem(201, "second", codes[1])
		s.stop()
		p.run("secret", "rotate", "--which", "fingerprint")
		s = p.serve()
		s.redeem(409, "first", codes[0]) // a new request, of a code that is used
		s.redeem(201, "third", codes[2])
		s.stop()
		if out := p.run("secret", "rotate"); !strings.Contains(out, "rows rewritten") || !strings.Contains(out, file) {
			t.Errorf("rotate: %s", out)
		}
		s = p.serve()
		s.redeem(201, "fourth", codes[3])
		s.stop()
		p.verified()
		now, err := os.ReadFile(file)
		info, other := os.Stat(file)
		if err != nil || other != nil || info.Mode().Perm() != 0o600 || strings.Count(string(now), `"id"`) != 2 || bytes.Equal(now, old) {
			t.Errorf("the key file: %v %v %v, %d keys", err, other, info.Mode(), strings.Count(string(now), `"id"`))
		}
		if err := os.WriteFile(file, old, 0o600); err != nil {
			t.Fatal(err)
		}
		if s = p.serve(); !strings.Contains(s.said(), "READ ONLY") {
			t.Error("F47: keys that were dropped are taken for good")
		}
		s.must(503, "POST", "/v1/redemptions", object{"code": codes[4], "customer": object{"source_id": "a"}})
	})
}

// A rotation that is killed leaves an installation that works, and is finished by the
// next run.
func TestAKilledRotationIsFinished(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		codes := s.refills(5000)
		for i := range testenv.Count(3, 30) {
			s.stop()
			cmd := p.command("secret", "rotate")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-time.After(time.Duration(20+rand.IntN(400)) * time.Millisecond)
			_ = cmd.Process.Kill() // it may have ended by itself
			_ = cmd.Wait()
			s = p.serve()
			s.redeem(201, "", codes[i])
		}
		s.stop()
		p.run("secret", "rotate")
		keys, err := os.ReadFile(filepath.Join(p.data, "keys.json"))
		if err != nil || strings.Count(string(keys), `"id"`) != 2 {
			t.Errorf("old keys are left: %v, %d", err, strings.Count(string(keys), `"id"`))
		}
		s = p.serve()
		var list struct{ Data []struct{ ID string } }
		s.must(200, "GET", "/v1/batches", nil).into(t, &list)
		if got := s.export(list.Data[0].ID); !slices.Equal(got, codes) {
			t.Errorf("%d codes are not the %d there were", len(got), len(codes))
		}
		s.redeem(201, "", codes[4999])
		p.verified()
	})
}
