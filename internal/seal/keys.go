// Package seal keeps secrets: it seals and opens values with AES-256-GCM,
// makes keyed fingerprints and digests with HMAC-SHA-256, hashes passwords with
// argon2id, and makes tokens. The keys live outside of the database, so that a
// stolen database spends nothing.
package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// The faults of keys. Each one means that the program cannot read or write codes
// until somebody has put the right key file in place.
var (
	ErrKeysMissing = fault.New(fault.Unavailable, "keys_missing", "There is no key file.")
	ErrKeysCorrupt = fault.New(fault.Unavailable, "keys_corrupt", "The key file cannot be read.")
	ErrKeysExist   = fault.New(fault.Conflict, "keys_exist", "There is a key file already; it is not overwritten.")
	ErrKeysWrong   = fault.New(fault.Unavailable, "keys_wrong", "The key file does not belong to this database.")
	ErrKeyUnknown  = fault.New(fault.Unavailable, "key_unknown", "The key that sealed this value is not in the key file.")
	ErrTampered    = fault.New(fault.Internal, "sealed_broken", "A sealed value was changed, or belongs to another row.")
)

const (
	keySize     = 32 // bytes, for AES-256 and HMAC-SHA-256
	fileVersion = 1
	maxID       = 16
)

// Keys is the key ring: keys that seal and keys that make fingerprints, each
// with one current key and older ones kept for reading. A ring never changes, so it
// is safe for concurrent use; rotating returns another ring, which Save writes.
type Keys struct {
	seals  []*sealKey  // current first
	prints []*printKey // current first
}

// New returns a ring of two fresh random keys.
func New() *Keys {
	return &Keys{
		seals:  []*sealKey{newSealKey("k1", randomKey())},
		prints: []*printKey{newPrintKey("f1", randomKey())},
	}
}

// ringText and keyText are the form of the key file. The first key of each list
// is the current one.
type ringText struct {
	Version     int       `json:"version"`
	Seal        []keyText `json:"seal"`
	Fingerprint []keyText `json:"fingerprint"`
}

type keyText struct {
	ID  string `json:"id"`
	Key []byte `json:"key"` // base64 (RFC 4648, section 4) of 32 bytes
}

// Parse reads what Marshal wrote, be it from a file or from an environment
// variable. What is wrong with it is told by ErrKeysCorrupt, never with key material.
func Parse(text []byte) (*Keys, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, ErrKeysCorrupt.Saying("The key file is empty.")
	}
	var ring ringText
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&ring); err != nil {
		return nil, ErrKeysCorrupt.Saying("The key file is damaged: it is not the JSON that this program writes.").Because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, ErrKeysCorrupt.Saying("The key file is damaged: there is something behind its end.")
	}
	if ring.Version != fileVersion {
		return nil, ErrKeysCorrupt.Saying("The key file has version " + strconv.Itoa(ring.Version) +
			"; this program reads version " + strconv.Itoa(fileVersion) + ".")
	}
	if err := errors.Join(checkKeys("seal", ring.Seal), checkKeys("fingerprint", ring.Fingerprint)); err != nil {
		return nil, ErrKeysCorrupt.Saying("The key file is damaged: " + strings.ReplaceAll(err.Error(), "\n", "; ") + ".")
	}
	k := &Keys{}
	for _, t := range ring.Seal {
		k.seals = append(k.seals, newSealKey(t.ID, [keySize]byte(t.Key)))
	}
	for _, t := range ring.Fingerprint {
		k.prints = append(k.prints, newPrintKey(t.ID, [keySize]byte(t.Key)))
	}
	return k, nil
}

// checkKeys tells what is wrong with one list of keys.
func checkKeys(use string, keys []keyText) error {
	if len(keys) == 0 {
		return errors.New("it has no " + use + " key")
	}
	seen := map[string]bool{}
	for _, k := range keys {
		switch {
		case !validID(k.ID):
			return errors.New("a " + use + " key has a bad id")
		case len(k.Key) != keySize:
			return errors.New(use + " key " + k.ID + " has " + strconv.Itoa(len(k.Key)) + " bytes instead of 32")
		case seen[k.ID] || seen[string(k.Key)]:
			return errors.New(use + " key " + k.ID + " is there twice")
		}
		seen[k.ID], seen[string(k.Key)] = true, true
	}
	return nil
}

// validID reports whether id is 1 to 16 lower-case letters and digits.
func validID(id string) bool {
	for i := range len(id) {
		if c := id[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// Marshal returns the ring as JSON, the keys in clear.
func (k *Keys) Marshal() []byte {
	ring := ringText{Version: fileVersion}
	for _, s := range k.seals {
		ring.Seal = append(ring.Seal, keyText{s.id, s.secret[:]})
	}
	for _, p := range k.prints {
		ring.Fingerprint = append(ring.Fingerprint, keyText{p.id, p.secret[:]})
	}
	text, err := json.MarshalIndent(ring, "", "  ")
	if err != nil {
		panic("seal: marshal keys: " + err.Error()) // strings and bytes always marshal
	}
	return append(text, '\n')
}

// RotateSeal returns a ring that seals with a fresh key and still opens what the
// older ones sealed.
func (k *Keys) RotateSeal() *Keys {
	var ids []string
	for _, s := range k.seals {
		ids = append(ids, s.id)
	}
	fresh := newSealKey(freshID("k", ids), randomKey())
	return &Keys{seals: append([]*sealKey{fresh}, k.seals...), prints: k.prints}
}

// RotateFingerprint returns a ring that makes fingerprints with a fresh key;
// the look-up table is then to be rewritten, and until it is, looked up with all
// of Fingerprints.
func (k *Keys) RotateFingerprint() *Keys {
	var ids []string
	for _, p := range k.prints {
		ids = append(ids, p.id)
	}
	fresh := newPrintKey(freshID("f", ids), randomKey())
	return &Keys{seals: k.seals, prints: append([]*printKey{fresh}, k.prints...)}
}

// DropOldSeal returns a ring with the current seal key alone. What older keys
// sealed is lost, so nothing may be Stale any more.
func (k *Keys) DropOldSeal() *Keys { return &Keys{seals: k.seals[:1:1], prints: k.prints} }

// DropOldFingerprint returns a ring with the current fingerprint key alone.
// Fingerprints and digests of older keys no longer match anything.
func (k *Keys) DropOldFingerprint() *Keys {
	return &Keys{seals: k.seals, prints: k.prints[:1:1]}
}

// SealKey returns the id of the current seal key.
func (k *Keys) SealKey() string { return k.seals[0].id }

// FingerprintKey returns the id of the current fingerprint key.
func (k *Keys) FingerprintKey() string { return k.prints[0].id }

// String names the current keys and hides their secrets from every log.
func (k *Keys) String() string { return "seal.Keys(" + k.SealKey() + " " + k.FingerprintKey() + ")" }

// GoString is String, for %#v.
func (k *Keys) GoString() string { return k.String() }

// freshID returns letter and the number above all numbers of ids, so that no id
// of the ring is used twice: "k3" beside "k2" and "k1".
func freshID(letter string, ids []string) string {
	top := 0
	for _, id := range ids {
		n, err := strconv.Atoi(strings.TrimLeft(id, "abcdefghijklmnopqrstuvwxyz"))
		if err == nil {
			top = max(top, n)
		}
	}
	return letter + strconv.Itoa(top+1)
}

func randomKey() (key [keySize]byte) {
	_, _ = rand.Read(key[:]) // never fails: crypto/rand ends the program instead
	return key
}
