package coupon

import (
	"strings"
	"unicode/utf16"
)

// What one SMS holds: in its own alphabet 7-bit characters, else 16-bit ones. In a text of
// several, each gives some up to say which part it is.
const (
	smsPlain, smsPlainPart = 160, 153
	smsWide, smsWidePart   = 70, 67
)

// The alphabet of SMS (3GPP TS 23.038), and what takes the room of two characters in it.
const (
	smsAlphabet = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	smsDouble   = "^{}\\[~]|€\f"
)

// SMSLength is how much room a text takes.
type SMSLength struct {
	Units    int  // 7-bit characters, or 16-bit ones when Wide
	Segments int  // SMS it is sent as; 0 for no text
	Left     int  // units until one more is needed
	Wide     bool // it has characters outside of the SMS alphabet (UCS-2)
}

// MeasureSMS counts what a text costs. No character is split over two segments.
func MeasureSMS(text string) SMSLength {
	l := SMSLength{Wide: strings.ContainsFunc(text, func(r rune) bool { return smsUnits(r) == 0 })}
	whole, part := smsPlain, smsPlainPart
	if l.Wide {
		whole, part = smsWide, smsWidePart
	}
	in := part // units of the last segment
	for _, r := range text {
		n := smsUnits(r)
		if l.Wide {
			n = utf16.RuneLen(r)
		}
		l.Units += n
		if in += n; in > part {
			in = n
			l.Segments++
		}
	}
	if l.Units > 0 && l.Units <= whole {
		l.Segments, in, part = 1, l.Units, whole
	}
	if l.Segments > 0 {
		l.Left = part - in
	}
	return l
}

// smsUnits is the room of a character in the SMS alphabet, 0 when it is not in it.
func smsUnits(r rune) int {
	switch {
	case strings.ContainsRune(smsDouble, r):
		return 2
	case strings.ContainsRune(smsAlphabet, r):
		return 1
	}
	return 0
}
