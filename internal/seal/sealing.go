package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"strings"
)

// sealKey is a key of AES-256-GCM. Its nonces are random, so one key is good for
// 2^32 values (NIST SP 800-38D, section 8.3); rotate before.
type sealKey struct {
	id     string
	secret [keySize]byte
	aead   cipher.AEAD // puts a random nonce of 12 bytes before the ciphertext
}

func newSealKey(id string, secret [keySize]byte) *sealKey {
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		panic("seal: " + err.Error()) // 32 bytes are always a key
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("seal: " + err.Error()) // AES has the block size of GCM
	}
	return &sealKey{id: id, secret: secret, aead: aead}
}

var base64url = base64.RawURLEncoding.Strict()

// Seal returns plain under the current key as text: the key's id, a dot, and
// base64url of nonce, ciphertext and tag. rowID, the id of the row that holds the
// value, is authenticated with it: in another row the value does not open.
func (k *Keys) Seal(plain, rowID string) string {
	key := k.seals[0]
	size := len(plain) + key.aead.Overhead()
	head := len(key.id) + 1
	all := make([]byte, len(plain)+len(rowID)+size+head+base64url.EncodedLen(size)) // one allocation for all
	text, all := cut(all, copy(all, plain))
	row, all := cut(all, copy(all, rowID))
	raw, out := cut(all, size)
	raw = key.aead.Seal(raw[:0], nil, text, row)
	out[copy(out, key.id)] = '.'
	base64url.Encode(out[head:], raw)
	return string(out)
}

// Open returns what Seal sealed for rowID, with whichever key of the ring.
// ErrKeyUnknown means that the key is not in the ring, ErrTampered that the text
// was changed or stood in another row.
func (k *Keys) Open(sealed, rowID string) (string, error) {
	id, body, _ := strings.Cut(sealed, ".")
	key := k.sealKey(id)
	if key == nil {
		if !validID(id) {
			return "", ErrTampered
		}
		return "", ErrKeyUnknown.Saying("The value was sealed with key " + id + ", which is not in the key file.")
	}
	size := base64url.DecodedLen(len(body))
	if size < key.aead.Overhead() {
		return "", ErrTampered
	}
	all := make([]byte, len(body)+len(rowID)+2*size)
	in, all := cut(all, copy(all, body))
	row, all := cut(all, copy(all, rowID))
	raw, plain := cut(all, size)
	n, err := base64url.Decode(raw, in)
	if err != nil {
		return "", ErrTampered.Because(err)
	}
	plain, err = key.aead.Open(plain[:0], nil, raw[:n], row)
	if err != nil {
		return "", ErrTampered.Because(err)
	}
	return string(plain), nil
}

// Stale reports whether a sealed value is not under the current key, and so is
// to be sealed again before old keys are dropped.
func (k *Keys) Stale(sealed string) bool {
	id, _, _ := strings.Cut(sealed, ".")
	return id != k.seals[0].id
}

func (k *Keys) sealKey(id string) *sealKey {
	for _, s := range k.seals {
		if s.id == id {
			return s
		}
	}
	return nil
}

// cut returns the first n bytes, not to be grown beyond, and the rest.
func cut(b []byte, n int) (first, rest []byte) { return b[:n:n], b[n:] }
