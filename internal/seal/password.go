package seal

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/scriphq/scrip/internal/fault"
)

// Lengths of passwords in characters.
const (
	MinPassword = 10
	MaxPassword = 200
)

// The faults of passwords.
var (
	ErrBusy        = fault.New(fault.Unavailable, "busy", "Too many people are signing in just now. Please try again.")
	ErrHashUnknown = fault.New(fault.Internal, "password_hash", "A stored password cannot be read.")
)

// cost is the work of one argon2id hash: memory in KiB, passes, lanes.
type cost struct {
	memory, passes uint32
	lanes          uint8
}

// today is the OWASP Password Storage Cheat Sheet's first choice for argon2id:
// 19 MiB, two passes, one lane. Hashes of other costs are made anew at sign-in.
var today = cost{memory: 19 * 1024, passes: 2, lanes: 1}

// most limits what a stored hash may ask for.
var most = cost{memory: 256 * 1024, passes: 16, lanes: 16}

const (
	saltSize = 16 // bytes
	hashSize = 32 // bytes
)

// Passwords hashes and verifies passwords with argon2id (RFC 9106). Every hash
// takes 19 MiB for its duration, so only a fixed number run at a time; the others
// wait, as long as their context allows.
type Passwords struct{ slots chan struct{} }

// NewPasswords returns a hasher that runs up to parallel hashes at a time, at
// least one.
func NewPasswords(parallel int) *Passwords {
	return &Passwords{slots: make(chan struct{}, max(1, parallel))}
}

// CheckPassword returns nil, or an Invalid fault on field "password" for one with
// less than 10 or more than 200 characters, or that is not text.
func CheckPassword(password string) error {
	n := utf8.RuneCountInString(normal(password))
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return fault.Field("password", "A password is made of characters that can be typed.")
	case n < MinPassword:
		return fault.Field("password", "A password has at least 10 characters.")
	case n > MaxPassword:
		return fault.Field("password", "A password has at most 200 characters.")
	}
	return nil
}

// Hash returns the password's hash in PHC string form,
// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". Its faults are those of
// CheckPassword, and ErrBusy when ctx ends before its turn.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := CheckPassword(password); err != nil {
		return "", err
	}
	h := phc{cost: today, salt: make([]byte, saltSize)}
	_, _ = rand.Read(h.salt) // never fails: crypto/rand ends the program instead
	var err error
	h.hash, err = p.derive(ctx, h.cost, password, h.salt, hashSize)
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

// Verify reports whether password belongs to a hash that Hash made, and whether
// the hash is of another cost than today's and should be made anew. The errors are ErrBusy,
// and ErrHashUnknown when stored is no such hash.
func (p *Passwords) Verify(ctx context.Context, stored, password string) (ok, rehash bool, err error) {
	h, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	got, err := p.derive(ctx, h.cost, password, h.salt, uint32(len(h.hash)))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, h.hash) == 1
	return ok, ok && (h.cost != today || len(h.salt) != saltSize || len(h.hash) != hashSize), nil
}

// Dummy takes as long as Verify and always fails: for a sign-in name that nobody
// has, so that the time of the answer does not tell. The error is ErrBusy or nil.
func (p *Passwords) Dummy(ctx context.Context, password string) error {
	_, err := p.derive(ctx, today, password, make([]byte, saltSize), hashSize)
	return err
}

// derive runs argon2id when it is its turn.
func (p *Passwords) derive(ctx context.Context, c cost, password string, salt []byte, size uint32) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, ErrBusy.After(time.Second).Because(err)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ErrBusy.After(time.Second).Because(ctx.Err())
	}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(normal(password)), salt, c.passes, c.memory, c.lanes, size), nil
}

// normal is NFKC, so that a password typed on another keyboard is the same (NIST
// SP 800-63B). What is too long to be a password is cut off before.
func normal(password string) string {
	return norm.NFKC.String(password[:min(len(password), 16*MaxPassword)])
}

// phc is a parsed hash string.
type phc struct {
	cost
	salt, hash []byte
}

var phcBase64 = base64.RawStdEncoding.Strict()

func (h phc) String() string {
	return "$argon2id$v=19$m=" + strconv.Itoa(int(h.memory)) + ",t=" + strconv.Itoa(int(h.passes)) +
		",p=" + strconv.Itoa(int(h.lanes)) + "$" + phcBase64.EncodeToString(h.salt) + "$" + phcBase64.EncodeToString(h.hash)
}

// parsePHC reads a hash string and refuses costs that nobody would choose.
func parsePHC(text string) (phc, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v=19" {
		return phc{}, ErrHashUnknown
	}
	params := strings.Split(parts[3], ",")
	if len(params) != 3 {
		return phc{}, ErrHashUnknown
	}
	memory, ok1 := param(params[0], "m=", most.memory)
	passes, ok2 := param(params[1], "t=", most.passes)
	lanes, ok3 := param(params[2], "p=", uint32(most.lanes))
	salt, err1 := phcBase64.DecodeString(parts[4])
	hash, err2 := phcBase64.DecodeString(parts[5])
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil || len(salt) < 8 || len(hash) < 16 || len(hash) > 64 {
		return phc{}, ErrHashUnknown
	}
	h := phc{cost{memory, passes, uint8(lanes)}, salt, hash}
	if h.String() != text { // leading zeros, say
		return phc{}, ErrHashUnknown
	}
	return h, nil
}

// param reads one parameter, from 1 to limit.
func param(text, name string, limit uint32) (uint32, bool) {
	digits, ok := strings.CutPrefix(text, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), ok && err == nil && n >= 1 && n <= uint64(limit)
}
