package app

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/scriphq/scrip/internal/fault"
)

// sniffed is how much of a file is looked at before it is believed to be text.
const sniffed = 4 << 10

// decodeText returns a file's text as UTF-8, whatever a spreadsheet wrote: UTF-8 with or
// without its mark, UTF-16 with it, or Windows-1252. What is no text at all is refused
// by its content, whatever it is called. Broken UTF-8 stays broken, for its row to say so.
func decodeText(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(sniffed)
	if len(head) == 0 {
		if err != nil && err != io.EOF {
			return nil, err
		}
		return nil, fileFault("The file is empty.")
	}
	for _, kind := range []struct{ magic, msg string }{
		{"PK\x03\x04", "This is a spreadsheet or a zip archive. Save the sheet as CSV and upload that."},
		{"\xd0\xcf\x11\xe0", "This is an old spreadsheet. Save the sheet as CSV and upload that."},
		{"\x1f\x8b", "This is a gzip archive. Unpack it and upload the CSV file."},
		{"%PDF", "This is a PDF document. A CSV file is needed."},
	} {
		if bytes.HasPrefix(head, []byte(kind.magic)) {
			return nil, fileFault(kind.msg)
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(b), nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Reader(b), nil
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := b.Discard(3)
		return b, err
	case bytes.IndexByte(head, 0) >= 0:
		return nil, fileFault("This is not a text file. Save the sheet as CSV (UTF-8) and upload that.")
	}
	return &guess{in: b}, nil
}

func fileFault(msg string) *fault.Error { return fault.Field("file", msg) }

// guess passes ASCII on, and decides at the first byte beyond it whether the rest is
// UTF-8 or Windows-1252.
type guess struct {
	in      *bufio.Reader
	decided bool
	wide    bool   // Windows-1252
	rest    []byte // decoded, not yet read
}

// Read implements io.Reader.
func (g *guess) Read(p []byte) (int, error) {
	for {
		if len(g.rest) > 0 {
			n := copy(p, g.rest)
			g.rest = g.rest[n:]
			return n, nil
		}
		block, err := g.in.Peek(g.in.Size())
		if len(block) == 0 {
			return 0, err
		}
		if !g.decided {
			n := bytes.IndexFunc(block, func(r rune) bool { return r >= utf8.RuneSelf })
			if n == 0 {
				g.decided, g.wide = true, windows(block)
				continue
			}
			if n > 0 {
				block = block[:n]
			}
		}
		if !g.wide {
			n := copy(p, block)
			return n, g.skip(n)
		}
		block = block[:min(len(block), 8<<10)]
		for _, b := range block {
			g.rest = utf8.AppendRune(g.rest, charmap.Windows1252.DecodeByte(b))
		}
		if err := g.skip(len(block)); err != nil {
			return 0, err
		}
	}
}

func (g *guess) skip(n int) error {
	_, err := g.in.Discard(n)
	return err
}

// windows reports whether a block holds more bytes that cannot be UTF-8 than
// characters that are.
func windows(block []byte) bool {
	good, bad := 0, 0
	for len(block) > 0 {
		r, size := utf8.DecodeRune(block)
		switch {
		case r == utf8.RuneError && size == 1 && !utf8.FullRune(block): // cut off by the block's end
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		block = block[size:]
	}
	return bad > good
}
