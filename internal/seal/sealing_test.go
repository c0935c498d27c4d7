package seal_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/seal"
)

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	k := seal.New()
	rapid.Check(t, func(t *rapid.T) {
		plain, row := rapid.String().Draw(t, "plain"), rapid.String().Draw(t, "row")
		sealed := k.Seal(plain, row)
		if got, err := k.Open(sealed, row); err != nil || got != plain {
			t.Fatalf("%q opens as %q, %v", plain, got, err)
		}
		if k.Seal(plain, row) == sealed {
			t.Fatal("two seals of one value are the same")
		}
		if len(plain) > 4 && strings.Contains(sealed, plain) {
			t.Fatal("the value can be seen")
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	k := parsed(t, known)
	sealed := k.Seal("SAVE7Q4K", "vch_1")
	flipped := []byte(sealed)
	flipped[10] ^= 1
	for _, c := range []struct {
		name, sealed, row string
		err               error
	}{
		{"another row's value", sealed, "vch_2", seal.ErrTampered},
		{"a changed value", string(flipped), "vch_1", seal.ErrTampered},
		{"a cut value", sealed[:len(sealed)-1], "vch_1", seal.ErrTampered},
		{"a longer value", sealed + "A", "vch_1", seal.ErrTampered},
		{"a value without body", "k2.", "vch_1", seal.ErrTampered},
		{"the id alone", "k2", "vch_1", seal.ErrTampered},
		{"nothing", "", "vch_1", seal.ErrTampered},
		{"clear text", "SAVE-7Q4K", "vch_1", seal.ErrTampered},
		{"another key's value", "k1" + sealed[2:], "vch_1", seal.ErrTampered},
		{"an unknown key's value", "k9" + sealed[2:], "vch_1", seal.ErrKeyUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, err := k.Open(c.sealed, c.row); !errors.Is(err, c.err) || got != "" {
				t.Errorf("got %q, %v; want %v", got, err, c.err)
			}
		})
	}
}

// Values written by this version must be read by all later ones.
func TestFormatsStay(t *testing.T) {
	t.Parallel()
	k := parsed(t, known)
	mac := hmac.New(sha256.New, make([]byte, 32)) // keyA is 32 zero bytes
	mac.Write([]byte("SAVE7Q4K"))
	if want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18]); k.Fingerprint("SAVE7Q4K") != want {
		t.Errorf("fingerprint %s, want %s", k.Fingerprint("SAVE7Q4K"), want)
	}
	sub, err := hkdf.Key(sha256.New, make([]byte, 32), nil, "scrip digest idempotency", 32)
	if err != nil {
		t.Fatal(err)
	}
	mac = hmac.New(sha256.New, sub)
	mac.Write([]byte("body"))
	if want := "f1." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18]); k.Digest("idempotency", []byte("body")) != want {
		t.Errorf("digest %s, want %s", k.Digest("idempotency", []byte("body")), want)
	}
	if got, err := k.Open("k2.l8VkFZHb-g9_vfXMDUT8_TRvj05id-unFnN5n4MawuSHqk2p", "vch_1"); err != nil || got != "SAVE7Q4K" {
		t.Errorf("a kept value opens as %q, %v", got, err)
	}
	if got, want := k.Check(), "k2.X6MhDkTjM6o7 f1.-OVXD6rFifYT"; got != want {
		t.Errorf("check %q, want %q", got, want)
	}
}

func TestDigestsOfOtherPurposesDiffer(t *testing.T) {
	t.Parallel()
	k := seal.New()
	a, b := k.Digest("a", []byte("x")), k.Digest("b", []byte("x"))
	if a == b || strings.HasSuffix(a, k.Fingerprint("x")) {
		t.Error("two purposes have one digest")
	}
	for _, c := range []struct {
		name, stored, purpose, data string
		want                        bool
	}{
		{"the same", a, "a", "x", true},
		{"another purpose", a, "b", "x", false},
		{"other data", a, "a", "y", false},
		{"another key", "f9" + a[2:], "a", "x", false},
		{"nothing", "", "a", "x", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := k.DigestIs(c.stored, c.purpose, []byte(c.data)); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestKeysServeManyAtOnce(t *testing.T) {
	t.Parallel()
	k := seal.New()
	print, digest := k.Fingerprint("ABCD"), k.Digest("p", []byte("ABCD"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				got, err := k.Open(k.Seal("ABCD", "vch_1"), "vch_1")
				if err != nil || got != "ABCD" || k.Fingerprint("ABCD") != print || k.Digest("p", []byte("ABCD")) != digest {
					t.Errorf("got %q, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzOpen(f *testing.F) {
	k := parsed(f, known)
	f.Add(k.Seal("SAVE7Q4K", "vch_1"), "vch_1")
	f.Add("k2.", "")
	f.Fuzz(func(t *testing.T, sealed, row string) {
		plain, err := k.Open(sealed, row)
		if err == nil && (plain != "SAVE7Q4K" || row != "vch_1") {
			t.Fatalf("%q opened as %q", sealed, plain)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	k := seal.New()
	b.ReportAllocs()
	for b.Loop() {
		k.Seal("SAVE-7Q4K-90TM-XW3C", "vch_069g0000000000000000000000")
	}
}

func BenchmarkOpen(b *testing.B) {
	k := seal.New()
	sealed := k.Seal("SAVE-7Q4K-90TM-XW3C", "vch_069g0000000000000000000000")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open(sealed, "vch_069g0000000000000000000000"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFingerprint(b *testing.B) {
	k := seal.New()
	b.ReportAllocs()
	for b.Loop() {
		k.Fingerprint("SAVE7Q4K90TMXW3C")
	}
}

func BenchmarkDigest(b *testing.B) {
	k := seal.New()
	body := bytes.Repeat([]byte("x"), 300)
	b.ReportAllocs()
	for b.Loop() {
		k.Digest("idempotency", body)
	}
}
