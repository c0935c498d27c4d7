package seal

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"strings"
	"sync"
)

// printSize is the length of fingerprints and digests in bytes: 144 bits make 24
// characters of base64url, and a collision is not to be expected below 2^72 codes.
const printSize = 18

// printKey is a key of HMAC-SHA-256. Fingerprints use it as it is; every other
// use has a subkey by HKDF (RFC 5869), whose extraction separates it.
type printKey struct {
	id      string
	secret  [keySize]byte
	codes   *macs
	digests sync.Map // purpose → *macs
}

func newPrintKey(id string, secret [keySize]byte) *printKey {
	return &printKey{id: id, secret: secret, codes: newMACs(secret[:])}
}

// macs hands out ready HMAC states of one key: making one costs more than using it.
type macs struct{ pool sync.Pool }

type mac struct {
	hash.Hash
	in   []byte
	sum  [sha256.Size]byte
	text [printSize * 4 / 3]byte
}

func newMACs(key []byte) *macs {
	m := &macs{}
	m.pool.New = func() any { return &mac{Hash: hmac.New(sha256.New, key)} }
	return m
}

// of returns base64url of the first 18 bytes of the HMAC of data.
func (s *macs) of(data []byte) string {
	m := s.pool.Get().(*mac)
	defer s.pool.Put(m)
	return m.of(data)
}

// ofCode is of without an allocation for the code's bytes, which it wipes.
func (s *macs) ofCode(code string) string {
	m := s.pool.Get().(*mac)
	defer s.pool.Put(m)
	m.in = append(m.in[:0], code...)
	defer clear(m.in)
	return m.of(m.in)
}

func (m *mac) of(data []byte) string {
	m.Reset()
	m.Write(data)
	base64url.Encode(m.text[:], m.Sum(m.sum[:0])[:printSize])
	return string(m.text[:])
}

// Fingerprint returns the look-up key of a canonical code: base64url of the
// first 18 bytes of its HMAC-SHA-256 under the current key, 24 characters.
func (k *Keys) Fingerprint(canonical string) string { return k.prints[0].codes.ofCode(canonical) }

// Fingerprints returns the code's fingerprints under all keys, the current one
// first. There is more than one only between a rotation and DropOldFingerprint.
func (k *Keys) Fingerprints(canonical string) []string {
	all := make([]string, len(k.prints))
	for i, p := range k.prints {
		all[i] = p.codes.ofCode(canonical)
	}
	return all
}

// Digest returns a keyed hash of data under the current key, as the key's id, a
// dot and 24 characters. Digests of different purposes have nothing in common; a
// purpose is a constant of the program, such as "idempotency". Compare with
// DigestIs: after a rotation the same data has another digest.
func (k *Keys) Digest(purpose string, data []byte) string {
	p := k.prints[0]
	return p.id + "." + p.digest(purpose).of(data)
}

// DigestIs reports whether stored is a Digest of data under any key of the ring.
func (k *Keys) DigestIs(stored, purpose string, data []byte) bool {
	id, text, _ := strings.Cut(stored, ".")
	for _, p := range k.prints {
		if p.id == id {
			return hmac.Equal([]byte(text), []byte(p.digest(purpose).of(data)))
		}
	}
	return false
}

func (p *printKey) digest(purpose string) *macs {
	if m, ok := p.digests.Load(purpose); ok {
		return m.(*macs)
	}
	m, _ := p.digests.LoadOrStore(purpose, newMACs(subkey(p.secret, "digest "+purpose, keySize)))
	return m.(*macs)
}

// Check returns a short text that depends on the current keys and tells nothing
// about them. The database keeps it and shows it to Verify at every start.
func (k *Keys) Check() string {
	s, p := k.seals[0], k.prints[0]
	return s.id + "." + checkOf(s.secret) + " " + p.id + "." + checkOf(p.secret)
}

// Verify returns ErrKeysWrong unless check was made by this ring or by one that it
// was rotated from. A database whose check it accepts may keep Check instead.
func (k *Keys) Verify(check string) error {
	seal, print, _ := strings.Cut(check, " ")
	if err := verify("seal", seal, k.seals, func(s *sealKey) (string, [keySize]byte) { return s.id, s.secret }); err != nil {
		return err
	}
	return verify("fingerprint", print, k.prints, func(p *printKey) (string, [keySize]byte) { return p.id, p.secret })
}

// verify looks for the key with which one half of a check was made.
func verify[K any](use, check string, keys []K, of func(K) (string, [keySize]byte)) error {
	want, value, _ := strings.Cut(check, ".")
	for _, key := range keys {
		id, secret := of(key)
		switch {
		case id != want:
			continue
		case !hmac.Equal([]byte(value), []byte(checkOf(secret))):
			return ErrKeysWrong.Saying("The key file does not belong to this database: its " + use + " key " + id + " is another one.")
		}
		return nil
	}
	return ErrKeysWrong.Saying("The key file does not belong to this database: it lacks the " + use + " key with which the database was written.")
}

// checkOf returns 12 characters that follow from a key, but not the other way.
func checkOf(secret [keySize]byte) string {
	return base64url.EncodeToString(subkey(secret, "check", 9))
}

// subkey derives n bytes for one use.
func subkey(secret [keySize]byte, use string, n int) []byte {
	key, err := hkdf.Key(sha256.New, secret[:], nil, "scrip "+use, n)
	if err != nil {
		panic("seal: derive a key: " + err.Error()) // n is far below the limit
	}
	return key
}
