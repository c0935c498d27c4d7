package seal_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/seal"
)

// cheap is the hash that the reference implementation of argon2id makes of "a
// password of old" with 64 KiB, one pass, one lane and 16 bytes.
const cheap = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$X+lBEVmcAB+NHg5uNVfqaA"

func TestPassword(t *testing.T) {
	t.Parallel()
	p := seal.NewPasswords(2)
	stored, err := p.Hash(t.Context(), "correct horse é")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("got %q, %v", stored, err)
	}
	if other, err := p.Hash(t.Context(), "correct horse é"); err != nil || other == stored {
		t.Fatalf("two hashes of one password are the same, %v", err)
	}
	for _, c := range []struct {
		name, stored, password string
		ok, rehash             bool
		err                    error
	}{
		{"the password", stored, "correct horse é", true, false, nil},
		{"the password from another keyboard", stored, "correct horse e\u0301", true, false, nil},
		{"another password", stored, "correct horse", false, false, nil},
		{"no password", stored, "", false, false, nil},
		{"an endless password", stored, strings.Repeat("correct horse é", 10_000), false, false, nil},
		{"a cheaper hash is to be made anew", cheap, "a password of old", true, true, nil},
		{"but not after a wrong password", cheap, "another password", false, false, nil},
		{"no hash", "", "correct horse é", false, false, seal.ErrHashUnknown},
		{"another kind of hash", strings.Replace(stored, "argon2id", "argon2i", 1), "x", false, false, seal.ErrHashUnknown},
		{"another version", strings.Replace(stored, "v=19", "v=16", 1), "x", false, false, seal.ErrHashUnknown},
		{"a hash that would take all memory", strings.Replace(stored, "m=19456", "m=999999999", 1), "x", false, false, seal.ErrHashUnknown},
		{"a hash without passes", strings.Replace(stored, "t=2", "t=0", 1), "x", false, false, seal.ErrHashUnknown},
		{"a hash without memory", strings.Replace(stored, "m=19456,", "", 1), "x", false, false, seal.ErrHashUnknown},
		{"a hash without salt", "$argon2id$v=19$m=64,t=1,p=1$$" + strings.Repeat("A", 43), "x", false, false, seal.ErrHashUnknown},
		{"a hash cut off", stored[:len(stored)-30], "x", false, false, seal.ErrHashUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ok, rehash, err := p.Verify(t.Context(), c.stored, c.password)
			if ok != c.ok || rehash != c.rehash || !errors.Is(err, c.err) {
				t.Errorf("got %v, %v, %v; want %v, %v, %v", ok, rehash, err, c.ok, c.rehash, c.err)
			}
		})
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, password, says string }{
		{"ten characters", "0123456789", ""},
		{"ten characters of three bytes", "正确的马电池订书钉十", ""},
		{"two hundred characters", strings.Repeat("é", 200), ""},
		{"spaces count", "a b c d e ", ""},
		{"nine characters", "012345678", "A password has at least 10 characters."},
		{"nine characters of three bytes", "正确的马电池订书钉", "A password has at least 10 characters."},
		{"nothing", "", "A password has at least 10 characters."},
		{"201 characters", strings.Repeat("a", 201), "A password has at most 200 characters."},
		{"a flood", strings.Repeat("e\u0301", 1_000_000), "A password has at most 200 characters."},
		{"a NUL", "0123456789\x00", "A password is made of characters that can be typed."},
		{"broken UTF-8", "0123456789\xff", "A password is made of characters that can be typed."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := fault.Of(seal.CheckPassword(c.password))
			if c.says == "" && f != nil || c.says != "" && (f == nil || f.Kind != fault.Invalid || f.Fields["password"] != c.says) {
				t.Errorf("got %v, want %q", f, c.says)
			}
		})
	}
	if _, err := seal.NewPasswords(1).Hash(t.Context(), "short"); fault.Of(err).Fields["password"] == "" {
		t.Errorf("a short password was hashed: %v", err)
	}
}

// Whoever waits for a turn waits no longer than the context allows.
func TestPasswordsWaitTheirTurn(t *testing.T) {
	t.Parallel()
	done, cancel := context.WithCancel(t.Context())
	cancel()
	p := seal.NewPasswords(0)
	if err := p.Dummy(done, "x"); !errors.Is(err, seal.ErrBusy) || fault.Of(err).RetryAfter == 0 {
		t.Errorf("a request that is gone: %v", err)
	}
	if err := p.Dummy(t.Context(), "x"); err != nil {
		t.Errorf("one at a time is the least: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		p := seal.NewPasswords(1)
		free := p.Occupy()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		if _, _, err := p.Verify(ctx, cheap, "a password of old"); !errors.Is(err, seal.ErrBusy) || time.Since(start) != time.Minute {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		free()
		if ok, _, err := p.Verify(t.Context(), cheap, "a password of old"); !ok || err != nil {
			t.Errorf("when there is room again: %v, %v", ok, err)
		}
	})
}

func FuzzStoredPassword(f *testing.F) {
	f.Add(cheap)
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$$")
	f.Fuzz(func(t *testing.T, stored string) {
		again, err := seal.Reread(stored)
		if err != nil && !errors.Is(err, seal.ErrHashUnknown) || err == nil && again != stored {
			t.Fatalf("%q reads as %q, %v", stored, again, err)
		}
	})
}

func BenchmarkVerifyPassword(b *testing.B) {
	p := seal.NewPasswords(1)
	stored, err := p.Hash(b.Context(), "correct horse")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, _, err := p.Verify(b.Context(), stored, "correct horse"); !ok || err != nil {
			b.Fatal(err)
		}
	}
}
