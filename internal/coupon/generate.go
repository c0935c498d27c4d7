package coupon

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// Lengths of codes, in characters behind the prefix, the check character
// included. A prefix and a code together are at most MaxCode.
const (
	DefaultCodeLength = 12
	MaxCodeLength     = 32
	MaxPrefix         = 32
)

// The floors of guess resistance: one guess in so many may hit a voucher.
const (
	FloorDiscount uint64 = 1_000_000
	FloorValue    uint64 = 1_000_000_000
)

// The faults of a policy that is too easily guessed.
var (
	ErrPrefixTooFull = fault.New(fault.Invalid, "prefix_too_full", "There are too many codes with this prefix.")
	ErrCodeTooShort  = fault.New(fault.Invalid, "code_too_short", "The codes would be too easy to guess.")
)

// CodePolicy says how codes are made. Length counts the characters behind the
// prefix including the check character; 0 means DefaultCodeLength. Alphabet is
// Safe32 (also when empty), Digits, or the characters themselves.
type CodePolicy struct {
	Prefix   string `json:"prefix"`
	Length   int    `json:"length"`
	Alphabet string `json:"alphabet"`
	Check    bool   `json:"check"`
}

// Validate returns nil or an Invalid fault on the fields code.prefix,
// code.length and code.alphabet.
func (p CodePolicy) Validate() error {
	_, err := p.layout()
	return err
}

// Display returns a canonical code as made: the prefix as it was given and, with
// hyphens, groups of four ("SAVE-7Q4K-90TM-XW3C2"; a lone last character joins the
// group before). Codes of digits have no separators. A code that the policy
// cannot have made is returned as it is.
func (p CodePolicy) Display(canonical string) string {
	l, err := p.layout()
	if err != nil || !l.fits(canonical) {
		return canonical
	}
	return string(l.display(nil, canonical[len(l.prefix):]))
}

// Mistyped reports that a canonical code has the policy's prefix, length and
// alphabet but the wrong check character: somebody mistyped it, rather than
// guessed. The policy is the one the codes were made with, as Fit returned it. It is always
// false for a policy without check character.
func Mistyped(canonical string, p CodePolicy) bool {
	l, err := p.layout()
	if err != nil || !p.Check || !l.fits(canonical) {
		return false
	}
	last := len(canonical) - 1
	return uint32(l.value[canonical[last]]) != l.check(l.state(canonical[:last]))
}

// Resistance returns how many guesses it takes to hit a voucher, on average: the
// free space of the policy ÷ vouchers under its prefix (existing + quantity).
// The last four characters are counted as known, because lists show them, and so
// is the check character's rule. It is at least 1, at most 2^64−1, and 0 for an
// invalid policy.
func Resistance(p CodePolicy, quantity, existing int64) uint64 {
	l, err := p.layout()
	if err != nil {
		return 0
	}
	free := powerOf(uint64(l.size), max(0, l.length-4))
	if p.Check {
		free = free.over(uint64(l.modulus))
	}
	vouchers := uint64(max(quantity, 0)) + uint64(max(existing, 0)) // cannot overflow: each is below 2^63
	return max(1, free.over(max(1, vouchers)).saturated())
}

// Fit returns the policy with the length its codes will have, and their
// Resistance. Where that is under the floor, a length that was left out or a
// numeric code grows by itself, up to MaxCodeLength; a length that somebody chose
// is refused as ErrCodeTooShort, or as ErrPrefixTooFull when it is the existing
// vouchers that take the room. Both name the length that would do.
func (p CodePolicy) Fit(quantity, existing int64, floor uint64) (CodePolicy, uint64, error) {
	l, err := p.layout()
	if err != nil {
		return p, 0, err
	}
	grows := p.Length == 0 || l.numeric
	p.Length = l.length
	for {
		oneIn := Resistance(p, quantity, existing)
		if oneIn >= floor {
			return p, oneIn, nil
		}
		if !grows || p.Length == MaxCodeLength {
			return p, oneIn, p.tooEasy(quantity, existing, floor)
		}
		p.Length++
	}
}

// tooEasy explains why a policy does not meet the floor.
func (p CodePolicy) tooEasy(quantity, existing int64, floor uint64) error {
	alone := Resistance(p, quantity, 0) >= floor
	longer := p
	for longer.Length < MaxCodeLength && Resistance(longer, quantity, existing) < floor {
		longer.Length++
	}
	needed := strconv.Itoa(longer.Length)
	switch enough := Resistance(longer, quantity, existing) >= floor; {
	case alone && enough:
		return ErrPrefixTooFull.Saying("There are too many codes with this prefix: take another, or a length of " + needed + ".").On("code.prefix")
	case alone:
		return ErrPrefixTooFull.Saying("There are too many codes with this prefix: take another.").On("code.prefix")
	case enough:
		return ErrCodeTooShort.Saying("The codes would be too easy to guess: take a length of " + needed + ".").On("code.length")
	}
	return ErrCodeTooShort.Saying("The codes would be too easy to guess, however long: take more characters in the alphabet.").On("code.alphabet")
}

// layout is a policy made ready.
type layout struct {
	*alphabet
	prefix      string // canonical
	shownPrefix string // as made
	length      int
	checked     bool
}

// layout reads the policy, or returns what Validate does.
func (p CodePolicy) layout() (layout, error) {
	fields := fault.Fields{}
	l := layout{length: p.Length, checked: p.Check}
	if l.length == 0 {
		l.length = DefaultCodeLength
	}
	if l.length < 2 || l.length > MaxCodeLength {
		fields["code.length"] = "The length is from 2 to 32 characters."
	}
	a, err := alphabetOf(p.Alphabet)
	if err != nil {
		fields["code.alphabet"] = fault.Of(err).Msg
		return l, fault.Check(fields)
	}
	l.alphabet = a
	if sentence := l.readPrefix(p); sentence != "" {
		fields["code.prefix"] = sentence
	}
	return l, fault.Check(fields)
}

// readPrefix sets both forms of the prefix, or returns what is wrong with it.
func (l *layout) readPrefix(p CodePolicy) string {
	if p.Prefix == "" {
		return ""
	}
	sentence, limit := "The prefix may hold characters of the alphabet only.", l.size
	switch p.Alphabet {
	case "", Safe32:
		sentence, limit = "The prefix may hold letters and digits only.", l.size+1
	case Digits:
		sentence = "The prefix may hold digits only."
	}
	typed, err := foldCode(p.Prefix, false)
	if err != nil {
		return sentence
	}
	canonical, err := Canonical(typed)
	switch {
	case err != nil || !l.holds(canonical, limit):
		return sentence
	case p.Alphabet == Digits && canonical != typed: // O is no digit here, however it folds
		return sentence
	case len(canonical) > MaxPrefix:
		return "The prefix has at most 32 characters."
	}
	l.prefix, l.shownPrefix = canonical, typed
	if limit == l.size {
		l.shownPrefix = l.show(canonical)
	}
	return ""
}

// fits reports whether a canonical code has the prefix, length and alphabet.
func (l *layout) fits(canonical string) bool {
	return len(canonical) == len(l.prefix)+l.length && strings.HasPrefix(canonical, l.prefix) &&
		l.holds(canonical[len(l.prefix):], l.size)
}

// state weighs canonical characters for the check character.
func (l *layout) state(canonical string) uint32 {
	var s uint32
	for i := range len(canonical) {
		s = l.weigh(s, l.value[canonical[i]])
	}
	return s
}

// display appends the code as made to dst; rest is what stands behind the prefix.
func (l *layout) display(dst []byte, rest string) []byte {
	dst = append(dst, l.shownPrefix...)
	for i := range len(rest) {
		lone := i > 0 && i == len(rest)-1
		if i%4 == 0 && len(dst) > 0 && !l.numeric && !lone {
			dst = append(dst, '-')
		}
		dst = append(dst, l.shown[l.value[rest[i]]])
	}
	return dst
}

// Generator makes codes of one policy. It is for one goroutine. Each code is
// drawn afresh, so the same code may come twice; the database's unique index
// settles that, and the batch draws again.
type Generator struct {
	layout
	random io.Reader
	buf    [4096]byte
	next   int    // unread bytes are buf[next:]
	fair   int    // bytes from here on are drawn again, so that all values are as likely
	start  uint32 // check state behind the prefix
	same   bool   // codes as made are canonical
}

// maxDraws ends the search for a code with a broken source of randomness: with
// a sound one a single draw serves in at least half of the cases.
const maxDraws = 1000

// ErrRandomness says that the source of randomness does not vary.
var ErrRandomness = errors.New("coupon: the source of randomness does not vary")

// NewGenerator returns a generator that draws from random, which outside of
// tests is crypto/rand.Reader. An invalid policy is the fault of Validate.
func NewGenerator(p CodePolicy, random io.Reader) (*Generator, error) {
	l, err := p.layout()
	if err != nil {
		return nil, err
	}
	g := &Generator{layout: l, random: random, fair: 256 - 256%l.size, start: l.state(l.prefix)}
	g.next = len(g.buf)
	g.same = l.numeric && l.shown == l.canonical && l.shownPrefix == l.prefix
	return g, nil
}

// Next returns a fresh code as made and in canonical form; all codes of the
// policy are as likely. The error is that of the reader, or ErrRandomness.
func (g *Generator) Next() (code, canonical string, err error) {
	var made [MaxCode]byte
	n := copy(made[:], g.prefix)
	for range maxDraws {
		end, err := g.draw(&made, n)
		if err != nil {
			return "", "", err
		}
		if end == 0 {
			continue
		}
		canonical = string(made[:end])
		if g.same {
			return canonical, canonical, nil
		}
		var shown [2 * MaxCode]byte
		return string(g.display(shown[:0], canonical[n:])), canonical, nil
	}
	return "", "", ErrRandomness
}

// draw fills made from n on and returns the end of the code, or 0 when its
// check character is not in the alphabet. Only a whole new draw keeps all codes
// as likely.
func (g *Generator) draw(made *[MaxCode]byte, n int) (int, error) {
	end := n + g.length
	if g.checked {
		end--
	}
	state := g.start
	for ; n < end; n++ {
		v, err := g.symbol()
		if err != nil {
			return 0, err
		}
		made[n], state = g.canonical[v], g.weigh(state, v)
	}
	if !g.checked {
		return end, nil
	}
	c := g.check(state)
	if int(c) >= g.size {
		return 0, nil
	}
	made[end] = g.canonical[c]
	return end + 1, nil
}

// symbol draws one value of the alphabet.
func (g *Generator) symbol() (byte, error) {
	for range maxDraws {
		if g.next == len(g.buf) {
			if _, err := io.ReadFull(g.random, g.buf[:]); err != nil {
				return 0, fmt.Errorf("coupon: read randomness: %w", err)
			}
			g.next = 0
		}
		b := int(g.buf[g.next])
		g.next++
		if b < g.fair {
			return byte(b % g.size), nil
		}
	}
	return 0, ErrRandomness
}
