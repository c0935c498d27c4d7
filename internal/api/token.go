package api

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/money"
)

// number reads an integer that every JSON reader keeps exact.
func (r *reader) number() (int64, error) {
	start, n := r.at, int64(0)
	if r.data[r.at] == '-' {
		r.at++
	}
	first := r.at
	for r.at < len(r.data) && '0' <= r.data[r.at] && r.data[r.at] <= '9' {
		n = n*10 + int64(r.data[r.at]-'0')
		r.at++
	}
	more := r.at < len(r.data) && strings.IndexByte("+-.eE", r.data[r.at]) >= 0
	if digits := r.at - first; more || digits == 0 || digits > 15 || digits > 1 && r.data[first] == '0' {
		r.at = start
		return r.oddNumber()
	}
	if first > start {
		n = -n
	}
	return n, nil
}

// oddNumber reads a number that is large, or none that is taken here.
func (r *reader) oddNumber() (int64, error) {
	start := r.at
	for r.at < len(r.data) && strings.IndexByte("+-.0123456789eE", r.data[r.at]) >= 0 {
		r.at++
	}
	text := string(r.data[start:r.at])
	digits := strings.TrimPrefix(text, "-")
	switch {
	case digits == "" || digits[0] < '0' || digits[0] > '9' || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E':
		return 0, errMalformed
	case strings.ContainsAny(digits, ".eE"):
		return 0, r.wrong("A whole number is needed here, written with digits only; amounts are in minor units.")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && strings.ContainsAny(digits, "+-") {
		return 0, errMalformed
	}
	if err != nil || n > money.MaxMinor || n < -money.MaxMinor {
		return 0, r.wrong("The number is too large.")
	}
	return n, nil
}

// text reads a string: UTF-8 without NUL, which no database takes.
func (r *reader) text() (string, error) {
	s, err := r.chars()
	return string(s), err
}

// chars reads a string, as a part of the body where that has it as it is.
func (r *reader) chars() ([]byte, error) {
	r.at++
	start, ascii, plain := r.at, true, true
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			raw := r.data[start:r.at]
			r.at++
			if !ascii && !utf8.Valid(raw) {
				return nil, r.wrong("This is not valid text (UTF-8).")
			}
			if plain {
				return raw, nil
			}
			return r.unquote(raw)
		case c == '\\':
			plain = false
			if r.at++; r.at < len(r.data) && r.data[r.at] >= utf8.RuneSelf {
				ascii = false
			}
		case c >= utf8.RuneSelf:
			ascii = false
		case c == 0:
			return nil, r.wrong(unstorable)
		case c < ' ':
			return nil, errMalformed
		}
	}
	return nil, errMalformed
}

func (r *reader) unquote(raw []byte) ([]byte, error) {
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b = append(b, raw[i])
			continue
		}
		i++
		if raw[i] == 'u' {
			c, n := escaped(raw[i-1:])
			switch {
			case n == 0:
				return nil, errMalformed
			case c == utf8.RuneError && n < 0:
				return nil, r.wrong("This is not valid text: half a surrogate pair.")
			case c == 0:
				return nil, r.wrong(unstorable)
			}
			b = utf8.AppendRune(b, c)
			i += n - 2
			continue
		}
		at := strings.IndexByte(`"\/bfnrt`, raw[i])
		if at < 0 {
			return nil, errMalformed
		}
		b = append(b, "\"\\/\b\f\n\r\t"[at])
	}
	return b, nil
}

// escaped reads a \uXXXX, or two that make a pair, at the beginning of raw. It
// returns the length; 0 means that it is none, below zero that it is half a pair.
func escaped(raw []byte) (rune, int) {
	hex := func(from int) rune {
		if len(raw) < from+6 || raw[from] != '\\' || raw[from+1] != 'u' {
			return -1
		}
		n, err := strconv.ParseUint(string(raw[from+2:from+6]), 16, 32)
		if err != nil {
			return -1
		}
		return rune(n)
	}
	first := hex(0)
	switch {
	case first < 0:
		return 0, 0
	case !utf16.IsSurrogate(first):
		return first, 6
	}
	if c := utf16.DecodeRune(first, hex(6)); c != utf8.RuneError {
		return c, 12
	}
	return utf8.RuneError, -1
}
