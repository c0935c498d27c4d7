package coupon

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// The named alphabets of code policies; any other text is the characters
// themselves. Safe32 is Crockford's base 32: digits and letters without I, L, O
// (look-alikes, which Canonical folds) and U (fewer accidental words).
const (
	Safe32 = "safe32"
	Digits = "digits"
)

const (
	safe32Characters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	digitCharacters  = "0123456789"
)

// noSymbol is the value of a character that is not in the alphabet.
const noSymbol = 0xff

// alphabet numbers the characters of codes and calculates check characters.
//
// The check character is that of the pure systems of ISO/IEC 7064 (modulus M,
// radix r, sum of a·r^i ≡ 1 mod M), with M the smallest prime that is not below the
// number of characters and r its smallest primitive root: MOD 11-2 for digits,
// MOD 37-2 for safe32. A prime modulus finds every single wrong character and
// every swap of two, neighbours or not, up to M−1 places apart. Where the check
// would be one of the M−n characters that the alphabet lacks (the X of MOD 11-2),
// the code is not made at all; so n/M of all strings become codes.
type alphabet struct {
	size      int
	canonical [MaxCode]byte // the canonical character, by value
	shown     [MaxCode]byte // the character as made, by value
	value     [128]byte     // the value by canonical character, or noSymbol
	modulus   uint32
	radix     uint32
	numeric   bool // digits only: codes are shown without separators
}

// alphabetOf reads a policy's alphabet; an empty text is Safe32. The error is an
// Invalid fault on field "code.alphabet".
func alphabetOf(text string) (*alphabet, error) {
	a := &alphabet{}
	for i := range a.value {
		a.value[i] = noSymbol
	}
	var err error
	extra := 0
	switch text {
	case "", Safe32:
		err = a.add(safe32Characters)
		a.value['U'] = byte(a.size) // in prefixes only
		extra = 1
	case Digits:
		err = a.add(digitCharacters)
	default:
		err = a.add(text)
	}
	if err != nil {
		return nil, err
	}
	a.numeric = true
	for c, v := range a.value {
		a.numeric = a.numeric && (v == noSymbol || '0' <= c && c <= '9')
	}
	a.modulus, a.radix = primeFrom(uint32(max(3, a.size+extra)))
	return a, nil
}

// add numbers the characters of text in order.
func (a *alphabet) add(text string) error {
	if len(text) > maxTypedCode {
		return alphabetFault("An alphabet has 2 to 64 characters.")
	}
	for _, r := range text {
		c, err := Canonical(string(r))
		if err != nil {
			return alphabetFault("Leave out spaces, hyphens and control characters: they do not count in a code.")
		}
		if len(c) != 1 || c[0] >= 0x80 {
			return alphabetFault("The alphabet may hold the letters A to Z, digits and signs only; " + strconv.Quote(string(r)) + " is none of them.")
		}
		if v := a.value[c[0]]; v != noSymbol {
			return alphabetFault(strconv.Quote(string(a.shown[v])) + " and " + strconv.Quote(string(r)) + " are the same character in a code.")
		}
		if r >= 0x80 {
			r = rune(c[0])
		}
		a.canonical[a.size], a.shown[a.size], a.value[c[0]] = c[0], byte(r), byte(a.size)
		a.size++
	}
	if a.size < 2 {
		return alphabetFault("An alphabet has 2 to 64 characters.")
	}
	return nil
}

func alphabetFault(msg string) error { return fault.Field("code.alphabet", msg) }

// holds reports whether every character of a canonical text has a value below
// limit; codes have values below size, prefixes may have one more.
func (a *alphabet) holds(canonical string, limit int) bool {
	for i := range len(canonical) {
		if canonical[i] >= 0x80 || int(a.value[canonical[i]]) >= limit {
			return false
		}
	}
	return true
}

// weigh adds one more character to the check state; a new state is 0.
func (a *alphabet) weigh(state uint32, value byte) uint32 {
	return (state + uint32(value)) * a.radix % a.modulus
}

// check returns the value of the check character that belongs behind what was
// weighed; at size or above it is not in the alphabet.
func (a *alphabet) check(state uint32) uint32 {
	return (1 + a.modulus - state) % a.modulus
}

// show returns the characters as made for canonical ones.
func (a *alphabet) show(canonical string) string {
	return strings.Map(func(r rune) rune { return rune(a.shown[a.value[r]]) }, canonical)
}

// primeFrom returns the smallest prime p ≥ n and its smallest primitive root;
// n is 3 or more and small.
func primeFrom(n uint32) (p, root uint32) {
	p = n
	for !prime(p) {
		p++
	}
	for root = 2; order(root, p) != p-1; root++ {
	}
	return p, root
}

func prime(n uint32) bool {
	for d := uint32(2); d*d <= n; d++ {
		if n%d == 0 {
			return false
		}
	}
	return true
}

// order returns the smallest k with root^k ≡ 1 mod p.
func order(root, p uint32) uint32 {
	k, x := uint32(1), root
	for x != 1 {
		k, x = k+1, x*root%p
	}
	return k
}

// space is a count of codes in 128 bits; it stays at its largest value instead
// of overflowing.
type space struct{ hi, lo uint64 }

// powerOf returns base^n, saturated.
func powerOf(base uint64, n int) space {
	s := space{0, 1}
	for range n {
		over, hi := bits.Mul64(s.hi, base)
		carried, lo := bits.Mul64(s.lo, base)
		hi, carry := bits.Add64(hi, carried, 0)
		if over != 0 || carry != 0 {
			return space{^uint64(0), ^uint64(0)}
		}
		s = space{hi, lo}
	}
	return s
}

// over returns s ÷ n rounded down; n is not zero.
func (s space) over(n uint64) space {
	hi, rest := s.hi/n, s.hi%n
	lo, _ := bits.Div64(rest, s.lo, n)
	return space{hi, lo}
}

// saturated returns s as 64 bits.
func (s space) saturated() uint64 {
	if s.hi != 0 {
		return ^uint64(0)
	}
	return s.lo
}
