package seal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/seal"
)

const (
	keyA = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	keyB = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
)

// parsed is a ring of known keys.
func parsed(t testing.TB, text string) *seal.Keys {
	t.Helper()
	k, err := seal.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const known = `{"version": 1,
	"seal": [{"id": "k2", "key": "` + keyB + `"}, {"id": "k1", "key": "` + keyA + `"}],
	"fingerprint": [{"id": "f1", "key": "` + keyA + `"}]}`

// F47: a key file that is lost or damaged says so.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, says string }{
		{"nothing", " \n", "The key file is empty."},
		{"no JSON", "keys", "it is not the JSON that this program writes"},
		{"half a file", known[:len(known)/2], "it is not the JSON that this program writes"},
		{"two files", known + known, "there is something behind its end"},
		{"another program's file", `{"keys": []}`, "it is not the JSON that this program writes"},
		{"a later version", `{"version": 2}`, "has version 2; this program reads version 1"},
		{"no keys", `{"version": 1}`, "it has no seal key; it has no fingerprint key"},
		{"a short key", `{"version": 1, "seal": [{"id": "k1", "key": "AAAA"}]}`, "seal key k1 has 3 bytes instead of 32"},
		{"no base64", `{"version": 1, "seal": [{"id": "k1", "key": "!"}]}`, "it is not the JSON that this program writes"},
		{"a bad id", `{"version": 1, "seal": [{"id": "k.1", "key": "` + keyA + `"}]}`, "a seal key has a bad id"},
		{"an id twice", strings.Replace(known, "k2", "k1", 1), "seal key k1 is there twice"},
		{"a key twice", strings.Replace(known, keyB, keyA, 1), "seal key k1 is there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k, err := seal.Parse([]byte(c.text))
			if k != nil || !errors.Is(err, seal.ErrKeysCorrupt) || !strings.Contains(fault.Of(err).Msg, c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if err != nil && (strings.Contains(err.Error(), keyA[:20]) || strings.Contains(err.Error(), keyB[:20])) {
				t.Errorf("the error tells a key: %v", err)
			}
		})
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	if _, err := seal.Load(path); !errors.Is(err, seal.ErrKeysMissing) || !strings.Contains(fault.Of(err).Msg, path) {
		t.Fatalf("loading what is not there: %v", err)
	}
	made, err := seal.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v; want 0600", info.Mode(), err)
	}
	loaded, err := seal.Load(path)
	if err != nil || loaded.Check() != made.Check() || string(loaded.Marshal()) != string(made.Marshal()) {
		t.Fatalf("another ring was loaded: %v, %v", loaded, err)
	}
	if _, err := seal.Create(path); !errors.Is(err, seal.ErrKeysExist) {
		t.Fatalf("creating it again: %v", err)
	}
	if after, err := seal.Load(path); err != nil || after.Check() != made.Check() {
		t.Fatalf("creating it again changed it: %v", err)
	}
	rotated := made.RotateSeal()
	if err := rotated.Save(path); err != nil {
		t.Fatal(err)
	}
	if after, err := seal.Load(path); err != nil || after.SealKey() != "k2" || after.Verify(made.Check()) != nil {
		t.Fatalf("after rotation: %v, %v", after, err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCreateLeavesNothingWhereItCannotWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "no", "such", "folder")
	if k, err := seal.Create(path); err == nil || k != nil {
		t.Fatal("it wrote into a folder that is not there")
	}
}

func TestLoadOfAFolderIsNoKeyFile(t *testing.T) {
	t.Parallel()
	if _, err := seal.Load(t.TempDir()); !errors.Is(err, seal.ErrKeysMissing) {
		t.Fatalf("got %v", err)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	first := seal.New()
	sealed, print, digest := first.Seal("ABCD", "vch_1"), first.Fingerprint("ABCD"), first.Digest("test", []byte("x"))
	second := first.RotateSeal().RotateFingerprint()
	if second.SealKey() != "k2" || second.FingerprintKey() != "f2" {
		t.Errorf("the keys are %s and %s", second.SealKey(), second.FingerprintKey())
	}
	if got, err := second.Open(sealed, "vch_1"); err != nil || got != "ABCD" || !second.Stale(sealed) {
		t.Errorf("the old key opens %q, %v", got, err)
	}
	prints := second.Fingerprints("ABCD")
	if len(prints) != 2 || prints[0] != second.Fingerprint("ABCD") || prints[1] != print || prints[0] == print {
		t.Errorf("fingerprints %v, the old one was %s", prints, print)
	}
	if !second.DigestIs(digest, "test", []byte("x")) || second.Digest("test", []byte("x")) == digest {
		t.Error("the old digest is not known any more, or the new one is the same")
	}
	again := second.Seal("ABCD", "vch_1")
	if _, err := first.Open(again, "vch_1"); !errors.Is(err, seal.ErrKeyUnknown) {
		t.Errorf("the first ring on the second's value: %v", err)
	}
	last := second.DropOldSeal().DropOldFingerprint()
	if got, err := last.Open(again, "vch_1"); err != nil || got != "ABCD" || last.Stale(again) {
		t.Errorf("without old keys: %q, %v", got, err)
	}
	if _, err := last.Open(sealed, "vch_1"); !errors.Is(err, seal.ErrKeyUnknown) {
		t.Errorf("a dropped key still opens: %v", err)
	}
	if len(last.Fingerprints("ABCD")) != 1 || last.DigestIs(digest, "test", []byte("x")) {
		t.Error("a dropped fingerprint key is still used")
	}
	if third := last.RotateSeal(); third.SealKey() != "k3" {
		t.Errorf("the id of a key is used again: %s", third.SealKey())
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	ring := seal.New()
	for _, c := range []struct {
		name  string
		check string
		ring  *seal.Keys
		err   error
	}{
		{"its own", ring.Check(), ring, nil},
		{"read from text", ring.Check(), parsed(t, string(ring.Marshal())), nil},
		{"rotated", ring.Check(), ring.RotateSeal().RotateFingerprint(), nil},
		{"another ring", ring.Check(), seal.New(), seal.ErrKeysWrong},
		{"an older ring", ring.RotateSeal().Check(), ring, seal.ErrKeysWrong},
		{"an older ring by its fingerprints", ring.RotateFingerprint().Check(), ring, seal.ErrKeysWrong},
		{"rotated and forgotten", ring.Check(), ring.RotateFingerprint().DropOldFingerprint(), seal.ErrKeysWrong},
		{"no check", "", ring, seal.ErrKeysWrong},
		{"half a check", strings.Fields(ring.Check())[0], ring, seal.ErrKeysWrong},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := c.ring.Verify(c.check); !errors.Is(err, c.err) {
				t.Errorf("got %v, want %v", err, c.err)
			}
		})
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	t.Parallel()
	k := parsed(t, known)
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(form, k); got != "seal.Keys(k2 f1)" {
			t.Errorf("%s prints %q", form, got)
		}
	}
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(known))
	f.Add([]byte(`{"version": 1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := seal.Parse(text)
		if err != nil {
			if !errors.Is(err, seal.ErrKeysCorrupt) {
				t.Fatal(err)
			}
			return
		}
		again, err := seal.Parse(k.Marshal())
		if err != nil || again.Check() != k.Check() || again.RotateSeal().SealKey() == k.SealKey() {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
