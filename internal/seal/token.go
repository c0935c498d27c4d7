package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"math/big"
	"strings"
)

// APIKeyPrefix begins every API key, so that people and secret scanners know one
// when they see it.
const APIKeyPrefix = "scrip_"

var base32lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewToken returns 32 random bytes as base64url, 43 characters: a session, or a
// link that nobody can guess. Only its HashToken is stored.
func NewToken() string {
	key := randomKey()
	return base64url.EncodeToString(key[:])
}

// HashToken returns the SHA-256 of a token or API key as base64url, 43
// characters. It needs no key and no salt, because what it hashes has 256 random
// bits; for one-time codes and other short secrets take Keys.Digest.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64url.EncodeToString(sum[:])
}

// NewAPIKey returns "scrip_" and 32 random bytes in 52 lower-case base-32
// characters, which a double click selects whole.
func NewAPIKey() string {
	key := randomKey()
	return APIKeyPrefix + base32lower.EncodeToString(key[:])
}

// NewOneTimeCode returns n random decimal digits, all numbers as likely; n is
// usually 6 or 8.
func NewOneTimeCode(n int) string {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	code, err := rand.Int(rand.Reader, limit)
	if err != nil {
		panic("seal: " + err.Error()) // crypto/rand does not fail
	}
	digits := code.String()
	return strings.Repeat("0", n-len(digits)) + digits
}
